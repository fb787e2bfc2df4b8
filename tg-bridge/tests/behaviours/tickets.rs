//! Tickets: made, listed, shown, reopened, closed.

use crate::client::Client;
use crate::rig::{Rig, Setup, picture};
use okdesk_sdk::model::IssueId;
use okdesk_sdk::testing::{Dialect, Fault, Switch};
use std::time::Duration;
use tg_bridge::demo::bot_api::Attachment;
use tg_bridge::telegram::{Action, Scope};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn tic_01_one_text_makes_one_ticket_with_its_client_whatever_okdesk_reads() {
    let dialects = [
        Dialect::usual(),
        Switch::IssueClientNested.into(),
        Switch::IssueTypeIgnored.into(),
        Switch::OldIssueDetail.into(),
        Switch::DatesWithoutOffset.into(),
    ];
    for dialect in dialects {
        let setup = Setup::in_dialect(dialect).await;
        let account = setup.okdesk.account();
        let company = account.company("ООО «Ромашка»").create();
        let place = account
            .maintenance_entity("Магазин")
            .company(company)
            .create();
        // Without an offset nobody can tell more than that the account keeps the same hours.
        let alone = dialect.has(Switch::DatesWithoutOffset);
        let zone = if alone {
            "Europe/Moscow"
        } else {
            "Asia/Vladivostok"
        };
        let rig = setup.set("TIME_ZONE", zone).start().await;
        let anna = rig
            .colleague(501, ("Анна", "Петрова"), crate::client::ANNA_PHONE, company)
            .await;
        anna.presses(Action::NewIssue).await;
        anna.writes("Не печатает принтер\nМигает красная лампа");
        anna.presses(Action::Submit).await;
        let told = anna.sees("Заявка № 1 создана").await;
        let [issue] = rig.issues().try_into().unwrap();
        assert_eq!(issue["contact"]["id"], anna.contact.get());
        assert_eq!(issue["company_id"], company.get());
        assert_eq!(issue["service_object_id"], place.get());
        let description = issue["description"].as_str().unwrap();
        assert!(description.contains("Не печатает принтер") && description.contains("лампа"));
        assert!(told.text.contains("Не печатает принтер"), "{}", told.text);
        let zone = jiff::tz::TimeZone::get(zone).unwrap();
        let made = rig.okdesk.clock().now().to_zoned(zone);
        // The minute may turn between the making and the look at it.
        let shown = [made.clone(), made - Duration::from_secs(60)]
            .map(|at| at.strftime("%d.%m.%Y %H:%M").to_string());
        assert!(
            shown.iter().any(|at| told.text.contains(at)),
            "{} {shown:?}",
            told.text
        );
        assert_eq!(anna.count("создана").await, 1);
        // Nobody else hears of it, not even by the webhook of its making.
        anna.never_sees("Для вас зарегистрирована").await;
    }
}

#[tokio::test]
async fn tic_02_all_that_is_sent_before_send_is_in_the_ticket() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    anna.presses(Action::NewIssue).await;
    anna.writes("Не печатает принтер");
    anna.user
        .caption("вот как это выглядит")
        .send_album([Attachment::photo(picture(1)), Attachment::photo(picture(2))]);
    rig.pause().await;
    anna.user.send_voice(vec![7; 900]);
    anna.user
        .send_document("акт.pdf", "application/pdf", b"%PDF-1.4".to_vec());
    anna.writes("и пищит");
    anna.presses(Action::Submit).await;
    anna.sees("создана").await;
    rig.rest().await;
    let [issue] = rig.issues().try_into().unwrap();
    let description = issue["description"].as_str().unwrap();
    for words in ["Не печатает принтер", "вот как это выглядит", "и пищит"]
    {
        assert_eq!(description.matches(words).count(), 1, "{description}");
    }
    let files = rig.files_of(&issue);
    assert_eq!(
        files.len(),
        4,
        "{:?}",
        files.iter().map(|file| &file.0).collect::<Vec<_>>()
    );
    for content in [picture(1), picture(2), vec![7; 900], b"%PDF-1.4".to_vec()] {
        assert!(files.iter().any(|file| file.1 == content));
    }
    assert!(rig.comments_of(IssueId::new(1)).is_empty());
}

