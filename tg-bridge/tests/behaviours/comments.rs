//! Comments, both ways.

use crate::client::{ANNA_PHONE, BORIS_PHONE, Client};
use crate::rig::{Rig, Setup, picture};
use okdesk_sdk::model::{ContactId, IssueId};
use okdesk_sdk::testing::{Dialect, Fault, Switch};
use serde_json::{Value, json};
use std::time::Duration;
use tg_bridge::demo::bot_api::{self, FaultRule};
use tg_bridge::telegram::{Action, Setting};

/// A client with an issue.
async fn anna_and_issue(rig: &Rig) -> (Client<'_>, IssueId) {
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    (anna, issue)
}

fn content(comment: &Value) -> &str {
    comment["content"].as_str().unwrap()
}

#[tokio::test]
async fn com_01_a_comment_is_public_in_the_clients_own_name_and_words() {
    for dialect in [
        Dialect::usual(),
        Switch::CommentAuthorRequired.into(),
        Switch::CommentAnswerShort.into(),
    ] {
        let rig = Setup::in_dialect(dialect).await.start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        anna.presses(Action::Comment(issue)).await;
        anna.sees("Напишите комментарий к заявке № 1").await;
        anna.writes("Мигает красная лампа, x < 5 & y > 3");
        anna.sees("Передано в заявку № 1").await;
        rig.rest().await;
        let [comment] = rig.comments_of(issue).try_into().unwrap();
        assert_eq!(
            content(&comment),
            "Мигает красная лампа, x &lt; 5 &amp; y &gt; 3"
        );
        assert_eq!(comment["public"], true);
        assert_eq!(comment["author"]["id"], anna.contact.get());
        assert_eq!(comment["author"]["type"], "contact");
        assert_eq!(anna.count("Передано").await, 1);
    }
}

#[tokio::test]
async fn com_02_nobody_ever_speaks_in_another_persons_name() {
    let rig = Rig::start().await;
    // Somebody whose number stands at two contacts cannot be told from the other.
    for name in ["Анна", "Алла"] {
        rig.okdesk
            .account()
            .contact(name, "Петрова")
            .phone(ANNA_PHONE)
            .create();
    }
    let issue = rig
        .okdesk
        .account()
        .issue("Дело")
        .contact(ContactId::new(1))
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    anna.shares_card();
    anna.sees("сотрудник").await;
    rig.pause().await;
    anna.writes("Где мой принтер?");
    rig.rest().await;
    assert!(
        anna.user
            .chat()
            .from_bot()
            .last()
            .unwrap()
            .text
            .contains("/start"),
        "{}",
        rig.story()
    );
    assert_eq!(rig.asked("comments.create").len() + rig.issues().len(), 1);
    assert!(rig.comments_of(issue).is_empty());

    // A contact Okdesk does not take as an author: the words come back, nobody else says them.
    let boris = rig.boris().await;
    let issue = boris.opens_issue("Не открывается дверь").await;
    rig.okdesk
        .faults()
        .on("comments.create")
        .always(Fault::Status(422));
    rig.forgives("Invalid");
    boris.presses(Action::Comment(issue)).await;
    boris.writes("Второй этаж");
    boris.sees("передать не удалось. Вот ваш текст").await;
    rig.rest().await;
    for call in rig.asked("comments.create") {
        let said = call.json()["comment"].clone();
        assert_eq!(said["author_type"], "contact", "{said}");
        assert_eq!(said["author_id"], boris.contact.get(), "{said}");
    }
    assert!(rig.comments_of(issue).is_empty());
}

