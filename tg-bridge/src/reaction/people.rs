//! People as those in charge see them: found, cut off from a contact, tied to another, kept away and let in again.
//! Whatever is done counts at once, is told to the person and is written down.

use super::conversation::{agreed, command};
use super::turn::{Post, Turn, button};
use super::{Chat, Deed, Effect, FoundContact, Scene, linking, person};
use crate::roles::Role;
use crate::telegram::{Action, Callback, ChatId, Manage, Rich, Send, UserId};
use okdesk_sdk::model::ContactId;
use std::collections::BTreeSet;

/// Whom somebody in charge looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// The account or the contact with this number.
    Number(i64),
    /// Whoever proved or gave this number of a telephone, as `+` and digits.
    Phone(String),
}

/// Whom a command looks for.
pub(super) fn sought(text: &str) -> Option<Sought> {
    match command(text.trim()) {
        Some(("user", whom)) => read(whom),
        _ => None,
    }
}

fn read(whom: &str) -> Option<Sought> {
    let number = whom.trim_start_matches(['#', '№', '@']).trim();
    let international = number.starts_with('+');
    match (number.parse(), person::phone(whom)) {
        // What can be both is an account: telephones are asked for with a plus.
        (Ok(number), _) if !international && number > 0 => Some(Sought::Number(number)),
        (_, phone) => phone.map(Sought::Phone),
    }
}

/// An account and the contact it shall be tied to.
pub(super) fn pair(arguments: &str) -> Option<(ChatId, ContactId)> {
    let (account, contact) = arguments.split_once(char::is_whitespace)?;
    let contact = contact.trim().trim_start_matches(['#', '№']).trim();
    let account: i64 = account.parse().ok().filter(|id| *id > 0)?;
    let contact: u64 = contact.parse().ok().filter(|id| *id > 0)?;
    Some((ChatId(account), ContactId::new(contact)))
}

/// Shows everybody who fits, each with what can be done.
pub(super) fn show(turn: &mut Turn<'_>, scene: &Scene, here: ChatId) {
    if scene.found.is_empty() {
        return turn.say(here, turn.staff_words().user_none());
    }
    for who in &scene.found {
        let card = card(turn, who);
        turn.say(here, card);
    }
}

fn card(turn: &Turn<'_>, who: &Chat) -> Post {
    let staff = turn.staff_words();
    let mut text = staff.user_head(who.id.to_string());
    let mut line = |line: Rich| {
        text.append(Rich::text("\n"));
        text.append(line);
    };
    match &who.link {
        Some(link) => {
            let company = link.company.as_ref().map_or("–", |it| it.name.as_str());
            line(staff.claim_candidate(link.contact.to_string(), &link.name, company));
            if !link.phone.is_empty() {
                line(staff.user_phone(&link.phone));
            }
        }
        None => line(staff.user_unlinked()),
    }
    if let Some(consent) = &who.consent {
        let at = jiff::Timestamp::from_millisecond(consent.at).unwrap_or_default();
        let at = turn.moment(crate::telegram::Language::default(), at);
        line(staff.user_agreed(at));
    }
    if who.unreachable {
        line(staff.user_unreachable());
    }
    if who.blocked {
        line(staff.user_blocked());
    }
    let act = |what| Action::Person { chat: who.id, what };
    let mut row = vec![];
    if who.link.is_some() {
        row.push(button(staff.user_unlink(), act(Manage::Unlink)));
    }
    row.push(match who.blocked {
        true => button(staff.user_unblock(), act(Manage::Unblock)),
        false => button(staff.user_block(), act(Manage::Block)),
    });
    Post::from(text).rows(vec![row])
}

