//! The table of keys.

/// A key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the environment.
    pub name: &'static str,
    /// Whether it can be given as `<name>_FILE`, and is hidden when printed.
    pub secret: bool,
    /// What it is for.
    pub about: &'static str,
}

const fn key(name: &'static str, about: &'static str) -> Key {
    Key {
        name,
        secret: false,
        about,
    }
}

const fn secret(name: &'static str, about: &'static str) -> Key {
    Key {
        name,
        secret: true,
        about,
    }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    secret("BOT_TOKEN", "the bot's token from @BotFather; required"),
    key("HELPDESK", "okdesk or zenlix; okdesk"),
    key(
        "ZENLIX_COMMENTS",
        "all if clients may see every remark in ZENLIX, whose hooks do not say which are internal; none",
    ),
    key(
        "OKDESK_API_URL",
        "address of the Okdesk account, with or without /api/v1; required with Okdesk",
    ),
    secret(
        "OKDESK_API_TOKEN",
        "API key of the account; required with Okdesk",
    ),
    key(
        "OKDESK_PORTAL_URL",
        "address of the client portal, for links",
    ),
    key("WEBHOOK_PATH", "path of Okdesk's webhooks; /okdesk/webhook"),
    secret(
        "WEBHOOK_SECRET",
        "last segment of the webhook's address, or value of the header X-Webhook-Secret; required, 16 characters or more",
    ),
    secret(
        "DATABASE_URL",
        "sqlite:FILE or postgres://…; sqlite:tg-bridge.db",
    ),
    key("HOST", "address to listen on; 127.0.0.1"),
    key("PORT", "port to listen on; 8080"),
    key(
        "TELEGRAM_API_URL",
        "address of the Bot API server; https://api.telegram.org",
    ),
    secret(
        "TELEGRAM_PROXY_URL",
        "proxy for everything that goes to Telegram, files too: http://…, https://…, socks5://… or socks5h://…",
    ),
    key(
        "TELEGRAM_WEBHOOK_URL",
        "public address for Telegram's updates; without it they are fetched by long polling",
    ),
    secret(
        "TELEGRAM_WEBHOOK_SECRET",
        "secret Telegram sends with updates; required with TELEGRAM_WEBHOOK_URL",
    ),
    key(
        "TELEGRAM_DOWNLOAD_LIMIT_MB",
        "largest file the Bot API server lets the bot fetch; 20",
    ),
    key(
        "TIME_ZONE",
        "zone times are shown in, such as Europe/Moscow; the system's",
    ),
    key("POLICY_URL", "address of the privacy policy"),
    key(
        "POLICY_VERSION",
        "version of the policy; a new one is asked for again; 1",
    ),
    key(
        "COMPANY_INN_ATTRIBUTE",
        "code of the companies' custom attribute that holds the INN",
    ),
    key(
        "COMPLETED_STATUSES",
        "codes that count as completed beside those Okdesk marks as final; resolved,closed,completed,done,finished,solved",
    ),
    key(
        "CLOSE_STATUS",
        "status a client's \"close\" leads to; without it staff are asked by a comment",
    ),
    key(
        "REOPEN_STATUS",
        "status a completed issue returns to when its client comments; without it it stays",
    ),
    key(
        "COMMENT_DAYS",
        "days after completion during which comments still belong to the issue; 14",
    ),
    key(
        "RATING_AUTHOR_ID",
        "id of the employee in whose name internal notes are written",
    ),
    key(
        "RATING_ATTRIBUTE",
        "code of the issues' custom attribute that shall hold the client's rating from 1 to 5",
    ),
    key(
        "ADMIN_CHAT_ID",
        "chat where the people in charge are told what needs them",
    ),
    key(
        "OWNER_IDS",
        "Telegram ids of the people the bridge belongs to; they may everything below",
    ),
    key(
        "ADMIN_IDS",
        "Telegram ids of those who see figures and decide on claims",
    ),
    key(
        "OPERATOR_IDS",
        "Telegram ids of those who answer clients from Telegram",
    ),
    key(
        "COMPANY_VIEW",
        "who sees all issues of the own company: off, granted (contacts to whom Okdesk gives `company_issues`), all; off",
    ),
    key(
        "INVITE_HOURS",
        "hours an invitation made by /invite is good for; 24",
    ),
    key(
        "WORKING_HOURS",
        "when somebody is at work, such as mon-fri 09:00-18:00 or пн-пт 9-18; whoever writes at another time is told when work begins; never told",
    ),
    key(
        "HOLIDAYS",
        "days on which nobody works all the same, such as 2027-01-01,2027-01-02",
    ),
    key(
        "RECONCILE_MINUTES",
        "minutes between two looks for what webhooks missed, 0 for never; 2",
    ),
    key(
        "TEXTS_DIR",
        "folder with a ru.ftl or en.ftl whose texts take the place of the built-in ones",
    ),
    key("LOG_FORMAT", "text or json; text"),
];

/// Names that begin like this are ours: an unknown one is a mistake.
pub(super) const PREFIXES: &[&str] = &[
    "BOT_TOKEN",
    "HELPDESK",
    "ZENLIX_",
    "OKDESK_",
    "WEBHOOK_",
    "TELEGRAM_",
    "POLICY_",
    "COMPANY_INN",
    "COMPANY_VIEW",
    "INVITE_",
    "COMPLETED_STATUS",
    "CLOSE_STATUS",
    "REOPEN_STATUS",
    "COMMENT_DAYS",
    "RATING_",
    "TEXTS_",
    "ADMIN_",
    "OWNER_",
    "OPERATOR_",
    "WORKING_",
    "HOLIDAY",
    "RECONCILE_",
    "LOG_FORMAT",
    "DATABASE_URL",
];
