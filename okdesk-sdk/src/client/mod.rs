//! The client: one handle for an account, cheap to clone, and what every call has in common.

mod attempt;
mod builder;
#[macro_use]
mod call;
mod decode;
mod execute;
mod judge;
mod observer;
mod options;
mod request;
mod trace;

use std::fmt;
use std::sync::Arc;

use url::Url;

pub use builder::ClientBuilder;
pub(crate) use builder::is_loopback;
pub(crate) use call::Call;
pub(crate) use decode::{
    DecodeFailure, Decoder, Decoding, ids, issue, items, list, nothing, one_or_many, pieces, record,
};
pub use observer::{Attempt, Observer};
pub use options::{CallOptions, Meta, SkippedItem, Timeouts};
pub use request::RawRequest;

use crate::error::ConfigError;
use crate::limit::Limiter;
use crate::retry::{Budget, RetryPolicy};
use crate::token::{ApiToken, Redactor};
use crate::transport::Transport;

/// A client for one Okdesk account.
///
/// Cloning is cheap and shares everything: connections, limits, the pause after 429. No `Arc` is needed around it.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) base: Url,
    pub(crate) token: ApiToken,
    pub(crate) redactor: Redactor,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
    pub(crate) limiter: Limiter,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) reported: observer::Reported,
    pub(crate) plain_http: bool,
}

impl Client {
    /// A client with default settings.
    ///
    /// The address is that of the account, with or without `/api/v1`; any host will do. The token is a key made in the
    /// account's API settings.
    ///
    /// # Errors
    /// When address or token cannot be used, or no TLS can be had.
    ///
    /// ```
    /// let client = okdesk_sdk::Client::new("https://account.okdesk.ru", "key")?;
    /// assert_eq!(client.endpoint().as_str(), "https://account.okdesk.ru/api/v1");
    /// # Ok::<(), okdesk_sdk::ConfigError>(())
    /// ```
    pub fn new(base_url: &str, token: impl Into<ApiToken>) -> Result<Self, ConfigError> {
        Self::builder().base_url(base_url).token(token).build()
    }

    /// A client with settings of your own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// The address all paths begin with, without the token.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.0.base
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.0.base.as_str())
            .field("timeouts", &self.0.timeouts)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
