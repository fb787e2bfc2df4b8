//! The token is nowhere but in the line of a request to the account's own host.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use okdesk_sdk::model::{AttachmentId, Author, ContactId, IssueId};
use okdesk_sdk::operation::Method;
use okdesk_sdk::{ApiToken, Attempt, Client, Error, Meta, Observer, Upload};
use support::{Act, Server, TOKEN, impatient, json, quick, with_headers};

/// Collects everything a program could print.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    fn add(&self, text: &str) {
        self.0.lock().unwrap().extend_from_slice(text.as_bytes());
    }

    fn error(&self, error: &Error) {
        self.add(&format!(
            "{error} {error:?} {error:#?} {:?} {:?}",
            error.api(),
            error.field()
        ));
        self.add(&String::from_utf8_lossy(error.body().unwrap_or_default()));
        for name in ["location", "set-cookie", "x-echo"] {
            self.add(error.header(name).unwrap_or_default());
        }
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            self.add(&format!("{inner} {inner:?} {inner:#?}"));
            source = inner.source();
        }
    }

    fn outcome<T: std::fmt::Debug>(&self, outcome: Result<(T, Meta), Error>) {
        match outcome {
            Ok((_, meta)) => self.add(&format!("{} {:?}", meta.status(), meta.attempts())),
            Err(error) => self.error(&error),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Watcher(Printed);

impl Observer for Watcher {
    fn on_attempt(&self, attempt: &Attempt) {
        self.0.add(&format!("{attempt:?}"));
    }
}

fn spellings() -> Vec<String> {
    let encoded: String = url::form_urlencoded::byte_serialize(TOKEN.as_bytes()).collect();
    vec![TOKEN.to_owned(), encoded, TOKEN[..12].to_owned()]
}

async fn everything(client: &Client, printed: &Printed) {
    let (issue, author) = (IssueId::new(7), Author::contact(ContactId::new(3)));
    printed.add(&format!("{client:?} {:#?}", client.endpoint()));
    printed.outcome(client.issues().get(issue).send_with_meta().await);
    let create = client
        .issues()
        .create("x")
        .attach(Upload::from_bytes("a", "b"));
    printed.add(&format!("{create:?}"));
    printed.outcome(create.send_with_meta().await);
    printed.outcome(
        client
            .comments()
            .create(issue, "x", author)
            .send_with_meta()
            .await,
    );
    printed.outcome(
        client
            .request::<serde_json::Value>(Method::Get, "x/y")
            .query("a", "b")
            .send_with_meta()
            .await,
    );
    let mut pager = client.companies().list().into_pager();
    printed.add(&format!("{pager:?}"));
    if let Some(Err(error)) = pager.next().await {
        printed.error(&error);
    }
    let download = client.issues().download(issue, AttachmentId::new(9));
    printed.add(&format!("{download:?}"));
    if let Err(error) = download.bytes().await {
        printed.error(&error);
    }
}

#[test]
fn the_token_is_nowhere() {
    let printed = Printed::default();
    let writer = printed.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let seen = tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let mut seen = Vec::new();
            let encoded = &spellings()[1];
            // Servers that send the request back in every place they can.
            let echo = format!("You asked for /?api_token={TOKEN} or {encoded}");
            let location = format!("Location: /login?api_token={encoded}\r\nX-Echo: {TOKEN}\r\n");
            let acts = [
                json(200, r#"{"id":7}"#),
                json(200, "{}"),
                json(200, &format!(r#"{{"errors": "{echo}"}}"#)),
                json(200, &format!(r#"{{"id": "{echo}"}}"#)),
                json(
                    422,
                    &format!(r#"{{"errors": {{"{encoded}": ["{echo}"]}}}}"#),
                ),
                with_headers(302, &location, &echo),
                with_headers(
                    500,
                    &location,
                    &format!("{}{echo}", "x".repeat((16 << 10) - 30)),
                ),
                json(429, &echo),
                Act::CloseAtOnce,
                Act::CloseAfterReading,
                Act::Silence,
                Act::Answer(format!("GET {echo}\r\n").into_bytes()),
                Act::Answer(
                    format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{echo}").into_bytes(),
                ),
            ];
            for act in acts {
                let server = Server::start([act]).await;
                let builder = quick(&server.url)
                    .timeouts(impatient())
                    .observer(Watcher(printed.clone()));
                printed.add(&format!("{builder:?}"));
                everything(&builder.build().unwrap(), &printed).await;
                seen.extend(server.seen());
            }
            let nowhere = quick("http://127.0.0.1:1").build().unwrap();
            everything(&nowhere, &printed).await;
            seen
        })
    });
    printed.add(&format!("{:?}", ApiToken::from(TOKEN)));
    for wrong in [
        format!("http://example.com/?api_token={TOKEN}"),
        format!("ftp://{TOKEN}@x"),
        format!("http://x.example/#{TOKEN}"),
    ] {
        let error = Client::new(&wrong, TOKEN).unwrap_err();
        printed.add(&format!("{error} {error:?}"));
    }
    let error = Client::new("https://a.okdesk.ru", format!("{TOKEN} {TOKEN}")).unwrap_err();
    printed.add(&format!("{error} {error:?}"));

    let printed = printed.text();
    assert!(
        printed.contains("okdesk.call") && printed.contains("hyper"),
        "the logs must have been collected"
    );
    for spelling in spellings() {
        if let Some(place) = printed.find(&spelling) {
            let from = printed.floor_char_boundary(place.saturating_sub(300));
            let to = printed.floor_char_boundary((place + 100).min(printed.len()));
            panic!("the token is in: {}", &printed[from..to]);
        }
    }
    assert!(!seen.is_empty());
    for seen in seen {
        assert!(seen.target.contains("api_token="), "{seen:?}");
        let elsewhere = format!("{:?} {}", seen.headers, String::from_utf8_lossy(&seen.body));
        assert!(
            spellings()
                .iter()
                .all(|spelling| !elsewhere.contains(spelling)),
            "{seen:?}"
        );
    }
}
