//! What the receiver does with a request, without a socket.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::to_bytes;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::Full;
use okdesk_webhooks::receiver::{
    Ack, Answer, BuildError, Deduplicated, Delivery, Handler, Receiver, Report, Retry, Window,
    queue,
};
use okdesk_webhooks::testing::{self, body, hmac_signature};
use okdesk_webhooks::verify::{
    Basic, Encoding, HeaderSecret, HmacSha256, PathSecret, Verifier, any_of,
};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

const PATH: &str = "/okdesk/webhook";

async fn ack(_: Delivery) -> Answer {
    Ok(Ack)
}

async fn send<H: Handler, B>(receiver: &Receiver<H>, request: Request<B>) -> Response<Full<Bytes>>
where
    B: HttpBody + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    receiver.clone().oneshot(request).await.unwrap()
}

async fn status<H: Handler>(receiver: &Receiver<H>, request: Request<Full<Bytes>>) -> u16 {
    send(receiver, request).await.status().as_u16()
}

async fn json_of(response: Response<Full<Bytes>>) -> Value {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let bytes = to_bytes(axum::body::Body::new(response.into_body()), 1024)
        .await
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn request(method: Method, path: &str) -> Request<Full<Bytes>> {
    let mut request = body("new_ticket").post(path);
    *request.method_mut() = method;
    request
}

/// A body that gives its chunks, tells nothing of its length, and then does what `end` says.
struct Chunks {
    left: Vec<Bytes>,
    end: End,
    polled: Arc<AtomicUsize>,
}

enum End {
    Done,
    Silence,
    Broken,
}

impl HttpBody for Chunks {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        self.polled.fetch_add(1, Ordering::Relaxed);
        match (self.left.pop(), &self.end) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            (None, End::Done) => Poll::Ready(None),
            (None, End::Silence) => Poll::Pending,
            (None, End::Broken) => {
                Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

fn chunks(left: Vec<Bytes>, end: End) -> (Request<Chunks>, Arc<AtomicUsize>) {
    let polled = Arc::new(AtomicUsize::new(0));
    let body = Chunks {
        left,
        end,
        polled: Arc::clone(&polled),
    };
    (testing::post(PATH, Bytes::new()).map(|_| body), polled)
}

#[test]
fn a_receiver_is_not_built_unsafely() {
    let builder = || Receiver::builder().handler(ack);
    assert_eq!(builder().build().unwrap_err(), BuildError::NoVerifier);
    let both = builder()
        .insecure_accept_all()
        .verify(PathSecret::new("s").unwrap());
    assert_eq!(both.build().unwrap_err(), BuildError::VerifierIgnored);
    for path in ["", "okdesk", "/okdesk/", "/a?b", "/a#b", "/a b", "/путь"] {
        assert_eq!(
            builder()
                .insecure_accept_all()
                .path(path)
                .build()
                .unwrap_err(),
            BuildError::Path,
            "{path}"
        );
    }
    for path in ["/", "/a", "/okdesk/webhook", "/a%20b"] {
        assert_eq!(
            builder()
                .insecure_accept_all()
                .path(path)
                .build()
                .unwrap()
                .path(),
            path
        );
    }
}

#[tokio::test]
async fn the_handler_gets_the_event_and_what_came_with_it() {
    let (handler, mut deliveries) = queue(1);
    let receiver = Receiver::builder()
        .verify(
            HeaderSecret::new("X-S", "old")
                .unwrap()
                .also_accept("s")
                .unwrap(),
        )
        .handler(handler)
        .build()
        .unwrap();
    let sent = body("new_comment").to_bytes();
    let mut request = testing::post(PATH, sent.clone());
    request
        .headers_mut()
        .insert("x-s", HeaderValue::from_static("s"));
    let response = send(&receiver, request).await;
    assert_eq!(response.status(), 200);
    assert_eq!(json_of(response).await, json!({"message": "Accepted"}));

    let delivery = deliveries.recv().await.unwrap();
    assert_eq!(delivery.event.kind().as_str(), "new_comment");
    assert_eq!(delivery.body, sent);
    assert_eq!(delivery.event.raw().as_bytes(), sent);
    assert_eq!(delivery.headers["x-s"], "s");
    assert_eq!(delivery.proof.unwrap().secret, 1);
    assert_eq!(delivery.peer, None);
    let shown = format!("{delivery:?}");
    assert!(shown.contains("x-s") && !shown.contains("\"s\""), "{shown}");
    assert_eq!(receiver.stats().accepted, 1);
}

#[tokio::test]
async fn get_tells_that_the_endpoint_is_ready() {
    let receiver = Receiver::builder()
        .verify(PathSecret::new("secret").unwrap())
        .handler(ack)
        .build()
        .unwrap();
    for path in [PATH, "/okdesk/webhook/secret", "/okdesk/webhook/guess"] {
        let response = send(&receiver, request(Method::GET, path)).await;
        assert_eq!(response.status(), 200);
        let expected = json!({"message": "Webhook endpoint is ready", "path": "/okdesk/webhook"});
        assert_eq!(
            json_of(response).await,
            expected,
            "no hint whether the secret is right"
        );
        assert_eq!(status(&receiver, request(Method::HEAD, path)).await, 200);
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .build()
        .unwrap();
    for path in [
        "/",
        "/okdesk",
        "/okdesk/webhook/",
        "/okdesk/webhook/x",
        "/okdesk/webhooks",
        "/OKDESK/webhook",
    ] {
        assert_eq!(
            status(&receiver, request(Method::POST, path)).await,
            404,
            "{path}"
        );
        assert!(!receiver.serves(path));
    }
    assert_eq!(
        status(&receiver, request(Method::POST, "/okdesk/webhook?a=b")).await,
        200
    );
    for method in [
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
        Method::TRACE,
    ] {
        let response = send(&receiver, request(method, PATH)).await;
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()[ALLOW], "GET, HEAD, POST");
    }
    let at_root = Receiver::builder()
        .path("/")
        .insecure_accept_all()
        .handler(ack)
        .build()
        .unwrap();
    assert_eq!(status(&at_root, request(Method::POST, "/")).await, 200);
    assert_eq!(status(&at_root, request(Method::POST, "/x")).await, 404);
    let secret_at_root = Receiver::builder()
        .path("/")
        .verify(PathSecret::new("s").unwrap())
        .handler(ack)
        .build()
        .unwrap();
    assert_eq!(
        status(&secret_at_root, request(Method::POST, "/s")).await,
        200
    );
    assert_eq!(
        status(&secret_at_root, request(Method::POST, "/")).await,
        401
    );
}

#[tokio::test]
async fn only_json_is_read() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .build()
        .unwrap();
    let with_type = |value: Option<&'static str>| {
        let mut request = body("new_ticket").post(PATH);
        match value {
            Some(value) => request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(value)),
            None => request.headers_mut().remove(CONTENT_TYPE),
        };
        request
    };
    for json in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/hook+json",
    ] {
        assert_eq!(
            status(&receiver, with_type(Some(json))).await,
            200,
            "{json}"
        );
    }
    for other in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "json",
        "",
        "text/json",
    ] {
        assert_eq!(
            status(&receiver, with_type(Some(other))).await,
            415,
            "{other}"
        );
    }
    assert_eq!(status(&receiver, with_type(None)).await, 415);
    for (encoding, expected) in [("gzip", 415), ("identity", 200)] {
        let mut request = body("new_ticket").post(PATH);
        request
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        assert_eq!(status(&receiver, request).await, expected, "{encoding}");
    }
}

