//! What the stand-in refuses, with Telegram's words and codes, and what it only notes as careless.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod bot_api_support;

use bot_api_support::{answer, png, start};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

#[tokio::test]
async fn every_way_to_pass_parameters_works_in_any_case() {
    let raw = start().await;
    for name in ["sendMessage", "SendMessage", "SENDMESSAGE"] {
        raw.ok(name, json!({"chat_id": "7", "text": name})).await;
    }
    let (status, _) = answer(
        raw.http
            .get(raw.method("sendmessage"))
            .query(&[("chat_id", "7"), ("text", "q")]),
    )
    .await;
    assert_eq!(status, 200);
    let form = raw
        .http
        .post(raw.method("sendMessage"))
        .header("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(answer(form.body("chat_id=7&text=a+b%21")).await.0, 200);
    let keyboard = json!({"inline_keyboard": [[{"text": "x", "callback_data": "1"}]]}).to_string();
    let form = Form::new()
        .text("chat_id", "7")
        .text("text", "m")
        .text("reply_markup", keyboard);
    assert_eq!(
        answer(raw.http.post(raw.method("sendMessage")).multipart(form))
            .await
            .0,
        200
    );
    let photo = Part::bytes(png(10, 10, 1)).file_name("p.png");
    let form = Form::new().text("chat_id", "7").part("photo", photo);
    assert_eq!(
        answer(raw.http.post(raw.method("sendPhoto")).multipart(form))
            .await
            .0,
        200
    );
    let photo = Part::bytes(png(10, 10, 2)).file_name("p.png");
    let form = Form::new()
        .text("chat_id", "7")
        .text("photo", "attach://it")
        .part("it", photo);
    assert_eq!(
        answer(raw.http.post(raw.method("sendPhoto")).multipart(form))
            .await
            .0,
        200
    );
    let texts: Vec<_> = raw
        .api
        .chat(7)
        .from_bot()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(
        texts,
        [
            "sendMessage",
            "SendMessage",
            "SENDMESSAGE",
            "q",
            "a b!",
            "m",
            "",
            ""
        ]
    );
    assert_eq!(raw.violations(), [""; 0]);
}

#[tokio::test]
async fn tokens_and_addresses_are_checked() {
    let raw = start().await;
    let base = raw.api.url().to_string();
    for (path, code, words) in [
        ("bot1:wrong/getMe".to_owned(), 401, "Unauthorized"),
        (
            "file/bot1:wrong/documents/file_1.pdf".to_owned(),
            404,
            "Not Found",
        ),
        ("getMe".to_owned(), 404, "Not Found"),
        (
            format!("bot{}/noSuchMethod", raw.api.token()),
            404,
            "Not Found: method not found",
        ),
        (
            format!("bot{}/sendDice", raw.api.token()),
            404,
            "Not Found: method not found",
        ),
    ] {
        let (status, body) = answer(raw.http.get(format!("{base}{path}"))).await;
        assert_eq!(
            (status, &body),
            (
                code,
                &json!({"ok": false, "error_code": code, "description": words})
            ),
            "{path}"
        );
    }
    assert_eq!(raw.violations().len(), 2);
}

/// Calls no state could make valid: each is refused with these words and noted as a violation.
#[tokio::test]
async fn malformed_calls_are_refused_with_telegrams_words() {
    let raw = start().await;
    let inline = |button: Value| json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}});
    let message = |text: &str| json!({"chat_id": 7, "text": text});
    let html = |text: &str| json!({"chat_id": 7, "text": text, "parse_mode": "HTML"});
    let group = raw.api.group("Группа", &raw.api.user(8, "Пётр")).id();
    let rows = |count: usize| {
        (0..count)
            .map(|i| json!([{"text": "x", "callback_data": i.to_string()}]))
            .collect::<Vec<_>>()
    };
    let cases: Vec<(&str, Value, &str)> = vec![
        ("sendMessage", json!({"text": "x"}), "chat_id is empty"),
        (
            "sendMessage",
            json!({"chat_id": 7}),
            "message text is empty",
        ),
        ("sendMessage", message(""), "message text is empty"),
        ("sendMessage", message(" \n "), "text must be non-empty"),
        ("sendMessage", html("<b> </b>"), "text must be non-empty"),
        (
            "sendMessage",
            message(&"я".repeat(16385)),
            "text is too long",
        ),
        (
            "sendMessage",
            message(&"z".repeat(4097)),
            "message is too long",
        ),
        (
            "sendMessage",
            message(&"😀".repeat(2049)),
            "message is too long",
        ),
        (
            "sendMessage",
            html("a<br>"),
            "can't parse entities: Unsupported start tag \"br\" at byte offset 1",
        ),
        (
            "sendMessage",
            html("да<p>"),
            "can't parse entities: Unsupported start tag \"p\" at byte offset 4",
        ),
        (
            "sendMessage",
            html("<b>x"),
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            "sendMessage",
            html("<b>x</i>"),
            "can't parse entities: Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "1.", "parse_mode": "MarkdownV2"}),
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "x", "parse_mode": "bb"}),
            "unsupported parse_mode",
        ),
        (
            "sendMessage",
            inline(json!({"text": "x", "callback_data": "д".repeat(33)})),
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            inline(json!({"text": "", "callback_data": "1"})),
            "inline keyboard button text must be non-empty",
        ),
        (
            "sendMessage",
            inline(json!({"text": "x"})),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            inline(json!({"text": "x", "url": "http://localhost/"})),
            "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": rows(101)}}),
            "reply markup is too long",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "x", "reply_markup": "{"}),
            "can't parse reply keyboard markup JSON object",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "x", "reply_markup": []}),
            "object expected as reply markup",
        ),
        (
            "sendMessage",
            json!({"chat_id": group, "text": "x", "reply_markup": {"keyboard": [[{"text": "n", "request_contact": true}]]}}),
            "phone number can be requested in private chats only",
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": 1}),
            "message text is empty",
        ),
        (
            "editMessageText",
            json!({"text": "x"}),
            "message identifier is not specified",
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": 1, "text": "x", "reply_markup": {"remove_keyboard": true}}),
            "inline keyboard expected",
        ),
        (
            "sendPhoto",
            json!({"chat_id": 7}),
            "there is no photo in the request",
        ),
        (
            "sendPhoto",
            json!({"chat_id": 7, "photo": "attach://x"}),
            "there is no photo in the request",
        ),
        (
            "sendPhoto",
            json!({"chat_id": 7, "photo": "nonsense"}),
            "wrong file identifier/HTTP URL specified",
        ),
        (
            "sendMediaGroup",
            json!({"chat_id": 7, "media": []}),
            "there are no messages to send",
        ),
        (
            "sendMediaGroup",
            json!({"chat_id": 7, "media": {}}),
            "expected an Array of InputMedia",
        ),
        (
            "sendMediaGroup",
            json!({"chat_id": 7, "media": [{"type": "animation", "media": "x"}]}),
            "can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup",
        ),
        (
            "sendMediaGroup",
            json!({"chat_id": 7, "media": [{"type": "photo", "media": "attach://a"}]}),
            "can't parse InputMedia: media not found",
        ),
        (
            "sendMediaGroup",
            json!({"chat_id": 7, "media": vec![json!({"type": "photo", "media": "x"}); 11]}),
            "too many messages to send as an album",
        ),
        (
            "sendLocation",
            json!({"chat_id": 7, "longitude": 1.0}),
            "latitude is empty",
        ),
        (
            "sendChatAction",
            json!({"chat_id": 7, "action": "dance"}),
            "wrong parameter action in request",
        ),
        (
            "setMyCommands",
            json!({"commands": [{"command": "Menu", "description": "x"}]}),
            "BOT_COMMAND_INVALID",
        ),
        (
            "setMyCommands",
            json!({"commands": [{"command": "menu", "description": ""}]}),
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("getFile", json!({}), "file_id not specified"),
        ("getFile", json!({"file_id": "x"}), "invalid file_id"),
        (
            "setWebhook",
            json!({"url": "http://example.com/"}),
            "bad webhook: an HTTPS URL must be provided for webhook",
        ),
        (
            "setWebhook",
            json!({"url": "https://example.com:444/"}),
            "bad webhook: webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            "setWebhook",
            json!({"url": "http://127.0.0.1:1/", "secret_token": "a b"}),
            "secret token contains unallowed characters",
        ),
        (
            "setWebhook",
            json!({"url": "http://127.0.0.1:1/", "secret_token": "a".repeat(257)}),
            "secret token is too long",
        ),
        (
            "setMessageReaction",
            json!({"chat_id": 7, "message_id": 100, "reaction": [{"type": "emoji", "emoji": "x"}]}),
            "REACTION_INVALID",
        ),
    ];
    let before = raw.api.chat(7).messages().len();
    for (method, body, words) in cases {
        raw.api.forget_violations();
        let (status, answer) = raw.call(method, body.clone()).await;
        assert_eq!(
            (status, answer["description"].as_str()),
            (400, Some(format!("Bad Request: {words}").as_str())),
            "{method} {body}"
        );
        assert!(
            raw.violations().contains(&format!("Bad Request: {words}")),
            "{method} {body}: {:?}",
            raw.violations()
        );
    }
    assert_eq!(
        raw.api.chat(7).messages().len(),
        before,
        "a refused call has no effect"
    );
}