/// Somebody pressed a button under a person.
pub(super) fn manage(
    turn: &mut Turn<'_>,
    scene: &mut Scene,
    callback: &Callback,
    (chat, what): (ChatId, Manage),
) {
    let staff = turn.staff_words();
    let (by, here) = (callback.from.id, callback.chat);
    if !turn.rules.roles.allow(by, Role::Admin) {
        turn.did(by, Deed::Refused("user".into()));
        return turn.answer(here, &callback.id, Some(staff.button_unknown()));
    }
    let who = scene.subject.as_mut().or(scene.chat.as_mut());
    let Some(who) = who.filter(|who| who.id == chat) else {
        return turn.answer(here, &callback.id, Some(staff.button_expired()));
    };
    // Whoever runs the bridge is kept away by its settings, not by one another.
    let in_charge = turn.rules.roles.allow(UserId(chat.0), Role::Operator);
    if in_charge && what == Manage::Block {
        return turn.answer(here, &callback.id, Some(staff.user_in_charge()));
    }
    match what {
        Manage::Unlink => unlink(turn, who, by),
        Manage::Block if !who.blocked => {
            who.blocked = true;
            turn.did(by, Deed::Blocked { chat });
            let words = turn.words(who.language);
            turn.say(chat, words.you_are_blocked());
        }
        Manage::Unblock if who.blocked => {
            who.blocked = false;
            turn.did(by, Deed::Unblocked { chat });
        }
        Manage::Block | Manage::Unblock => {}
    }
    turn.answer(here, &callback.id, None);
    let card = card(turn, who);
    turn.show(here, Some(callback.message), card);
}

/// Cuts the tie. What was on its way in the contact's name still arrives; nothing of that contact stays here.
fn unlink(turn: &mut Turn<'_>, who: &mut Chat, by: UserId) {
    let Some(contact) = who.link.as_ref().map(|link| link.contact) else {
        return;
    };
    linking::part(turn, who);
    turn.did(
        by,
        Deed::Unlinked {
            chat: who.id,
            contact,
        },
    );
    let words = turn.words(who.language);
    let rows = vec![vec![button(words.begin(), Action::Begin)]];
    turn.say(who.id, Post::from(words.you_are_unlinked()).rows(rows));
}

/// Okdesk has said whom the account shall be tied to.
pub(super) fn relink(
    turn: &mut Turn<'_>,
    scene: &mut Scene,
    (here, by): (ChatId, UserId),
    chat: ChatId,
    contact: &FoundContact,
) {
    let staff = turn.staff_words();
    let who = scene.subject.as_mut().or(scene.chat.as_mut());
    let Some(who) = who.filter(|who| who.id == chat) else {
        return turn.say(here, staff.user_none());
    };
    // Without consent nothing of a person may be kept; an invitation asks for it.
    if !agreed(turn, who) {
        return turn.say(here, staff.user_must_agree());
    }
    turn.did(
        by,
        Deed::Relinked {
            chat,
            contact: contact.id,
        },
    );
    linking::tie(turn, who, contact, String::new(), (false, None));
    let card = card(turn, who);
    turn.say(here, card);
}

/// The chats among those of a scene whose people are kept away.
pub(super) fn blocked(scene: &Scene) -> BTreeSet<ChatId> {
    let chats = scene
        .chat
        .iter()
        .chain(&scene.audience)
        .chain(&scene.subject);
    chats
        .filter(|chat| chat.blocked)
        .map(|chat| chat.id)
        .collect()
}

/// Whether an effect would tell something to one of these. A pressed button stops spinning all the same.
pub(super) fn is_for(effect: &Effect, blocked: &BTreeSet<ChatId>) -> bool {
    match effect {
        Effect::Telegram {
            send: Send::AnswerCallback { .. },
            ..
        } => false,
        Effect::Telegram { chat, .. } => blocked.contains(chat),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adm_03_people_are_looked_for_by_account_contact_and_telephone() {
        let number = |text| sought(text);
        assert_eq!(number("/user 501"), Some(Sought::Number(501)));
        assert_eq!(number("/user №17"), Some(Sought::Number(17)));
        assert_eq!(
            number("/user 7654321098765"),
            Some(Sought::Number(7_654_321_098_765))
        );
        let phone = Sought::Phone("+79123456789".into());
        assert_eq!(number("/user +7 912 345-67-89"), Some(phone.clone()));
        assert_eq!(number("/user 8 (912) 345-67-89"), Some(phone));
        for no in ["/user", "/user Анна", "/user -5", "/users 5", "user 5"] {
            assert_eq!(number(no), None, "{no}");
        }
        assert_eq!(pair("501 №17"), Some((ChatId(501), ContactId::new(17))));
        for no in ["", "501", "501 0", "-501 17", "501 Анна"] {
            assert_eq!(pair(no), None, "{no}");
        }
    }
}
