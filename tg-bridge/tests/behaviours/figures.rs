//! Figures: what staff and clients did, counted in the chat and in the shell, by the bridge and from its own export.

use crate::client::{ANNA_PHONE, Client};
use crate::rig::{Rig, Setup};
use okdesk_sdk::model::{IssueId, Rate};
use std::process::Output;
use std::time::Duration;
use tg_bridge::demo::bot_api::{MessageView, User};
use tg_bridge::telegram::{Action, Score};
use tokio::process::Command;

const ADMIN: i64 = 900;
const MINUTE: Duration = Duration::from_secs(60);

impl Rig {
    /// The program itself, beside the running bridge and with its settings.
    async fn shell(&self, arguments: &[&str]) -> Output {
        let run = Command::new(env!("CARGO_BIN_EXE_tg-bridge"))
            .args(arguments)
            .env_clear()
            .envs(self.settings())
            .current_dir(self.database().parent().unwrap())
            .output();
        let output = run.await.unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {words}");
        output
    }

    /// What the bot answers to the command of somebody in charge.
    async fn asks(&self, who: &User, command: &str) -> Vec<MessageView> {
        let before = who.chat().from_bot().len();
        who.send_text(command);
        self.rest().await;
        who.chat().from_bot().split_off(before)
    }
}

async fn with_admin() -> Rig {
    Setup::new().await.set("ADMIN_IDS", ADMIN).start().await
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn rate(issue: IssueId, completion: u16, score: u8) -> Action {
    Action::Rate {
        issue,
        completion,
        score: Score::new(score).unwrap(),
    }
}

/// An afternoon: three issues, one answer, three completions of which one is taken back, two ratings.
async fn afternoon<'a>(rig: &'a Rig) -> (Client<'a>, Client<'a>) {
    let anna = rig.anna().await;
    let boris = rig.boris().await;
    let printer = anna.opens_issue("Не печатает принтер").await;
    let stripes = anna.opens_issue("Принтер мажет").await;
    let formula = boris.opens_issue("=2+2 не считает").await;
    rig.later(20 * MINUTE).await;
    rig.comments(printer, "Едем");
    anna.sees("Едем").await;
    rig.later(100 * MINUTE).await;
    rig.sets(printer, "completed");
    anna.sees("Решена").await;
    anna.presses(rate(printer, 1, 5)).await;
    anna.sees("Спасибо за оценку").await;
    rig.sets(stripes, "completed");
    anna.sees("Решена").await;
    rig.sets(stripes, "in_progress");
    anna.sees("В работе").await;
    rig.later(60 * MINUTE).await;
    rig.sets(formula, "closed");
    boris.sees("Закрыта").await;
    boris.presses(rate(formula, 1, 2)).await;
    boris.sees("Что нам стоит исправить").await;
    boris.writes("Долго\nи молча");
    boris.sees("Спасибо за оценку").await;
    rig.rest().await;
    (anna, boris)
}

#[tokio::test]
async fn sta_01_figures_are_text_and_picture_in_the_chat_and_the_same_in_the_shell() {
    let rig = with_admin().await;
    afternoon(&rig).await;
    let admin = rig.telegram.user(ADMIN, "Главный");
    let [words, picture] = &rig.asks(&admin, "/stats всё").await[..] else {
        panic!("{}", rig.story());
    };
    for line in [
        "Создано: 3",
        "Завершено: 2",
        "Открыто повторно: 1",
        "Первый ответ: половина за 20 мин, 9 из 10 за 20 мин",
        "Завершение: половина за 2 ч 30 мин, 9 из 10 за 3 ч",
        "Оценок: 2, средняя 3,5",
        "5 ████████████ 1",
        "4 0",
        "2 ████████████ 1",
        "Оценено завершённых: 100 %",
        "Чаще всего: принтер 2",
        "• ООО «Ромашка»: создано 2, завершено 1, оценка 5",
        "• ООО «Василёк»: создано 1, завершено 1, оценка 2",
    ] {
        assert!(
            words.text.contains(line),
            "{line:?} is not in\n{}",
            words.text
        );
    }
    assert_eq!(picture.kind, "photo");

    let file = rig.database().with_file_name("chart.png");
    let shell = rig
        .shell(&["stats", "all", "--chart", file.to_str().unwrap()])
        .await;
    assert_eq!(text(&shell).trim(), words.text);
    let drawn = std::fs::read(file).unwrap();
    assert_eq!(drawn, picture.files[0].bytes, "one picture in both places");

    let [usage] = &rig.asks(&admin, "/stats когда-нибудь").await[..] else {
        panic!("{}", rig.story());
    };
    assert!(usage.text.starts_with("Как спросить"), "{}", usage.text);
}

