//! A raw update, read field by field: what is not understood never takes the rest with it.

use super::{
    Callback, ChatId, Content, FileKind, IncomingFile, Membership, Message, MessageId, Sender,
    Service, Update, UserId,
};
use serde_json::Value;

impl Update {
    /// Reads an update as the Bot API sends it.
    pub fn parse(update: &Value) -> Self {
        let Some((name, body)) = update.as_object().and_then(|fields| {
            fields
                .iter()
                .find(|(name, value)| *name != "update_id" && value.is_object())
        }) else {
            return Self::Other("update".into());
        };
        let read = match name.as_str() {
            "message" => message(body).map(Self::Message),
            "edited_message" => message(body).map(Self::Edited),
            "callback_query" => callback(body).map(Self::Callback),
            "my_chat_member" => membership(body).map(Self::Membership),
            _ => None,
        };
        read.unwrap_or_else(|| Self::Other(name.clone()))
    }
}

fn integer(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer)?.as_i64()
}

fn string<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)?
        .as_str()
        .filter(|text| !text.is_empty())
}

fn sender(from: &Value) -> Option<Sender> {
    if from.get("is_bot").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    let first = string(from, "/first_name").unwrap_or("");
    let last = string(from, "/last_name").unwrap_or("");
    Some(Sender {
        id: UserId(integer(from, "/id")?),
        name: format!("{first} {last}").trim().to_owned(),
        username: string(from, "/username").map(str::to_owned),
        language: string(from, "/language_code").map(str::to_owned),
    })
}

fn message(raw: &Value) -> Option<Message> {
    let date = integer(raw, "/date").unwrap_or(0);
    let id = MessageId(integer(raw, "/message_id")?);
    let text = if raw.get("text").is_some() {
        with_targets(raw, "text", "entities")
    } else {
        with_targets(raw, "caption", "caption_entities")
    };
    let content = content(raw, date, id);
    let text = match (&content, text) {
        (Content::Text, None) => rich_text(raw).unwrap_or_default(),
        (_, text) => text.unwrap_or_default(),
    };
    let reply = raw.get("reply_to_message");
    Some(Message {
        chat: ChatId(integer(raw, "/chat/id")?),
        id,
        from: sender(raw.get("from")?)?,
        date,
        text,
        content,
        // The first message of a topic is "answered" by everything in it; that is no answer.
        reply_to: reply
            .filter(|reply| reply.get("forum_topic_created").is_none())
            .and_then(|reply| integer(reply, "/message_id"))
            .map(MessageId),
        quote: string(raw, "/quote/text").map(str::to_owned),
        replied_text: reply
            .and_then(|reply| string(reply, "/text").or_else(|| string(reply, "/caption")))
            .map(str::to_owned),
        topic: raw
            .get("is_topic_message")
            .and_then(Value::as_bool)
            .filter(|topic| *topic)
            .and_then(|_| integer(raw, "/message_thread_id"))
            .map(MessageId),
        album: string(raw, "/media_group_id").map(str::to_owned),
    })
}

/// The text with the targets of its text links written out: words that hide an address would lose it.
fn with_targets(raw: &Value, text: &str, entities: &str) -> Option<String> {
    let text = raw.get(text)?.as_str()?;
    let entities = raw.get(entities).and_then(Value::as_array);
    let mut targets: Vec<(usize, &str)> = entities
        .into_iter()
        .flatten()
        .filter(|entity| string(entity, "/type") == Some("text_link"))
        .filter_map(|entity| {
            let end = integer(entity, "/offset")?.checked_add(integer(entity, "/length")?)?;
            Some((usize::try_from(end).ok()?, string(entity, "/url")?))
        })
        .filter(|(_, url)| !text.contains(url))
        .collect();
    targets.sort_unstable();
    let mut targets = targets.into_iter().peekable();
    let mut out = String::with_capacity(text.len());
    let mut units = 0;
    for character in text.chars() {
        out.push(character);
        units += character.len_utf16();
        while let Some((_, url)) = targets.next_if(|(end, _)| *end <= units) {
            out.push_str(&format!(" ({url})"));
        }
    }
    Some(out)
}

/// Words of the block-structured messages of newer programs: every `text` in reading order.
fn rich_text(raw: &Value) -> Option<String> {
    fn collect(value: &Value, out: &mut String) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) if name == "text" => out.push_str(text),
                        other => collect(other, out),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| match item {
                Value::String(text) => out.push_str(text),
                other => collect(other, out),
            }),
            _ => {}
        }
    }
    let mut out = String::new();
    for block in raw.pointer("/rich_message/blocks")?.as_array()? {
        if !out.is_empty() {
            out.push('\n');
        }
        collect(block, &mut out);
    }
    Some(out)
}

