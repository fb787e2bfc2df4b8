//! `tg-bridge check`: tries everything the bridge needs, and says of each failure what to do about it.

use crate::bot::BotApi;
use crate::config::Config;
use crate::delivery::{Okdesk, Trouble, trouble};
use crate::reaction::HelpDesk;
use crate::rules;
use crate::store::{self, Clock, OpenError};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::Request;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use okdesk_sdk::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use teloxide::prelude::Requester as _;
use teloxide::types::WebhookInfo;
use tokio::sync::watch;
use url::Url;

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    what: &'static str,
    is: String,
    verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Good,
    /// The bridge works, but not as well as it could; what helps.
    Unwise(String),
    /// It does not work; what helps.
    Bad(String),
}

impl Finding {
    fn good(what: &'static str, is: impl Into<String>) -> Self {
        Self::new(what, is, Verdict::Good)
    }

    fn bad(what: &'static str, is: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(what, is, Verdict::Bad(advice.into()))
    }

    fn new(what: &'static str, is: impl Into<String>, verdict: Verdict) -> Self {
        let is = is.into();
        Self { what, is, verdict }
    }

    /// Whether nothing has to be done about it.
    pub(crate) fn is_good(&self) -> bool {
        !matches!(self.verdict, Verdict::Bad(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, is, .. } = self;
        match &self.verdict {
            Verdict::Good => write!(f, "ok    {what}: {is}"),
            Verdict::Unwise(advice) => write!(f, "warn  {what}: {is}\n      → {advice}"),
            Verdict::Bad(advice) => write!(f, "FAIL  {what}: {is}\n      → {advice}"),
        }
    }
}

/// Tries everything. Nothing is changed but the database's own bookkeeping.
pub(crate) async fn check(config: &Config) -> Vec<Finding> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut findings: Vec<_> = config
        .warnings
        .iter()
        .map(|warning| {
            let advice = Verdict::Unwise("set it, or live with it knowingly".into());
            Finding::new("settings", warning.clone(), advice)
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::good("settings", "complete"));
    }
    findings.push(database(config).await);
    match BotApi::new(config) {
        Ok(api) => {
            findings.extend(telegram(config, &api).await);
            if config.helpdesk == HelpDesk::Okdesk {
                findings.extend(okdesk(config, api).await);
            }
        }
        Err(e) => findings.push(Finding::bad(
            "HTTP client",
            e,
            "check the system's certificates",
        )),
    }
    findings.push(webhook(config).await);
    findings
}

async fn database(config: &Config) -> Finding {
    const WHAT: &str = "database";
    if let Some(file) = store::file(config.database_url.expose())
        && !file.exists()
    {
        // Not made here: it would belong to whoever checks, and not to the service.
        return match can_be_made(file) {
            Ok(()) => Finding::good(WHAT, "can be written; it is made at the first start"),
            Err(e) => Finding::bad(
                WHAT,
                format!("{} cannot be made: {e}", file.display()),
                "correct DATABASE_URL, or make the folder, with room, and give it to the user the bridge runs as",
            ),
        };
    }
    // Beside a bridge that may be running; an older schema stays what it is, for the older bridges that work with it.
    match store::open_beside(config.database_url.expose(), Clock::default()).await {
        Ok(store) => {
            let written = store.probe().await;
            let pressure = store.pressure().await;
            store.close().await;
            match (written, pressure) {
                (Ok(()), Ok(pressure)) => Finding::good(
                    WHAT,
                    format!(
                        "can be written; {} events and {} effects wait, {} were given up",
                        pressure.waiting_in, pressure.waiting_out, pressure.dead
                    ),
                ),
                (Err(e), _) | (_, Err(e)) => {
                    Finding::bad(WHAT, e.to_string(), "check free space and rights")
                }
            }
        }
        Err(OpenError::Older { found: 0, .. }) => {
            Finding::good(WHAT, "is empty; its tables are made at the first start")
        }
        Err(OpenError::Older { found, known }) => Finding::good(
            WHAT,
            format!("has schema version {found}; the next start brings it to {known}"),
        ),
        Err(e) => Finding::bad(
            WHAT,
            e.to_string(),
            "correct DATABASE_URL or the place it names",
        ),
    }
}

/// Tries to write where the file will be, and leaves nothing there.
fn can_be_made(file: &Path) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut trial = tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))?;
    trial.write_all(&[0; 64 * 1024])?;
    trial.sync_all()
}

