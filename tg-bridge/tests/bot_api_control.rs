//! The people's side over HTTP – `/_tg/` – as the web page and HTTP-only tests use it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod bot_api_support;

use bot_api_support::{answer, png, start};
use reqwest::multipart::{Form, Part};
use serde_json::json;

#[tokio::test]
async fn a_whole_conversation_over_http() {
    let raw = start().await;
    let user = raw
        .tg("/users", json!({"id": 70, "first_name": "Ольга", "last_name": "Ким", "phone": "+79001112233", "username": "olga"}))
        .await;
    assert_eq!(user["last_name"], "Ким");
    raw.tg("/chats/70/send", json!({"text": "/start abc"}))
        .await;
    let keyboard = json!({"keyboard": [[{"text": "Номер", "request_contact": true}]], "one_time_keyboard": true});
    raw.ok(
        "sendMessage",
        json!({"chat_id": 70, "text": "Номер?", "reply_markup": keyboard}),
    )
    .await;
    let state = raw.tg_get("/chats/70").await;
    assert_eq!(
        state["chat"]["keyboard"][0][0],
        json!({"text": "Номер", "request_contact": true})
    );
    assert_eq!(
        state["messages"][0]["html"],
        "<span class=\"tg-command\">/start</span> abc"
    );
    let pressed = raw.tg("/chats/70/press", json!({"button": "Номер"})).await;
    assert_eq!(pressed["query"], json!(null));
    raw.tg(
        "/chats/70/contact",
        json!({"phone_number": "79990000000", "first_name": "Чужой"}),
    )
    .await;

    let inline = json!({"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]});
    raw.ok(
        "sendMessage",
        json!({"chat_id": 70, "text": "Верно?", "reply_markup": inline}),
    )
    .await;
    let query = raw.tg("/chats/70/press", json!({"button": "y"})).await["query"]
        .as_str()
        .unwrap()
        .to_owned();
    raw.ok(
        "answerCallbackQuery",
        json!({"callback_query_id": query, "text": "Принято", "show_alert": true}),
    )
    .await;

    let form = Form::new()
        .text("caption", "снимок")
        .part(
            "a",
            Part::bytes(png(640, 480, 3))
                .file_name("a.png")
                .mime_str("image/png")
                .unwrap(),
        )
        .part(
            "b",
            Part::bytes(png(640, 480, 4))
                .file_name("b.png")
                .mime_str("image/png")
                .unwrap(),
        );
    let (status, album) = answer(raw.http.post(raw.page("/chats/70/send")).multipart(form)).await;
    assert_eq!((status, album.as_array().unwrap().len()), (200, 2));
    assert_eq!(
        (&album[0]["kind"], &album[0]["text"]),
        (&json!("photo"), &json!("снимок"))
    );
    assert_eq!(album[0]["album"], album[1]["album"]);
    let form = Form::new()
        .text("kind", "document")
        .part("file", Part::bytes(png(1, 1, 5)).file_name("scan.png"));
    let (_, sent) = answer(raw.http.post(raw.page("/chats/70/send")).multipart(form)).await;
    assert_eq!(
        (&sent[0]["kind"], &sent[0]["files"][0]["name"]),
        (&json!("document"), &json!("scan.png"))
    );
    let file = raw.http.get(format!(
        "{}{}",
        raw.api.url(),
        &sent[0]["files"][0]["url"].as_str().unwrap()[1..]
    ));
    let response = file.send().await.unwrap();
    assert_eq!(response.headers()["Content-Type"], "image/png");
    assert_eq!(response.bytes().await.unwrap(), png(1, 1, 5));

    let message = raw.tg("/chats/70/send", json!({"text": "опечятка"})).await[0]["id"]
        .as_i64()
        .unwrap();
    let edited = raw
        .tg(
            "/chats/70/edit",
            json!({"message_id": message, "text": "опечатка"}),
        )
        .await;
    assert_eq!(
        (&edited["text"], &edited["edited"]),
        (&json!("опечатка"), &json!(true))
    );
    raw.tg(
        "/chats/70/location",
        json!({"latitude": 55.7, "longitude": 37.6}),
    )
    .await;
    raw.tg(
        "/chats/70/raw",
        json!({"fields": {"poll": {"question": "?"}}}),
    )
    .await;
    raw.tg("/chats/70/block", json!({})).await;
    assert_eq!(
        raw.call("sendMessage", json!({"chat_id": 70, "text": "x"}))
            .await
            .0,
        403
    );
    raw.tg("/chats/70/unblock", json!({})).await;

    let updates = raw.ok("getUpdates", json!({})).await;
    let kinds: Vec<String> = updates
        .as_array()
        .unwrap()
        .iter()
        .filter(|update| !update.to_string().contains("\"id\":7,"))
        .map(|update| {
            let (kind, body) = update
                .as_object()
                .unwrap()
                .iter()
                .find(|(key, _)| *key != "update_id")
                .unwrap();
            let known = [
                "text", "contact", "photo", "document", "location", "poll", "data",
            ];
            let content = known
                .into_iter()
                .find(|key| body.get(*key).is_some())
                .unwrap_or_default();
            format!("{kind} {content}")
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "message text",
            "message contact",
            "message contact",
            "callback_query data",
            "message photo",
            "message photo",
            "message document",
            "message text",
            "edited_message text",
            "message location",
            "message poll",
            "my_chat_member ",
            "my_chat_member ",
        ]
    );
    assert_eq!(updates[2]["message"]["contact"]["user_id"], 70);
    assert!(updates[3]["message"]["contact"].get("user_id").is_none());
    assert_eq!(raw.tg_get("/violations").await, json!([]));
}

#[tokio::test]
async fn events_come_by_long_poll_and_as_a_stream() {
    let raw = start().await;
    let last = raw.tg_get("/state").await["last_event"].as_u64().unwrap();
    let poll = raw
        .http
        .get(raw.page(&format!("/events?after={last}&timeout=50")));
    let waiting = tokio::spawn(async move { answer(poll).await });
    raw.send("<раз>").await;
    let (status, first) = waiting.await.unwrap();
    assert_eq!(
        (status, &first["events"][0]["type"]),
        (200, &json!("message"))
    );
    assert_eq!(first["events"][0]["data"]["html"], "&lt;раз&gt;");
    assert_eq!(first["events"][0]["chat_id"], 7);

    let message = first["events"][0]["data"]["id"].clone();
    let mut stream = raw
        .http
        .get(raw.page("/events"))
        .header("Accept", "text/event-stream")
        .header("Last-Event-ID", first["last"].to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(stream.headers()["Content-Type"], "text/event-stream");
    raw.ok("sendChatAction", json!({"chat_id": 7, "action": "typing"}))
        .await;
    raw.ok(
        "editMessageText",
        json!({"chat_id": 7, "message_id": message, "text": "два"}),
    )
    .await;
    raw.ok(
        "deleteMessage",
        json!({"chat_id": 7, "message_id": message}),
    )
    .await;
    raw.ok(
        "setMyCommands",
        json!({"commands": [{"command": "menu", "description": "Меню"}]}),
    )
    .await;
    let mut text = String::new();
    while !text.contains("event: commands") {
        text.push_str(&String::from_utf8_lossy(
            &stream.chunk().await.unwrap().unwrap(),
        ));
    }
    let kinds: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("event: "))
        .collect();
    assert_eq!(kinds, ["action", "edited", "deleted", "commands"]);
    assert!(text.contains(&format!("id: {}", first["last"].as_u64().unwrap() + 1)));
    assert_eq!(
        raw.tg_get("/chats/7").await["commands"][0]["command"],
        "menu"
    );
}

#[tokio::test]
async fn groups_faults_and_mistakes() {
    let raw = start().await;
    let group = raw.tg("/groups", json!({"title": "Офис", "by": 7})).await["chat_id"]
        .as_i64()
        .unwrap();
    raw.tg(
        &format!("/chats/{group}/send"),
        json!({"from": 7, "text": "/help"}),
    )
    .await;
    raw.ok("sendMessage", json!({"chat_id": group, "text": "да"}))
        .await;
    assert_eq!(
        raw.tg_get(&format!("/chats/{group}/messages?after=101"))
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let new = raw
        .tg(&format!("/chats/{group}/migrate"), json!({"by": 7}))
        .await["chat_id"]
        .clone();
    let (_, body) = raw
        .call("sendMessage", json!({"chat_id": group, "text": "x"}))
        .await;
    assert_eq!(body["parameters"]["migrate_to_chat_id"], new);
    let forum = raw
        .tg("/groups", json!({"title": "Форум", "by": 7, "forum": true}))
        .await["chat_id"]
        .clone();
    assert_eq!(
        raw.ok("getChat", json!({"chat_id": forum})).await["is_forum"],
        true
    );

    raw.tg(
        "/faults",
        json!({"method": "getMe", "times": 1, "fault": {"retry_after": 4}}),
    )
    .await;
    assert_eq!(
        raw.tg_get("/faults").await[0]["fault"],
        json!({"retry_after": 4})
    );
    assert_eq!(raw.call("getMe", json!({})).await.0, 429);
    raw.tg("/faults", json!({"fault": "drop"})).await;
    assert_eq!(
        raw.http
            .delete(raw.page("/faults"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    raw.ok("getMe", json!({})).await;

    for (path, body, status) in [
        ("/chats/7/press", json!({"button": "нет"}), 400),
        ("/chats/7/send", json!({}), 400),
        ("/chats/999/send", json!({"text": "x"}), 404),
        ("/chats/7/dance", json!({}), 404),
        ("/users", json!({}), 400),
        ("/faults", json!({"fault": "fire"}), 400),
        ("/nothing", json!({}), 404),
    ] {
        let (got, body) = answer(raw.http.post(raw.page(path)).json(&body)).await;
        assert_eq!(got, status, "{path}");
        assert!(body["error"].is_string(), "{body}");
    }
    let calls = raw.tg_get("/calls?after=1").await;
    assert_eq!(calls[0]["seq"], 2);
}

/// A file that could run a script in the page's origin is downloaded, not shown.
#[tokio::test]
async fn files_that_could_run_are_not_shown_in_place() {
    let raw = start().await;
    let sent = raw
        .api
        .user(7, "Анна")
        .send_document("x.html", "text/html", "<script>1</script>");
    let response = raw
        .http
        .get(raw.page(&format!("/files/{}", sent.files[0].file_id)))
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["Content-Type"],
        "application/octet-stream"
    );
    assert_eq!(response.headers()["Content-Disposition"], "attachment");
    assert_eq!(response.headers()["X-Content-Type-Options"], "nosniff");
}
