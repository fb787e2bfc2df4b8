//! Faults on demand, pace, and the history that invariants are checked against.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod bot_api_support;

use std::time::Duration;

use bot_api_support::{PATIENCE, answer, png, start, with};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tg_bridge::demo::bot_api::{BotApi, Fault, FaultRule};

#[tokio::test]
async fn the_nth_call_to_a_chat_fails_and_others_do_not() {
    let raw = start().await;
    raw.api.user(8, "Пётр").send_text("/start");
    let refuse = Fault::Refuse {
        code: 403,
        description: "Forbidden: bot was blocked by the user".into(),
    };
    raw.api.faults().add(
        FaultRule::new(refuse)
            .method("SendMessage")
            .chat(7)
            .skip(1)
            .times(1),
    );
    let mut statuses = Vec::new();
    for (chat, text) in [(7, "1"), (8, "2"), (7, "3"), (7, "4")] {
        statuses.push(
            raw.call("sendMessage", json!({"chat_id": chat, "text": text}))
                .await
                .0,
        );
    }
    assert_eq!(statuses, [200, 200, 403, 200]);
    assert!(raw.api.faults().rules().is_empty());
    let texts: Vec<_> = raw
        .api
        .chat(7)
        .from_bot()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["1", "4"]);
    assert_eq!(
        raw.violations(),
        [""; 0],
        "a planned fault is not the bot's mistake"
    );
}

#[tokio::test]
async fn an_outage_answers_with_a_page_until_it_is_cleared() {
    let raw = start().await;
    raw.api.faults().outage(502);
    let response = raw
        .http
        .post(raw.method("sendMessage"))
        .json(&json!({"chat_id": 7, "text": "x"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 502);
    assert!(response.text().await.unwrap().starts_with("<html>"));
    assert_eq!(
        raw.http
            .get(raw.method("getUpdates"))
            .send()
            .await
            .unwrap()
            .status(),
        502
    );
    raw.api.faults().clear();
    raw.send("x").await;
    assert_eq!(raw.api.chat(7).from_bot().len(), 1);
}

#[tokio::test]
async fn a_hanging_call_goes_on_when_the_faults_are_cleared() {
    let raw = start().await;
    raw.api
        .faults()
        .add(FaultRule::new(Fault::Hang).method("sendMessage"));
    let request = raw
        .http
        .post(raw.method("sendMessage"))
        .json(&json!({"chat_id": 7, "text": "поздно"}));
    let hanging = tokio::spawn(async move { answer(request).await });
    let call = raw
        .api
        .wait_for_call(|call| call.method == "sendMessage", PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        (call.status, call.took_effect, call.answer),
        (0, false, None)
    );
    assert!(raw.api.chat(7).from_bot().is_empty());
    raw.api.faults().clear();
    assert_eq!(hanging.await.unwrap().0, 200);
    assert_eq!(raw.api.chat(7).from_bot()[0].text, "поздно");
}

#[tokio::test]
async fn a_dropped_connection_before_or_after_the_effect() {
    let raw = start().await;
    for (after_effect, shown) in [(false, 0), (true, 1)] {
        let mut rule = FaultRule::new(Fault::Drop).method("sendMessage").times(1);
        rule.after_effect = after_effect;
        raw.api.faults().add(rule);
        let sent = raw
            .http
            .post(raw.method("sendMessage"))
            .json(&json!({"chat_id": 7, "text": "x"}))
            .send()
            .await;
        assert!(sent.is_err(), "no answer came");
        assert_eq!(raw.api.chat(7).from_bot().len(), shown);
    }
    let effects: Vec<_> = raw
        .api
        .calls_of("sendMessage")
        .iter()
        .map(|call| (call.status, call.took_effect))
        .collect();
    assert_eq!(effects, [(0, false), (0, true)]);
}

#[tokio::test]
async fn a_page_after_the_effect_and_a_delay() {
    let raw = start().await;
    raw.api.faults().add(
        FaultRule::new(Fault::Page(504))
            .method("sendMessage")
            .times(1)
            .after_effect(),
    );
    raw.api.faults().add(
        FaultRule::new(Fault::Delay(1))
            .method("sendMessage")
            .times(1),
    );
    let page = raw
        .http
        .post(raw.method("sendMessage"))
        .json(&json!({"chat_id": 7, "text": "раз"}))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 504);
    raw.send("два").await;
    let texts: Vec<_> = raw
        .api
        .chat(7)
        .from_bot()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["раз", "два"]);
}

