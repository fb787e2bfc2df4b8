//! The event stream of `/_tg/events`: server-sent events for a page that stays open.

use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use hyper::Response;
use hyper::body::Frame;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use super::server::{Reply, Shared};

/// A comment now and then, so that a page that went away is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Events after `seq`, for ever.
pub(super) fn open(shared: Arc<Shared>, seq: u64) -> Reply {
    let frames = futures_util::stream::unfold((shared, seq), |(shared, seq)| async move {
        let find = || {
            let events = shared.read(|world| world.events.after(seq));
            (!events.is_empty()).then_some(events)
        };
        let found = shared.wait_until(find, KEEP_ALIVE).await;
        if found.is_none() && shared.is_stopped() {
            return None;
        }
        let (text, seq) = match found {
            None => (": still here\n\n".to_owned(), seq),
            Some(events) => {
                let last = events.last().map_or(seq, |event| event.seq);
                let lines = events.iter().map(|event| {
                    let data = serde_json::to_string(event).unwrap_or_default();
                    format!("id: {}\nevent: {}\ndata: {data}\n\n", event.seq, event.kind)
                });
                (lines.collect(), last)
            }
        };
        Some((
            Ok::<_, Infallible>(Frame::data(Bytes::from(text))),
            (shared, seq),
        ))
    });
    let mut reply = Response::new(StreamBody::new(frames).boxed_unsync());
    for (name, value) in [
        ("Content-Type", "text/event-stream"),
        ("Cache-Control", "no-store"),
    ] {
        reply
            .headers_mut()
            .insert(name, hyper::header::HeaderValue::from_static(value));
    }
    reply
}
