//! The running bridge between Okdesk and Telegram, with faults: what is taken in, what goes out, and what happens when
//! one of them, or the bridge, fails.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

use engine::{
    PATIENCE, Rig, SECRET, echo, eventually, hurrying, message_of, new_comment_hook, next, said,
    say, telling, text_of, until_said, until_stored,
};
use okdesk_sdk::model::{ContactId, Html, IssueId};
use okdesk_sdk::testing::Fault as DeskFault;
use serde_json::json;
use sqlx::{Connection as _, Row as _};
use std::time::Duration;
use tg_bridge::demo::bot_api::{Attachment, Fault, FaultRule};
use tg_bridge::reaction::{
    Chat, Effect, Event, FailureKind, Happening, Issue, Link, LostReason, NewComment, NewIssue,
    OkdeskCall, Outcome, Reply, Scene,
};
use tg_bridge::run::StartError;
use tg_bridge::store::{Hop, OpenError};
use tg_bridge::telegram::{
    ChatId, Content, IncomingFile, Outgoing, RemoteFile, Score, Send, Update,
};

/// Tells a chat of every public comment.
fn tell_comments(chat: i64) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |_, event| match event {
        Event::Desk(desk) => match &desk.happening {
            Happening::Comment(comment) => vec![say(
                chat,
                &format!("{}: {}", comment.id, comment.content.as_str()),
            )],
            _ => vec![],
        },
        _ => vec![],
    }
}

fn lost_connection() -> FaultRule {
    FaultRule::new(Fault::Drop)
}

/// An issue of a contact.
fn issue(rig: &Rig) -> (ContactId, IssueId) {
    let company = rig.okdesk.account().company("Ромашка").create();
    let contact = rig
        .okdesk
        .account()
        .contact("Анна", "Смирнова")
        .company(company)
        .create();
    (
        contact,
        rig.okdesk
            .account()
            .issue("Принтер")
            .contact(contact)
            .create(),
    )
}

/// Comments of an issue as the account has them.
fn comments(rig: &Rig, issue: IssueId) -> Vec<String> {
    let all = rig.okdesk.snapshot();
    let issues = all["issues"].as_array().unwrap();
    let issue = issues.iter().find(|i| i["id"] == issue.get()).unwrap();
    let comments = issue["comments"].as_array().unwrap();
    comments
        .iter()
        .map(|c| c["content"].as_str().unwrap().to_owned())
        .collect()
}

/// Turns each text into a comment of the issue and answers with what became of it.
fn comment_on(issue: IssueId, author: ContactId) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |_, event| {
        if let Some(message) = message_of(event) {
            let files = match &message.content {
                Content::File(file) => vec![file.clone()],
                _ => vec![],
            };
            let content = Html::from_text(&message.text);
            let call = OkdeskCall::CreateComment(NewComment {
                issue,
                author,
                content,
                files,
            });
            return vec![Effect::Okdesk {
                chat: message.chat,
                call,
            }];
        }
        match event {
            Event::Answer(answer) => vec![say(answer.chat.0, outcome(&answer.outcome))],
            _ => vec![],
        }
    }
}

fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done(_) => "сохранено",
        Outcome::Delayed => "позже",
        Outcome::Failed(_) => "отказано",
    }
}

#[tokio::test]
async fn a_text_is_answered_and_a_comment_is_told() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (_, issue) = issue(&rig);
    let tell = tell_comments(101);
    let bridge = rig
        .start(move |scene, event| [echo(scene, event), tell(scene, event)].concat())
        .await;
    anna.send_text("Добрый день");
    until_said(&anna, "Добрый день").await;
    let comment = rig
        .okdesk
        .staff("Пётр")
        .comment(issue, "Чиним")
        .send()
        .unwrap();
    until_said(&anna, &format!("{comment}: Чиним")).await;
    bridge.stop().await;
    assert!(
        rig.telegram.violations().is_empty(),
        "{:?}",
        rig.telegram.violations()
    );
}

#[tokio::test]
async fn fai_01_what_comes_while_telegram_is_away_is_stored_and_told_once_it_is_back() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig.start(tell_comments(101)).await;
    rig.telegram.faults().add(lost_connection());
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 200);
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    assert_eq!(said(&anna, "1: Готово"), 0);
    rig.telegram.faults().clear();
    rig.clock.advance(Duration::from_secs(3));
    until_said(&anna, "1: Готово").await;
    bridge.stop().await;
    assert_eq!(said(&anna, "1: Готово"), 1);
}

#[tokio::test]
async fn fai_02_what_cannot_be_stored_is_not_acknowledged() {
    let rig = Rig::new().await;
    let bridge = rig.start(echo).await;
    assert_eq!(rig.post(&bridge, "{not json").await, 400);
    bridge.store().close().await;
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 503);
    let (status, body) = rig.get(&bridge, "/health/ready").await;
    assert_eq!(status, 503);
    assert!(body.contains("database"), "{body}");
    assert_eq!(rig.get(&bridge, "/health/live").await.0, 200);
}