/// Calls that are well made but come too late, twice, or to the wrong place: refused, and no violation.
#[tokio::test]
async fn the_state_refuses_without_blaming_the_call() {
    let raw = start().await;
    let user = raw.api.user(7, "Анна");
    let text = raw.send("текст").await["message_id"].as_i64().unwrap();
    let with_keyboard = json!({"chat_id": 7, "text": "к", "reply_markup": {"keyboard": [["a"]]}});
    let keyboard = raw.ok("sendMessage", with_keyboard).await["message_id"]
        .as_i64()
        .unwrap();
    let place = raw
        .ok(
            "sendLocation",
            json!({"chat_id": 7, "latitude": 1, "longitude": 2}),
        )
        .await["message_id"]
        .as_i64()
        .unwrap();
    let query = user.press_data(text, "old");
    raw.api.advance(std::time::Duration::from_secs(3600));
    let big = user
        .send_document("b.bin", "application/octet-stream", vec![0; (20 << 20) + 1])
        .files[0]
        .file_id
        .clone();
    raw.api.user(8, "Пётр");
    let gone = raw.api.user(9, "Олег");
    gone.send_text("/start");
    gone.deactivate();
    let not_modified = "message is not modified: specified new message content and reply markup are exactly the same as a \
                        current content and reply markup of the message";
    for (method, body, words) in [
        (
            "sendMessage",
            json!({"chat_id": 12345, "text": "x"}),
            "chat not found",
        ),
        (
            "sendMessage",
            json!({"chat_id": "@nobody", "text": "x"}),
            "chat not found",
        ),
        (
            "sendMessage",
            json!({"chat_id": 8, "text": "x"}),
            "chat not found",
        ),
        (
            "sendMessage",
            json!({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 5}}),
            "message to be replied not found",
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": text, "text": "текст"}),
            not_modified,
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": 5, "text": "x"}),
            "message to edit not found",
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": 100, "text": "x"}),
            "message can't be edited",
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": keyboard, "text": "x"}),
            "message can't be edited",
        ),
        (
            "editMessageText",
            json!({"chat_id": 7, "message_id": place, "text": "x"}),
            "there is no text in the message to edit",
        ),
        (
            "editMessageCaption",
            json!({"chat_id": 7, "message_id": text, "caption": "x"}),
            "there is no caption in the message to edit",
        ),
        (
            "deleteMessage",
            json!({"chat_id": 7, "message_id": 5}),
            "message to delete not found",
        ),
        (
            "answerCallbackQuery",
            json!({"callback_query_id": query}),
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("getFile", json!({"file_id": big}), "file is too big"),
        (
            "createForumTopic",
            json!({"chat_id": 7, "name": "x"}),
            "the chat is not a forum",
        ),
    ] {
        let (status, answer) = raw.call(method, body.clone()).await;
        assert_eq!(
            (status, answer["description"].as_str()),
            (400, Some(format!("Bad Request: {words}").as_str())),
            "{method} {body}"
        );
    }
    let (status, answer) = raw
        .call("sendMessage", json!({"chat_id": 9, "text": "x"}))
        .await;
    assert_eq!(
        (status, &answer["description"]),
        (403, &json!("Forbidden: user is deactivated"))
    );
    raw.api.advance(std::time::Duration::from_secs(48 * 3600));
    let (_, answer) = raw
        .call("deleteMessage", json!({"chat_id": 7, "message_id": text}))
        .await;
    assert_eq!(
        answer["description"],
        "Bad Request: message can't be deleted"
    );
    raw.ok("sendMessage", json!({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 5, "allow_sending_without_reply": true}})).await;
    assert_eq!(raw.violations(), [""; 0]);
}

