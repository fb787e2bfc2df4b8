use crate::world::*;
use okdesk_sdk::model::{ContactId, Html, IssueId, StatusCode, Timestamp};
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);

/// Issue 10 of Anna and a staff comment on it.
fn with_comment() -> (World, Shown) {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "Какая модель?")),
    );
    let notice = world.last(ANNA);
    (world, notice)
}

fn issue_of(world: &mut World) -> NewIssue {
    match world.call() {
        OkdeskCall::CreateIssue(new) => new,
        other => panic!("{other:?}"),
    }
}

fn comment_of(world: &mut World) -> (u64, Html) {
    match world.call() {
        OkdeskCall::CreateComment(new) => (new.issue.get(), new.content),
        other => panic!("{other:?}"),
    }
}

fn answers(world: &mut World, to: MessageId, text: &str) {
    let message = Message {
        reply_to: Some(to),
        text: text.into(),
        ..world.message(ANNA)
    };
    world.sends(message);
}

fn edits(world: &mut World, id: MessageId, text: &str) {
    let message = Message {
        id,
        text: text.into(),
        ..world.message(ANNA)
    };
    world.happens(Event::Telegram(Box::new(Update::Edited(message))));
}

/// Writes an issue and sends it.
fn submits(world: &mut World, text: &str) -> MessageId {
    world.says(ANNA, "/new");
    let id = world.says(ANNA, text);
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    id
}

#[test]
fn tic_07_what_was_put_aside_comes_back_each_by_itself() {
    let (mut world, notice) = with_comment();
    world.says(ANNA, "/new");
    let id = world.says(ANNA, "первая беда");
    world.presses(ANNA, "Ответить");
    // Written in between, and interrupted as well.
    world.says(ANNA, "это ответ");
    world.says(ANNA, "и его продолжение");
    world.waits(SECOND);
    edits(&mut world, id, "первая большая беда");
    world.waits(SECOND);
    assert_eq!(
        comment_of(&mut world),
        (10, Html::from_text("это ответ\nи его продолжение"))
    );
    world.done(commented(2));
    let offer = world.screen(ANNA).iter().rev().nth(1).cloned().unwrap();
    assert!(
        offer.text().contains("первая большая беда"),
        "{}",
        offer.text()
    );
    assert!(matches!(world.dialog(ANNA), Dialog::Loose(_)));

    world.pushes(ANNA, notice.id, &Action::Comment(IssueId::new(10)).encode());
    world.says(ANNA, "/cancel");
    world.waits(2 * SECOND);
    world.sees(ANNA, "первая большая беда");
    world.presses(ANNA, "Не отправлять");
    world.says(ANNA, "/menu");
    world.waits(2 * SECOND);
    world.sees(ANNA, "чем помочь");
    world.idle();
    world.nothing_spins();
}

#[test]
fn tic_07_13_words_to_an_old_ticket_leave_what_is_being_written_for_later() {
    let (mut world, notice) = with_comment();
    let old = IssueFacts {
        completed_at: Some(Timestamp::new("2026-11-01T09:00:00+00:00")),
        ..facts(10, "completed")
    };
    world.desk(old, employee(3), moved("opened", "completed"));
    world.says(ANNA, "/new");
    world.says(ANNA, "новая беда");
    world.replies(ANNA, &notice, "опять сломалось");
    world.waits(2 * SECOND);
    world.sees(ANNA, "завершена давно");
    world.presses(ANNA, "Создать заявку");
    assert_eq!(issue_of(&mut world).title, "опять сломалось");
    // A second tap is not for what comes next.
    let offer = world.last(ANNA).id;
    world.pushes(ANNA, offer, "submit");
    world.toast("уже отправлено");
    world.calls.pop_front();
    world.idle();
    world.waits(2 * SECOND);
    world.sees(ANNA, "новая беда");
    world.presses(ANNA, "Создать заявку");
    assert_eq!(issue_of(&mut world).title, "новая беда");
}