#[tokio::test]
async fn com_03_what_is_not_certainly_public_reaches_no_client() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let staff = rig.staff();
    staff
        .comment(issue, "секрет обычный")
        .internal()
        .attach("секрет.txt", "секрет")
        .send()
        .unwrap();
    staff
        .change_status(issue, "in_progress")
        .internal_comment("секрет при статусе")
        .send()
        .unwrap();
    staff.comment(issue, "можно всем").send().unwrap();
    let notice = anna.sees("В работе").await;
    assert!(!notice.text.contains("секрет"));
    anna.sees("можно всем").await;
    let public = rig.last_hook("new_comment");
    let unclear = [
        Value::Null,
        json!("maybe"),
        json!(2),
        json!({}),
        json!([true]),
    ];
    for (number, is_public) in unclear.into_iter().map(Some).chain([None]).enumerate() {
        let mut hook = public.clone();
        let comment = hook["event"]["comment"].as_object_mut().unwrap();
        comment.insert("id".into(), json!(900_000 + number));
        comment.insert("content".into(), json!("секрет неясный"));
        match is_public {
            Some(value) => comment.insert("is_public".into(), value),
            None => comment.remove("is_public"),
        };
        // What is said of a file opens nothing that the comment it came with keeps.
        hook["event"]["attachments"] = json!([{
            "id": 800_000 + number, "is_public": true, "attachment_file_name": "секрет.txt",
            "description": null, "attachment_file_size": 6, "created_at": null,
        }]);
        let status = rig.posts(&hook).await;
        assert!(status < 500, "{status} for {hook:#}");
    }
    anna.never_sees("секрет").await;
    assert!(
        !rig.telegram
            .calls()
            .iter()
            .any(|call| !call.files.is_empty())
    );
}

#[tokio::test]
async fn com_04_a_comment_is_heard_once_okdesk_says_that_it_is_public_whatever_the_hook_left_open()
{
    let rig = Setup::new()
        .await
        .set("RECONCILE_MINUTES", "1")
        .start()
        .await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.later(Duration::from_secs(30)).await;
    rig.comments(issue, "раньше");
    anna.sees("раньше").await;
    rig.okdesk.remove_webhook(&rig.webhook());
    rig.comments(issue, "мастер едет");
    let mut hook = rig.last_hook("new_comment");
    let comment = hook["event"]["comment"].as_object_mut().unwrap();
    let id = rig.comments_of(issue).last().unwrap()["id"].clone();
    comment.insert("id".into(), id);
    comment.insert("content".into(), json!("мастер едет"));
    comment.remove("is_public");
    assert!(rig.posts(&hook).await < 300);
    anna.never_sees("мастер едет").await;
    rig.later(Duration::from_secs(61)).await;
    let heard = rig.until("the reconciler's look", || {
        let all = anna.user.chat().from_bot();
        all.into_iter().find(|it| it.text.contains("мастер едет"))
    });
    heard.await;
}

#[tokio::test]
async fn com_04_a_public_comment_comes_once_whole_and_with_its_author() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let text = format!(
        "Начало. {} Конец.",
        "Очень подробный ответ. ".repeat(40).trim()
    );
    rig.okdesk.webhooks().repeat(2);
    rig.comments(issue, &text);
    let notice = anna.sees("Начало.").await;
    assert!(notice.text.contains(text.trim()), "{}", notice.text);
    assert!(
        notice.text.contains("Соколов") && notice.text.contains("№ 1"),
        "{}",
        notice.text
    );
    assert!(
        Client::shows_button(&notice, Action::Comment(issue)),
        "Reply"
    );
    assert!(Client::shows_button(&notice, Action::Open(issue)), "Open");
    assert_eq!(anna.count("Начало.").await, 1);
    // Once more the next day is still the same comment.
    rig.later(Duration::from_secs(24 * 3600)).await;
    let hooks = rig.okdesk.webhooks();
    for delivery in hooks.deliveries() {
        hooks.redeliver(delivery.number);
    }
    assert_eq!(anna.count("Начало.").await, 1);
}

#[tokio::test]
async fn com_04_the_button_reply_answers_the_ticket() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.comments(issue, "Какая модель?");
    let notice = anna.sees("Какая модель?").await;
    anna.presses_on(&notice, Action::Comment(issue));
    anna.sees("Напишите комментарий").await;
    anna.writes("HP 1020");
    anna.sees("Передано").await;
    rig.rest().await;
    assert_eq!(content(&rig.comments_of(issue)[1]), "HP 1020");
}