#[tokio::test]
async fn fai_03_a_repeated_event_has_one_effect_in_a_row_in_parallel_and_after_a_restart() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig.start(tell_comments(101)).await;
    for _ in 0..2 {
        assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 200);
    }
    let parallel = (0..8).map(|_| rig.post(&bridge, new_comment_hook(7, 2)));
    assert_eq!(futures_util::future::join_all(parallel).await, [200; 8]);
    until_said(&anna, "2: Готово").await;
    bridge.stop().await;
    let bridge = rig.start(tell_comments(101)).await;
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 1)).await, 200);
    assert_eq!(rig.post(&bridge, new_comment_hook(7, 3)).await, 200);
    until_said(&anna, "3: Готово").await;
    bridge.stop().await;
    for n in 1..=3 {
        assert_eq!(said(&anna, &format!("{n}: Готово")), 1, "{n}");
    }
}

#[tokio::test]
async fn fai_04_a_chat_that_must_wait_waits_and_the_others_go_on() {
    let rig = Rig::new().await;
    let (anna, boris) = (
        rig.telegram.user(101, "Анна"),
        rig.telegram.user(102, "Борис"),
    );
    rig.telegram
        .faults()
        .too_many_requests("sendMessage", 101, 3, 1);
    let bridge = rig.start(echo).await;
    anna.send_text("раз");
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    anna.send_text("два");
    boris.send_text("три");
    until_said(&boris, "три").await;
    until_said(&anna, "два").await;
    bridge.stop().await;
    let calls = rig.telegram.calls_of("sendMessage").into_iter();
    let order: Vec<_> = calls.filter_map(|call| call.chat_id).collect();
    assert_eq!(order, [101, 102, 101, 101], "nobody else waits for it");
    let texts: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
    assert_eq!(texts, ["раз", "два"], "in order, each once");
    assert!(
        rig.telegram.violations().is_empty(),
        "{:?}",
        rig.telegram.violations()
    );
}

#[tokio::test]
async fn fai_05_comments_wait_out_an_outage_in_order_and_the_client_is_told_once() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    rig.okdesk.faults().on_any().always(DeskFault::Status(503));
    let bridge = rig.start(comment_on(issue, contact)).await;
    anna.send_text("раз");
    until_said(&anna, "позже").await;
    anna.send_text("два");
    // The second try begins, when the first has surely ended, with a look whether it went through.
    let looks = || rig.okdesk.recorder().count("comments.list");
    rig.clock.advance(Duration::from_secs(25));
    anna.send_text("три");
    until_stored(async || {
        let waiting = bridge.store().pressure().await.unwrap().waiting_out;
        (waiting == 3).then_some(())
    })
    .await;
    assert_eq!(looks(), 0, "Okdesk may still be at work on it");
    hurrying(&rig, || (looks() >= 1).then_some(())).await;
    rig.okdesk.faults().clear();
    hurrying(&rig, || (said(&anna, "сохранено") == 3).then_some(())).await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["раз", "два", "три"]);
    assert_eq!(said(&anna, "позже"), 1);
}

#[tokio::test]
async fn a_comment_whose_fate_is_unknown_is_looked_for_before_it_is_repeated() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    for fault in [
        DeskFault::DropAfter,
        DeskFault::CutBody,
        DeskFault::Garbage,
        DeskFault::DropBefore,
        DeskFault::Status(500),
    ] {
        rig.okdesk.faults().on("comments.create").once(fault);
    }
    let bridge = rig.start(comment_on(issue, contact)).await;
    for text in ["раз", "два", "три", "четыре", "пять"] {
        anna.send_text(text);
    }
    hurrying(&rig, || (said(&anna, "сохранено") == 5).then_some(())).await;
    bridge.stop().await;
    assert_eq!(
        comments(&rig, issue),
        ["раз", "два", "три", "четыре", "пять"]
    );
}

#[tokio::test]
async fn equal_words_are_two_comments_even_when_the_fate_of_the_second_is_unknown() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    let bridge = rig.start(comment_on(issue, contact)).await;
    anna.send_text("да");
    until_said(&anna, "сохранено").await;
    // The second one did not get through, and nobody knows.
    let faults = rig.okdesk.faults();
    faults.on("comments.create").once(DeskFault::Status(500));
    anna.send_text("да");
    hurrying(&rig, || (said(&anna, "сохранено") == 2).then_some(())).await;
    // The third one did.
    faults.on("comments.create").once(DeskFault::DropAfter);
    anna.send_text("да");
    hurrying(&rig, || (said(&anna, "сохранено") == 3).then_some(())).await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["да", "да", "да"]);
}

