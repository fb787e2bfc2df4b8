//! The bridge as a running whole: what is started, in which order, and how it ends.

use crate::bot::BotApi;
use crate::config::Config;
use crate::delivery::{Okdesk, Outbox, Pace, Reporter, divide};
use crate::health::Health;
pub use crate::http::DoorError;
use crate::http::Doors;
use crate::intake::alone::Alone;
use crate::intake::inbox::Inbox;
use crate::intake::reconciler::Reconciler;
use crate::intake::{telegram, zenlix};
use crate::metrics::Metrics;
use crate::reaction::{HelpDesk, Rules};
use crate::store::{self, Clock, Decide, Hop, OpenError, Store};
use crate::worker;
use okdesk_sdk::ConfigError as OkdeskError;
use okdesk_webhooks::server::Server;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

/// How many lanes are worked at once. Handling an event is quick; carrying an effect out waits for others.
const INBOX_PLACES: usize = 4;
const OUTBOX_PLACES: usize = 32;
/// How long running work gets when the bridge stops.
const GRACE: Duration = Duration::from_secs(8);
/// By then it has stopped, whatever the database does: whoever asked for it kills a little later.
const STOPPED: Duration = Duration::from_millis(9_500);
/// Ended items are kept this long, to be looked at.
const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);

/// Why the bridge does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The token is in use.
    #[error("another tg-bridge on this machine fetches updates with this BOT_TOKEN; stop it first")]
    Token,
    /// The port.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Where.
        address: String,
        /// What the system said.
        reason: std::io::Error,
    },
    /// Settings that only their users could judge.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// Okdesk's address or key.
    #[error("OKDESK_API_URL or OKDESK_API_TOKEN is not usable: {0}")]
    Okdesk(#[from] OkdeskError),
    /// The HTTP client.
    #[error("no HTTP client: {0}")]
    Client(String),
}

/// A running bridge. Dropping it stops it without grace.
pub struct Bridge {
    address: SocketAddr,
    webhook_url: Url,
    store: Arc<dyn Store>,
    health: Arc<Health>,
    stop: watch::Sender<bool>,
    fail: watch::Sender<Option<String>>,
    tasks: JoinSet<()>,
    _alone: Option<Alone>,
}