#[tokio::test]
async fn rat_08_sta_01_the_portals_own_scale_is_counted_apart() {
    let rig = with_admin().await;
    let (anna, _) = afternoon(&rig).await;
    let other = anna.opens_issue("Не горит свет").await;
    rig.sets(other, "completed");
    anna.sees("Не горит свет").await;
    let portal = rig.portal(anna.contact);
    portal.issues().rate(other, Rate::Bad).await.unwrap();
    rig.rest().await;
    let admin = rig.telegram.user(ADMIN, "Главный");
    let told = rig.asks(&admin, "/stats всё").await;
    // What was given in Telegram is in Okdesk too, and is not counted twice.
    for line in ["Оценок: 2, средняя 3,5", "Оценки в портале: плохо 1\n"]
    {
        assert!(told[0].text.contains(line), "{line:?} in {}", told[0].text);
    }
}

#[tokio::test]
async fn sta_02_03_the_export_gives_the_same_figures_and_harms_nobody() {
    let rig = with_admin().await;
    afternoon(&rig).await;
    let admin = rig.telegram.user(ADMIN, "Главный");
    let [table] = &rig.asks(&admin, "/export all").await[..] else {
        panic!("{}", rig.story());
    };
    assert_eq!(table.kind, "document");
    assert_eq!(table.text, "за всё время: 3 заявки");
    let document = &table.files[0];
    assert_eq!(document.name.as_deref(), Some("issues-all.csv"));
    let file = rig.database().with_file_name("figures.csv");
    rig.shell(&["export", "all", "-o", file.to_str().unwrap()])
        .await;
    assert_eq!(std::fs::read(&file).unwrap(), document.bytes);
    let printed = rig.shell(&["export", "all"]).await;
    assert_eq!(printed.stdout, document.bytes);

    let csv = String::from_utf8(document.bytes.to_vec()).unwrap();
    let csv = csv.strip_prefix('\u{feff}').expect("Excel needs the mark");
    let mut table = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(csv.as_bytes());
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let formula = &rows[2];
    assert_eq!(&formula[2], "'=2+2 не считает");
    assert_eq!(&formula[4], "ООО «Василёк»");
    assert!(
        formula[1].ends_with(&format!("/issues/{}", &formula[0])),
        "{formula:?}"
    );
    assert!(
        formula[7].ends_with("+03:00") && formula[9].ends_with("+03:00"),
        "{formula:?}"
    );
    assert_eq!((&formula[11], &formula[13]), ("2", "Долго\nи молча"));
    assert_eq!(
        (&rows[1][9], rows[1][10].is_empty()),
        ("", false),
        "it was reopened"
    );

    let counted = rig.shell(&["stats", "all"]).await;
    let again = rig
        .shell(&["stats", "all", "--csv", file.to_str().unwrap()])
        .await;
    assert_eq!(text(&again), text(&counted));
    let wrong = Command::new(env!("CARGO_BIN_EXE_tg-bridge"))
        .args(["stats", "all", "--csv", "nowhere.csv"])
        .env_clear()
        .envs(rig.settings())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        !wrong.status.success() && said.contains("nowhere.csv"),
        "{said}"
    );
}

