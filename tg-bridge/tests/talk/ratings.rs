use crate::world::*;
use okdesk_sdk::model::IssueId;
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);
const BORIS: User = User(5_000_000_002);

fn completed() -> World {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    world
}

fn score(value: u8) -> Score {
    Score::new(value).unwrap()
}

/// What Okdesk was told since the last look: rates and notes.
fn told(world: &mut World) -> Vec<String> {
    let calls = world.calls.drain(..).map(|(_, call)| match call {
        OkdeskCall::Rate { issue, score } => format!("{issue}: {}", score.get()),
        OkdeskCall::CreateNote { issue, content } => format!("{issue}: {}", content.as_str()),
        other => panic!("{other:?}"),
    });
    calls.collect()
}

#[test]
fn rat_01_the_request_comes_with_the_status_once() {
    let mut world = completed();
    let labels = world.last(ANNA).labels();
    assert_eq!(
        labels[..5],
        [
            "5 – отлично",
            "4 – хорошо",
            "3 – нормально",
            "2 – плохо",
            "1 – ужасно"
        ]
    );
    world.sees(ANNA, "Статус: Решена");
    world.sees(ANNA, "Оцените");
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    assert_eq!(
        world
            .texts_of(ANNA)
            .iter()
            .filter(|text| text.contains("Оцените"))
            .count(),
        1
    );
}

#[test]
fn rat_02_codes_are_compared_whole() {
    for code in ["unresolved", "not_closed", "Completed", "work"] {
        let mut world = World::with_client(ANNA, 1);
        world.desk(facts(10, code), employee(3), moved("opened", code));
        assert!(!world.last(ANNA).text().contains("Оцените"), "{code}");
    }
    let mut world = World::with_client(ANNA, 1);
    world.rules.finals.insert("ready_2".into(), true);
    world.desk(
        facts(10, "ready_2"),
        employee(3),
        moved("opened", "ready_2"),
    );
    world.sees(ANNA, "Оцените");
}

#[test]
fn rat_03_closing_asks_no_more_but_a_new_completion_does() {
    let mut world = completed();
    world.desk(
        facts(10, "closed"),
        employee(3),
        moved("completed", "closed"),
    );
    world.sees(ANNA, "Статус: Закрыта");
    assert!(!world.last(ANNA).text().contains("Оцените"));
    world.desk(facts(10, "work"), employee(3), moved("closed", "work"));
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("work", "completed"),
    );
    world.sees(ANNA, "Оцените");
    // The first request is out of date now.
    let first = world
        .screen(ANNA)
        .iter()
        .find(|shown| shown.text().contains("Оцените"))
        .unwrap()
        .id;
    world.pushes(ANNA, first, "rate:10:1:1");
    world.toast("нельзя");
    world.idle();
    world.presses(ANNA, "5 – отлично");
    assert_eq!(
        world.issues[&10]
            .rating
            .as_ref()
            .map(|rating| (rating.completion, rating.score)),
        Some((2, score(5)))
    );
}

#[test]
fn rat_04_a_tap_is_stored_once_and_can_be_changed_for_a_day() {
    let mut world = completed();
    let request = world.last(ANNA).id;
    world.presses(ANNA, "5 – отлично");
    world.toast("Спасибо");
    assert_eq!(
        told(&mut world),
        ["10: 5", "10: Оценка клиента: 5 – отлично"]
    );
    let shown = world
        .screen(ANNA)
        .iter()
        .find(|shown| shown.id == request)
        .unwrap()
        .clone();
    assert_eq!(
        shown.labels()[..2],
        ["Ваша оценка: 5 – отлично (изменить)", "💬 Ответить"]
    );
    assert!(shown.text().contains("Статус: Решена"), "the notice stays");
    world.sees(ANNA, "Спасибо за оценку");
    assert!(
        world
            .last(ANNA)
            .labels()
            .contains(&"➕ Новая заявка".into())
    );

    world.pushes(ANNA, request, "rate:10:1:5");
    world.toast("уже записана");
    assert_eq!(told(&mut world), Vec::<String>::new());

    world.waits(DAY);
    world.presses(ANNA, "изменить");
    world.presses(ANNA, "4 – хорошо");
    assert_eq!(
        told(&mut world),
        [
            "10: 4",
            "10: Клиент изменил оценку: было 5 – отлично, стало 4 – хорошо"
        ]
    );

    world.waits(1);
    world.presses(ANNA, "изменить");
    world.toast("нельзя");
    world.pushes(ANNA, request, "rate:10:1:1");
    world.toast("нельзя");
    assert_eq!(world.issues[&10].rating.as_ref().unwrap().score, score(4));
    world.idle();
    world.nothing_spins();
}

#[test]
fn rat_04_nobody_else_can_rate() {
    let mut world = completed();
    world.register(BORIS, 2);
    world.says(BORIS, "/menu");
    let menu = world.last(BORIS).id;
    world.pushes(BORIS, menu, "rate:10:1:1");
    world.toast("Такой заявки нет");
    assert!(world.issues[&10].rating.is_none());
    world.idle();
}

