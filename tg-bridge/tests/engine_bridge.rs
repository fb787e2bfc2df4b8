//! The running bridge between Okdesk and Telegram, with faults: what is taken in, what goes out, and what happens when
//! one of them, or the bridge, fails.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;

use engine::{
    PATIENCE, Rig, SECRET, echo, eventually, hurrying, linked, message_of, new_comment_hook, next,
    said, say, telling, text_of, until_said, until_stored,
};
use okdesk_sdk::model::{ContactId, Html, IssueId};
use okdesk_sdk::testing::Fault as DeskFault;
use serde_json::json;
use std::time::Duration;
use tg_bridge::demo::bot_api::{Attachment, Fault, FaultRule};
use tg_bridge::reaction::{
    Chat, Effect, Event, FailureKind, Happening, Issue, LostReason, NewComment, NewIssue,
    OkdeskCall, Outcome, Reply, Scene,
};
use tg_bridge::run::StartError;
use tg_bridge::store::{Hop, OpenError};
use tg_bridge::telegram::{
    ChatId, Content, IncomingFile, Outgoing, RemoteFile, Score, Send, Update,
};

#[path = "bridge/files.rs"]
mod files;
#[path = "bridge/intake.rs"]
mod intake;
#[path = "bridge/okdesk.rs"]
mod okdesk;
#[path = "bridge/running.rs"]
mod running;
#[path = "bridge/telegram.rs"]
mod telegram;

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
