use crate::world::*;
use okdesk_sdk::model::{Html, IssueId, StatusCode, Timestamp};
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);

fn world() -> World {
    World::with_client(ANNA, 1)
}

/// An issue the bridge knows.
fn with_issue(id: u64) -> World {
    let mut world = world();
    world.desk(facts(id, "opened"), contact(1), Happening::Created);
    world
}

fn create(world: &mut World) -> NewIssue {
    match world.call() {
        OkdeskCall::CreateIssue(new) => new,
        other => panic!("{other:?}"),
    }
}

#[test]
fn tic_01_one_text_becomes_an_issue_with_all_its_fields() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает <принтер> & сканер");
    world.waits(2 * SECOND);
    world.sees(ANNA, "Отправить заявку?");
    world.presses(ANNA, "Отправить");
    let new = create(&mut world);
    assert_eq!(new.title, "Не печатает <принтер> & сканер");
    assert_eq!(
        new.description,
        Html::from_text("Не печатает <принтер> & сканер")
    );
    assert_eq!(
        (
            new.contact.get(),
            new.company.map(|id| id.get()),
            new.maintenance_entity.map(|id| id.get())
        ),
        (1, Some(7), Some(70))
    );
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .all(|text| !text.contains("создана")),
        "not claimed before it is true"
    );
    world.done(created(10));
    world.sees(
        ANNA,
        "Заявка № 10 создана\nНе печатает <принтер> & сканер\n22.11.2026 12:00",
    );
    let link = world.last(ANNA).html;
    assert!(
        world.last(ANNA).labels().contains(&"🔗 На портале".into()),
        "{link}"
    );
    world.nothing_spins();
}

#[test]
fn tic_02_everything_written_before_send_is_one_issue() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.says(ANNA, "Сломался принтер");
    world.attaches(ANNA, "1.jpg", "вид спереди", Some("album"));
    world.attaches(ANNA, "2.jpg", "", Some("album"));
    world.waits(2 * SECOND);
    world.sees(ANNA, "2 файла");
    world.attaches(ANNA, "voice.ogg", "", None);
    world.says(ANNA, "срочно");
    world.waits(2 * SECOND);
    world.sees(ANNA, "3 файла");
    world.presses(ANNA, "Отправить");
    let new = create(&mut world);
    assert_eq!(
        new.description,
        Html::from_text("Сломался принтер\nвид спереди\nсрочно")
    );
    assert_eq!(
        new.files
            .iter()
            .map(|file| file.name.as_str())
            .collect::<Vec<_>>(),
        ["1.jpg", "2.jpg", "voice.ogg"]
    );
    world.calls.clear();
    world.idle();
}

#[test]
fn tic_03_a_file_alone_gives_a_title() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.attaches(ANNA, "акт.pdf", "", None);
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    assert_eq!(create(&mut world).title, "Файл: акт.pdf");
}

#[test]
fn tic_04_06_a_second_press_and_a_second_message_make_nothing() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает");
    world.waits(2 * SECOND);
    let prompt = world.last(ANNA);
    world.presses(ANNA, "Отправить");
    world.pushes(ANNA, prompt.id, "submit");
    world.toast("уже отправлено");
    assert_eq!(world.calls.len(), 1);
    // The dialog is closed before anything is known of the answer.
    world.says(ANNA, "спасибо");
    world.waits(2 * SECOND);
    assert_eq!(world.calls.len(), 1);
    world.sees(ANNA, "Что с этим сделать?");
    world.nothing_spins();
}

#[test]
fn fai_05_an_outage_is_told_once_and_the_issue_comes() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    world.okdesk(Outcome::Delayed);
    world.sees(ANNA, "принята и будет передана");
    let before = world.count(ANNA);
    world.done(created(10));
    world.sees(ANNA, "Заявка № 10 создана");
    assert_eq!(world.count(ANNA), before + 1);
}

#[test]
fn fai_07_a_refused_issue_is_said_and_its_text_kept() {
    let mut world = world();
    world.rules.admin_chat = Some(ChatId(-9));
    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает\nсовсем");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    world.fails(FailureKind::Invalid, Some("type"));
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .any(|text| text.contains("не удалось"))
    );
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .all(|text| !text.contains("подробности")),
        "Okdesk's words are for the admin"
    );
    assert!(world.last(User(-9)).text().contains("type\nподробности"));
    world.sees(ANNA, "Не печатает\nсовсем");
    world.presses(ANNA, "Отправить");
    assert_eq!(
        create(&mut world).description,
        Html::from_text("Не печатает\nсовсем")
    );
}

