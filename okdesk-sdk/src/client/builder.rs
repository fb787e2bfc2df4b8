//! Settings of a client. Every mistake is found before the first call.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use url::{Host, Url};

use super::{Client, Inner, Observer, Timeouts};
use crate::error::ConfigError;
use crate::limit::{Limit, Limiter};
use crate::retry::{Budget, RetryPolicy};
use crate::token::{ApiToken, Redactor};
use crate::transport::{ReqwestTransport, Settings, Transport};

/// Builds a [`Client`].
///
/// ```
/// use std::time::Duration;
/// use okdesk_sdk::{Client, Limit, Timeouts};
///
/// let client = Client::builder()
///     .base_url("https://support.example.com")
///     .token("key")
///     .limit(Limit::default().with_per_second(2.0))
///     .timeouts(Timeouts::default().with_attempt(Duration::from_secs(15)))
///     .build()?;
/// # Ok::<(), okdesk_sdk::ConfigError>(())
/// ```
#[must_use = "nothing happens until build is called"]
pub struct ClientBuilder {
    base_url: Option<String>,
    token: Option<Result<ApiToken, ConfigError>>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    limit: Limit,
    observer: Option<Arc<dyn Observer>>,
    transport: Option<Arc<dyn Transport>>,
    user_agent: Option<String>,
    proxy: Option<String>,
    plain_http: bool,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            base_url: None,
            token: None,
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            limit: Limit::default(),
            observer: None,
            transport: None,
            user_agent: None,
            proxy: None,
            plain_http: false,
        }
    }

    /// The address of the account, with or without `/api/v1`.
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.to_owned());
        self
    }

    /// The key of the API.
    pub fn token(mut self, token: impl Into<ApiToken>) -> Self {
        self.token = Some(Ok(token.into()));
        self
    }

    /// A file that holds the key of the API, as secret stores mount it. It is read at once.
    pub fn token_file(mut self, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        self.token = Some(
            std::fs::read_to_string(path)
                .map(ApiToken::from)
                .map_err(|error| ConfigError::TokenFile {
                    path: path.display().to_string(),
                    reason: error.to_string(),
                }),
        );
        self
    }

    /// How long things may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How calls are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many calls run at once and per second.
    pub fn limit(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    /// Who is told of tries, pauses and drift.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sends requests by something else than the default. Connect timeout, user agent and proxy are then its business.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// How the program calls itself to the server.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// A proxy all requests go through, such as `http://proxy.example.com:3128`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Allows plain http to other machines, which shows the token to everybody on the way. Loopback is always allowed.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// When any setting cannot be used; the error says which and what to do.
    pub fn build(self) -> Result<Client, ConfigError> {
        let base = parse_base(
            self.base_url.as_deref().ok_or(ConfigError::NoBaseUrl)?,
            self.plain_http,
        )?;
        let token = self.token.ok_or(ConfigError::NoToken)??;
        check_token(&token)?;
        check_timeouts(&self.timeouts)?;
        let transport: Arc<dyn Transport> = match self.transport {
            Some(transport) => transport,
            None => {
                check_tls(&base)?;
                Arc::new(ReqwestTransport::new(&Settings {
                    connect_timeout: self.timeouts.connect,
                    user_agent: self.user_agent.unwrap_or_else(|| {
                        concat!("okdesk-sdk/", env!("CARGO_PKG_VERSION")).into()
                    }),
                    proxy: self.proxy,
                })?)
            }
        };
        Ok(Client(Arc::new(Inner {
            base,
            redactor: Redactor::new(&token),
            token,
            transport,
            timeouts: self.timeouts,
            retry: self.retry,
            budget: Budget::default(),
            limiter: Limiter::new(&self.limit)?,
            observer: self.observer,
            reported: super::observer::Reported::default(),
            plain_http: self.plain_http,
        })))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

fn parse_base(text: &str, plain_http: bool) -> Result<Url, ConfigError> {
    // What follows a question mark, or stands before an at sign, may be secret.
    let shown = || {
        let front = text.split(['?', '#']).next().unwrap_or_default();
        front
            .rsplit('@')
            .next()
            .unwrap_or_default()
            .chars()
            .take(80)
            .collect::<String>()
    };
    let wrong = |reason: &str| ConfigError::BaseUrl {
        url: shown(),
        reason: reason.to_owned(),
    };
    let mut url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
    let host = url.host().ok_or_else(|| wrong("it has no host"))?;
    match url.scheme() {
        "https" => {}
        "http" if plain_http || is_loopback(&host) => {}
        "http" => {
            return Err(ConfigError::PlainHttp {
                host: host.to_string(),
            });
        }
        _ => return Err(wrong("only https will do")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a name or password"));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/api/v1").unwrap_or(path).to_owned();
    url.set_path(&format!("{path}/api/v1"));
    Ok(url)
}

pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn check_token(token: &ApiToken) -> Result<(), ConfigError> {
    match token.expose() {
        "" => Err(ConfigError::NoToken),
        token
            if token
                .chars()
                .any(|character| character.is_control() || character.is_whitespace()) =>
        {
            Err(ConfigError::Token)
        }
        _ => Ok(()),
    }
}

fn check_timeouts(timeouts: &Timeouts) -> Result<(), ConfigError> {
    if let (Some(connect), Some(attempt)) = (timeouts.connect, timeouts.attempt)
        && connect >= attempt
    {
        return Err(ConfigError::Timeouts(
            "connect must be shorter than attempt, or a try ends before it is known that nothing was sent",
        ));
    }
    Ok(())
}

fn check_tls(base: &Url) -> Result<(), ConfigError> {
    let tls = cfg!(any(
        feature = "rustls",
        feature = "rustls-no-provider",
        feature = "native-tls"
    ));
    if base.scheme() == "https" && !tls {
        return Err(ConfigError::Tls(
            "enable one of the features rustls, rustls-no-provider and native-tls of okdesk-sdk",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str) -> Result<String, ConfigError> {
        parse_base(url, false).map(|url| url.to_string())
    }

    #[test]
    fn with_or_without_the_path_of_the_api() {
        for url in [
            "https://a.okdesk.ru",
            "https://a.okdesk.ru/",
            "https://a.okdesk.ru/api/v1",
            " https://a.okdesk.ru/api/v1/?x=1 ",
        ] {
            assert_eq!(base(url).unwrap(), "https://a.okdesk.ru/api/v1", "{url}");
        }
        assert_eq!(
            base("https://support.example.com/desk").unwrap(),
            "https://support.example.com/desk/api/v1"
        );
    }

    #[test]
    fn plain_http_only_at_home() {
        assert!(base("http://127.0.0.1:8080").is_ok());
        assert!(base("http://localhost:8080").is_ok());
        assert!(base("http://[::1]:8080").is_ok());
        assert_eq!(
            base("http://example.com"),
            Err(ConfigError::PlainHttp {
                host: "example.com".into()
            })
        );
        assert!(parse_base("http://example.com", true).is_ok());
    }

    #[test]
    fn an_error_shows_nothing_secret() {
        let error = base("https:///user:secret@host?api_token=secret").map(drop);
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        assert!(base("ftp://host").is_err());
        assert!(base("account").is_err());
        let error = base("https://user:secret@host/").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }

    #[test]
    fn a_bad_token_is_noticed() {
        let build = |token: &str| Client::new("https://a.okdesk.ru", token).map(drop);
        assert_eq!(build("  "), Err(ConfigError::NoToken));
        assert_eq!(build("a b"), Err(ConfigError::Token));
        assert_eq!(build("good\n"), Ok(()));
    }
}
