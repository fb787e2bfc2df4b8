//! Groups: bound by somebody in charge, told what happens, heard where they answer.

use crate::client::{ANNA_PHONE, BORIS_PHONE, Client};
use crate::rig::{Rig, Setup, picture};
use okdesk_sdk::model::IssueId;
use okdesk_sdk::testing::Fault;
use std::time::Duration;
use tg_bridge::demo::bot_api::{Attachment, Chat, MessageView};
use tg_bridge::reaction::Deed;
use tg_bridge::telegram::ChatId;

const INN: &str = "7707083893";
/// Decides.
const OLGA: i64 = 701;

async fn with_olga() -> Rig {
    let setup = Setup::new().await.set("ADMIN_IDS", OLGA);
    setup.telegram.user(OLGA, "Ольга").send_text("/start");
    setup.start().await
}

/// Waits for a message of the bot in a group.
async fn sees(rig: &Rig, room: &Chat, words: &str) -> MessageView {
    let find = || {
        let mut all = room.from_bot().into_iter().rev();
        all.find(|message| message.text.contains(words))
    };
    rig.until(&format!("the group to see {words:?}"), find)
        .await
}

fn count(room: &Chat, words: &str) -> usize {
    let all = room.from_bot().into_iter();
    all.filter(|message| message.text.contains(words)).count()
}

/// Anna of «Ромашка», a group with her and Olga in it, and an issue of hers.
async fn group_of_anna(rig: &Rig) -> (Client<'_>, Chat, IssueId) {
    let company = rig.okdesk.account().company("ООО «Ромашка»").inn(INN);
    let company = company.create();
    let anna = rig
        .colleague(501, ("Анна", "Петрова"), ANNA_PHONE, company)
        .await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    let room = rig.telegram.group("Ромашка и поддержка", &anna.user);
    room.add_member(OLGA);
    sees(rig, &room, "не связан").await;
    (anna, room, issue)
}

fn olga(rig: &Rig, room: &Chat, words: &str) {
    let olga = rig.telegram.user(OLGA, "Ольга");
    olga.in_chat(room.id()).send_text(words);
}

#[tokio::test]
async fn not_09_a_group_is_bound_by_somebody_in_charge_and_hears_of_its_company() {
    let rig = with_olga().await;
    let (anna, room, issue) = group_of_anna(&rig).await;
    let boris = rig.boris().await;
    // Nobody else binds it.
    let before = room.from_bot().len();
    anna.user
        .in_chat(room.id())
        .send_text(&format!("/link {INN}"));
    rig.rest().await;
    rig.comments(issue, "Ещё рано");
    anna.sees("Ещё рано").await;
    rig.rest().await;
    assert_eq!(room.from_bot().len(), before);
    for (wrong, told) in [
        ("/link", "С чем связать этот чат?"),
        ("/link чем-нибудь", "С чем связать этот чат?"),
        ("/link 9999", "не нашлось"),
        ("/link 500100732259", "не нашлось"),
        (
            &format!("/link {INN} {}", boris.contact),
            "нет такого активного контакта",
        ),
    ] {
        rig.forgives("NotFound");
        olga(&rig, &room, wrong);
        rig.pause().await;
        let last = room.from_bot().pop().unwrap();
        assert!(last.text.contains(told), "{wrong}: {}", last.text);
    }
    olga(&rig, &room, &format!("/link {INN}"));
    sees(&rig, &room, "связан с организацией ООО «Ромашка»").await;

    rig.sets(issue, "in_progress");
    let notice = sees(&rig, &room, "В работе").await;
    assert!(
        notice.text.contains("№ 1") && notice.buttons.iter().flatten().all(|it| it.url.is_some()),
        "what is pressed in a group would be anybody's: {notice:#?}"
    );
    let comment = rig.staff().comment(issue, "Едем");
    comment.attach("акт.pdf", &b"%PDF"[..]).send().unwrap();
    sees(&rig, &room, "Едем").await;
    rig.staff()
        .comment(issue, "секрет")
        .internal()
        .send()
        .unwrap();
    let desk = rig.okdesk.client();
    let made = desk.issues().create("Плановый осмотр");
    made.contact(anna.contact)
        .company(anna.company)
        .await
        .unwrap();
    sees(&rig, &room, "Зарегистрирована заявка № 2").await;
    // One that a client makes in the bot is news to the others.
    anna.opens_issue("Не горит свет").await;
    sees(&rig, &room, "Зарегистрирована заявка № 3").await;
    rig.sets(issue, "completed");
    let done = sees(&rig, &room, "Решена").await;
    assert!(!done.text.contains("Оцените"), "{}", done.text);
    // What happens elsewhere is nobody's business here.
    let foreign = boris.opens_issue("Дела Бориса").await;
    rig.comments(foreign, "Борису");
    boris.sees("Борису").await;
    rig.rest().await;
    let files = room
        .from_bot()
        .into_iter()
        .filter(|it| !it.files.is_empty());
    assert_eq!(files.count(), 1);
    for words in ["Борис", "секрет"] {
        assert_eq!(count(&room, words), 0, "{words}");
    }
    // The binding outlives a restart, and the bot stays.
    rig.restarts(&[]).await;
    rig.later(Duration::from_secs(11 * 60)).await;
    rig.comments(issue, "Всё ли хорошо?");
    sees(&rig, &room, "Всё ли хорошо?").await;
    assert!(rig.telegram.calls_of("leaveChat").is_empty());

    olga(&rig, &room, "/unlink");
    sees(&rig, &room, "больше ни с чем не связан").await;
    rig.comments(issue, "Уже не здесь");
    anna.sees("Уже не здесь").await;
    rig.rest().await;
    assert_eq!(count(&room, "Уже не здесь"), 0);
    let chat = ChatId(room.id());
    let deeds: Vec<_> = rig.store().audit(10).await.unwrap();
    let deeds: Vec<_> = deeds
        .into_iter()
        .rev()
        .map(|it| (it.by.0, it.deed))
        .collect();
    let company = anna.company;
    assert_eq!(
        deeds,
        [
            (OLGA, Deed::BoundToCompany { chat, company }),
            (OLGA, Deed::Unbound { chat })
        ]
    );
}

