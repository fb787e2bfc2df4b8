//! Who gets in, and how much of one person the others notice.

use crate::client::Client;
use crate::rig::{PORTAL, Rig, Setup};
use okdesk_sdk::testing::{Dialect, Fault, Switch};
use std::time::Duration;
use tg_bridge::demo::bot_api::MessageView;
use tg_bridge::telegram::Action;

fn address(message: &MessageView) -> String {
    let mut urls = message
        .buttons
        .iter()
        .flatten()
        .filter_map(|button| button.url.clone());
    urls.next().expect("no address")
}

#[tokio::test]
async fn sec_06_the_way_into_the_portal_is_personal_short_lived_and_kept_nowhere() {
    for dialect in [Dialect::usual(), Switch::LoginLinkAsUrl.into()] {
        let rig = Setup::in_dialect(dialect).await.start().await;
        let anna = rig.anna().await;
        anna.presses(Action::Portal).await;
        let first = anna.sees("Вход на портал").await;
        let link = address(&first);
        let asked = rig
            .okdesk
            .recorder()
            .all()
            .into_iter()
            .rfind(|call| call.path.contains("login_link"))
            .unwrap();
        assert_eq!(asked.param("user_id"), Some(anna.contact.to_string()));
        assert_eq!(asked.param("user_type").as_deref(), Some("contact"));
        assert_eq!(asked.param("one_time").as_deref(), Some("true"));
        let minutes: u32 = asked.param("expire_after").unwrap().parse().unwrap();
        assert!((1..=10).contains(&minutes), "{minutes}");
        assert!(
            String::from_utf8_lossy(&asked.answer).contains(&link),
            "it is Okdesk's own"
        );
        let sent = rig.telegram.calls_of("sendMessage").pop().unwrap();
        assert_eq!(sent.chat_id, Some(anna.id()));
        assert_eq!(
            sent.parameters["protect_content"]
                .to_string()
                .trim_matches('"'),
            "true"
        );
        rig.rest().await;
        rig.store().tidy(Duration::ZERO).await.unwrap();
        assert!(
            !rig.remembers(&link).await,
            "the link is still in the database"
        );
        assert!(
            rig.remembers("Петрова").await,
            "the search itself finds what is there"
        );

        // Each press makes another one.
        anna.presses(Action::Portal).await;
        let second = anna.sees_where("another link", |message| {
            message.text.contains("Вход на портал") && message.id != first.id
        });
        assert_ne!(address(&second.await), link);
    }
}

#[tokio::test]
async fn sec_06_without_a_link_the_plain_address_is_called_so_and_nothing_is_invented() {
    for fault in [
        Fault::Status(403),
        Fault::Status(503),
        Fault::EmptyBody,
        Fault::HtmlPage,
    ] {
        let rig = Rig::start().await;
        let anna = rig.anna().await;
        rig.forgives("");
        rig.okdesk
            .faults()
            .on("session.login_link_create")
            .always(fault);
        anna.presses(Action::Portal).await;
        let told = anna.sees("обычный адрес портала").await;
        assert_eq!(address(&told), PORTAL);
        assert!(
            told.text.contains("понадобятся ваши логин и пароль"),
            "{}",
            told.text
        );
        anna.never_sees("Вход на портал").await;
        assert_eq!(anna.count("обычный адрес").await, 1);
    }
}

#[tokio::test]
async fn sec_06_in_a_group_no_link_is_given() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let group = rig.telegram.group("Отдел", &anna.user);
    rig.rest().await;
    let notice = group.from_bot().pop().unwrap();
    anna.user
        .in_chat(group.id())
        .press_data(notice.id, &Action::Portal.encode());
    rig.rest().await;
    assert!(
        rig.okdesk
            .recorder()
            .all()
            .iter()
            .all(|call| !call.path.contains("login_link"))
    );
    assert!(
        group
            .from_bot()
            .iter()
            .all(|message| message.buttons.is_empty())
    );
    assert_eq!(
        rig.telegram.waiting_queries(),
        0,
        "the press is answered all the same"
    );
}

#[tokio::test]
async fn sec_09_a_flood_is_answered_once_and_drowns_nobody_else() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let boris = rig.boris().await;
    rig.later(Duration::from_secs(61)).await;
    for number in 0..40 {
        anna.writes(&format!("сообщение {number} из потока"));
    }
    boris.writes("/issues");
    boris.sees("Открытые заявки").await;
    anna.sees("Слишком много сообщений").await;
    assert_eq!(anna.count("Слишком много сообщений").await, 1);
    boris.never_sees("Слишком много").await;
    let offer = anna.sees("Что с этим сделать?").await;
    assert!(Client::shows_button(&offer, Action::Submit));
    anna.presses(Action::Submit).await;
    anna.sees("создана").await;
    let description = rig.issues()[0]["description"].as_str().unwrap().to_owned();
    assert!(
        description.contains("сообщение 19 из потока"),
        "{description}"
    );
    assert!(
        !description.contains("сообщение 20 из потока"),
        "{description}"
    );

    // A minute later everything is as before.
    rig.later(Duration::from_secs(61)).await;
    anna.writes("теперь спокойно");
    let calm = anna.sees("Что с этим сделать?").await;
    assert!(calm.text.contains("теперь спокойно"));
    assert_eq!(anna.count("Слишком много сообщений").await, 1);
}