#[tokio::test]
async fn limits_are_met_exactly() {
    let raw = start().await;
    raw.send(&"z".repeat(4096)).await;
    raw.send(&"😀".repeat(2048)).await;
    let long = format!("<b>{}</b>", "&lt;".repeat(4096));
    raw.ok(
        "sendMessage",
        json!({"chat_id": 7, "text": long, "parse_mode": "HTML"}),
    )
    .await;
    let button = json!({"text": "x", "callback_data": "д".repeat(32)});
    raw.ok(
        "sendMessage",
        json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}),
    )
    .await;
    let photo = |bytes: Vec<u8>, caption: &str| {
        Form::new()
            .text("chat_id", "7")
            .text("caption", caption.to_owned())
            .part("photo", Part::bytes(bytes).file_name("p.png"))
    };
    let send = |form| answer(raw.http.post(raw.method("sendPhoto")).multipart(form));
    assert_eq!(
        send(photo(png(9000, 1000, 0), &"я".repeat(1024))).await.0,
        200
    );
    assert_eq!(raw.violations(), [""; 0]);

    for (bytes, caption, words) in [
        (
            png(10, 10, 0),
            "я".repeat(1025),
            "message caption is too long".to_owned(),
        ),
        (
            png(9000, 1001, 0),
            String::new(),
            "PHOTO_INVALID_DIMENSIONS".into(),
        ),
        (
            png(2100, 100, 0),
            String::new(),
            "PHOTO_INVALID_DIMENSIONS".into(),
        ),
        (
            b"%PDF".to_vec(),
            String::new(),
            "IMAGE_PROCESS_FAILED".into(),
        ),
        (Vec::new(), String::new(), "file must be non-empty".into()),
    ] {
        let (status, body) = send(photo(bytes, &caption)).await;
        assert_eq!(
            (status, &body["description"]),
            (400, &json!(format!("Bad Request: {words}")))
        );
    }
    let mut large = png(100, 100, 0);
    large.resize((10 << 20) + 1, 0);
    let (status, body) = send(photo(large, "")).await;
    assert_eq!(status, 400);
    assert!(
        body["description"]
            .as_str()
            .unwrap()
            .contains("is too big for a photo"),
        "{body}"
    );
    let huge = Part::bytes(vec![0; (50 << 20) + 1]).file_name("h.bin");
    let form = Form::new().text("chat_id", "7").part("document", huge);
    let (status, body) = answer(raw.http.post(raw.method("sendDocument")).multipart(form)).await;
    assert_eq!(
        (status, &body["description"]),
        (413, &json!("Request Entity Too Large"))
    );
}