#[tokio::test]
async fn not_09_a_group_that_nobody_binds_gets_one_line_and_is_left() {
    let rig = with_olga().await;
    let stranger = rig.newcomer(777, "Чужой", BORIS_PHONE);
    let room = rig.telegram.group("Чужая группа", &stranger.user);
    let line = sees(&rig, &room, "не связан").await;
    assert!(line.text.contains("10 минут"), "{}", line.text);
    let nobody = stranger.user.in_chat(room.id());
    nobody.send_text("о чём-то своём");
    nobody.reply_to(line.id).send_text("и ещё");
    rig.later(Duration::from_secs(9 * 60)).await;
    rig.pause().await;
    assert!(rig.telegram.calls_of("leaveChat").is_empty());
    assert_eq!(room.from_bot().len(), 1, "{}", rig.story());
    rig.later(Duration::from_secs(61)).await;
    rig.rest().await;
    assert_eq!(rig.telegram.calls_of("leaveChat").len(), 1);
    assert_eq!(room.from_bot().len(), 1);
    assert!(rig.issues().is_empty());
    assert!(!rig.remembers("о чём-то своём").await);
}

#[tokio::test]
async fn not_09_only_an_answer_to_a_message_about_an_issue_becomes_a_comment() {
    let rig = with_olga().await;
    let (anna, room, issue) = group_of_anna(&rig).await;
    olga(&rig, &room, &format!("/link {issue}"));
    let bound = sees(&rig, &room, "связан с заявкой № 1 «Не печатает принтер»").await;
    rig.comments(issue, "Какая модель?");
    let asked = sees(&rig, &room, "Какая модель?").await;
    let here = anna.user.in_chat(room.id());
    here.send_text("Кто пойдёт обедать?");
    here.reply_to(bound.id).send_text("спасибо, бот");
    here.send_photo(picture(7));
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1, "{}", rig.story());
    here.reply_to(asked.id).send_text("HP 1020");
    sees(&rig, &room, "Передано в заявку № 1").await;
    rig.rest().await;
    let comments = rig.comments_of(issue);
    assert_eq!(comments.len(), 2);
    assert_eq!(
        comments[1]["content"],
        "<blockquote>Какая модель?</blockquote>HP 1020"
    );
    assert_eq!(rig.issues().len(), 1);
}

