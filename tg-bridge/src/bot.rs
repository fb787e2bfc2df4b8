//! The way to the Bot API server: typed calls through teloxide, raw ones where the raw JSON is what is wanted.

use crate::config::{Config, Secret};
use crate::failpoint::{Point, reach};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;
use telegram_http::Proxy;
use teloxide::Bot;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

/// The kinds of updates the bridge asks for; always the whole list, because an omitted one keeps what was asked before.
pub(crate) const UPDATES: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];

/// How long Telegram may wait for an update before it answers that there is none.
pub(crate) const LONG_POLL: Duration = Duration::from_secs(30);
/// An ordinary call. The typed client adds ten seconds of silence to every answer of 5xx, so this is also its end.
const QUICK: Duration = Duration::from_secs(15);
/// A call that carries a file.
pub(crate) const PATIENT: Duration = Duration::from_secs(300);

/// Clients of the Bot API. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BotApi {
    quick: Bot,
    patient: Bot,
    base: String,
    token: Secret,
}

/// Why updates could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PollError {
    /// Another program fetches with this token.
    #[error("another program fetches updates with this token")]
    Conflict,
    /// A webhook is set, so that updates go there.
    #[error("a webhook is set")]
    Hooked,
    /// The token is wrong.
    #[error("Telegram does not know this token")]
    Unauthorized,
    /// Too often.
    #[error("Telegram asks to wait {0} s")]
    Wait(u64),
    /// Anything else, in words without the token.
    #[error("{0}")]
    Other(String),
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    result: Option<Vec<Box<RawValue>>>,
    #[serde(default)]
    error_code: u16,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    retry_after: u64,
}

impl BotApi {
    /// Clients for the configured token and address.
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let client = |timeout| {
            let mut builder = teloxide::net::default_reqwest_settings();
            if let Some(proxy) = &config.telegram_proxy_url {
                // It replaces whatever the environment says, so that nothing goes around it.
                builder = builder.proxy(
                    Proxy::all(proxy.expose())
                        .map_err(|_| "TELEGRAM_PROXY_URL is not usable".to_owned())?,
                );
            }
            builder
                .timeout(timeout)
                .user_agent(concat!("tg-bridge/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|e| e.without_url().to_string())
        };
        let token = config.bot_token.clone();
        let bot = |client| {
            Bot::with_client(token.expose(), client).set_api_url(config.telegram_api_url.clone())
        };
        Ok(Self {
            quick: bot(client(QUICK)?),
            patient: bot(client(PATIENT)?),
            base: config
                .telegram_api_url
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
            token,
        })
    }

    /// For calls without files.
    pub(crate) fn quick(&self) -> &Bot {
        &self.quick
    }

    /// For calls with files.
    pub(crate) fn patient(&self) -> &Bot {
        &self.patient
    }

    /// Waits for updates and returns them as they came.
    pub(crate) async fn updates(
        &self,
        offset: Option<i64>,
        wait: Duration,
    ) -> Result<Vec<Box<RawValue>>, PollError> {
        let question = serde_json::json!({
            "offset": offset,
            "timeout": wait.as_secs(),
            "limit": 100,
            "allowed_updates": UPDATES,
        });
        let response = self
            .quick
            .client()
            .post(format!(
                "{}/bot{}/getUpdates",
                self.base,
                self.token.expose()
            ))
            .header("content-type", "application/json")
            .timeout(wait + QUICK)
            .body(question.to_string())
            .send()
            .await
            .map_err(|e| PollError::Other(network(&e)))?;
        let status = response.status().as_u16();
        let body = response
            .bytes()
            .await
            .map_err(|e| PollError::Other(network(&e)))?;
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| {
            PollError::Other(format!(
                "an answer of status {status} that is not Telegram's"
            ))
        })?;
        if answer.ok {
            return Ok(answer.result.unwrap_or_default());
        }
        Err(match answer.error_code {
            409 if answer.description.contains("webhook") => PollError::Hooked,
            409 => PollError::Conflict,
            401 | 404 => PollError::Unauthorized,
            429 => PollError::Wait(answer.parameters.retry_after.max(1)),
            code => PollError::Other(format!("{code} {}", answer.description)),
        })
    }

    /// The time at the Bot API server in Unix milliseconds, where it says so.
    pub(crate) async fn server_time(&self) -> Option<i64> {
        let address = format!("{}/bot{}/getMe", self.base, self.token.expose());
        let answer = self.quick.client().get(address).send().await.ok()?;
        let date = answer.headers().get("date")?.to_str().ok()?;
        let date = jiff::fmt::rfc2822::parse(date).ok()?;
        Some(date.timestamp().as_millisecond())
    }

    /// Brings a file's content. `path` is what `getFile` said; more than `limit` bytes are not read.
    pub(crate) async fn download(
        &self,
        path: &str,
        limit: u64,
        into: &mut File,
    ) -> Result<u64, DownloadError> {
        let address = format!("{}/file/bot{}/{path}", self.base, self.token.expose());
        let words = |e: &dyn std::error::Error| DownloadError::Failed(network(e));
        let mut response = self
            .patient
            .client()
            .get(address)
            .send()
            .await
            .map_err(|e| words(&e))?;
        match response.status().as_u16() {
            200 => {}
            400 | 404 | 410 => return Err(DownloadError::Gone),
            status => {
                return Err(DownloadError::Failed(format!(
                    "the file server answered {status}"
                )));
            }
        }
        let announced = response.content_length();
        let mut size = 0;
        while let Some(piece) = response.chunk().await.map_err(|e| words(&e))? {
            reach(Point::FileComing);
            size += piece.len() as u64;
            if size > limit {
                return Err(DownloadError::TooLarge);
            }
            into.write_all(&piece)
                .await
                .map_err(|e| DownloadError::Failed(e.to_string()))?;
        }
        into.flush()
            .await
            .map_err(|e| DownloadError::Failed(e.to_string()))?;
        if announced.is_some_and(|announced| announced != size) {
            return Err(DownloadError::Failed("the file broke off".into()));
        }
        Ok(size)
    }
}

/// Why a file was not brought.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    /// Telegram has it no more.
    #[error("the file is gone")]
    Gone,
    /// It is larger than allowed.
    #[error("the file is too large")]
    TooLarge,
    /// Something that may pass.
    #[error("{0}")]
    Failed(String),
}

/// A network error in words that cannot hold an address, because the address holds the token: the innermost cause.
pub(crate) fn network(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    let mut depth = 0;
    while let Some(inner) = cause.source() {
        cause = inner;
        depth += 1;
    }
    if depth == 0 {
        "the network failed".to_owned()
    } else {
        cause.to_string()
    }
}
