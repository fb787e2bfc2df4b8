use crate::world::*;
use okdesk_sdk::model::{IssueId, Timestamp};
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);

fn with_issue() -> World {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world
}

#[test]
fn not_04_assignee_and_deadline_are_told_to_those_who_want_it() {
    let mut world = with_issue();
    let taken = IssueFacts {
        assignee: Some("Ольга".into()),
        ..facts(10, "opened")
    };
    let later = IssueFacts {
        deadline_at: Some(Timestamp::new("2026-11-30T12:00:00+03:00")),
        ..taken.clone()
    };
    world.desk(taken.clone(), employee(3), Happening::Assignee);
    world.desk(later.clone(), employee(3), Happening::Deadline);
    assert_eq!(world.count(ANNA), 0, "off unless wanted");
    world.says(ANNA, "/settings");
    world.presses(ANNA, "Смена ответственного");
    world.presses(ANNA, "Перенос срока");
    world.presses(ANNA, "Заявки, созданные для меня");
    let labels = world.last(ANNA).labels();
    assert_eq!(
        labels[..3],
        [
            "⬜️ Заявки, созданные для меня",
            "☑️ Смена ответственного",
            "☑️ Перенос срока"
        ]
    );
    let before = world.count(ANNA);
    world.desk(later.clone(), employee(3), Happening::Assignee);
    world.desk(later, employee(3), Happening::Deadline);
    world.desk(facts(11, "opened"), employee(3), Happening::Created);
    assert_eq!(
        world.count(ANNA),
        before,
        "repetitions and what is not wanted"
    );
    let again = IssueFacts {
        deadline_at: Some(Timestamp::new("2026-12-01T12:00:00+03:00")),
        ..facts(10, "opened")
    };
    world.desk(again.clone(), employee(3), Happening::Assignee);
    world.sees(ANNA, "Ответственный: Пётр Мастер");
    world.desk(again, employee(3), Happening::Deadline);
    world.sees(ANNA, "Новый срок: 01.12.2026 12:00");
    world.nothing_spins();
}

#[test]
fn not_06_a_muted_issue_and_the_night_are_silent_and_lose_nothing() {
    let mut world = with_issue();
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "день")),
    );
    assert!(!world.last(ANNA).silent);
    world.presses(ANNA, "Открыть");
    world.done(Reply::Issue {
        issue: facts(10, "opened"),
        last_comment: None,
    });
    world.presses(ANNA, "Без звука");
    world.toast("без звука");
    assert!(world.last(ANNA).labels().contains(&"🔔 Со звуком".into()));
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(2, "тише")),
    );
    world.sees(ANNA, "тише");
    assert!(world.last(ANNA).silent);
    world.presses(ANNA, "Со звуком");
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(3, "громче")),
    );
    assert!(!world.last(ANNA).silent);

    world.says(ANNA, "/settings");
    world.presses(ANNA, "Без звука с 22 до 8");
    world.waits(11 * 3600 * SECOND);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(4, "ночь")),
    );
    world.sees(ANNA, "ночь");
    assert!(world.last(ANNA).silent);
    world.waits(9 * 3600 * SECOND);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(5, "утро")),
    );
    assert!(!world.last(ANNA).silent);
    world.nothing_spins();
}

#[test]
fn not_07_the_message_that_met_the_closed_door_is_not_lost() {
    let mut world = with_issue();
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "важное")),
    );
    let membership = |reachable, lost| {
        Event::Telegram(Box::new(Update::Membership(Membership {
            chat: ChatId(ANNA.0),
            from: sender(ANNA),
            reachable,
            lost,
        })))
    };
    world.happens(membership(false, Some(IssueId::new(10))));
    assert!(matches!(world.call(), OkdeskCall::CreateNote { issue, .. } if issue.get() == 10));
    world.done(Reply::Nothing);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(2, "ещё")),
    );
    world.idle();
    world.happens(membership(true, None));
    world.sees(ANNA, "новости по 1 заявке");
}

#[test]
fn sec_08_a_person_sees_and_deletes_what_is_kept() {
    let mut world = with_issue();
    world.says(ANNA, "/my_data");
    world.sees(ANNA, "+79123456789");
    world.says(ANNA, "/delete_me");
    world.sees(ANNA, "останутся в службе поддержки");
    assert!(
        world.chats[&ANNA.0].link.is_some(),
        "not before it is confirmed"
    );
    world.presses(ANNA, "Да, удалить");
    let kept = serde_json::to_string(&world.chats[&ANNA.0]).unwrap();
    assert!(!kept.contains("+7912") && !kept.contains("Анна"), "{kept}");
    world.sees(ANNA, "Ваши данные удалены");
    let before = world.count(ANNA);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "кому?")),
    );
    assert_eq!(world.count(ANNA), before);
    world.nothing_spins();
}

#[test]
fn sec_08_what_was_on_its_way_ties_nobody_any_more() {
    let mut world = World::new();
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Частное лицо");
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![]));
    world.says(ANNA, "Клиент Анна");
    world.says(ANNA, "/delete_me");
    world.presses(ANNA, "Да, удалить");
    world.done(Reply::ContactCreated(okdesk_sdk::model::ContactId::new(5)));
    assert!(world.chats[&ANNA.0].link.is_none());
}

#[test]
fn sec_09_a_flood_is_stopped_with_one_warning() {
    let mut world = with_issue();
    for part in 0..10 {
        world.attaches(ANNA, &format!("{part}.jpg"), "", Some("one album"));
    }
    for _ in 0..30 {
        world.says(ANNA, "/help");
    }
    let texts = world.texts_of(ANNA);
    assert_eq!(
        texts
            .iter()
            .filter(|text| text.contains("Что я умею"))
            .count(),
        19
    );
    assert_eq!(
        texts
            .iter()
            .filter(|text| text.contains("Слишком много"))
            .count(),
        1
    );
    world.waits(60 * SECOND);
    world.says(ANNA, "/help");
    world.sees(ANNA, "Что я умею");
}

#[test]
fn sta_01_the_moments_that_figures_are_made_of_are_kept() {
    let mut world = with_issue();
    world.waits(SECOND);
    world.desk(
        facts(10, "opened"),
        contact(1),
        Happening::Comment(comment(1, "жду")),
    );
    assert_eq!(world.issues[&10].moments, Moments::default());
    for id in 2..4 {
        world.desk(
            facts(10, "opened"),
            employee(3),
            Happening::Comment(comment(id, "едем")),
        );
        world.waits(SECOND);
    }
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    world.waits(SECOND);
    world.desk(
        facts(10, "closed"),
        employee(3),
        moved("completed", "closed"),
    );
    world.desk(facts(10, "work"), employee(3), moved("closed", "work"));
    let moments = Moments {
        first_answer_at: Some(NOON + SECOND),
        completed_at: Some(NOON + 3 * SECOND),
        reopened_at: vec![NOON + 4 * SECOND],
    };
    assert_eq!(world.issues[&10].moments, moments);
}