#[tokio::test]
async fn files_that_a_first_try_left_behind_are_named_when_it_is_found() {
    let rig = Rig::new().await.with("TELEGRAM_DOWNLOAD_LIMIT_MB", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    let (decide, mut told) = telling(comment_on(issue, contact));
    let bridge = rig.start(decide).await;
    let faults = rig.okdesk.faults();
    faults.on("comments.create").once(DeskFault::DropAfter);
    anna.caption("Велик").send_document(
        "фильм.bin",
        "application/octet-stream",
        vec![0; 1_100_000],
    );
    hurrying(&rig, || (said(&anna, "сохранено") == 1).then_some(())).await;
    let lost = next(&mut told, |event| match event {
        Event::Answer(answer) => match &answer.outcome {
            Outcome::Done(Reply::CommentCreated { lost, .. }) => Some(lost.clone()),
            _ => None,
        },
        _ => None,
    })
    .await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["Велик"]);
    let lost: Vec<_> = lost.iter().map(|f| (f.name.as_str(), f.reason)).collect();
    assert_eq!(lost, [("фильм.bin", LostReason::TooLarge)]);
}

#[tokio::test]
async fn a_file_that_okdesk_never_gives_holds_up_its_chat_for_minutes_not_days() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let (_, issue) = issue(&rig);
    let bridge = rig
        .start(|_, event| match event {
            Event::Desk(desk) => match &desk.happening {
                Happening::Files(files) => vec![
                    Effect::Telegram {
                        chat: ChatId(101),
                        send: Send::Files {
                            issue: desk.issue.id,
                            files: files.clone(),
                            caption: "Файл".into(),
                            silent: false,
                        },
                        about: None,
                    },
                    say(101, "дальше"),
                ],
                _ => vec![],
            },
            _ => vec![],
        })
        .await;
    let faults = rig.okdesk.faults();
    faults.on("files.download").always(DeskFault::DropBefore);
    let began = rig.clock.now();
    let files = [("акт.pdf", vec![1_u8; 1000])];
    rig.okdesk
        .staff("Пётр")
        .add_files(issue, true, files)
        .unwrap();
    tokio::time::timeout(3 * PATIENCE, async {
        while said(&anna, "дальше") == 0 {
            rig.clock.advance(Duration::from_millis(400));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the chat is held up");
    let minutes = (rig.clock.now() - began) / 60_000;
    bridge.stop().await;
    assert!(minutes < 15, "after {minutes} min");
    let link = anna
        .chat()
        .from_bot()
        .into_iter()
        .find(|message| message.text.contains("акт.pdf"))
        .expect("the file is named");
    assert!(link.html.contains("https://portal.example.org/issues/"));
}

#[tokio::test]
async fn tic_05_an_issue_whose_fate_is_unknown_is_looked_for_before_it_is_repeated() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let contact = rig.okdesk.account().contact("Анна", "Смирнова").create();
    rig.okdesk
        .faults()
        .on("issues.create")
        .once(DeskFault::DropAfter);
    let decide = move |_: &mut Scene, event: &Event| match (text_of(event), event) {
        (Some((chat, text)), _) => {
            let new = NewIssue {
                title: text.into(),
                description: Html::from_text("Полосы <на> бумаге\nи шум"),
                contact,
                company: None,
                maintenance_entity: None,
                files: vec![],
                parts: vec![],
                follows: None,
            };
            vec![Effect::Okdesk {
                chat: ChatId(chat),
                call: OkdeskCall::CreateIssue(new),
            }]
        }
        (_, Event::Answer(answer)) => match &answer.outcome {
            Outcome::Done(Reply::IssueCreated { issue, .. }) => {
                vec![say(101, &format!("№ {}", issue.id))]
            }
            _ => vec![],
        },
        _ => vec![],
    };
    let bridge = rig.start(decide).await;
    anna.send_text("Не печатает");
    let told = hurrying(&rig, || anna.chat().from_bot().pop()).await;
    bridge.stop().await;
    let all = rig.okdesk.snapshot();
    let issues: Vec<_> = all["issues"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| i["title"] == "Не печатает")
        .collect();
    assert_eq!(issues.len(), 1, "{issues:#?}");
    assert_eq!(told.text, format!("№ {}", issues[0]["id"]));
    assert_eq!(
        rig.okdesk.recorder().count("issues.create"),
        1,
        "found, not repeated"
    );
}

#[tokio::test]
async fn fai_07_a_refusal_is_not_repeated_and_fai_08_can_be_handled_by_an_admin() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    rig.okdesk
        .faults()
        .on("comments.create")
        .once(DeskFault::Status(403));
    let (decide, mut told) = telling(comment_on(issue, contact));
    let bridge = rig.start(decide).await;
    anna.send_text("раз");
    anna.send_text("два");
    until_said(&anna, "сохранено").await;
    assert_eq!(said(&anna, "отказано"), 1);
    assert_eq!(
        rig.okdesk.recorder().count("comments.create"),
        2,
        "one try each"
    );
    let failure = next(&mut told, |event| match event {
        Event::Answer(answer) => match &answer.outcome {
            Outcome::Failed(failure) => Some(failure.clone()),
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert!(failure.detail.contains("Ошибка 403"), "{failure:?}");

    let dead = bridge.store().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].hop, Hop::Out);
    assert!(
        dead[0].error.starts_with("Forbidden ") && dead[0].error.contains("Ошибка 403"),
        "{}",
        dead[0].error
    );
    assert!(bridge.store().revive(dead[0].id).await.unwrap());
    eventually(|| (said(&anna, "сохранено") == 2).then_some(())).await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["два", "раз"]);
}

