//! The receiver with a handler that does nothing, beside bare hyper that reads the body and answers 200, beside the
//! same with one look at whether the body is JSON, and beside FastAPI with pydantic models where Python has them. One load generator, the same settings of hyper, rounds that take
//! turns.
//!
//! The rate is what a client sees while the machine does nothing else. The time on the processor that the thread of a
//! server takes for one request is counted by Linux, and says the same on a machine that is busy.
//!
//! `cargo bench -p okdesk-webhooks --bench receiver`
//! `PYTHON=python3 cargo bench -p okdesk-webhooks --bench receiver` (with `fastapi`, `uvicorn`, `uvloop`, `httptools`)

#![allow(
    clippy::expect_used,
    reason = "a bench that cannot run says so and stops"
)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use okdesk_webhooks::server::Server;
use okdesk_webhooks::testing::body;
use okdesk_webhooks::verify::PathSecret;
use serde::de::IgnoredAny;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 32;
const ROUNDS: usize = 7;
const PATH: &str = "/okdesk/webhook/9f86d081884c7d659a2feaa0c55ad015";

fn main() {
    let mut servers = vec![
        ("bare hyper", serve(bare_hyper::<false>), 20_000),
        ("receiver", serve(receiver), 20_000),
        ("hyper + JSON", serve(bare_hyper::<true>), 20_000),
    ];
    let python = std::env::var("PYTHON")
        .ok()
        .map(|python| Python::start(&python));
    if let Some(python) = &python {
        servers.push(("FastAPI", python.place.clone(), 2000));
    }
    let body = body("new_comment").to_bytes();
    let client = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");

    let mut results = vec![Vec::new(); servers.len()];
    client.block_on(async {
        for (_, server, requests) in &servers {
            load(server, &body, requests / 10).await;
        }
        for _ in 0..ROUNDS {
            for ((_, server, requests), results) in servers.iter().zip(&mut results) {
                results.push(load(server, &body, *requests).await);
            }
        }
    });
    println!(
        "{} bytes per body, {CONNECTIONS} connections, medians of {ROUNDS} rounds",
        body.len()
    );
    let results: Vec<Round> = results.into_iter().map(median).collect();
    for ((name, ..), result) in servers.iter().zip(&results) {
        println!(
            "{name:<12} {:>10.0} requests/s   p99 {:>8.2} ms   processor {:>8.1} µs a request",
            result.rate,
            result.p99.as_secs_f64() * 1e3,
            result.processor.as_secs_f64() * 1e6
        );
    }
    for ((name, ..), other) in servers
        .iter()
        .zip(&results)
        .filter(|((name, ..), _)| *name != "receiver")
    {
        let ours = &results[1];
        println!(
            "receiver / {name}: {:.2} of the rate, {:.2} of the p99, {:.2} requests for one in the time on the processor",
            ours.rate / other.rate,
            ours.p99.as_secs_f64() / other.p99.as_secs_f64(),
            other.processor.as_secs_f64() / ours.processor.as_secs_f64()
        );
    }
}

/// Where a server listens, and the file in which Linux counts the time of its thread.
#[derive(Clone)]
struct Place {
    address: SocketAddr,
    schedule: PathBuf,
}

impl Place {
    /// Zero where Linux does not count.
    fn processor(&self) -> Duration {
        let counted = std::fs::read_to_string(&self.schedule).unwrap_or_default();
        let first = counted
            .split(' ')
            .next()
            .and_then(|nanos| nanos.parse().ok());
        Duration::from_nanos(first.unwrap_or(0))
    }
}

/// Runs a server on a thread of its own.
fn serve<Fut>(
    server: impl FnOnce(std::sync::mpsc::Sender<SocketAddr>) -> Fut + Send + 'static,
) -> Place
where
    Fut: Future<Output = ()>,
{
    let (sender, address) = std::sync::mpsc::channel();
    let (tell, thread) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        tell.send(std::fs::read_link("/proc/thread-self").unwrap_or_default())
            .expect("a listener");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(server(sender));
    });
    Place {
        schedule: PathBuf::from("/proc")
            .join(thread.recv().expect("a thread"))
            .join("schedstat"),
        address: address.recv().expect("an address"),
    }
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

/// Reads the body and answers 200; if told to, after a look at whether it is JSON.
async fn bare_hyper<const JSON: bool>(address: std::sync::mpsc::Sender<SocketAddr>) {
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
                let body = request.into_body().collect().await;
                if JSON {
                    let body = body.expect("a body").to_bytes();
                    let text = std::str::from_utf8(&body).expect("UTF-8");
                    serde_json::from_str::<IgnoredAny>(text).expect("JSON");
                }
                let mut response =
                    Response::new(Full::new(Bytes::from_static(br#"{"message":"Accepted"}"#)));
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Ok::<_, Infallible>(response)
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(Duration::from_secs(10))
                .max_buf_size(64 * 1024)
                .writev(false)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

struct Python {
    child: Child,
    place: Place,
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
            place: Place {
                address: port,
                schedule: format!("/proc/{}/schedstat", child.id()).into(),
            },
            child,
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Clone, Copy)]
struct Round {
    rate: f64,
    p99: Duration,
    processor: Duration,
}

/// Sends requests over kept connections, one at a time on each.
async fn load(server: &Place, body: &Bytes, requests: usize) -> Round {
    let address = server.address;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let wire = Bytes::from([head.as_bytes(), body].concat());
    let processor = server.processor();
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
    let took = start.elapsed();
    times.sort();
    Round {
        rate: times.len() as f64 / took.as_secs_f64(),
        p99: times[times.len() * 99 / 100],
        processor: (server.processor() - processor)
            / u32::try_from(times.len()).expect("few requests"),
    }
}

fn median(mut rounds: Vec<Round>) -> Round {
    let middle = rounds.len() / 2;
    rounds.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    let rate = rounds[middle].rate;
    rounds.sort_by_key(|round| round.p99);
    let p99 = rounds[middle].p99;
    rounds.sort_by_key(|round| round.processor);
    Round {
        rate,
        p99,
        processor: rounds[middle].processor,
    }
}
