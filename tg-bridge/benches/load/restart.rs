//! From the start of the program after a kill to the moment it is ready.

use super::client::{post, webhook};
use super::engine::Rig;
use super::engine::program::command;
use super::percentile;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const KILLS: usize = 30;

async fn ready(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return false;
    };
    let asked = stream
        .write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    let mut answer = Vec::new();
    asked.is_ok()
        && stream.read_to_end(&mut answer).await.is_ok()
        && answer.starts_with(b"HTTP/1.1 200")
}

pub(crate) fn run() {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let rig = Rig::new().await.with("PORT", port.to_string());
        let path: &'static str = format!("/okdesk/webhook/{}", super::engine::SECRET).leak();
        let mut times = Vec::new();
        for _ in 0..KILLS {
            let mut command = command(&rig, &["run"]);
            command.stderr(std::process::Stdio::null());
            let begun = Instant::now();
            let mut child = command.spawn().expect("the program");
            while !ready(address).await {
                assert!(begun.elapsed() < Duration::from_secs(30), "it is never ready");
                tokio::time::sleep(Duration::from_micros(500)).await;
            }
            times.push(begun.elapsed());
            // It dies with work in its hands.
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            for _ in 0..500 {
                post(&mut stream, &webhook(path)).await;
            }
            child.kill().await.expect("killed");
        }
        times.sort_unstable();
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "{KILLS} kills after 500 webhooks each: ready after {:.1} ms (median), {:.1} ms (worst)",
            millis(percentile(&times, 0.5)),
            millis(percentile(&times, 1.0))
        );
    });
}
