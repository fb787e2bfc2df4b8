use crate::world::*;
use okdesk_sdk::model::Html;
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);

/// A world with issue 10 of Anna and a staff comment on it.
fn with_comment() -> (World, Shown) {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "<p>Какая модель?</p><p>И номер</p>")),
    );
    let notice = world.last(ANNA);
    (world, notice)
}

fn comment_of(world: &mut World) -> NewComment {
    match world.call() {
        OkdeskCall::CreateComment(new) => new,
        other => panic!("{other:?}"),
    }
}

#[test]
fn com_01_a_comment_carries_the_clients_words_and_nothing_else() {
    let (mut world, _) = with_comment();
    world.presses(ANNA, "Ответить");
    world.sees(ANNA, "Напишите комментарий к заявке № 10");
    world.says(ANNA, "модель <X> & номер 5");
    world.idle();
    world.waits(2 * SECOND);
    let new = comment_of(&mut world);
    assert_eq!((new.issue.get(), new.author.get()), (10, 1));
    assert_eq!(new.content, Html::from_text("модель <X> & номер 5"));
    world.done(commented(2));
    world.sees(ANNA, "Передано в заявку № 10");
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    world.nothing_spins();
}

#[test]
fn com_12_a_reply_is_a_comment_and_quotes_what_it_answers() {
    let (mut world, notice) = with_comment();
    world.replies(ANNA, &notice, "X-500");
    world.waits(2 * SECOND);
    let new = comment_of(&mut world);
    assert_eq!(
        new.content.as_str(),
        "<blockquote>Какая модель?<br><br>И номер</blockquote>X-500"
    );
    world.done(commented(2));
    // The bot's own confirmation belongs to the issue too, but is nobody's words.
    let confirmation = world.last(ANNA);
    let mine = world.replies(ANNA, &confirmation, "и ещё");
    world.waits(2 * SECOND);
    assert_eq!(comment_of(&mut world).content, Html::from_text("и ещё"));
    world.done(commented(3));
    // One's own message belongs to the issue as well.
    let own = Message {
        reply_to: Some(mine),
        text: "и это".into(),
        ..world.message(ANNA)
    };
    world.sends(own);
    world.waits(2 * SECOND);
    assert_eq!(comment_of(&mut world).content, Html::from_text("и это"));
}

#[test]
fn com_12_the_quote_is_what_was_marked_and_short() {
    let (mut world, notice) = with_comment();
    let message = Message {
        reply_to: Some(notice.id),
        quote: Some("номер <".into()),
        text: "5".into(),
        ..world.message(ANNA)
    };
    world.sends(message);
    world.waits(2 * SECOND);
    assert_eq!(
        comment_of(&mut world).content.as_str(),
        "<blockquote>номер &lt;</blockquote>5"
    );
    world.done(commented(2));
    let message = Message {
        reply_to: Some(notice.id),
        quote: Some("слово ".repeat(100)),
        text: "5".into(),
        ..world.message(ANNA)
    };
    world.sends(message);
    world.waits(2 * SECOND);
    let content = comment_of(&mut world).content;
    let quote = content.as_str().split("</blockquote>").next().unwrap();
    assert!(quote.chars().count() <= "<blockquote>".len() + 200 && quote.ends_with('…'));
}

#[test]
fn com_12_a_reply_goes_to_its_issue_even_while_another_is_being_written() {
    let (mut world, notice) = with_comment();
    world.says(ANNA, "/new");
    world.says(ANNA, "новая беда");
    world.replies(ANNA, &notice, "X-500");
    world.waits(2 * SECOND);
    assert_eq!(comment_of(&mut world).issue.get(), 10);
    world.done(commented(2));
    world.presses(ANNA, "Отправить");
    assert!(matches!(world.call(), OkdeskCall::CreateIssue(new) if new.title == "новая беда"));
}

#[test]
fn com_14_parts_of_one_text_are_one_comment() {
    let (mut world, notice) = with_comment();
    world.replies(ANNA, &notice, "первая часть");
    world.waits(SECOND);
    world.says(ANNA, "вторая часть");
    world.waits(SECOND);
    world.idle();
    world.says(ANNA, "третья часть");
    world.waits(2 * SECOND);
    let new = comment_of(&mut world);
    assert!(
        new.content
            .as_str()
            .ends_with("первая часть<br>вторая часть<br>третья часть")
    );
    world.done(commented(2));
    world.idle();
    world.says(ANNA, "это уже другое");
    world.waits(2 * SECOND);
    world.sees(ANNA, "Что с этим сделать?");
}

