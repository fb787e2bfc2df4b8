//! What can be watched: drift, items left out, spans; and what can be called without being modelled.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use okdesk_sdk::model::{Drift, Issue, IssueId, Raw};
use okdesk_sdk::operation::{Method, Operation};
use okdesk_sdk::testing::Simulator;
use okdesk_sdk::{Client, ErrorKind, Observer, SkippedItem};
use support::{Server, TOKEN, json, quick};
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

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

/// The number of a span, its name, and the fields it had in the end.
type Span = (u64, &'static str, BTreeMap<String, String>);

/// Every span of this crate.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Span>>>);

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if attributes.metadata().target().starts_with("okdesk_sdk") {
            let mut fields = BTreeMap::new();
            attributes.record(&mut Fields(&mut fields));
            let name = attributes.metadata().name();
            self.0.lock().unwrap().push((id.into_u64(), name, fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        let span = spans.iter_mut().rev().find(|span| span.0 == id.into_u64());
        if let Some((_, _, fields)) = span {
            values.record(&mut Fields(fields));
        }
    }
}

/// The spans of one call, as `name{field=value …}`.
async fn spans_of(server: &Server, call: impl AsyncFnOnce(Client)) -> Vec<String> {
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    call(server.client()).with_subscriber(subscriber).await;
    let spans = spans.0.lock().unwrap();
    let shown = spans.iter().map(|(_, name, fields)| {
        let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
        format!("{name}{{{}}}", fields.collect::<Vec<_>>().join(" "))
    });
    shown.collect()
}

#[tokio::test]
async fn spans_have_the_field_names_of_opentelemetry_and_no_secret() {
    let server = Server::start([json(503, ""), json(200, r#"{"id":7}"#), json(404, "")]).await;
    let port = server.url.rsplit(':').next().unwrap();
    let call = |error: &str, resent: u8, status: u16| {
        format!(
            "okdesk.call{{{error}http.request.method=GET http.request.resend_count={resent} \
             http.response.status_code={status} otel.kind=client otel.name=issues.get \
             server.address=127.0.0.1 server.port={port} url.template=/api/v1/issues/{{issue_id}}}}"
        )
    };
    let read = async |client: Client| drop(client.issues().get(IssueId::new(7)).await);

    let spans = spans_of(&server, read).await;
    let [whole, first, second] = &spans[..] else {
        panic!("one call, two tries: {spans:#?}")
    };
    assert_eq!(*whole, call("", 1, 200));
    assert_eq!(first, "okdesk.attempt{http.request.resend_count=0}");
    assert_eq!(second, "okdesk.attempt{http.request.resend_count=1}");

    let spans = spans_of(&server, read).await;
    assert_eq!(spans[0], call("error.type=NotFound ", 0, 404));

    let login = async |client: Client| drop(client.session().sign_in("anna", "pass-word").await);
    let spans = spans_of(&server, login).await.join("\n");
    assert!(
        spans.contains("url.template=/api/v1/users/sign_in"),
        "{spans}"
    );
    for secret in [TOKEN, "anna", "pass-word", "api_token"] {
        assert!(!spans.contains(secret), "{secret} in {spans}");
    }
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