#[tokio::test]
async fn strangers_are_refused_before_their_body_is_read() {
    let receiver = Receiver::builder()
        .verify(any_of([
            PathSecret::new("s").unwrap().boxed(),
            Basic::new("u", "p").unwrap().boxed(),
        ]))
        .handler(ack)
        .build()
        .unwrap();
    let (request, polled) = chunks(vec![body("new_ticket").to_bytes()], End::Done);
    let response = send(&receiver, request).await;
    assert_eq!(response.status(), 401);
    assert!(
        response.headers()[WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .starts_with("Basic")
    );
    assert_eq!(polled.load(Ordering::Relaxed), 0);
    assert_eq!(receiver.stats().refused, 1);

    assert_eq!(
        status(&receiver, body("new_ticket").post("/okdesk/webhook/s")).await,
        200
    );
    assert_eq!(
        status(&receiver, body("new_ticket").post("/okdesk/webhook/t")).await,
        401
    );
}

#[tokio::test]
async fn signatures_are_checked_on_the_bytes_as_received() {
    let (handler, mut deliveries) = queue(8);
    let receiver = Receiver::builder()
        .verify(HmacSha256::new("X-Sig", "key").unwrap())
        .handler(handler)
        .build()
        .unwrap();
    let compact = body("new_ticket").to_bytes();
    let value: Value = serde_json::from_slice(&compact).unwrap();
    let pretty = Bytes::from(serde_json::to_vec_pretty(&value).unwrap());
    let signed = |signed: &[u8], sent: &Bytes| {
        let mut request = testing::post(PATH, sent.clone());
        let signature = hmac_signature(b"key", signed, Encoding::Hex);
        request
            .headers_mut()
            .insert("x-sig", signature.parse().unwrap());
        request
    };
    assert_eq!(status(&receiver, signed(&compact, &compact)).await, 200);
    assert_eq!(status(&receiver, signed(&pretty, &pretty)).await, 200);
    assert_eq!(
        status(&receiver, signed(&compact, &pretty)).await,
        401,
        "equal as JSON, not as bytes"
    );
    let nonsense = Bytes::from_static(b"nonsense");
    assert_eq!(
        status(&receiver, signed(&compact, &nonsense)).await,
        401,
        "not even parsed"
    );
    assert_eq!(status(&receiver, signed(&nonsense, &nonsense)).await, 400);
    assert_eq!(deliveries.recv().await.unwrap().body, compact);
    assert_eq!(deliveries.recv().await.unwrap().body, pretty);
    assert!(deliveries.try_recv().is_err());
}

#[tokio::test]
async fn the_limit_is_counted_while_reading() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .max_body(4096)
        .handler(ack)
        .build()
        .unwrap();
    let event = br#"{"event":{"event_type":"new_ticket"},"issue":{"id":1}"#;
    let exactly = |bytes: usize| {
        let mut body = event.to_vec();
        body.resize(bytes - 1, b' ');
        body.push(b'}');
        Bytes::from(body)
    };
    assert_eq!(
        status(&receiver, testing::post(PATH, exactly(4096))).await,
        200
    );
    assert_eq!(
        status(&receiver, testing::post(PATH, exactly(4097))).await,
        413
    );

    let (request, polled) = chunks(vec![Bytes::from(vec![b' '; 1500]); 1000], End::Silence);
    assert_eq!(send(&receiver, request).await.status(), 413);
    assert_eq!(
        polled.load(Ordering::Relaxed),
        3,
        "stopped at the chunk that went over"
    );
    assert_eq!(receiver.stats().too_large, 2);

    let default = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .build()
        .unwrap();
    assert_eq!(
        status(&default, testing::post(PATH, exactly(1024 * 1024))).await,
        200
    );
    assert_eq!(
        status(&default, testing::post(PATH, exactly(1024 * 1024 + 1))).await,
        413
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_is_given_up_and_a_broken_one_too() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .build()
        .unwrap();
    let (request, _) = chunks(vec![Bytes::from_static(b"{")], End::Silence);
    assert_eq!(send(&receiver, request).await.status(), 408);
    let (request, _) = chunks(vec![Bytes::from_static(b"{")], End::Broken);
    assert_eq!(send(&receiver, request).await.status(), 400);
    let stats = receiver.stats();
    assert_eq!((stats.too_slow, stats.bad_body, stats.accepted), (1, 1, 0));
}

#[tokio::test]
async fn a_body_in_pieces_is_put_together() {
    let (handler, mut deliveries) = queue(1);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let whole = body("new_files").to_bytes();
    let mut pieces: Vec<_> = whole.chunks(7).map(Bytes::copy_from_slice).collect();
    pieces.reverse();
    let (request, _) = chunks(pieces, End::Done);
    assert_eq!(send(&receiver, request).await.status(), 200);
    assert_eq!(deliveries.recv().await.unwrap().body, whole);
}

#[tokio::test]
async fn what_is_no_event_is_400_and_quotes_nothing() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .build()
        .unwrap();
    for bad in [
        "",
        "secret",
        "[]",
        "{}",
        r#"{"event":"secret"}"#,
        r#"{"event":{"event_type":1}}"#,
        "{\"a\":",
    ] {
        let response = send(&receiver, testing::post(PATH, bad)).await;
        assert_eq!(response.status(), 400, "{bad}");
        assert!(!json_of(response).await.to_string().contains("secret"));
    }
    let nested = "[".repeat(100_000);
    assert_eq!(status(&receiver, testing::post(PATH, nested)).await, 400);
    let deep = format!(
        r#"{{"event":{{"event_type":"new_ticket","x":{}1{}}},"issue":{{"id":1}}}}"#,
        "[".repeat(1000),
        "]".repeat(1000)
    );
    assert_eq!(status(&receiver, testing::post(PATH, deep)).await, 200);
}

