use crate::world::*;
use okdesk_sdk::model::{AuthorKind, CommentId, Html, Timestamp};
use proptest::prelude::*;
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);

fn with_issue() -> World {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world
}

#[test]
fn com_04_a_staff_comment_arrives_once_and_whole() {
    let mut world = with_issue();
    let long = format!(
        "<p>Начало</p>{}<p>Конец</p>",
        "<p>Середина &amp; &lt;ещё&gt;</p>".repeat(700)
    );
    for _ in 0..3 {
        world.desk(
            facts(10, "opened"),
            employee(3),
            Happening::Comment(comment(1, &long)),
        );
    }
    let screen = world.screen(ANNA);
    let whole: String = screen
        .iter()
        .map(Shown::text)
        .collect::<Vec<_>>()
        .join("\n\n");
    assert!(
        whole.starts_with("💬 Пётр Мастер, заявка № 10 «Не печатает <принтер> & сканер»\n\nНачало")
    );
    assert!(whole.ends_with("Конец"));
    assert_eq!(whole.matches("Середина & <ещё>").count(), 700);
    let (last, parts) = screen.split_last().unwrap();
    assert!(
        parts.len() > 1 && parts.iter().all(|part| part.keyboard.is_none()),
        "buttons on the last part only"
    );
    assert_eq!(
        last.labels(),
        ["💬 Ответить", "📄 Открыть", "🔗 На портале"]
    );
    assert!(
        screen
            .iter()
            .all(|part| part.about.is_some_and(|about| about.issue.get() == 10)),
        "every part can be answered"
    );
}

#[test]
fn com_04_every_linked_chat_of_the_client_hears_it() {
    let mut world = with_issue();
    let other = User(5_000_000_009);
    world.register(other, 1);
    world.register(User(8), 2);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "готово")),
    );
    world.sees(ANNA, "готово");
    world.sees(other, "готово");
    assert_eq!(world.count(User(8)), 0);
}

#[test]
fn com_08_ones_own_comment_is_not_echoed_whenever_its_event_comes() {
    for before_the_answer in [true, false] {
        let mut world = with_issue();
        world.desk(
            facts(10, "opened"),
            employee(3),
            Happening::Comment(comment(1, "вопрос")),
        );
        let notice = world.last(ANNA);
        world.replies(ANNA, &notice, "ответ");
        world.waits(2 * SECOND);
        let event = Happening::Comment(comment(2, "ответ"));
        // Written through the bridge it bears the client's name, or in some accounts that of the key's owner.
        let author = if before_the_answer {
            contact(1)
        } else {
            employee(9)
        };
        if before_the_answer {
            world.desk(facts(10, "opened"), author, event);
            world.done(commented(2));
        } else {
            world.done(commented(2));
            world.desk(facts(10, "opened"), author, event);
        }
        world.sees(ANNA, "✓ Передано");
        assert_eq!(
            world
                .texts_of(ANNA)
                .iter()
                .filter(|text| text.contains("ответ"))
                .count(),
            0
        );
    }
}

#[test]
fn com_09_an_employee_with_the_contacts_number_is_heard() {
    let mut world = with_issue();
    world.desk(
        facts(10, "opened"),
        employee(1),
        Happening::Comment(comment(1, "готово")),
    );
    world.sees(ANNA, "готово");
    let unknown = Some(Person {
        kind: AuthorKind::from("robot"),
        id: 1,
        name: String::new(),
    });
    world.desk(
        facts(10, "opened"),
        unknown,
        Happening::Comment(comment(2, "и проверено")),
    );
    world.sees(ANNA, "Сотрудник поддержки");
    world.sees(ANNA, "и проверено");
}

#[test]
fn com_10_files_without_words_arrive() {
    let mut world = with_issue();
    let silent = PublicComment {
        files: vec![remote(5, "схема.pdf")],
        ..comment(1, "<p>&nbsp;</p>")
    };
    world.desk(facts(10, "opened"), employee(3), Happening::Comment(silent));
    world.sees(ANNA, "Пётр Мастер: файлы к заявке № 10");
    let (chat, issue, files, caption) = world.files[0].clone();
    assert_eq!(
        (chat, issue.get(), files[0].name.as_str()),
        (ANNA.0, 10, "схема.pdf")
    );
    assert!(caption.contains("№ 10") && caption.contains("Пётр Мастер"));
}

