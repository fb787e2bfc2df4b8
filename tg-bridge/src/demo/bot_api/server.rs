//! The HTTP server: addresses, tokens, bodies – and the one lock around the state.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::calls;
use super::control;
use super::limits;
use super::params;
use super::refusal::Refusal;
use super::world::World;

pub(super) type Body = UnsyncBoxBody<Bytes, Infallible>;
pub(super) type Reply = Response<Body>;

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(super) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

/// What the server was started with.
pub(super) struct Settings {
    /// The unit of the delays between deliveries to a webhook.
    pub(super) webhook_delay: Duration,
    /// The origin whose pages may use `/_tg/`.
    pub(super) allow_origin: Option<String>,
}

/// What every task of the server holds.
pub(super) struct Shared {
    world: Mutex<World>,
    ticks: watch::Sender<u64>,
    stop: watch::Sender<bool>,
    pub(super) settings: Settings,
}

impl Shared {
    pub(super) fn new(world: World, settings: Settings) -> Self {
        let (ticks, stop) = (watch::Sender::new(0), watch::Sender::new(false));
        Self {
            world: Mutex::new(world),
            ticks,
            stop,
            settings,
        }
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read<R>(&self, read: impl FnOnce(&World) -> R) -> R {
        read(&self.lock())
    }

    /// Changes the state and wakes everybody who waits for something in it.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = change(&mut self.lock());
        self.ticks.send_modify(|tick| *tick += 1);
        result
    }

    /// Changes something nobody waits for.
    pub(super) fn change_quietly<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.lock())
    }

    pub(super) fn ticks(&self) -> watch::Receiver<u64> {
        self.ticks.subscribe()
    }

    /// Comes back when the server stops.
    pub(super) async fn until_stopped(&self) {
        // The sender lives in `self`, so the channel cannot be closed.
        let _ = self.stop.subscribe().wait_for(|stopped| *stopped).await;
    }

    pub(super) fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Looks again after every change, until something is found, time is up or the server stops.
    pub(super) async fn wait_until<R>(
        &self,
        find: impl Fn() -> Option<R>,
        patience: Duration,
    ) -> Option<R> {
        let mut ticks = self.ticks();
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            ticks.mark_unchanged();
            if let Some(found) = find() {
                return Some(found);
            }
            tokio::select! {
                _ = ticks.changed() => {}
                () = tokio::time::sleep_until(deadline) => return find(),
                () = self.until_stopped() => return find(),
            }
        }
    }
}

/// How long open answers may take when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Accepts until the server stops.
pub(super) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(Arc::clone(&shared), stream));
                }
            }
            _ = connections.join_next(), if !connections.is_empty() => {}
            () = shared.until_stopped() => break,
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_WORDS, drained).await.is_err() {
        connections.shutdown().await;
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream) {
    let service = service_fn(|request| answer(Arc::clone(&shared), request));
    let served =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        _ = &mut served => {}
        () = shared.until_stopped() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Reply, Dropped> {
    let path = percent_decoded(request.uri().path());
    if let Some(rest) = path.strip_prefix("/_tg") {
        return Ok(control::answer(shared, rest.to_owned(), request).await);
    }
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return Ok(download(&shared, rest));
    }
    if let Some((token, method)) = path
        .strip_prefix("/bot")
        .and_then(|rest| rest.split_once('/'))
    {
        if !shared.read(|world| world.bot.token == token) {
            return Ok(refused(&Refusal::unauthorized()));
        }
        let read = read_params(request).await;
        return calls::handle(&shared, method, read).await;
    }
    Ok(refused(&Refusal::not_found()))
}

async fn read_params(request: Request<Incoming>) -> Result<params::Params, Refusal> {
    let query = request.uri().query().map(str::to_owned);
    let kind = request
        .headers()
        .get("Content-Type")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = read_body(request).await?;
    params::read(query.as_deref(), kind.as_deref(), body).await
}

/// The whole body, up to what Telegram would take.
pub(super) async fn read_body(request: Request<Incoming>) -> Result<Bytes, Refusal> {
    let body = Limited::new(request.into_body(), limits::BODY_BYTES)
        .collect()
        .await;
    body.map(http_body_util::Collected::to_bytes)
        .map_err(|_| Refusal::too_large())
}

/// `/file/bot<token>/<path>`; a client may have escaped the slashes of the path.
fn download(shared: &Shared, rest: &str) -> Reply {
    let found = rest.split_once('/').and_then(|(token, path)| {
        shared.read(|world| {
            let stored = world
                .files
                .by_path(path)
                .filter(|_| world.bot.token == token)?;
            Some(stored.bytes.clone())
        })
    });
    match found {
        Some(bytes) => content("application/octet-stream", bytes),
        None => refused(&Refusal::not_found()),
    }
}

pub(super) fn refused(refusal: &Refusal) -> Reply {
    let mut reply = status_json(refusal.code, &refusal.to_json());
    if let Some(seconds) = refusal.retry_after {
        reply.headers_mut().insert("Retry-After", seconds.into());
    }
    reply
}

/// `{"ok": true, "result": …}`.
pub(super) fn accepted(result: &Value) -> Reply {
    status_json(200, &json!({"ok": true, "result": result}))
}

pub(super) fn status_json(status: u16, body: &Value) -> Reply {
    let mut reply = content("application/json", Bytes::from(body.to_string()));
    *reply.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    reply
}

pub(super) fn content(mime: &str, bytes: Bytes) -> Reply {
    let mut reply = Response::new(Full::new(bytes).boxed_unsync());
    if let Ok(mime) = mime.parse() {
        reply.headers_mut().insert("Content-Type", mime);
    }
    reply
}

/// `%2F` and its like; what is not an escape stays.
fn percent_decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = path
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(hex.unwrap_or(byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn escapes_are_read_and_the_rest_stays() {
        assert_eq!(
            percent_decoded("/file/bot1%3Aa/documents%2Ffile_1.pdf"),
            "/file/bot1:a/documents/file_1.pdf"
        );
        assert_eq!(percent_decoded("/a%zz%2"), "/a%zz%2");
    }
}
