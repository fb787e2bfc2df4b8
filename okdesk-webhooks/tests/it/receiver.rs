//! What the receiver does with a request, without a socket.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum::body::to_bytes;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Method};
use okdesk_webhooks::receiver::{BuildError, Receiver, queue};
use okdesk_webhooks::testing;
use okdesk_webhooks::testing::{body, hmac_signature};
use okdesk_webhooks::verify::{
    Basic, Encoding, HeaderSecret, HmacSha256, PathSecret, Verifier, all_of, any_of,
};
use serde_json::{Value, json};

use crate::support::{End, PATH, ack, chunks, json_of, request, send, status};

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
    assert!(
        shown.contains("new_comment") && shown.contains("153"),
        "which event it was: {shown}"
    );
    let author = delivery.event.author().unwrap().to_string();
    let text = delivery.event.comment().unwrap().content.as_str();
    assert!(
        !author.is_empty() && !shown.contains(&author) && !shown.contains(text),
        "but nobody's name or words: {shown}"
    );
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
async fn beside_a_path_secret_a_signature_gives_strangers_no_place() {
    let receiver = Receiver::builder()
        .verify(all_of([
            PathSecret::new("s").unwrap().boxed(),
            HmacSha256::new("X-Sig", "key").unwrap().boxed(),
        ]))
        .handler(ack)
        .build()
        .unwrap();
    let (mut stranger, polled) = chunks(vec![], End::Silence);
    let looks_right = hmac_signature(b"guess", b"", Encoding::Hex);
    stranger
        .headers_mut()
        .insert("x-sig", looks_right.parse().unwrap());
    *stranger.uri_mut() = "/okdesk/webhook/guess".parse().unwrap();
    assert_eq!(send(&receiver, stranger).await.status(), 401);
    assert_eq!(polled.load(Ordering::Relaxed), 0);
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
