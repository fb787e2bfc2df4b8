//! `sendMessage`, `sendLocation` and the methods that send one file.

use serde_json::{Map, Value, json};

use super::super::files::{MediaKind, Stored};
use super::super::limits;
use super::super::media::image_size;
use super::super::message::Body;
use super::super::params::{Params, Part};
use super::super::refusal::Refusal;
use super::super::world::{Extras, World};
use super::super::{formatting, view};
use super::{Answer, target};

/// `sendMessage`.
pub(super) fn message(world: &mut World, params: &Params) -> Answer {
    let text = formatting::text(world, params)?;
    let (chat, extras) = target::message(world, params, 1)?;
    Ok(deliver(world, chat, Body::text(text), extras))
}

/// `sendLocation`.
pub(super) fn location(world: &mut World, params: &Params) -> Answer {
    let degrees = |key: &str, most: f64| match params.number(key) {
        None => Err(Refusal::malformed(format!("{key} is empty"))),
        Some(value) if value.abs() <= most => Ok(value),
        Some(_) => Err(Refusal::malformed(format!("bad {key}"))),
    };
    let place =
        json!({"latitude": degrees("latitude", 90.0)?, "longitude": degrees("longitude", 180.0)?});
    let (chat, extras) = target::message(world, params, 1)?;
    Ok(deliver(world, chat, Body::other("location", place), extras))
}

/// `sendPhoto`, `sendDocument` and so on: the method's name says the kind.
pub(super) fn media(world: &mut World, name: &str, params: &Params) -> Answer {
    let kind = match name {
        "sendPhoto" => MediaKind::Photo,
        "sendDocument" => MediaKind::Document,
        "sendVideo" => MediaKind::Video,
        "sendAudio" => MediaKind::Audio,
        "sendVoice" => MediaKind::Voice,
        "sendAnimation" => MediaKind::Animation,
        "sendVideoNote" => MediaKind::VideoNote,
        "sendSticker" => MediaKind::Sticker,
        _ => return Err(Refusal::unknown_method()),
    };
    let source =
        source(params, kind.field(), params.text(kind.field()).as_deref()).ok_or_else(|| {
            Refusal::malformed(format!(
                "there is no {} in the request",
                kind.field().replace('_', " ")
            ))
        })?;
    let has_caption = !matches!(kind, MediaKind::VideoNote | MediaKind::Sticker);
    let caption = if has_caption {
        formatting::caption(world, params)?
    } else {
        Default::default()
    };
    let (chat, extras) = target::message(world, params, 1)?;
    let stored = take(world, kind, source)?;
    let mut details = Map::new();
    for key in ["duration", "width", "height", "length"] {
        if let Some(value) = params.integer(key) {
            details.insert(key.into(), value.into());
        }
    }
    for key in ["performer", "title", "emoji"] {
        if let Some(value) = params.text(key) {
            details.insert(key.into(), value.into());
        }
    }
    let body = body(world, &stored, &details, caption);
    Ok(deliver(world, chat, body, extras))
}

/// Where a file comes from.
pub(super) enum Source {
    Upload(Part),
    /// A `file_id` or an address.
    Known(String),
}

/// Finds the upload that `value` – or the part called `field` – stands for.
pub(super) fn source(params: &Params, field: &str, value: Option<&str>) -> Option<Source> {
    let part = match value {
        None | Some("") => field,
        Some(value) => match value.strip_prefix("attach://") {
            Some(part) => part,
            None => return Some(Source::Known(value.to_owned())),
        },
    };
    params.file(part).cloned().map(Source::Upload)
}

/// Checks and stores an upload, or finds the file again.
pub(super) fn take(world: &mut World, kind: MediaKind, source: Source) -> Result<Stored, Refusal> {
    let part = match source {
        Source::Known(id) if id.contains("://") => {
            world.remark("a file by address: the stand-in fetches nothing from outside");
            return Err(Refusal::bad_request("failed to get HTTP URL content"));
        }
        Source::Known(id) => return world.files.reuse(&id, kind),
        Source::Upload(part) => part,
    };
    let size = part.bytes.len();
    if size == 0 {
        return Err(Refusal::malformed("file must be non-empty"));
    }
    if size > world.upload_limit() {
        return Err(Refusal::too_large());
    }
    if kind == MediaKind::Photo {
        if size > limits::PHOTO_BYTES {
            return Err(Refusal::malformed(format!(
                "file of size {size} bytes is too big for a photo; the maximum size is {} bytes",
                limits::PHOTO_BYTES
            )));
        }
        let (width, height) =
            image_size(&part.bytes).ok_or_else(|| Refusal::malformed("IMAGE_PROCESS_FAILED"))?;
        let (small, large) = (width.min(height).max(1), width.max(height));
        if width.saturating_add(height) > limits::PHOTO_SIDES || large / small > limits::PHOTO_RATIO
        {
            return Err(Refusal::malformed("PHOTO_INVALID_DIMENSIONS"));
        }
    }
    Ok(world
        .files
        .add(kind, Some(&part.name), part.mime.as_deref(), part.bytes))
}

/// The body of a message that shows a file.
pub(super) fn body(
    world: &World,
    stored: &Stored,
    details: &Map<String, Value>,
    formatted: super::super::text::Formatted,
) -> Body {
    let field = stored.kind.field();
    let media = world.files.media_json(stored, details);
    let mut content = Map::new();
    if stored.kind == MediaKind::Animation {
        // Old clients see an animation as a document too.
        content.insert("document".into(), media.clone());
    }
    content.insert(field.into(), media);
    Body {
        kind: field.into(),
        content,
        formatted,
        files: vec![stored.id.clone()],
    }
}

/// Puts the message into the chat, changes the user's keyboard if it says so, and answers it.
pub(super) fn deliver(world: &mut World, chat: i64, body: Body, extras: Extras) -> Value {
    let bot = world.bot.id;
    let markup = extras.markup.clone();
    let id = world.add_message(chat, bot, body, extras);
    if let (Some(markup), Some(room)) = (markup, world.chats.get_mut(&chat)) {
        let removes = markup.get("remove_keyboard").is_some();
        let shows = markup.get("keyboard").is_some();
        if removes || shows {
            room.keyboard = shows.then_some(markup);
            let keyboard = view::chat(world, chat).map(|view| view.keyboard);
            world.events.push("keyboard", Some(chat), json!(keyboard));
        }
    }
    world.message_json(chat, id)
}
