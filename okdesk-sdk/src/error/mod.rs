//! One error for every call. The question it answers first: can this write have happened?

mod api;
mod config;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

pub use api::{ApiErrors, ApiMessage};
pub use config::ConfigError;

use crate::headers::Headers;
use crate::model::IssueId;

/// Why a call did not give what was asked for.
///
/// Match on the predicates ([`is_not_found`](Self::is_not_found), …) or on [`kind`](Self::kind); before repeating a write
/// by hand, look at [`delivery`](Self::delivery). The text of the error says what to do next; the token is never in it.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    delivery: Delivery,
    operation: &'static str,
    request: String,
    message: String,
    status: Option<u16>,
    headers: Headers,
    body: Option<Bytes>,
    api: Option<ApiErrors>,
    attempts: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
    merged_into: Option<IssueId>,
    source: Option<Source>,
}

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Can the request have taken effect?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// No: it never reached Okdesk. Repeating it is safe.
    NotSent,
    /// No: Okdesk refused it. Repeating it unchanged is of no use, except after 429.
    Rejected,
    /// Yes: Okdesk said so, only its answer could not be read.
    Applied,
    /// Nobody knows: look before repeating it.
    Unknown,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call itself makes no sense, for instance an empty list of ids in a filter.
    Request,
    /// No connection could be made.
    Connect,
    /// Time ran out: of one try, of the operation, or because no byte moved.
    Timeout,
    /// The connection broke, or something else than HTTP came back.
    Transport,
    /// A file to be sent could not be read.
    Upload,
    /// 401: the token is missing or wrong.
    Unauthorized,
    /// 403: the role behind the token may not do this.
    Forbidden,
    /// 404, or 200 with the word that there is no such thing.
    NotFound,
    /// 400, 422, or 200 with `errors`: Okdesk does not like what it was sent.
    Validation,
    /// 429: too many calls.
    RateLimited,
    /// 3xx: Okdesk points elsewhere, which the API never should.
    Redirect,
    /// 5xx
    Server,
    /// Any other status that is not success.
    Status,
    /// The issue was merged: another one came back.
    Merged,
    /// The answer is not what it should be.
    Decode,
    /// The file host did not give the file.
    Download,
    /// The file is larger than was allowed.
    TooLarge,
    /// The local disk failed.
    Disk,
}