#[tokio::test]
async fn com_05_mail_html_becomes_readable_text() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let html = "<style>p {color: red}</style><p>Добрый&nbsp;день!</p><p>Строка 1<br/>Строка 2 &amp; 3</p>\
        <ul><li>раз</li><li>два <b>важно</b></li></ul>\
        <p>x < 5 и y > 3, <a href=\"https://example.org/a?b=1&amp;c=2\">инструкция</a></p>\
        <blockquote>старое письмо</blockquote>\
        <table><tr><td>Имя</td><td>Цена</td></tr></table><img src=\"cid:1\"><script>alert(1)</script>";
    rig.comments(issue, html);
    let notice = anna.sees("Добрый").await;
    let text = notice.text.replace('\u{a0}', " ");
    for words in [
        "Добрый день!",
        "Строка 1\nСтрока 2 & 3",
        "• раз\n• два важно",
        "x < 5 и y > 3",
        "старое письмо",
        "Имя",
        "Цена",
    ] {
        assert!(text.contains(words), "{words:?} is missing in {text}");
    }
    for junk in ["&nbsp;", "&amp;", "<p>", "<br", "color", "alert", "cid:"] {
        assert!(!text.contains(junk), "{junk:?} in {text}");
    }
    assert!(
        notice.html.contains("https://example.org/a?b=1&amp;c=2"),
        "the link leads where it led: {}",
        notice.html
    );
    assert!(notice.html.contains("<b>важно</b>"), "{}", notice.html);
}

#[tokio::test]
async fn com_06_a_long_answer_arrives_in_order_in_parts() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let before = anna.messages().await;
    let words: Vec<String> = (0..1500).map(|number| format!("слово{number}😀")).collect();
    rig.comments(issue, &format!("<b>{}</b>", words.join(" ")));
    rig.rest().await;
    let parts = anna.user.chat().from_bot().split_off(before);
    assert!(parts.len() >= 4, "{}", parts.len());
    let mut read = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        assert!(part.text.encode_utf16().count() <= 4096);
        assert_eq!(
            part.buttons.is_empty(),
            number + 1 < parts.len(),
            "buttons under the last"
        );
        assert!(
            part.html.contains("<b>"),
            "each part is as bold as the whole"
        );
        read.extend(
            part.text
                .split_whitespace()
                .filter(|word| word.starts_with("слово"))
                .map(str::to_owned),
        );
    }
    assert_eq!(read, words);
    // An answer to any of the parts is an answer to the ticket.
    anna.answers(&parts[1], "Спасибо за подробности");
    anna.sees("Передано").await;
}

#[tokio::test]
async fn com_07_refused_formatting_costs_the_formatting_only() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let refusal = bot_api::Fault::Refuse {
        code: 400,
        description:
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0".into(),
    };
    rig.telegram.faults().add(
        FaultRule::new(refusal)
            .method("sendMessage")
            .chat(anna.id())
            .times(1),
    );
    rig.comments(issue, "<b>Готово</b>, проверьте: 2 < 3");
    let notice = anna.sees("Готово, проверьте: 2 < 3").await;
    assert!(notice.entities.is_empty(), "{:?}", notice.entities);
    assert!(Client::shows_button(&notice, Action::Comment(issue)));
    assert_eq!(anna.count("проверьте").await, 1);
    let counted = rig.page("/metrics").await;
    assert!(
        counted.contains("tg_bridge_formatting_refused_total 1"),
        "{counted}"
    );
}

#[tokio::test]
async fn com_08_ones_own_words_do_not_come_back() {
    // The webhook comes as ever, before the answer, which is lost, and long after it.
    for timing in ["after", "before", "late"] {
        let rig = Rig::start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        match timing {
            "before" => rig
                .okdesk
                .faults()
                .on("comments.create")
                .once(Fault::DropAfter),
            "late" => rig.okdesk.webhooks().delay(Duration::from_millis(200)),
            _ => {}
        }
        anna.presses(Action::Comment(issue)).await;
        anna.writes("Мигает красная лампа");
        anna.sees("Передано").await;
        rig.rest().await;
        assert_eq!(rig.comments_of(issue).len(), 1);
        anna.never_sees("Мигает красная лампа").await;
    }
}

#[tokio::test]
async fn com_09_an_employee_with_the_clients_number_is_not_the_client() {
    for dialect in [Dialect::usual(), Switch::WebhookStringIds.into()] {
        let rig = Setup::in_dialect(dialect).await.start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        let maria = rig.okdesk.staff("Мария Орлова");
        assert_eq!(maria.id().get(), anna.contact.get(), "the same number");
        maria.comment(issue, "Мы занимаемся этим").send().unwrap();
        anna.sees("Мы занимаемся этим").await;
        assert_eq!(anna.count("Мы занимаемся этим").await, 1);
    }
}