#[tokio::test]
async fn unknown_events_are_acknowledged_and_counted() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .observe({
            let seen = Arc::clone(&seen);
            move |report| {
                if let Report::Unknown { event_type } = report {
                    seen.lock().unwrap().push((*event_type).to_owned());
                }
            }
        })
        .build()
        .unwrap();
    assert_eq!(
        status(&receiver, body("issue_merged").post(PATH)).await,
        200
    );
    assert_eq!(
        status(&receiver, body("new_comment").remove("/issue").post(PATH)).await,
        200
    );
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 200);
    assert_eq!(
        (receiver.stats().unknown, receiver.stats().accepted),
        (2, 3)
    );
    assert_eq!(*seen.lock().unwrap(), ["issue_merged", "new_comment"]);
}

#[tokio::test]
async fn the_validating_receiver_reports_and_refuses_nothing() {
    let (handler, mut deliveries) = queue(4);
    let reported = Arc::new(Mutex::new(Vec::new()));
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .validate(true)
        .handler(handler)
        .observe({
            let reported = Arc::clone(&reported);
            move |report| {
                if let Report::Deviating {
                    event_type,
                    deviations,
                } = report
                {
                    let texts = deviations.iter().map(ToString::to_string);
                    reported.lock().unwrap().push(format!(
                        "{event_type} {}",
                        texts.collect::<Vec<_>>().join("; ")
                    ));
                }
            }
        })
        .build()
        .unwrap();
    let odd = body("new_comment")
        .set("/issue/mood", "grim")
        .set("/issue/title", 5)
        .set("/event/attachments/1/is_public", "no")
        .remove("/event/comment/id");
    assert_eq!(status(&receiver, odd.post(PATH)).await, 200);
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 200);
    assert_eq!(
        *reported.lock().unwrap(),
        [
            "new_comment /event/attachments/1/is_public: true or false expected, found text; /event/comment/id: missing; \
          /issue/mood: not documented; /issue/title: text expected, found number"
        ]
    );
    assert_eq!(deliveries.recv().await.unwrap().deviations.len(), 4);
    assert_eq!(deliveries.recv().await.unwrap().deviations, []);
    assert_eq!(receiver.stats().deviating, 1);
}