/// Everything known when an error is made; the pipeline fills in the rest.
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) delivery: Delivery,
    pub(crate) message: String,
    pub(crate) status: Option<u16>,
    pub(crate) headers: Headers,
    pub(crate) body: Option<Bytes>,
    pub(crate) api: Option<ApiErrors>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) merged_into: Option<IssueId>,
    pub(crate) source: Option<Source>,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, delivery: Delivery, message: impl Into<String>) -> Self {
        Self {
            kind,
            delivery,
            message: message.into(),
            status: None,
            headers: Headers::default(),
            body: None,
            api: None,
            retry_after: None,
            merged_into: None,
            source: None,
        }
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn into_error(
        self,
        operation: &'static str,
        request: String,
        attempts: u32,
        elapsed: Duration,
    ) -> Error {
        let Self {
            kind,
            delivery,
            message,
            status,
            headers,
            body,
            api,
            retry_after,
            merged_into,
            source,
        } = self;
        Error(Box::new(Inner {
            kind,
            delivery,
            operation,
            request,
            message,
            status,
            headers,
            body,
            api,
            attempts,
            elapsed,
            retry_after,
            merged_into,
            source,
        }))
    }
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Can the request have taken effect?
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Whether the same call may succeed later: the trouble is passing *and* repeating it cannot do harm.
    ///
    /// A write of [unknown](Delivery::Unknown) fate is not retryable in this sense: look first.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let passing = match self.0.kind {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::RateLimited => true,
            ErrorKind::Server => true,
            ErrorKind::Decode | ErrorKind::Download => self.is_read(),
            ErrorKind::Status => self.0.status == Some(408),
            _ => false,
        };
        passing
            && (self.is_read()
                || self.0.delivery == Delivery::NotSent
                || self.0.kind == ErrorKind::RateLimited)
    }

    fn is_read(&self) -> bool {
        self.0.request.starts_with("GET ")
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// A header of the answer, by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)
    }

    /// The beginning of the body of the answer, at most 16 KiB.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    /// What Okdesk said under `errors`, flattened to fields and messages.
    #[must_use]
    pub fn api(&self) -> Option<&ApiErrors> {
        self.0.api.as_ref()
    }

    /// The first field Okdesk complained about, such as `content` or `page.size`.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.api()?
            .messages()
            .iter()
            .find_map(|message| message.field())
    }

    /// The operation, such as `issues.create`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// How many tries were made; 0 if none was.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long it took, waiting included.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// How long Okdesk asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// There is no such thing: 404, or 200 with the word that it does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// The token was refused.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.0.kind == ErrorKind::Unauthorized
    }

    /// The role behind the token may not do this.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.0.kind == ErrorKind::Forbidden
    }

    /// Okdesk does not like what it was sent; see [`api`](Self::api).
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.0.kind == ErrorKind::Validation
    }

    /// Too many calls.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }

    /// Time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// The issue that was given instead of the one asked for, which has been merged into it.
    #[must_use]
    pub fn merged_into(&self) -> Option<IssueId> {
        self.0.merged_into
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        write!(
            f,
            "{} ({}): {}",
            inner.operation, inner.request, inner.message
        )?;
        if let Some(api) = &inner.api {
            write!(f, ": {api}")?;
        }
        if inner.attempts > 1 {
            write!(
                f,
                " (after {} tries in {:.1} s)",
                inner.attempts,
                inner.elapsed.as_secs_f64()
            )?;
        }
        if let Some(hint) = self.hint() {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl Error {
    fn hint(&self) -> Option<&'static str> {
        Some(match self.0.kind {
            ErrorKind::Unauthorized => {
                "create a key in the account's API settings and check that it belongs to this account"
            }
            ErrorKind::Forbidden => {
                "the role of the key's owner lacks this right: change the role or use another key"
            }
            ErrorKind::NotFound => {
                "it may have been deleted or merged, or the address of the account is wrong"
            }
            ErrorKind::Validation => "correct it: the same call will be refused again",
            ErrorKind::RateLimited => "wait and try again, or lower the limit of the client",
            ErrorKind::Connect => "check the address and the network; nothing was sent",
            ErrorKind::Redirect => "check the address of the account: it answers from elsewhere",
            ErrorKind::TooLarge => "allow more with max_bytes, or do not take the file",
            ErrorKind::Merged => "ask for the issue it was merged into",
            ErrorKind::Upload => {
                "check that the file can be read and does not change while it is sent"
            }
            ErrorKind::Disk => "check that the folder exists, may be written to, and has room",
            ErrorKind::Download => "try again: the address of a file lives for 30 seconds only",
            _ => match self.0.delivery {
                Delivery::Unknown if !self.is_read() => {
                    "it may have taken effect: look before repeating it"
                }
                Delivery::Applied if !self.is_read() => "it has taken effect: do not repeat it",
                _ => match self.0.kind {
                    ErrorKind::Timeout => "try again, or allow more time with Timeouts",
                    ErrorKind::Transport | ErrorKind::Server => "try again later",
                    ErrorKind::Decode => {
                        "look at body(); request() reads what this version does not know"
                    }
                    _ => return None,
                },
            },
        })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &inner.kind)
            .field("delivery", &inner.delivery)
            .field("operation", &inner.operation);
        debug
            .field("request", &inner.request)
            .field("message", &inner.message);
        if let Some(status) = inner.status {
            debug.field("status", &status);
        }
        if let Some(api) = &inner.api {
            debug.field("api", api);
        }
        if let Some(body) = &inner.body {
            debug.field("body", &String::from_utf8_lossy(body));
        }
        if let Some(retry_after) = inner.retry_after {
            debug.field("retry_after", &retry_after);
        }
        if let Some(source) = &inner.source {
            debug.field("source", source);
        }
        debug
            .field("attempts", &inner.attempts)
            .field("elapsed", &inner.elapsed)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
