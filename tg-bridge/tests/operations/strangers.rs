//! Who has no right: a foreign ticket is like none, made-up buttons do nothing.

use crate::engine::{Rig, eventually, offered, until_shown};
use tg_bridge::demo::bot_api::User;
use tg_bridge::run::Bridge;

/// What the bot answers to a press, apart from the number that was asked for: notes and messages.
async fn answer(rig: &Rig, bridge: &Bridge, user: &User, number: u64, data: String) -> Vec<String> {
    let (later, notes) = (user.chat().from_now(), user.chat().toasts().len());
    let under = user.chat().from_bot().pop().unwrap().id;
    user.press_data(under, &data);
    eventually(|| (rig.telegram.waiting_queries() == 0).then_some(())).await;
    crate::engine::until_stored(async || {
        let pressure = bridge.store().pressure().await.unwrap();
        (pressure.waiting_in + pressure.waiting_out == 0).then_some(())
    })
    .await;
    let shown = later.from_bot().into_iter().map(|message| {
        let buttons = message.buttons.iter().flatten();
        let labels: Vec<_> = buttons.map(|button| button.text.clone()).collect();
        format!("{} {labels:?}", message.text)
    });
    let notes = user.chat().toasts().split_off(notes);
    notes
        .into_iter()
        .chain(shown)
        .map(|text| text.replace(&number.to_string(), "N"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_03_a_foreign_ticket_is_answered_as_one_that_does_not_exist() {
    let rig = Rig::new().await;
    let (anna, mine) = rig.client(501, "Анна");
    let (_, other) = rig.client(502, "Борис");
    let own = rig
        .okdesk
        .account()
        .issue("Мой принтер")
        .contact(mine)
        .create();
    let foreign = rig
        .okdesk
        .account()
        .issue("Чужая тайна")
        .contact(other)
        .create();
    let nowhere = 987_654;
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    let ways = [
        "issue:N",
        "card:N",
        "comment:N",
        "close:N",
        "close-now:N",
        "mute:N",
        "unmute:N",
        "add:N",
        "rate:N:1:5",
        "rerate:N:1",
    ];
    for way in ways {
        let data = |id: u64| way.replace('N', &id.to_string());
        let foreign_one = answer(&rig, &bridge, &anna, foreign.get(), data(foreign.get())).await;
        let none = answer(&rig, &bridge, &anna, nowhere, data(nowhere)).await;
        assert_eq!(foreign_one, none, "{way}");
        assert!(!none.is_empty(), "{way} is answered");
    }
    let before = rig.okdesk.recorder().all();
    assert!(
        before
            .iter()
            .all(|call| call.method == "GET" || call.operation.starts_with("contacts")),
        "nothing was written"
    );
    let last = anna.chat().from_bot().pop().unwrap();
    // What is hers is shown: the silence above is not everybody's.
    anna.press_data(last.id, &format!("card:{own}"));
    until_shown(&anna, "Мой принтер").await;
    bridge.stop().await;
    let said: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
    assert!(!said.iter().any(|text| text.contains("тайна")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_04_made_up_buttons_change_nothing_and_are_answered() {
    let rig = Rig::new().await;
    let (anna, contact) = rig.client(501, "Анна");
    let issue = rig
        .okdesk
        .account()
        .issue("Принтер")
        .contact(contact)
        .create();
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    let last = offered(&anna, "new").await;
    let made_up = [
        String::new(),
        "close".into(),
        format!("close:{issue}:now"),
        "open:99999999999999999999999".into(),
        "open:-1".into(),
        "open:0".into(),
        "rate:1:99".into(),
        "language:tlh".into(),
        "consent:999".into(),
        "'; DROP TABLE item; --".into(),
        "💥".repeat(16),
        "new:new:new".into(),
    ];
    let before = (
        rig.okdesk.snapshot(),
        bridge
            .store()
            .chat(tg_bridge::telegram::ChatId(501))
            .await
            .unwrap(),
    );
    for data in &made_up {
        anna.press_data(last.id, data);
    }
    eventually(|| (rig.telegram.waiting_queries() == 0).then_some(())).await;
    assert_eq!(
        rig.telegram.calls_of("answerCallbackQuery").len() >= made_up.len(),
        true
    );
    let after = bridge
        .store()
        .chat(tg_bridge::telegram::ChatId(501))
        .await
        .unwrap();
    assert_eq!(
        before.1.map(|chat| (chat.link, chat.dialog)),
        after.map(|chat| (chat.link, chat.dialog))
    );
    assert_eq!(before.0["issues"], rig.okdesk.snapshot()["issues"]);
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    bridge.stop().await;
}
