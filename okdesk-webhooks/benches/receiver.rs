//! The receiver with a handler that does nothing, beside bare hyper that reads the body and answers 200, and beside
//! FastAPI with pydantic models where Python has them. One load generator, rounds that take turns.
//!
//! `cargo bench -p okdesk-webhooks --bench receiver`
//! `PYTHON=python3 cargo bench -p okdesk-webhooks --bench receiver` (with `fastapi`, `uvicorn`, `uvloop`, `httptools`)

#![allow(
    clippy::expect_used,
    reason = "a bench that cannot run says so and stops"
)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use okdesk_webhooks::server::Server;
use okdesk_webhooks::testing::body;
use okdesk_webhooks::verify::PathSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 32;
const ROUNDS: usize = 7;
const PATH: &str = "/okdesk/webhook/9f86d081884c7d659a2feaa0c55ad015";

fn main() {
    let bare = serve(bare_hyper);
    let ours = serve(receiver);
    let python = std::env::var("PYTHON")
        .ok()
        .map(|python| Python::start(&python));
    let body = body("new_comment").to_bytes();
    let client = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");

    let mut results = [Vec::new(), Vec::new(), Vec::new()];
    client.block_on(async {
        load(bare, &body, 2000).await;
        load(ours, &body, 2000).await;
        for _ in 0..ROUNDS {
            results[0].push(load(bare, &body, 20_000).await);
            results[1].push(load(ours, &body, 20_000).await);
            if let Some(python) = &python {
                results[2].push(load(python.address, &body, 2000).await);
            }
        }
    });
    println!(
        "{} bytes per body, {CONNECTIONS} connections, medians of {ROUNDS} rounds",
        body.len()
    );
    let [bare, ours, python] = results.map(median);
    for (name, result) in [
        ("bare hyper", bare),
        ("receiver", ours),
        ("FastAPI", python),
    ] {
        if let Some((rate, p99)) = result {
            println!(
                "{name:<12} {rate:>10.0} requests/s   p99 {:>8.2} ms",
                p99.as_secs_f64() * 1e3
            );
        }
    }
    if let (Some((bare, bare_p99)), Some((ours, ours_p99))) = (bare, ours) {
        println!(
            "receiver / bare hyper: {:.2} of the rate, {:.2} of the p99",
            ours / bare,
            ours_p99.as_secs_f64() / bare_p99.as_secs_f64()
        );
        if let Some((python, _)) = python {
            println!("receiver / FastAPI:    {:.1} times the rate", ours / python);
        }
    }
}

/// Runs a server on a thread of its own.
fn serve<Fut>(
    server: impl FnOnce(std::sync::mpsc::Sender<SocketAddr>) -> Fut + Send + 'static,
) -> SocketAddr
where
    Fut: Future<Output = ()>,
{
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(server(sender));
    });
    address.recv().expect("an address")
}

async fn receiver(address: std::sync::mpsc::Sender<SocketAddr>) {
    let receiver = Receiver::builder()
        .verify(PathSecret::new("9f86d081884c7d659a2feaa0c55ad015").expect("a secret"))
        .handler(async |_: Delivery| Ok(Ack))
        .build()
        .expect("a receiver");
    let server = Server::bind("127.0.0.1:0").await.expect("a port");
    address
        .send(server.local_addr().expect("an address"))
        .expect("a listener");
    server.serve(receiver, std::future::pending()).await;
}

async fn bare_hyper(address: std::sync::mpsc::Sender<SocketAddr>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    address
        .send(listener.local_addr().expect("an address"))
        .expect("a listener");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| async move {
                let _ = request.into_body().collect().await;
                let mut response =
                    Response::new(Full::new(Bytes::from_static(br#"{"message":"Accepted"}"#)));
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Ok::<_, Infallible>(response)
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

struct Python {
    child: Child,
    address: SocketAddr,
}

impl Python {
    fn start(python: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/fastapi_receiver.py");
        let child = Command::new(python)
            .arg(script)
            .arg(port.port().to_string())
            .spawn()
            .expect("Python");
        let started = Instant::now();
        while std::net::TcpStream::connect(port).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "FastAPI does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            child,
            address: port,
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends requests over kept connections, one at a time on each; the rate and the 99th percentile of the time to answer.
async fn load(address: SocketAddr, body: &Bytes, requests: usize) -> (f64, Duration) {
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let wire = Bytes::from([head.as_bytes(), body].concat());
    let start = Instant::now();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let wire = wire.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                stream.set_nodelay(true).expect("no delay");
                let mut times = Vec::with_capacity(requests / CONNECTIONS);
                let mut answer = [0; 4096];
                for _ in 0..requests / CONNECTIONS {
                    let sent = Instant::now();
                    stream.write_all(&wire).await.expect("sent");
                    let mut length = 0;
                    // Answers are small and end with the closing brace of their body.
                    while answer[..length].last() != Some(&b'}') {
                        let read = stream.read(&mut answer[length..]).await.expect("an answer");
                        assert!(read > 0, "the server hung up");
                        length += read;
                    }
                    assert!(
                        answer.starts_with(b"HTTP/1.1 200"),
                        "{}",
                        String::from_utf8_lossy(&answer[..length])
                    );
                    times.push(sent.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::with_capacity(requests);
    for connection in connections {
        times.extend(connection.await.expect("a connection that works"));
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort();
    (rate, times[times.len() * 99 / 100])
}

fn median(mut results: Vec<(f64, Duration)>) -> Option<(f64, Duration)> {
    let middle = results.len() / 2;
    results.sort_by(|one, other| one.0.total_cmp(&other.0));
    let rate = results.get(middle)?.0;
    results.sort_by_key(|result| result.1);
    Some((rate, results.get(middle)?.1))
}
