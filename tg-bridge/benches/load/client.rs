//! A load generator: connections that are kept, one request at a time on each, every request with a comment of its own.

use super::percentile;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a run brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) rate: f64,
    pub(crate) p99: Duration,
}

/// Comments are never told twice, in no run.
static COMMENT: AtomicU64 = AtomicU64::new(1);

/// A webhook as Okdesk sends it, of about a kilobyte.
pub(crate) fn webhook(path: &str) -> Vec<u8> {
    let id = COMMENT.fetch_add(1, Ordering::Relaxed);
    let (issue, contact) = (id % 5_000 + 1, id % 700 + 1);
    let body = format!(
        r#"{{"event":{{"event_type":"new_comment","author":{{"id":"7","type":"employee","first_name":"Иван","last_name":"Петров","patronymic":"Сергеевич"}},"comment":{{"id":"{id}","is_public":true,"content":"<p>Принтер проверили, картридж заменили. Проверьте, пожалуйста, печать двусторонних страниц.</p>"}},"attachments":[]}},"issue":{{"id":"{issue}","title":"Не печатает принтер на втором этаже","description":"<p>Полосы на бумаге и посторонний шум при печати.</p>","created_at":"2026-11-01T10:00:00.000+03:00","deadline_at":"2026-11-03T10:00:00.000+03:00","status":{{"code":"opened","name":"Открыта"}},"type":{{"code":"service","name":"Обслуживание"}},"priority":{{"code":"normal","name":"Обычный"}},"client":{{"contact":{{"id":"{contact}","first_name":"Анна","last_name":"Смирнова"}},"company":{{"id":"3","name":"ООО «Ромашка»"}}}},"assignee":{{"employee":{{"id":"7","first_name":"Иван","last_name":"Петров"}}}}}}}}"#
    );
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// Posts for so long over so many connections.
pub(crate) async fn load(
    address: SocketAddr,
    path: &'static str,
    connections: usize,
    time: Duration,
) -> Run {
    let start = Instant::now();
    let end = start + time;
    let clients: Vec<_> = (0..connections)
        .map(|_| tokio::spawn(client(address, path, end)))
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.expect("a connection that works"));
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    Run {
        rate,
        p99: percentile(&times, 0.99),
    }
}

async fn client(address: SocketAddr, path: &'static str, end: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut times = Vec::new();
    while Instant::now() < end {
        let wire = webhook(path);
        let sent = Instant::now();
        post(&mut stream, &wire).await;
        times.push(sent.elapsed());
    }
    times
}

/// Sends one request and reads its answer, which must be 200.
pub(crate) async fn post(stream: &mut TcpStream, wire: &[u8]) {
    stream.write_all(wire).await.expect("sent");
    let mut answer = [0; 4096];
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
}

/// Waits until a bridge has nothing left to do.
pub(crate) async fn at_rest(address: SocketAddr) {
    loop {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .expect("asked");
        let mut page = String::new();
        stream.read_to_string(&mut page).await.expect("metrics");
        if page.contains("{hop=\"in\"} 0") && page.contains("{hop=\"out\"} 0") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// So many webhooks over a few connections, on one's own runtime.
pub(crate) async fn post_all(address: SocketAddr, path: &'static str, count: u64) {
    let left = Arc::new(AtomicU64::new(count));
    let clients: Vec<_> = (0..32)
        .map(|_| {
            let left = left.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                let take = |n: u64| n.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    post(&mut stream, &webhook(path)).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("a connection that works");
    }
}
