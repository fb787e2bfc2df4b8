//! Settings of a receiver.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::service::Settings;
use super::{Format, Handler, Okdesk, Receiver, Report};
use crate::verify::Verifier;

/// Settings of a [`Receiver`]; made by [`Receiver::builder`].
#[derive(Debug)]
#[must_use]
pub struct Builder<H = (), F = Okdesk> {
    handler: H,
    format: F,
    settings: Settings,
    accept_all: bool,
    max_in_flight: u32,
}

/// A receiver was not put together safely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no verifier, and nobody said that this is intended.
    #[error("a receiver needs a verifier, or an explicit insecure_accept_all()")]
    NoVerifier,
    /// There are both.
    #[error("a receiver that accepts everything has no use for a verifier")]
    VerifierIgnored,
    /// The path does not start with a slash, ends with one, or holds a query or characters that have to be
    /// encoded.
    #[error("the path must be like /okdesk/webhook")]
    Path,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            handler: (),
            format: Okdesk,
            settings: Settings::default(),
            accept_all: false,
            max_in_flight: 256,
        }
    }
}

impl<H, F> Builder<H, F> {
    /// The path to serve; `/okdesk/webhook` until told otherwise. With a
    /// [`PathSecret`](crate::verify::PathSecret) events are expected one segment below it.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.settings.path = path.into();
        self
    }

    /// Who may post. See [`verify`](crate::verify) for what there is and how to join it.
    pub fn verify(mut self, verifier: impl Verifier) -> Self {
        self.settings.verifier = Some(verifier.boxed());
        self
    }

    /// Accepts events from everybody who can reach the port. For tests, and behind something that has already
    /// verified.
    pub fn insecure_accept_all(mut self) -> Self {
        self.accept_all = true;
        self
    }

    /// What to do with events.
    pub fn handler<N>(self, handler: N) -> Builder<N, F> {
        let Self {
            handler: _,
            format,
            settings,
            accept_all,
            max_in_flight,
        } = self;
        Builder {
            handler,
            format,
            settings,
            accept_all,
            max_in_flight,
        }
    }

    /// Whose bodies to read; [`Okdesk`]'s until told otherwise.
    pub fn format<N>(self, format: N) -> Builder<H, N> {
        let Self {
            handler,
            format: _,
            settings,
            accept_all,
            max_in_flight,
        } = self;
        Builder {
            handler,
            format,
            settings,
            accept_all,
            max_in_flight,
        }
    }

    /// The largest body in bytes; 1 MiB until told otherwise. More is answered with 413.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.settings.max_body = bytes;
        self
    }

    /// The time a body may take to arrive; 10 seconds until told otherwise. More is answered with 408.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.settings.body_timeout = time;
        self
    }

    /// The time after which the sender is told to come back although the handler has not answered; 10 seconds
    /// until told otherwise.
    pub fn handler_timeout(mut self, time: Duration) -> Self {
        self.settings.handler_timeout = time;
        self
    }

    /// How many requests may be between their head and the end of their handler; 256 until told otherwise.
    /// More are told to come back. With [`max_body`](Self::max_body) this bounds the memory that strangers
    /// can claim.
    pub fn max_in_flight(mut self, requests: u32) -> Self {
        // Where addresses have 32 bits there are fewer places than numbers.
        let most = u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX);
        self.max_in_flight = requests.clamp(1, most);
        self
    }

    /// Compares each body with the [schema](crate::schema) of its event and reports what differs, to the
    /// [observer](Self::observe) and in the [`Delivery`](super::Delivery). Nothing is refused for it. Costs
    /// about one more parse.
    pub fn validate(mut self, validate: bool) -> Self {
        self.settings.validate = validate;
        self
    }

    /// Is told of what is worth noting, for logs and metrics. Must not block.
    pub fn observe(mut self, observer: impl Fn(&Report<'_>) + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }
}

impl<H, F> Builder<H, F>
where
    H: Handler<F::Event>,
    F: Format,
{
    /// The receiver.
    ///
    /// # Errors
    /// [`BuildError`] when it would not be safe.
    pub fn build(self) -> Result<Receiver<H, F>, BuildError> {
        if !is_plain_path(&self.settings.path) {
            return Err(BuildError::Path);
        }
        match (&self.settings.verifier, self.accept_all) {
            (None, false) => Err(BuildError::NoVerifier),
            (Some(_), true) => Err(BuildError::VerifierIgnored),
            _ => Ok(Receiver::new(
                self.handler,
                self.format,
                self.settings,
                self.max_in_flight,
            )),
        }
    }
}

fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&byte);
    path.starts_with('/') && (path == "/" || !path.ends_with('/')) && path.bytes().all(plain)
}
