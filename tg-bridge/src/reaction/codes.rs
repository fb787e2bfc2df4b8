//! One-time invitations: made by staff for a contact, used once, within their life. Only a digest is kept, so nobody who
//! reads the database can use one; and what is wrong, used or too old reads the same.

use super::conversation::{agreed, leave};
use super::linking;
use super::registration;
use super::turn::{HOUR, Post, Turn, button};
use super::{Chat, Deed, Dialog, FoundContact, Registration, Step};
use crate::telegram::{Action, Content, Message, UserId};
use okdesk_sdk::model::ContactId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Letters and digits that are not taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Sixteen of them are eighty bits.
const LENGTH: usize = 16;
/// So many wrong codes an hour close the way.
const TRIES: usize = 5;

/// An invitation, without its code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// SHA-256 of the code, in hexadecimal digits.
    pub digest: String,
    /// Whom it invites.
    pub contact: FoundContact,
    /// Until when, in Unix milliseconds.
    pub expires_at: i64,
}

/// A code of these bits, in groups of four.
fn written(bits: u128) -> String {
    let letter = |at: usize| {
        let index = (bits >> (5 * at)) & 31;
        let index = usize::try_from(index).unwrap_or_default();
        ALPHABET.get(index).copied().map_or('0', char::from)
    };
    let letters: Vec<char> = (0..LENGTH).map(letter).collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    groups.join("-")
}

/// The digest of what may be a code, however it was copied.
fn digest(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Sha256::digest(plain.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether a text is a code and nothing else.
fn is_written(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 4
        && groups
            .iter()
            .all(|four| four.len() == 4 && four.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The digest of the code a message brings: after `/start`, or alone.
pub(super) fn brought(message: &Message) -> Option<String> {
    if message.content != Content::Text || !message.chat.is_private() {
        return None;
    }
    let text = message.text.trim();
    match super::conversation::command(text) {
        Some(("start", argument)) => (!argument.is_empty()).then(|| digest(argument)),
        Some(_) => None,
        None => is_written(text).then(|| digest(text)),
    }
}

/// Whether the chat takes what was brought for a code. A client may well write a serial number that looks like one.
pub(super) fn is_meant(chat: &Chat, message: &Message) -> bool {
    chat.link.is_none() || message.text.starts_with('/')
}

/// Makes an invitation. The bits are those of the scene, which nobody can guess.
pub(super) fn make(
    turn: &mut Turn<'_>,
    code: &mut Option<Code>,
    by: UserId,
    contact: &FoundContact,
) -> Post {
    let text = written(turn.nonce);
    let hours = turn.rules.invite_hours;
    *code = Some(Code {
        digest: digest(&text),
        contact: contact.clone(),
        expires_at: turn.now + i64::from(hours) * HOUR,
    });
    turn.did(
        by,
        Deed::Invited {
            contact: contact.id,
        },
    );
    let staff = turn.staff_words();
    let hours = u64::from(hours);
    Post::from(match &turn.rules.bot_name {
        Some(bot) => {
            let link = format!("https://t.me/{bot}?start={text}");
            staff.invitation(&contact.name, hours, link, text)
        }
        None => staff.invitation_code(&contact.name, hours, text),
    })
}

/// Somebody brought a code.
pub(super) fn redeem(turn: &mut Turn<'_>, chat: &mut Chat, known: &mut Option<Code>, digest: &str) {
    let words = turn.words(chat.language);
    chat.wrong_codes.retain(|at| *at > turn.now - HOUR);
    if chat.wrong_codes.len() >= TRIES {
        return turn.say(chat.id, words.too_many_tries());
    }
    if matches!(&chat.dialog, Dialog::Register(it) if it.step == Step::Creating) {
        return registration::repeat(turn, chat);
    }
    let right = known
        .as_ref()
        .filter(|code| code.digest == digest && code.expires_at > turn.now)
        .cloned();
    let Some(code) = right else {
        chat.wrong_codes.push(turn.now);
        if chat.link.is_none() {
            leave(turn, chat);
        }
        let rows = match chat.link {
            None => vec![vec![button(words.begin(), Action::Begin)]],
            Some(_) => vec![],
        };
        return turn.say(chat.id, Post::from(words.code_wrong()).rows(rows));
    };
    if !agreed(turn, chat) {
        leave(turn, chat);
        chat.dialog = Dialog::Register(Registration {
            code: Some(digest.to_owned()),
            ..Registration::at(Step::Consent)
        });
        return registration::repeat(turn, chat);
    }
    *known = None;
    turn.did(
        UserId(chat.id.0),
        Deed::Accepted {
            contact: code.contact.id,
        },
    );
    let phone = chat
        .link
        .as_ref()
        .filter(|link| link.contact == code.contact.id);
    let phone = phone.map(|link| link.phone.clone()).unwrap_or_default();
    linking::tie(turn, chat, &code.contact, phone, (false, None));
}

impl Dialog {
    /// The digest of the invitation that waits for consent.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Register(registration) => registration.code.as_deref(),
            _ => None,
        }
    }
}

/// Whom an invitation shall be for, as staff say it.
pub(super) fn invited(text: &str) -> Option<super::Invited> {
    let number = text.trim_start_matches(['#', '№']).trim();
    match number.parse() {
        // No account has so many contacts, but a number of a telephone is that long.
        Ok(id) if number.len() < 10 && id > 0 => Some(super::Invited::Contact(ContactId::new(id))),
        _ => super::person::phone(text).map(super::Invited::Phone),
    }
}

/// Whom an invitation is for where people are known by their address for mail.
pub(super) fn addressed(text: &str) -> Option<FoundContact> {
    let email = text.trim();
    let (name, host) = email.split_once('@')?;
    let plain = !name.is_empty() && host.contains('.') && !email.contains(char::is_whitespace);
    plain.then(|| FoundContact {
        id: crate::zenlix::contact(email),
        name: email.to_owned(),
        company: None,
        maintenance_entity: None,
        company_issues: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reg_16_a_code_survives_being_read_aloud() {
        let code = written(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert!(is_written(&code), "{code}");
        assert_eq!(
            digest(&code),
            digest(&code.to_lowercase().replace('-', " "))
        );
        assert_eq!(digest("O1L0-AAAA-BBBB-CCCC"), digest("0110-AAAA-BBBB-CCCC"));
        assert_ne!(written(1), written(2));
        for no in [
            "",
            "ABCD-EFGH",
            "не код",
            "ABCD-EFGH-JKMN-PQRST",
            "AB!D-EFGH-JKMN-PQRS",
        ] {
            assert!(!is_written(no), "{no}");
        }
    }

    #[test]
    fn whom_to_invite_is_a_contact_or_a_number() {
        use super::super::Invited;
        assert_eq!(invited("№ 17"), Some(Invited::Contact(ContactId::new(17))));
        assert_eq!(
            invited("8 912 345-67-89"),
            Some(Invited::Phone("+79123456789".into()))
        );
        for no in ["", "0", "Анна", "12a"] {
            assert_eq!(invited(no), None, "{no}");
        }
    }
}
