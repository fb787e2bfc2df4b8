//! The server on real sockets: limits of time, size and number, and the stop.

use std::sync::Arc;
use std::time::Duration;

use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use okdesk_webhooks::testing::{body, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::PATH;
use crate::wire::{Running, absolute, http1, http2_client, over_http1, queueing, raw, status_of};

#[tokio::test]
async fn several_requests_share_a_connection_and_split_packets_do_not_matter() {
    let (service, mut deliveries) = queueing();
    let running = Running::start(service, |server| server).await;
    let body = body("new_ticket").to_bytes();
    let mut wire = http1(&body, "");
    wire.extend(http1(&body, "connection: close\r\n"));
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    for piece in wire.chunks(5) {
        stream.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
    deliveries.recv().await.unwrap();
    deliveries.recv().await.unwrap();
}

#[tokio::test]
async fn a_chunked_body_is_counted() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .max_body(1000)
        .handler(async |_: Delivery| Ok(Ack))
        .build()
        .unwrap();
    let running = Running::start(receiver, |server| server).await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let chunk = format!("200\r\n{}\r\n", " ".repeat(0x200));
    let answer = raw(
        running.address,
        format!("{head}{chunk}{chunk}{chunk}").as_bytes(),
    )
    .await;
    assert_eq!(status_of(&answer), 413);
    let answer = raw(
        running.address,
        &http1(&[b' '; 1001], "connection: close\r\n"),
    )
    .await;
    assert_eq!(status_of(&answer), 413);
    let smuggled = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    let answer = raw(running.address, smuggled.as_bytes()).await;
    assert!(answer.is_empty() || status_of(&answer) == 400, "{answer}");
}

#[tokio::test]
async fn a_body_that_stops_is_408() {
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .body_timeout(Duration::from_millis(30))
        .handler(async |_: Delivery| Ok(Ack))
        .build()
        .unwrap();
    let running = Running::start(receiver, |server| server).await;
    let mut wire = http1(&body("new_ticket").to_bytes(), "");
    wire.truncate(wire.len() - 1);
    assert_eq!(status_of(&raw(running.address, &wire).await), 408);
}

#[tokio::test]
async fn silence_and_half_a_head_are_cut() {
    let (service, _deliveries) = queueing();
    let running = Running::start(service, |server| {
        server.header_timeout(Duration::from_millis(30))
    })
    .await;
    for start in [
        "",
        "P",
        "PRI * HTT",
        "POST /okdesk/webhook HTTP/1.1\r\nhost:",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n",
    ] {
        let answer = raw(running.address, start.as_bytes()).await;
        assert!(
            answer.is_empty() || status_of(&answer) == 408,
            "{start:?}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_head_that_drips_is_cut() {
    let (service, _deliveries) = queueing();
    let running = Running::start(service, |server| {
        server.header_timeout(Duration::from_millis(50))
    })
    .await;
    let stream = TcpStream::connect(running.address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let dripping = tokio::spawn(async move {
        let head = format!("POST {PATH} HTTP/1.1\r\nx-long: {}", "x".repeat(100_000));
        for byte in head.as_bytes() {
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let mut answer = Vec::new();
    // Long before the head would be too large.
    let read = timeout(Duration::from_secs(10), reader.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "still open");
    dripping.abort();
    assert!(!String::from_utf8_lossy(&answer).contains("200"));
}

#[tokio::test]
async fn idle_connections_are_closed_over_both_protocols() {
    let (service, _deliveries) = queueing();
    // The time of a head, which over HTTP/1.1 runs between two requests as well, closes nothing here.
    let running = Running::start(service, |server| {
        server
            .idle_timeout(Duration::from_millis(40))
            .header_timeout(Duration::from_secs(600))
    })
    .await;
    let wire = http1(&body("new_ticket").to_bytes(), "");
    let limit = Duration::from_secs(10);
    let answer = timeout(limit, raw(running.address, &wire)).await.unwrap();
    assert_eq!(status_of(&answer), 200, "answered, kept open, then closed");

    let mut sender = http2_client(running.address).await;
    assert_eq!(
        sender
            .send_request(absolute(running.address))
            .await
            .unwrap()
            .status(),
        200
    );
    let goodbye = async {
        while !sender.is_closed() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(limit, goodbye).await.unwrap();
}

#[tokio::test]
async fn a_running_request_is_not_idle() {
    let release = Arc::new(Notify::new());
    let handler = {
        let release = Arc::clone(&release);
        move |_: Delivery| {
            let release = Arc::clone(&release);
            async move {
                release.notified().await;
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let running = Running::start(receiver, |server| {
        server.idle_timeout(Duration::from_millis(10))
    })
    .await;
    let mut sender = http2_client(running.address).await;
    let request = tokio::spawn(async move {
        sender
            .send_request(absolute(running.address))
            .await
            .unwrap()
            .status()
    });
    // Several idle times pass while the request runs.
    tokio::time::sleep(Duration::from_millis(60)).await;
    release.notify_one();
    assert_eq!(request.await.unwrap(), 200);
}

#[tokio::test]
async fn large_headers_are_431() {
    let (service, _deliveries) = queueing();
    let running = Running::start(service, |server| server.max_header_bytes(1000)).await;
    let large = format!("x-large: {}\r\nconnection: close\r\n", "x".repeat(1000));
    assert_eq!(
        status_of(&raw(running.address, &http1(b"{}", &large)).await),
        431
    );
    let huge = format!("x-huge: {}\r\nconnection: close\r\n", "x".repeat(1_000_000));
    let answer = raw(running.address, &http1(b"{}", &huge)).await;
    assert!(answer.is_empty() || status_of(&answer) == 431, "{answer}");
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let (service, _deliveries) = queueing();
    let running = Running::start(service, |server| server.max_connections(1)).await;
    let mut first = TcpStream::connect(running.address).await.unwrap();
    let wire = http1(&body("new_ticket").to_bytes(), "");
    first.write_all(&wire).await.unwrap();
    let mut start = [0; 12];
    first.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");

    let address = running.address;
    let closing = http1(&body("new_ticket").to_bytes(), "connection: close\r\n");
    let mut second = tokio::spawn(async move { raw(address, &closing).await });
    let early = tokio::time::timeout(Duration::from_millis(50), &mut second).await;
    assert!(early.is_err(), "not served while the first is open");
    drop(first);
    assert_eq!(status_of(&second.await.unwrap()), 200);
}

#[tokio::test]
async fn a_stop_lets_running_requests_end_and_takes_no_new_ones() {
    let started = Arc::new(Notify::new());
    let release = Arc::new(Notify::new());
    let handler = {
        let (started, release) = (Arc::clone(&started), Arc::clone(&release));
        move |_: Delivery| {
            let (started, release) = (Arc::clone(&started), Arc::clone(&release));
            async move {
                started.notify_one();
                release.notified().await;
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let Running {
        address,
        stop,
        server,
    } = Running::start(receiver, |server| server).await;
    let idle = TcpStream::connect(address).await.unwrap();
    let http1 = tokio::spawn(over_http1(
        address,
        post(PATH, body("new_ticket").to_bytes()),
    ));
    started.notified().await;
    let mut sender = http2_client(address).await;
    let http2 = tokio::spawn(async move {
        sender
            .send_request(absolute(address))
            .await
            .unwrap()
            .status()
    });
    started.notified().await;

    stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!http1.is_finished() && !http2.is_finished() && !server.is_finished());
    release.notify_one();
    release.notify_one();
    assert_eq!(http1.await.unwrap(), 200);
    release.notify_one();
    assert_eq!(http2.await.unwrap(), 200);
    assert_eq!(server.await.unwrap().aborted, 0);
    drop(idle);
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut() {
    let started = Arc::new(Notify::new());
    let handler = {
        let started = Arc::clone(&started);
        move |_: Delivery| {
            started.notify_one();
            std::future::pending()
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let running = Running::start(receiver, |server| {
        server.drain_timeout(Duration::from_millis(20))
    })
    .await;
    let wire = http1(&body("new_ticket").to_bytes(), "");
    let answer = tokio::spawn({
        let address = running.address;
        async move { raw(address, &wire).await }
    });
    started.notified().await;
    assert_eq!(running.stop().await.aborted, 1);
    assert_eq!(answer.await.unwrap(), "");
}
