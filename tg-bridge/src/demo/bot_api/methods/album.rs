//! `sendMediaGroup`.

use serde_json::{Map, Value};

use super::super::files::{MediaKind, Stored};
use super::super::formatting;
use super::super::limits;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::text::Formatted;
use super::super::world::{Extras, World};
use super::send::{Source, body, deliver, source, take};
use super::{Answer, target};

pub(super) fn send(world: &mut World, params: &Params) -> Answer {
    let media = params.json("media", "media")?;
    let Some(items) = media.as_ref().and_then(Value::as_array) else {
        return Err(Refusal::malformed("expected an Array of InputMedia"));
    };
    let mut read: Vec<(MediaKind, Source, Formatted, Map<String, Value>)> = Vec::new();
    for item in items {
        let wrong =
            |reason: String| Refusal::malformed(format!("can't parse InputMedia: {reason}"));
        let name = item.get("type").and_then(Value::as_str).unwrap_or_default();
        let kind = match name {
            "photo" => MediaKind::Photo,
            "video" => MediaKind::Video,
            "audio" => MediaKind::Audio,
            "document" => MediaKind::Document,
            "animation" => {
                return Err(wrong(format!(
                    "type \"{name}\" can't be used in sendMediaGroup"
                )));
            }
            _ => return Err(wrong(format!("type \"{name}\" is unsupported"))),
        };
        let from = item
            .get("media")
            .and_then(Value::as_str)
            .and_then(|value| source(params, "", Some(value)));
        let from = from.ok_or_else(|| wrong("media not found".into()))?;
        let details = ["duration", "width", "height", "performer", "title"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), item.get(key)?.clone())))
            .collect();
        read.push((kind, from, formatting::item_caption(world, item)?, details));
    }
    if read.is_empty() {
        return Err(Refusal::malformed("there are no messages to send"));
    }
    if read.len() > limits::ALBUM {
        return Err(Refusal::malformed("too many messages to send as an album"));
    }
    if read.len() == 1 {
        world.remark("an album of one item: 2-10 are required");
    }
    for lonely in [MediaKind::Document, MediaKind::Audio] {
        let count = read.iter().filter(|(kind, ..)| *kind == lonely).count();
        if count > 0 && count < read.len() {
            let title = lonely.title();
            return Err(Refusal::malformed(format!(
                "{title} can't be mixed with other media types"
            )));
        }
    }
    let (chat, extras) = target::message(world, params, read.len())?;
    if extras.markup.is_some() {
        world.remark("an album takes no keyboard");
    }
    // All files are checked before the first message appears: an album comes whole or not at all.
    let mut ready: Vec<(Stored, Formatted, Map<String, Value>)> = Vec::new();
    for (kind, from, caption, details) in read {
        ready.push((take(world, kind, from)?, caption, details));
    }
    let album = (ready.len() > 1).then(|| format!("1380000000{:06}", world.number()));
    let mut messages = Vec::new();
    for (stored, caption, details) in ready {
        let body = body(world, &stored, &details, caption);
        let extras = Extras {
            album: album.clone(),
            markup: None,
            ..extras.clone()
        };
        messages.push(deliver(world, chat, body, extras));
    }
    Ok(Value::Array(messages))
}