/// Why Telegram does not answer as it should.
fn unheard(what: &'static str, error: teloxide::RequestError) -> Finding {
    const WAY: &str = "check TELEGRAM_API_URL, TELEGRAM_PROXY_URL and the way to that host";
    match trouble(error) {
        Trouble::Failed { error, .. } => Finding::bad(what, error, WAY),
        Trouble::Wait(wait) => Finding::bad(
            what,
            format!("asks to wait for {} s", wait.as_secs()),
            "wait; if it stays so, something else uses this token",
        ),
        Trouble::Refused(words) | Trouble::Unreachable(words) | Trouble::Formatting(words) => {
            Finding::bad(
                what,
                format!("refuses the token: {words}"),
                "take BOT_TOKEN anew from @BotFather, and check TELEGRAM_API_URL",
            )
        }
        Trouble::Gone | Trouble::Moved(_) => Finding::bad(what, "answers something else", WAY),
    }
}

async fn telegram(config: &Config, api: &BotApi) -> Vec<Finding> {
    const WHAT: &str = "Telegram";
    let me = match api.quick().get_me().await {
        Ok(me) => me,
        Err(e) => return vec![unheard(WHAT, e)],
    };
    let mut findings = vec![Finding::good(
        WHAT,
        format!("the bot is @{}", me.username()),
    )];
    findings.extend(clock(api).await);
    match api.quick().get_webhook_info().await {
        Ok(info) => {
            findings.push(updates(config.telegram_webhook_url.as_ref(), info));
        }
        Err(e) => findings.push(unheard("updates", e)),
    }
    findings
}

/// Whether updates go where the settings say.
fn updates(wanted: Option<&Url>, info: WebhookInfo) -> Finding {
    const WHAT: &str = "updates";
    let waiting = info.pending_update_count;
    match (wanted, info.url) {
        (None, None) => Finding::good(WHAT, format!("are fetched by long polling; {waiting} wait")),
        (None, Some(_)) => Finding::bad(
            WHAT,
            "go to a webhook that somebody has set",
            "the bridge takes it away when it starts; make sure that nobody else uses this token",
        ),
        (Some(_), None) => Finding::new(
            WHAT,
            "go nowhere yet",
            Verdict::Unwise(
                "the bridge sets TELEGRAM_WEBHOOK_URL when it starts; check again while it runs"
                    .into(),
            ),
        ),
        (Some(wanted), Some(set)) if *wanted != set => Finding::bad(
            WHAT,
            "go to another address than TELEGRAM_WEBHOOK_URL",
            "the bridge corrects that when it starts; if it stays so, something else uses this token",
        ),
        (Some(_), Some(_)) => {
            let since = info.last_error_date.map(|at| at.timestamp_millis());
            let minutes = since.map_or(0, |at| (Clock::default().now() - at) / 60_000);
            // Telegram keeps its last complaint for ever.
            let is_over = waiting == 0 && minutes >= 10;
            match info.last_error_message.filter(|_| !is_over) {
                Some(last) => Finding::bad(
                    WHAT,
                    format!(
                        "Telegram could not bring them {minutes} minutes ago: {last}; {waiting} wait"
                    ),
                    "check that TELEGRAM_WEBHOOK_URL can be reached from outside by HTTPS and leads to HOST and PORT",
                ),
                None => Finding::good(WHAT, format!("are brought by Telegram; {waiting} wait")),
            }
        }
    }
}

async fn okdesk(config: &Config, api: BotApi) -> Vec<Finding> {
    let (_, known) = watch::channel(Arc::new(rules::initial(config)));
    let okdesk = match Okdesk::new(config, api, known) {
        Ok(okdesk) => okdesk,
        Err(e) => {
            return vec![Finding::bad(
                "Okdesk",
                e.to_string(),
                "correct OKDESK_API_URL and OKDESK_API_TOKEN",
            )];
        }
    };
    let client = okdesk.client();
    let mut findings = vec![match client.references().issue_statuses().await {
        Ok(statuses) => Finding::good("Okdesk", format!("answers; {} statuses", statuses.len())),
        Err(e) => return vec![refused("Okdesk", &e)],
    }];
    let right = |what, tried: Result<(), Error>| match tried {
        Ok(()) => Finding::good(what, "allowed"),
        Err(e) => refused(what, &e),
    };
    let contacts = client
        .contacts()
        .list()
        .into_pager()
        .take_items(1)
        .collect()
        .await
        .map(drop);
    findings.push(right("Okdesk: reading contacts", contacts));
    let issues = client
        .issues()
        .list()
        .into_pager()
        .take_items(1)
        .collect()
        .await
        .map(drop);
    findings.push(right("Okdesk: reading issues", issues));
    if let Some(author) = config.rating_author {
        const WHAT: &str = "RATING_AUTHOR_ID";
        findings.push(
            match client.employees().list().into_pager().collect().await {
                Ok(employees) => match employees.into_iter().find(|employee| employee.id == author)
                {
                    Some(_) => Finding::good(WHAT, "is an employee"),
                    None => Finding::bad(
                        WHAT,
                        format!("there is no employee {author}"),
                        "take the id from the employee's page",
                    ),
                },
                Err(e) => refused(WHAT, &e),
            },
        );
    }
    if let Some(code) = &config.company_inn_attribute {
        const WHAT: &str = "COMPANY_INN_ATTRIBUTE";
        findings.push(
            match client
                .companies()
                .list()
                .into_pager()
                .take_items(20)
                .collect()
                .await
            {
                Ok(companies) if companies.is_empty() => {
                    Finding::good(WHAT, "not tried: there are no companies")
                }
                Ok(companies) => {
                    let known = companies
                        .iter()
                        .any(|company| company.parameters.iter().any(|p| p.code == *code));
                    if known {
                        Finding::good(WHAT, "companies have it")
                    } else {
                        Finding::bad(
                            WHAT,
                            format!("no company has an attribute `{code}`"),
                            "take the code from the account's settings",
                        )
                    }
                }
                Err(e) => refused(WHAT, &e),
            },
        );
    }
    findings
}

