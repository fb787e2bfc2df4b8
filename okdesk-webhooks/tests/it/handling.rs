//! From the receiver to the handler and back: acknowledging, coming back, repeats.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::Full;
use okdesk_webhooks::receiver::{
    Ack, Answer, Claim, Dedup, Deduplicated, Delivery, Receiver, Report, Retry, Window, queue,
};
use okdesk_webhooks::testing;
use okdesk_webhooks::testing::body;
use okdesk_webhooks::verify::{HeaderSecret, HmacSha256};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::support::{End, PATH, ack, chunks, send, status};

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
        .handler_timeout(Duration::from_secs(3))
        .handler(handler)
        .build()
        .unwrap();
    let asked = Instant::now();
    let response = send(&receiver, body("new_ticket").post(PATH)).await;
    assert_eq!(asked.elapsed().as_secs(), 3, "as long as it may take");
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
async fn a_panic_gives_the_claim_back() {
    let calls = Arc::new(AtomicUsize::new(0));
    let handler = {
        let calls = Arc::clone(&calls);
        move |_: Delivery| {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(call > 0, "on purpose");
                Ok(Ack)
            }
        }
    };
    let window = Window::new(Duration::from_secs(600), 100);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(Deduplicated::new(handler, window))
        .build()
        .unwrap();
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 503);
    tokio::task::yield_now().await;
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 200);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn every_answer_is_reported_with_its_time() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(ack)
        .observe({
            let seen = Arc::clone(&seen);
            move |report| {
                if let Report::Answered { status, elapsed } = report {
                    assert!(*elapsed < Duration::from_secs(600));
                    seen.lock().unwrap().push(status.as_u16());
                }
            }
        })
        .build()
        .unwrap();
    status(&receiver, body("new_comment").post(PATH)).await;
    status(&receiver, body("new_comment").post("/elsewhere")).await;
    status(&receiver, testing::post(PATH, "{")).await;
    assert_eq!(*seen.lock().unwrap(), [200, 404, 400]);
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

#[tokio::test(start_paused = true)]
async fn what_a_full_window_forgets_and_what_it_keeps() {
    let window = Window::new(Duration::from_secs(600), 1000);
    let claim = async |number: u32| window.claim(&format!("new_comment:comment:{number}")).await;
    let settle = async |number: u32, acknowledged| {
        window
            .settle(&format!("new_comment:comment:{number}"), acknowledged)
            .await;
    };
    for number in 0..100_000 {
        assert_eq!(claim(number).await, Claim::Granted);
        // What was not acknowledged leaves no trace.
        settle(number, number % 2 == 0).await;
    }
    assert_eq!(claim(99_998).await, Claim::Done);
    assert_eq!(claim(99_999).await, Claim::Granted);
    assert_eq!(claim(99_999).await, Claim::Pending);
    assert_eq!(claim(98_002).await, Claim::Done, "the oldest of a thousand");
    assert_eq!(claim(98_000).await, Claim::Granted, "the one before");
    // To be done counts from the end: by then others are older.
    settle(98_000, true).await;
    for number in 100_000..100_999 {
        assert_eq!(claim(number).await, Claim::Granted);
    }
    assert_eq!(claim(98_000).await, Claim::Done);
    assert_eq!(
        claim(99_999).await,
        Claim::Granted,
        "forgotten while it ran"
    );
}

#[tokio::test(start_paused = true)]
async fn events_without_an_id_are_alike_for_a_minute_only() {
    let calls = Arc::new(AtomicUsize::new(0));
    let handler = {
        let calls = Arc::clone(&calls);
        move |_: Delivery| {
            calls.fetch_add(1, Ordering::SeqCst);
            async { Ok(Ack) }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(Deduplicated::new(
            handler,
            Window::new(Duration::from_secs(600), 100),
        ))
        .build()
        .unwrap();
    let sent = async |kind: &str, seconds| {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        assert_eq!(status(&receiver, body(kind).post(PATH)).await, 200);
        calls.load(Ordering::SeqCst)
    };
    assert_eq!(sent("new_assignee", 0).await, 1);
    assert_eq!(sent("new_comment", 0).await, 2);
    assert_eq!(sent("new_assignee", 59).await, 2, "a repeat");
    assert_eq!(sent("new_assignee", 2).await, 3, "it happened once more");
    assert_eq!(sent("new_comment", 500).await, 2 + 1, "this id was there");
    assert_eq!(
        sent("new_comment", 100).await,
        4,
        "forgotten after its time"
    );
}

#[tokio::test]
async fn a_handler_that_is_ready_answers_in_place_and_one_that_waits_becomes_a_task() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let handler = {
        let seen = Arc::clone(&seen);
        move |delivery: Delivery| {
            let seen = Arc::clone(&seen);
            async move {
                if delivery.event.kind().as_str() == "new_comment" {
                    tokio::task::yield_now().await;
                }
                seen.lock().unwrap().push(tokio::task::try_id().is_some());
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 200);
    assert_eq!(status(&receiver, body("new_comment").post(PATH)).await, 200);
    assert_eq!(*seen.lock().unwrap(), [false, true]);
}

#[tokio::test]
async fn a_panic_after_a_wait_is_503_too() {
    let handler = async |_: Delivery| {
        tokio::task::yield_now().await;
        panic!("on purpose")
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .max_in_flight(1)
        .handler(handler)
        .build()
        .unwrap();
    for _ in 0..2 {
        assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 503);
    }
    assert_eq!(receiver.stats().failed, 2);
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
async fn recorded_lines_are_replayed_with_a_signature() {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/replay");
    std::fs::create_dir_all(folder).unwrap();
    let write = |name: &str, text: String| std::fs::write(format!("{folder}/{name}"), text);
    let line = |kind: &str| String::from_utf8(body(kind).to_bytes().to_vec()).unwrap();
    let (ticket, comment, files) = (line("new_ticket"), line("new_comment"), line("new_files"));
    write("a.json", ticket.clone()).unwrap();
    write("b.jsonl", format!("{comment}\n\n{files}\r\n")).unwrap();
    write("notes.txt", "no body".to_owned()).unwrap();

    let replay = testing::Replay::read_dir(folder).unwrap();
    let read: Vec<_> = replay
        .bodies()
        .map(|(name, body)| (name, std::str::from_utf8(body).unwrap()))
        .collect();
    let written = [
        ("a.json", ticket.as_str()),
        ("b.jsonl:1", comment.as_str()),
        ("b.jsonl:3", files.as_str()),
    ];
    assert_eq!(read, written);

    let hmac = HmacSha256::new("X-Sig", "key").unwrap().prefix("sha256=");
    let mut receiver = Receiver::builder()
        .verify(hmac.clone())
        .handler(ack)
        .build()
        .unwrap();
    let sign = |request: &mut Request<Full<Bytes>>| {
        *request = testing::signed(std::mem::take(request), &hmac);
    };
    let answers: Result<_, Infallible> = replay.send(&mut receiver, PATH, sign).await;
    assert!(answers.unwrap().iter().all(|(_, status)| *status == 200));
    let unsigned: Result<_, Infallible> = replay.send(&mut receiver, PATH, |_| {}).await;
    assert!(unsigned.unwrap().iter().all(|(_, status)| *status == 401));
}
