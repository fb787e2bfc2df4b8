//! Text and captions of calls: parse mode or entities, then Telegram's limits.

use serde_json::Value;

use super::limits;
use super::params::Params;
use super::refusal::Refusal;
use super::text::{
    Entity, EntityKind, Formatted, checked_link, detect, link_user_id, parse_html,
    parse_markdown_v2, tidy, utf16_len,
};
use super::world::World;

/// `text` of a message.
pub(super) fn text(world: &mut World, params: &Params) -> Result<Formatted, Refusal> {
    let Some(source) = params.text("text") else {
        return Err(Refusal::malformed("message text is empty"));
    };
    let entities = params.json("entities", "entities")?;
    let formatted = parse(
        world,
        &source,
        params.text("parse_mode").as_deref(),
        entities.as_ref(),
    )?;
    if formatted.text.is_empty() {
        return Err(Refusal::malformed("text must be non-empty"));
    }
    if utf16_len(&formatted.text) > limits::TEXT {
        return Err(Refusal::malformed("message is too long"));
    }
    Ok(formatted)
}

/// `caption` of a file, which may be absent.
pub(super) fn caption(world: &mut World, params: &Params) -> Result<Formatted, Refusal> {
    let entities = params.json("caption_entities", "caption entities")?;
    caption_of(
        world,
        params.text("caption").as_deref(),
        params.text("parse_mode").as_deref(),
        entities.as_ref(),
    )
}

/// The caption of one item of an album.
pub(super) fn item_caption(world: &mut World, item: &Value) -> Result<Formatted, Refusal> {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    caption_of(
        world,
        text("caption"),
        text("parse_mode"),
        item.get("caption_entities"),
    )
}

fn caption_of(
    world: &mut World,
    source: Option<&str>,
    mode: Option<&str>,
    entities: Option<&Value>,
) -> Result<Formatted, Refusal> {
    let formatted = parse(world, source.unwrap_or_default(), mode, entities)?;
    if utf16_len(&formatted.text) > limits::CAPTION {
        return Err(Refusal::malformed("message caption is too long"));
    }
    Ok(formatted)
}

fn parse(
    world: &mut World,
    source: &str,
    mode: Option<&str>,
    entities: Option<&Value>,
) -> Result<Formatted, Refusal> {
    if source.len() > limits::RAW_TEXT {
        return Err(Refusal::malformed("text is too long"));
    }
    let mode = mode
        .map(str::to_ascii_lowercase)
        .filter(|mode| mode != "none");
    let parsed = match mode.as_deref() {
        None => Formatted {
            text: source.to_owned(),
            entities: given(entities)?,
        },
        Some("html") => parse_html(source).map_err(cannot_parse)?,
        Some("markdownv2") => parse_markdown_v2(source).map_err(cannot_parse)?,
        // The legacy mode exists at Telegram, but nobody should begin with it.
        Some(_) => return Err(Refusal::malformed("unsupported parse_mode")),
    };
    let mut formatted = tidy(parsed).map_err(Refusal::malformed)?;
    if formatted.entities.len() > limits::ENTITIES {
        world.remark(format!(
            "{} entities: Telegram keeps the first {}",
            formatted.entities.len(),
            limits::ENTITIES
        ));
        formatted.entities.truncate(limits::ENTITIES);
    }
    let formatted = detect(formatted);
    match &mut world.call_text {
        Some(text) if !formatted.text.is_empty() => {
            text.push('\n');
            text.push_str(&formatted.text);
        }
        Some(_) => {}
        empty => *empty = Some(formatted.text.clone()).filter(|text| !text.is_empty()),
    }
    Ok(formatted)
}

fn cannot_parse(reason: String) -> Refusal {
    Refusal::malformed(format!("can't parse entities: {reason}"))
}

/// Entities sent as such.
fn given(list: Option<&Value>) -> Result<Vec<Entity>, Refusal> {
    let Some(list) = list.and_then(Value::as_array) else {
        return Ok(Vec::new());
    };
    let mut entities = Vec::new();
    for item in list {
        let wrong =
            |reason: &str| Refusal::malformed(format!("can't parse MessageEntity: {reason}"));
        let place = |key: &str| {
            item.get(key)
                .and_then(Value::as_u64)
                .and_then(|value| usize::try_from(value).ok())
        };
        let offset = place("offset").ok_or_else(|| wrong("Can't find field \"offset\""))?;
        let length = place("length").ok_or_else(|| wrong("Can't find field \"length\""))?;
        let name = item
            .get("type")
            .and_then(Value::as_str)
            .ok_or_else(|| wrong("Type is not specified"))?;
        let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
        let Some(kind) = EntityKind::sendable(name) else {
            match name {
                // Telegram finds these by itself.
                "mention" | "hashtag" | "cashtag" | "bot_command" | "url" | "email"
                | "phone_number" | "bank_card_number" => continue,
                _ => return Err(wrong("Unsupported type specified")),
            }
        };
        let mut entity = Entity::new(kind, offset, length);
        match kind {
            EntityKind::TextLink => {
                let url = text("url").ok_or_else(|| wrong("Can't find field \"url\""))?;
                match (link_user_id(&url), checked_link(&url)) {
                    (Some(id), _) => {
                        entity = Entity {
                            kind: EntityKind::TextMention,
                            number: Some(id),
                            ..entity
                        }
                    }
                    (None, Some(url)) => entity.argument = Some(url),
                    (None, None) => continue,
                }
            }
            EntityKind::TextMention => {
                entity.number = item.pointer("/user/id").and_then(Value::as_i64)
            }
            EntityKind::Pre => entity.argument = text("language"),
            EntityKind::CustomEmoji => entity.argument = text("custom_emoji_id"),
            EntityKind::DateTime => {
                entity.number = item.get("unix_time").and_then(Value::as_i64);
                entity.argument = text("date_time_format");
            }
            _ => {}
        }
        entities.push(entity);
    }
    Ok(entities)
}
