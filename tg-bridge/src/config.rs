//! Settings, from the environment and `.env`. Every mistake is found before anything is started, and all are told at
//! once. Secrets can be given as files; printed settings hide them.

mod keys;
mod secret;

pub use keys::{KEYS, Key};
pub use secret::Secret;

use jiff::tz::TimeZone;
use okdesk_sdk::model::{AttributeCode, EmployeeId, StatusCode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use url::Url;

use crate::telegram::ChatId;

/// Settings of a bridge. `Debug` hides the secrets.
#[derive(Debug, Clone)]
pub struct Config {
    /// The bot's token.
    pub bot_token: Secret,
    /// Where Okdesk is, with or without `/api/v1`.
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
    /// The largest file Telegram lets the bot fetch, in bytes.
    pub download_limit: u64,
    /// Where the people in charge read what needs them.
    pub admin_chat: Option<ChatId>,
    /// Minutes between two looks for what webhooks missed; 0 turns them off.
    pub reconcile_minutes: u16,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is not wrong but unwise, for the log.
    pub warnings: Vec<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object per line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("is neither `text` nor `json`"),
        }
    }
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
        let okdesk_api_url = read.required::<Url>("OKDESK_API_URL", web_address);
        let okdesk_api_token = read.required::<Secret>("OKDESK_API_TOKEN", |_| Ok(()));
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
            download_limit: read.or("TELEGRAM_DOWNLOAD_LIMIT_MB", 20_u64, |_| Ok(())) * 1024 * 1024,
            admin_chat: read.optional("ADMIN_CHAT_ID", |_: &i64| Ok(())).map(ChatId),
            reconcile_minutes: read.or("RECONCILE_MINUTES", 2, |_| Ok(())),
            log_format: read.or("LOG_FORMAT", LogFormat::Text, |_| Ok(())),
            // The mistakes of the required ones are noted; these stand-ins are never seen.
            bot_token: bot_token.unwrap_or_default(),
            okdesk_api_url: okdesk_api_url.unwrap_or_else(telegram),
            okdesk_api_token: okdesk_api_token.unwrap_or_default(),
            webhook_secret: webhook_secret.unwrap_or_default(),
            warnings: Vec::new(),
        };
        if config.telegram_webhook_url.is_some() && config.telegram_webhook_secret.is_none() {
            read.mistake(
                "TELEGRAM_WEBHOOK_SECRET",
                "is missing: updates could be forged without it",
            );
        }
        if config.rating_author.is_none() {
            read.warnings.push(
                "RATING_AUTHOR_ID is not set: ratings reach Okdesk without their reasons".into(),
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

fn web_address(url: &Url) -> Result<(), String> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        Err("is not an address such as https://example.org".into())
    } else if !url.username().is_empty() || url.password().is_some() {
        Err("holds a password; addresses are logged, passwords must not be".into())
    } else {
        Ok(())
    }
}

/// A list of status codes.
#[derive(Debug, Clone)]
struct Codes(BTreeSet<StatusCode>);

impl Default for Codes {
    fn default() -> Self {
        Self(crate::reaction::Rules::default().completed)
    }
}

impl FromStr for Codes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let codes: BTreeSet<_> = text
            .split(',')
            .map(str::trim)
            .filter(|code| !code.is_empty())
            .map(StatusCode::from)
            .collect();
        if codes.is_empty() {
            Err("is not a list such as completed,closed")
        } else {
            Ok(Self(codes))
        }
    }
}

/// Reads values and collects what is wrong with them.
struct Reader {
    vars: BTreeMap<String, String>,
    mistakes: Vec<String>,
    warnings: Vec<String>,
}

impl Reader {
    fn new<K: Into<String>, V: Into<String>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        let vars = vars
            .into_iter()
            .map(|(k, v)| (k.into(), v.into()))
            .collect();
        Self {
            vars,
            mistakes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn mistake(&mut self, key: &str, what: impl fmt::Display) {
        self.mistakes.push(format!("{key} {what}"));
    }

    /// The value of a key, or what is in the file its `_FILE` twin names. An empty value is none.
    fn text(&mut self, key: &'static str) -> Option<String> {
        let value = self
            .vars
            .get(key)
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty());
        let may_be_file = KEYS.iter().any(|k| k.name == key && k.secret);
        let file = format!("{key}_FILE");
        let path = self
            .vars
            .get(&file)
            .filter(|v| may_be_file && !v.is_empty())
            .cloned();
        match (value, path) {
            (Some(_), Some(_)) => {
                self.mistake(key, format_args!("and {file} are both set; use one"));
                None
            }
            (value, None) => value,
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(text) => {
                    self.look_at_rights(&file, Path::new(&path));
                    Some(text.trim().to_owned())
                        .filter(|text| !text.is_empty())
                        .or_else(|| {
                            self.mistake(&file, "names an empty file");
                            None
                        })
                }
                Err(e) => {
                    self.mistake(&file, format_args!("names a file that cannot be read: {e}"));
                    None
                }
            },
        }
    }

    fn look_at_rights(&mut self, key: &str, path: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        if path
            .metadata()
            .is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
        {
            self.warnings.push(format!(
                "{key}: the file can be read by others; chmod 600 would keep it secret"
            ));
        }
    }

    fn parsed<T: FromStr>(
        &mut self,
        key: &'static str,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        let text = self.text(key)?;
        match text.parse::<T>() {
            Ok(value) => match check(&value) {
                Ok(()) => Some(value),
                Err(what) => {
                    self.mistake(key, what);
                    None
                }
            },
            Err(e) => {
                let words = e.to_string();
                let sentence = words.starts_with("is ");
                self.mistake(
                    key,
                    if sentence {
                        words
                    } else {
                        format!("is wrong: {words}")
                    },
                );
                None
            }
        }
    }

    fn required<T: FromStr>(
        &mut self,
        key: &'static str,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        let before = self.mistakes.len();
        let value = self.parsed(key, check);
        if value.is_none() && self.mistakes.len() == before {
            self.mistake(key, "is missing");
        }
        value
    }

    fn optional<T: FromStr>(
        &mut self,
        key: &'static str,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        self.parsed(key, check)
    }

    fn or<T: FromStr>(
        &mut self,
        key: &'static str,
        default: T,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> T
    where
        T::Err: fmt::Display,
    {
        self.parsed(key, check).unwrap_or(default)
    }

    fn zone(&mut self) -> TimeZone {
        let Some(name) = self.text("TIME_ZONE") else {
            return TimeZone::system();
        };
        TimeZone::get(&name).unwrap_or_else(|_| {
            self.mistake("TIME_ZONE", "is not a zone such as Europe/Moscow");
            TimeZone::UTC
        })
    }

    /// A misspelt key would silently leave its default in force.
    fn unknown(&mut self) {
        let known = |name: &str| {
            KEYS.iter().any(|key| {
                key.name == name || (key.secret && name.strip_suffix("_FILE") == Some(key.name))
            })
        };
        let strangers: Vec<_> = self
            .vars
            .keys()
            .filter(|name| {
                keys::PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !known(name)
            })
            .cloned()
            .collect();
        for name in strangers {
            self.mistake(&name, "is not a key of tg-bridge");
        }
    }
}
