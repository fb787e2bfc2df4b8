//! What Telegram does to a text after parsing it: control characters, surrounding blanks, entities that became empty.

use super::entity::{Entity, EntityKind, sort};
use super::{Formatted, utf16_len};

/// Cleans and trims as Telegram does. The error is Telegram's sentence; an empty result is left to the caller.
pub(in super::super) fn tidy(source: Formatted) -> Result<Formatted, String> {
    let total = utf16_len(&source.text);
    for entity in &source.entities {
        if entity.end() > total {
            return Err(format!(
                "Entity beginning at UTF-16 offset {} ends after the end of the text at UTF-16 offset {}",
                entity.offset,
                entity.end()
            ));
        }
    }
    // For each UTF-16 unit of the source: its place in the cleaned text.
    let mut places = Vec::with_capacity(total + 1);
    let mut text = String::with_capacity(source.text.len());
    let mut at = 0;
    for character in source.text.chars() {
        for _ in 0..character.len_utf16() {
            places.push(at);
        }
        let kept = match character {
            '\r' | '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' => None,
            '\n' => Some('\n'),
            control if control <= ' ' => Some(' '),
            other => Some(other),
        };
        if let Some(kept) = kept {
            text.push(kept);
            at += kept.len_utf16();
        }
    }
    places.push(at);

    let blank = |c: char| c == ' ' || c == '\n';
    let ended = text.trim_end_matches(blank);
    let end = utf16_len(ended);
    let place = |offset: usize| places.get(offset).copied().unwrap_or(end).min(end);
    let mut entities: Vec<Entity> = source
        .entities
        .iter()
        .map(|entity| {
            let offset = place(entity.offset);
            Entity {
                offset,
                length: place(entity.end()).saturating_sub(offset),
                ..entity.clone()
            }
        })
        .filter(|entity| entity.length > 0)
        .collect();
    merge_repeats(&mut entities);

    // Leading blanks go only as far as the first entity.
    let first = entities.first().map_or(end, |entity| entity.offset);
    let cut = ended
        .bytes()
        .take(first)
        .take_while(|byte| matches!(byte, b' ' | b'\n'))
        .count();
    for entity in &mut entities {
        entity.offset -= cut;
    }
    Ok(Formatted {
        text: ended[cut..].to_owned(),
        entities,
    })
}

/// The same style twice over one place is one entity; a quote inside a quote is dropped.
fn merge_repeats(entities: &mut Vec<Entity>) {
    sort(entities);
    let mut merged: Vec<Entity> = Vec::with_capacity(entities.len());
    for entity in entities.drain(..) {
        let style = style_of(entity.kind);
        let earlier = merged
            .iter_mut()
            .rev()
            .find(|earlier| style_of(earlier.kind) == style);
        match earlier {
            Some(earlier) if style != Style::Other && entity.offset < earlier.end() => {
                if matches!(style, Style::Mark(_)) {
                    earlier.length = earlier.length.max(entity.end() - earlier.offset);
                }
            }
            Some(earlier) if matches!(style, Style::Mark(_)) && entity.offset == earlier.end() => {
                earlier.length += entity.length;
            }
            _ => merged.push(entity),
        }
    }
    sort(&mut merged);
    *entities = merged;
}

#[derive(PartialEq)]
enum Style {
    Mark(EntityKind),
    Quote,
    Other,
}

fn style_of(kind: EntityKind) -> Style {
    match kind {
        EntityKind::Bold
        | EntityKind::Italic
        | EntityKind::Underline
        | EntityKind::Strikethrough
        | EntityKind::Spoiler => Style::Mark(kind),
        EntityKind::Blockquote | EntityKind::ExpandableBlockquote => Style::Quote,
        _ => Style::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_go_and_entities_follow() {
        let source = super::super::parse_html(" \n<i>a</i> <b>x \n</b> \r\n").unwrap();
        let tidied = tidy(source).unwrap();
        assert_eq!(tidied.text, "a x");
        let spans: Vec<_> = tidied
            .entities
            .iter()
            .map(|e| (e.kind, e.offset, e.length))
            .collect();
        assert_eq!(
            spans,
            [(EntityKind::Italic, 0, 1), (EntityKind::Bold, 2, 1)]
        );
    }

    #[test]
    fn the_same_mark_twice_is_one() {
        let tidied = tidy(super::super::parse_html("<b>a<b>b</b></b><b>c</b>").unwrap()).unwrap();
        assert_eq!(tidied.entities, [Entity::new(EntityKind::Bold, 0, 3)]);
    }
}
