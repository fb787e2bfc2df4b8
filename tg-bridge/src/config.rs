//! Settings, from the environment and `.env`. Every mistake is found before anything is started, and all are told at
//! once. Secrets can be given as files; printed settings hide them.

mod keys;
mod reader;
mod secret;
mod values;

pub use keys::{KEYS, Key};
pub use secret::Secret;
pub use values::LogFormat;

use reader::Reader;
use values::{Codes, Remarks, Users};

use jiff::tz::TimeZone;
use okdesk_sdk::model::{AttributeCode, EmployeeId, StatusCode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use url::Url;

use crate::reaction::{CompanyView, HelpDesk, WorkingTime};
use crate::roles::{Role, Roles};
use crate::telegram::ChatId;
use crate::text::Texts;

/// Settings of a bridge. `Debug` hides the secrets.
#[derive(Debug, Clone)]
pub struct Config {
    /// The help desk.
    pub helpdesk: HelpDesk,
    /// Whether clients may see every remark in ZENLIX.
    pub zenlix_comments: bool,
    /// The bot's token.
    pub bot_token: Secret,
    /// Where Okdesk is, with or without `/api/v1`; nowhere if it is not the help desk.
    pub okdesk_api_url: Url,
    /// Okdesk's API key.
    pub okdesk_api_token: Secret,
    /// Where clients find the portal.
    pub portal_url: Option<Url>,
    /// Path of the help desk's webhooks; the secret is the segment below it.
    pub webhook_path: String,
    /// What proves that a webhook is the help desk's.
    pub webhook_secret: Secret,
    /// Where the queue and the records live.
    pub database_url: Secret,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where Telegram is.
    pub telegram_api_url: Url,
    /// The proxy all calls to Telegram go through.
    pub telegram_proxy_url: Option<Secret>,
    /// Where Telegram shall bring updates; without it they are fetched.
    pub telegram_webhook_url: Option<Url>,
    /// What proves that an update is Telegram's.
    pub telegram_webhook_secret: Option<Secret>,
    /// The zone times are shown in.
    pub time_zone: TimeZone,
    /// Where the privacy policy can be read.
    pub policy_url: Option<Url>,
    /// Its version; a new one is asked for again.
    pub policy_version: String,
    /// The custom attribute of companies that holds the INN.
    pub company_inn_attribute: Option<AttributeCode>,
    /// Status codes that count as completed.
    pub completed_statuses: BTreeSet<StatusCode>,
    /// The status a client's "close" leads to.
    pub close_status: Option<StatusCode>,
    /// The status a completed issue returns to when its client writes.
    pub reopen_status: Option<StatusCode>,
    /// For how many days after completion a comment still belongs to the old issue.
    pub comment_days: u16,
    /// The employee in whose name internal notes are written.
    pub rating_author: Option<EmployeeId>,
    /// The custom attribute of issues that takes the client's rating.
    pub rating_attribute: Option<AttributeCode>,
    /// The largest file Telegram lets the bot fetch, in bytes.
    pub download_limit: u64,
    /// Where the people in charge read what needs them.
    pub admin_chat: Option<ChatId>,
    /// Who may do more with the bot than its clients.
    pub roles: Roles,
    /// Who sees all issues of the own company.
    pub company_view: CompanyView,
    /// How many hours an invitation is good for.
    pub invite_hours: u16,
    /// When somebody is at work.
    pub working_time: Option<WorkingTime>,
    /// Minutes between two looks for what webhooks missed; 0 turns them off.
    pub reconcile_minutes: u16,
    /// What the bot says.
    pub texts: Arc<Texts>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is not wrong but unwise, for the log.
    pub warnings: Vec<String>,
    /// What was set, one sentence each, without secrets.
    pub shown: Vec<String>,
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    mistakes: Vec<String>,
}

impl ConfigError {
    /// One sentence per mistake. No secret is among them.
    pub fn mistakes(&self) -> &[String] {
        &self.mistakes
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration is not usable:")?;
        for mistake in &self.mistakes {
            writeln!(f, "  - {mistake}")?;
        }
        write!(f, "every key is described in tg-bridge/README.md")
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// The address of the Okdesk account, where that is the help desk.
    pub fn okdesk_account(&self) -> Option<&Url> {
        (self.helpdesk == HelpDesk::Okdesk).then_some(&self.okdesk_api_url)
    }

    /// Settings of this process: its environment, and below it the file `.env` in the working directory.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn load() -> Result<Self, ConfigError> {
        let mut vars = BTreeMap::new();
        let mut unreadable = None;
        match dotenvy::from_filename_iter(".env") {
            Ok(lines) => {
                for line in lines {
                    match line {
                        Ok((key, value)) => _ = vars.insert(key, value),
                        // The error would show the line, and the line may hold a secret.
                        Err(_) => {
                            unreadable = Some(".env has a line that is not KEY=value".to_owned())
                        }
                    }
                }
            }
            Err(e) if e.not_found() => {}
            Err(_) => unreadable = Some(".env cannot be read".to_owned()),
        }
        for (key, value) in std::env::vars_os() {
            if let (Ok(key), Ok(value)) = (key.into_string(), value.into_string()) {
                vars.insert(key, value);
            }
        }
        match (Self::from_vars(vars), unreadable) {
            (Ok(config), None) => Ok(config),
            (Ok(_), Some(mistake)) => Err(ConfigError {
                mistakes: vec![mistake],
            }),
            (Err(mut e), mistake) => {
                e.mistakes.extend(mistake);
                Err(e)
            }
        }
    }

    /// Settings from names and values.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn from_vars<K, V>(vars: impl IntoIterator<Item = (K, V)>) -> Result<Self, ConfigError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let mut read = Reader::new(vars);
        let bot_token = read.required::<Secret>("BOT_TOKEN", |token| {
            let digits = token.expose().split_once(':').is_some_and(|(id, key)| {
                !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) && !key.is_empty()
            });
            if digits {
                Ok(())
            } else {
                Err("is not a token as @BotFather gives it (123456:ABC…)".into())
            }
        });
        let helpdesk = read.or("HELPDESK", HelpDesk::default(), |_| Ok(()));
        let (okdesk_api_url, okdesk_api_token) = match helpdesk {
            HelpDesk::Okdesk => (
                read.required("OKDESK_API_URL", web_address),
                read.required::<Secret>("OKDESK_API_TOKEN", |_| Ok(())),
            ),
            HelpDesk::Zenlix => (None, None),
        };
        let webhook_secret = read.required::<Secret>("WEBHOOK_SECRET", |secret| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
            match secret.expose() {
                short if short.len() < 16 => Err("is shorter than 16 characters".into()),
                odd if !odd.bytes().all(plain) => Err(
                    "holds characters that an address cannot: use letters, digits and -._~".into(),
                ),
                _ => Ok(()),
            }
        });
        let config = Self {
            helpdesk,
            zenlix_comments: read.or("ZENLIX_COMMENTS", Remarks::None, |_| Ok(())) == Remarks::All,
            portal_url: read.optional("OKDESK_PORTAL_URL", web_address),
            webhook_path: read.or("WEBHOOK_PATH", "/okdesk/webhook".to_owned(), |path| {
                let taken = ["/health", "/metrics", "/telegram"]
                    .iter()
                    .any(|own| path.starts_with(own));
                if !path.starts_with('/')
                    || path.len() < 2
                    || path.ends_with('/')
                    || path.contains('?')
                {
                    Err("is not a path such as /okdesk/webhook".into())
                } else if taken {
                    Err("is a path the bridge uses itself".into())
                } else {
                    Ok(())
                }
            }),
            database_url: read.or("DATABASE_URL", Secret::new("sqlite:tg-bridge.db"), |url| {
                match url.expose().split_once(':') {
                    Some(("sqlite", path)) if !path.trim_start_matches("//").is_empty() => Ok(()),
                    Some(("postgres" | "postgresql", _)) => Ok(()),
                    _ => Err("must be `sqlite:<file>` or `postgres://…`".into()),
                }
            }),
            host: read.or("HOST", IpAddr::from([127, 0, 0, 1]), |_| Ok(())),
            port: read.or("PORT", 8080, |_| Ok(())),
            telegram_api_url: read.or("TELEGRAM_API_URL", telegram(), web_address),
            telegram_proxy_url: read.optional("TELEGRAM_PROXY_URL", |proxy: &Secret| {
                let known = |url: &Url| {
                    matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h")
                        && url.host().is_some()
                };
                if Url::parse(proxy.expose()).is_ok_and(|url| known(&url)) {
                    Ok(())
                } else {
                    Err("is not an address such as socks5h://user:password@host:1080".into())
                }
            }),
            telegram_webhook_url: read.optional("TELEGRAM_WEBHOOK_URL", |url: &Url| {
                web_address(url)?;
                if url.path().len() < 2 {
                    return Err("needs a path, such as https://bot.example.org/telegram".into());
                }
                Ok(())
            }),
            telegram_webhook_secret: read.optional("TELEGRAM_WEBHOOK_SECRET", |secret: &Secret| {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
                match secret.expose() {
                    short if short.len() < 16 => Err("is shorter than 16 characters".into()),
                    long if long.len() > 256 => Err("is longer than 256 characters".into()),
                    odd if !odd.bytes().all(plain) => {
                        Err("may hold letters, digits, _ and - only".into())
                    }
                    _ => Ok(()),
                }
            }),
            time_zone: read.zone(),
            policy_url: read.optional("POLICY_URL", web_address),
            policy_version: read.or("POLICY_VERSION", "1".to_owned(), |_| Ok(())),
            company_inn_attribute: read
                .optional("COMPANY_INN_ATTRIBUTE", |_: &String| Ok(()))
                .map(AttributeCode::from),
            completed_statuses: read
                .or("COMPLETED_STATUSES", Codes::default(), |_| Ok(()))
                .0,
            close_status: read
                .optional("CLOSE_STATUS", |_: &String| Ok(()))
                .map(StatusCode::from),
            reopen_status: read
                .optional("REOPEN_STATUS", |_: &String| Ok(()))
                .map(StatusCode::from),
            comment_days: read.or("COMMENT_DAYS", 14, |_| Ok(())),
            rating_author: read
                .optional("RATING_AUTHOR_ID", |id: &u64| {
                    if *id == 0 {
                        Err("is not an id".into())
                    } else {
                        Ok(())
                    }
                })
                .map(EmployeeId::new),
            rating_attribute: read
                .optional("RATING_ATTRIBUTE", |_: &String| Ok(()))
                .map(AttributeCode::from),
            download_limit: read.or("TELEGRAM_DOWNLOAD_LIMIT_MB", 20_u64, |_| Ok(())) * 1024 * 1024,
            admin_chat: read.optional("ADMIN_CHAT_ID", |_: &i64| Ok(())).map(ChatId),
            roles: [
                ("OWNER_IDS", Role::Owner),
                ("ADMIN_IDS", Role::Admin),
                ("OPERATOR_IDS", Role::Operator),
            ]
            .into_iter()
            .flat_map(|(key, role)| {
                let Users(users) = read.or(key, Users::default(), |_| Ok(()));
                users.into_iter().map(move |user| (user, role))
            })
            .collect(),
            company_view: read.or("COMPANY_VIEW", CompanyView::Off, |_| Ok(())),
            invite_hours: read.or("INVITE_HOURS", 24, |hours| match hours {
                1..=168 => Ok(()),
                _ => Err("is not a number of hours from 1 to 168".into()),
            }),
            working_time: read.working_time(),
            reconcile_minutes: read.or("RECONCILE_MINUTES", 2, |_| Ok(())),
            texts: read.texts(),
            log_format: read.or("LOG_FORMAT", LogFormat::Text, |_| Ok(())),
            // The mistakes of the required ones are noted; these stand-ins are never used.
            bot_token: bot_token.unwrap_or_default(),
            okdesk_api_url: okdesk_api_url.unwrap_or_else(nowhere),
            okdesk_api_token: okdesk_api_token.unwrap_or_default(),
            webhook_secret: webhook_secret.unwrap_or_default(),
            warnings: Vec::new(),
            shown: read.shown(),
        };
        if config.telegram_webhook_url.is_some() && config.telegram_webhook_secret.is_none() {
            read.mistake(
                "TELEGRAM_WEBHOOK_SECRET",
                "is missing: updates could be forged without it",
            );
        }
        if config.rating_author.is_none() && helpdesk == HelpDesk::Okdesk {
            read.warnings.push(
                "RATING_AUTHOR_ID is not set: ratings reach Okdesk without their reasons".into(),
            );
        }
        if config.admin_chat.is_some() && config.roles.allowed(Role::Admin).next().is_none() {
            read.warnings.push(
                "ADMIN_CHAT_ID is set, but neither OWNER_IDS nor ADMIN_IDS: nobody can decide on claims or invite"
                    .into(),
            );
        }
        read.unknown();
        if read.mistakes.is_empty() {
            Ok(Self {
                warnings: read.warnings,
                ..config
            })
        } else {
            Err(ConfigError {
                mistakes: read.mistakes,
            })
        }
    }
}

fn telegram() -> Url {
    // The only host of somebody else that is known without being told.
    #[allow(clippy::expect_used, reason = "a constant that a test reads")]
    Url::parse("https://api.telegram.org").expect("a constant address")
}

fn nowhere() -> Url {
    // A name that is reserved for leading nowhere.
    #[allow(clippy::expect_used, reason = "a constant that a test reads")]
    Url::parse("http://okdesk.invalid").expect("a constant address")
}

fn web_address(url: &Url) -> Result<(), String> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        Err("is not an address such as https://example.org".into())
    } else if !url.username().is_empty() || url.password().is_some() {
        Err("holds a password; addresses are logged, passwords must not be".into())
    } else {
        Ok(())
    }
}