#[test]
fn fil_07_lost_files_are_named_to_both_sides() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.attaches(ANNA, "a.pdf", "вот", None);
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    let lost = vec![LostFile {
        name: "a.pdf".into(),
        reason: LostReason::Refused,
    }];
    world.done(Reply::IssueCreated {
        issue: facts(10, "opened"),
        lost,
    });
    world.sees(ANNA, "Не все файлы попали");
    world.sees(ANNA, "a.pdf");
    assert!(
        matches!(world.call(), OkdeskCall::CreateNote { issue, content } if issue.get() == 10 && content.as_str().contains("a.pdf"))
    );
}

#[test]
fn tic_07_loose_words_are_never_lost() {
    let mut world = with_issue(10);
    world.says(ANNA, "А ещё не работает сканер");
    world.attaches(ANNA, "scan.jpg", "", None);
    world.waits(2 * SECOND);
    world.sees(ANNA, "А ещё не работает сканер");
    let labels = world.last(ANNA).labels();
    assert_eq!(
        labels,
        ["➕ Создать заявку", "✖️ Не отправлять"],
        "no issue was talked about yet"
    );
    world.presses(ANNA, "Создать заявку");
    let new = create(&mut world);
    assert_eq!(
        (new.title.as_str(), new.files.len()),
        ("А ещё не работает сканер", 1)
    );
    world.done(created(11));

    world.says(ANNA, "и факс");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Добавить к № 11");
    assert!(
        matches!(world.call(), OkdeskCall::CreateComment(new) if new.issue.get() == 11 && new.content == Html::from_text("и факс"))
    );
    world.done(commented(1));

    world.says(ANNA, "ой, не то");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Не отправлять");
    world.sees(ANNA, "ничего не отправлено");
    world.idle();
    world.nothing_spins();
}

fn list_of(ids: std::ops::RangeInclusive<u64>, more: bool) -> Reply {
    let issues = ids.map(|id| IssueFacts {
        title: format!("{} <b>_*`[{id}]", "длинное название ".repeat(15)),
        ..facts(id, "странный")
    });
    Reply::Issues {
        issues: issues.collect(),
        more,
    }
}

#[test]
fn tic_08_09_lists_are_turned_in_place_and_show_any_title() {
    let mut world = world();
    world.says(ANNA, "/menu");
    world.presses(ANNA, "Открытые");
    let menu = world.last(ANNA).id;
    assert!(
        matches!(world.call(), OkdeskCall::ListIssues { scope: Scope::Open, page: 0, at: Some(at), .. } if at == menu)
    );
    world.done(list_of(1..=8, true));
    let list = world.last(ANNA);
    assert_eq!(list.id, menu);
    assert_eq!(
        list.labels()
            .iter()
            .filter(|label| label.contains("№ "))
            .count(),
        8
    );
    assert!(
        list.labels().contains(&"Дальше →".into()) && !list.labels().contains(&"← Назад".into())
    );
    world.presses(ANNA, "Дальше");
    assert!(matches!(
        world.call(),
        OkdeskCall::ListIssues { page: 1, .. }
    ));
    world.done(list_of(9..=10, false));
    assert!(
        world.last(ANNA).labels().contains(&"← Назад".into())
            && !world.last(ANNA).labels().contains(&"Дальше →".into())
    );
    world.presses(ANNA, "Завершённые");
    world.done(Reply::Issues {
        issues: vec![],
        more: false,
    });
    world.sees(ANNA, "Здесь пока ничего нет");
    world.nothing_spins();
}

#[test]
fn tic_09_titles_appear_literally() {
    let mut world = world();
    world.says(ANNA, "/issues");
    let title = "<b> & _x_ *y* `z` [w](http://u) >";
    world.done(Reply::Issues {
        issues: vec![IssueFacts {
            title: title.into(),
            ..facts(1, "opened")
        }],
        more: false,
    });
    world.sees(ANNA, title);
}

fn show(world: &mut World, facts: IssueFacts, last: Option<&str>) {
    let last_comment = last.map(|html| LastComment {
        author: "Пётр Мастер".into(),
        content: Html::new(html),
    });
    world.done(Reply::Issue {
        issue: facts,
        last_comment,
    });
}

