//! Posting webhooks: one queue per address, in order, each try written down.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use url::Url;

/// Older deliveries are forgotten once they have ended.
const KEPT: usize = 10_000;

const PATIENCE: Duration = Duration::from_secs(30);

/// One webhook on its way to one address.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// Counts from 1 in the order the webhooks were made.
    pub number: u64,
    /// `new_comment`, `new_ticket_status`, …
    pub event: String,
    /// Where it goes.
    pub url: Url,
    /// What was posted.
    pub body: Bytes,
    /// What came of it.
    pub outcome: Outcome,
}

impl Delivery {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// How far a webhook has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Not posted yet.
    Waiting,
    /// The receiver answered with this status.
    Answered(u16),
    /// The receiver could not be reached, or did not answer.
    Failed(String),
    /// Never posted, as [`Webhooks::lose`] asked.
    Lost,
}

/// Webhooks cannot be posted to such an address: the simulator runs beside what is tested and speaks no TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("webhooks are posted to addresses with http:// only, not to {0}")]
pub struct BadWebhook(Url);

type Post = (u64, Bytes);

struct Hook {
    url: Url,
    posts: mpsc::UnboundedSender<Post>,
    worker: AbortHandle,
}

#[derive(Default)]
struct Plan {
    lose: u32,
    repeat: u32,
    /// Webhooks held back, to be let go in reverse.
    held: Option<Vec<(&'static str, Bytes)>>,
    delay: Duration,
}

struct State {
    hooks: Vec<Hook>,
    /// Are `user:password@` of an address sent along?
    sends_credentials: bool,
    deliveries: BTreeMap<u64, Delivery>,
    plan: Plan,
}

struct Shared {
    state: Mutex<State>,
    /// Rings whenever a delivery has ended.
    ended: Notify,
}

/// Makes deliveries of webhooks; cheap to clone.
#[derive(Clone)]
pub(crate) struct Emitter {
    shared: Arc<Shared>,
    runtime: Handle,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Emitter {
    pub(crate) fn new(runtime: Handle) -> Self {
        let state = State {
            hooks: Vec::new(),
            sends_credentials: false,
            deliveries: BTreeMap::new(),
            plan: Plan::default(),
        };
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                ended: Notify::new(),
            }),
            runtime,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(
            &mut self
                .shared
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    pub(crate) fn add(&self, url: Url) -> Result<(), BadWebhook> {
        if url.scheme() != "http" {
            return Err(BadWebhook(url));
        }
        let (posts, inbox) = mpsc::unbounded_channel();
        let worker = self
            .runtime
            .spawn(self.clone().work(url.clone(), inbox))
            .abort_handle();
        self.with(|state| state.hooks.push(Hook { url, posts, worker }));
        Ok(())
    }

    pub(crate) fn remove(&self, url: &Url) {
        self.with(|state| {
            state.hooks.retain(|hook| {
                if hook.url == *url {
                    hook.worker.abort();
                }
                hook.url != *url
            });
        });
    }

    pub(crate) fn send_credentials(&self, yes: bool) {
        self.with(|state| state.sends_credentials = yes);
    }

    pub(crate) fn urls(&self) -> Vec<Url> {
        self.with(|state| state.hooks.iter().map(|hook| hook.url.clone()).collect())
    }

    /// Forgets deliveries that have ended, and how the next ones shall go wrong.
    pub(crate) fn forget(&self) {
        self.with(|state| {
            state
                .deliveries
                .retain(|_, one| one.outcome == Outcome::Waiting);
            state.plan = Plan::default();
        });
    }

    pub(crate) fn stop(&self) {
        self.with(|state| state.hooks.drain(..).for_each(|hook| hook.worker.abort()));
        self.shared.ended.notify_waiters();
    }

    pub(crate) fn emit(&self, event: &'static str, body: Bytes) {
        self.with(|state| {
            if let Some(held) = &mut state.plan.held {
                held.push((event, body));
                return;
            }
            state.emit(event, &body);
        });
    }

    async fn work(self, url: Url, mut inbox: mpsc::UnboundedReceiver<Post>) {
        while let Some((number, body)) = inbox.recv().await {
            let delay = self.with(|state| state.plan.delay);
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            let outcome = match tokio::time::timeout(PATIENCE, self.post(&url, body)).await {
                Ok(Ok(status)) => Outcome::Answered(status),
                Ok(Err(error)) => Outcome::Failed(error),
                Err(_) => Outcome::Failed(format!("no answer within {PATIENCE:?}")),
            };
            self.with(|state| {
                if let Some(delivery) = state.deliveries.get_mut(&number) {
                    delivery.outcome = outcome;
                }
            });
            self.shared.ended.notify_waiters();
        }
    }

    async fn post(&self, url: &Url, body: Bytes) -> Result<u16, String> {
        let mut request = Request::post(without_credentials(url).as_str())
            .header(header::CONTENT_TYPE, "application/json");
        if self.with(|state| state.sends_credentials)
            && let Some(basic) = basic(url)
        {
            request = request.header(header::AUTHORIZATION, basic);
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| error.to_string())?;
        let answer = self
            .client
            .request(request)
            .await
            .map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        // Read to the end, so that the connection serves again.
        let _ = answer.into_body().collect().await;
        Ok(status)
    }
}

fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    // Addresses that cannot have credentials have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

/// `user:password@` as a header.
fn basic(url: &Url) -> Option<String> {
    let (user, password) = (decoded(url.username()), decoded(url.password()?));
    Some(format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{user}:{password}"))
    ))
}

/// What an address holds percent-encoded.
fn decoded(text: &str) -> String {
    let text = text.replace('+', "%2B").replace('&', "%26");
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, _)| name)
        .collect()
}