#[tokio::test]
async fn sta_04_filters_take_the_same_set_everywhere() {
    let rig = with_admin().await;
    afternoon(&rig).await;
    let admin = rig.telegram.user(ADMIN, "Главный");
    let [words, _] = &rig.asks(&admin, "/stats всё компания: ромашка").await[..]
    else {
        panic!("{}", rig.story());
    };
    assert!(
        words.text.contains("Создано: 2\nЗавершено: 1"),
        "{}",
        words.text
    );
    assert!(words.text.contains("компания: ромашка"), "{}", words.text);
    let shell = rig.shell(&["stats", "all", "--company", "ромашка"]).await;
    assert_eq!(text(&shell).trim(), words.text);
    let [table] = &rig.asks(&admin, "/export всё company: ромашка").await[..] else {
        panic!("{}", rig.story());
    };
    assert_eq!(table.text, "за всё время: 2 заявки");
    let nobody = rig.asks(&admin, "/stats всё сотрудник: Кузнецов").await;
    assert!(
        nobody[0].text.contains("Ничего не происходило"),
        "{}",
        nobody[0].text
    );
}

#[tokio::test]
async fn sta_05_to_everybody_else_there_is_no_such_command() {
    let setup = Setup::new().await;
    let chief = setup.telegram.user(ADMIN, "Главный");
    let chat = setup.telegram.supergroup("Дежурные", &chief);
    let rig = setup
        .set("ADMIN_IDS", ADMIN)
        .set("OPERATOR_IDS", 502)
        .set("ADMIN_CHAT_ID", chat.id())
        .start()
        .await;
    let (anna, boris) = afternoon(&rig).await;
    let stranger = rig.telegram.user(903, "Чужой");
    for who in [&anna.user, &boris.user, &stranger] {
        for command in ["/stats", "/stats всё", "/export", "/export@bridge_bot week"] {
            let told = rig.asks(who, command).await;
            let other = rig.asks(who, "/nonsense").await;
            let words = |messages: &[MessageView]| -> Vec<_> {
                messages
                    .iter()
                    .map(|m| (m.text.clone(), m.kind.clone()))
                    .collect()
            };
            assert_eq!(words(&told), words(&other), "{command}");
        }
    }
    // Where the people in charge are, one of them may ask; the others there may not.
    let [words, picture] = &{
        let before = chat.from_bot().len();
        chief.in_chat(chat.id()).send_text("/stats всё");
        rig.rest().await;
        chat.from_bot().split_off(before)
    }[..] else {
        panic!("{}", rig.story());
    };
    assert!(words.text.contains("Создано: 3") && picture.kind == "photo");
    let before = chat.from_bot().len();
    boris.user.in_chat(chat.id()).send_text("/stats всё");
    rig.rest().await;
    assert_eq!(chat.from_bot().len(), before, "{}", rig.story());
}

#[tokio::test]
async fn sta_01_what_webhooks_missed_is_counted_when_it_happened() {
    let rig = Setup::new()
        .await
        .set("ADMIN_IDS", ADMIN)
        .set("RECONCILE_MINUTES", 2)
        .start()
        .await;
    let anna = rig.anna().await;
    let known = anna.opens_issue("Не печатает принтер").await;
    rig.okdesk.remove_webhook(&rig.webhook());

    rig.later(10 * MINUTE).await;
    rig.comments(known, "Едем");
    rig.later(50 * MINUTE).await;
    rig.sets(known, "completed");
    let unknown = rig
        .okdesk
        .account()
        .issue("Нет связи")
        .contact(anna.contact)
        .company(anna.company)
        .create();
    // Somebody whom nobody hears for; the figures are about all.
    let stranger = rig.okdesk.account().contact("Иван", "Немой").create();
    let silent = rig
        .okdesk
        .account()
        .issue("Тишина")
        .contact(stranger)
        .create();
    rig.later(30 * MINUTE).await;
    rig.sets(unknown, "closed");
    rig.sets(silent, "closed");
    rig.later(60 * MINUTE).await;
    rig.has_looked_since(rig.clock.now()).await;
    rig.rest().await;

    let admin = rig.telegram.user(ADMIN, "Главный");
    let told = rig.asks(&admin, "/stats всё").await;
    for line in [
        "Создано: 3",
        "Завершено: 3",
        "Первый ответ: половина за 10 мин",
        "Завершение: половина за 30 мин, 9 из 10 за 1 ч",
    ] {
        assert!(
            told[0].text.contains(line),
            "{line:?} is not in\n{}",
            told[0].text
        );
    }
    // Both of her completions are told, each with its question.
    assert_eq!(
        anna.count("Оцените, пожалуйста").await,
        2,
        "{}",
        rig.story()
    );
}