#[test]
fn tic_07_a_tie_that_is_cut_says_that_the_draft_went_with_it() {
    let (mut world, _) = with_comment();
    world.says(ANNA, "/new");
    world.says(ANNA, "новая беда");
    world.presses(ANNA, "Ответить");
    let found = FoundContact {
        id: ContactId::new(5),
        ..found(1, None)
    };
    let boss = User(77);
    world.happens(Event::Answer(Box::new(Answer {
        chat: ChatId(boss.0),
        call: OkdeskCall::FindInvited {
            wanted: Invited::Contact(ContactId::new(5)),
            by: UserId(boss.0),
            relinks: Some(ChatId(ANNA.0)),
        },
        outcome: Outcome::Done(Reply::Contacts(vec![found])),
    })));
    let texts = world.texts_of(ANNA);
    assert!(
        texts.iter().any(|text| text.contains("Написанное удалено")),
        "{texts:#?}"
    );
}

#[test]
fn reg_01_refusing_a_changed_policy_keeps_nothing() {
    let (mut world, _) = with_comment();
    world.rules.policy.version = "2".into();
    world.says(ANNA, "Не печатает принтер");
    world.presses(ANNA, "Не согласен");
    let kept = serde_json::to_string(&world.chats[&ANNA.0]).unwrap();
    assert!(!kept.contains("Не печатает"), "{kept}");
}

#[test]
fn reg_01_com_12_an_answer_given_before_the_policy_can_still_be_added_to_its_ticket() {
    let (mut world, notice) = with_comment();
    world.desk(facts(11, "opened"), employee(3), Happening::Created);
    world.rules.policy.version = "2".into();
    world.replies(ANNA, &notice, "X-500");
    world.waits(2 * SECOND);
    world.idle();
    world.presses(ANNA, "Согласен");
    world.waits(2 * SECOND);
    world.sees(ANNA, "X-500");
    world.presses(ANNA, "Добавить к № 10");
    assert_eq!(comment_of(&mut world), (10, Html::from_text("X-500")));
    world.nothing_spins();
}

#[test]
fn com_12_13_messages_belong_to_the_ticket_they_were_sent_with() {
    let mut world = World::with_client(ANNA, 1);
    let printer = submits(&mut world, "принтер");
    let scanner = submits(&mut world, "сканер");
    edits(&mut world, printer, "принтер HP");
    edits(&mut world, scanner, "сканер HP");
    // Thought better of it: nothing is to be corrected.
    edits(&mut world, scanner, "сканер");
    assert_eq!(world.calls.len(), 2);
    world.done(created(10));
    world.done(created(11));
    assert_eq!(
        comment_of(&mut world),
        (10, Html::from_text("Исправлено: принтер HP"))
    );
    world.done(commented(1));
    world.idle();
    for (message, issue) in [(printer, 10), (scanner, 11)] {
        answers(&mut world, message, "и ещё");
        world.waits(2 * SECOND);
        assert_eq!(comment_of(&mut world), (issue, Html::from_text("и ещё")));
        world.done(commented(issue));
    }
}

#[test]
fn fai_07_a_refused_ticket_comes_back_with_its_own_words_as_they_are_now() {
    let (mut world, notice) = with_comment();
    world.says(ANNA, "/new");
    let first = world.says(ANNA, "принтер");
    let second = world.says(ANNA, "на втором этаже");
    world.attaches(ANNA, "1.jpg", "", None);
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    let scanner = submits(&mut world, "сканер");
    edits(&mut world, second, "на третьем этаже");
    // It fails while a comment is being asked for: that goes on.
    world.pushes(ANNA, notice.id, &Action::Comment(IssueId::new(10)).encode());
    world.fails(FailureKind::Invalid, None);
    world.done(created(11));
    world.says(ANNA, "X-500");
    world.waits(2 * SECOND);
    assert_eq!(comment_of(&mut world).0, 10);
    world.done(commented(1));
    edits(&mut world, first, "принтер HP");
    world.presses(ANNA, "Создать заявку");
    let new = issue_of(&mut world);
    assert_eq!(new.files.len(), 1);
    assert_eq!(
        new.description,
        Html::from_text("принтер HP\nна третьем этаже")
    );
    world.done(created(12));
    edits(&mut world, scanner, "сканер HP");
    assert_eq!(comment_of(&mut world).0, 11);
}