#[test]
fn com_11_a_status_brings_its_comment_along() {
    let mut world = with_issue();
    let words = PublicComment {
        files: vec![remote(5, "акт.pdf")],
        ..comment(1, "Заменили картридж")
    };
    let both = Happening::Status {
        from: Some(status("opened")),
        to: status("completed"),
        comment: Some(words.clone()),
        files: vec![remote(6, "чек.pdf")],
    };
    world.desk(facts(10, "completed"), employee(3), both);
    assert_eq!(world.count(ANNA), 1, "one message");
    world.sees(ANNA, "Статус: Решена");
    world.sees(ANNA, "Пётр Мастер\nЗаменили картридж");
    world.sees(ANNA, "Оцените");
    assert_eq!(world.files[0].2.len(), 2);
    // The same comment by an event of its own, and the same files.
    world.desk(
        facts(10, "completed"),
        employee(3),
        Happening::Comment(words),
    );
    world.desk(
        facts(10, "completed"),
        employee(3),
        Happening::Files(vec![remote(5, "акт.pdf"), remote(6, "чек.pdf")]),
    );
    assert_eq!((world.count(ANNA), world.files.len()), (1, 1));
}

#[test]
fn com_11_the_comment_may_come_first() {
    let mut world = with_issue();
    world.desk(
        facts(10, "completed"),
        employee(3),
        Happening::Comment(comment(1, "Заменили картридж")),
    );
    let both = Happening::Status {
        from: Some(status("opened")),
        to: status("completed"),
        comment: Some(comment(1, "Заменили картридж")),
        files: vec![],
    };
    world.desk(facts(10, "completed"), employee(3), both);
    world.sees(ANNA, "Статус: Решена");
    assert_eq!(
        world
            .texts_of(ANNA)
            .iter()
            .filter(|text| text.contains("картридж"))
            .count(),
        1
    );
}

#[test]
fn fil_13_files_without_a_comment_arrive_once() {
    let mut world = with_issue();
    for _ in 0..2 {
        world.desk(
            facts(10, "opened"),
            employee(3),
            Happening::Files(vec![remote(5, "a.png"), remote(6, "b.png")]),
        );
    }
    assert_eq!((world.count(ANNA), world.files.len()), (1, 1));
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Files(vec![remote(6, "b.png"), remote(7, "c.png")]),
    );
    assert_eq!(world.files[1].2, [remote(7, "c.png")]);
    world.desk(
        facts(10, "opened"),
        contact(1),
        Happening::Files(vec![remote(8, "own.png")]),
    );
    assert_eq!(world.files.len(), 2, "one's own files are no news");
}

#[test]
fn not_01_02_03_a_status_is_a_new_message_under_okdesks_name() {
    let mut world = with_issue();
    world.desk(
        facts(10, "странный код"),
        employee(3),
        moved("opened", "странный код"),
    );
    world.sees(ANNA, "Статус: странный код");
    world.desk(
        facts(10, "work"),
        employee(3),
        moved("странный код", "work"),
    );
    world.sees(ANNA, "Статус: В работе");
    assert_eq!(world.count(ANNA), 2);
    for (from, to) in [("opened", "странный код"), ("странный код", "work")] {
        world.desk(facts(10, to), employee(3), moved(from, to));
    }
    assert_eq!(world.count(ANNA), 2);
    // What reading finds needs no beginning.
    let read = |to| Happening::Status {
        from: None,
        to: status(to),
        comment: None,
        files: vec![],
    };
    world.desk(facts(10, "work"), None, read("work"));
    assert_eq!(world.count(ANNA), 2);
    world.desk(facts(10, "completed"), None, read("completed"));
    world.sees(ANNA, "Статус: Решена");
}

#[test]
fn not_04_an_issue_made_for_the_client_is_told_and_ones_own_is_not() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(11, "opened"), employee(3), Happening::Created);
    world.sees(ANNA, "Для вас зарегистрирована заявка № 11");
    world.desk(facts(11, "opened"), employee(3), Happening::Created);
    assert_eq!(world.count(ANNA), 1);
    world.desk(facts(12, "opened"), contact(1), Happening::Created);
    assert_eq!(world.count(ANNA), 1);
    // Made through the bridge, and the webhook is faster than the answer.
    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает <принтер> & сканер");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    let before = world.count(ANNA);
    world.desk(facts(13, "opened"), employee(9), Happening::Created);
    assert_eq!(world.count(ANNA), before);
    world.done(created(13));
    world.sees(ANNA, "Заявка № 13 создана");
}