impl Bridge {
    /// Starts everything; webhooks can be sent once this returns. Does not need Okdesk or Telegram to be reachable, so what
    /// only they can tell is told by [`failed`](Self::failed).
    ///
    /// # Errors
    /// When the database, the port or a setting is not usable.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_by(config, Clock::default()).await
    }

    /// Starts with a clock that can be moved, for tests that do not wait.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_by(config: Config, clock: Clock) -> Result<Self, StartError> {
        let texts = config.texts.clone();
        let decide = |rules| crate::rules::decision(rules, texts);
        Self::start_with(config, clock, decide).await
    }

    /// Starts with a clock and a decision of one's own, for tests of everything but the decisions.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(
        config: Config,
        clock: Clock,
        decide: impl FnOnce(watch::Receiver<Arc<Rules>>) -> Decide,
    ) -> Result<Self, StartError> {
        // Two HTTP clients of two generations share one provider; a second bridge in the process finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = store::open(config.database_url.expose(), clock).await?;
        let polling = config.telegram_webhook_url.is_none();
        // Replicas of one database agree on who polls; all others would take updates from one another.
        let alone = if polling && !store::is_shared(config.database_url.expose()) {
            let claimed = Alone::claim(&config);
            if claimed.is_none() {
                store.close().await;
                return Err(StartError::Token);
            }
            claimed
        } else {
            None
        };
        let api = BotApi::new(&config).map_err(StartError::Client)?;
        let (rules, known) = watch::channel(Arc::new(Rules {
            finals: crate::rules::remembered(&*store).await,
            ..crate::rules::initial(&config)
        }));
        let decide = decide(known.clone());
        let (okdesk, zenlix) = match config.helpdesk {
            HelpDesk::Okdesk => (Some(Okdesk::new(&config, api.clone(), known)?), None),
            HelpDesk::Zenlix => {
                let zone = config.time_zone.clone();
                (None, Some(zenlix::Desk::new(zone, config.zenlix_comments)))
            }
        };
        let metrics = Arc::new(Metrics::default());
        let health = Arc::new(Health::new(store.clone(), metrics.clone(), polling));
        let doors = Doors::new(
            &config,
            store.clone(),
            metrics.clone(),
            health.clone(),
            zenlix.as_ref(),
        )?;
        let listen = |reason| StartError::Listen {
            address: format!("{}:{}", config.host, config.port),
            reason,
        };
        let server = Server::bind((config.host, config.port))
            .await
            .map_err(listen)?;
        let address = server.local_addr().map_err(listen)?;

        let (stop, stopped) = watch::channel(false);
        let fail = watch::Sender::new(None);
        let mut tasks = JoinSet::new();
        let inbox = Inbox {
            store: store.clone(),
            decide,
            metrics: metrics.clone(),
            zenlix,
            admin_chat: config.admin_chat,
        };
        tasks.spawn(worker::run(
            store.clone(),
            Hop::In,
            INBOX_PLACES,
            Arc::new(inbox),
            stopped.clone(),
        ));
        if let Some(okdesk) = &okdesk
            && config.reconcile_minutes > 0
        {
            let reconciler = Reconciler {
                client: okdesk.client().clone(),
                store: store.clone(),
                metrics: metrics.clone(),
                every: Duration::from_secs(60) * u32::from(config.reconcile_minutes),
            };
            tasks.spawn(reconciler.run(stopped.clone()));
        }
        tasks.spawn(crate::rules::name(
            api.clone(),
            rules.clone(),
            stopped.clone(),
        ));
        if let Some(okdesk) = &okdesk {
            tasks.spawn(crate::rules::refresh(
                okdesk.client().clone(),
                store.clone(),
                rules,
                health.clone(),
                stopped.clone(),
            ));
        }
        let reporter = Reporter {
            texts: config.texts.clone(),
            zone: config.time_zone.clone(),
            account: config.okdesk_account().cloned(),
        };
        let pace = Arc::new(Pace::default());
        if store::is_shared(config.database_url.expose()) {
            tasks.spawn(divide(
                pace.clone(),
                store.clone(),
                metrics.clone(),
                stopped.clone(),
            ));
        }
        let outbox = Outbox {
            store: store.clone(),
            api: api.clone(),
            okdesk,
            okdesk_places: Default::default(),
            reporter,
            pace,
            metrics: metrics.clone(),
            admin_chat: config.admin_chat,
            portal_url: config.portal_url.clone(),
        };
        tasks.spawn(worker::run(
            store.clone(),
            Hop::Out,
            OUTBOX_PLACES,
            Arc::new(outbox),
            stopped.clone(),
        ));
        tasks.spawn(housekeeping(store.clone(), stopped.clone()));
        tasks.spawn(crate::menu::publish(
            api.clone(),
            config.texts.clone(),
            store.clone(),
            (config.roles.clone(), config.helpdesk),
            stopped.clone(),
        ));
        match (
            &config.telegram_webhook_url,
            &config.telegram_webhook_secret,
        ) {
            (Some(url), Some(secret)) => tasks.spawn(telegram::hook(
                api,
                url.clone(),
                secret.expose().to_owned(),
                stopped.clone(),
            )),
            _ => {
                let poll = telegram::poll(api, store.clone(), metrics, stopped.clone());
                let fail = fail.clone();
                tasks.spawn(async move {
                    if let Some(reason) = poll.await {
                        fail.send_replace(Some(reason));
                    }
                })
            }
        };
        let mut halt = stopped;
        tasks.spawn(async move {
            let stop = async move { _ = halt.wait_for(|stop| *stop).await };
            server.drain_timeout(GRACE).serve(doors.clone(), stop).await;
            // A webhook may still be being written down whose sender has hung up.
            doors.idle().await;
        });
        let webhook_url = webhook_url(&config, address);
        tracing::info!(%address, polling, "the bridge is running");
        Ok(Self {
            address,
            webhook_url,
            store,
            health,
            stop,
            fail,
            tasks,
            _alone: alone,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The address for the help desk's webhooks on this machine, with its secret.
    pub fn webhook_url(&self) -> &Url {
        &self.webhook_url
    }

    /// The queue and the records, for whoever shows them.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Waits until the bridge cannot go on, and says why: the database can no longer be trusted, or the token is wrong or
    /// in use. The process should end then.
    pub async fn failed(&self) -> String {
        let mut failed = self.fail.subscribe();
        let failed = async move {
            match failed
                .wait_for(Option::is_some)
                .await
                .ok()
                .and_then(|reason| reason.clone())
            {
                Some(reason) => reason,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            reason = self.store.broken() => format!("the database is broken: {reason}"),
            reason = failed => reason,
        }
    }

    /// Stops: takes nothing more in, lets running work end or puts it back, closes the database. At most ten seconds.
    pub async fn stop(mut self) {
        let begun = Instant::now();
        self.health.drain();
        self.stop.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            // What is cut here is still in the queue and will be found there.
            tracing::warn!("some work did not end in time and goes back to the queue");
            self.tasks.shutdown().await;
        }
        let left = STOPPED.saturating_sub(begun.elapsed());
        if tokio::time::timeout(left, self.store.close())
            .await
            .is_err()
        {
            tracing::warn!("the database does not answer and is left as it is");
        }
        tracing::info!("the bridge has stopped");
    }
}

async fn housekeeping(store: Arc<dyn Store>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(e) = store.tidy(KEEP).await {
            tracing::warn!(error = %e, "old items stay for now");
        }
        worker::pause(&mut stop, Duration::from_secs(3600)).await;
    }
}

fn webhook_url(config: &Config, address: SocketAddr) -> Url {
    let text = format!(
        "http://{address}{}/{}",
        config.webhook_path,
        config.webhook_secret.expose()
    );
    // The path and the secret were checked when the settings were read.
    Url::parse(&text).unwrap_or_else(|_| config.okdesk_api_url.clone())
}
