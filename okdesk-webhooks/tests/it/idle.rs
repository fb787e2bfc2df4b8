//! Handlers that outlive their answer or their connection, and who waits for them.

use std::sync::Arc;
use std::time::Duration;

use okdesk_webhooks::receiver::{Ack, Delivery, Handler, Receiver};
use okdesk_webhooks::testing::body;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::{PATH, status};
use crate::wire::{Running, http1, over_http1};

#[derive(Default)]
struct Gate {
    started: Notify,
    release: Notify,
}

/// A receiver whose handler ends when it is told to.
fn gated(handler_timeout: Duration) -> (Receiver<impl Handler>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let handler = {
        let gate = Arc::clone(&gate);
        move |_: Delivery| {
            let gate = Arc::clone(&gate);
            async move {
                gate.started.notify_one();
                gate.release.notified().await;
                Ok(Ack)
            }
        }
    };
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler_timeout(handler_timeout)
        .handler(handler)
        .build()
        .unwrap();
    (receiver, gate)
}

async fn is_idle_within<H: Handler>(receiver: &Receiver<H>, millis: u64) -> bool {
    timeout(Duration::from_millis(millis), receiver.idle())
        .await
        .is_ok()
}

#[tokio::test]
async fn a_handler_past_its_bound_is_waited_for_after_the_server_has_ended() {
    let (receiver, gate) = gated(Duration::from_millis(20));
    let running = Running::start(receiver.clone(), |server| server).await;
    let request = body("new_ticket").post(PATH);
    assert_eq!(over_http1(running.address, request).await, 503);
    assert_eq!(running.stop().await.aborted, 0);
    assert!(!is_idle_within(&receiver, 50).await);
    gate.release.notify_one();
    assert!(is_idle_within(&receiver, 5000).await);
}

#[tokio::test]
async fn a_handler_whose_sender_hung_up_is_waited_for_after_the_server_has_ended() {
    let (receiver, gate) = gated(Duration::from_secs(600));
    let running = Running::start(receiver.clone(), |server| server).await;
    let mut sender = TcpStream::connect(running.address).await.unwrap();
    let wire = http1(&body("new_ticket").to_bytes(), "");
    sender.write_all(&wire).await.unwrap();
    gate.started.notified().await;
    drop(sender);
    assert_eq!(running.stop().await.aborted, 0);
    assert!(!is_idle_within(&receiver, 50).await);
    gate.release.notify_one();
    assert!(is_idle_within(&receiver, 5000).await);
}

#[tokio::test]
async fn a_receiver_at_rest_is_idle_and_one_that_waits_takes_nothing_in() {
    let (receiver, gate) = gated(Duration::from_secs(5));
    assert!(is_idle_within(&receiver, 5000).await);

    let first = tokio::spawn({
        let receiver = receiver.clone();
        async move { status(&receiver, body("new_ticket").post(PATH)).await }
    });
    gate.started.notified().await;
    let ended = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.idle().await }
    });
    tokio::task::yield_now().await;
    assert_eq!(status(&receiver, body("new_ticket").post(PATH)).await, 503);
    assert_eq!(receiver.stats().busy, 1);
    gate.release.notify_one();
    assert_eq!(first.await.unwrap(), 200);
    ended.await.unwrap();

    gate.release.notify_one();
    let next = status(&receiver, body("new_ticket").post(PATH)).await;
    assert_eq!(next, 200, "the places are given back");
}