#[test]
fn rat_05_thanks_claim_nothing_and_an_outage_is_not_the_clients_trouble() {
    let mut world = completed();
    world.presses(ANNA, "5 – отлично");
    let thanks = world.last(ANNA).text();
    assert!(!thanks.contains("передан") && !thanks.contains("Okdesk"));
    let before = world.count(ANNA);
    world.okdesk(Outcome::Delayed);
    world.done(Reply::Nothing);
    world.okdesk(Outcome::Delayed);
    world.done(Reply::Nothing);
    assert_eq!(world.count(ANNA), before);
    world.idle();
}

#[test]
fn rat_06_07_a_low_score_asks_why_and_tells_the_people_in_charge() {
    let mut world = completed();
    world.rules.admin_chat = Some(ChatId(-9));
    world.presses(ANNA, "2 – плохо");
    assert_eq!(told(&mut world), ["10: 2"], "the note waits for the reason");
    assert!(world.last(User(-9)).text().contains("№ 10"));
    world.sees(ANNA, "Что нам стоит исправить?");
    world.says(ANNA, "ждал неделю");
    assert_eq!(
        told(&mut world),
        ["10: Оценка клиента: 2 – плохо<br>Причина: ждал неделю"]
    );
    assert!(world.last(User(-9)).text().contains("ждал неделю"));
    assert_eq!(
        world.issues[&10].rating.as_ref().unwrap().reason.as_deref(),
        Some("ждал неделю")
    );
    world.sees(ANNA, "Спасибо за оценку");
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    world.nothing_spins();
}

#[test]
fn rat_06_without_a_reason_the_note_goes_alone() {
    let note = "10: Оценка клиента: 3 – нормально".to_owned();
    for leave in 0..4 {
        let mut world = completed();
        world.presses(ANNA, "3 – нормально");
        assert_eq!(told(&mut world), ["10: 3"]);
        match leave {
            0 => world.presses(ANNA, "Пропустить"),
            1 => {
                world.says(ANNA, "/menu");
            }
            2 => world.waits(3_600_000),
            _ => world.presses(ANNA, "Ответить"),
        }
        assert_eq!(told(&mut world), std::slice::from_ref(&note), "way {leave}");
        world.waits(DAY);
        world.idle();
        world.nothing_spins();
    }
}

#[test]
fn rat_06_thinking_again_before_the_reason_leaves_one_note() {
    let mut world = completed();
    world.presses(ANNA, "1 – ужасно");
    world.presses(ANNA, "изменить");
    world.presses(ANNA, "5 – отлично");
    assert_eq!(
        told(&mut world),
        ["10: 1", "10: 5", "10: Оценка клиента: 5 – отлично"]
    );
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
}

#[test]
fn rat_06_a_rating_does_not_disturb_what_is_being_written() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world.says(ANNA, "/new");
    world.says(ANNA, "новая беда");
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    world.presses(ANNA, "1 – ужасно");
    assert_eq!(
        told(&mut world),
        ["10: 1", "10: Оценка клиента: 1 – ужасно"]
    );
    world.waits(2 * SECOND);
    world.sees(ANNA, "новая беда");
}

#[test]
fn rat_08_a_rating_in_the_portal_closes_the_request() {
    let mut world = completed();
    let request = world.last(ANNA).id;
    world.desk(
        facts(10, "completed"),
        contact(1),
        Happening::RatedInPortal("good".into()),
    );
    assert_eq!(world.issues[&10].portal_rating.as_deref(), Some("good"));
    world.pushes(ANNA, request, "rate:10:1:1");
    world.toast("нельзя");
    assert!(
        !world
            .last(ANNA)
            .labels()
            .iter()
            .any(|label| label.contains("отлично"))
            && world.issues[&10].rating.is_none()
    );
    world.idle();
}

#[test]
fn rat_08_the_echo_of_ones_own_rating_changes_nothing() {
    let mut world = completed();
    world.presses(ANNA, "5 – отлично");
    world.desk(
        facts(10, "completed"),
        contact(1),
        Happening::RatedInPortal("good".into()),
    );
    world.presses(ANNA, "изменить");
    world.presses(ANNA, "4 – хорошо");
    assert_eq!(world.issues[&10].rating.as_ref().unwrap().score, score(4));
    assert!(
        world
            .calls
            .iter()
            .all(|(_, call)| call.issue() == Some(IssueId::new(10)))
    );
}

#[test]
fn rat_06_a_picture_with_words_is_carried_and_not_swallowed_as_a_reason() {
    let mut world = completed();
    world.presses(ANNA, "2 – плохо");
    told(&mut world);
    world.attaches(ANNA, "остаток.jpg", "вот что осталось", None);
    world.waits(2_000);
    let kept = match world.dialog(ANNA) {
        Dialog::Loose(draft) => draft.files.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(kept, 1);
}
