//! The doors of the bridge: the help desk's webhook, Telegram's webhook, health and metrics.

use crate::config::Config;
use crate::failpoint::{Point, Sabotage, is_broken, reach};
use crate::health::Health;
use crate::intake::{desk, telegram, zenlix};
use crate::metrics::{Metrics, Seen, Source};
use crate::store::{NewItem, Store};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use okdesk_webhooks::desk::HelpDeskEvent;
use okdesk_webhooks::receiver::{Ack, Answer, BuildError, Delivery, Handler, Receiver, Retry};
use okdesk_webhooks::verify::{BoxVerifier, HeaderSecret, PathSecret, VerifierError, any_of};
use okdesk_webhooks::zenlix::{Hook, Zenlix};
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;
use tower_service::Service;

/// The header that may carry the webhook's secret instead of the path.
const SECRET_HEADER: &str = "X-Webhook-Secret";
/// Where Telegram puts the secret of its webhook.
const TELEGRAM_HEADER: &str = "x-telegram-bot-api-secret-token";
const BODY_LIMIT: usize = 1024 * 1024;
const BODY_TIME: Duration = Duration::from_secs(10);

/// The service behind every door. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Doors {
    desk: DeskDoor,
    telegram: Option<Arc<TelegramDoor>>,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
}

/// The door of the help desk, whichever it is.
#[derive(Clone)]
enum DeskDoor {
    Okdesk(Receiver<Keep>),
    Zenlix(Receiver<Keep, Zenlix>),
}

struct TelegramDoor {
    path: String,
    /// A digest, so that both sides of the comparison are of one length.
    secret: [u8; 32],
}

