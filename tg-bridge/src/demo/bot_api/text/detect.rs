//! Entities Telegram finds by itself: commands, links, addresses, mentions, hashtags.

use super::entity::{Entity, EntityKind, sort};
use super::{Formatted, utf16_len};

/// Adds what Telegram would find, where the text is not marked already.
pub(in super::super) fn detect(mut formatted: Formatted) -> Formatted {
    let mut offset = 0;
    let mut found = Vec::new();
    for word in formatted.text.split_inclusive([' ', '\n']) {
        let bare = word.trim_end_matches([' ', '\n']);
        let lead = bare.len() - bare.trim_start_matches(['(', '"', '«', '[', '<']).len();
        let core =
            bare[lead..].trim_end_matches(['.', ',', '!', '?', ')', '"', '»', ']', '>', ':', ';']);
        if let Some((kind, length)) = kind_of(core) {
            found.push(Entity::new(kind, offset + utf16_len(&bare[..lead]), length));
        }
        offset += utf16_len(word);
    }
    found.retain(|new| {
        !formatted.entities.iter().any(|old| {
            let apart = new.end() <= old.offset || old.end() <= new.offset;
            let transparent = matches!(
                old.kind,
                EntityKind::Bold
                    | EntityKind::Italic
                    | EntityKind::Underline
                    | EntityKind::Strikethrough
                    | EntityKind::Spoiler
                    | EntityKind::Blockquote
                    | EntityKind::ExpandableBlockquote
            );
            !apart && !transparent
        })
    });
    formatted.entities.extend(found);
    sort(&mut formatted.entities);
    formatted
}

/// The kind of a word and how much of it belongs to the entity, in UTF-16 units.
fn kind_of(word: &str) -> Option<(EntityKind, usize)> {
    let name = |text: &str| {
        text.bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count()
    };
    if let Some(rest) = word.strip_prefix('/') {
        let mut length = name(rest);
        if length == 0 || length > 32 {
            return None;
        }
        if let Some(bot) = rest[length..].strip_prefix('@') {
            length += 1 + name(bot);
        }
        return (length == rest.len()).then_some((EntityKind::BotCommand, length + 1));
    }
    if let Some(rest) = word.strip_prefix('@') {
        let length = name(rest);
        return (length >= 3 && length == rest.len()).then_some((EntityKind::Mention, length + 1));
    }
    if let Some(rest) = word.strip_prefix('#') {
        let tag = rest.chars().all(|c| c.is_alphanumeric() || c == '_')
            && rest.chars().any(char::is_alphabetic);
        return (tag && !rest.is_empty()).then(|| (EntityKind::Hashtag, utf16_len(word)));
    }
    let lower = word.to_ascii_lowercase();
    if let Some((user, host)) = word.split_once('@')
        && !lower.contains("://")
    {
        let valid = !user.is_empty()
            && user
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
            && is_host(host);
        return valid.then(|| (EntityKind::Email, utf16_len(word)));
    }
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    if let Some(rest) = rest {
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        return (host.contains('.') && !host.starts_with('.'))
            .then(|| (EntityKind::Url, utf16_len(word)));
    }
    let host = lower.split(['/', '?', '#']).next().unwrap_or_default();
    let known = host.rsplit('.').next().is_some_and(|zone| {
        [
            "ru", "com", "org", "net", "me", "io", "dev", "su", "рф", "info", "biz",
        ]
        .contains(&zone)
    });
    (known && is_host(host)).then(|| (EntityKind::Url, utf16_len(word)))
}

fn is_host(host: &str) -> bool {
    host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(EntityKind, usize, usize)> {
        let formatted = detect(Formatted {
            text: text.into(),
            entities: Vec::new(),
        });
        formatted
            .entities
            .iter()
            .map(|e| (e.kind, e.offset, e.length))
            .collect()
    }

    #[test]
    fn commands_links_and_addresses_are_found() {
        assert_eq!(found("/start abc"), [(EntityKind::BotCommand, 0, 6)]);
        assert_eq!(
            found("да /menu@help_bot"),
            [(EntityKind::BotCommand, 3, 14)]
        );
        assert_eq!(
            found("см. https://okdesk.ru/x, a@b.ru (@some_one)"),
            [
                (EntityKind::Url, 4, 19),
                (EntityKind::Email, 25, 6),
                (EntityKind::Mention, 33, 9)
            ]
        );
        assert_eq!(found("a/b 1.5 и/или"), []);
    }
}
