//! What can be watched: drift, items left out, spans; and what can be called without being modelled.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::sync::{Arc, Mutex};

use okdesk_sdk::model::{Drift, Issue, IssueId, Raw};
use okdesk_sdk::operation::{Method, Operation};
use okdesk_sdk::testing::Simulator;
use okdesk_sdk::{Client, ErrorKind, Observer, SkippedItem};
use support::{Server, json, quick};

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Observer for Notes {
    fn on_drift(&self, operation: &'static Operation, drift: &Drift) {
        self.0
            .lock()
            .unwrap()
            .push(format!("{}: {drift}", operation.id));
    }

    fn on_skipped(&self, operation: &'static Operation, item: &SkippedItem) {
        self.0.lock().unwrap().push(format!(
            "{}: left out {:?} at {}",
            operation.id, item.id, item.path
        ));
    }
}

#[tokio::test]
async fn drift_is_told_once_for_each_kind() {
    let body = r#"[
        {"id":1,"mood":"sunny","author":{"id":1,"name":"A","type":"robot"},"equipments":[{"id":1,"shelf":2}]},
        {"id":2,"mood":"rainy","title":null},
        {"id":3,"title":{}}
    ]"#;
    let server = Server::start([json(200, body)]).await;
    let notes = Notes::default();
    let client = quick(&server.url).observer(notes.clone()).build().unwrap();
    client.issues().list().await.unwrap();
    client.issues().list().await.unwrap();
    let skipped = "issues.list: left out Some(3) at title";
    assert_eq!(
        *notes.0.lock().unwrap(),
        [
            skipped,
            "issues.list: unknown value \"robot\" in `author.type`",
            "issues.list: unknown field `equipments[].shelf`",
            "issues.list: unknown field `mood`",
            "issues.list: null in `title`",
            skipped,
        ]
    );
}

#[tokio::test]
async fn the_simulator_shows_no_drift() {
    let okdesk = Simulator::start().await;
    let contact = okdesk.account().contact("Anna", "Petrova").create();
    let issue = okdesk
        .account()
        .issue("Printer")
        .contact(contact)
        .attach("a.txt", "x")
        .create();
    okdesk
        .staff("Anna")
        .comment(issue, "x")
        .public()
        .send()
        .ok();
    let notes = Notes::default();
    let client = Client::builder()
        .base_url(okdesk.url().as_str())
        .token(okdesk.token())
        .observer(notes.clone())
        .build()
        .unwrap();
    client.issues().get(issue).await.unwrap();
    client.issues().list().await.unwrap();
    client.comments().list(issue).await.unwrap();
    client.contacts().search().id(contact).await.unwrap();
    client.employees().list().await.unwrap();
    client.references().issue_statuses().await.unwrap();
    client.references().issue_priorities().await.unwrap();
    assert_eq!(*notes.0.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_not_modelled_can_be_called() {
    let server = Server::start([json(200, r#"{"id":7,"mood":"sunny"}"#)]).await;
    let client = server.client();
    let issue: Raw<Issue> = client
        .request(Method::Get, "/api/v1/issues/7")
        .query("x[]", "a b")
        .await
        .unwrap();
    assert_eq!(
        (issue.value().id, issue.field("mood").unwrap()),
        (IssueId::new(7), "sunny".into())
    );
    let seen = &server.seen()[0];
    assert_eq!(
        (seen.path(), seen.query()),
        (
            "/api/v1/issues/7",
            vec![("x[]".to_owned(), "a b".to_owned())]
        )
    );
    assert!(seen.target.contains("api_token="));

    let _: serde_json::Value = client
        .request(Method::Post, "new/thing")
        .json(&serde_json::json!({"a": 1}))
        .await
        .unwrap();
    assert_eq!(
        (server.seen()[1].path(), server.seen()[1].text().as_str()),
        ("/api/v1/new/thing", r#"{"a":1}"#)
    );

    for path in ["../../admin", "a?b=c", "a/./b"] {
        let error = client.request::<()>(Method::Get, path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{path}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_post_that_reads_may_be_repeated() {
    let server = Server::start([json(503, ""), json(200, "")]).await;
    let call = server
        .client()
        .request::<serde_json::Value>(Method::Post, "search")
        .read_only();
    assert_eq!(call.send_with_meta().await.unwrap().1.attempts(), 2);
    let server = Server::start([json(503, "")]).await;
    assert_eq!(
        server
            .client()
            .request::<()>(Method::Post, "write")
            .await
            .unwrap_err()
            .attempts(),
        1
    );
}

#[test]
fn every_future_can_move_between_threads_and_borrows_nothing() {
    fn check<T: Send + 'static>(_: T) {}
    let client = Client::new("https://account.okdesk.ru", "key").unwrap();
    check(client.issues().create("x").send_with_meta());
    check(client.issues().list().into_pager());
    check(
        client
            .issues()
            .download(IssueId::new(1), 2.into())
            .save_to("x"),
    );
    check(client.issues().download(IssueId::new(1), 2.into()).open());
    check(client.request::<()>(Method::Get, "x").send_with_meta());
    check(client.clone());
}