#[test]
fn fil_01_an_album_is_one_comment_and_a_late_part_is_no_loss() {
    let (mut world, _) = with_comment();
    world.presses(ANNA, "Ответить");
    world.attaches(ANNA, "1.jpg", "подпись", Some("a"));
    world.attaches(ANNA, "2.jpg", "", Some("a"));
    world.waits(SECOND);
    world.attaches(ANNA, "3.jpg", "", Some("a"));
    world.waits(2 * SECOND);
    let new = comment_of(&mut world);
    assert_eq!(new.content, Html::from_text("подпись"));
    assert_eq!(new.files.len(), 3);
    world.done(commented(2));
    world.attaches(ANNA, "4.jpg", "", Some("a"));
    world.waits(2 * SECOND);
    let late = comment_of(&mut world);
    assert_eq!(
        (late.issue.get(), late.files[0].name.as_str()),
        (10, "4.jpg")
    );
}

#[test]
fn com_13_an_edit_is_added_and_the_original_stays() {
    let (mut world, notice) = with_comment();
    let id = world.replies(ANNA, &notice, "модель 5");
    world.waits(2 * SECOND);
    world.done(commented(2));
    let edit = |world: &mut World, text: &str| {
        let message = Message {
            id,
            text: text.into(),
            ..world.message(ANNA)
        };
        world.happens(Event::Telegram(Box::new(Update::Edited(message))));
    };
    edit(&mut world, "модель 5");
    world.idle();
    edit(&mut world, "модель 6");
    let new = comment_of(&mut world);
    assert_eq!(new.content.as_str(), "Исправлено: модель 6");
    assert!(new.files.is_empty());
    world.done(commented(3));
    edit(&mut world, "модель 6");
    world.idle();
}

#[test]
fn com_13_what_is_not_sent_yet_is_simply_corrected() {
    let (mut world, notice) = with_comment();
    let id = world.replies(ANNA, &notice, "модель 5");
    let message = Message {
        id,
        text: "модель 6".into(),
        ..world.message(ANNA)
    };
    world.happens(Event::Telegram(Box::new(Update::Edited(message))));
    world.waits(2 * SECOND);
    assert!(
        comment_of(&mut world)
            .content
            .as_str()
            .ends_with("модель 6")
    );
    world.done(commented(2));
    world.idle();
}

#[test]
fn fai_05_a_comment_during_an_outage_is_accepted_once() {
    let (mut world, notice) = with_comment();
    world.replies(ANNA, &notice, "ответ");
    world.waits(2 * SECOND);
    world.okdesk(Outcome::Delayed);
    world.sees(ANNA, "принят и будет передан");
    assert!(world.texts_of(ANNA).iter().all(|text| !text.contains("✓")));
    world.done(commented(2));
    world.sees(ANNA, "✓ Передано в заявку № 10");
}

#[test]
fn fai_08_a_refused_comment_comes_back_with_its_words() {
    let (mut world, notice) = with_comment();
    for (kind, words) in [
        (FailureKind::GaveUp, "передать не удалось"),
        (FailureKind::NotFound, "заявки № 10 больше нет"),
    ] {
        world.replies(ANNA, &notice, "важный <ответ>");
        world.waits(2 * SECOND);
        world.fails(kind, None);
        world.sees(ANNA, words);
    }
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .any(|text| text.contains("Вот ваш текст") && text.contains("важный <ответ>"))
    );
}

#[test]
fn sec_03_a_reply_about_a_foreign_issue_goes_nowhere() {
    let (mut world, notice) = with_comment();
    // The issue was given to another contact meanwhile.
    world.issues.get_mut(&10).unwrap().facts.contact = foreign(10).contact;
    world.replies(ANNA, &notice, "ответ");
    world.sees(ANNA, "Такой заявки нет");
    world.waits(2 * SECOND);
    world.idle();
}

#[test]
fn com_13_a_place_that_moves_erases_nothing() {
    let mut world = World::with_client(ANNA, 1);
    let place = Message {
        content: Content::Described("Место: 55.75, 37.61".into()),
        ..world.message(ANNA)
    };
    let id = world.sends(place.clone());
    let before = world.dialog(ANNA).clone();
    let moved = Message { id, ..place };
    world.happens(Event::Telegram(Box::new(Update::Edited(moved))));
    assert_eq!(*world.dialog(ANNA), before);
}

#[test]
fn fai_01_what_was_written_during_an_outage_is_not_taken_for_haste() {
    let mut world = World::with_client(ANNA, 1);
    // Written over an hour, taken in at once.
    for minute in 0..40 {
        let message = Message {
            text: format!("слово {minute}"),
            date: world.now / 1000 - 3600 + minute * 90,
            ..world.message(ANNA)
        };
        world.sends(message);
    }
    world.waits(3 * SECOND);
    world.presses(ANNA, "Создать заявку");
    let OkdeskCall::CreateIssue(new) = world.call() else {
        panic!("{:?}", world.calls);
    };
    for minute in 0..40 {
        let word = format!("слово {minute}");
        assert!(new.description.as_str().contains(&word), "{word} is lost");
    }
}