#[tokio::test]
async fn adm_07_the_operators_own_words_are_said_and_wrong_ones_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ru.ftl");
    std::fs::write(
        &file,
        "welcome = Добро пожаловать в «Ромашку», { $name }!\n",
    )
    .unwrap();
    let rig = Setup::new()
        .await
        .set("TEXTS_DIR", folder.path().display())
        .start()
        .await;
    rig.okdesk
        .account()
        .contact("Анна", "Петрова")
        .phone(ANNA_PHONE)
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    anna.shares_card();
    anna.sees("Добро пожаловать в «Ромашку», Петрова Анна!")
        .await;
    rig.rest().await;

    let wrong = "welcom = Привет\nstatus-changed = { $nomer }\nmenu-new = { \n";
    std::fs::write(&file, wrong).unwrap();
    std::fs::write(folder.path().join("de.ftl"), "menu-new = Neu\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tg-bridge"))
        .arg("run")
        .env_clear()
        .envs(rig.settings())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    for mistake in ["welcom", "de.ftl", "TEXTS_DIR", "ru.ftl: "] {
        assert!(said.contains(mistake), "{mistake} is not in {said}");
    }
    std::fs::remove_file(folder.path().join("de.ftl")).unwrap();
    std::fs::write(&file, "status-changed = { $nomer }\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tg-bridge"))
        .arg("check")
        .env_clear()
        .envs(rig.settings())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("status-changed") && said.contains("nomer"),
        "{said}"
    );
}

#[tokio::test]
async fn the_menu_of_commands_is_set_once_telegram_answers() {
    let setup = Setup::new().await;
    let admin = setup.telegram.user(ADMIN, "Главный").language("en");
    admin.send_text("hello");
    let refused = tg_bridge::demo::bot_api::Fault::Drop;
    setup.telegram.faults().add(
        tg_bridge::demo::bot_api::FaultRule::new(refused)
            .method("setMyCommands")
            .times(2),
    );
    let rig = setup.set("ADMIN_IDS", ADMIN).start().await;
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.user.language("ru");
    anna.start();
    let names = |chat: i64| -> Vec<String> {
        let commands = rig.telegram.commands(chat);
        let commands = commands.as_array().cloned().unwrap_or_default();
        commands
            .iter()
            .map(|c| c["command"].as_str().unwrap().to_owned())
            .collect()
    };
    let everybody = [
        "new",
        "issues",
        "settings",
        "language",
        "my_data",
        "delete_me",
        "help",
    ];
    let all = rig
        .until("the longer menu", || {
            Some(names(ADMIN)).filter(|names| names.contains(&"stats".to_owned()))
        })
        .await;
    rig.until("the menu", || (!names(501).is_empty()).then_some(()))
        .await;
    assert_eq!(names(501), everybody);
    let own = ["claims", "invite", "user", "stats", "export"];
    assert_eq!(all, [&everybody[..], &own].concat());
    let about = |chat: i64| rig.telegram.commands(chat)[0]["description"].clone();
    rig.until("every language", || {
        (about(ADMIN) == "New issue" && about(501) == "Создать заявку").then_some(())
    })
    .await;
}
