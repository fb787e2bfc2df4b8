//! Groups that become supergroups and get another id.

use crate::engine::{Rig, eventually, linked, text_of};
use okdesk_sdk::model::ContactId;
use tg_bridge::demo::bot_api::{BotApi, Chat as Room, Fault, FaultRule};
use tg_bridge::reaction::{Chat, Effect, Event, Happening, Scene};
use tg_bridge::telegram::ChatId;

/// Links each group that says "мы" to the contact, echoes, and tells the contact's chats of comments.
fn group_of(contact: ContactId) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |scene, event| {
        if let Some((chat, text)) = text_of(event) {
            if text == "мы" {
                scene.chat = Some(linked(chat, contact));
            } else if scene.chat.is_none() {
                // Whoever writes is remembered, linked or not.
                scene.chat = Some(Chat::new(ChatId(chat)));
            }
            return vec![crate::engine::say(chat, text)];
        }
        match event {
            Event::Desk(desk) => match &desk.happening {
                Happening::Comment(comment) => scene
                    .audience
                    .iter()
                    .map(|chat| crate::engine::say(chat.id.0, comment.content.as_str()))
                    .collect(),
                _ => vec![],
            },
            _ => vec![],
        }
    }
}

async fn until_heard(room: &Room, text: &str) {
    eventually(|| room.from_bot().iter().any(|m| m.text == text).then_some(())).await;
}

fn heard(room: &Room, text: &str) -> usize {
    room.from_bot().iter().filter(|m| m.text == text).count()
}

/// A rig whose bot reads everything in groups.
async fn rig() -> Rig {
    let mut rig = Rig::new().await;
    rig.telegram = BotApi::builder().privacy(false).start().await.unwrap();
    rig
}

#[tokio::test]
async fn not_11_everything_follows_a_group_and_the_message_that_met_the_change_arrives() {
    let rig = rig().await;
    let anna = rig.telegram.user(101, "Анна");
    let contact = rig.okdesk.account().contact("Анна", "Смирнова").create();
    let issue = rig
        .okdesk
        .account()
        .issue("Принтер")
        .contact(contact)
        .create();
    let bridge = rig.start(group_of(contact)).await;
    let group = rig.telegram.group("Ромашка", &anna);
    anna.in_chat(group.id()).send_text("мы");
    until_heard(&group, "мы").await;

    // The bridge learns of it by the refusal of a message: what Telegram tells of it is kept away.
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Page(502)).method("getUpdates"));
    anna.send_text("последнее, что ещё придёт");
    until_heard(&anna.chat(), "последнее, что ещё придёт").await;
    let moved = group.migrate(101).unwrap();
    rig.okdesk
        .staff("Пётр")
        .comment(issue, "вслед")
        .send()
        .unwrap();
    until_heard(&moved, "вслед").await;
    assert_eq!(
        bridge.store().resolve(ChatId(group.id())).await.unwrap(),
        ChatId(moved.id())
    );

    // The bindings have followed: the next one goes there at once.
    rig.telegram.faults().clear();
    let refused = |id: i64| {
        let calls = rig.telegram.calls_of("sendMessage");
        calls
            .iter()
            .filter(|call| call.chat_id == Some(id) && call.status == 400)
            .count()
    };
    let before = refused(group.id());
    rig.okdesk
        .staff("Пётр")
        .comment(issue, "ещё раз")
        .send()
        .unwrap();
    until_heard(&moved, "ещё раз").await;
    assert_eq!(refused(group.id()), before);
    bridge.stop().await;
    assert_eq!((heard(&moved, "вслед"), heard(&moved, "ещё раз")), (1, 1));
    assert!(bridge_has_no_old(&rig, group.id()).await);
}

/// Whether the old id is nowhere bound any more.
async fn bridge_has_no_old(rig: &Rig, old: i64) -> bool {
    let url = format!("sqlite:{}", rig.database().display());
    let mut db = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url)
        .await
        .unwrap();
    let chats: i64 = sqlx::query_scalar("SELECT count(*) FROM chat WHERE id = ?")
        .bind(old)
        .fetch_one(&mut db)
        .await
        .unwrap();
    chats == 0
}

#[tokio::test]
async fn not_11_telegrams_own_word_of_the_change_is_enough_whoever_writes_first() {
    let rig = rig().await;
    let anna = rig.telegram.user(101, "Анна");
    let contact = rig.okdesk.account().contact("Анна", "Смирнова").create();
    let issue = rig
        .okdesk
        .account()
        .issue("Принтер")
        .contact(contact)
        .create();
    let bridge = rig.start(group_of(contact)).await;
    let group = rig.telegram.group("Ромашка", &anna);
    anna.in_chat(group.id()).send_text("мы");
    until_heard(&group, "мы").await;
    let moved = group.migrate(101).unwrap();
    anna.in_chat(moved.id()).send_text("мы переехали");
    until_heard(&moved, "мы переехали").await;
    crate::engine::until_stored(async || {
        let linked = bridge.store().chat(ChatId(moved.id())).await.unwrap()?.link;
        linked.filter(|link| link.contact == contact)
    })
    .await;
    rig.okdesk
        .staff("Пётр")
        .comment(issue, "слышите?")
        .send()
        .unwrap();
    until_heard(&moved, "слышите?").await;
    bridge.stop().await;
    assert_eq!(heard(&moved, "слышите?"), 1);
    let met = rig.telegram.calls_of("sendMessage");
    assert!(
        met.iter().all(|call| call.status == 200),
        "nothing met the change: {met:?}"
    );
    assert!(bridge_has_no_old(&rig, group.id()).await);
}