#[tokio::test]
async fn tic_03_the_title_is_never_empty_and_cut_between_words_only() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let long = "Принтер на втором этаже рядом с бухгалтерией перестал печатать счета после того как уборщица протёрла его";
    let link = "Страница https://example.org/a/b.html?c=1.5&d=2 не открывается";
    let word = "ъ".repeat(300);
    let texts = [
        "Версия 8.3 не запускается после обновления",
        link,
        long,
        &format!("Смотрите {word} сюда"),
        &word,
        "  \n Первая строка \n\n вторая строка  ",
        "?!",
    ];
    for text in texts {
        let issue = anna.opens_issue(text).await;
        let title = rig.issue(issue)["title"].as_str().unwrap().to_owned();
        assert!(
            !title.trim().is_empty() && title.chars().count() <= 80,
            "{title:?}"
        );
        let kept = title.trim_end_matches('…');
        for one in kept.split_whitespace() {
            let whole = text.split_whitespace().any(|word| word == one);
            assert!(
                whole || title == "Обращение из Telegram",
                "{one:?} of {text:?} in {title:?}"
            );
        }
        // One writes twenty messages a minute at most.
        rig.later(Duration::from_secs(61)).await;
    }
    let titles: Vec<String> = rig
        .issues()
        .iter()
        .map(|issue| issue["title"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(titles[0], texts[0], "a decimal point is no end");
    assert_eq!(titles[1], link, "neither is a link");
    anna.presses(Action::NewIssue).await;
    anna.user
        .send_document("акт сверки.pdf", "application/pdf", b"%PDF-1.4".to_vec());
    anna.presses(Action::Submit).await;
    anna.sees("акт сверки.pdf").await;
    rig.rest().await;
    assert!(
        rig.issues().last().unwrap()["title"]
            .as_str()
            .unwrap()
            .contains("акт сверки")
    );
}

#[tokio::test]
async fn tic_04_send_pressed_twice_makes_one_ticket() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    anna.presses(Action::NewIssue).await;
    anna.writes("Не печатает принтер");
    rig.pause().await;
    // Okdesk is slow, and the thumb is quick.
    rig.okdesk
        .faults()
        .on("issues.create")
        .once(Fault::Delay(Duration::from_millis(200)));
    for _ in 0..3 {
        anna.user.press("submit").unwrap();
    }
    anna.sees("создана").await;
    assert_eq!(anna.count("создана").await, 1);
    let toasts = anna.toasts().await;
    let told = toasts
        .iter()
        .filter(|toast| toast.contains("Это уже отправлено"));
    assert_eq!(told.count(), 2, "{toasts:?}");

    // Telegram may bring any update twice.
    let updates = rig.telegram.updates();
    for update in &updates {
        assert!(
            rig.telegram
                .repeat_update(update["update_id"].as_i64().unwrap())
        );
    }
    rig.rest().await;
    assert_eq!(rig.issues().len(), 1);
    assert_eq!(anna.count("создана").await, 1);
}

#[tokio::test]
async fn tic_05_a_ticket_whose_making_was_not_answered_is_looked_for_first() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let faults = [
        Fault::DropAfter,
        Fault::CutBody,
        Fault::Garbage,
        Fault::EmptyBody,
        Fault::DropBefore,
        Fault::HtmlPage,
        Fault::Status(503),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let text = format!("Беда номер {number}");
        anna.presses(Action::NewIssue).await;
        anna.writes(&text);
        rig.pause().await;
        // The quick second try of the SDK meets the same fate.
        rig.okdesk
            .faults()
            .on("issues.create")
            .times(2, fault.clone());
        anna.presses(Action::Submit).await;
        let told = anna.sees("создана").await;
        assert!(told.text.contains(&text), "{}", told.text);
        rig.rest().await;
        rig.okdesk.faults().clear();
        let made = rig
            .issues()
            .into_iter()
            .filter(|issue| issue["title"] == text.as_str());
        assert_eq!(made.count(), 1, "{fault:?}");
        rig.later(Duration::from_secs(61)).await;
    }
    assert!(!rig.asked("issues.list").is_empty(), "it looked");
}

#[tokio::test]
async fn tic_06_a_confirmation_that_fails_leaves_no_dialog_behind() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    anna.presses(Action::NewIssue).await;
    anna.writes("Не печатает <принтер>");
    rig.pause().await;
    rig.forgives("bot was blocked");
    anna.user.press("submit").unwrap();
    anna.user.block();
    rig.rest().await;
    assert_eq!(rig.issues().len(), 1);
    anna.never_sees("создана").await;

    anna.writes("Ау, вы получили?");
    anna.sees("Что с этим сделать?").await;
    rig.rest().await;
    assert_eq!(rig.issues().len(), 1, "a word after it is no second ticket");
}