#[test]
fn tic_13_sec_03_ones_own_words_open_no_other_door() {
    let mut world = World::with_client(ANNA, 1);
    world.rules.reopen_to = Some(StatusCode::new("opened"));
    let own = submits(&mut world, "принтер");
    world.done(created(10));
    let reply = |world: &mut World, text: &str| {
        answers(world, own, text);
        world.waits(2 * SECOND);
    };
    let completed = |at: &str| IssueFacts {
        completed_at: Some(Timestamp::new(at)),
        ..facts(10, "completed")
    };
    let moment = "2026-11-20T09:00:00+00:00";
    world.desk(completed(moment), employee(3), moved("opened", "completed"));
    reply(&mut world, "опять");
    assert_eq!(comment_of(&mut world).0, 10);
    world.done(commented(1));
    assert!(matches!(world.call(), OkdeskCall::ChangeStatus { .. }));
    world.done(Reply::Nothing);

    world.issues.get_mut(&10).unwrap().facts = completed("2026-11-01T09:00:00+00:00");
    reply(&mut world, "снова");
    world.idle();
    world.sees(ANNA, "завершена давно");
    world.presses(ANNA, "Не отправлять");

    // It was given to another contact.
    world.issues.get_mut(&10).unwrap().facts = foreign(10);
    reply(&mut world, "и снова");
    world.sees(ANNA, "Такой заявки нет");
    edits(&mut world, own, "принтер HP");
    world.sees(ANNA, "Такой заявки нет");
    world.idle();
}

#[test]
fn rat_06_com_12_a_reply_is_no_reason() {
    let mut world = World::with_client(ANNA, 1);
    let own = submits(&mut world, "принтер");
    world.done(created(10));
    world.desk(facts(11, "opened"), contact(1), Happening::Created);
    world.desk(
        facts(11, "completed"),
        employee(3),
        moved("opened", "completed"),
    );
    world.presses(ANNA, "2 – плохо");
    world.calls.clear();
    assert!(matches!(world.dialog(ANNA), Dialog::Reason { .. }));
    answers(&mut world, own, "это про принтер");
    world.waits(2 * SECOND);
    assert_eq!(
        comment_of(&mut world),
        (10, Html::from_text("это про принтер"))
    );
}

#[test]
fn ops_04_what_an_older_program_wrote_is_still_read() {
    let mut world = World::with_client(ANNA, 1);
    submits(&mut world, "принтер");
    // Neither the chat nor the call knew of these.
    let chat = &world.chats[&ANNA.0];
    let mut chat = serde_json::to_value(chat).unwrap();
    assert!(chat.as_object_mut().unwrap().remove("aside").is_some());
    world
        .chats
        .insert(ANNA.0, serde_json::from_value(chat).unwrap());
    let (_, call) = world.calls.pop_front().unwrap();
    let mut call = serde_json::to_value(&call).unwrap();
    let new = call["CreateIssue"].as_object_mut().unwrap();
    assert!(new.remove("parts").is_some() && new.remove("follows").is_some());
    let call = serde_json::from_value(call).unwrap();
    world.calls.push_back((ChatId(ANNA.0), call));
    world.fails(FailureKind::Invalid, None);
    world.presses(ANNA, "Отправить");
    assert_eq!(issue_of(&mut world).description, Html::from_text("принтер"));
    world.done(created(10));
    world.sees(ANNA, "Заявка № 10 создана");
}
