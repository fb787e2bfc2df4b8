//! An Okdesk that is not well: what is not known is not taken for an answer, and what failed for good stays to be handled.

use crate::engine::program::run;
use crate::engine::{Rig, eventually, hurrying, offered, shown, until_shown};
use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Fault as DeskFault};
use tg_bridge::demo::bot_api::User;

/// How many contacts, companies and issues the account has.
fn census(rig: &Rig) -> [usize; 3] {
    let all = rig.okdesk.snapshot();
    ["contacts", "companies", "issues"].map(|kind| all[kind].as_array().unwrap().len())
}

/// Goes as far as the contact card.
async fn share_card(rig: &Rig, user: &User) {
    user.send_text("/start");
    for button in ["consent:1", "register:person"] {
        offered(user, button).await;
        user.press(button).unwrap();
    }
    let asks = |call: &tg_bridge::demo::bot_api::Call| {
        call.chat_id == Some(user.id()) && call.parameters.to_string().contains("request_contact")
    };
    rig.telegram
        .wait_for_call(asks, crate::engine::PATIENCE)
        .await
        .unwrap();
    user.share_contact();
}

/// Writes a ticket and sends it.
async fn submit(user: &User, words: &str) {
    let asked = user.chat().from_now();
    user.press("new").unwrap();
    asked
        .wait_for(
            |message| message.has_callback("cancel"),
            crate::engine::PATIENCE,
        )
        .await
        .unwrap();
    user.send_text(words);
    asked
        .wait_for(
            |message| message.has_callback("submit"),
            crate::engine::PATIENCE,
        )
        .await
        .unwrap();
    user.press("submit").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fai_06_a_lookup_that_failed_creates_nobody_and_links_once_it_works() {
    for fault in [
        DeskFault::Status(503),
        DeskFault::HtmlPage,
        DeskFault::Garbage,
        DeskFault::CutBody,
        DeskFault::DropAfter,
    ] {
        let rig = Rig::new().await;
        let (anna, contact) = rig.client(501, "Анна");
        let before = census(&rig);
        let bridge = rig.serve().await;
        rig.okdesk.faults().on_any().always(fault.clone());
        share_card(&rig, &anna).await;
        // Tried and tried again.
        hurrying(&rig, || {
            let asked = rig.okdesk.recorder();
            (asked.count("contacts.search") + asked.count("contacts.list") >= 4).then_some(())
        })
        .await;
        assert_eq!(census(&rig), before, "{fault:?}");
        assert_eq!(
            rig.okdesk.recorder().count("contacts.create"),
            0,
            "{fault:?}"
        );
        assert!(
            !anna.chat().from_bot().iter().any(|m| m.has_callback("new")),
            "{fault:?}"
        );
        rig.okdesk.faults().clear();
        hurrying(&rig, || {
            anna.chat()
                .from_bot()
                .iter()
                .any(|m| m.has_callback("new"))
                .then_some(())
        })
        .await;
        bridge
            .store()
            .is_linked(contact)
            .await
            .unwrap()
            .then_some(())
            .expect("linked to whom Okdesk named");
        bridge.stop().await;
        assert_eq!(census(&rig), before, "{fault:?}");
    }
}

/// Sends once more what was refused and is still written down.
async fn submit_again(user: &User) {
    offered(user, "submit").await;
    let again = eventually(|| {
        let last = user.chat().from_bot().pop()?;
        last.has_callback("submit").then_some(last)
    });
    user.press_on(again.await.id, "submit").unwrap();
}

/// Waits until Okdesk has refused so many tickets, and the bridge has written each of them down.
async fn refused(rig: &Rig, bridge: &tg_bridge::run::Bridge, times: usize) {
    crate::engine::until_stored(async || {
        let tries = rig.okdesk.recorder().count("issues.create");
        let dead = bridge.store().dead(10).await.unwrap().len();
        (tries == times && dead == times).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fai_07_a_refusal_is_tried_once_told_in_words_and_to_the_admin_by_field() {
    let rig = Rig::new().await;
    let admin = rig.telegram.user(900, "Админ");
    admin.send_text("/start");
    let rig = rig.with("ADMIN_CHAT_ID", "900");
    let (anna, _) = rig.client(501, "Анна");
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    // What Okdesk says when it wants a field that nobody can fill in here, and when it does not want anything from us.
    rig.okdesk.account().required_attribute(
        AttributeOwner::Issue,
        "inventory_number",
        "Инвентарный номер",
        AttributeKind::Text,
    );
    let refusals = [
        (
            "custom_parameters.inventory_number",
            "не может быть пустым",
            422,
        ),
        ("—", "Ошибка 401", 401),
    ];
    for (tries, (field, reason, status)) in (1..).zip(refusals) {
        match tries {
            1 => submit(&anna, "Не печатает принтер").await,
            _ => {
                let faults = rig.okdesk.faults();
                faults.on("issues.create").once(DeskFault::Status(status));
                submit_again(&anna).await;
            }
        }
        refused(&rig, &bridge, tries).await;
        let answered = rig.okdesk.recorder().last("issues.create").unwrap();
        assert_eq!(answered.status, Some(status));
        let alarm = eventually(|| {
            let mut told = admin.chat().from_bot().into_iter();
            told.find(|message| message.text.contains(&format!("Поле: {field}\n")))
        })
        .await;
        assert!(
            alarm.text.contains("CreateIssue") && alarm.text.contains(reason),
            "{}",
            alarm.text
        );
        assert_eq!(shown(&admin, "CreateIssue"), tries);
        eventually(|| (shown(&anna, "не удалось") == tries).then_some(())).await;
        let words: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
        for technical in [status.to_string().as_str(), reason, "inventory_number"] {
            let told = words.iter().any(|text| text.contains(technical));
            assert!(!told, "{technical}: {words:?}");
        }
        // What a client wrote is nobody's business but staff's, and staff have it from the client.
        assert!(!alarm.text.contains("принтер"), "{}", alarm.text);
    }
    // Nothing was tried again by itself, however long one waits.
    rig.clock.advance(std::time::Duration::from_secs(24 * 3600));
    anna.send_text("/menu");
    offered(&anna, "new").await;
    assert_eq!(rig.okdesk.recorder().count("issues.create"), 2);
    bridge.stop().await;
    assert_eq!(census(&rig)[2], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn fai_08_what_failed_for_good_can_be_read_repeated_and_dropped_while_the_bridge_runs() {
    let rig = Rig::new().await;
    let (anna, _) = rig.client(501, "Анна");
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    rig.okdesk
        .faults()
        .on("issues.create")
        .times(2, DeskFault::Status(422));
    submit(&anna, "Первая беда").await;
    refused(&rig, &bridge, 1).await;
    submit_again(&anna).await;
    refused(&rig, &bridge, 2).await;
    // The sender was told each time, and not that it was done.
    eventually(|| (shown(&anna, "не удалось") == 2).then_some(())).await;
    assert_eq!(shown(&anna, "№"), 0);

    let list = run(&rig, &["outbox", "list"]).await;
    let said = String::from_utf8(list.stdout).unwrap();
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("effect"), "{said}");
    assert!(
        !said.contains("беда"),
        "words are shown only when they are asked for: {said}"
    );
    let bodies = run(&rig, &["outbox", "list", "--bodies"]).await;
    let bodies = String::from_utf8(bodies.stdout).unwrap();
    assert!(bodies.matches("Первая беда").count() >= 2, "{bodies}");
    let ids: Vec<&str> = said
        .lines()
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();

    // Newest first: the second is dropped, the first repeated.
    assert!(
        run(&rig, &["outbox", "drop", ids[0]])
            .await
            .status
            .success()
    );
    assert!(
        run(&rig, &["outbox", "retry", ids[1]])
            .await
            .status
            .success()
    );
    assert!(
        !run(&rig, &["outbox", "retry", ids[0]])
            .await
            .status
            .success(),
        "it is gone"
    );
    until_shown(&anna, "№").await;
    let list = run(&rig, &["outbox", "list"]).await;
    assert!(list.stdout.is_empty());
    bridge.stop().await;
    let all = rig.okdesk.snapshot();
    let issues = all["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 1);
    assert!(issues[0].to_string().contains("Первая беда"));
}

#[tokio::test(flavor = "multi_thread")]
async fn fai_10_an_answer_that_is_none_is_a_failure_and_the_ticket_comes_once() {
    for fault in [
        DeskFault::EmptyBody,
        DeskFault::CutBody,
        DeskFault::Garbage,
        DeskFault::HtmlPage,
        DeskFault::DropAfter,
    ] {
        let rig = Rig::new().await;
        let (anna, _) = rig.client(501, "Анна");
        let bridge = rig.serve().await;
        rig.register(&anna).await;
        rig.okdesk.faults().on("issues.create").once(fault.clone());
        submit(&anna, "Не печатает принтер").await;
        let told = hurrying(&rig, || {
            let messages = anna.chat().from_bot();
            messages
                .into_iter()
                .find(|message| message.text.contains('№'))
        })
        .await;
        bridge.stop().await;
        let all = rig.okdesk.snapshot();
        let issues = all["issues"].as_array().unwrap();
        assert_eq!(issues.len(), 1, "{fault:?}");
        assert!(
            told.text.contains(&issues[0]["id"].to_string()),
            "{fault:?}: {}",
            told.text
        );
    }
}

/// An Okdesk that answers every call the same way.
async fn answering(words: &'static str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 64 * 1024];
                if let Ok(1..) = stream.read(&mut request).await {
                    let _ = stream.write_all(words.as_bytes()).await;
                }
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn fai_10_errors_under_200_and_redirects_are_never_success() {
    for words in [
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 22\r\n\r\n{\"errors\": [\"no way\"]}",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/elsewhere\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: 13\r\n\r\n<html></html>",
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ] {
        let rig = Rig::new().await;
        let (anna, contact) = rig.client(501, "Анна");
        let rig = rig.with("OKDESK_API_URL", answering(words).await);
        let bridge = rig.serve().await;
        share_card(&rig, &anna).await;
        let talked = anna.chat().from_bot().len();
        hurrying(&rig, || {
            (anna.chat().from_bot().len() > talked).then_some(())
        })
        .await;
        assert!(
            !anna.chat().from_bot().iter().any(|m| m.has_callback("new")),
            "{words}: a client although nobody said so"
        );
        assert!(!bridge.store().is_linked(contact).await.unwrap());
        bridge.stop().await;
    }
}