#[tokio::test]
async fn tic_07_words_outside_a_dialog_wait_for_a_choice() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    anna.writes("А ещё не работает сканер");
    let offer = anna.sees("Что с этим сделать?").await;
    assert!(offer.text.contains("А ещё не работает сканер"));
    for action in [Action::Submit, Action::AddTo(issue), Action::Discard] {
        assert!(Client::shows_button(&offer, action), "{action:?}");
    }
    rig.restarts(&[]).await;
    anna.presses(Action::AddTo(issue)).await;
    rig.rest().await;
    let comments = rig.comments_of(issue);
    assert_eq!(comments.len(), 1);
    assert!(
        comments[0]["content"]
            .as_str()
            .unwrap()
            .contains("не работает сканер")
    );

    anna.writes("Совсем другое дело");
    anna.sees("Что с этим сделать?").await;
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 2 создана").await;
    anna.writes("Нет, ничего");
    anna.sees("Что с этим сделать?").await;
    anna.presses(Action::Discard).await;
    anna.sees("ничего не отправлено").await;
    rig.rest().await;
    assert_eq!((rig.issues().len(), rig.comments_of(issue).len()), (2, 1));

    // Looking around does not swallow it.
    anna.writes("Это важно");
    anna.sees("Что с этим сделать?").await;
    anna.user.press("open:0").unwrap();
    anna.sees("Открытые заявки").await;
    anna.presses(Action::Menu).await;
    anna.sees("чем помочь?").await;
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 3 создана").await;
    assert_eq!(rig.issues()[2]["title"], "Это важно");
}

#[tokio::test]
async fn tic_08_each_ticket_is_in_exactly_one_list_by_okdesks_own_word() {
    let setup = Setup::new().await;
    setup.okdesk.account().status("parts", "Ждём запчасти");
    setup.okdesk.account().status("unresolved", "Не решена");
    // Nothing counts as completed but what Okdesk's own list calls final.
    let rig = setup
        .set("COMPLETED_STATUSES", "nothing_of_this")
        .start()
        .await;
    let anna = rig.anna().await;
    let boris = rig.boris().await;
    let title = "<Очень длинный & неудобный заголовок> ".repeat(6);
    let mut open = Vec::new();
    let mut closed = Vec::new();
    for number in 0..20_u64 {
        let issue = rig.okdesk.account().issue(format!("{number} {title}"));
        let issue = issue.contact(anna.contact).create();
        rig.okdesk.clock().advance(Duration::from_secs(60));
        rig.clock.advance(Duration::from_secs(60));
        match number {
            0..=2 => rig.sets(issue, "parts"),
            3..=4 => rig.sets(issue, "unresolved"),
            5 => rig.sets(issue, "completed"),
            6..=8 => rig.sets(issue, "closed"),
            _ => {}
        }
        if (6..=8).contains(&number) {
            &mut closed
        } else {
            &mut open
        }
        .push(issue.get());
    }
    rig.okdesk
        .account()
        .issue("Дела Бориса")
        .contact(boris.contact)
        .create();
    rig.rest().await;
    for (scope, mut wanted) in [(Scope::Open, open), (Scope::Closed, closed)] {
        wanted.reverse();
        let pages = u16::try_from(wanted.len().div_ceil(8)).unwrap();
        let mut listed = Vec::new();
        for page in 0..pages {
            if (scope, page) == (Scope::Open, 0) {
                anna.writes("/menu");
            }
            anna.presses(Action::Issues { scope, page }).await;
            rig.rest().await;
            let shown = anna
                .user
                .chat()
                .from_bot()
                .into_iter()
                .rev()
                .find(|message| {
                    message.text.contains("заявки")
                        && message.buttons.iter().flatten().any(|button| {
                            button
                                .callback_data
                                .as_deref()
                                .is_some_and(|data| data.starts_with("issue:"))
                        })
                });
            let shown = shown.expect("a list");
            assert!(shown.text.encode_utf16().count() <= 4096);
            let ids = shown.buttons.iter().flatten().filter_map(|button| {
                button
                    .callback_data
                    .as_deref()?
                    .strip_prefix("issue:")?
                    .parse::<u64>()
                    .ok()
            });
            let ids: Vec<u64> = ids.collect();
            assert!(ids.len() <= 8);
            for id in &ids {
                assert!(shown.text.contains(&format!("№ {id} ")), "{}", shown.text);
            }
            listed.extend(ids);
        }
        assert_eq!(listed, wanted, "{scope:?}: newest first, each once");
    }
}

