//! Files on the stand-in: what bots and users have sent, by `file_id`, and where it is downloaded.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::media::image_size;
use super::refusal::Refusal;

/// What a file was sent as; a `file_id` is good for the same kind only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MediaKind {
    Photo,
    Document,
    Video,
    Audio,
    Voice,
    Animation,
    VideoNote,
    Sticker,
}

impl MediaKind {
    const ALL: [Self; 8] = [
        Self::Photo,
        Self::Document,
        Self::Video,
        Self::Audio,
        Self::Voice,
        Self::Animation,
        Self::VideoNote,
        Self::Sticker,
    ];

    /// The field of a message, and the parameter of the sending method.
    pub fn field(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Animation => "animation",
            Self::VideoNote => "video_note",
            Self::Sticker => "sticker",
        }
    }

    pub(super) fn from_field(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.field() == field)
    }

    /// The name in Telegram's errors.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Photo => "Photo",
            Self::Document => "Document",
            Self::Video => "Video",
            Self::Audio => "Audio",
            Self::Voice => "VoiceNote",
            Self::Animation => "Animation",
            Self::VideoNote => "VideoNote",
            Self::Sticker => "Sticker",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Photo => "photos",
            Self::Document => "documents",
            Self::Video => "videos",
            Self::Audio => "music",
            Self::Voice => "voice",
            Self::Animation => "animations",
            Self::VideoNote => "video_notes",
            Self::Sticker => "stickers",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Photo => "AgACAgIAAxkBAAI",
            Self::Document => "BQACAgIAAxkBAAI",
            Self::Video => "BAACAgIAAxkBAAI",
            Self::Audio => "CQACAgIAAxkBAAI",
            Self::Voice => "AwACAgIAAxkBAAI",
            Self::Animation => "CgACAgIAAxkBAAI",
            Self::VideoNote => "DQACAgIAAxkBAAI",
            Self::Sticker => "CAACAgIAAxkBAAI",
        }
    }

    fn usual_mime(self) -> Option<&'static str> {
        match self {
            Self::Photo => Some("image/jpeg"),
            Self::Video | Self::Animation | Self::VideoNote => Some("video/mp4"),
            Self::Audio => Some("audio/mpeg"),
            Self::Voice => Some("audio/ogg"),
            Self::Sticker => Some("image/webp"),
            Self::Document => None,
        }
    }
}

/// One stored file.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) id: String,
    unique: String,
    pub(super) kind: MediaKind,
    pub(super) name: Option<String>,
    pub(super) mime: Option<String>,
    pub(super) bytes: Bytes,
    path: String,
    width: u32,
    height: u32,
    /// The small version Telegram offers first for a photo: other bytes, so a bot that takes it is found out.
    small: Option<String>,
}

/// All files.
#[derive(Default)]
pub(super) struct Files {
    by_id: BTreeMap<String, Stored>,
}

/// A thumbnail for every photo: one grey JPEG-like blob, never the picture itself.
const THUMBNAIL: &[u8] = b"\xff\xd8\xff\xfe\x00\x15thumbnail, not this\xff\xd9";

