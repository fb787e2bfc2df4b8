//! The way of a request through the receiver.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tower_service::Service;

use super::answer::{self, HttpResponse};
use super::body::{self, BodyError};
use super::stats::Counters;
use super::{Builder, Delivery, Format, Handler, Okdesk, Report, Retry, Stats};
use crate::desk::HelpDeskEvent;
use crate::verify::{Attempt, BoxVerifier, Peer, Proof, Reason, Refusal, Verdict, Verifier};

/// Takes hooks in. Cheap to clone; clones share limits and counters.
///
/// See the [module](super) for what it does.
pub struct Receiver<H, F = Okdesk> {
    shared: Arc<Shared<H, F>>,
}

/// The answer to come.
pub type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

type Observer = Arc<dyn Fn(&Report<'_>) + Send + Sync>;

pub(super) struct Settings {
    pub(super) path: String,
    pub(super) verifier: Option<BoxVerifier>,
    pub(super) max_body: usize,
    pub(super) body_timeout: Duration,
    pub(super) handler_timeout: Duration,
    pub(super) validate: bool,
    pub(super) observer: Option<Observer>,
}

struct Shared<H, F> {
    handler: H,
    format: F,
    settings: Settings,
    places: Arc<Semaphore>,
    max_in_flight: u32,
    counters: Counters,
}

impl Receiver<()> {
    /// Starts with the defaults and without verifier and handler, which have to be given.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl<H, F> Receiver<H, F> {
    pub(super) fn new(handler: H, format: F, settings: Settings, max_in_flight: u32) -> Self {
        Self {
            shared: Arc::new(Shared {
                handler,
                format,
                settings,
                places: Arc::new(Semaphore::new(max_in_flight as usize)),
                max_in_flight,
                counters: Counters::default(),
            }),
        }
    }

    /// How many requests ended in which way.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.counters.snapshot()
    }

    /// Waits until no handler is at work. Whoever comes meanwhile is told to come back.
    ///
    /// A handler outlives its answer when it was too slow, and its connection when the sender hung up. Whoever stops wants
    /// to wait for those too, with a limit of his own:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
    /// # use okdesk_webhooks::server::Server;
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let receiver = Receiver::builder().insecure_accept_all().handler(async |_: Delivery| Ok(Ack)).build()?;
    /// # let stop = async {};
    /// Server::bind("127.0.0.1:0").await?.serve(receiver.clone(), stop).await;
    /// let all_ended = tokio::time::timeout(Duration::from_secs(10), receiver.idle()).await.is_ok();
    /// # assert!(all_ended);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn idle(&self) {
        let shared = &self.shared;
        // The semaphore is never closed.
        let _ = shared.places.acquire_many(shared.max_in_flight).await;
    }

    /// The path that is served, without a secret segment.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.shared.settings.path
    }

    /// Whether a request with this path is for this receiver; for a router that serves more than hooks.
    #[must_use]
    pub fn serves(&self, path: &str) -> bool {
        self.shared.settings.route(path).is_some()
    }
}

impl<H, F, B> Service<Request<B>> for Receiver<H, F>
where
    H: Handler<F::Event>,
    F: Format,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let arrived = shared.settings.observer.as_ref().map(|_| Instant::now());
            let (head, body) = request.into_parts();
            let response = shared.respond(head, body).await;
            if let Some(arrived) = arrived {
                shared.settings.report(&Report::Answered {
                    status: response.status(),
                    elapsed: arrived.elapsed(),
                });
            }
            Ok(response)
        })
    }
}