#[tokio::test]
async fn com_10_files_without_words_arrive() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let staff = rig.staff();
    staff
        .comment(issue, "")
        .attach("акт.pdf", &b"%PDF-1.4"[..])
        .send()
        .unwrap();
    let sent = anna
        .sees_where("a file", |message| !message.files.is_empty())
        .await;
    assert_eq!(sent.files[0].name.as_deref(), Some("акт.pdf"));
    assert_eq!(sent.files[0].bytes, &b"%PDF-1.4"[..]);
    let around = anna.all("№ 1").await;
    assert!(
        around
            .iter()
            .any(|message| message.text.contains("Соколов")),
        "{}",
        rig.story()
    );
    assert!(
        sent.text.contains("№ 1") && sent.text.contains("Соколов"),
        "{}",
        sent.text
    );
}

#[tokio::test]
async fn com_11_status_and_comment_come_together_and_nothing_comes_twice() {
    for (dialect, reversed) in [
        (Dialect::usual(), false),
        (Switch::StatusCommentFiresNewComment.into(), false),
        (Switch::StatusCommentFiresNewComment.into(), true),
    ] {
        let rig = Setup::in_dialect(dialect).await.start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        let hooks = rig.okdesk.webhooks();
        if reversed {
            hooks.hold();
        }
        let change = rig.staff().change_status(issue, "completed");
        change.comment("Заменили картридж").send().unwrap();
        hooks.release_reversed();
        anna.sees("Заменили картридж").await;
        assert_eq!(anna.count("Заменили картридж").await, 1, "{}", rig.story());
        assert_eq!(anna.count("Решена").await, 1);
    }
}

#[tokio::test]
async fn com_11_the_closing_words_stand_in_the_status_notice() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let change = rig.staff().change_status(issue, "completed");
    change.comment("Заменили картридж").send().unwrap();
    let notice = anna.sees("Заменили картридж").await;
    assert!(
        notice.text.contains("Решена") && notice.text.contains("Соколов"),
        "{}",
        notice.text
    );
}

#[tokio::test]
async fn com_12_telegrams_reply_is_the_shortest_way_to_comment() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    anna.presses(Action::NewIssue).await;
    let own = anna.writes("Не печатает принтер");
    anna.presses(Action::Submit).await;
    let made = anna.sees("создана").await;
    let issue = IssueId::new(1);
    rig.sets(issue, "in_progress");
    let status = anna.sees("В работе").await;
    rig.staff()
        .comment(issue, "")
        .attach("акт.pdf", &b"%PDF"[..])
        .send()
        .unwrap();
    let file = anna
        .sees_where("a file", |message| !message.files.is_empty())
        .await;
    for (number, message) in [&own, &made, &status, &file].into_iter().enumerate() {
        anna.answers(message, &format!("Ответ номер {number}"));
        anna.sees("Передано в заявку № 1").await;
        rig.rest().await;
        let comments = rig.comments_of(issue);
        assert_eq!(
            content(comments.last().unwrap()),
            format!("Ответ номер {number}")
        );
    }
    assert_eq!(rig.issues().len(), 1);
}

#[tokio::test]
async fn com_12_a_reply_to_a_staff_comment_quotes_it_shortly() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.comments(issue, "Какая модель принтера?");
    let short = anna.sees("Какая модель").await;
    anna.answers(&short, "HP 1020");
    rig.comments(issue, &"Длинный вопрос. ".repeat(40));
    let long = anna.sees("Длинный вопрос.").await;
    anna.answers(&long, "Короткий ответ");
    rig.rest().await;
    let own: Vec<Value> = rig
        .comments_of(issue)
        .into_iter()
        .filter(|one| one["author"]["type"] == "contact")
        .collect();
    assert_eq!(
        content(&own[0]),
        "<blockquote>Какая модель принтера?</blockquote>HP 1020"
    );
    let (quote, answer) = content(&own[1]).split_once("</blockquote>").unwrap();
    assert_eq!(answer, "Короткий ответ");
    let quote = quote.strip_prefix("<blockquote>").unwrap();
    assert!(
        quote.starts_with("Длинный вопрос.") && quote.chars().count() <= 200,
        "{quote}"
    );

    // Words marked by hand are the quotation.
    anna.user
        .reply_to(short.id)
        .quote("модель принтера")
        .send_text("повторяю: HP");
    rig.rest().await;
    let last = rig.comments_of(issue).pop().unwrap();
    assert_eq!(
        content(&last),
        "<blockquote>модель принтера</blockquote>повторяю: HP"
    );
}