#[tokio::test]
async fn retry_is_503_with_the_time_to_wait() {
    let handler = async |delivery: Delivery| match delivery.event.kind().as_str() {
        "new_ticket" => Err(Retry::after(Duration::from_millis(2001))),
        "new_files" => Err(std::io::Error::other("full"))?,
        _ => Err(Retry::after(Duration::ZERO)),
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    for (kind, seconds) in [
        ("new_ticket", "3"),
        ("new_files", "10"),
        ("new_comment", "1"),
    ] {
        let response = send(&receiver, body(kind).post(PATH)).await;
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], seconds);
    }
    assert_eq!(receiver.stats().retried, 3);
}

#[tokio::test]
async fn a_full_queue_is_503() {
    let (handler, mut deliveries) = queue(1);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 200);
    let response = send(&receiver, body("new_ticket").post(PATH)).await;
    assert_eq!(
        (response.status(), &response.headers()[RETRY_AFTER]),
        (StatusCode::SERVICE_UNAVAILABLE, &HeaderValue::from(10))
    );
    deliveries.recv().await.unwrap();
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 200);
    drop(deliveries);
    assert_eq!(
        status(&receiver, body("new_ticket").post(PATH)).await,
        503,
        "nobody reads any more"
    );
}

#[tokio::test(start_paused = true)]
async fn a_hanging_handler_is_answered_for_and_keeps_its_place() {
    let release = Arc::new(Notify::new());
    let finished = Arc::new(Notify::new());
    let handler = {
        let (release, finished) = (Arc::clone(&release), Arc::clone(&finished));
        move |_: Delivery| {
            let (release, finished) = (Arc::clone(&release), Arc::clone(&finished));
            async move {
                release.notified().await;
                finished.notify_one();
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .max_in_flight(1)
        .handler(handler)
        .build()
        .unwrap();
    let response = send(&receiver, body("new_ticket").post(PATH)).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key(RETRY_AFTER));
    assert_eq!(receiver.stats().failed, 1);

    let (request, polled) = chunks(vec![], End::Done);
    assert_eq!(
        send(&receiver, request).await.status(),
        503,
        "no place is free"
    );
    assert_eq!(polled.load(Ordering::Relaxed), 0, "and nothing was read");
    assert_eq!(receiver.stats().busy, 1);

    release.notify_one();
    finished.notified().await;
    tokio::task::yield_now().await;
    release.notify_one();
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 200);
}

#[tokio::test]
async fn a_panic_is_503_and_frees_its_place() {
    let handler = async |delivery: Delivery| match delivery.event.kind().as_str() {
        "new_ticket" => panic!("on purpose"),
        _ => Ok(Ack),
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .max_in_flight(1)
        .handler(handler)
        .build()
        .unwrap();
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 503);
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 200);
    assert_eq!(receiver.stats().failed, 1);
}

