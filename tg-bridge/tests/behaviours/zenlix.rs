//! ZENLIX behind the bridge: the hooks it posts, and what its clients see of them.

use crate::client::Client;
use crate::rig::{Rig, Setup};
use serde_json::{Value, json};
use tg_bridge::telegram::{Action, Score};

const ADMIN: i64 = 900;
/// As ZENLIX published it.
const SAMPLE: &str = include_str!("../../../okdesk-webhooks/tests/data/zenlix-sample.json");

async fn zenlix(more: &[(&str, &str)]) -> Rig {
    let setup = Setup::new().await;
    setup.telegram.user(ADMIN, "Главный").send_text("/start");
    let mut setup = setup.set("HELPDESK", "zenlix").set("ADMIN_IDS", ADMIN);
    for (key, value) in more {
        setup = setup.set(key, value);
    }
    setup.start().await
}

/// The published sample as a hook about this happening.
fn hook(action: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut hook: Value = serde_json::from_str(SAMPLE).unwrap();
    hook["action"] = json!(action);
    hook["dt"] = json!("2026-11-22 12:00:00");
    let client = json!([{"email": "Anna@example.com", "profile": {"full_name": "Анна Петрова", "lang": "ru"},
        "contacts": {"email": "anna@example.com"}}]);
    hook["ticket"]["client"] = client;
    hook["ticket"]["subject"] = json!("Не печатает <принтер>");
    change(&mut hook);
    hook
}

impl Rig {
    /// Somebody is invited by staff, under an address for mail, and follows the link.
    async fn invites(&self, id: i64, name: &str, email: &str) -> Client<'_> {
        let admin = self.telegram.user(ADMIN, "Главный");
        admin.send_text(&format!("/invite {email}"));
        self.rest().await;
        let told = admin.chat().from_bot().pop().unwrap().text;
        let code = told.lines().last().unwrap().trim().to_owned();
        assert!(told.contains(email), "{told}");
        let client = self.newcomer(id, name, "+79161234567");
        client.writes(&format!("/start {code}"));
        client.presses(Action::Consent(true)).await;
        client.sees(&format!("записанных на {email}")).await;
        self.rest().await;
        client
    }
}

#[tokio::test]
async fn zenlix_hooks_reach_the_invited_client_as_notices_and_a_rating_counts() {
    let rig = zenlix(&[]).await;
    let anna = rig.invites(501, "Анна", "anna@example.com").await;
    let boris = rig.invites(502, "Борис", "boris@example.com").await;

    assert_eq!(rig.posts(&hook("create", |_| {})).await, 200);
    anna.sees("Для вас зарегистрирована заявка № E3XK «Не печатает <принтер>»")
        .await;
    assert!(
        anna.last().text.contains("Статус: Свободна"),
        "{}",
        anna.last().text
    );
    let lock = hook("lock", |_| {});
    assert_eq!(rig.posts(&lock).await, 200);
    anna.sees("Статус: В работе").await;
    assert_eq!(rig.posts(&lock).await, 200, "a repetition");
    let group = |hook: &mut Value| hook["ticket"]["target_group"] = json!("Выездные инженеры");
    rig.posts(&hook("refer", group)).await;
    anna.sees("Ответственный: Выездные инженеры").await;
    // The status of the ticket lags behind what happened.
    rig.posts(&hook("ok", |hook| hook["ticket"]["status"] = json!("lock")))
        .await;
    let done = anna.sees("Статус: Выполнена").await;
    assert!(done.text.contains("Оцените, пожалуйста"), "{}", done.text);
    assert_eq!(anna.count("Статус: В работе").await, 1);

    let rate = done.buttons[0][0].callback_data.clone().unwrap();
    anna.user.press(&rate).unwrap();
    anna.sees("Спасибо за оценку").await;
    rig.posts(&hook("unok", |_| {})).await;
    anna.sees("Статус: В работе").await;
    rig.posts(&hook("approve", |hook| {
        hook["dt"] = json!("2026-11-22 13:00:00")
    }))
    .await;
    anna.sees("Статус: Выполнена").await;
    assert_eq!(
        anna.count("Оцените, пожалуйста").await,
        2,
        "a completion, a question"
    );
    assert_eq!(boris.count("E3XK").await, 0);

    let admin = rig.telegram.user(ADMIN, "Главный");
    admin.send_text("/stats всё");
    rig.rest().await;
    let told = admin.chat().from_bot();
    let figures = told
        .iter()
        .find(|message| message.text.contains("Создано"))
        .unwrap();
    assert!(
        figures.text.contains("Завершено: 1\nОткрыто повторно: 1"),
        "{}",
        figures.text
    );
    assert!(
        figures.text.contains("Оценок: 1, средняя 5"),
        "{}",
        figures.text
    );
    admin.send_text("/export всё");
    rig.rest().await;
    let table = admin.chat().from_bot().pop().unwrap().files.remove(0).bytes;
    let table = String::from_utf8(table.to_vec()).unwrap();
    assert!(
        table.contains("\r\nE3XK;;Не печатает <принтер>;"),
        "{table}"
    );
    assert!(
        rig.okdesk.recorder().all().is_empty(),
        "Okdesk is not there"
    );
}

