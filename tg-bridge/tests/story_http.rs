//! The whole story through the running demonstration, told over HTTP only: what one side sends, the other side gets.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod story;

use serde_json::Value;
use story::{ANNA, Demo, callbacks, pdf, png};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_travels_from_the_chat_to_the_desk_and_back() {
    let demo = Demo::start().await;

    // A newcomer finds a living account, and an empty chat.
    let desk = &demo.get("api/desk").await["account"];
    assert!(desk["issues"].as_array().unwrap().len() >= 3, "{desk:#}");
    assert!(desk["employees"].as_array().unwrap().len() >= 2);
    let known: Vec<u64> = desk["issues"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|issue| issue["id"].as_u64())
        .collect();

    // Registration by the client's own contact card.
    demo.say(ANNA, "/start").await;
    demo.press(ANNA, 0, "consent:1").await;
    let asked = demo.press(ANNA, 0, "register:person").await;
    let keyboard = |state: &Value| {
        let rows = state["chats"][ANNA.to_string()]["keyboard"]
            .as_array()?
            .clone();
        rows.iter()
            .filter_map(Value::as_array)
            .flatten()
            .any(|key| key["request_contact"] == true)
            .then_some(())
    };
    demo.until("the button that shares the card", "api/chat", keyboard)
        .await;
    demo.post(&format!("api/chat/{ANNA}/contact"), serde_json::json!({}))
        .await;

    // One ticket of a picture and a document.
    let (picture, document) = (png(200), pdf());
    let menu = demo.press(ANNA, asked, "new").await;
    demo.message(ANNA, menu, "the question what is wrong", |message| {
        callbacks(message).any(|data| data == "cancel")
    })
    .await;
    demo.send_files(
        ANNA,
        "media",
        "Принтер <3-й этаж> печатает полосы & шумит",
        &[("printer.png", &picture)],
    )
    .await;
    demo.send_files(ANNA, "document", "", &[("Счёт № 17.pdf", &document)])
        .await;
    let whole = |message: &Value| {
        text(&message["text"]).contains('2') && callbacks(message).any(|data| data == "submit")
    };
    demo.message(ANNA, menu, "the question whether to send two files", whole)
        .await;
    let submit = demo.press(ANNA, menu, "submit").await;
    let issue = demo
        .until("the new ticket", "api/desk", |state| {
            let issues = state["account"]["issues"].as_array()?;
            issues
                .iter()
                .find(|issue| !known.contains(&issue["id"].as_u64().unwrap()))
                .cloned()
        })
        .await;
    let id = issue["id"].as_u64().unwrap();
    let number = id.to_string();
    demo.message(ANNA, submit, "the confirmation", |message| {
        text(&message["text"]).contains(&number)
    })
    .await;
    assert!(
        text(&issue["title"]).contains("Принтер <3-й этаж>"),
        "{issue:#}"
    );
    assert!(
        text(&issue["contact"]["name"]).contains("Анна"),
        "{issue:#}"
    );
    let attachments = issue["attachments"].as_array().unwrap();
    let (there, rest): (Vec<_>, Vec<_>) = attachments
        .iter()
        .partition(|file| file["attachment_file_name"] == "Счёт № 17.pdf");
    assert_eq!(
        (there.len(), rest.len()),
        (1, 1),
        "the document keeps its name: {attachments:#?}"
    );
    assert_eq!(
        demo.bytes(&format!("api/desk/files/{}", there[0]["id"]))
            .await,
        document
    );
    assert_eq!(
        demo.bytes(&format!("api/desk/files/{}", rest[0]["id"]))
            .await,
        picture
    );

    // A public answer with a file arrives with its bytes; an internal one does not arrive at all.
    let answer = png(40);
    demo.comment(
        id,
        true,
        "Заменим картридж сегодня до 18:00",
        &[("cartridge.png", &answer)],
    )
    .await;
    let said = demo
        .message(ANNA, submit, "the answer", |message| {
            text(&message["text"]).contains("картридж сегодня")
        })
        .await;
    let shown = demo
        .message(ANNA, submit, "the answer's file", |message| {
            !message["files"].as_array().unwrap().is_empty()
        })
        .await;
    let file = text(&shown["files"][0]["file_id"]).to_owned();
    assert_eq!(demo.bytes(&format!("api/chat/file/{file}")).await, answer);

    let secret = png(77);
    demo.comment(
        id,
        false,
        "Клиенту пока не говорить: гарантия кончилась",
        &[("secret.png", &secret)],
    )
    .await;

    // A status that is not the end is told of, without stars.
    demo.set_status(id, "in_progress").await;
    let told = demo
        .message(
            ANNA,
            said["id"].as_u64().unwrap(),
            "the new status",
            |message| text(&message["text"]).contains("В работе"),
        )
        .await;
    assert!(
        !callbacks(&told).any(|data| data.starts_with("rate:")),
        "{told:#}"
    );

    // The client answers by Telegram's reply; it becomes his public comment.
    demo.post(
        &format!("api/chat/{ANNA}/text"),
        serde_json::json!({ "text": "Спасибо, ждём!", "reply_to": said["id"] }),
    )
    .await;
    let commented = demo
        .issue(id, "the client's comment", |issue| {
            issue["comments"]
                .as_array()
                .unwrap()
                .iter()
                .any(|comment| text(&comment["content"]).contains("Спасибо, ждём!"))
        })
        .await;
    let comment = commented["comments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| text(&c["content"]).contains("Спасибо"))
        .unwrap()
        .clone();
    assert_eq!(
        (&comment["public"], text(&comment["author"]["type"])),
        (&Value::Bool(true), "contact"),
        "{comment:#}"
    );

    // Completion asks for stars; they reach Okdesk as its own rate and as an internal comment.
    demo.set_status(id, "completed").await;
    let told = told["id"].as_u64().unwrap();
    let stars = |data: &str| data.starts_with(&format!("rate:{id}:")) && data.ends_with(":4");
    let rated = demo.press_where(ANNA, told, "the stars", stars).await;
    demo.message(
        ANNA,
        rated,
        "the thanks with an offer of a new ticket",
        |message| callbacks(message).any(|data| data == "new"),
    )
    .await;
    let issue = demo
        .issue(id, "Okdesk's own rate", |issue| {
            issue["rate"]["value"] == "good"
        })
        .await;
    let notes = |issue: &Value| {
        let comments = issue["comments"].as_array().unwrap().iter();
        comments
            .filter(|comment| comment["public"] == false && text(&comment["content"]).contains('4'))
            .count()
    };
    assert_eq!(text(&issue["status"]["code"]), "completed");
    demo.issue(id, "the rating as an internal comment", |issue| {
        notes(issue) == 1
    })
    .await;

    // By now everything that could have leaked has had its chance.
    let chat = demo.get("api/chat").await;
    let messages = chat["chats"][ANNA.to_string()]["messages"].to_string();
    assert!(
        !messages.contains("гарантия") && !messages.contains("secret.png"),
        "an internal comment has leaked"
    );
    let files: Vec<String> = chat["chats"][ANNA.to_string()]["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["from_bot"] == true)
        .flat_map(|message| {
            message["files"]
                .as_array()
                .unwrap()
                .iter()
                .map(|file| text(&file["file_id"]).to_owned())
        })
        .collect();
    assert_eq!(files.len(), 1, "only the public file came");
    let violations = demo.get("api/chat/violations").await;
    assert_eq!(
        violations,
        serde_json::json!([]),
        "the bot did what Telegram's manners forbid"
    );

    demo.stop("-TERM").await;
}