fn content(raw: &Value, date: i64, id: MessageId) -> Content {
    let has = |name: &str| raw.get(name).is_some();
    // An animation comes with a document beside it for old programs, a live photo with a photo.
    for (field, kind) in [
        ("animation", FileKind::Animation),
        ("video", FileKind::Video),
        ("document", FileKind::Document),
        ("audio", FileKind::Audio),
        ("voice", FileKind::Voice),
        ("video_note", FileKind::VideoNote),
    ] {
        if let Some(file) = raw
            .get(field)
            .and_then(|file| file_of(file, kind, date, id))
        {
            return Content::File(file);
        }
    }
    let sizes = raw
        .get("photo")
        .or_else(|| raw.pointer("/live_photo/photo"))
        .and_then(Value::as_array);
    let best = sizes.into_iter().flatten().max_by_key(|size| {
        (
            integer(size, "/width").unwrap_or(0) * integer(size, "/height").unwrap_or(0),
            integer(size, "/file_size"),
        )
    });
    if let Some(file) = best.and_then(|size| file_of(size, FileKind::Photo, date, id)) {
        return Content::File(file);
    }
    if let Some(sticker) = raw.get("sticker") {
        let is = |name: &str| sticker.get(name).and_then(Value::as_bool) == Some(true);
        return match file_of(sticker, FileKind::Sticker, date, id) {
            Some(file) if !is("is_animated") && !is("is_video") => Content::File(file),
            _ => Content::Unsupported("sticker".into()),
        };
    }
    if let Some(contact) = raw.get("contact") {
        let first = string(contact, "/first_name").unwrap_or("");
        let last = string(contact, "/last_name").unwrap_or("");
        return Content::ContactCard {
            phone: string(contact, "/phone_number").unwrap_or("").to_owned(),
            name: format!("{first} {last}").trim().to_owned(),
            owner: integer(contact, "/user_id").map(UserId),
        };
    }
    let words = raw
        .get("venue")
        .and_then(|venue| {
            let place = map(venue.get("location")?)?;
            Some(format!(
                "{}, {}\n{place}",
                string(venue, "/title")?,
                string(venue, "/address").unwrap_or("")
            ))
        })
        .or_else(|| map(raw.get("location")?))
        .or_else(|| options(raw.get("poll")?, "/question", "/options"))
        .or_else(|| options(raw.get("checklist")?, "/title", "/tasks"));
    if let Some(words) = words {
        return Content::Described(words);
    }
    if let Some(to) = integer(raw, "/migrate_to_chat_id") {
        return Content::Service(Service::MigratedTo(ChatId(to)));
    }
    if has("text") || has("rich_message") {
        return Content::Text;
    }
    let rest = raw
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .find(|name| !ENVELOPE.contains(name));
    match rest {
        Some(name) if CARRYABLE.contains(&name) => Content::Unsupported(name.to_owned()),
        Some(name) if is_service(name) => Content::Service(Service::Other(name.to_owned())),
        Some(name) => Content::Unsupported(name.to_owned()),
        None => Content::Unsupported("message".into()),
    }
}

/// Things a person sends on purpose and that cannot be carried.
const CARRYABLE: &[&str] = &[
    "dice",
    "game",
    "story",
    "paid_media",
    "invoice",
    "giveaway",
    "gift",
    "unique_gift",
];

/// Fields that every message may have and that carry nothing.
const ENVELOPE: &[&str] = &[
    "message_id",
    "message_thread_id",
    "direct_messages_topic",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "receiver_user",
    "ephemeral_message_id",
    "date",
    "guest_query_id",
    "business_connection_id",
    "chat",
    "forward_origin",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "via_bot",
    "guest_bot_caller_user",
    "guest_bot_caller_chat",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "media_group_id",
    "author_signature",
    "paid_star_count",
    "entities",
    "link_preview_options",
    "suggested_post_info",
    "effect_id",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "reply_markup",
    "forward_from",
    "forward_from_chat",
    "forward_date",
    "forward_sender_name",
];

/// What Telegram tells by a message of its own: members, topics, settings, payments.
fn is_service(name: &str) -> bool {
    const EXACT: &[&str] = &[
        "left_chat_member",
        "pinned_message",
        "successful_payment",
        "refunded_payment",
        "users_shared",
        "chat_shared",
        "user_shared",
        "connected_website",
        "write_access_allowed",
        "passport_data",
        "proximity_alert_triggered",
        "boost_added",
        "web_app_data",
        "delete_chat_photo",
        "migrate_from_chat_id",
        "gift_upgrade_sent",
        "managed_bot_created",
        "giveaway_created",
        "giveaway_winners",
        "giveaway_completed",
    ];
    const BEGINNINGS: &[&str] = &[
        "new_chat_",
        "chat_owner_",
        "group_chat_",
        "supergroup_chat_",
        "channel_chat_",
        "message_auto_",
        "chat_background_",
        "checklist_tasks_",
        "community_chat_",
        "direct_message_",
        "forum_topic_",
        "general_forum_",
        "paid_message_",
        "poll_option_",
        "suggested_post_",
        "video_chat_",
        "voice_chat_",
    ];
    EXACT.contains(&name)
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
}