/// A door could not be built.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The secret is not usable.
    #[error("WEBHOOK_SECRET is not usable")]
    Secret(#[from] VerifierError),
    /// The path is not usable.
    #[error("WEBHOOK_PATH is not usable")]
    Path(#[from] BuildError),
}

type Page = Response<Full<Bytes>>;

/// Writes a webhook down. What could not be written was not received.
#[derive(Clone)]
struct Keep {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
}

impl Handler for Keep {
    async fn handle(&self, delivery: Delivery) -> Answer {
        let body = text(&delivery.body)?;
        self.count(&delivery.event);
        let now = self.store.clock().now();
        self.keep(desk::item(&delivery.event, body, now)).await
    }
}

impl Handler<Hook> for Keep {
    async fn handle(&self, delivery: Delivery<Hook>) -> Answer {
        let body = text(&delivery.body)?;
        self.count(&delivery.event);
        self.keep(zenlix::item(&delivery.event, body)).await
    }
}

/// The help desk's own reader has accepted it, so anything else cannot be JSON that would ever be read.
fn text(body: &Bytes) -> Result<String, Retry> {
    String::from_utf8(body.to_vec()).map_err(|_| Retry::default())
}

impl Keep {
    fn count(&self, event: &impl HelpDeskEvent) {
        if !event.is_known() {
            self.metrics.unknown(&event.event_type());
        }
    }

    async fn keep(&self, item: NewItem) -> Answer {
        let (begun, now) = (Instant::now(), self.store.clock().now());
        reach(Point::WebhookRead);
        match self.store.accept(vec![item]).await {
            Ok(new) => {
                reach(Point::WebhookStored);
                self.metrics.accepted(Source::Webhook, now, new, 1 - new);
                self.metrics.took(begun.elapsed());
                Ok(Ack)
            }
            Err(e) => {
                tracing::error!(error = %e, "a webhook is not stored; the sender is asked to repeat it");
                Err(Retry::after(Duration::from_secs(2)))
            }
        }
    }
}

impl Doors {
    pub(crate) fn new(
        config: &Config,
        store: Arc<dyn Store>,
        metrics: Arc<Metrics>,
        health: Arc<Health>,
        zenlix: Option<&zenlix::Desk>,
    ) -> Result<Self, DoorError> {
        let secret = config.webhook_secret.expose();
        let keep = Keep {
            store: store.clone(),
            metrics: metrics.clone(),
        };
        let builder = Receiver::builder()
            .path(&config.webhook_path)
            .verify(any_of([
                BoxVerifier::new(PathSecret::new(secret)?),
                BoxVerifier::new(HeaderSecret::new(SECRET_HEADER, secret)?),
            ]))
            .handler(keep);
        let desk = match zenlix {
            Some(desk) => DeskDoor::Zenlix(builder.format(desk.reader()).build()?),
            None => DeskDoor::Okdesk(builder.build()?),
        };
        let telegram = match (
            &config.telegram_webhook_url,
            &config.telegram_webhook_secret,
        ) {
            (Some(url), Some(secret)) => Some(Arc::new(TelegramDoor {
                path: url.path().to_owned(),
                secret: Sha256::digest(secret.expose()).into(),
            })),
            _ => None,
        };
        Ok(Self {
            desk,
            telegram,
            store,
            metrics,
            health,
        })
    }

    /// Waits until no webhook is being written down.
    pub(crate) async fn idle(&self) {
        match &self.desk {
            DeskDoor::Okdesk(desk) => desk.idle().await,
            DeskDoor::Zenlix(desk) => desk.idle().await,
        }
    }

    async fn answer(mut self, request: Request<Incoming>) -> Page {
        let path = request.uri().path();
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        match &mut self.desk {
            DeskDoor::Okdesk(desk) if desk.serves(path) => {
                let Ok(page) = desk.call(request).await;
                return page;
            }
            DeskDoor::Zenlix(desk) if desk.serves(path) => {
                let Ok(page) = desk.call(request).await;
                return page;
            }
            _ => {}
        }
        if let Some(door) = self.telegram.clone().filter(|door| door.path == path) {
            return if request.method() == Method::POST {
                self.update(&door, request).await
            } else {
                not_allowed("POST")
            };
        }
        match path {
            "/health/live" | "/health/ready" | "/metrics" if !read => not_allowed("GET, HEAD"),
            "/health/live" => page(StatusCode::OK, "text/plain", "alive\n"),
            "/health/ready" => {
                let report = self.health.look().await.report;
                let status = if report.is_ready() {
                    StatusCode::OK
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                };
                page(status, "application/json", report.to_json())
            }
            "/metrics" => {
                let seen = Seen {
                    look: self.health.look().await,
                    desk: match &self.desk {
                        DeskDoor::Okdesk(door) => door.stats(),
                        DeskDoor::Zenlix(door) => door.stats(),
                    },
                };
                page(
                    StatusCode::OK,
                    "text/plain; version=0.0.4; charset=utf-8",
                    self.metrics.render(&seen),
                )
            }
            _ => page(StatusCode::NOT_FOUND, "text/plain", "not found\n"),
        }
    }

    /// An update that Telegram brings. A stranger is refused before a byte of the body is read.
    async fn update(&self, door: &TelegramDoor, request: Request<Incoming>) -> Page {
        let given = request
            .headers()
            .get(TELEGRAM_HEADER)
            .map(HeaderValue::as_bytes)
            .unwrap_or_default();
        let given: [u8; 32] = Sha256::digest(given).into();
        if !bool::from(given.ct_eq(&door.secret)) {
            return page(StatusCode::UNAUTHORIZED, "text/plain", "refused\n");
        }
        let body = BodyExt::collect(Limited::new(request.into_body(), BODY_LIMIT));
        let body = match tokio::time::timeout(BODY_TIME, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(e)) if e.is::<http_body_util::LengthLimitError>() => {
                return page(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "too large\n");
            }
            Ok(Err(_)) => {
                return page(
                    StatusCode::BAD_REQUEST,
                    "text/plain",
                    "the body broke off\n",
                );
            }
            Err(_) => return page(StatusCode::REQUEST_TIMEOUT, "text/plain", "too slow\n"),
        };
        let (store, metrics) = (self.store.clone(), self.metrics.clone());
        // A task of its own: a sender that hangs up must not stop the write halfway.
        let early = is_broken(Sabotage::AckEarly);
        let kept = tokio::spawn(async move {
            if early {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            match std::str::from_utf8(&body) {
                Ok(raw) => telegram::accept(&*store, &metrics, raw).await,
                Err(_) => Ok(false),
            }
        });
        if early {
            return page(StatusCode::OK, "text/plain", "accepted\n");
        }
        match kept.await {
            Ok(Ok(true)) => page(StatusCode::OK, "text/plain", "accepted\n"),
            Ok(Ok(false)) => page(StatusCode::BAD_REQUEST, "text/plain", "not an update\n"),
            Ok(Err(_)) | Err(_) => {
                let mut page = page(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "text/plain",
                    "not stored, send again\n",
                );
                page.headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from_static("2"));
                page
            }
        }
    }
}

impl Service<Request<Incoming>> for Doors {
    type Response = Page;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Page, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let doors = self.clone();
        Box::pin(async move { Ok(doors.answer(request).await) })
    }
}

fn page(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Page {
    let mut page = Response::new(Full::new(body.into()));
    *page.status_mut() = status;
    page.headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    page.headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}

fn not_allowed(methods: &'static str) -> Page {
    let mut page = page(
        StatusCode::METHOD_NOT_ALLOWED,
        "text/plain",
        "not this method\n",
    );
    page.headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    page
}
