use crate::world::*;
use okdesk_sdk::model::Timestamp;
use tg_bridge::reaction::*;
use tg_bridge::report::Record;
use tg_bridge::roles::{Role, Roles};
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);
const CHIEF: User = User(5_000_000_009);

fn with_chief() -> World {
    let mut world = World::with_client(ANNA, 1);
    let chief = (UserId(CHIEF.0), Role::Admin);
    world.rules.roles = [chief].into_iter().collect::<Roles>();
    world
}

#[test]
fn sta_01_what_is_asked_for_is_settled_when_it_is_asked() {
    let mut world = with_chief();
    // In Moscow the next day has begun, in Greenwich it has not.
    world.waits(DAY / 2 + SECOND);
    world.says(CHIEF, "/stats вчера компания: Ромашка");
    world.says(CHIEF, "/export today hours: 9-18");
    let asked: Vec<_> = world
        .reports
        .iter()
        .map(|(chat, what, filter, _)| {
            let hours = filter.hours.map(|hours| hours.to_string());
            (
                *chat,
                *what,
                filter.period.to_string(),
                filter.company.clone(),
                hours,
            )
        })
        .collect();
    let yesterday = |what| {
        let company = Some("Ромашка".to_owned());
        (
            CHIEF.0,
            what,
            "2026-11-22..2026-11-22".to_owned(),
            company,
            None,
        )
    };
    let today = (
        CHIEF.0,
        Report::Table,
        "2026-11-23..2026-11-23".to_owned(),
        None,
        Some("mon-fri 09:00-18:00".to_owned()),
    );
    assert_eq!(
        asked,
        [yesterday(Report::Text), yesterday(Report::Chart), today]
    );
    world.idle();
}

#[test]
fn sta_05_only_the_role_counts_and_not_who_is_registered() {
    let mut world = with_chief();
    for command in ["/stats", "/export all", "/stats nonsense"] {
        world.says(ANNA, command);
        let told = world.last(ANNA);
        world.says(ANNA, "/nonsense");
        assert_eq!(told.html, world.last(ANNA).html, "{command}");
    }
    assert!(world.reports.is_empty());
    world.says(CHIEF, "/stats nonsense");
    world.sees(CHIEF, "Как спросить: /stats");
}

#[test]
fn sta_01_the_first_answer_is_the_earliest_however_late_it_is_found() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    let at = |id: u64, time: &str| PublicComment {
        at: Some(Timestamp::new(time)),
        ..comment(id, "едем")
    };
    world.waits(10 * SECOND);
    for (id, time) in [
        (2, "2026-11-22T09:00:05Z"),
        (1, "2026-11-22T09:00:03Z"),
        (3, "2026-11-22T09:00:07Z"),
    ] {
        world.desk(
            facts(10, "opened"),
            employee(3),
            Happening::Comment(at(id, time)),
        );
    }
    assert_eq!(
        world.issues[&10].moments.first_answer_at,
        Some(NOON + 3 * SECOND)
    );
}

#[test]
fn rat_01_an_issue_that_is_heard_of_when_it_is_completed_already_asks_once() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "completed"), employee(3), Happening::Created);
    world.sees(ANNA, "Для вас зарегистрирована");
    world.sees(ANNA, "Оцените");
    assert_eq!((world.issues[&10].completions, world.count(ANNA)), (1, 1));
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    world.desk(
        facts(10, "closed"),
        employee(3),
        moved("completed", "closed"),
    );
    assert!(!world.last(ANNA).text().contains("Оцените"));
    assert_eq!(world.issues[&10].completions, 1);
}

#[test]
fn sta_01_a_card_does_not_take_the_companys_name_away() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world.says(ANNA, "/issues");
    world.done(Reply::Issues {
        issues: vec![facts(10, "opened")],
        more: false,
    });
    world.presses(ANNA, "№ 10");
    // Reading one issue gives the company's number only.
    let mut bare = facts(10, "opened");
    bare.company.as_mut().unwrap().name.clear();
    world.done(Reply::Issue {
        issue: bare,
        last_comment: None,
    });
    world.sees(ANNA, "Организация: ООО Ромашка");
    let row = Record::from(&world.issues[&10]);
    assert_eq!(row.company.as_deref(), Some("ООО Ромашка"));
}
