//! How fast the simulator starts, and how many simple requests it serves with 10,000 issues in the account.
//!
//! `cargo bench -p okdesk-sdk --features testing --bench simulator`. Client and server share the machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement may stop at the first surprise"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use okdesk_sdk::testing::{Seed, Simulator};

const ISSUES: usize = 10_000;
const CONNECTIONS: usize = 16;
const LASTING: Duration = Duration::from_secs(2);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(measure());
}

async fn measure() {
    for (name, seed) in [("empty", Seed::Empty), ("demo", Seed::Demo)] {
        let mut times = Vec::new();
        for _ in 0..20 {
            let start = Instant::now();
            let okdesk = Simulator::builder().seed(seed).start().await;
            times.push(start.elapsed());
            drop(okdesk);
        }
        times.sort();
        println!(
            "start, {name:<6}             median {:>8.2?}  worst {:>8.2?}",
            times[10], times[19]
        );
    }

    let okdesk = Simulator::start().await;
    let contact = okdesk.account().contact("Анна", "Петрова").create();
    for number in 0..ISSUES {
        okdesk
            .account()
            .issue(format!("Заявка {number}"))
            .contact(contact)
            .create();
    }
    for (name, path) in [
        ("one issue", "issues/5000?"),
        ("20 newest", "issues/list?"),
        (
            "filtered",
            "issues/list?status_codes[]=opened&contact_ids[]=1&",
        ),
        ("comments", "issues/5000/comments?"),
        ("10,000 ids", "issues/count?"),
    ] {
        let per_second = requests_per_second(&okdesk, path).await;
        println!("{name:<12} {per_second:>10.0} requests/s");
        okdesk.recorder().clear();
    }
}

async fn requests_per_second(okdesk: &Simulator, path: &str) -> f64 {
    let served = Arc::new(AtomicU64::new(0));
    let path = format!("/api/v1/{path}api_token={}", okdesk.token());
    let address = okdesk.url().authority().to_owned();
    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (served, path, address) = (served.clone(), path.clone(), address.clone());
            tokio::spawn(async move {
                let stream = tokio::net::TcpStream::connect(&address)
                    .await
                    .expect("a connection");
                let (mut sender, connection) =
                    http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
                tokio::spawn(connection);
                while start.elapsed() < LASTING {
                    let request = hyper::Request::get(&path)
                        .header("host", &address)
                        .body(Empty::<Bytes>::new())
                        .expect("a request");
                    let answer = sender.send_request(request).await.expect("an answer");
                    assert_eq!(answer.status(), 200);
                    answer.into_body().collect().await.expect("a body");
                    served.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("a client that ends");
    }
    served.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}
