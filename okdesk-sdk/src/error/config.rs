//! What can be wrong with the settings of a client, before any call.

/// Why a client could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The address is missing.
    #[error("no address given: pass the address of the account, such as https://account.okdesk.ru")]
    NoBaseUrl,
    /// The address cannot be understood.
    #[error(
        "{url:?} is not an address ({reason}): pass the address of the account, such as https://account.okdesk.ru"
    )]
    BaseUrl {
        /// What was given, without what may be secret.
        url: String,
        /// Why.
        reason: String,
    },
    /// Plain http to another machine would show the token to everybody on the way.
    #[error(
        "{host} would be called over plain http, which shows the token to everybody on the way: use https, or call allow_plain_http"
    )]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// The token is missing or empty.
    #[error("no token given: create a key in the account's API settings")]
    NoToken,
    /// The token holds line ends or other characters no token has.
    #[error("the token holds characters no token has: check for quotes, spaces and line ends")]
    Token,
    /// The file with the token cannot be read.
    #[error("the token file {path} cannot be read: {reason}")]
    TokenFile {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The timeouts contradict each other.
    #[error("the timeouts contradict each other: {0}")]
    Timeouts(&'static str),
    /// A limit of zero would stop every call.
    #[error(
        "the limit would stop every call: allow at least one call in flight and more than zero per second"
    )]
    Limit,
    /// The address of the proxy cannot be used.
    #[error("the address of the proxy cannot be used")]
    Proxy,
    /// No TLS can be had.
    #[error("no TLS: {0}")]
    Tls(&'static str),
    /// The HTTP library refused to start.
    #[error("the HTTP library refused to start: {0}")]
    Http(String),
}