impl<H, F> Shared<H, F>
where
    H: Handler<F::Event>,
    F: Format,
{
    async fn respond<B>(self: &Arc<Self>, head: Parts, body: B) -> HttpResponse
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (settings, counters) = (&self.settings, &self.counters);
        let Some(segment) = settings.route(head.uri.path()) else {
            return answer::plain(StatusCode::NOT_FOUND, "Not found");
        };
        if head.method == Method::GET || head.method == Method::HEAD {
            return answer::ready(&settings.path);
        }
        if head.method != Method::POST {
            counters.wrong_kind.add();
            return answer::method_not_allowed();
        }
        if !is_json(&head.headers) {
            counters.wrong_kind.add();
            return answer::plain(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send application/json, not encoded",
            );
        }
        let peer = head.extensions.get::<Peer>().map(|peer| peer.0);
        let attempt = Attempt::new(&head.headers)
            .with_path_segment(segment)
            .with_peer(peer);
        let verdict = settings.verdict(&attempt);
        if let Some(Verdict::Refuse(refusal)) = verdict {
            return self.refuse(refusal);
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            counters.busy.add();
            return answer::come_back(Retry::default());
        };
        let bytes = match body::read(body, settings.max_body, settings.body_timeout).await {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(error),
        };
        let verdict = match verdict {
            Some(Verdict::NeedsBody) => settings.verdict(&attempt.with_body(&bytes)),
            decided => decided,
        };
        let proof = match verdict {
            None => None,
            Some(Verdict::Accept(proof)) => Some(proof),
            Some(Verdict::Refuse(refusal)) => return self.refuse(refusal),
            Some(Verdict::NeedsBody) => {
                return self.refuse(Refusal {
                    verifier: "undecided",
                    reason: Reason::Missing,
                });
            }
        };
        let Ok(event) = self.format.parse(&bytes) else {
            counters.bad_body.add();
            return answer::plain(StatusCode::BAD_REQUEST, "The body is not an event");
        };
        let delivery = self.delivery(event, bytes, head.headers, peer, proof);
        self.hand_over(delivery, place).await
    }

    fn delivery(
        &self,
        event: F::Event,
        body: Bytes,
        headers: HeaderMap,
        peer: Option<IpAddr>,
        proof: Option<Proof>,
    ) -> Delivery<F::Event> {
        let (settings, counters) = (&self.settings, &self.counters);
        let deviations = if settings.validate {
            self.format.deviations(&body)
        } else {
            Vec::new()
        };
        if !event.is_known() {
            counters.unknown.add();
            settings.report(&Report::Unknown {
                event_type: &event.event_type(),
            });
        }
        if !deviations.is_empty() {
            counters.deviating.add();
            settings.report(&Report::Deviating {
                event_type: &event.event_type(),
                deviations: &deviations,
            });
        }
        Delivery {
            headers,
            peer,
            proof,
            deviations,
            ..Delivery::new(event, body)
        }
    }

    /// Asks the handler once in place: most have nothing to wait for. One that waits goes on as a task of its own, so that
    /// nothing the sender does can stop it halfway.
    async fn hand_over(
        self: &Arc<Self>,
        delivery: Delivery<F::Event>,
        place: OwnedSemaphorePermit,
    ) -> HttpResponse {
        let (settings, counters) = (&self.settings, &self.counters);
        let shared = Arc::clone(self);
        let mut work = Box::pin(async move {
            let answer = shared.handler.handle(delivery).await;
            drop(place);
            answer
        });
        let answer = match poll_once(work.as_mut()).await {
            Ok(Poll::Ready(answer)) => Ok(answer),
            Ok(Poll::Pending) => {
                match tokio::time::timeout(settings.handler_timeout, tokio::spawn(work)).await {
                    Ok(Ok(answer)) => Ok(answer),
                    Ok(Err(_)) => Err(Report::HandlerPanicked),
                    Err(_) => Err(Report::HandlerTooSlow),
                }
            }
            Err(Panicked) => Err(Report::HandlerPanicked),
        };
        let retry = match answer {
            Ok(Ok(super::Ack)) => {
                counters.accepted.add();
                return answer::accepted();
            }
            Ok(Err(retry)) => {
                counters.retried.add();
                retry
            }
            Err(failure) => {
                counters.failed.add();
                settings.report(&failure);
                Retry::default()
            }
        };
        answer::come_back(retry)
    }

    fn refuse(&self, refusal: Refusal) -> HttpResponse {
        self.counters.refused.add();
        self.settings.report(&Report::Refused(refusal));
        answer::unauthorized(
            self.settings
                .verifier
                .as_ref()
                .and_then(Verifier::challenge),
        )
    }

    fn unreadable(&self, error: BodyError) -> HttpResponse {
        let (counter, status, message) = match error {
            BodyError::TooLarge => (
                &self.counters.too_large,
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large",
            ),
            BodyError::TooSlow => (
                &self.counters.too_slow,
                StatusCode::REQUEST_TIMEOUT,
                "The body took too long",
            ),
            BodyError::Broken => (
                &self.counters.bad_body,
                StatusCode::BAD_REQUEST,
                "The body broke off",
            ),
        };
        counter.add();
        answer::plain(status, message)
    }
}

