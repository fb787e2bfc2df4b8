//! What the bot says by itself, and how loudly.

use crate::client::Client;
use crate::rig::{Rig, Setup};
use jiff::civil::Weekday;
use okdesk_sdk::model::IssueId;
use okdesk_sdk::testing::{Dialect, Switch};
use std::time::Duration;
use tg_bridge::telegram::{Action, Setting};

async fn anna_and_issue(rig: &Rig) -> (Client<'_>, IssueId) {
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    (anna, issue)
}

#[tokio::test]
async fn not_01_a_status_change_rings_the_phone() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    anna.presses_on(&list, Action::Issue(issue));
    let card = anna.sees("Данные на").await;
    rig.sets(issue, "in_progress");
    let notice = anna.sees("🔔").await;
    assert!(
        notice.id > card.id && !notice.silent && !notice.edited,
        "{notice:#?}"
    );
    assert!(notice.text.contains("В работе") && notice.text.contains("Не печатает принтер"));
    assert!(Client::shows_button(&notice, Action::Open(issue)));
    assert_eq!(anna.count("🔔").await, 1);
}

#[tokio::test]
async fn not_03_a_status_is_called_what_okdesk_calls_it() {
    let setup = Setup::new().await;
    setup
        .okdesk
        .account()
        .status("s_17", "Ждём <деталь> & мастера");
    setup.okdesk.account().status("opened_again", "Переоткрыта");
    let rig = setup.start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.sets(issue, "s_17");
    anna.sees("Статус: Ждём <деталь> & мастера").await;
    rig.sets(issue, "opened_again");
    let notice = anna.sees("Статус: Переоткрыта").await;
    anna.presses_on(&notice, Action::Open(issue));
    assert!(
        anna.sees("Данные на")
            .await
            .text
            .contains("Статус: Переоткрыта")
    );
    anna.writes("/issues");
    assert!(
        anna.sees("Открытые заявки")
            .await
            .text
            .contains("Переоткрыта")
    );
}

#[tokio::test]
async fn not_04_who_registered_what_and_when_it_is_due_is_told_by_the_settings() {
    for dialect in [
        Dialect::usual(),
        Switch::WebhookNewTicketSource.into(),
        Switch::WebhookNewAssigneeInIssue.into(),
        Switch::WebhookClearedAssigneeNull.into(),
    ] {
        let rig = Setup::in_dialect(dialect).await.start().await;
        let anna = rig.anna().await;
        let desk = rig.okdesk.client();
        let made = desk
            .issues()
            .create("Плановый осмотр")
            .contact(anna.contact)
            .await
            .unwrap();
        let notice = anna.sees("Для вас зарегистрирована заявка").await;
        assert!(notice.text.contains("Плановый осмотр") && notice.text.contains("Открыта"));
        assert!(Client::shows_button(&notice, Action::Open(made.id)));
        assert_eq!(anna.count("Для вас зарегистрирована").await, 1);

        // Off until asked for.
        let staff = rig.staff();
        let due = rig.okdesk.clock().now() + Duration::from_secs(3 * 24 * 3600);
        staff.assign(made.id, Some(staff.id())).unwrap();
        staff.set_deadline(made.id, Some(due)).unwrap();
        anna.never_sees("Ответственный:").await;
        anna.never_sees("Новый срок:").await;

        anna.writes("/settings");
        anna.sees("Настройки уведомлений").await;
        for setting in [Setting::Assignee, Setting::Deadline, Setting::Created] {
            anna.presses(Action::Toggle(setting)).await;
        }
        rig.rest().await;
        staff.assign(made.id, None).unwrap();
        staff
            .assign(made.id, Some(rig.okdesk.staff("Мария Орлова").id()))
            .unwrap();
        let told = anna.sees("Ответственный:").await;
        assert!(told.text.contains("Орлова"), "{}", told.text);
        let later = due + Duration::from_secs(24 * 3600);
        staff.set_deadline(made.id, Some(later)).unwrap();
        let told = anna.sees("Новый срок:").await;
        let moscow = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
        let wanted = later
            .to_zoned(moscow)
            .strftime("%d.%m.%Y %H:%M")
            .to_string();
        assert!(told.text.contains(&wanted), "{} {wanted}", told.text);
        desk.issues()
            .create("Ещё один осмотр")
            .contact(anna.contact)
            .await
            .unwrap();
        anna.never_sees("Ещё один осмотр").await;
    }
}