#[tokio::test]
async fn fai_09_a_message_whose_answer_was_lost_comes_at_most_twice_and_the_next_is_not_lost() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    rig.telegram.faults().add(
        lost_connection()
            .method("sendMessage")
            .times(1)
            .after_effect(),
    );
    let bridge = rig.start(echo).await;
    anna.send_text("раз");
    anna.send_text("два");
    hurrying(&rig, || (said(&anna, "два") == 1).then_some(())).await;
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    assert!(
        metrics.contains("tg_bridge_uncertain_sends_total 1"),
        "{metrics}"
    );
    bridge.stop().await;
    assert_eq!(said(&anna, "раз"), 2);
}

#[tokio::test]
async fn fai_11_what_is_no_failure_for_people_is_none_for_the_bridge() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    for (method, words) in [
        (
            "editMessageText",
            "Bad Request: message is not modified: specified new message content is the same",
        ),
        (
            "editMessageReplyMarkup",
            "Bad Request: message is not modified",
        ),
        (
            "answerCallbackQuery",
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
    ] {
        let refused = Fault::Refuse {
            code: 400,
            description: words.into(),
        };
        rig.telegram
            .faults()
            .add(FaultRule::new(refused).method(method).times(1));
    }
    let decide = |_: &mut Scene, event: &Event| {
        let Some(message) = message_of(event) else {
            return vec![];
        };
        let (chat, id) = (message.chat, message.id);
        let to = Outgoing {
            html: "заново".into(),
            ..Outgoing::default()
        };
        let all = [
            Send::Edit {
                message: id,
                to: to.clone(),
            },
            Send::EditKeyboard {
                message: id,
                keyboard: vec![],
            },
            Send::AnswerCallback {
                callback: "17".into(),
                note: None,
            },
            // This one is really not there.
            Send::Edit {
                message: tg_bridge::telegram::MessageId(9_999),
                to,
            },
        ];
        all.into_iter()
            .map(|send| Effect::Telegram {
                chat,
                send,
                about: None,
            })
            .collect()
    };
    let bridge = rig.start(decide).await;
    anna.send_text("раз");
    until_said(&anna, "заново").await;
    until_stored(async || {
        (bridge.store().pressure().await.unwrap().waiting_out == 0).then_some(())
    })
    .await;
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    bridge.stop().await;
    assert_eq!(said(&anna, "заново"), 1);
}

#[tokio::test]
async fn fai_12_poison_blocks_nobody() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let decide = |scene: &mut Scene, event: &Event| {
        if text_of(event).is_some_and(|(_, text)| text == "яд") {
            scene.chat = Some(Chat::new(ChatId(101)));
            panic!("poison");
        }
        echo(scene, event)
    };
    let bridge = rig.start(decide).await;
    anna.send_text("яд");
    rig.telegram.push_update(
        "message",
        json!({"chat": {"id": 101}, "text": ["not a text"]}),
    );
    rig.telegram
        .push_update("something_new", json!({"chat": {"id": 101}}));
    anna.send_text("потом");
    until_said(&anna, "потом").await;
    let dead = bridge.store().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!(dead[0].error, "poison");
    assert_eq!(
        bridge.store().chat(ChatId(101)).await.unwrap(),
        None,
        "nothing of it was kept"
    );
    bridge.stop().await;
}

#[tokio::test]
async fn com_07_refused_formatting_goes_once_as_plain_text() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig
        .start(|_, event| match text_of(event) {
            Some((chat, _)) => vec![say(chat, "<b>жирно &amp; криво")],
            None => vec![],
        })
        .await;
    anna.send_text("раз");
    let shown = until_said(&anna, "жирно & криво").await;
    assert!(shown.entities.is_empty());
    bridge.stop().await;
    assert_eq!(rig.telegram.calls_of("sendMessage").len(), 2);
}