/// Telegram lets these pass; a careful bot does not make them.
#[tokio::test]
async fn carelessness_is_noted() {
    let raw = start().await;
    let keyboard =
        |row: Value| json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [row]}});
    let many: String = (0..101).map(|i| format!("<b>{i}</b> ")).collect();
    for (body, words) in [
        (
            json!({"chat_id": 7, "text": "x", "disable_web_page_preview": true}),
            "unknown parameter `disable_web_page_preview`",
        ),
        (
            json!({"chat_id": 7, "text": "x", "disable_notification": "1"}),
            "`disable_notification` is not a boolean",
        ),
        (
            json!({"chat_id": 7, "text": "x", "message_thread_id": 5}),
            "`message_thread_id` for a chat without topics",
        ),
        (
            keyboard(json!([{"text": "x", "callback_data": "1", "url": "https://a.ru"}])),
            "an inline button with more than one action: only the first one works",
        ),
        (
            keyboard(json!([{"text": "x", "callback_data": "1", "color": "red"}])),
            "unknown field `reply_markup.inline_keyboard[0][0].color` of InlineKeyboardButton",
        ),
        (keyboard(json!([])), "a row without buttons"),
        (
            keyboard(Value::Array(vec![
                json!({"text": "x", "callback_data": "1"});
                9
            ])),
            "a row of more than 8 buttons is not shown in full",
        ),
        (
            json!({"chat_id": 7, "text": many, "parse_mode": "HTML"}),
            "101 entities: Telegram keeps the first 100",
        ),
    ] {
        raw.api.forget_violations();
        raw.ok("sendMessage", body.clone()).await;
        assert_eq!(raw.violations(), [words], "{body}");
    }
    raw.api.forget_violations();
    let form = Form::new()
        .text("chat_id", "7")
        .text("text", "x")
        .part("lost", Part::bytes(vec![1]).file_name("l"));
    assert_eq!(
        answer(raw.http.post(raw.method("sendMessage")).multipart(form))
            .await
            .0,
        200
    );
    assert_eq!(
        raw.violations(),
        ["file part `lost` belongs to no parameter"]
    );
}