impl Settings {
    /// Whether the path is ours, and the segment that follows it if a verifier wants one.
    fn route<'a>(&self, path: &'a str) -> Option<Option<&'a str>> {
        let rest = path.strip_prefix(self.path.trim_end_matches('/'))?;
        let wants_segment = self
            .verifier
            .as_ref()
            .is_some_and(Verifier::wants_path_segment);
        match rest.strip_prefix('/') {
            None | Some("") if rest.is_empty() || self.path == "/" => Some(None),
            Some(segment) if wants_segment && !segment.is_empty() && !segment.contains('/') => {
                Some(Some(segment))
            }
            _ => None,
        }
    }

    /// `None` when everything is accepted.
    fn verdict(&self, attempt: &Attempt<'_>) -> Option<Verdict> {
        self.verifier
            .as_ref()
            .map(|verifier| verifier.verify(attempt))
    }

    fn report(&self, report: &Report<'_>) {
        if let Some(observer) = &self.observer {
            observer(report);
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/okdesk/webhook".to_owned(),
            verifier: None,
            max_body: 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            handler_timeout: Duration::from_secs(10),
            validate: false,
            observer: None,
        }
    }
}

/// A handler panicked when it was asked first.
struct Panicked;

/// Polls a future once, and survives its panic as a task would; a future that panicked is not polled again.
async fn poll_once<T>(
    mut future: Pin<&mut (impl Future<Output = T> + Send)>,
) -> Result<Poll<T>, Panicked> {
    std::future::poll_fn(|context| {
        let poll = AssertUnwindSafe(|| future.as_mut().poll(context));
        Poll::Ready(std::panic::catch_unwind(poll).map_err(|_| Panicked))
    })
    .await
}

/// `application/json` or `application/…+json`, and no `Content-Encoding` but `identity`.
fn is_json(headers: &HeaderMap) -> bool {
    let encoded = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
    let essence = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.as_bytes().split(|&byte| byte == b';').next())
        .unwrap_or_default()
        .trim_ascii();
    let json = essence
        .split_at_checked(b"application/".len())
        .is_some_and(|(kind, subtype)| {
            let suffix = subtype.len().saturating_sub(b"+json".len());
            kind.eq_ignore_ascii_case(b"application/")
                && (subtype.eq_ignore_ascii_case(b"json")
                    || subtype[suffix..].eq_ignore_ascii_case(b"+json"))
        });
    json && !encoded
}

impl<H, F> Clone for Receiver<H, F> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<H, F> fmt::Debug for Receiver<H, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("settings", &self.shared.settings)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("path", &self.path)
            .field("verifier", &self.verifier)
            .field("max_body", &self.max_body)
            .field("body_timeout", &self.body_timeout)
            .field("handler_timeout", &self.handler_timeout)
            .field("validate", &self.validate)
            .finish_non_exhaustive()
    }
}