#[tokio::test]
async fn zenlix_remarks_stay_internal_unless_it_is_configured_otherwise() {
    let rig = zenlix(&[]).await;
    let remark = |words: &str, dt: &str| {
        let (words, dt) = (words.to_owned(), dt.to_owned());
        hook("comment", move |hook| {
            let by = json!({"email": "petr@example.com", "profile": {"full_name": "Пётр Мастер", "lang": "ru"}});
            hook["initial_user"] = by.clone();
            hook["dt"] = json!(dt);
            let comments = hook["ticket"]["comments"].as_array_mut().unwrap();
            comments.push(json!({"author": by, "text": words}));
        })
    };
    {
        let anna = rig.invites(501, "Анна", "anna@example.com").await;
        rig.posts(&hook("create", |_| {})).await;
        anna.sees("E3XK").await;
        assert_eq!(
            rig.posts(&remark("Клиент ворчит", "2026-11-22 12:01:00"))
                .await,
            200
        );
        anna.never_sees("ворчит").await;
    }
    rig.restarts(&[("ZENLIX_COMMENTS", "all")]).await;
    rig.posts(&remark(
        "Картридж &lt;заказан&gt;<br>Ждём",
        "2026-11-22 12:02:00",
    ))
    .await;
    let chat = rig.telegram.chat(501);
    let told = rig
        .until("the remark", || {
            chat.from_bot()
                .pop()
                .filter(|m| m.text.contains("Картридж"))
        })
        .await;
    assert_eq!(
        told.text,
        "💬 Пётр Мастер, заявка № E3XK «Не печатает <принтер>»\n\nКартридж <заказан>\nЖдём"
    );
    rig.rest().await;
}

#[tokio::test]
async fn zenlix_takes_nothing_and_the_bot_says_so() {
    let rig = zenlix(&[]).await;
    let stranger = rig.newcomer(503, "Чужой", "+79037654321");
    for words in ["/start", "/new", "Помогите", "/settings"] {
        stranger.writes(words);
        rig.rest().await;
        assert!(
            stranger.last().text.contains("ссылку-приглашение"),
            "{words}: {}",
            stranger.last().text
        );
    }
    let anna = rig.invites(501, "Анна", "anna@example.com").await;
    for words in ["/new", "/issues", "Не печатает принтер"] {
        anna.writes(words);
        rig.rest().await;
        assert!(
            anna.last().text.contains("не попадёт"),
            "{words}: {}",
            anna.last().text
        );
    }
    anna.user
        .send_photo(include_bytes!("../../../okdesk-sdk/src/testing/seed/lamp.png").as_slice());
    rig.rest().await;
    assert!(anna.last().text.contains("не попадёт"));
    // Buttons of another help desk mean nothing here.
    for action in [Action::NewIssue, Action::Portal, Action::Submit] {
        anna.forges(&action.encode()).await;
    }
    let score = Score::new(5).unwrap();
    let issue = okdesk_sdk::model::IssueId::new(1);
    anna.forges(
        &Action::Rate {
            issue,
            completion: 1,
            score,
        }
        .encode(),
    )
    .await;
    anna.forges(&Action::Comment(issue).encode()).await;
    rig.rest().await;
    assert_eq!(rig.telegram.waiting_queries(), 0);
    anna.writes("/help");
    let help = anna.sees("Что я умею").await;
    assert!(!help.text.contains("/new"), "{}", help.text);
    anna.presses(Action::Settings).await;
    anna.sees("Настройки уведомлений").await;
    anna.presses(Action::Menu).await;
    rig.rest().await;
    assert!(rig.okdesk.recorder().all().is_empty());
    let commands = rig.telegram.commands(501).to_string();
    assert!(
        commands.contains("settings") && !commands.contains("\"new\""),
        "{commands}"
    );
    // Nobody claims anything here, and everybody comes by invitation.
    let commands = rig
        .until("the longer menu", || {
            Some(rig.telegram.commands(ADMIN).to_string()).filter(|all| all.contains("invite"))
        })
        .await;
    assert!(!commands.contains("claims"), "{commands}");
    // Not a hook, and not from ZENLIX.
    assert_eq!(
        rig.posts(&json!({"event": {"event_type": "new_ticket"}, "issue": {"id": 1}}))
            .await,
        400
    );
    let stranger = rig.webhook().join("a-wrong-secret-of-the-hook").unwrap();
    let refused = reqwest::Client::new()
        .post(stranger)
        .json(&hook("create", |_| {}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn zenlix_tells_every_client_of_a_ticket_and_counts_one_rating() {
    let rig = zenlix(&[]).await;
    let anna = rig.invites(501, "Анна", "anna@example.com").await;
    let boris = rig.invites(502, "Борис", "boris@example.com").await;
    let vera = rig.invites(503, "Вера", "vera@example.com").await;
    let both = |hook: &mut Value| {
        let boris = json!({"email": "boris@example.com", "profile": {"full_name": "Борис Новиков", "lang": "ru"},
            "contacts": {"email": "boris@example.com"}});
        hook["ticket"]["client"].as_array_mut().unwrap().push(boris);
    };
    rig.posts(&hook("create", both)).await;
    for client in [&anna, &boris] {
        client.sees("Для вас зарегистрирована заявка № E3XK").await;
    }
    rig.posts(&hook("ok", both)).await;
    let hers = anna.sees("Оцените, пожалуйста").await;
    let his = boris.sees("Оцените, пожалуйста").await;
    let best = hers.buttons[0][0].callback_data.clone().unwrap();
    let worst = his.buttons[4][0].callback_data.clone().unwrap();
    boris.user.press(&worst).unwrap();
    boris.sees("Что нам стоит исправить").await;
    // One completion has one rating: the first, and only its author changes it.
    anna.user.press(&best).unwrap();
    assert_eq!(anna.toasts().await.last().unwrap(), "Оценить уже нельзя");
    let ticket = rig.store().issues(None, 10).await.unwrap().remove(0);
    assert_eq!(ticket.rating.unwrap().score.get(), 1);
    vera.never_sees("E3XK").await;
}