#[test]
fn not_05_deleted_and_unknown_events_say_nothing() {
    let mut world = with_issue();
    for happening in [
        Happening::Other("new_magic_completed".into()),
        Happening::Assignee,
        Happening::Deadline,
        Happening::Deleted,
    ] {
        world.desk(facts(10, "opened"), employee(3), happening);
    }
    assert_eq!(world.count(ANNA), 0);
    assert!(world.issues[&10].deleted);
    world.desk(
        facts(10, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    assert_eq!(world.count(ANNA), 0);
}

#[test]
fn not_07_a_blocked_bot_is_silent_staff_know_and_nothing_is_lost() {
    let mut world = with_issue();
    let moves = |world: &mut World, reachable| {
        let membership = Membership {
            chat: ChatId(ANNA.0),
            from: sender(ANNA),
            reachable,
            lost: None,
        };
        world.happens(Event::Telegram(Box::new(Update::Membership(membership))));
    };
    moves(&mut world, false);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "первый")),
    );
    assert!(
        matches!(world.call(), OkdeskCall::CreateNote { issue, content } if issue.get() == 10 && content.as_str().contains("недоступен"))
    );
    world.done(Reply::Nothing);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(2, "второй")),
    );
    world.desk(facts(11, "opened"), employee(3), Happening::Created);
    world.done(Reply::Nothing);
    world.idle();
    assert_eq!(world.count(ANNA), 0);
    moves(&mut world, true);
    assert_eq!(world.count(ANNA), 1);
    world.sees(ANNA, "новости по 2 заявкам");
    assert_eq!(world.last(ANNA).labels(), ["Заявка № 11", "Заявка № 10"]);
    moves(&mut world, true);
    assert_eq!(world.count(ANNA), 1);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(3, "третий")),
    );
    world.sees(ANNA, "третий");
}

#[test]
fn not_09_a_group_is_told_to_write_in_private() {
    let mut world = World::new();
    let group = User(-100_500);
    world.says(group, "всем привет");
    assert_eq!(world.count(group), 0);
    world.says(group, "/start@our_bot");
    world.sees(group, "личные сообщения");
    assert!(world.chats.is_empty());
}

/// The statuses of an issue on its straight way.
const WAY: [&str; 4] = ["opened", "work", "waiting", "completed"];
/// How many things happen to it.
const HAPPENINGS: usize = 10;