#[tokio::test]
async fn com_13_an_edit_is_told_beside_the_original() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    anna.presses(Action::Comment(issue)).await;
    let text = anna.writes("Мигает зелёная лампа");
    anna.sees("Передано").await;
    anna.presses(Action::Comment(issue)).await;
    let photo = anna.user.caption("вот она").send_photo(picture(3));
    anna.sees("Передано").await;
    rig.rest().await;
    let before = rig.comments_of(issue);
    assert_eq!(before.len(), 2);

    anna.edits(&text, "Мигает красная лампа");
    anna.edits(&photo, "вот она, красная");
    rig.rest().await;
    let after = rig.comments_of(issue);
    assert_eq!(after[..2], before[..], "the original stays, files too");
    assert_eq!(rig.files_of(&after[1]).len(), 1);
    assert_eq!(content(&after[2]), "Исправлено: Мигает красная лампа");
    assert_eq!(content(&after[3]), "Исправлено: вот она, красная");
    assert!(
        after[2..]
            .iter()
            .all(|one| one["public"] == true && one["author"]["id"] == anna.contact.get())
    );
    // A preview that was loaded is an edit without a change.
    anna.edits(&text, "Мигает красная лампа");
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 4);
    // The words of the ticket itself can be corrected as well.
    let own = anna
        .user
        .chat()
        .messages()
        .into_iter()
        .find(|one| one.text == "Не печатает принтер");
    anna.edits(&own.unwrap(), "Не печатает сканер");
    rig.rest().await;
    assert_eq!(
        content(&rig.comments_of(issue)[4]),
        "Исправлено: Не печатает сканер"
    );
}

#[tokio::test]
async fn com_14_parts_of_one_long_text_are_one_comment() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let long = (0..1200)
        .map(|number| format!("слово{number}"))
        .collect::<Vec<_>>()
        .join(" ");
    anna.presses(Action::Comment(issue)).await;
    anna.writes(&long);
    anna.sees("Передано").await;
    rig.rest().await;
    let [comment] = rig.comments_of(issue).try_into().unwrap();
    let words: Vec<&str> = content(&comment)
        .split(|c: char| c.is_whitespace() || c == '<' || c == '>')
        .filter(|word| word.starts_with("слово"))
        .collect();
    assert_eq!(words.join(" "), long);
    assert_eq!(anna.count("Передано").await, 1);

    // As a reply too; and words that come after the silence are another comment.
    rig.later(Duration::from_secs(61)).await;
    rig.comments(issue, "Ещё подробности?");
    let asked = anna.sees("Ещё подробности?").await;
    anna.answers(&asked, &long);
    anna.sees("Передано").await;
    rig.rest().await;
    let after = rig.comments_of(issue);
    assert_eq!(after.len(), 3, "{}", rig.story());
    assert!(content(&after[2]).contains("слово0 ") && content(&after[2]).ends_with("слово1199"));
    anna.answers(&asked, "И вот ещё");
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 4);
}

/// An issue of Anna's that her colleague Boris watches, by Okdesk's word.
async fn watched<'a>(rig: &'a Rig) -> (Client<'a>, Client<'a>, IssueId) {
    let anna = rig.anna().await;
    let boris = rig
        .colleague(502, ("Борис", "Новиков"), BORIS_PHONE, anna.company)
        .await;
    let desk = rig.okdesk.client();
    let made = desk.issues().create("Не печатает принтер");
    let made = made
        .contact(anna.contact)
        .company(anna.company)
        .contact_observers([boris.contact]);
    let issue = made.await.unwrap().id;
    anna.sees("Для вас зарегистрирована").await;
    (anna, boris, issue)
}

