//! Delivery to a webhook: in order within a chat, again with growing delays until it is taken.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::server::Shared;
use super::updates::Webhook;
use super::world::World;

const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// Telegram's longest own delay lies between one and two minutes; here it is the shorter.
const LONGEST_DELAY: u32 = 60;
const LONGEST_RETRY_AFTER: u64 = 3600;

struct Post {
    hook: Webhook,
    id: i64,
    json: Value,
}

/// Runs until the server stops.
pub(super) async fn deliver(shared: Arc<Shared>) {
    let mut ticks = shared.ticks();
    let mut posts = JoinSet::new();
    loop {
        ticks.mark_unchanged();
        let (ready, next) = shared.change_quietly(pick);
        for post in ready {
            let shared = Arc::clone(&shared);
            posts.spawn(async move { send(&shared, post).await });
        }
        let wake = next.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
        tokio::select! {
            changed = ticks.changed() => if changed.is_err() { return },
            _ = posts.join_next(), if !posts.is_empty() => {}
            () = tokio::time::sleep_until(wake) => {}
            () = shared.until_stopped() => return,
        }
    }
}

/// The first due update of every idle chat, and when the next one becomes due.
fn pick(world: &mut World) -> (Vec<Post>, Option<Instant>) {
    let Some(hook) = world.updates.webhook.clone() else {
        return (Vec::new(), None);
    };
    let now = Instant::now();
    let mut busy: HashSet<i64> = HashSet::new();
    let mut running = world
        .updates
        .queue
        .iter()
        .filter(|update| update.in_flight)
        .count();
    let (mut ready, mut next) = (Vec::new(), None::<Instant>);
    for update in &mut world.updates.queue {
        let first = busy.insert(update.lane);
        if !first || update.in_flight {
            continue;
        }
        match update.not_before.filter(|due| *due > now) {
            Some(due) => next = Some(next.map_or(due, |next| next.min(due))),
            None if running < hook.max_connections => {
                running += 1;
                update.in_flight = true;
                ready.push(Post {
                    hook: hook.clone(),
                    id: update.id,
                    json: update.json.clone(),
                });
            }
            None => {}
        }
    }
    (ready, next)
}

async fn send(shared: &Shared, post: Post) {
    let outcome = match tokio::time::timeout(READ_TIMEOUT, request(&post)).await {
        Ok(Ok((status, _))) if (200..300).contains(&status) => Ok(()),
        Ok(Ok((status, retry_after))) => Err((
            format!("Wrong response from the webhook: {status}"),
            retry_after,
        )),
        Ok(Err(_)) => Err(("Connection failed".to_owned(), None)),
        Err(_) => Err(("Read timeout expired".to_owned(), None)),
    };
    let unit = shared.settings.webhook_delay;
    shared.change(|world| {
        let now = world.now();
        let Err((reason, retry_after)) = outcome else {
            world
                .updates
                .queue
                .retain(|update| !(update.id == post.id && update.in_flight));
            return;
        };
        if let Some(hook) = &mut world.updates.webhook {
            hook.last_error = Some((now, reason));
        }
        if let Some(update) = world
            .updates
            .queue
            .iter_mut()
            .find(|update| update.id == post.id && update.in_flight)
        {
            // The first repetition comes at once, then the delay doubles.
            let own = match update.failures {
                0 => Duration::ZERO,
                failures => unit * 2u32.saturating_pow(failures).min(LONGEST_DELAY),
            };
            let wait = retry_after.map_or(own, |seconds| {
                Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER))
            });
            update.failures += 1;
            update.in_flight = false;
            update.not_before = Some(Instant::now() + wait);
        }
    });
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One POST on its own connection; gives the status and `Retry-After`.
async fn request(post: &Post) -> Result<(u16, Option<u64>), Failure> {
    let url = url::Url::parse(&post.hook.url)?;
    let host = url.host_str().unwrap_or("localhost").to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = tokio::net::TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let mut target = url.path().to_owned();
    if let Some(query) = url.query() {
        target.push('?');
        target.push_str(query);
    }
    let mut request = hyper::Request::post(target)
        .header("Host", format!("{host}:{port}"))
        .header("Content-Type", "application/json");
    if let Some(secret) = &post.hook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let request = request.body(Full::new(Bytes::from(post.json.to_string())))?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get("Retry-After")
            .and_then(|value| value.to_str().ok()?.parse().ok());
        // Read to the end: a handler that is still writing its answer must not be cut off.
        response.into_body().collect().await?;
        Ok::<_, Failure>((status, retry_after))
    };
    tokio::pin!(exchange);
    tokio::pin!(connection);
    tokio::select! {
        answer = &mut exchange => answer,
        // The connection may end together with the answer that came over it.
        _ = &mut connection => exchange.await,
    }
}