/// A clock that is wrong makes old news of fresh ones, and the other way round.
async fn clock(api: &BotApi) -> Option<Finding> {
    const WHAT: &str = "clock";
    let ahead = Clock::default().now() - api.server_time().await?;
    let seconds = ahead.abs() / 1000;
    Some(if seconds > 60 {
        let side = if ahead > 0 { "ahead of" } else { "behind" };
        let is = format!("this machine is {side} Telegram by {seconds} s");
        Finding::bad(WHAT, is, "let the machine's clock be set by NTP")
    } else {
        Finding::good(WHAT, "agrees with Telegram's")
    })
}

fn refused(what: &'static str, error: &Error) -> Finding {
    let advice = if error.is_unauthorized() {
        "make a new API key in the account's settings and put it into OKDESK_API_TOKEN"
    } else if error.is_forbidden() {
        "the role behind OKDESK_API_TOKEN may not do this: use an administrator's key"
    } else {
        "check OKDESK_API_URL and the way to that host"
    };
    Finding::bad(what, error.to_string(), advice)
}

/// The webhook's door can be seen only while a bridge is running; whether Okdesk reaches it, only Okdesk knows.
async fn webhook(config: &Config) -> Finding {
    const WHAT: &str = "webhook";
    let (host, port, path) = (config.host, config.port, &config.webhook_path);
    let here: IpAddr = match host {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    match tokio::time::timeout(Duration::from_secs(2), look_at(here, port, path)).await {
        Ok(Ok(true)) => Finding::good(
            WHAT,
            format!(
                "the door on {host}:{port} is open; Okdesk needs https://<your host>{path}/<WEBHOOK_SECRET>"
            ),
        ),
        Ok(Ok(false)) => Finding::bad(
            WHAT,
            format!("something else than tg-bridge answers on {host}:{port}"),
            "choose another PORT, or stop the other program",
        ),
        // Nobody is there: the bridge will have to be.
        Ok(Err(_)) => match std::net::TcpListener::bind((host, port)) {
            Ok(_) => Finding::good(
                WHAT,
                format!("{host}:{port} is free; check again while the bridge runs to see its door"),
            ),
            Err(e) => Finding::bad(
                WHAT,
                format!("the bridge cannot listen on {host}:{port}: {e}"),
                "correct HOST and PORT; ports below 1024 need a right of their own",
            ),
        },
        Err(_) => Finding::bad(
            WHAT,
            format!("whatever listens on {host}:{port} does not answer"),
            "stop it, or choose another PORT",
        ),
    }
}

/// Whether the bridge's own door answers there.
async fn look_at(host: IpAddr, port: u16, path: &str) -> Result<bool, std::io::Error> {
    let stream = tokio::net::TcpStream::connect((host, port)).await?;
    let Ok((mut door, connection)) =
        hyper::client::conn::http1::handshake::<_, Empty<Bytes>>(TokioIo::new(stream)).await
    else {
        return Ok(false);
    };
    let connection = tokio::spawn(connection);
    let request = Request::get(path)
        .header(HOST, format!("{host}:{port}"))
        .body(Empty::new())
        .map_err(std::io::Error::other)?;
    let page = match door.send_request(request).await {
        Ok(answer) => Limited::new(answer.into_body(), 64 * 1024).collect().await,
        Err(_) => return Ok(false),
    };
    connection.abort();
    let page = page.map(|page| page.to_bytes()).unwrap_or_default();
    let page: serde_json::Value = serde_json::from_slice(&page).unwrap_or_default();
    Ok(page["path"] == path)
}