#[tokio::test]
async fn not_07_a_chat_that_refuses_is_told_to_the_reaction_and_left_alone() {
    let rig = Rig::new().await;
    let (anna, boris) = (
        rig.telegram.user(101, "Анна"),
        rig.telegram.user(102, "Борис"),
    );
    let blocked = Fault::Refuse {
        code: 403,
        description: "Forbidden: bot was blocked by the user".into(),
    };
    rig.telegram.faults().add(FaultRule::new(blocked).chat(101));
    let (decide, mut told) = telling(echo);
    let bridge = rig.start(decide).await;
    anna.send_text("раз");
    boris.send_text("два");
    let (chat, reachable) = next(&mut told, |event| match event {
        Event::Telegram(update) => match update.as_ref() {
            Update::Membership(m) => Some((m.chat, m.reachable)),
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!((chat, reachable), (ChatId(101), false));
    until_said(&boris, "два").await;
    assert_eq!(
        rig.telegram
            .calls_of("sendMessage")
            .iter()
            .filter(|c| c.chat_id == Some(101))
            .count(),
        1
    );
    bridge.stop().await;
}

#[tokio::test]
async fn ops_01_a_second_copy_is_refused_by_the_database() {
    let rig = Rig::new().await;
    let bridge = rig.start(echo).await;
    match rig.try_start(echo).await {
        Err(StartError::Store(OpenError::InUse(place))) => assert!(place.contains("bridge.db")),
        other => panic!("{:?}", other.err()),
    }
    bridge.stop().await;
}

#[tokio::test]
async fn ops_05_readiness_tells_what_is_wrong() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    assert_eq!(rig.get(&bridge, "/health/ready").await.0, 200);
    rig.telegram.faults().add(lost_connection());
    anna.send_text("раз");
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    rig.clock.advance(Duration::from_secs(6 * 60));
    let body = until_stored(async || {
        let (status, body) = rig.get(&bridge, "/health/ready").await;
        (status == 503).then_some(body)
    })
    .await;
    assert!(body.contains("oldest item"), "{body}");
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    assert!(
        metrics.contains("tg_bridge_queue_items{hop=\"out\"} 1"),
        "{metrics}"
    );
    assert!(metrics.contains("tg_bridge_ready 0"), "{metrics}");
    assert_eq!(rig.get(&bridge, "/nothing").await.0, 404);
    let post = rig
        .http
        .post(format!("http://{}/metrics", bridge.addr()))
        .send()
        .await
        .unwrap();
    assert_eq!(post.status().as_u16(), 405);
}

#[tokio::test]
async fn ops_06_a_stop_lets_running_calls_end_and_nothing_is_lost_or_repeated() {
    let rig = Rig::new().await;
    let users: Vec<_> = (101..109).map(|id| rig.telegram.user(id, "Анна")).collect();
    rig.telegram
        .faults()
        .add(FaultRule::new(Fault::Delay(300)).method("sendMessage"));
    let bridge = rig.start(echo).await;
    for user in &users {
        user.send_text("раз");
        user.send_text("два");
    }
    rig.telegram
        .wait_for_call(|call| call.method == "sendMessage", PATIENCE)
        .await
        .unwrap();
    bridge.stop().await;
    let bridge = rig.start(echo).await;
    for user in &users {
        until_said(user, "два").await;
    }
    bridge.stop().await;
    for user in &users {
        let texts: Vec<_> = user.chat().from_bot().into_iter().map(|m| m.text).collect();
        assert_eq!(texts, ["раз", "два"]);
    }
    let calls = rig.telegram.calls_of("sendMessage");
    assert_eq!(calls.len(), 16, "none was broken off and made again");
}

/// Links each chat that writes to the contact, and tells it everything.
fn follow(contact: ContactId) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |scene, event| {
        if let Some((chat, text)) = text_of(event) {
            scene.chat = Some(Chat {
                link: Some(Link {
                    contact,
                    name: "Анна".into(),
                    phone: "+79990000001".into(),
                    company: None,
                    maintenance_entity: None,
                    place: None,
                }),
                ..Chat::new(ChatId(chat))
            });
            return vec![say(chat, text)];
        }
        let Event::Desk(desk) = event else {
            return vec![];
        };
        scene
            .issue
            .get_or_insert_with(|| Issue::new(desk.issue.clone()))
            .facts = desk.issue.clone();
        let news = match &desk.happening {
            Happening::Created => format!("новая {}", desk.issue.title),
            Happening::Comment(comment) => comment.content.as_str().to_owned(),
            Happening::Status { to, .. } => format!("статус {}", to.code),
            Happening::Files(files) => format!("файл {}", files[0].name),
            _ => return vec![],
        };
        scene
            .audience
            .iter()
            .map(|chat| say(chat.id.0, &news))
            .collect()
    }
}

#[tokio::test]
async fn ops_07_what_no_webhook_told_is_found_and_nothing_old_is_told() {
    let rig = Rig::new().await.with("RECONCILE_MINUTES", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, old) = issue(&rig);
    let staff = rig.okdesk.staff("Пётр");
    staff.comment(old, "давно").send().unwrap();
    // Half an hour later, so that it is old by every clock; the two clocks go together.
    let pass = |time: Duration| {
        rig.okdesk.clock().advance(time);
        rig.clock.advance(time);
    };
    pass(Duration::from_secs(1800));
    let bridge = rig.try_start(follow(contact)).await.unwrap();
    anna.send_text("привет");
    until_said(&anna, "привет").await;
    until_stored(async || bridge.store().meta("reconcile.begun").await.unwrap()).await;

    pass(Duration::from_secs(30));
    staff.comment(old, "внутри").internal().send().unwrap();
    staff.comment(old, "сейчас").send().unwrap();
    let fresh = rig
        .okdesk
        .account()
        .issue("Сканер")
        .contact(contact)
        .create();
    pass(Duration::from_secs(40));
    until_said(&anna, "сейчас").await;
    until_said(&anna, "новая Сканер").await;

    // The status of an issue that is known by now; and a comment that a late webhook tells again.
    staff.change_status(fresh, "completed").send().unwrap();
    pass(Duration::from_secs(70));
    until_said(&anna, "статус completed").await;
    pass(Duration::from_secs(70));
    anna.send_text("конец");
    until_said(&anna, "конец").await;
    bridge.stop().await;
    let texts: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
    let mut once = texts.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), texts.len(), "each once: {texts:?}");
    assert!(
        !texts
            .iter()
            .any(|text| text == "давно" || text == "внутри" || text == "новая Принтер"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn ops_07_an_issue_that_cannot_be_read_for_now_keeps_nobody_from_hearing_of_the_others() {
    let rig = Rig::new().await.with("RECONCILE_MINUTES", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, first) = issue(&rig);
    let account = rig.okdesk.account();
    let second = account.issue("Сканер").contact(contact).create();
    let staff = rig.okdesk.staff("Пётр");
    let pass = |time: Duration| {
        rig.okdesk.clock().advance(time);
        rig.clock.advance(time);
    };
    pass(Duration::from_secs(1800));
    let bridge = rig.try_start(follow(contact)).await.unwrap();
    anna.send_text("привет");
    until_said(&anna, "привет").await;
    until_stored(async || bridge.store().meta("reconcile.begun").await.unwrap()).await;
    pass(Duration::from_secs(30));
    staff.comment(first, "о первой").send().unwrap();
    pass(Duration::from_secs(1));
    staff.comment(second, "о второй").send().unwrap();
    // The list begins with what changed last; it is that issue's comments that Okdesk does not give, at either try.
    let comments = rig.okdesk.faults().on("comments.list");
    comments.times(2, DeskFault::Status(500));
    pass(Duration::from_secs(40));
    until_said(&anna, "о первой").await;
    assert_eq!(said(&anna, "о второй"), 0);
    pass(Duration::from_secs(61));
    until_said(&anna, "о второй").await;
    bridge.stop().await;
    assert_eq!(said(&anna, "о первой"), 1);
}

/// Who writes "оцени" rates the issue of the same number; to anything else the bot says the same.
fn rate_or_echo(scene: &mut Scene, event: &Event) -> Vec<Effect> {
    match text_of(event) {
        Some((chat, "оцени")) => vec![Effect::Okdesk {
            chat: ChatId(chat),
            call: OkdeskCall::Rate {
                issue: IssueId::new(chat.unsigned_abs()),
                score: Score::new(5).unwrap(),
            },
        }],
        _ => echo(scene, event),
    }
}

#[tokio::test]
async fn fai_05_an_okdesk_that_hangs_does_not_make_the_bot_fall_silent() {
    let rig = Rig::new().await;
    let slow = rig.okdesk.faults().on("issues.rate");
    slow.always(DeskFault::Delay(Duration::from_secs(600)));
    let bridge = rig.start(rate_or_echo).await;
    for chat in 1_000..1_100 {
        rig.telegram.user(chat, "Анна").send_text("оцени");
    }
    until_stored(async || {
        let waiting = bridge.store().pressure().await.unwrap().waiting_out;
        (waiting == 100).then_some(())
    })
    .await;
    for chat in 2_000..2_010 {
        let boris = rig.telegram.user(chat, "Борис");
        boris.send_text("привет");
        until_said(&boris, "привет").await;
    }
    bridge.stop().await;
}

/// In how many rows of the database, whatever the table, these words stand.
async fn stored(rig: &Rig, words: &str) -> usize {
    let url = format!("sqlite:{}", rig.database().display());
    let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert!(tables.iter().any(|table| table == "item"), "{tables:?}");
    let mut found = 0;
    for table in tables {
        let sql = format!("SELECT * FROM {table}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql));
        for row in rows.fetch_all(&mut db).await.unwrap() {
            let mut texts = (0..row.len()).filter_map(|at| row.try_get::<String, _>(at).ok());
            found += usize::from(texts.any(|text| text.contains(words)));
        }
    }
    found
}

#[tokio::test]
async fn sec_01_a_webhook_without_the_secret_is_refused_and_not_stored() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig.start(tell_comments(101)).await;
    let base = format!("http://{}/okdesk/webhook", bridge.addr());
    let post = async |url: String, header: Option<&str>| {
        let mut request = rig
            .http
            .post(url)
            .header("content-type", "application/json")
            .body(new_comment_hook(7, 1));
        if let Some(header) = header {
            request = request.header("X-Webhook-Secret", header);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(base.clone(), None).await, 401);
    assert_eq!(
        post(format!("{base}/a-wrong-secret-of-them"), None).await,
        401
    );
    assert_eq!(
        post(base.clone(), Some("a-wrong-secret-of-them")).await,
        401
    );
    for words in ["Готово", "webhook"] {
        let kept = stored(&rig, words).await;
        assert_eq!(kept, 0, "a stranger's words, or that there were any");
    }
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    assert!(
        metrics.contains("tg_bridge_events_total{source=\"webhook\",repeated=\"false\"} 0"),
        "{metrics}"
    );
    // The same words from who knows the secret are there until they are dealt with: the search finds what there is.
    rig.telegram.faults().add(lost_connection());
    assert_eq!(post(base.clone(), Some(SECRET)).await, 200);
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    for words in ["Готово", "webhook"] {
        assert!(stored(&rig, words).await > 0, "{words}");
    }
    rig.telegram.faults().clear();
    hurrying(&rig, || (said(&anna, "1: Готово") > 0).then_some(())).await;
    let ready = rig
        .http
        .get(&base)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        ready,
        json!({"message": "Webhook endpoint is ready", "path": "/okdesk/webhook"})
    );
    bridge.stop().await;
}

#[tokio::test]
async fn sec_02_telegram_may_bring_updates_if_it_knows_the_secret() {
    let rig = Rig::new().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let rig = rig
        .with("PORT", free.to_string())
        .with(
            "TELEGRAM_WEBHOOK_URL",
            format!("http://127.0.0.1:{free}/telegram/updates"),
        )
        .with("TELEGRAM_WEBHOOK_SECRET", "the_secret_of_telegram");
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.start(echo).await;
    let call = rig
        .telegram
        .wait_for_call(|call| call.method == "setWebhook", PATIENCE)
        .await
        .unwrap();
    let asked = call.parameters["allowed_updates"].to_string();
    for kind in [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ] {
        assert!(asked.contains(kind), "{asked}");
    }

    let door = format!("http://127.0.0.1:{free}/telegram/updates");
    let update = json!({"update_id": 77, "message": {"message_id": 1, "date": 1, "text": "сам",
        "chat": {"id": 101, "type": "private"}, "from": {"id": 101, "first_name": "Анна"}}});
    let post = async |secret: Option<&str>| {
        let mut request = rig.http.post(&door).body(update.to_string());
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(None).await, 401);
    assert_eq!(post(Some("another_secret")).await, 401);
    assert_eq!(bridge.store().pressure().await.unwrap().waiting_in, 0);
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    for _ in 0..3 {
        assert_eq!(post(Some("the_secret_of_telegram")).await, 200);
    }
    until_said(&anna, "сам").await;
    anna.send_text("конец");
    until_said(&anna, "конец").await;
    assert_eq!(said(&anna, "сам"), 1);
    bridge.stop().await;
}

#[tokio::test]
async fn files_arrive_byte_for_byte_and_the_lost_ones_are_named() {
    let rig = Rig::new().await.with("TELEGRAM_DOWNLOAD_LIMIT_MB", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    let (decide, mut told) = telling(comment_on(issue, contact));
    let bridge = rig.start(decide).await;
    let content: Vec<u8> = (0..200_000_u32)
        .flat_map(u32::to_le_bytes)
        .take(700_000)
        .collect();
    anna.caption("Счёт")
        .send_document("Счёт № 17.pdf", "application/pdf", content.clone());
    until_said(&anna, "сохранено").await;
    let sent = rig.okdesk.recorder().last("comments.create").unwrap();
    let (_, bytes) = sent.file("comment[attachments][0][attachment]").unwrap();
    assert_eq!(bytes.as_ref(), content);

    anna.caption("Велик").send_document(
        "фильм.bin",
        "application/octet-stream",
        vec![0; 1_100_000],
    );
    let lost = next(&mut told, |event| match event {
        Event::Answer(answer) => match &answer.outcome {
            Outcome::Done(Reply::CommentCreated { lost, .. }) if !lost.is_empty() => {
                Some(lost.clone())
            }
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!(
        (lost[0].name.as_str(), lost[0].reason),
        ("фильм.bin", LostReason::TooLarge)
    );
    assert_eq!(
        rig.telegram.calls_of("getFile").len(),
        1,
        "the large one was not even asked for"
    );
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["Счёт", "Велик"]);
}

#[tokio::test]
async fn fil_08_pictures_come_as_an_album_other_files_as_documents_and_the_rest_as_links() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let (_, issue) = issue(&rig);
    let decide = |_: &mut Scene, event: &Event| match event {
        Event::Desk(desk) => match &desk.happening {
            Happening::Files(files) => {
                let mut files = files.clone();
                files.push(RemoteFile {
                    id: okdesk_sdk::model::AttachmentId::new(9_999),
                    name: "архив <1>.zip".into(),
                    size: 60 * 1024 * 1024,
                });
                let send = Send::Files {
                    issue: desk.issue.id,
                    files,
                    caption: "<b>Файлы</b>".into(),
                    silent: false,
                };
                vec![Effect::Telegram {
                    chat: ChatId(101),
                    send,
                    about: None,
                }]
            }
            _ => vec![],
        },
        _ => vec![],
    };
    let bridge = rig.start(decide).await;
    let picture = tiny_png();
    let document = vec![7_u8; 300_000];
    rig.okdesk
        .staff("Пётр")
        .add_files(
            issue,
            true,
            [
                ("a.png", picture.clone()),
                ("b.png", picture.clone()),
                ("акт.pdf", document.clone()),
            ],
        )
        .unwrap();
    let link = until_said(&anna, "📎 архив <1>.zip").await;
    assert!(
        link.html
            .contains(&format!("https://portal.example.org/issues/{issue}")),
        "{}",
        link.html
    );
    let album = rig.telegram.calls_of("sendMediaGroup");
    assert_eq!(album.len(), 1);
    assert!(
        album[0]
            .files
            .iter()
            .all(|file| file.bytes.as_ref() == picture),
        "both pictures, unchanged"
    );
    assert_eq!(album[0].files.len(), 2);
    let sent = rig.telegram.calls_of("sendDocument");
    assert_eq!(sent[0].files[0].bytes.as_ref(), document);
    assert_eq!(sent[0].files[0].name, "акт.pdf");
    bridge.stop().await;
    assert!(
        rig.telegram.violations().is_empty(),
        "{:?}",
        rig.telegram.violations()
    );
}

/// One grey pixel.
fn tiny_png() -> Vec<u8> {
    let mut png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    png.extend([0, 0, 0, 13]);
    png.extend(b"IHDR");
    png.extend([
        0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55,
    ]);
    png.extend([0, 0, 0, 10]);
    png.extend(b"IDAT");
    png.extend([
        0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6,
    ]);
    png.extend([0, 0, 0, 0]);
    png.extend(b"IEND");
    png.extend([0xae, 0x42, 0x60, 0x82]);
    png
}

#[tokio::test]
async fn a_picture_telegram_does_not_show_goes_as_a_document() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let (_, issue) = issue(&rig);
    let refused = Fault::Refuse {
        code: 400,
        description: "Bad Request: PHOTO_INVALID_DIMENSIONS".into(),
    };
    rig.telegram
        .faults()
        .add(FaultRule::new(refused).method("sendPhoto"));
    let decide = |_: &mut Scene, event: &Event| match event {
        Event::Desk(desk) => match &desk.happening {
            Happening::Files(files) => {
                let send = Send::Files {
                    issue: desk.issue.id,
                    files: files.clone(),
                    caption: String::new(),
                    silent: false,
                };
                vec![Effect::Telegram {
                    chat: ChatId(101),
                    send,
                    about: None,
                }]
            }
            _ => vec![],
        },
        _ => vec![],
    };
    let bridge = rig.start(decide).await;
    let picture = tiny_png();
    rig.okdesk
        .staff("Пётр")
        .add_files(issue, true, [("схема.png", picture.clone())])
        .unwrap();
    let call = rig
        .telegram
        .wait_for_call(|call| call.method == "sendDocument", PATIENCE)
        .await
        .unwrap();
    assert_eq!(call.files[0].bytes.as_ref(), picture);
    bridge.stop().await;
}

#[tokio::test]
async fn an_album_of_the_client_keeps_its_files() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (decide, mut told) = telling(|_, _| vec![]);
    let bridge = rig.start(decide).await;
    anna.caption("Вид сбоку")
        .send_album([Attachment::photo(tiny_png()), Attachment::photo(tiny_png())]);
    let mut files: Vec<IncomingFile> = Vec::new();
    while files.len() < 2 {
        files.push(
            next(&mut told, |event| match &message_of(event)?.content {
                Content::File(file) => Some(file.clone()),
                _ => None,
            })
            .await,
        );
    }
    bridge.stop().await;
}
