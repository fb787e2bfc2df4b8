//! What people with a role tell the bot: in its private chat, or in the chat of the people in charge.

use super::turn::{Post, Turn};
use super::{
    Deed, FoundContact, Invited, OkdeskCall, Outcome, Reply, Scene, claims, codes, figures, people,
};
use crate::roles::Role;
use crate::telegram::{ChatId, Message, Rich, UserId};

/// Their commands.
const COMMANDS: [&str; 6] = ["invite", "claims", "user", "relink", "stats", "export"];

/// Whether a text asks for the claims that wait.
pub(super) fn wants_claims(text: &str) -> bool {
    matches!(
        super::conversation::command(text.trim()),
        Some(("claims", _))
    )
}

/// Whether this is the chat of the people in charge, under its present id or the one it had before.
pub(super) fn is_home(turn: &Turn<'_>, scene: &Scene, here: ChatId) -> bool {
    let admins = turn.rules.admin_chat;
    admins.is_some() && (admins == Some(here) || admins == scene.former)
}

/// Obeys a command that takes a role. `false`: it is none, or not from somebody who has it, and reads as unknown.
pub(super) fn obey(turn: &mut Turn<'_>, scene: &mut Scene, message: &Message) -> bool {
    let Some((name, arguments)) = super::conversation::command(message.text.trim()) else {
        return false;
    };
    let here = message.chat;
    let place = here.is_private() || is_home(turn, scene, here);
    if !COMMANDS.contains(&name) || !place {
        return false;
    }
    let by = message.from.id;
    if !turn.rules.roles.allow(by, Role::Admin) {
        turn.did(by, Deed::Refused(name.into()));
        return false;
    }
    let language = scene.chat.as_ref().map(|chat| chat.language);
    let language = language.unwrap_or_default();
    match name {
        "stats" => figures::report(turn, here, language, figures::STATS, arguments),
        "export" => figures::report(turn, here, language, figures::EXPORT, arguments),
        "invite" if turn.one_way() => match codes::addressed(arguments) {
            Some(contact) => {
                let post = codes::make(turn, &mut scene.code, by, &contact);
                turn.say(here, post);
            }
            None => turn.say(here, turn.staff_words().one_way_invite_usage()),
        },
        "invite" => match codes::invited(arguments) {
            Some(wanted) => turn.okdesk(
                here,
                OkdeskCall::FindInvited {
                    wanted,
                    by,
                    relinks: None,
                },
            ),
            None => turn.say(here, turn.staff_words().invite_usage()),
        },
        "user" if people::sought(&message.text).is_none() => {
            turn.say(here, turn.staff_words().user_usage());
        }
        "user" => people::show(turn, scene, here),
        "relink" => match people::pair(arguments).filter(|_| !turn.one_way()) {
            Some((chat, contact)) => turn.okdesk(
                here,
                OkdeskCall::FindInvited {
                    wanted: Invited::Contact(contact),
                    by,
                    relinks: Some(chat),
                },
            ),
            None => turn.say(here, turn.staff_words().user_usage()),
        },
        _ => list(turn, scene, here),
    }
    true
}

/// Everybody who waits, the longest first, each with buttons.
fn list(turn: &mut Turn<'_>, scene: &Scene, here: ChatId) {
    if scene.waiting.is_empty() {
        return turn.say(here, turn.staff_words().claims_none());
    }
    for chat in &scene.waiting {
        claims::tell(turn, chat, here);
    }
}

/// Okdesk has said who shall be invited.
pub(super) fn found(
    turn: &mut Turn<'_>,
    scene: &mut Scene,
    (here, by): (ChatId, UserId),
    relinks: Option<ChatId>,
    outcome: &Outcome,
) {
    let staff = turn.staff_words();
    let contacts: &[FoundContact] = match outcome {
        Outcome::Done(Reply::Contacts(contacts)) => contacts,
        Outcome::Delayed => return turn.say(here, staff.desk_silent()),
        _ => return turn.say(here, staff.desk_failed()),
    };
    if let (Some(chat), [contact]) = (relinks, contacts) {
        return people::relink(turn, scene, (here, by), chat, contact);
    }
    let post = match contacts {
        [] => Post::from(staff.invite_nobody()),
        [contact] => codes::make(turn, &mut scene.code, by, contact),
        several => {
            let mut text = staff.invite_several();
            for contact in several {
                let company = contact.company.as_ref().map_or("–", |it| it.name.as_str());
                text.append(Rich::text("\n"));
                text.append(staff.claim_candidate(contact.id.to_string(), &contact.name, company));
            }
            Post::from(text)
        }
    };
    turn.say(here, post);
}
