//! A transport that plays a script, for tests with a paused clock, where sockets would not do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use okdesk_sdk::transport::{
    BoxFuture, ByteStream, Headers, Request, Response, Transport, TransportError,
    TransportErrorKind,
};
use tokio::time::Instant;

/// What happens to one request.
#[derive(Clone)]
pub enum Scene {
    Answer(u16, Vec<(&'static str, String)>, &'static str),
    Fail(TransportErrorKind),
    Late(Duration, &'static str),
    Never,
}

pub fn ok(body: &'static str) -> Scene {
    Scene::Answer(200, vec![], body)
}

pub fn status(status: u16) -> Scene {
    Scene::Answer(status, vec![], "")
}

pub fn busy(retry_after: impl ToString) -> Scene {
    Scene::Answer(429, vec![("retry-after", retry_after.to_string())], "")
}

/// Plays the scenes one after the other; the last one is repeated. Notes when each request came.
#[derive(Clone)]
pub struct Script {
    scenes: Arc<Mutex<VecDeque<Scene>>>,
    started: Instant,
    times: Arc<Mutex<Vec<Duration>>>,
}

impl Script {
    pub fn new(scenes: impl IntoIterator<Item = Scene>) -> Self {
        Self {
            scenes: Arc::new(Mutex::new(scenes.into_iter().collect())),
            started: Instant::now(),
            times: Arc::default(),
        }
    }

    /// When requests came, since the script was made.
    pub fn times(&self) -> Vec<Duration> {
        self.times.lock().unwrap().clone()
    }

    pub fn seconds(&self) -> Vec<u64> {
        self.times().iter().map(Duration::as_secs).collect()
    }
}

impl Transport for Script {
    fn send(&self, mut request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        self.times.lock().unwrap().push(self.started.elapsed());
        let scene = {
            let mut scenes = self.scenes.lock().unwrap();
            if scenes.len() > 1 {
                scenes.pop_front()
            } else {
                scenes.front().cloned()
            }
            .unwrap()
        };
        Box::pin(async move {
            let mut body = request.take_body().into_stream();
            while let Some(piece) = body.next().await {
                piece.map_err(|_| {
                    TransportError::new(TransportErrorKind::RequestBody, "unreadable")
                })?;
            }
            let answer = |status, headers: Vec<(&str, String)>, body: &'static str| {
                Ok(Response::new(
                    status,
                    headers.into_iter().collect::<Headers>(),
                    ByteStream::from_bytes(body.into()),
                ))
            };
            match scene {
                Scene::Answer(status, headers, body) => answer(status, headers, body),
                Scene::Fail(kind) => Err(TransportError::new(kind, "scripted")),
                Scene::Late(delay, body) => {
                    tokio::time::sleep(delay).await;
                    answer(200, vec![], body)
                }
                Scene::Never => std::future::pending().await,
            }
        })
    }
}
