//! One whole story in every dialect: public facts about Okdesk contradict each other, and the story must hold whichever
//! of them is true.

use crate::client::{ANNA_PHONE, BORIS_PHONE};
use crate::rig::{Setup, picture};
use okdesk_sdk::testing::{Fault, Switch};
use tg_bridge::telegram::{Action, Scope, Score};

/// Some of the dialects at a time, so that the tests can run side by side.
async fn tell(part: usize) {
    for (number, switch) in Switch::ALL.iter().enumerate() {
        if number % 4 == part {
            println!("{}", switch.name());
            story(*switch).await;
        }
    }
}

#[tokio::test]
async fn the_story_holds_in_every_dialect_1() {
    tell(0).await;
}

#[tokio::test]
async fn the_story_holds_in_every_dialect_2() {
    tell(1).await;
}

#[tokio::test]
async fn the_story_holds_in_every_dialect_3() {
    tell(2).await;
}

#[tokio::test]
async fn the_story_holds_in_every_dialect_4() {
    tell(3).await;
}

#[tokio::test]
async fn fai_05_a_comment_whose_answer_was_lost_is_found_where_authors_have_no_type() {
    let setup = Setup::in_dialect(Switch::AuthorWithoutType).await;
    let rig = setup.start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    rig.okdesk
        .faults()
        .on("comments.create")
        .once(Fault::DropAfter);
    anna.presses(Action::Comment(issue)).await;
    anna.writes("Второй этаж");
    anna.sees("Передано").await;
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1);
}

async fn story(switch: Switch) {
    let setup = Setup::in_dialect(switch).await;
    let account = setup.okdesk.account();
    let company = account.company("ООО «Ромашка»").inn("7707083893").create();
    let place = account
        .maintenance_entity("Магазин")
        .company(company)
        .create();
    account
        .maintenance_entity("Склад")
        .company(company)
        .create();
    let rig = setup.set("CLOSE_STATUS", "closed").start().await;

    // Somebody new, for a company Okdesk knows.
    let boris = rig.newcomer(502, "Борис", BORIS_PHONE);
    boris.to_the_inn().await;
    boris.writes("7707083893");
    boris.sees("у нас на обслуживании").await;
    boris.presses(Action::Confirm(true)).await;
    boris.shares_card();
    boris.sees("Как вас зовут?").await;
    boris.writes("Новиков Борис");
    boris.sees("Готово, Новиков Борис").await;

    // Somebody known, with a place, a ticket and a picture.
    let anna = rig
        .colleague(501, ("Анна", "Петрова"), ANNA_PHONE, company)
        .await;
    anna.presses(Action::MaintenanceEntity(Some(place))).await;
    anna.sees("Объект выбран").await;
    anna.presses(Action::NewIssue).await;
    anna.user
        .caption("Не печатает принтер")
        .send_photo(picture(7));
    anna.presses(Action::Submit).await;
    let made = anna.sees("создана").await;
    rig.rest().await;
    let [issue] = rig.issues().try_into().unwrap();
    assert_eq!(issue["contact"]["id"], anna.contact.get());
    assert_eq!(issue["company_id"], company.get());
    assert_eq!(issue["service_object_id"], place.get());
    assert!(rig.files_of(&issue)[0].1 == picture(7));
    let id = okdesk_sdk::model::IssueId::new(issue["id"].as_u64().unwrap());

    // Words and files both ways, and what is internal stays inside.
    anna.answers(&made, "Мигает красная лампа");
    anna.sees("Передано").await;
    anna.user
        .reply_to(made.id)
        .send_document("акт.pdf", "application/pdf", b"%PDF".to_vec());
    anna.sees("Передано").await;
    let staff = rig.staff();
    staff
        .comment(id, "Какая <b>модель</b>?")
        .attach("схема.png", picture(8))
        .send()
        .unwrap();
    let question = anna.sees("Какая модель?").await;
    anna.sees_where("the picture", |message| !message.files.is_empty())
        .await;
    staff
        .comment(id, "гарантия кончилась")
        .internal()
        .send()
        .unwrap();
    anna.answers(&question, "HP 1020");
    anna.sees("Передано").await;
    rig.rest().await;
    let staffs = ["Какая <b>модель</b>?", "гарантия кончилась"];
    let own: Vec<String> = rig
        .comments_of(id)
        .iter()
        .filter(|one| {
            let id = one["author"]["id"] == anna.contact.get();
            match one["author"]["type"].as_str() {
                Some(kind) => kind == "contact" && id,
                // Here both sides have the same number.
                None => id && !staffs.contains(&one["content"].as_str().unwrap()),
            }
        })
        .map(|one| one["content"].as_str().unwrap().to_owned())
        .collect();
    let wanted = [
        "Мигает красная лампа",
        "Приложено: акт.pdf",
        "<blockquote>Какая модель?</blockquote>HP 1020",
    ];
    assert_eq!(own, wanted);

    // Lists and cards.
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    assert!(list.text.contains("Не печатает принтер"), "{}", list.text);
    anna.presses_on(&list, Action::Issue(id));
    let card = anna.sees("Данные на").await;
    assert!(
        card.text.contains("ООО «Ромашка»") && card.text.contains("HP 1020"),
        "{}",
        card.text
    );
    anna.presses(Action::Issues {
        scope: Scope::Closed,
        page: 0,
    })
    .await;
    anna.sees("Здесь пока ничего нет").await;

    // Done, with words, and rated with a reason.
    staff.change_status(id, "in_progress").send().unwrap();
    anna.sees("Статус: В работе").await;
    staff
        .change_status(id, "completed")
        .comment("Заменили картридж")
        .send()
        .unwrap();
    anna.sees("Заменили картридж").await;
    let low = Action::Rate {
        issue: id,
        completion: 1,
        score: Score::new(2).unwrap(),
    };
    anna.presses(low).await;
    anna.sees("Что нам стоит исправить?").await;
    anna.writes("Долго ждали");
    anna.sees("Спасибо за оценку").await;
    rig.rest().await;
    assert_eq!(rig.issue(id)["rate"]["value"], "bad");
    let notes = rig.notes_of(id).join("\n");
    assert!(
        notes.contains("2 – плохо") && notes.contains("Долго ждали"),
        "{notes}"
    );

    // Reported again and closed by the client; the way into the portal.
    staff.change_status(id, "opened").send().unwrap();
    let reopened = anna.sees("Статус: Открыта").await;
    anna.presses_on(&reopened, Action::Open(id));
    anna.presses(Action::Close(id)).await;
    anna.presses(Action::CloseNow(id)).await;
    anna.sees("Статус: Закрыта").await;
    anna.writes("/menu");
    anna.presses(Action::Portal).await;
    anna.sees("Вход на портал").await;
    rig.rest().await;
    assert_eq!(rig.issue(id)["status"]["code"], "closed");

    // Everything was told once, and nothing that was not for the client.
    for once in [
        "Заменили картридж",
        "Какая модель?",
        "Статус: Решена",
        "Статус: Закрыта",
        "создана",
    ] {
        // A card shows the last words once more; that is no notice.
        let mut told = anna.all(once).await;
        told.retain(|message| !message.text.contains("Данные на"));
        assert_eq!(told.len(), 1, "{once}\n{}", rig.story());
    }
    for never in [
        "гарантия",
        "Клиент закрыл",
        "Оценка клиента",
        "Мигает красная лампа",
        "Для вас зарегистрирована",
    ] {
        anna.never_sees(never).await;
    }
    let party = rig.okdesk.snapshot()["contacts"].as_array().unwrap().len();
    assert_eq!(party, 2);
}