#[tokio::test]
async fn coming_back_before_retry_after_is_noted() {
    let raw = start().await;
    raw.api.user(8, "Пётр").send_text("/start");
    raw.api
        .faults()
        .too_many_requests("sendMessage", 7, 3600, 1);
    let response = raw
        .http
        .post(raw.method("sendMessage"))
        .json(&json!({"chat_id": 7, "text": "x"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["Retry-After"], "3600");
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        body,
        json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 3600", "parameters": {"retry_after": 3600}})
    );
    raw.ok("sendMessage", json!({"chat_id": 8, "text": "others go on"}))
        .await;
    assert_eq!(raw.violations(), [""; 0]);
    // Calls already on their way are not held against the bot, so try until that moment is over.
    let noted = async {
        while raw.violations().is_empty() {
            raw.send("too early").await;
        }
    };
    tokio::time::timeout(PATIENCE, noted)
        .await
        .expect("a violation");
    assert_eq!(
        raw.violations()[0],
        "a call to this chat before `retry_after` was over"
    );
}

#[tokio::test]
async fn a_paced_server_refuses_what_is_too_fast() {
    let raw = with(BotApi::builder().paced()).await;
    let mut form = Form::new().text("chat_id", "7");
    let mut media = Vec::new();
    for index in 0..10 {
        media.push(json!({"type": "photo", "media": format!("attach://p{index}")}));
        form = form.part(
            format!("p{index}"),
            Part::bytes(png(10, 10, index)).file_name("p.png"),
        );
    }
    let form = form.text("media", Value::Array(media).to_string());
    assert_eq!(
        answer(raw.http.post(raw.method("sendMediaGroup")).multipart(form))
            .await
            .0,
        200
    );
    let (status, body) = raw
        .call("sendMessage", json!({"chat_id": 7, "text": "x"}))
        .await;
    assert_eq!(status, 429, "an album of ten counts ten: {body}");
    assert!(body["parameters"]["retry_after"].as_u64().unwrap() >= 1);
    raw.api.user(8, "Пётр").send_text("/start");
    raw.ok("sendMessage", json!({"chat_id": 8, "text": "another chat"}))
        .await;
}

#[tokio::test]
async fn the_history_keeps_texts_files_and_answers() {
    let raw = start().await;
    let html = json!({"chat_id": 7, "text": "<b>раз</b> &amp; два", "parse_mode": "HTML"});
    raw.ok("sendMessage", html).await;
    let document = Part::bytes(b"content".to_vec())
        .file_name("a.txt")
        .mime_str("text/plain")
        .unwrap();
    let form = Form::new()
        .text("chat_id", "7")
        .text("caption", "файл")
        .part("document", document);
    assert_eq!(
        answer(raw.http.post(raw.method("sendDocument")).multipart(form))
            .await
            .0,
        200
    );
    let calls = raw.api.calls();
    assert_eq!(
        calls.iter().map(|call| call.seq).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(
        (calls[0].method.as_str(), calls[0].chat_id),
        ("sendMessage", Some(7))
    );
    assert_eq!(calls[0].text.as_deref(), Some("раз & два"));
    assert_eq!(
        calls[0].answer.as_ref().unwrap()["result"]["text"],
        "раз & два"
    );
    assert_eq!(calls[1].text.as_deref(), Some("файл"));
    assert_eq!(
        (
            calls[1].files[0].name.as_str(),
            &calls[1].files[0].bytes[..]
        ),
        ("a.txt", &b"content"[..])
    );
    assert!(calls.iter().all(tg_bridge::demo::bot_api::Call::is_ok));
}

#[tokio::test]
async fn shutdown_answers_who_waits_and_frees_the_port() {
    let raw = start().await;
    let port = raw.api.url().port().unwrap();
    let update = raw.ok("getUpdates", json!({})).await[0]["update_id"]
        .as_i64()
        .unwrap();
    let poll = raw
        .http
        .post(raw.method("getUpdates"))
        .json(&json!({"offset": update + 1, "timeout": 50}));
    let polling = tokio::spawn(async move { answer(poll).await });
    let polls = |call: &tg_bridge::demo::bot_api::Call| call.parameters.get("timeout").is_some();
    raw.api.wait_for_call(polls, PATIENCE).await.unwrap();
    tokio::time::timeout(PATIENCE, raw.api.shutdown())
        .await
        .expect("a stop");
    assert_eq!(polling.await.unwrap().1, json!({"ok": true, "result": []}));
    let again = BotApi::builder().port(port).start().await.unwrap();
    assert_eq!(again.url().port(), Some(port));
    let nobody = again
        .chat(7)
        .wait_for(|_| true, Duration::from_millis(1))
        .await;
    assert!(nobody.unwrap_err().to_string().contains("no such message"));
}

#[tokio::test]
async fn an_update_may_come_twice() {
    let raw = start().await;
    let first = raw.ok("getUpdates", json!({})).await[0].clone();
    let next = first["update_id"].as_i64().unwrap() + 1;
    assert_eq!(
        raw.ok("getUpdates", json!({"offset": next})).await,
        json!([])
    );
    assert!(raw.api.repeat_update(next - 1));
    assert!(!raw.api.repeat_update(next));
    assert_eq!(
        raw.ok("getUpdates", json!({"offset": next})).await,
        json!([first])
    );
    assert_eq!(
        raw.ok("getUpdates", json!({"offset": next})).await,
        json!([])
    );
    assert_eq!(raw.api.updates(), [first]);
}

#[tokio::test]
async fn kinds_of_updates_are_chosen_and_the_choice_lasts() {
    let raw = start().await;
    let user = raw.api.user(7, "Анна");
    let kinds = async |body: Value| -> Vec<String> {
        let updates = raw.ok("getUpdates", body).await;
        let list = updates.as_array().unwrap().iter();
        list.map(|update| {
            update
                .as_object()
                .unwrap()
                .keys()
                .find(|key| *key != "update_id")
                .unwrap()
                .clone()
        })
        .collect()
    };
    user.react(100, "👍");
    assert_eq!(
        kinds(json!({"offset": -1})).await,
        ["message"],
        "reactions do not come by themselves"
    );
    kinds(json!({"allowed_updates": ["message_reaction", "my_chat_member"]})).await;
    user.send_text("не приходит");
    user.react(100, "👍");
    user.block();
    assert_eq!(
        kinds(json!({})).await,
        ["message", "message_reaction", "my_chat_member"]
    );
    kinds(json!({"allowed_updates": []})).await;
    user.send_text("снова");
    assert_eq!(kinds(json!({"offset": -1})).await, ["message"]);
}

#[tokio::test]
async fn a_local_server_gives_paths_and_has_greater_limits() {
    let folder = tempfile::tempdir().unwrap();
    let raw = with(BotApi::builder().local(folder.path())).await;
    let big = vec![7; (20 << 20) + 1];
    let sent =
        raw.api
            .user(7, "Анна")
            .send_document("big.bin", "application/octet-stream", big.clone());
    let file = raw
        .ok("getFile", json!({"file_id": sent.files[0].file_id}))
        .await;
    let path = std::path::Path::new(file["file_path"].as_str().unwrap());
    assert!(path.is_absolute() && path.starts_with(folder.path()));
    assert_eq!(std::fs::read(path).unwrap(), big);
    let form = Form::new().text("chat_id", "7").part(
        "document",
        Part::bytes(vec![0; (50 << 20) + 1]).file_name("h"),
    );
    assert_eq!(
        answer(raw.http.post(raw.method("sendDocument")).multipart(form))
            .await
            .0,
        200
    );
}