#[tokio::test]
async fn com_15_what_one_writes_the_others_who_follow_hear_and_the_author_does_not() {
    // The webhook comes after the answer to the writing call, and before it.
    for late in [true, false] {
        let rig = Rig::start().await;
        let (anna, boris, issue) = watched(&rig).await;
        // A third one has nothing to do with it.
        let vera = rig
            .colleague(503, ("Вера", "Чужая"), "+79990000003", anna.company)
            .await;
        match late {
            true => rig.okdesk.webhooks().delay(Duration::from_millis(300)),
            // The answer is lost, and the comment found at the second try.
            false => rig
                .okdesk
                .faults()
                .on("comments.create")
                .always(Fault::DropAfter),
        }
        anna.presses(Action::Comment(issue)).await;
        anna.user
            .caption("Мигает красная лампа")
            .send_photo(picture(1));
        anna.sees("Передано").await;
        let heard = boris.sees("Мигает красная лампа").await;
        assert!(
            heard.text.contains("Анна Петрова") && heard.text.contains("№ 1"),
            "{}",
            heard.text
        );
        let photo = boris
            .sees_where("the photo", |message| !message.files.is_empty())
            .await;
        assert_eq!(photo.files[0].bytes, picture(1));
        // Whoever follows may answer, in the own name.
        boris.answers(&heard, "И зелёная тоже");
        boris.sees("Передано в заявку № 1").await;
        anna.sees("И зелёная тоже").await;
        rig.comments(issue, "Едем");
        anna.sees("Едем").await;
        boris.sees("Едем").await;
        rig.rest().await;
        let comments = rig.comments_of(issue);
        assert_eq!(comments.len(), 3);
        assert_eq!(comments[1]["author"]["id"], boris.contact.get());
        anna.never_sees("💬 Анна Петрова").await;
        boris.never_sees("💬 Борис Новиков").await;
        for words in ["И зелёная тоже", "Едем"] {
            assert_eq!(anna.count(words).await, 1, "{words}");
        }
        for words in ["Мигает красная лампа", "Едем"] {
            assert_eq!(boris.count(words).await, 1, "{words}");
        }
        vera.never_sees("лампа").await;
        vera.never_sees("Едем").await;
    }
}

#[tokio::test]
async fn com_15_who_follows_chooses_how_and_judges_nothing() {
    let rig = Rig::start().await;
    let (anna, boris, issue) = watched(&rig).await;
    rig.comments(issue, "Первый ответ");
    let notice = boris.sees("Первый ответ").await;
    boris.presses_on(&notice, Action::Open(issue));
    let card = boris.sees("Данные на").await;
    assert!(Client::shows_button(&card, Action::Comment(issue)));
    assert!(!Client::shows_button(&card, Action::Close(issue)));
    boris.presses_on(&card, Action::Mute(issue));
    rig.rest().await;
    rig.comments(issue, "Второй ответ");
    assert!(boris.sees("Второй ответ").await.silent);
    assert!(!anna.sees("Второй ответ").await.silent);

    // Neither is the work rated, nor the issue closed, by anybody but its client.
    rig.sets(issue, "completed");
    let asked = anna.sees("Оцените").await;
    let told = boris.sees("Решена").await;
    assert!(!told.text.contains("Оцените"), "{}", told.text);
    for data in ["rate:1:1:1", "rerate:1:1", "close:1", "close-now:1"] {
        boris.forges(data).await;
        assert_eq!(boris.toasts().await.last().unwrap(), "Такой заявки нет");
    }
    assert!(rig.notes_of(issue).is_empty() && rig.issue(issue)["rate"]["value"].is_null());
    assert_eq!(rig.issue(issue)["status"]["code"], "completed");
    assert!(asked.has_callback("rate:1:1:5"));

    // The client has everything forgotten; whoever watches still may look, and nothing of her comes back by that.
    anna.writes("/delete_me");
    anna.presses(Action::DeleteMe).await;
    anna.sees("Ваши данные удалены").await;
    boris.forges(&Action::Open(issue).encode()).await;
    let again = boris.sees_where("the card anew", |message| {
        message.id != card.id && message.text.contains("Данные на")
    });
    assert!(again.await.text.contains("Второй ответ"));
    rig.rest().await;
    assert!(!rig.remembers("Не печатает принтер").await);

    boris.writes("/settings");
    boris.sees("Настройки уведомлений").await;
    boris.presses(Action::Toggle(Setting::Followed)).await;
    rig.rest().await;
    rig.comments(issue, "Третий ответ");
    boris.never_sees("Третий ответ").await;
}
