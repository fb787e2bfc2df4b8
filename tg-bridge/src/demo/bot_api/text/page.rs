//! A formatted text as safe HTML for a web page. Line breaks stay line breaks: show it with `white-space: pre-wrap`.

use super::entity::{Entity, EntityKind};

pub(in super::super) fn to_page_html(text: &str, entities: &[Entity]) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut borders: Vec<usize> = vec![0, units.len()];
    borders.extend(
        entities
            .iter()
            .flat_map(|entity| [entity.offset, entity.end()])
            .filter(|at| *at <= units.len()),
    );
    borders.sort_unstable();
    borders.dedup();

    let mut html = String::with_capacity(text.len() + 32 * entities.len());
    let mut open: Vec<&Entity> = Vec::new();
    for pair in borders.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let active: Vec<&Entity> = entities
            .iter()
            .filter(|e| e.offset <= from && to <= e.end())
            .collect();
        // Close down to what stays open: so overlapping entities come out as well-formed HTML too.
        let kept = open
            .iter()
            .zip(&active)
            .take_while(|(a, b)| std::ptr::eq(**a, **b))
            .count();
        for entity in open.drain(kept..).rev() {
            html.push_str(closing(entity));
        }
        let piece = String::from_utf16_lossy(&units[from..to]);
        for entity in &active[kept..] {
            html.push_str(&opening(entity, &slice(&units, entity)));
            open.push(entity);
        }
        html.push_str(&escape(&piece));
    }
    for entity in open.iter().rev() {
        html.push_str(closing(entity));
    }
    html
}

fn slice(units: &[u16], entity: &Entity) -> String {
    units
        .get(entity.offset..entity.end())
        .map(String::from_utf16_lossy)
        .unwrap_or_default()
}

fn opening(entity: &Entity, content: &str) -> String {
    let argument = entity.argument.as_deref().unwrap_or_default();
    match entity.kind {
        EntityKind::Bold => "<b>".into(),
        EntityKind::Italic => "<i>".into(),
        EntityKind::Underline => "<u>".into(),
        EntityKind::Strikethrough => "<s>".into(),
        EntityKind::Spoiler => "<span class=\"tg-spoiler\">".into(),
        EntityKind::Code => "<code>".into(),
        EntityKind::Pre if argument.is_empty() => "<pre>".into(),
        EntityKind::Pre => format!("<pre data-language=\"{}\">", escape(argument)),
        EntityKind::Blockquote => "<blockquote>".into(),
        EntityKind::ExpandableBlockquote => "<blockquote class=\"tg-expandable\">".into(),
        EntityKind::TextLink => anchor(argument),
        EntityKind::Url if content.contains("://") => anchor(content),
        EntityKind::Url => anchor(&format!("http://{content}")),
        EntityKind::Email => anchor(&format!("mailto:{content}")),
        EntityKind::BotCommand => "<span class=\"tg-command\">".into(),
        _ => format!(
            "<span class=\"tg-{}\">",
            entity.kind.as_str().replace('_', "-")
        ),
    }
}

fn closing(entity: &Entity) -> &'static str {
    match entity.kind {
        EntityKind::Bold => "</b>",
        EntityKind::Italic => "</i>",
        EntityKind::Underline => "</u>",
        EntityKind::Strikethrough => "</s>",
        EntityKind::Code => "</code>",
        EntityKind::Pre => "</pre>",
        EntityKind::Blockquote | EntityKind::ExpandableBlockquote => "</blockquote>",
        EntityKind::TextLink | EntityKind::Url | EntityKind::Email => "</a>",
        _ => "</span>",
    }
}

/// Only schemes that cannot run a script; anything else keeps its words and loses its target.
fn anchor(target: &str) -> String {
    let lower = target.to_ascii_lowercase();
    if ["http://", "https://", "tg://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
    {
        format!(
            "<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">",
            escape(target)
        )
    } else {
        "<a>".into()
    }
}

pub(in super::super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_and_overlap_come_out_well_formed() {
        let entities = [
            Entity::new(EntityKind::Bold, 0, 4),
            Entity::new(EntityKind::Italic, 2, 4),
            Entity::with(EntityKind::TextLink, 6, 1, "javascript:alert(1)".into()),
        ];
        assert_eq!(
            to_page_html("ab<d>fg", &entities),
            "<b>ab<i>&lt;d</i></b><i>&gt;f</i><a>g</a>"
        );
    }

    #[test]
    fn offsets_are_utf16_units() {
        let entities = [Entity::new(EntityKind::Code, 2, 2)];
        assert_eq!(to_page_html("😀да", &entities), "😀<code>да</code>");
    }

    /// Whatever the entities, the tags are balanced and the words are all there.
    #[test]
    fn any_entities_give_balanced_tags_and_the_whole_text() {
        let mut random = fastrand::Rng::with_seed(11);
        let kinds = [
            EntityKind::Bold,
            EntityKind::Spoiler,
            EntityKind::Blockquote,
            EntityKind::Pre,
            EntityKind::Url,
        ];
        for _ in 0..500 {
            let text: String = (0..8)
                .map(|_| ['a', '<', '&', '"', '\n', 'я'][random.usize(..6)])
                .collect();
            let entities: Vec<Entity> = (0..random.usize(..5))
                .map(|_| {
                    let offset = random.usize(..8);
                    Entity::new(
                        kinds[random.usize(..5)],
                        offset,
                        random.usize(1..=8 - offset),
                    )
                })
                .collect();
            let html = to_page_html(&text, &entities);
            let (mut words, mut open) = (String::new(), Vec::new());
            for piece in html.split('<') {
                let (tag, rest) = piece.split_once('>').unwrap_or(("", piece));
                let name = tag.split(' ').next().unwrap();
                match name.strip_prefix('/') {
                    Some(closed) => assert_eq!(open.pop(), Some(closed.to_owned()), "{html}"),
                    None if !name.is_empty() => open.push(name.to_owned()),
                    None => {}
                }
                words.push_str(rest);
            }
            assert!(open.is_empty(), "{html}");
            let words = words
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
            assert_eq!(words, text);
        }
    }
}
