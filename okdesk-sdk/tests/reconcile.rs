//! Create and look, against the simulator: the answer is lost, the thing is found, and nothing is written twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

use std::time::Duration;

use okdesk_sdk::model::{Author, IssueId};
use okdesk_sdk::testing::{Fault, Simulator};
use okdesk_sdk::{CallOptions, Delivery, RetryPolicy};

fn look() -> CallOptions {
    CallOptions::new()
        .reconcile(Duration::from_secs(60))
        .retry(RetryPolicy::never())
}

#[tokio::test]
async fn an_issue_whose_answer_was_lost_is_found() {
    let okdesk = Simulator::start().await;
    let company = okdesk.account().company("Romashka").create();
    let contact = okdesk
        .account()
        .contact("Anna", "Petrova")
        .company(company)
        .create();
    okdesk.faults().on("issues.create").once(Fault::DropAfter);
    let create = okdesk
        .client()
        .issues()
        .create("Printer")
        .company(company)
        .contact(contact)
        .with_options(look());
    let (issue, meta) = create.send_with_meta().await.unwrap();
    assert!(meta.is_reconciled());
    assert_eq!(
        (issue.title.as_str(), issue.id),
        ("Printer", IssueId::new(1))
    );
    assert_eq!(okdesk.snapshot()["issues"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_issue_that_was_not_created_stays_an_error() {
    let okdesk = Simulator::start().await;
    okdesk.faults().on("issues.create").once(Fault::DropBefore);
    let error = okdesk
        .client()
        .issues()
        .create("Printer")
        .with_options(look())
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(okdesk.snapshot()["issues"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn two_that_look_alike_are_none() {
    let okdesk = Simulator::start().await;
    okdesk.client().issues().create("Printer").await.unwrap();
    okdesk.faults().on("issues.create").once(Fault::DropAfter);
    let error = okdesk
        .client()
        .issues()
        .create("Printer")
        .with_options(look())
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_found() {
    let okdesk = Simulator::start().await;
    let company = okdesk.account().company("Romashka").create();
    let contact = okdesk
        .account()
        .contact("Anna", "Petrova")
        .company(company)
        .create();
    let issue = okdesk.account().issue("Printer").contact(contact).create();
    let comments = okdesk.client().comments();
    comments
        .create(issue, "Other", Author::contact(contact))
        .await
        .unwrap();
    okdesk.faults().on("comments.create").once(Fault::DropAfter);
    let create = comments
        .create(issue, "Still\nbroken", Author::contact(contact))
        .with_options(look());
    let (comment, meta) = create.send_with_meta().await.unwrap();
    assert!(meta.is_reconciled());
    assert_eq!(comment.content.as_str(), "Still<br>broken");
    assert_eq!(comments.list(issue).await.unwrap().len(), 2);
}

#[tokio::test]
async fn without_the_option_nobody_looks() {
    let okdesk = Simulator::start().await;
    okdesk.faults().on("issues.create").once(Fault::DropAfter);
    let error = okdesk
        .client()
        .issues()
        .create("Printer")
        .await
        .unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::Unknown, 1));
    assert_eq!(okdesk.recorder().count("issues.list"), 0);
}
