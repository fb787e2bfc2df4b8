//! What is taken in: nothing twice, nothing lost, nothing from strangers, and poison in nobody's way.

use super::*;
use sqlx::{Connection as _, Row as _};

#[tokio::test]
async fn fai_01_what_comes_while_telegram_is_away_is_stored_and_told_once_it_is_back() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig.start(tell_comments(101)).await;
    rig.telegram.faults().add(lost_connection());
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 200);
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    assert_eq!(said(&anna, "1: Готово"), 0);
    rig.telegram.faults().clear();
    rig.clock.advance(Duration::from_secs(3));
    until_said(&anna, "1: Готово").await;
    bridge.stop().await;
    assert_eq!(said(&anna, "1: Готово"), 1);
}

#[tokio::test]
async fn fai_02_what_cannot_be_stored_is_not_acknowledged() {
    let rig = Rig::new().await;
    let bridge = rig.start(echo).await;
    assert_eq!(rig.post(&bridge, "{not json").await, 400);
    bridge.store().close().await;
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 503);
    let (status, body) = rig.get(&bridge, "/health/ready").await;
    assert_eq!(status, 503);
    assert!(body.contains("database"), "{body}");
    assert_eq!(rig.get(&bridge, "/health/live").await.0, 200);
}

#[tokio::test]
async fn fai_03_a_repeated_event_has_one_effect_in_a_row_in_parallel_and_after_a_restart() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig.start(tell_comments(101)).await;
    for _ in 0..2 {
        assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 200);
    }
    let parallel = (0..8).map(|_| rig.post(&bridge, new_comment_hook(7, 2)));
    assert_eq!(futures_util::future::join_all(parallel).await, [200; 8]);
    until_said(&anna, "2: Готово").await;
    bridge.stop().await;
    let bridge = rig.start(tell_comments(101)).await;
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 200);
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 3)).await, 200);
    until_said(&anna, "3: Готово").await;
    bridge.stop().await;
    for n in 1..=3 {
        assert_eq!(said(&anna, &format!("{n}: Готово")), 1, "{n}");
    }
}

#[tokio::test]
async fn fai_12_poison_blocks_nobody() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let decide = |scene: &mut Scene, event: &Event| {
        if text_of(event).is_some_and(|(_, text)| text == "яд") {
            scene.chat = Some(Chat::new(ChatId(101)));
            panic!("poison");
        }
        echo(scene, event)
    };
    let bridge = rig.start(decide).await;
    anna.send_text("яд");
    rig.telegram.push_update(
        "message",
        json!({"chat": {"id": 101}, "text": ["not a text"]}),
    );
    rig.telegram
        .push_update("something_new", json!({"chat": {"id": 101}}));
    anna.send_text("потом");
    until_said(&anna, "потом").await;
    let dead = bridge.store().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!(dead[0].error, "poison");
    assert_eq!(
        bridge.store().chat(ChatId(101)).await.unwrap(),
        None,
        "nothing of it was kept"
    );
    bridge.stop().await;
}

#[tokio::test]
async fn sec_01_a_webhook_without_the_secret_is_refused_and_not_stored() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig.start(tell_comments(101)).await;
    let base = format!("http://{}/okdesk/webhook", bridge.addr());
    let post = async |url: String, header: Option<&str>| {
        let mut request = rig
            .http
            .post(url)
            .header("content-type", "application/json")
            .body(new_comment_hook(7, 1));
        if let Some(header) = header {
            request = request.header("X-Webhook-Secret", header);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(base.clone(), None).await, 401);
    assert_eq!(
        post(format!("{base}/a-wrong-secret-of-them"), None).await,
        401
    );
    assert_eq!(
        post(base.clone(), Some("a-wrong-secret-of-them")).await,
        401
    );
    for words in ["Готово", "webhook"] {
        let kept = stored(&rig, words).await;
        assert_eq!(kept, 0, "a stranger's words, or that there were any");
    }
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    assert!(
        metrics.contains("tg_bridge_events_total{source=\"webhook\",repeated=\"false\"} 0"),
        "{metrics}"
    );
    // The same words from who knows the secret are there until they are dealt with: the search finds what there is.
    rig.telegram.faults().add(lost_connection());
    assert_eq!(post(base.clone(), Some(SECRET)).await, 200);
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    for words in ["Готово", "webhook"] {
        assert!(stored(&rig, words).await > 0, "{words}");
    }
    rig.telegram.faults().clear();
    hurrying(&rig, || (said(&anna, "1: Готово") > 0).then_some(())).await;
    let ready = rig
        .http
        .get(&base)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        ready,
        json!({"message": "Webhook endpoint is ready", "path": "/okdesk/webhook"})
    );
    bridge.stop().await;
}

#[tokio::test]
async fn sec_02_telegram_may_bring_updates_if_it_knows_the_secret() {
    let rig = Rig::new().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let rig = rig
        .with("PORT", free.to_string())
        .with(
            "TELEGRAM_WEBHOOK_URL",
            format!("http://127.0.0.1:{free}/telegram/updates"),
        )
        .with("TELEGRAM_WEBHOOK_SECRET", "the_secret_of_telegram");
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    let call = rig
        .telegram
        .wait_for_call(|call| call.method == "setWebhook", PATIENCE)
        .await
        .unwrap();
    let asked = call.parameters["allowed_updates"].to_string();
    for kind in [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ] {
        assert!(asked.contains(kind), "{asked}");
    }

    let door = format!("http://127.0.0.1:{free}/telegram/updates");
    let update = json!({"update_id": 77, "message": {"message_id": 1, "date": 1, "text": "сам",
        "chat": {"id": 101, "type": "private"}, "from": {"id": 101, "first_name": "Анна"}}});
    let post = async |secret: Option<&str>| {
        let mut request = rig.http.post(&door).body(update.to_string());
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(None).await, 401);
    assert_eq!(post(Some("another_secret")).await, 401);
    assert_eq!(bridge.store().pressure().await.unwrap().waiting_in, 0);
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    for _ in 0..3 {
        assert_eq!(post(Some("the_secret_of_telegram")).await, 200);
    }
    until_said(&anna, "сам").await;
    anna.send_text("конец");
    until_said(&anna, "конец").await;
    assert_eq!(said(&anna, "сам"), 1);
    bridge.stop().await;
}

/// In how many rows of the database, whatever the table, these words stand.
async fn stored(rig: &Rig, words: &str) -> usize {
    let url = format!("sqlite:{}", rig.database().display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert!(tables.iter().any(|table| table == "item"), "{tables:?}");
    let mut found = 0;
    for table in tables {
        let sql = format!("SELECT * FROM {table}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql));
        for row in rows.fetch_all(&mut db).await.unwrap() {
            let mut texts = (0..row.len()).filter_map(|at| row.try_get::<String, _>(at).ok());
            found += usize::from(texts.any(|text| text.contains(words)));
        }
    }
    found
}