impl State {
    fn emit(&mut self, event: &'static str, body: &Bytes) {
        let copies = 1 + std::mem::take(&mut self.plan.repeat);
        let lost = self.plan.lose > 0;
        self.plan.lose = self.plan.lose.saturating_sub(1);
        for _ in 0..copies {
            for hook in &self.hooks {
                let number = self
                    .deliveries
                    .last_key_value()
                    .map_or(1, |(last, _)| last + 1);
                self.deliveries.insert(
                    number,
                    Delivery {
                        number,
                        event: event.to_owned(),
                        url: hook.url.clone(),
                        body: body.clone(),
                        outcome: if lost {
                            Outcome::Lost
                        } else {
                            Outcome::Waiting
                        },
                    },
                );
                if self.deliveries.len() > KEPT
                    && self
                        .deliveries
                        .first_key_value()
                        .is_some_and(|(_, one)| one.outcome != Outcome::Waiting)
                {
                    self.deliveries.pop_first();
                }
                if !lost {
                    let _ = hook.posts.send((number, body.clone()));
                }
            }
        }
    }
}

/// The webhooks of a [`Simulator`](crate::testing::Simulator): what was posted, and how the next ones shall go wrong.
#[derive(Clone)]
pub struct Webhooks(pub(crate) Emitter);

impl Webhooks {
    /// The deliveries so far, oldest first; of very many, the last 10,000.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.0
            .with(|state| state.deliveries.values().cloned().collect())
    }

    /// The addresses webhooks are posted to.
    pub fn urls(&self) -> Vec<Url> {
        self.0.urls()
    }

    /// Waits until nothing is on its way.
    pub async fn settled(&self) {
        loop {
            let ended = self.0.shared.ended.notified();
            let waiting = self.0.with(|state| {
                !state.hooks.is_empty()
                    && state
                        .deliveries
                        .values()
                        .any(|one| one.outcome == Outcome::Waiting)
            });
            if !waiting {
                return;
            }
            ended.await;
        }
    }

    /// The next `count` webhooks are not posted.
    pub fn lose(&self, count: u32) {
        self.0.with(|state| state.plan.lose = count);
    }

    /// The next webhook is posted `times` more than once.
    pub fn repeat(&self, times: u32) {
        self.0.with(|state| state.plan.repeat = times);
    }

    /// From now on every webhook waits this long before it is posted.
    pub fn delay(&self, delay: Duration) {
        self.0.with(|state| state.plan.delay = delay);
    }

    /// From now on webhooks are kept back until [`Webhooks::release_reversed`].
    pub fn hold(&self) {
        self.0.with(|state| state.plan.held = Some(Vec::new()));
    }

    /// Posts what was held back, newest first, and holds no more.
    pub fn release_reversed(&self) {
        self.0.with(|state| {
            for (event, body) in state.plan.held.take().unwrap_or_default().into_iter().rev() {
                state.emit(event, &body);
            }
        });
    }

    /// Posts a delivery again, to the same addresses as any other.
    pub fn redeliver(&self, number: u64) {
        self.0.with(|state| {
            let Some(delivery) = state.deliveries.get(&number).cloned() else {
                return;
            };
            let again = state
                .deliveries
                .last_key_value()
                .map_or(1, |(last, _)| last + 1);
            let Some(hook) = state.hooks.iter().find(|hook| hook.url == delivery.url) else {
                return;
            };
            let _ = hook.posts.send((again, delivery.body.clone()));
            state.deliveries.insert(
                again,
                Delivery {
                    number: again,
                    outcome: Outcome::Waiting,
                    ..delivery
                },
            );
        });
    }
}

impl std::fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Webhooks").field(&self.urls().len()).finish()
    }
}
