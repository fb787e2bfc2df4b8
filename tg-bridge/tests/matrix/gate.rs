//! What stands between two programs and can be told how to fail: on the wire, so that nobody has to pretend.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Not at all.
    Pass,
    /// Nobody listens.
    Closed,
    /// Requests come to nobody, and after a while the connection ends.
    Mute,
    /// Requests arrive, answers do not, and after a while the connection ends.
    Swallow,
    /// Requests are kept back until after their caller has gone; see [`Gate::let_go`].
    Late,
    /// Answers lack their end.
    Cut,
    /// Answers are no answers.
    Garbage,
    /// Answers are not even HTTP.
    Noise,
    /// Requests come to nobody, and are answered with this status.
    Status(u16),
}

/// How long a silent connection stays.
const SILENCE: Duration = Duration::from_millis(700);
/// So many bytes of an answer are cut off.
const CUT: usize = 12;

pub(crate) struct Gate {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    target: u16,
    mode: Mutex<Mode>,
    /// Only requests with these words in their first line fail, if any are said.
    only: Mutex<Option<String>>,
    /// How many requests met something else than [`Mode::Pass`].
    struck: AtomicUsize,
    /// Connections that wait for the next request, ended when the gate closes.
    open: Mutex<Vec<JoinHandle<()>>>,
    /// Requests whose callers wait no longer.
    kept: Mutex<Vec<Vec<u8>>>,
}

impl Gate {
    pub(crate) async fn to(target: u16) -> Self {
        let gate = Self {
            port: crate::engine::port::free_port(),
            shared: Arc::new(Shared {
                target,
                mode: Mutex::new(Mode::Pass),
                only: Mutex::default(),
                struck: AtomicUsize::new(0),
                open: Mutex::default(),
                kept: Mutex::default(),
            }),
            listening: Mutex::new(None),
        };
        gate.listen();
        gate
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// How many requests have failed here.
    pub(crate) fn struck(&self) -> usize {
        self.shared.struck.load(Ordering::Relaxed)
    }

    /// The server gets what was kept back, and carries it out for nobody. Says how many requests that was.
    pub(crate) async fn let_go(&self) -> usize {
        let kept = std::mem::take(&mut *self.shared.kept.lock().unwrap());
        for request in &kept {
            let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.shared.target))
                .await
                .unwrap();
            server.write_all(request).await.unwrap();
            let answered = tokio::time::timeout(crate::engine::PATIENCE, server.read_u8());
            answered
                .await
                .expect("a request kept back was not whole")
                .unwrap();
        }
        kept.len()
    }

    /// Requests for this path fail, the others pass. A closed gate cannot ask who is there before it opens, so whoever wants
    /// this path is sent away without a word.
    pub(crate) fn set_for(&self, mode: Mode, path: &str) {
        *self.shared.only.lock().unwrap() = Some(path.to_owned());
        *self.shared.mode.lock().unwrap() = mode;
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.shared.only.lock().unwrap() = None;
        *self.shared.mode.lock().unwrap() = mode;
        if mode == Mode::Closed {
            if let Some(listening) = self.listening.lock().unwrap().take() {
                listening.abort();
            }
            for connection in self.shared.open.lock().unwrap().drain(..) {
                connection.abort();
            }
        } else {
            self.listen();
        }
    }

    fn listen(&self) {
        let mut listening = self.listening.lock().unwrap();
        if listening.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (shared, port) = (self.shared.clone(), self.port);
        *listening = Some(tokio::spawn(async move {
            // The one before lets go of the port when its task is gone.
            let listener = loop {
                match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            };
            while let Ok((client, _)) = listener.accept().await {
                let carried = tokio::spawn(carry(shared.clone(), client));
                shared.open.lock().unwrap().push(carried);
            }
        }));
    }
}

impl Shared {
    /// How a connection goes on that has been in this mode and brings these bytes.
    fn mode(&self, before: Mode, bytes: &[u8]) -> Mode {
        let mode = *self.mode.lock().unwrap();
        let only = self.only.lock().unwrap();
        let Some(only) = only.as_ref() else {
            return mode;
        };
        if !bytes.starts_with(b"GET ") && !bytes.starts_with(b"POST ") {
            return before;
        }
        let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or(bytes);
        // Methods of Telegram are spelled in either way.
        let line = String::from_utf8_lossy(line).to_lowercase();
        match line.contains(&only.to_lowercase()) {
            true => mode,
            false => Mode::Pass,
        }
    }
}

async fn carry(shared: Arc<Shared>, mut client: TcpStream) {
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.target)).await else {
        return;
    };
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    // The mode in which a request began is that of its answer.
    let mut mode = Mode::Pass;
    loop {
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(n) if n > 0 => {
                    mode = shared.mode(mode, &up[..n]);
                    if mode != Mode::Pass {
                        shared.struck.fetch_add(1, Ordering::Relaxed);
                    }
                    if mode == Mode::Closed {
                        return;
                    }
                    if let Mode::Status(status) = mode {
                        let words = format!("HTTP/1.1 {status} -\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
                        let _ = client.write_all(words.as_bytes()).await;
                        return;
                    }
                    if mode == Mode::Mute {
                        tokio::time::sleep(SILENCE).await;
                        return;
                    }
                    if mode == Mode::Late {
                        let mut request = up[..n].to_vec();
                        let whole = async { while let Ok(1..) = client.read_buf(&mut request).await {} };
                        let _ = tokio::time::timeout(SILENCE, whole).await;
                        shared.kept.lock().unwrap().push(request);
                        return;
                    }
                    if server.write_all(&up[..n]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(n) if n > 0 => {
                    let answer = match mode {
                        Mode::Pass => down[..n].to_vec(),
                        Mode::Cut => down[..n.saturating_sub(CUT)].to_vec(),
                        Mode::Garbage => b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 14\r\n\r\n<html>garbage\n".to_vec(),
                        Mode::Noise => b"\x15\x03\x01\0\x02\x02\x46".to_vec(),
                        Mode::Closed | Mode::Status(_) | Mode::Mute | Mode::Late | Mode::Swallow => {
                            tokio::time::sleep(SILENCE).await;
                            return;
                        }
                    };
                    let written = client.write_all(&answer).await;
                    if written.is_err() || mode != Mode::Pass {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}
