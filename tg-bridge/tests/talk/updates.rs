//! Raw updates, as the Bot API sends them, and what is read of them.

use serde_json::{Value, json};
use tg_bridge::telegram::{
    ChatId, Content, FileKind, IncomingFile, Message, MessageId, Service, Update,
};

fn read(fields: Value) -> Message {
    let mut message = json!({
        "message_id": 7, "date": 1_700_000_000,
        "chat": {"id": 5_000_000_000_i64, "type": "private"},
        "from": {"id": 5_000_000_000_i64, "is_bot": false, "first_name": "Анна", "last_name": "К", "language_code": "ru"},
    });
    message
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    match Update::parse(&json!({"update_id": 1, "message": message})) {
        Update::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

fn file(fields: Value) -> IncomingFile {
    match read(fields).content {
        Content::File(file) => file,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_survives_whatever_stands_beside_it() {
    for beside in [
        json!({"entities": [{"type": "date_time", "offset": 0, "length": 2, "unix_time": 1}]}),
        json!({"external_reply": {"origin": {"type": "user", "date": 1}}}),
        json!({"forward_origin": {"type": "something_new"}}),
        json!({"a_field_of_the_future": {"x": 1}}),
    ] {
        let mut fields = json!({"text": "не печатает"});
        fields
            .as_object_mut()
            .unwrap()
            .extend(beside.as_object().unwrap().clone());
        let message = read(fields);
        assert_eq!(
            (message.text.as_str(), message.content),
            ("не печатает", Content::Text)
        );
    }
    let rich = read(json!({"rich_message": {"blocks": [
        {"type": "paragraph", "text": "первый"},
        {"type": "paragraph", "text": [{"type": "bold", "text": "вто"}, "рой"]},
    ]}}));
    assert_eq!(
        (rich.text.as_str(), rich.content),
        ("первый\nвторой", Content::Text)
    );
}

#[test]
fn files_without_a_type_are_files() {
    assert_eq!(
        file(json!({"video": {"file_id": "v", "file_unique_id": "u"}, "caption": "c"})).mime,
        "video/mp4"
    );
    assert_eq!(file(json!({"voice": {"file_id": "v"}})).mime, "audio/ogg");
    assert_eq!(file(json!({"audio": {"file_id": "v"}})).mime, "audio/mpeg");
    assert_eq!(
        file(json!({"document": {"file_id": "v", "mime_type": "", "file_name": "a.pdf"}})).mime,
        "application/pdf"
    );
    assert_eq!(
        file(json!({"document": {"file_id": "v", "mime_type": "nonsense"}})).mime,
        "application/octet-stream"
    );
}

#[test]
fn every_kind_of_file_is_told_apart_and_named() {
    let photo = file(json!({"photo": [
        {"file_id": "big", "width": 1000, "height": 800, "file_size": 9},
        {"file_id": "small", "width": 90, "height": 80},
    ]}));
    assert_eq!(
        (photo.file_id.as_str(), photo.name.as_str(), photo.size),
        ("big", "photo-2023-11-14-7.jpg", Some(9))
    );
    let animation = file(json!({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}));
    assert_eq!(
        (animation.kind, animation.name.as_str()),
        (FileKind::Animation, "animation-2023-11-14-7.mp4")
    );
    assert_eq!(
        file(json!({"video_note": {"file_id": "a"}})).kind,
        FileKind::VideoNote
    );
    assert_eq!(
        file(json!({"sticker": {"file_id": "a"}})).mime,
        "image/webp"
    );
    assert_eq!(
        read(json!({"sticker": {"file_id": "a", "is_animated": true}})).content,
        Content::Unsupported("sticker".into())
    );
    assert_eq!(
        file(json!({"document": {"file_id": "a", "file_name": "../../etc/Отчёт: май?.xlsx"}})).name,
        "Отчёт_ май_.xlsx"
    );
    let long = file(
        json!({"document": {"file_id": "a", "file_name": format!("{}.docx", "ы".repeat(300))}}),
    )
    .name;
    assert!(long.ends_with(".docx") && long.chars().count() <= 126);
}

#[test]
fn what_is_no_file_becomes_words_or_is_named() {
    let place = json!({"latitude": 55.75, "longitude": 37.61});
    let words = |fields| match read(fields).content {
        Content::Described(words) => words,
        other => panic!("{other:?}"),
    };
    assert!(words(json!({"location": place})).starts_with("55.750000, 37.610000\nhttps://"));
    assert!(words(json!({"location": place, "venue": {"location": place, "title": "Офис", "address": "Мира, 1"}})).starts_with("Офис, Мира, 1\n55.75"));
    assert_eq!(
        words(
            json!({"poll": {"question": "Когда?", "options": [{"text": "утром"}, {"text": "днём"}]}})
        ),
        "Когда?\n• утром\n• днём"
    );
    assert_eq!(
        read(json!({"dice": {"value": 3}})).content,
        Content::Unsupported("dice".into())
    );
    assert_eq!(
        read(json!({"hologram": {}, "caption": "c"})).content,
        Content::Unsupported("hologram".into())
    );
    assert_eq!(
        read(json!({"forum_topic_created": {}})).content,
        Content::Service(Service::Other("forum_topic_created".into()))
    );
    assert_eq!(
        read(json!({"migrate_to_chat_id": -1005})).content,
        Content::Service(Service::MigratedTo(ChatId(-1005)))
    );
    assert!(matches!(
        read(json!({"contact": {"phone_number": "7999", "first_name": "А"}})).content,
        Content::ContactCard { owner: None, .. }
    ));
}

#[test]
fn hidden_addresses_are_written_out() {
    let message = read(
        json!({"text": "👍 тут и там", "entities": [{"type": "text_link", "offset": 3, "length": 3, "url": "https://x.ru/"}]}),
    );
    assert_eq!(message.text, "👍 тут (https://x.ru/) и там");
}

#[test]
fn replies_quotes_albums_and_topics() {
    let message = read(json!({
        "text": "да", "reply_to_message": {"message_id": 3, "date": 1, "text": "верно?"}, "quote": {"text": "вер", "position": 0},
        "media_group_id": "g", "is_topic_message": true, "message_thread_id": 9,
    }));
    assert_eq!(message.reply_to, Some(MessageId(3)));
    assert_eq!(
        (message.quote.as_deref(), message.replied_text.as_deref()),
        (Some("вер"), Some("верно?"))
    );
    assert_eq!(
        (message.album.as_deref(), message.topic),
        (Some("g"), Some(MessageId(9)))
    );
    assert_eq!(
        read(
            json!({"text": "x", "reply_to_message": {"message_id": 9, "forum_topic_created": {}}})
        )
        .reply_to,
        None
    );
}

#[test]
fn callbacks_and_membership() {
    let from = json!({"id": 5, "is_bot": false, "first_name": "А"});
    let old = json!({"callback_query": {"id": "c", "from": from, "data": "menu", "message": {"chat": {"id": 5}, "message_id": 2, "date": 0}}});
    assert!(
        matches!(Update::parse(&old), Update::Callback(c) if c.message == MessageId(2) && c.data == "menu")
    );
    let kicked = json!({"my_chat_member": {"chat": {"id": 5}, "from": from, "new_chat_member": {"status": "kicked"}}});
    assert!(matches!(Update::parse(&kicked), Update::Membership(m) if !m.reachable));
}

#[test]
fn nothing_is_an_error() {
    for (update, name) in [
        (
            json!({"update_id": 1, "guest_message": {"message_id": 1}}),
            "guest_message",
        ),
        (
            json!({"update_id": 1, "message": {"message_id": 1}}),
            "message",
        ),
        (json!({"update_id": 1}), "update"),
        (json!([1]), "update"),
        (
            json!({"message": {"message_id": 1, "chat": {"id": 1}, "from": {"id": 2, "is_bot": true}, "text": "x"}}),
            "message",
        ),
    ] {
        assert_eq!(Update::parse(&update), Update::Other(name.into()));
    }
}