#[test]
fn tic_12_a_card_shows_everything_and_refreshes_quietly() {
    let mut world = world();
    world.says(ANNA, "/issues");
    world.done(Reply::Issues {
        issues: vec![facts(10, "work")],
        more: false,
    });
    let list = world.last(ANNA).id;
    world.presses(ANNA, "№ 10");
    show(&mut world, facts(10, "work"), Some("<p>Еду</p>"));
    let card = world.last(ANNA);
    assert_eq!(card.id, list, "in place of the list");
    for words in [
        "Заявка № 10",
        "Не печатает <принтер> & сканер",
        "Статус: В работе",
        "Пётр Мастер",
        "Еду",
        "Данные на 22.11.2026 12:00",
    ] {
        world.sees(ANNA, words);
    }
    world.waits(60 * SECOND);
    world.presses(ANNA, "Обновить");
    show(&mut world, facts(10, "work"), Some("<p>Еду</p>"));
    world.toast("Изменений нет");
    assert_eq!(world.last(ANNA).html, card.html);
    world.presses(ANNA, "Обновить");
    show(&mut world, facts(10, "completed"), Some("<p>Еду</p>"));
    world.sees(ANNA, "Статус: Решена");
    world.presses(ANNA, "Обновить");
    world.okdesk(Outcome::Delayed);
    world.toast("не отвечает");
    assert_eq!(world.count(ANNA), 1);
    world.nothing_spins();
}

#[test]
fn sec_03_a_foreign_issue_is_like_none() {
    let mut world = world();
    world.desk(foreign(66), employee(3), Happening::Created);
    world.says(ANNA, "/menu");
    let menu = world.last(ANNA).id;
    world.issues.get_mut(&66).unwrap().completions = 1;
    // Known to the bridge and somebody else's; unknown and somebody else's; not there at all.
    for data in [
        "issue:66",
        "card:66",
        "comment:66",
        "add:66",
        "rate:66:1:5",
        "rerate:66:1",
        "close:66",
        "close-now:66",
    ] {
        world.pushes(ANNA, menu, data);
        world.toast("Такой заявки нет");
        world.idle();
    }
    world.pushes(ANNA, menu, "issue:67");
    show(&mut world, foreign(67), Some("тайна"));
    world.toast("Такой заявки нет");
    world.pushes(ANNA, menu, "issue:68");
    world.fails(FailureKind::NotFound, None);
    world.toast("Такой заявки нет");
    for data in ["card:67", "comment:67", "rate:67:1:5"] {
        world.pushes(ANNA, menu, data);
        show(&mut world, foreign(67), Some("тайна"));
        world.sees(ANNA, "Такой заявки нет");
    }
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .all(|text| !text.contains("тайна"))
    );
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    assert!(world.issues[&66].rating.is_none());
    world.idle();
    world.nothing_spins();
}

#[test]
fn sec_04_made_up_buttons_change_nothing_and_are_answered() {
    let mut world = with_issue(10);
    world.issues.get_mut(&10).unwrap().completions = 1;
    world.says(ANNA, "/menu");
    let menu = world.last(ANNA).id;
    let before = (world.chats.clone(), world.issues.clone());
    for data in [
        "",
        "rate:10:1:999",
        "rate:10:1:0",
        "rate:10:1:5x",
        "rate:10:2:5",
        "rate:10:0:5",
        "issue:0",
        "issue:-1",
        "object:5",
        "objects:0",
        "consent:1",
        "confirm:1",
        "register:person",
        "skip",
        "cancel",
        "x:y:z",
        "menu:1",
        "submit",
        "discard",
        "add:10",
        "🙂",
        "open:99999",
    ] {
        world.pushes(ANNA, menu, data);
        world.nothing_spins();
        world.idle();
    }
    assert_eq!(before, (world.chats.clone(), world.issues.clone()));
}

#[test]
fn com_02_a_stranger_writes_to_no_issue() {
    let mut world = World::new();
    let stranger = User(77);
    world.says(stranger, "привет");
    let shown = world.last(stranger);
    for data in [
        "new",
        "issue:10",
        "comment:10",
        "submit",
        "open:0",
        "portal",
    ] {
        world.pushes(stranger, shown.id, data);
    }
    world.nothing_spins();
    world.idle();
}

#[test]
fn fil_04_05_what_cannot_be_carried_is_said_and_the_words_still_go() {
    let mut world = world();
    world.says(ANNA, "/new");
    let mut film = file("film.mkv");
    film.size = Some(21 * 1024 * 1024);
    let message = Message {
        content: Content::File(film),
        text: "вот видео".into(),
        ..world.message(ANNA)
    };
    world.sends(message);
    world.sees(ANNA, "«film.mkv» больше 20 МБ");
    assert!(
        world
            .last(ANNA)
            .labels()
            .contains(&"🔗 Открыть портал".into())
    );
    let message = Message {
        content: Content::Unsupported("dice".into()),
        text: "кубик".into(),
        ..world.message(ANNA)
    };
    world.sends(message);
    world.sees(ANNA, "передать в заявку нельзя");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    let new = create(&mut world);
    assert_eq!(
        (new.description, new.files),
        (Html::from_text("вот видео\nкубик"), vec![])
    );
}