#[tokio::test]
async fn not_06_a_muted_ticket_is_silent_and_loses_nothing() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let other = anna.opens_issue("Другое дело").await;
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    anna.presses_on(&list, Action::Issue(issue));
    anna.presses(Action::Mute(issue)).await;
    assert!(anna.toasts().await.last().unwrap().contains("без звука"));
    rig.comments(issue, "Первый ответ");
    assert!(anna.sees("Первый ответ").await.silent);
    rig.comments(other, "По другому делу");
    assert!(!anna.sees("По другому делу").await.silent);
    anna.presses(Action::Unmute(issue)).await;
    rig.rest().await;
    rig.comments(issue, "Второй ответ");
    assert!(!anna.sees("Второй ответ").await.silent);
}

#[tokio::test]
async fn not_06_quiet_hours_silence_the_night_and_not_the_day() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    anna.writes("/settings");
    anna.sees("Настройки уведомлений").await;
    anna.presses(Action::Toggle(Setting::Night)).await;
    rig.rest().await;
    let moscow = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
    for (hour, silent) in [(23, true), (3, true), (12, false)] {
        let now = jiff::Timestamp::from_millisecond(rig.clock.now())
            .unwrap()
            .to_zoned(moscow.clone());
        let hours = (hour + 24 - i64::from(now.hour())) % 24;
        rig.later(Duration::from_secs(hours.unsigned_abs() * 3600))
            .await;
        rig.comments(issue, &format!("Пишем в {hour} часов"));
        let notice = anna.sees(&format!("Пишем в {hour} часов")).await;
        assert_eq!(notice.silent, silent, "{hour}");
    }
}

/// Time passes until it is this hour of this day of the week in Moscow.
async fn until(rig: &Rig, day: Weekday, hour: i8) {
    let moscow = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
    let now = jiff::Timestamp::from_millisecond(rig.clock.now()).unwrap();
    let now = now.to_zoned(moscow);
    let days = now.weekday().until(day);
    let then = now
        .date()
        .saturating_add(jiff::Span::new().days(days))
        .at(hour, 0, 0, 0)
        .to_zoned(now.time_zone().clone())
        .unwrap();
    let then = match then > now {
        true => then,
        false => then.saturating_add(jiff::Span::new().days(7)),
    };
    rig.later(now.duration_until(&then).unsigned_abs()).await;
}

#[tokio::test]
async fn not_08_who_writes_when_nobody_works_learns_once_for_each_issue_when_work_begins() {
    let rig = Setup::new()
        .await
        .set("WORKING_HOURS", "пн-пт 9-18")
        .start()
        .await;
    let closed = "Сейчас нерабочее время";
    let anna = rig.anna().await;
    until(&rig, Weekday::Friday, 17).await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    anna.never_sees(closed).await;

    until(&rig, Weekday::Friday, 19).await;
    let say = async |issue: IssueId, words: &str| {
        anna.forges(&Action::Comment(issue).encode()).await;
        anna.sees("Напишите комментарий").await;
        anna.writes(words);
        anna.sees("Передано в заявку").await
    };
    let told = say(issue, "Ау").await;
    let monday = jiff::Timestamp::from_millisecond(rig.clock.now()).unwrap()
        + Duration::from_secs(3 * 24 * 3600);
    let moscow = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
    let monday = monday
        .to_zoned(moscow)
        .strftime("%d.%m.%Y 09:00")
        .to_string();
    assert!(
        told.text.contains(closed) && told.text.contains(&monday),
        "{} {monday}",
        told.text
    );
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1, "it is carried as ever");
    // Once for this issue, on Saturday too; another issue is another matter.
    until(&rig, Weekday::Saturday, 12).await;
    let told = say(issue, "Ау, ау").await;
    assert!(!told.text.contains(closed), "{}", told.text);
    anna.opens_issue("И погас свет").await;
    let made = anna.all("И погас свет").await.pop().unwrap();
    assert!(made.text.contains(closed), "{}", made.text);

    // In working time nothing of the kind is said, and the next evening is another one.
    until(&rig, Weekday::Monday, 10).await;
    assert!(!say(issue, "Доброе утро").await.text.contains(closed));
    until(&rig, Weekday::Monday, 20).await;
    assert!(say(issue, "Добрый вечер").await.text.contains(closed));
    assert_eq!(rig.comments_of(issue).len(), 4);
}