impl Files {
    pub(super) fn add(
        &mut self,
        kind: MediaKind,
        name: Option<&str>,
        mime: Option<&str>,
        bytes: Bytes,
    ) -> Stored {
        let number = self.by_id.len() + 1;
        let size = image_size(&bytes);
        let guessed = name.and_then(|name| mime_guess::from_path(name).first_raw());
        let mime = mime
            .filter(|mime| mime.contains('/'))
            .or(guessed)
            .or(kind.usual_mime());
        let extension = match (name.and_then(|name| name.rsplit_once('.')), kind) {
            (_, MediaKind::Photo) => "jpg",
            (_, MediaKind::Voice) => "oga",
            (Some((_, extension)), _) if extension.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                extension
            }
            (_, MediaKind::Sticker) => "webp",
            (_, MediaKind::Video | MediaKind::Animation | MediaKind::VideoNote) => "mp4",
            (_, MediaKind::Audio) => "mp3",
            _ => "bin",
        };
        let (width, height) = size.unwrap_or(if kind == MediaKind::Sticker {
            (512, 512)
        } else {
            (800, 600)
        });
        let mut stored = Stored {
            id: format!("{}{number:024}", kind.prefix()),
            unique: format!("AQAD{number:012}"),
            kind,
            name: name.map(str::to_owned),
            mime: mime.map(str::to_owned),
            path: format!("{}/file_{number}.{extension}", kind.folder()),
            bytes,
            width,
            height,
            small: None,
        };
        self.by_id.insert(stored.id.clone(), stored.clone());
        if kind == MediaKind::Photo && stored.bytes != THUMBNAIL && width.max(height) > 90 {
            let thumbnail = self.add(MediaKind::Photo, None, None, Bytes::from_static(THUMBNAIL));
            stored.small = Some(thumbnail.id);
            self.by_id.insert(stored.id.clone(), stored.clone());
        }
        stored
    }

    pub(super) fn get(&self, id: &str) -> Option<&Stored> {
        self.by_id.get(id)
    }

    pub(super) fn by_path(&self, path: &str) -> Option<&Stored> {
        self.by_id.values().find(|stored| stored.path == path)
    }

    /// A file sent again by its id.
    pub(super) fn reuse(&self, id: &str, kind: MediaKind) -> Result<Stored, Refusal> {
        let stored = self
            .get(id)
            .ok_or_else(|| Refusal::malformed("wrong file identifier/HTTP URL specified"))?;
        if stored.kind != kind {
            let (real, asked) = (stored.kind.title(), kind.title());
            return Err(Refusal::malformed(format!(
                "can't use file of type {real} as {asked}"
            )));
        }
        Ok(stored.clone())
    }

    /// The value of the message's media field.
    pub(super) fn media_json(&self, stored: &Stored, extra: &Map<String, Value>) -> Value {
        if stored.kind == MediaKind::Photo {
            let small = stored.small.as_deref().and_then(|id| self.get(id));
            let sizes = small.map(|small| {
                let scale = 90.0 / f64::from(stored.width.max(stored.height));
                let side = |full: u32| ((f64::from(full) * scale) as u32).max(1);
                photo_size(small, side(stored.width), side(stored.height))
            });
            return sizes
                .into_iter()
                .chain([photo_size(stored, stored.width, stored.height)])
                .collect();
        }
        let mut object = base_json(stored);
        match stored.kind {
            MediaKind::Video | MediaKind::Animation => {
                object.insert("width".into(), stored.width.into());
                object.insert("height".into(), stored.height.into());
                object.insert("duration".into(), 1.into());
            }
            MediaKind::Audio | MediaKind::Voice => {
                object.insert("duration".into(), 1.into());
            }
            MediaKind::VideoNote => {
                object.insert("length".into(), 240.into());
                object.insert("duration".into(), 1.into());
            }
            MediaKind::Sticker => {
                object.insert("type".into(), "regular".into());
                object.insert("width".into(), stored.width.into());
                object.insert("height".into(), stored.height.into());
                object.insert("is_animated".into(), false.into());
                object.insert("is_video".into(), false.into());
            }
            MediaKind::Photo | MediaKind::Document => {}
        }
        if !matches!(stored.kind, MediaKind::Sticker | MediaKind::VideoNote) {
            if let Some(mime) = &stored.mime {
                object.insert("mime_type".into(), mime.clone().into());
            }
            if let (Some(name), false) = (&stored.name, stored.kind == MediaKind::Voice) {
                object.insert("file_name".into(), name.clone().into());
            }
        }
        object.extend(extra.clone());
        Value::Object(object)
    }
}

impl Stored {
    /// The `File` object of `getFile`.
    pub(super) fn to_json(&self) -> Value {
        let mut object = base_json(self);
        object.insert("file_path".into(), self.path.clone().into());
        Value::Object(object)
    }

    /// Where it is downloaded.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }
}

fn base_json(stored: &Stored) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("file_id".into(), stored.id.clone().into());
    object.insert("file_unique_id".into(), stored.unique.clone().into());
    object.insert("file_size".into(), stored.bytes.len().into());
    object
}

fn photo_size(stored: &Stored, width: u32, height: u32) -> Value {
    json!({
        "file_id": stored.id, "file_unique_id": stored.unique, "file_size": stored.bytes.len(),
        "width": width, "height": height,
    })
}
