//! Keys to recognise a repeated event by. The body carries no delivery id, so one is made of what it is
//! about.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Event;
use super::table::Entity;

impl Event {
    /// A key that is equal for every repeat of this event.
    ///
    /// Where the event adds something that has an id – an issue, a comment, files, spent time – the key is
    /// made of that id and is good for ever: `new_comment:issue:153:comment:7`. Every other event gets a hash
    /// of its body that ignores the order of keys: `new_assignee:issue:153:sha256:…`. Two honest events can
    /// be alike then (somebody is made responsible, then another, then the first again), so compare those
    /// within some minutes only.
    ///
    /// ```
    /// use okdesk_webhooks::Event;
    ///
    /// let one = Event::parse(br#"{"event":{"event_type":"new_priority"},"issue":{"id":153,"title":"a"}}"#)?;
    /// let same = Event::parse(br#"{"issue":{"title":"a", "id":153}, "event":{"event_type":"new_priority"}}"#)?;
    /// let other = Event::parse(br#"{"event":{"event_type":"new_priority"},"issue":{"id":153,"title":"b"}}"#)?;
    /// assert_eq!(one.dedup_key(), same.dedup_key());
    /// assert_ne!(one.dedup_key(), other.dedup_key());
    /// # Ok::<(), okdesk_webhooks::ParseError>(())
    /// ```
    #[must_use]
    pub fn dedup_key(&self) -> String {
        let mut key = self.kind().to_string();
        match self.entity() {
            Some(Entity::Issue(issue)) => push(&mut key, "issue", issue.id),
            Some(Entity::Equipment(equipment)) => push(&mut key, "equipment", equipment.id),
            Some(Entity::Company(company)) => push(&mut key, "company", company.id),
            Some(Entity::Agreement(agreement)) => push(&mut key, "agreement", agreement.id),
            Some(Entity::ServiceAim(aim)) => push(&mut key, "service_aim", aim.id),
            None => {}
        }
        let happens_once = matches!(
            self,
            Self::NewTicket(_)
                | Self::TicketDeleted(_)
                | Self::NewEquipment(_)
                | Self::NewCompany(_)
                | Self::NewAgreement(_)
                | Self::NewServiceAim(_)
        );
        if happens_once {
            return key;
        }
        if let Some(id) = self.comment().and_then(|comment| comment.id) {
            push(&mut key, "comment", id);
        } else if !self.attachments().is_empty() {
            push_all(
                &mut key,
                "attachments",
                self.attachments().iter().map(|file| file.id.get()),
            );
        } else if !self.time_entries().is_empty() {
            push_all(
                &mut key,
                "time_entries",
                self.time_entries().iter().map(|entry| entry.id.get()),
            );
        } else {
            push(&mut key, "sha256", hash(self.raw()));
        }
        key
    }
}

fn push(key: &mut String, name: &str, value: impl std::fmt::Display) {
    // Writing to a string does not fail.
    let _ = write!(key, ":{name}:{value}");
}

fn push_all(key: &mut String, name: &str, ids: impl Iterator<Item = u64>) {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    let ids: Vec<_> = ids.iter().map(u64::to_string).collect();
    push(key, name, ids.join(","));
}

/// The hash of a body, the same for every order of keys and for any white space.
pub(crate) fn hash(body: &str) -> String {
    let mut hasher = Sha256::new();
    match serde_json::from_str(body) {
        Ok(value) => feed(&mut hasher, &value),
        // Nested deeper than a value may be, or with a number larger than one: its bytes have to do.
        Err(_) => hasher.update(body.trim_matches([' ', '\n', '\r', '\t'])),
    }
    let mut text = String::with_capacity(32);
    for byte in hasher.finalize().iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Feeds a value in one definite form, each part marked with its kind and length so that no two values look
/// alike.
fn feed(hasher: &mut Sha256, value: &Value) {
    match value {
        Value::Null => hasher.update(b"n"),
        Value::Bool(value) => hasher.update(if *value { b"t" } else { b"f" }),
        Value::Number(number) => feed_text(hasher, b"#", &number.to_string()),
        Value::String(text) => feed_text(hasher, b"\"", text),
        Value::Array(items) => {
            feed_text(hasher, b"[", &items.len().to_string());
            for item in items {
                feed(hasher, item);
            }
        }
        Value::Object(fields) => {
            feed_text(hasher, b"{", &fields.len().to_string());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in fields {
                feed_text(hasher, b"k", key);
                feed(hasher, value);
            }
        }
    }
}

fn feed_text(hasher: &mut Sha256, mark: &[u8], text: &str) {
    hasher.update(mark);
    hasher.update((text.len() as u64).to_le_bytes());
    hasher.update(text);
}