#[test]
fn fil_03_places_polls_and_cards_become_words() {
    let mut world = world();
    world.says(ANNA, "/new");
    let described =
        Content::Described("55.750000, 37.610000\nhttps://www.openstreetmap.org/".into());
    let message = Message {
        content: described,
        ..world.message(ANNA)
    };
    world.sends(message);
    world.shares_card(ANNA, None, "+79990000000");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    let text = create(&mut world).description;
    assert!(
        text.as_str().contains("55.750000, 37.610000")
            && text.as_str().contains("Анна, +79990000000")
    );
}

fn completed_at(at: &str) -> IssueFacts {
    IssueFacts {
        completed_at: Some(Timestamp::new(at)),
        ..facts(10, "completed")
    }
}

fn complete(world: &mut World, at: &str) -> Shown {
    world.desk(completed_at(at), employee(3), moved("opened", "completed"));
    world.last(ANNA)
}

#[test]
fn tic_13_a_comment_reopens_a_fresh_issue_if_so_configured() {
    let mut world = with_issue(10);
    world.rules.reopen_to = Some(StatusCode::new("opened"));
    let notice = complete(&mut world, "2026-11-20T09:00:00+00:00");
    world.replies(ANNA, &notice, "опять сломалось");
    world.waits(2 * SECOND);
    assert!(matches!(world.call(), OkdeskCall::CreateComment(_)));
    world.done(commented(1));
    assert_eq!(
        world.call(),
        OkdeskCall::ChangeStatus {
            issue: IssueId::new(10),
            to: StatusCode::new("opened"),
            comment: None
        }
    );
}

#[test]
fn tic_13_an_old_issue_is_continued_by_a_new_one() {
    let mut world = with_issue(10);
    let notice = complete(&mut world, "2026-11-01T09:00:00+00:00");
    world.replies(ANNA, &notice, "опять сломалось");
    world.waits(2 * SECOND);
    world.idle();
    world.sees(ANNA, "завершена давно");
    world.presses(ANNA, "Создать заявку");
    let new = create(&mut world);
    assert_eq!(new.title, "опять сломалось");
    assert_eq!(
        new.description.as_str(),
        "Продолжение заявки № 10<br>опять сломалось"
    );
}

#[test]
fn tic_14_closing_needs_a_word_and_a_right() {
    for (close_to, changes) in [(Some("closed"), true), (None, false)] {
        let mut world = with_issue(10);
        world.rules.close_to = close_to.map(StatusCode::new);
        world.desk(
            facts(10, "opened"),
            employee(3),
            Happening::Comment(comment(1, "готово")),
        );
        world.presses(ANNA, "Открыть");
        show(&mut world, facts(10, "opened"), None);
        world.presses(ANNA, "Закрыть заявку");
        world.sees(ANNA, "Закрыть заявку № 10?");
        world.idle();
        world.presses(ANNA, "Да, вопрос решён");
        match world.call() {
            OkdeskCall::ChangeStatus {
                to,
                comment: Some(comment),
                ..
            } => {
                assert!(changes && to.as_str() == "closed" && comment.as_str().contains("решён"));
                world.fails(FailureKind::Forbidden, None);
                assert!(
                    matches!(world.call(), OkdeskCall::CreateComment(new) if new.content.as_str().contains("Прошу закрыть"))
                );
            }
            OkdeskCall::CreateComment(new) => {
                assert!(!changes && new.content.as_str().contains("Прошу закрыть"))
            }
            other => panic!("{other:?}"),
        }
        world.nothing_spins();
    }
}

#[test]
fn sec_06_the_portal_link_is_personal_and_honest() {
    let mut world = world();
    world.says(ANNA, "/menu");
    world.presses(ANNA, "Войти на портал");
    world.done(Reply::LoginLink(
        "https://portal.example.com/login?t=1".into(),
    ));
    let shown = world.last(ANNA);
    assert!(
        shown.protected && !shown.html.contains("login?t=1"),
        "on the button only"
    );
    assert!(
        !serde_json::to_string(&world.chats)
            .unwrap()
            .contains("login?t=1"),
        "stored nowhere"
    );
    world.says(ANNA, "/menu");
    world.presses(ANNA, "Войти на портал");
    world.fails(FailureKind::Forbidden, None);
    world.sees(ANNA, "обычный адрес портала");
}

#[test]
fn reg_15_commands_leave_a_draft_and_say_so() {
    let mut world = world();
    world.says(ANNA, "/new");
    world.says(ANNA, "черновик");
    world.says(ANNA, "/menu");
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .any(|text| text.contains("Написанное удалено"))
    );
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    world.waits(2 * SECOND);
    world.sees(ANNA, "чем помочь");
    world.says(ANNA, "/unknown");
    world.sees(ANNA, "Такой команды нет");
    world.says(ANNA, "/etc/hosts не открывается");
    world.waits(2 * SECOND);
    world.sees(ANNA, "/etc/hosts не открывается");
    world.idle();
}
