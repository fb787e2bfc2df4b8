//! The web server of the demonstration: the page's files, its live updates, and the doors to the chat and the desk.
//!
//! It listens on the loopback interface and answers only to the page it serves itself: a foreign page that reaches the
//! port, by a form or by a name that resolves to this machine, is refused.

use super::http::{Answer, Refusal, answer, stream};
use super::stage::Stage;
use super::{chat, desk};
use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{HOST, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The files of the page, compiled in.
const FILES: &[(&str, &str, &str)] = &[
    (
        "index.html",
        "text/html; charset=utf-8",
        include_str!("page/index.html"),
    ),
    (
        "style.css",
        "text/css; charset=utf-8",
        include_str!("page/style.css"),
    ),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    (
        "app.js",
        "text/javascript; charset=utf-8",
        include_str!("page/app.js"),
    ),
    (
        "chat.js",
        "text/javascript; charset=utf-8",
        include_str!("page/chat.js"),
    ),
    (
        "desk.js",
        "text/javascript; charset=utf-8",
        include_str!("page/desk.js"),
    ),
    (
        "dom.js",
        "text/javascript; charset=utf-8",
        include_str!("page/dom.js"),
    ),
    (
        "markup.js",
        "text/javascript; charset=utf-8",
        include_str!("page/markup.js"),
    ),
    (
        "words.js",
        "text/javascript; charset=utf-8",
        include_str!("page/words.js"),
    ),
];

/// Serves until dropped; connections end with it.
pub(super) async fn serve(listener: TcpListener, stage: Arc<Stage>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // A refused connection (too many open files) passes by itself; the next one may do.
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let stage = Arc::clone(&stage);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let stage = Arc::clone(&stage);
                async move {
                    Ok::<_, Infallible>(
                        route(&stage, request)
                            .await
                            .unwrap_or_else(Refusal::into_answer),
                    )
                }
            });
            // A browser that goes away in the middle of an answer is nobody's mistake.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

async fn route(stage: &Arc<Stage>, request: Request<Incoming>) -> Result<Answer, Refusal> {
    if !is_ours(&request) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "only the demonstration's own page may ask",
        ));
    }
    let path = request.uri().path().trim_matches('/').to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method(), parts.as_slice()) {
        (&Method::GET, ["api", "events"]) => Ok(events(stage)),
        (_, ["api", "chat", rest @ ..]) => chat::route(stage, rest, request).await,
        (_, ["api", "desk", rest @ ..]) => desk::route(stage, rest, request).await,
        (&Method::GET, [name]) => page_file(if name.is_empty() { "index.html" } else { name }),
        _ => Err(Refusal::absent()),
    }
}

fn page_file(name: &str) -> Result<Answer, Refusal> {
    let (_, content_type, body) = FILES
        .iter()
        .find(|(known, _, _)| *known == name)
        .ok_or_else(Refusal::absent)?;
    Ok(answer(
        StatusCode::OK,
        content_type,
        Bytes::from_static(body.as_bytes()),
    ))
}

/// Whether the page of this very address asks: the name is the loopback's, and what a browser says of the origin fits.
fn is_ours(request: &Request<Incoming>) -> bool {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let Some(host) = header(HOST) else {
        return false;
    };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    local && header(ORIGIN).is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
}

/// Server-sent events: which half of the page has changed, and the short answers to pressed buttons.
fn events(stage: &Arc<Stage>) -> Answer {
    let (sender, receiver) = mpsc::channel::<Bytes>(64);
    let stage = Arc::clone(stage);
    tokio::spawn(async move { stage.tell(sender).await });
    let frames = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(event)), receiver))
    });
    stream("text/event-stream", StreamBody::new(frames).boxed_unsync())
}
