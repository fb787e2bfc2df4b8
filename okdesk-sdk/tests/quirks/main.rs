//! The quirks of Okdesk, one test for each by its number; what each is about stands in `docs/okdesk-facts.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod content;
mod dates;
mod environment;
mod errors;
mod nulls;
mod numbers;
mod paging;
mod shapes;
mod success;
#[path = "../support/mod.rs"]
mod support;
mod writing;

use okdesk_sdk::model::{Issue, IssueId, IssueSummary};
use okdesk_sdk::{Client, Error};
use support::{Seen, Server, json};

const ID: IssueId = IssueId::new(7);

fn issue(fields: &str) -> Issue {
    serde_json::from_str(&format!(r#"{{"id":7,{fields}}}"#)).unwrap()
}

fn summary(fields: &str) -> IssueSummary {
    serde_json::from_str(&format!(r#"{{"id":7,{fields}}}"#)).unwrap()
}

async fn server(body: &str) -> (Server, Client) {
    let server = Server::start([json(200, body)]).await;
    let client = server.client();
    (server, client)
}

async fn sent<T>(call: impl AsyncFnOnce(Client) -> Result<T, Error>) -> Seen {
    let (server, client) = server("{}").await;
    let _ = call(client).await;
    server.seen().remove(0)
}

fn body(seen: &Seen) -> serde_json::Value {
    serde_json::from_slice(&seen.body).unwrap()
}
