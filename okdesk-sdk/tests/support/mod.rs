//! Small TCP servers that do exactly what a test says, bad things included.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

pub mod script;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use okdesk_sdk::{Client, ClientBuilder, RetryPolicy, Timeouts};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one connection.
#[derive(Clone)]
pub enum Act {
    /// Reads the whole request and answers with these bytes.
    Answer(Vec<u8>),
    /// Closes right after accepting.
    CloseAtOnce,
    /// Reads the whole request, then closes.
    CloseAfterReading,
    /// Reads the whole request, then says nothing.
    Silence,
    /// Reads the head only, answers, and reads no more.
    AnswerEarly(Vec<u8>),
    /// Answers with these bytes, then keeps the connection open without a word.
    AnswerThenHang(Vec<u8>),
}

/// An answer with a body of JSON.
pub fn json(status: u16, body: &str) -> Act {
    Act::Answer(raw(
        status,
        "Content-Type: application/json\r\n",
        body.as_bytes(),
    ))
}

/// An answer with more headers, each ending in CRLF.
pub fn with_headers(status: u16, headers: &str, body: &str) -> Act {
    Act::Answer(raw(status, headers, body.as_bytes()))
}

pub fn raw(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// Decoded parameters of the query, without the token.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        pairs.filter(|(name, _)| name != "api_token").collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Everything that came, as text.
    pub fn everything(&self) -> String {
        format!(
            "{} {} {:?} {}",
            self.method,
            self.target,
            self.headers,
            String::from_utf8_lossy(&self.body)
        )
    }
}

pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<Mutex<usize>>,
}

impl Server {
    /// Does one act after the other, one for each connection; the last one is repeated.
    pub async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let mut acts: VecDeque<Act> = acts.into_iter().collect();
        Self::with(move |_| {
            if acts.len() > 1 {
                acts.pop_front().unwrap()
            } else {
                acts[0].clone()
            }
        })
        .await
    }

    /// Decides by the number of the connection, from 0.
    pub async fn with(mut decide: impl FnMut(usize) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (log, counter) = (Arc::clone(&seen), Arc::clone(&connections));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = {
                    let mut counter = counter.lock().unwrap();
                    *counter += 1;
                    *counter - 1
                };
                let act = decide(number);
                tokio::spawn(perform(stream, act, Arc::clone(&log)));
            }
        });
        Self {
            url,
            seen,
            connections,
        }
    }

    /// Answers each request by a function of it, several on one connection.
    pub async fn answering(answer: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (log, counter) = (Arc::clone(&seen), Arc::clone(&connections));
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                *counter.lock().unwrap() += 1;
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    let Ok(request) = read_request(&mut stream).await else {
                        return;
                    };
                    log.lock().unwrap().push(request.clone());
                    finish(stream, answer(&request)).await;
                });
            }
        });
        Self {
            url,
            seen,
            connections,
        }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    pub fn client(&self) -> Client {
        quick(&self.url).build().unwrap()
    }
}

pub const TOKEN: &str = "t0ken-that-must-stay/secret+=";

/// Settings for tests: no waiting between tries.
pub fn quick(url: &str) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .token(TOKEN)
        .retry(RetryPolicy::default().with_delays(Duration::ZERO, Duration::ZERO))
}

/// Short patience, for tests of running out of time.
pub fn impatient() -> Timeouts {
    Timeouts::default()
        .with_connect(Duration::from_millis(100))
        .with_attempt(Duration::from_millis(200))
        .with_stall(Duration::from_millis(200))
}

async fn perform(mut stream: TcpStream, act: Act, log: Arc<Mutex<Vec<Seen>>>) {
    match act {
        Act::CloseAtOnce => drop(stream),
        Act::AnswerEarly(bytes) => {
            let _ = read_head(&mut stream).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            // What still comes is read away, or the system answers with a reset that eats the answer.
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        }
        act => {
            let Ok(request) = read_request(&mut stream).await else {
                return;
            };
            log.lock().unwrap().push(request);
            finish(stream, act).await;
        }
    }
}

async fn finish(mut stream: TcpStream, act: Act) {
    match act {
        Act::Answer(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::AnswerThenHang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Act::Silence => std::future::pending::<()>().await,
        _ => drop(stream),
    }
}

async fn read_head(stream: &mut TcpStream) -> io::Result<(Seen, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..read]);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ');
    let headers = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let seen = Seen {
        method: first.next().unwrap().to_owned(),
        target: first.next().unwrap().to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    Ok((seen, bytes[end + 4..].to_vec()))
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Seen> {
    let (mut seen, mut rest) = read_head(stream).await?;
    if seen.header("transfer-encoding").is_some() {
        while !rest.ends_with(b"0\r\n\r\n") {
            let mut chunk = [0; 65536];
            let read = stream.read(&mut chunk).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            rest.extend_from_slice(&chunk[..read]);
        }
    } else {
        let length = seen
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let have = rest.len();
        rest.resize(length.max(have), 0);
        stream.read_exact(&mut rest[have..]).await?;
    }
    seen.body = rest;
    Ok(seen)
}
