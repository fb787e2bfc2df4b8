//! The bridge's mind: what to do about what happened. No IO, no clock, no randomness – everything it needs is in the
//! [`Scene`], everything it decides is in the scene it leaves behind and in the [`Effect`]s it returns. The store
//! loads the scene, saves it and queues the effects in the transaction that marks the event as handled.

mod alarms;
mod answers;
mod away;
mod claims;
mod codes;
mod company;
mod conversation;
mod deed;
mod drafts;
mod effect;
mod event;
mod figures;
mod groups;
mod history;
mod issues;
mod linking;
mod notices;
mod one_way;
mod people;
mod person;
mod ratings;
mod registration;
mod scene;
mod settings;
mod staff;
mod state;
mod turn;

pub use alarms::{Alarm, Told, Trouble};
pub use away::WorkingTime;
pub use claims::{Claim, Claimed, ClaimedCompany, Decision};
pub use codes::Code;
pub use deed::{Audit, Deed};
pub use effect::{
    Answer, Effect, Failure, FailureKind, FoundContact, Invited, LastComment, LostFile, LostReason,
    NewComment, NewContact, NewIssue, OkdeskCall, Outcome, Press, Reply, Timer,
};

pub use event::{DeskEvent, Event, Happening, IssueFacts, Named, Person, PublicComment, Status};
pub use groups::{Binding, Bound, BoundTo, company_key, issue_key};
pub use history::History;
pub use people::Sought;
pub use scene::{Audience, CompanyView, Forgotten, HelpDesk, Needs, Policy, Rules, Scene};
pub use state::{
    Chat, Consent, Dialog, Draft, FullName, Issue, Link, Moments, Pace, Pending, Rating,
    Registration, Sent, Settings, Step,
};

use crate::text::Texts;
use turn::Turn;

/// Decides what to do about an event: changes the scene and returns the effects, in order.
pub fn react(scene: &mut Scene, event: &Event, rules: &Rules, texts: &Texts) -> Vec<Effect> {
    let blocked = people::blocked(scene);
    let mut turn = Turn {
        now: scene.now,
        rules,
        texts,
        nonce: scene.nonce,
        effects: vec![],
        audit: vec![],
        forgotten: None,
    };
    match event {
        Event::Telegram(update) => conversation::hear(&mut turn, scene, update),
        Event::Desk(event) => notices::tell(&mut turn, scene, event),
        Event::Answer(answer) => answers::take(&mut turn, scene, answer),
        Event::Alarm(alarm) => {
            let here = scene.here.unwrap_or(alarm.chat);
            let chat = scene.chat.get_or_insert_with(|| Chat::new(here));
            alarms::hear(&mut turn, chat, &alarm.trouble);
        }
        Event::Timer(Timer::Alarms(_)) => {
            if let Some(chat) = &mut scene.chat {
                alarms::sum_up(&mut turn, chat);
            }
        }
        Event::Timer(Timer::Quiet(_)) => {
            if let Some(chat) = &mut scene.chat {
                drafts::quiet(&mut turn, chat);
                drafts::take_up(&mut turn, chat);
                ratings::quiet(&mut turn, chat);
                groups::quiet(&mut turn, chat);
            }
        }
    }
    for chat in scene.chat.iter().chain(&scene.subject) {
        drafts::look_aside(&mut turn, chat);
    }
    scene.audit = turn.audit;
    scene.forgotten = turn.forgotten;
    let mut effects = turn.effects;
    effects.retain(|effect| !people::is_for(effect, &blocked));
    effects
}