#[tokio::test]
async fn tic_09_a_title_full_of_signs_is_shown_as_it_is() {
    let title = "<b>Счёт & \"акт\"</b> _x_ *y* [z](u) `код` {a} &lt;";
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    anna.presses(Action::NewIssue).await;
    anna.writes(title);
    let draft = anna.sees("Отправить заявку?").await;
    assert!(draft.text.contains(title), "{}", draft.text);
    anna.presses(Action::Submit).await;
    let made = anna.sees("создана").await;
    assert!(made.text.contains(title), "{}", made.text);
    let issue = IssueId::new(1);
    assert_eq!(rig.issue(issue)["title"], title);
    rig.sets(issue, "in_progress");
    assert!(anna.sees("В работе").await.text.contains(title));
    rig.comments(issue, "Смотрим");
    assert!(anna.sees("Смотрим").await.text.contains(title));
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    assert!(list.text.contains(title), "{}", list.text);
    anna.presses_on(&list, Action::Issue(issue));
    let card = anna.sees("Статус:").await;
    assert!(card.text.contains(title), "{}", card.text);
    rig.rest().await;
}

#[tokio::test]
async fn tic_10_tickets_of_other_channels_are_treated_alike() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let portal = rig.portal(anna.contact);
    let made = portal
        .issues()
        .create("Заявка из портала")
        .contact(anna.contact)
        .await
        .unwrap();
    // One's own doing is no news.
    anna.never_sees("Для вас зарегистрирована").await;
    // This one was made by staff, and its webhook was lost.
    rig.okdesk.webhooks().lose(1);
    let desk = rig.okdesk.client();
    let by_phone = desk
        .issues()
        .create("Заявка по телефону")
        .contact(anna.contact)
        .await
        .unwrap();
    rig.rest().await;
    anna.writes("/issues");
    let list = anna.sees("Заявка из портала").await;
    assert!(list.text.contains("Заявка по телефону"), "{}", list.text);

    for issue in [made.id, by_phone.id] {
        rig.comments(issue, &format!("Ответ на {issue}"));
        let notice = anna.sees(&format!("Ответ на {issue}")).await;
        anna.answers(&notice, "Спасибо");
        rig.rest().await;
        let comments = rig.comments_of(issue);
        assert_eq!(comments.len(), 2, "{comments:#?}");
        assert_eq!(comments[1]["author"]["id"], anna.contact.get());
        rig.sets(issue, "completed");
        let done = anna.sees("Решена").await;
        assert!(
            done.buttons.iter().flatten().count() >= 5,
            "a rating is asked for"
        );
    }
}

#[tokio::test]
async fn tic_12_the_card_shows_the_ticket_and_says_when_nothing_has_changed() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let deadline = rig.okdesk.clock().now() + Duration::from_secs(48 * 3600);
    let issue = rig
        .okdesk
        .account()
        .issue("Не печатает принтер")
        .contact(anna.contact);
    let issue = issue.assignee(rig.staff().id()).deadline(deadline).create();
    rig.comments(issue, "Первый ответ");
    rig.comments(issue, "Второй ответ");
    rig.staff()
        .comment(issue, "только для своих")
        .internal()
        .send()
        .unwrap();
    let notice = anna.sees("Второй ответ").await;
    anna.presses_on(&notice, Action::Open(issue));
    let card = anna.sees("Данные на").await;
    let moscow = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
    let due = deadline
        .to_zoned(moscow)
        .strftime("%d.%m.%Y %H:%M")
        .to_string();
    for words in [
        "№ 1",
        "Не печатает принтер",
        "Открыта",
        "Иван Соколов",
        &due,
        "Второй ответ",
    ] {
        let either = words == "Иван Соколов" && card.text.contains("Соколов Иван");
        assert!(
            either || card.text.contains(words),
            "{words:?} is not on {}",
            card.text
        );
    }
    assert!(!card.text.contains("Первый ответ") && !card.text.contains("для своих"));

    anna.presses_on(&card, Action::Issue(issue));
    assert_eq!(anna.toasts().await.last().unwrap(), "Изменений нет");
    anna.presses_on(&card, Action::Issue(issue));
    assert_eq!(anna.toasts().await.last().unwrap(), "Изменений нет");
    rig.sets(issue, "in_progress");
    rig.rest().await;
    anna.presses_on(&card, Action::Issue(issue));
    rig.rest().await;
    let now = anna
        .user
        .chat()
        .from_bot()
        .into_iter()
        .find(|message| message.id == card.id);
    assert!(
        now.unwrap().text.contains("В работе"),
        "the card itself has changed"
    );
}