#[tokio::test]
async fn not_12_each_member_writes_in_the_own_name_and_a_stranger_under_the_groups() {
    // The webhook comes before the answer to the writing call, and after it.
    for late in [false, true] {
        let rig = with_olga().await;
        let (anna, room, issue) = group_of_anna(&rig).await;
        let boris = rig
            .colleague(502, ("Борис", "Новиков"), BORIS_PHONE, anna.company)
            .await;
        room.add_member(502);
        rig.telegram.user(503, "Вера").last_name("Смирнова");
        room.add_member(503);
        match late {
            true => rig.okdesk.webhooks().delay(Duration::from_millis(300)),
            // The answer is lost, and the comment found at the second try.
            false => rig
                .okdesk
                .faults()
                .on("comments.create")
                .always(Fault::DropAfter),
        }
        olga(&rig, &room, &format!("/link {INN} {}", anna.contact));
        sees(&rig, &room, "связан с организацией").await;
        rig.comments(issue, "Что у вас?");
        let asked = sees(&rig, &room, "Что у вас?").await;
        let says = |who: i64, words: &str| {
            let member = rig.telegram.user(who, "").in_chat(room.id());
            member.reply_to(asked.id).send_text(words);
        };
        // All at once: nobody's words become another's.
        says(502, "Стоит принтер");
        says(503, "И сканер");
        says(501, "И я не знаю почему");
        rig.rest().await;
        let own: Vec<_> = rig
            .comments_of(issue)
            .into_iter()
            .filter(|it| it["author"]["type"] == "contact")
            .map(|it| {
                let words = it["content"].as_str().unwrap().to_owned();
                let words = words.split_once("</blockquote>").unwrap().1.to_owned();
                (it["author"]["id"].as_u64().unwrap(), words)
            })
            .collect();
        let (anna_id, boris_id) = (anna.contact.get(), boris.contact.get());
        assert_eq!(
            own,
            [
                (boris_id, "Стоит принтер".to_owned()),
                (anna_id, "Вера Смирнова:<br>И сканер".to_owned()),
                (anna_id, "И я не знаю почему".to_owned()),
            ]
        );
        // What was said here does not come back here; whoever it concerns elsewhere hears of it.
        for words in ["Стоит принтер", "И сканер", "И я не знаю"] {
            assert_eq!(count(&room, words), 0, "{words}: {}", rig.story());
        }
        anna.sees("Стоит принтер").await;
        boris.never_sees("Стоит принтер").await;
        // An album is one comment here too.
        let album = [Attachment::photo(picture(1)), Attachment::photo(picture(2))];
        let member = boris.user.in_chat(room.id());
        member.reply_to(asked.id).caption("Вот").send_album(album);
        rig.rest().await;
        let last = rig.comments_of(issue).pop().unwrap();
        assert_eq!(rig.files_of(&last).len(), 2, "{last:#}");
        assert_eq!(last["author"]["id"], boris_id);
    }
}

#[tokio::test]
async fn not_12_where_the_group_has_no_contact_a_stranger_is_not_given_another_name() {
    let rig = with_olga().await;
    let (anna, room, issue) = group_of_anna(&rig).await;
    rig.telegram.user(503, "Вера");
    room.add_member(503);
    olga(&rig, &room, &format!("/link {INN}"));
    sees(&rig, &room, "связан с организацией").await;
    rig.comments(issue, "Что у вас?");
    let asked = sees(&rig, &room, "Что у вас?").await;
    let vera = rig.telegram.user(503, "Вера").in_chat(room.id());
    vera.reply_to(asked.id).send_text("Всё сломано");
    sees(&rig, &room, "Не знаю, от чьего имени").await;
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1);
    // Somebody whom the bot knows from another company has no name here either.
    let boris = rig.boris().await;
    room.add_member(boris.id());
    let elsewhere = boris.user.in_chat(room.id());
    elsewhere.reply_to(asked.id).send_text("И я скажу");
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1);
    let here = anna.user.in_chat(room.id());
    here.reply_to(asked.id).send_text("Принтер");
    sees(&rig, &room, "Передано").await;
}

#[tokio::test]
async fn not_11_12_a_bound_group_that_becomes_a_supergroup_stays_bound() {
    let rig = with_olga().await;
    let (anna, room, issue) = group_of_anna(&rig).await;
    olga(&rig, &room, &format!("/link {INN}"));
    sees(&rig, &room, "связан с организацией").await;
    let moved = room.migrate(anna.id()).unwrap();
    rig.comments(issue, "Слышите?");
    let asked = sees(&rig, &moved, "Слышите?").await;
    let here = anna.user.in_chat(moved.id());
    here.reply_to(asked.id).send_text("Слышим");
    sees(&rig, &moved, "Передано").await;
    rig.rest().await;
    let last = rig.comments_of(issue).pop().unwrap();
    assert_eq!(last["author"]["id"], anna.contact.get());
}