fn map(location: &Value) -> Option<String> {
    let latitude = location.get("latitude")?.as_f64()?;
    let longitude = location.get("longitude")?.as_f64()?;
    Some(format!(
        "{latitude:.6}, {longitude:.6}\nhttps://www.openstreetmap.org/?mlat={latitude:.6}&mlon={longitude:.6}"
    ))
}

fn options(raw: &Value, title: &str, items: &str) -> Option<String> {
    let mut words = string(raw, title)?.to_owned();
    for item in raw
        .pointer(items)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        words.push_str("\n• ");
        words.push_str(string(item, "/text").unwrap_or(""));
    }
    Some(words)
}

fn file_of(raw: &Value, kind: FileKind, date: i64, id: MessageId) -> Option<IncomingFile> {
    let given = string(raw, "/mime_type")
        .filter(|mime| mime.contains('/'))
        .map(str::to_ascii_lowercase);
    let (word, usual, ending) = match kind {
        FileKind::Photo => ("photo", "image/jpeg", "jpg"),
        FileKind::Document => ("document", "application/octet-stream", "bin"),
        FileKind::Video => ("video", "video/mp4", "mp4"),
        FileKind::Animation => ("animation", "video/mp4", "mp4"),
        FileKind::Audio => ("audio", "audio/mpeg", "mp3"),
        FileKind::Voice => ("voice", "audio/ogg", "ogg"),
        FileKind::VideoNote => ("video-note", "video/mp4", "mp4"),
        FileKind::Sticker => ("sticker", "image/webp", "webp"),
    };
    let own_name = string(raw, "/file_name")
        .map(safe_name)
        .filter(|name| !name.is_empty());
    let mime = given
        .or_else(|| {
            mime_guess::from_path(own_name.as_deref()?)
                .first_raw()
                .map(str::to_owned)
        })
        .unwrap_or_else(|| usual.to_owned());
    let name = own_name.unwrap_or_else(|| {
        let day = jiff::Timestamp::from_second(date)
            .unwrap_or_default()
            .strftime("%Y-%m-%d")
            .to_string();
        let known = (mime != usual)
            .then(|| mime_guess::get_mime_extensions_str(&mime))
            .flatten();
        let ending = known
            .and_then(|endings| endings.first().copied())
            .unwrap_or(ending);
        format!("{word}-{day}-{id}.{ending}")
    });
    Some(IncomingFile {
        file_id: string(raw, "/file_id")?.to_owned(),
        kind,
        name,
        mime,
        size: integer(raw, "/file_size").and_then(|size| u64::try_from(size).ok()),
    })
}

/// A name without folders and without signs that file systems or headers choke on.
fn safe_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = base
        .chars()
        .map(|c| {
            if c.is_control() || "<>:\"|?*".contains(c) {
                '_'
            } else {
                c
            }
        })
        .take(120)
        .collect();
    let clean = clean.trim().trim_start_matches('.');
    // The ending says what it is: keep it when the name is very long.
    match base.rsplit_once('.') {
        Some((_, ending)) if base.chars().count() > 120 && ending.len() <= 8 => {
            format!("{clean}.{ending}")
        }
        _ => clean.to_owned(),
    }
}

fn callback(raw: &Value) -> Option<Callback> {
    Some(Callback {
        id: string(raw, "/id")?.to_owned(),
        chat: ChatId(integer(raw, "/message/chat/id")?),
        message: MessageId(integer(raw, "/message/message_id")?),
        from: sender(raw.get("from")?)?,
        data: string(raw, "/data").unwrap_or("").to_owned(),
        shown: string(raw, "/message/text").map(str::to_owned),
    })
}

fn membership(raw: &Value) -> Option<Membership> {
    let member = raw.get("new_chat_member")?;
    let reachable = match string(member, "/status")? {
        "creator" | "administrator" | "member" => true,
        "restricted" => member
            .get("is_member")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        _ => false,
    };
    Some(Membership {
        chat: ChatId(integer(raw, "/chat/id")?),
        from: sender(raw.get("from")?)?,
        reachable,
        lost: None,
    })
}