#[tokio::test]
async fn the_handler_is_not_cancelled_when_the_sender_hangs_up() {
    let started = Arc::new(Notify::new());
    let release = Arc::new(Notify::new());
    let finished = Arc::new(Notify::new());
    let handler = {
        let all = (
            Arc::clone(&started),
            Arc::clone(&release),
            Arc::clone(&finished),
        );
        move |_: Delivery| {
            let (started, release, finished) = all.clone();
            async move {
                started.notify_one();
                release.notified().await;
                finished.notify_one();
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    tokio::select! {
        _ = send(&receiver, body("new_ticket").post(PATH)) => panic!("answered too early"),
        () = started.notified() => {}
    }
    release.notify_one();
    finished.notified().await;
}

#[tokio::test(start_paused = true)]
async fn repeats_reach_the_handler_once_but_only_after_it_has_acknowledged() {
    let calls = Arc::new(AtomicUsize::new(0));
    let handler = {
        let calls = Arc::clone(&calls);
        move |_: Delivery| {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            async move {
                if call == 0 {
                    Err(Retry::default())
                } else {
                    Ok(Ack)
                }
            }
        }
    };
    let window = Window::new(Duration::from_secs(600), 100);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(Deduplicated::new(handler, window))
        .build()
        .unwrap();
    let comment = body("new_comment");
    assert_eq!(status(&receiver, comment.post(PATH)).await, 503);
    assert_eq!(
        status(&receiver, comment.post(PATH)).await,
        200,
        "the first try does not count"
    );
    assert_eq!(status(&receiver, comment.post(PATH)).await, 200);
    assert_eq!(calls.load(Ordering::SeqCst), 2, "the third was a repeat");
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 200);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    tokio::time::advance(Duration::from_secs(601)).await;
    assert_eq!(status(&receiver, comment.post(PATH)).await, 200);
    assert_eq!(calls.load(Ordering::SeqCst), 4, "forgotten by then");
}

#[tokio::test(start_paused = true)]
async fn a_repeat_of_what_is_being_handled_has_to_come_back() {
    let handler = async |_: Delivery| pending::<Answer>().await;
    let window = Window::new(Duration::from_secs(60), 100);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(Deduplicated::new(handler, window))
        .build()
        .unwrap();
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 503);
    let response = send(&receiver, body("new_comment").post(PATH)).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()[RETRY_AFTER]),
        (503, &HeaderValue::from(1))
    );
    assert_eq!(receiver.stats().retried, 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_window_forgets_the_oldest() {
    let calls = Arc::new(AtomicUsize::new(0));
    let handler = {
        let calls = Arc::clone(&calls);
        move |_: Delivery| {
            calls.fetch_add(1, Ordering::SeqCst);
            async { Ok(Ack) }
        }
    };
    let window = Window::new(Duration::from_secs(600), 2);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(Deduplicated::new(handler, window))
        .build()
        .unwrap();
    for comment in [1, 2, 3, 2, 3, 1] {
        let body = body("new_comment").set("/event/comment/id", comment);
        assert_eq!(status(&receiver, body.post(PATH)).await, 200);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(calls.load(Ordering::SeqCst), 4, "1, 2, 3, and 1 again");
}

#[tokio::test]
async fn recorded_bodies_are_replayed() {
    let (handler, mut deliveries) = queue(100);
    let mut receiver = Receiver::builder()
        .verify(HeaderSecret::new("X-S", "s").unwrap())
        .handler(handler)
        .build()
        .unwrap();
    let replay = testing::Replay::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/bodies")).unwrap();
    let prepare = |request: &mut Request<Full<Bytes>>| {
        request
            .headers_mut()
            .insert("x-s", HeaderValue::from_static("s"));
    };
    let answers: Result<_, Infallible> = replay.send(&mut receiver, PATH, prepare).await;
    let answers = answers.unwrap();
    assert!(
        answers.len() > 20 && answers.iter().all(|(_, status)| *status == 200),
        "{answers:?}"
    );
    for (name, body) in replay.bodies() {
        assert_eq!(deliveries.recv().await.unwrap().body, body, "{name}");
    }
}

#[tokio::test]
async fn no_answer_and_no_report_shows_a_secret() {
    let shown = Arc::new(Mutex::new(String::new()));
    let receiver = Receiver::builder()
        .verify(any_of([
            PathSecret::new("hunter2-path").unwrap().boxed(),
            HeaderSecret::new("X-S", "hunter2-header").unwrap().boxed(),
            Basic::new("u", "hunter2-basic").unwrap().boxed(),
            HmacSha256::new("X-Sig", "hunter2-hmac").unwrap().boxed(),
        ]))
        .handler(ack)
        .observe({
            let shown = Arc::clone(&shown);
            move |report| shown.lock().unwrap().push_str(&format!("{report:?}"))
        })
        .build()
        .unwrap();
    let mut answers = String::new();
    for path in [
        "/okdesk/webhook/hunter2-path",
        "/okdesk/webhook/hunter2-wrong",
        PATH,
    ] {
        for method in [Method::POST, Method::GET, Method::PUT] {
            for content in ["application/json", "text/hunter2"] {
                let mut request = request(method.clone(), path);
                request
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static(content));
                request
                    .headers_mut()
                    .insert("x-s", HeaderValue::from_static("hunter2-wrong"));
                let (parts, body) = send(&receiver, request).await.into_parts();
                let body = to_bytes(axum::body::Body::new(body), 4096).await.unwrap();
                answers.push_str(&format!("{parts:?} {}", String::from_utf8_lossy(&body)));
            }
        }
    }
    let all = format!("{answers} {} {receiver:?}", shown.lock().unwrap());
    assert!(all.contains("Refused"));
    assert!(!all.contains("hunter2"), "{all}");
}