/// One of the things that happen to an issue on its straight way.
fn happening(index: usize) -> (IssueFacts, Option<Person>, Happening) {
    let by_staff = |facts, happening| (facts, employee(3), happening);
    match index {
        0 => by_staff(facts(10, "opened"), Happening::Created),
        1..=3 => {
            let (from, to) = (WAY[index - 1], WAY[index]);
            let words = PublicComment {
                id: CommentId::new(index as u64),
                content: Html::new(format!("слова {index}.")),
                files: vec![],
                at: None,
            };
            let comment = (index != 2).then_some(words);
            let change = Happening::Status {
                from: Some(status(from)),
                to: status(to),
                comment,
                files: vec![remote(index as u64, "файл")],
            };
            by_staff(facts(10, to), change)
        }
        4 | 5 => {
            let words = PublicComment {
                files: vec![remote(index as u64, "файл")],
                ..comment(index as u64, &format!("слова {index}."))
            };
            by_staff(facts(10, "work"), Happening::Comment(words))
        }
        // The comment of a status by an event of its own, as reading the list finds it.
        6 => by_staff(
            facts(10, "completed"),
            Happening::Comment(PublicComment {
                at: Some(Timestamp::new("2026-11-22T12:00:00.000+03:00")),
                ..comment(3, "слова 3.")
            }),
        ),
        7 => by_staff(
            facts(10, "work"),
            Happening::Files(vec![remote(1, "файл"), remote(7, "файл")]),
        ),
        8 => {
            let own = PublicComment {
                files: vec![remote(8, "файл")],
                ..comment(8, "слова 8.")
            };
            (facts(10, "work"), contact(1), Happening::Comment(own))
        }
        _ => by_staff(facts(10, "waiting"), Happening::Assignee),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Webhooks repeat, overtake each other and meet the reconciler, who sees where the issue is now; the client reads the
    /// same: every word and every file once, statuses only forwards and to the end, one request for a rating.
    #[test]
    fn not_02_any_order_and_repetition_of_events_tells_the_same(
        order in Just((0..HAPPENINGS).collect::<Vec<_>>()).prop_shuffle(),
        again in prop::collection::vec((0..HAPPENINGS, any::<prop::sample::Index>()), 0..12),
        looks in prop::collection::vec(prop::option::weighted(0.2, 0..WAY.len()), 2 * HAPPENINGS + 2),
        pressed in any::<bool>(),
    ) {
        let mut events = order;
        for (event, at) in again {
            events.insert(at.index(events.len() + 1), event);
        }
        let mut world = World::with_client(ANNA, 1);
        world.chats.get_mut(&ANNA.0).unwrap().settings.assignee = true;
        // Where the issue is by now, whoever has heard of it.
        let mut now = 0;
        for (event, look) in events.iter().zip(looks) {
            if let Some(look) = look.filter(|_| !world.issues.is_empty()) {
                now = now.max(look);
                let found = Happening::Status { from: None, to: status(WAY[now]), comment: None, files: vec![] };
                if now > 0 {
                    world.desk(facts(10, WAY[now]), None, found);
                }
            }
            now = now.max(match event { 1..=3 => *event, _ => 0 });
            let (facts, author, happening) = happening(*event);
            world.desk(facts, author, happening);
            let asked = world.screen(ANNA).iter().any(|shown| shown.text().contains("Оцените"));
            if pressed && asked && world.issues[&10].rating.is_none() {
                world.presses(ANNA, "5 –");
            }
        }
        let texts = world.texts_of(ANNA);
        for (words, times) in [(1, 1), (3, 1), (4, 1), (5, 1), (8, 0)] {
            let words = format!("слова {words}.");
            prop_assert_eq!(texts.iter().filter(|text| text.contains(&words)).count(), times, "{}: {:?}", words, texts);
        }
        let codes = ["В работе", "waiting", "Решена"];
        let told: Vec<usize> = texts
            .iter()
            .filter(|text| text.starts_with('🔔'))
            .map(|text| codes.iter().position(|code| text.contains(&format!("Статус: {code}"))).unwrap())
            .collect();
        prop_assert!(told.windows(2).all(|pair| pair[0] < pair[1]), "an older status after a newer one: {:?}", texts);
        prop_assert_eq!(told.last(), Some(&2), "the last status is told");
        prop_assert_eq!(texts.iter().filter(|text| text.contains("Оцените")).count(), 1);
        for head in ["🆕", "👤"] {
            prop_assert!(texts.iter().filter(|text| text.starts_with(head)).count() <= 1, "{}: {:?}", head, texts);
        }
        let mut files: Vec<u64> = world.files.iter().flat_map(|(_, _, files, _)| files).map(|file| file.id.get()).collect();
        files.sort_unstable();
        prop_assert_eq!(files, [1, 2, 3, 4, 5, 7]);
        let issue = &world.issues[&10];
        prop_assert_eq!(issue.completions, 1);
        prop_assert_eq!(issue.facts.status.code.as_str(), "completed");
        // What was pressed before later events came stands, and was passed on once.
        let rated = world.calls.iter().filter(|(_, call)| matches!(call, OkdeskCall::Rate { .. })).count();
        prop_assert_eq!(rated, usize::from(pressed));
        prop_assert_eq!(issue.rating.as_ref().map(|rating| rating.score.get()), pressed.then_some(5));
    }
}

#[test]
fn not_05_an_event_that_is_not_understood_replaces_nothing_known() {
    let mut world = with_issue();
    let before = world.issues[&10].clone();
    let mut empty = facts(10, "opened");
    empty.title.clear();
    empty.contact = None;
    world.desk(empty, None, Happening::Other("new_magic".into()));
    assert_eq!(world.issues[&10], before);
}
