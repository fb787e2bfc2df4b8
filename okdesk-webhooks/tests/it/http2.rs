//! Limits of what comes over HTTP/2.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::wire::{Running, absolute, http2_client, queueing};

#[tokio::test]
async fn large_headers_are_refused() {
    let (service, mut deliveries) = queueing();
    let running = Running::start(service, |server| server.max_header_bytes(1000)).await;
    let mut sender = http2_client(running.address).await;
    let mut large = absolute(running.address);
    let value = "x".repeat(1000).parse().unwrap();
    large.headers_mut().insert("x-large", value);
    if let Ok(response) = sender.send_request(large).await {
        assert_eq!(response.status(), 431);
    }
    assert!(deliveries.try_recv().is_err());

    let mut sender = http2_client(running.address).await;
    let small = absolute(running.address);
    assert_eq!(sender.send_request(small).await.unwrap().status(), 200);
}

#[tokio::test]
async fn more_requests_than_allowed_do_not_run_at_once() {
    let running_now = Arc::new(AtomicUsize::new(0));
    let release = Arc::new(Notify::new());
    let handler = {
        let (running_now, release) = (Arc::clone(&running_now), Arc::clone(&release));
        move |_: Delivery| {
            let (running_now, release) = (Arc::clone(&running_now), Arc::clone(&release));
            async move {
                running_now.fetch_add(1, Ordering::SeqCst);
                release.notified().await;
                running_now.fetch_sub(1, Ordering::SeqCst);
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let running = Running::start(receiver, |server| server.max_streams(2)).await;
    let sender = http2_client(running.address).await;
    let requests: Vec<_> = (0..5)
        .map(|_| {
            let (mut sender, request) = (sender.clone(), absolute(running.address));
            tokio::spawn(async move { sender.send_request(request).await })
        })
        .collect();
    let two = async {
        while running_now.load(Ordering::SeqCst) < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), two).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(running_now.load(Ordering::SeqCst), 2);
    while !requests.iter().all(|request| request.is_finished()) {
        release.notify_one();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for request in requests {
        // A client that knows the limit waits; one that does not know it yet is refused.
        if let Ok(response) = request.await.unwrap() {
            assert_eq!(response.status(), 200);
        }
    }
}

#[tokio::test]
async fn half_a_frame_of_headers_is_cut() {
    let (service, _deliveries) = queueing();
    let running = Running::start(service, |server| {
        server
            .idle_timeout(Duration::from_millis(40))
            .header_timeout(Duration::from_millis(40))
    })
    .await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // Says that a hundred bytes follow, and sends eight.
    let headers = [0, 0, 100, 1, 5, 0, 0, 0, 1];
    let wire = [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        &settings,
        &headers,
        &[0x83; 8],
    ]
    .concat();
    stream.write_all(&wire).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "still open");
    assert!(!answer.is_empty(), "it was spoken to");
}
