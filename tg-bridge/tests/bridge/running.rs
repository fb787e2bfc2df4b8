//! The bridge as a program: the only one, ready or not and why, stopped, and caught up after it was away.

use super::*;

#[tokio::test]
async fn ops_01_a_second_copy_is_refused_by_the_database() {
    let rig = Rig::new().await;
    let bridge = rig.start(echo).await;
    match rig.try_start(echo).await {
        Err(StartError::Store(OpenError::InUse(place))) => assert!(place.contains("bridge.db")),
        other => panic!("{:?}", other.err()),
    }
    bridge.stop().await;
}

#[tokio::test]
async fn ops_05_readiness_tells_what_is_wrong() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    assert_eq!(rig.get(&bridge, "/health/ready").await.0, 200);
    rig.telegram.faults().add(lost_connection());
    anna.send_text("раз");
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    rig.clock.advance(Duration::from_secs(6 * 60));
    let body = until_stored(async || {
        let (status, body) = rig.get(&bridge, "/health/ready").await;
        (status == 503).then_some(body)
    })
    .await;
    assert!(body.contains("oldest item"), "{body}");
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    assert!(
        metrics.contains("tg_bridge_queue_items{hop=\"out\"} 1"),
        "{metrics}"
    );
    assert!(metrics.contains("tg_bridge_ready 0"), "{metrics}");
    assert_eq!(rig.get(&bridge, "/nothing").await.0, 404);
    let post = rig
        .http
        .post(format!("http://{}/metrics", bridge.addr()))
        .send()
        .await
        .unwrap();
    assert_eq!(post.status().as_u16(), 405);
}

#[tokio::test]
async fn ops_06_a_stop_lets_running_calls_end_and_nothing_is_lost_or_repeated() {
    let rig = Rig::new().await;
    let users: Vec<_> = (101..109).map(|id| rig.telegram.user(id, "Анна")).collect();
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Delay(300)).method("sendMessage"));
    let bridge = rig.start(echo).await;
    for user in &users {
        user.send_text("раз");
        user.send_text("два");
    }
    rig.telegram
        .wait_for_call(|call| call.method == "sendMessage", PATIENCE)
        .await
        .unwrap();
    bridge.stop().await;
    let bridge = rig.start(echo).await;
    for user in &users {
        until_said(user, "два").await;
    }
    bridge.stop().await;
    for user in &users {
        let texts: Vec<_> = user.chat().from_bot().into_iter().map(|m| m.text).collect();
        assert_eq!(texts, ["раз", "два"]);
    }
    let calls = rig.telegram.calls_of("sendMessage");
    assert_eq!(calls.len(), 16, "none was broken off and made again");
}

/// Links each chat that writes to the contact, and tells it everything.
fn follow(contact: ContactId) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |scene, event| {
        if let Some((chat, text)) = text_of(event) {
            scene.chat = Some(linked(chat, contact));
            return vec![say(chat, text)];
        }
        let Event::Desk(desk) = event else {
            return vec![];
        };
        scene
            .issue
            .get_or_insert_with(|| Issue::new(desk.issue.clone()))
            .facts = desk.issue.clone();
        let news = match &desk.happening {
            Happening::Created => format!("новая {}", desk.issue.title),
            Happening::Comment(comment) => comment.content.as_str().to_owned(),
            Happening::Status { to, .. } => format!("статус {}", to.code),
            Happening::Files(files) => format!("файл {}", files[0].name),
            _ => return vec![],
        };
        scene
            .audience
            .iter()
            .map(|chat| say(chat.id.0, &news))
            .collect()
    }
}

#[tokio::test]
async fn ops_07_what_no_webhook_told_is_found_and_nothing_old_is_told() {
    let rig = Rig::new().await.with("RECONCILE_MINUTES", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, old) = issue(&rig);
    let staff = rig.okdesk.staff("Пётр");
    staff.comment(old, "давно").send().unwrap();
    // Half an hour later, so that it is old by every clock; the two clocks go together.
    let pass = |time: Duration| {
        rig.okdesk.clock().advance(time);
        rig.clock.advance(time);
    };
    pass(Duration::from_secs(1800));
    let bridge = rig.try_start(follow(contact)).await.unwrap();
    anna.send_text("привет");
    until_said(&anna, "привет").await;
    until_stored(async || bridge.store().meta("reconcile.begun").await.unwrap()).await;

    pass(Duration::from_secs(30));
    staff.comment(old, "внутри").internal().send().unwrap();
    staff.comment(old, "сейчас").send().unwrap();
    let fresh = rig
        .okdesk
        .account()
        .issue("Сканер")
        .contact(contact)
        .create();
    pass(Duration::from_secs(40));
    until_said(&anna, "сейчас").await;
    until_said(&anna, "новая Сканер").await;

    // The status of an issue that is known by now; and a comment that a late webhook tells again.
    staff.change_status(fresh, "completed").send().unwrap();
    pass(Duration::from_secs(70));
    until_said(&anna, "статус completed").await;
    pass(Duration::from_secs(70));
    anna.send_text("конец");
    until_said(&anna, "конец").await;
    bridge.stop().await;
    let texts: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
    let mut once = texts.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), texts.len(), "each once: {texts:?}");
    assert!(
        !texts
            .iter()
            .any(|text| text == "давно" || text == "внутри" || text == "новая Принтер"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn ops_07_an_issue_that_cannot_be_read_for_now_keeps_nobody_from_hearing_of_the_others() {
    let rig = Rig::new().await.with("RECONCILE_MINUTES", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, first) = issue(&rig);
    let account = rig.okdesk.account();
    let second = account.issue("Сканер").contact(contact).create();
    let staff = rig.okdesk.staff("Пётр");
    let pass = |time: Duration| {
        rig.okdesk.clock().advance(time);
        rig.clock.advance(time);
    };
    pass(Duration::from_secs(1800));
    let bridge = rig.try_start(follow(contact)).await.unwrap();
    anna.send_text("привет");
    until_said(&anna, "привет").await;
    until_stored(async || bridge.store().meta("reconcile.begun").await.unwrap()).await;
    pass(Duration::from_secs(30));
    staff.comment(first, "о первой").send().unwrap();
    pass(Duration::from_secs(1));
    staff.comment(second, "о второй").send().unwrap();
    // The list begins with what changed last; it is that issue's comments that Okdesk does not give, at either try.
    let comments = rig.okdesk.faults().on("comments.list");
    comments.times(2, DeskFault::Status(500));
    pass(Duration::from_secs(40));
    until_said(&anna, "о первой").await;
    assert_eq!(said(&anna, "о второй"), 0);
    pass(Duration::from_secs(61));
    until_said(&anna, "о второй").await;
    bridge.stop().await;
    assert_eq!(said(&anna, "о первой"), 1);
}