#[tokio::test]
async fn tic_13_a_word_to_a_completed_ticket_reopens_it_and_much_later_makes_a_new_one() {
    let setup = Setup::new().await.set("REOPEN_STATUS", "opened");
    let rig = setup.start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    rig.sets(issue, "completed");
    let done = anna.sees("Решена").await;
    rig.later(13 * DAY).await;
    anna.answers(&done, "Опять не печатает");
    anna.sees("Передано в заявку № 1").await;
    rig.rest().await;
    assert_eq!(rig.issue(issue)["status"]["code"], "opened");
    assert!(
        rig.comments_of(issue)[0]["content"]
            .as_str()
            .unwrap()
            .contains("Опять не печатает")
    );

    rig.sets(issue, "completed");
    let done = anna.sees("Решена").await;
    rig.rest().await;
    rig.later(15 * DAY).await;
    anna.answers(&done, "И снова не печатает");
    let offer = anna.sees("Создать новую заявку со ссылкой на неё?").await;
    assert!(Client::shows_button(&offer, Action::Submit));
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 2 создана").await;
    rig.rest().await;
    let new = rig.issue(IssueId::new(2));
    assert_eq!(new["title"], "И снова не печатает");
    assert!(
        new["description"].as_str().unwrap().contains("№ 1"),
        "{new:#}"
    );
    assert_eq!(rig.issue(issue)["status"]["code"], "completed");
    assert_eq!(rig.comments_of(issue).len(), 1);
}

#[tokio::test]
async fn tic_13_without_a_status_to_reopen_to_the_words_go_to_the_ticket_alone() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    rig.sets(issue, "completed");
    let done = anna.sees("Решена").await;
    anna.answers(&done, "Спасибо, теперь хорошо");
    anna.sees("Передано").await;
    rig.rest().await;
    assert_eq!(rig.issue(issue)["status"]["code"], "completed");
    assert_eq!(rig.comments_of(issue).len(), 1);
}

async fn closes(anna: &Client<'_>, issue: IssueId) {
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    anna.presses_on(&list, Action::Issue(issue));
    anna.presses(Action::Close(issue)).await;
    anna.sees(&format!("Закрыть заявку № {issue}?")).await;
    anna.presses(Action::CloseNow(issue)).await;
}

#[tokio::test]
async fn tic_14_the_client_closes_where_it_is_permitted() {
    for switch in [None, Some(Switch::StatusAnswerShort)] {
        let setup = Setup::in_dialect(switch.map_or_else(Dialect::usual, Dialect::from)).await;
        let rig = setup.set("CLOSE_STATUS", "closed").start().await;
        let anna = rig.anna().await;
        let issue = anna.opens_issue("Не печатает принтер").await;
        closes(&anna, issue).await;
        anna.sees("Закрыта").await;
        rig.rest().await;
        assert_eq!(rig.issue(issue)["status"]["code"], "closed");
        // Staff read why; to the client that would be said about him.
        let [note] = rig.notes_of(issue).try_into().unwrap();
        assert!(note.contains("Клиент закрыл заявку"), "{note}");
        anna.never_sees("Клиент закрыл").await;
    }
}

#[tokio::test]
async fn tic_14_where_it_is_not_permitted_staff_get_the_request_as_a_comment() {
    // Nothing configured; the key may not; the statuses do not lead there.
    for forbidden in ["setting", "key", "transition"] {
        let mut setup = Setup::new().await;
        if forbidden != "setting" {
            setup = setup.set("CLOSE_STATUS", "closed");
        }
        let rig = setup.start().await;
        match forbidden {
            "key" => rig.okdesk.deny(rig.okdesk.token(), "issues.status_change"),
            "transition" => rig.okdesk.account().transitions("opened", &["in_progress"]),
            _ => {}
        }
        let anna = rig.anna().await;
        let issue = anna.opens_issue("Не печатает принтер").await;
        rig.forgives("Forbidden");
        rig.forgives("Invalid");
        closes(&anna, issue).await;
        anna.sees("Передано в заявку № 1").await;
        rig.rest().await;
        assert_eq!(rig.issue(issue)["status"]["code"], "opened", "{forbidden}");
        let [comment] = rig.comments_of(issue).try_into().unwrap();
        assert_eq!(comment["author"]["id"], anna.contact.get());
        assert!(
            comment["content"]
                .as_str()
                .unwrap()
                .contains("Прошу закрыть заявку")
        );
    }
}

#[tokio::test]
async fn tic_14_an_answer_of_no_closes_nothing() {
    let rig = Setup::new()
        .await
        .set("CLOSE_STATUS", "closed")
        .start()
        .await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    anna.presses_on(&list, Action::Issue(issue));
    anna.presses(Action::Close(issue)).await;
    let asked = anna.sees("Закрыть заявку № 1?").await;
    anna.presses_on(&asked, Action::Open(issue));
    anna.sees("Данные на").await;
    rig.rest().await;
    assert_eq!(rig.issue(issue)["status"]["code"], "opened");
}
