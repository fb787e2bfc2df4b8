//! The bridge as it is run, between an Okdesk and a Telegram that both live in this process.
//!
//! Nobody waits here: when all work is done, the clocks jump to the moment when something is due – the end of an album, a
//! second try. [`Rig::rest`] ends when nothing can happen any more, so what has not come by then does not come.

// Other test programs borrow it, and each uses a part.
#![allow(dead_code)]

use okdesk_sdk::model::{AttachmentId, ContactId, IssueId};
use okdesk_sdk::testing::{Dialect, Outcome, Recorded, Simulator, Staff};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tg_bridge::config::Config;
use tg_bridge::demo::bot_api::{BotApi, Call};
use tg_bridge::run::Bridge;
use tg_bridge::store::{Clock, DeadLetter, Hop, Store};
use url::Url;

/// Nothing here takes so long; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Who is at rest may still be collecting an album or keeping Telegram's pace.
const PAUSE: i64 = 15_000;
/// Who has nothing more to do is not waiting for another try either.
const REST: i64 = 6 * 60_000;

pub(crate) const SECRET: &str = "a-secret-of-the-webhook";
pub(crate) const PORTAL: &str = "https://portal.example.org/";

/// What there is before the bridge runs.
pub(crate) struct Setup {
    pub(crate) okdesk: Simulator,
    pub(crate) telegram: BotApi,
    settings: Vec<(String, String)>,
    folder: TempDir,
}

/// The bridge at work.
pub(crate) struct Rig {
    pub(crate) okdesk: Simulator,
    pub(crate) telegram: BotApi,
    pub(crate) clock: Clock,
    bridge: RefCell<Option<Bridge>>,
    settings: RefCell<Vec<(String, String)>>,
    database: SqlitePool,
    forgiven: RefCell<Vec<String>>,
    folder: TempDir,
}

impl Setup {
    pub(crate) async fn new() -> Self {
        Self::with(Simulator::start().await, BotApi::start().await.unwrap())
    }

    /// An Okdesk of which a doubtful fact is read in another way.
    pub(crate) async fn in_dialect(dialect: impl Into<Dialect>) -> Self {
        let okdesk = Simulator::builder().dialect(dialect).start().await;
        Self::with(okdesk, BotApi::start().await.unwrap())
    }

    pub(crate) fn with(okdesk: Simulator, telegram: BotApi) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("bridge.db");
        let settings = [
            ("BOT_TOKEN", telegram.token()),
            ("TELEGRAM_API_URL", telegram.url().to_string()),
            ("OKDESK_API_URL", okdesk.url().to_string()),
            ("OKDESK_API_TOKEN", okdesk.token().to_owned()),
            ("OKDESK_PORTAL_URL", PORTAL.to_owned()),
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            ("DATABASE_URL", format!("sqlite:{}", database.display())),
            ("PORT", "0".to_owned()),
            ("TIME_ZONE", "Europe/Moscow".to_owned()),
            ("COMPANY_INN_ATTRIBUTE", "inn_company".to_owned()),
            ("RATING_AUTHOR_ID", "1".to_owned()),
            ("RECONCILE_MINUTES", "0".to_owned()),
        ];
        Self {
            okdesk,
            telegram,
            settings: settings.map(|(key, value)| (key.to_owned(), value)).into(),
            folder,
        }
    }

    pub(crate) fn set(mut self, key: &str, value: impl ToString) -> Self {
        self.settings.retain(|(known, _)| known != key);
        self.settings.push((key.to_owned(), value.to_string()));
        self
    }

    pub(crate) async fn start(self) -> Rig {
        let Self {
            okdesk,
            telegram,
            settings,
            folder,
        } = self;
        let clock = Clock::default();
        let bridge = run(&settings, &clock, &okdesk).await;
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("bridge.db"))
            .read_only(true);
        let database = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .unwrap();
        let rig = Rig {
            okdesk,
            telegram,
            clock,
            bridge: RefCell::new(Some(bridge)),
            settings: RefCell::new(settings),
            database,
            forgiven: RefCell::default(),
            folder,
        };
        // Which statuses are final is known before the first word, where there is an Okdesk to say it.
        if !rig.settings().iter().any(|(key, _)| key == "HELPDESK") {
            rig.until("the dictionary of statuses", || {
                (rig.okdesk.recorder().count("references.issue_statuses") > 0).then_some(())
            })
            .await;
        }
        rig
    }
}

async fn run(settings: &[(String, String)], clock: &Clock, okdesk: &Simulator) -> Bridge {
    let config = Config::from_vars(settings.iter().cloned()).unwrap();
    let bridge = Bridge::start_by(config, clock.clone()).await.unwrap();
    okdesk.add_webhook(bridge.webhook_url().clone());
    bridge
}

impl Rig {
    /// A bridge with the usual settings.
    pub(crate) async fn start() -> Self {
        Setup::new().await.start().await
    }

    /// The queue and the records of the bridge that runs now.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.bridge.borrow().as_ref().unwrap().store().clone()
    }

    /// Where the help desk posts its webhooks.
    pub(crate) fn webhook(&self) -> Url {
        self.bridge.borrow().as_ref().unwrap().webhook_url().clone()
    }

    /// The environment the program would have.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        self.settings.borrow().clone()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("bridge.db")
    }

    /// Stops the bridge as a service manager does, and starts it again with these changes of its settings.
    pub(crate) async fn restarts(&self, changes: &[(&str, &str)]) {
        self.okdesk.remove_webhook(&self.webhook());
        let bridge = self.bridge.take().unwrap();
        bridge.stop().await;
        let mut settings = self.settings.borrow().clone();
        for (key, value) in changes {
            settings.retain(|(known, _)| known != key);
            settings.push(((*key).to_owned(), (*value).to_owned()));
        }
        let bridge = run(&settings, &self.clock, &self.okdesk).await;
        self.settings.replace(settings);
        self.bridge.replace(Some(bridge));
    }

    /// Posts a body as the help desk might; gives the status of the answer.
    pub(crate) async fn posts(&self, body: &Value) -> u16 {
        let post = reqwest::Client::new().post(self.webhook()).json(body);
        post.send().await.unwrap().status().as_u16()
    }

    /// A page of the bridge itself, such as `/metrics`.
    pub(crate) async fn page(&self, path: &str) -> String {
        let page = self.webhook().join(path).unwrap();
        reqwest::get(page).await.unwrap().text().await.unwrap()
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /// Time passes for everybody. Nobody is interrupted by it: that would be a crash, not a pause.
    pub(crate) async fn later(&self, by: Duration) {
        self.pause().await;
        self.clock.advance(by);
        self.okdesk.clock().advance(by);
        self.telegram.advance(by);
        self.ring();
    }

    fn ring(&self) {
        for hop in Hop::ALL {
            self.store().work(hop).notify_one();
        }
    }

    /// Waits until nobody is at work. Whoever failed and waits for another try goes on waiting.
    pub(crate) async fn pause(&self) {
        self.until_idle(PAUSE).await;
    }

    /// Waits until nothing can happen any more: every update is fetched, every webhook answered, the queue empty.
    pub(crate) async fn rest(&self) {
        self.until_idle(REST).await;
        let dead = self.dead().await;
        let forgiven = self.forgiven.borrow();
        let surprise = dead.iter().find(|letter| {
            !forgiven
                .iter()
                .any(|words| letter.error.contains(words.as_str()))
        });
        assert!(surprise.is_none(), "it was given up: {surprise:?}");
    }

    /// Waits until a look at what was missed that began since then is over: only then its cursor is noted.
    pub(crate) async fn has_looked_since(&self, then: i64) {
        let begun = Instant::now();
        loop {
            let cursor: Option<String> =
                sqlx::query_scalar("SELECT value FROM meta WHERE key = 'reconcile.cursor'")
                    .fetch_optional(&self.database)
                    .await
                    .unwrap();
            if cursor.is_some_and(|cursor| cursor.parse::<i64>().unwrap() >= then) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody looks");
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    async fn until_idle(&self, horizon: i64) {
        let begun = Instant::now();
        while self.goes_on(horizon).await {
            assert!(begun.elapsed() < PATIENCE, "it does not come to rest");
        }
    }

    /// Looks until there is something to see; fails once nothing more can happen.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            let more = self.goes_on(REST).await;
            if let Some(found) = look() {
                return found;
            }
            // A bridge that has just been started asks for more than is written in its queue.
            let patience = if more { PATIENCE } else { PATIENCE / 30 };
            assert!(
                begun.elapsed() < patience,
                "in vain: {what}\n{}",
                self.story()
            );
        }
    }

    /// Lets a moment pass; false if nothing is going on and nothing is due before the horizon.
    async fn goes_on(&self, horizon: i64) -> bool {
        let sources = self.sources();
        let now = self.clock.now();
        // A lane waits for its first item. What is due is being worked on, or will be in a moment.
        let due: Option<i64> = sqlx::query_scalar(
            "SELECT min(due) FROM (SELECT due, min(id) FROM item WHERE state = 'pending' GROUP BY hop, lane)",
        )
        .fetch_one(&self.database)
        .await
        .unwrap();
        let calm = sources.is_some() && sources == self.sources();
        let next = due.filter(|due| due - now <= horizon);
        if calm {
            match next {
                None => return false,
                Some(due) if due > now => {
                    let wait = Duration::from_millis((due - now).unsigned_abs());
                    self.clock.advance(wait);
                    self.okdesk.clock().advance(wait);
                    self.ring();
                }
                Some(_) => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
        true
    }

    /// How much has come from outside so far, if the bridge has taken all of it in.
    fn sources(&self) -> Option<(usize, usize)> {
        let deliveries = self.okdesk.webhooks().deliveries();
        let waiting = deliveries
            .iter()
            .any(|delivery| delivery.outcome == Outcome::Waiting);
        let fetched = self.telegram.pending_updates() == 0;
        (fetched && !waiting).then(|| (deliveries.len(), self.telegram.updates().len()))
    }

    /// Whether these words stand anywhere in the database.
    pub(crate) async fn remembers(&self, words: &str) -> bool {
        let found: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM item WHERE instr(body, ?1)) + (SELECT count(*) FROM chat WHERE instr(body, ?1))
                  + (SELECT count(*) FROM issue WHERE instr(body, ?1)) + (SELECT count(*) FROM meta WHERE instr(value, ?1))
                  + (SELECT count(*) FROM code WHERE instr(body, ?1)) + (SELECT count(*) FROM audit WHERE instr(body, ?1))",
        )
        .bind(words)
        .fetch_one(&self.database)
        .await
        .unwrap();
        found > 0
    }

    // ---- the help desk ----------------------------------------------------------------------------------------------

    /// The employee who answers.
    pub(crate) fn staff(&self) -> Staff {
        self.okdesk.staff("Иван Соколов")
    }

    /// An employee writes to the client.
    pub(crate) fn comments(&self, issue: IssueId, text: &str) {
        self.staff().comment(issue, text).send().unwrap();
    }

    /// An employee changes the status.
    pub(crate) fn sets(&self, issue: IssueId, status: &str) {
        self.staff().change_status(issue, status).send().unwrap();
    }

    /// The portal or the mail, used by this contact: Okdesk with the contact's own key.
    pub(crate) fn portal(&self, contact: ContactId) -> okdesk_sdk::Client {
        okdesk_sdk::Client::new(
            self.okdesk.url().as_str(),
            self.okdesk.contact_token(contact),
        )
        .unwrap()
    }

    /// All issues as Okdesk holds them.
    pub(crate) fn issues(&self) -> Vec<Value> {
        self.okdesk.snapshot()["issues"].as_array().unwrap().clone()
    }

    /// An issue as Okdesk holds it, with its comments.
    pub(crate) fn issue(&self, id: IssueId) -> Value {
        let found = self
            .issues()
            .into_iter()
            .find(|issue| issue["id"] == id.get());
        found.expect("there is no such issue")
    }

    pub(crate) fn comments_of(&self, id: IssueId) -> Vec<Value> {
        self.issue(id)["comments"].as_array().unwrap().clone()
    }

    /// Comments that only staff see.
    pub(crate) fn notes_of(&self, id: IssueId) -> Vec<String> {
        let comments = self.comments_of(id).into_iter();
        comments
            .filter(|comment| comment["public"] == false)
            .map(|comment| comment["content"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Name and content of the files of an issue or of a comment.
    pub(crate) fn files_of(&self, object: &Value) -> Vec<(String, Vec<u8>)> {
        let attachments = object["attachments"].as_array().unwrap();
        let file = |attachment: &Value| {
            let id = AttachmentId::new(attachment["id"].as_u64().unwrap());
            let (name, content) = self.okdesk.file(id).unwrap();
            (name, content.to_vec())
        };
        attachments.iter().map(file).collect()
    }

    /// The last webhook of this event, as it was posted.
    pub(crate) fn last_hook(&self, event: &str) -> Value {
        let deliveries = self.okdesk.webhooks().deliveries();
        let found = deliveries.iter().rfind(|delivery| delivery.event == event);
        found.expect("no such webhook").json()
    }

    /// The contacts Okdesk has.
    pub(crate) fn contacts(&self) -> Vec<Value> {
        self.okdesk.snapshot()["contacts"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// What the bridge asked of one operation.
    pub(crate) fn asked(&self, operation: &str) -> Vec<Recorded> {
        self.okdesk.recorder().of(operation)
    }

    // ---- what went wrong --------------------------------------------------------------------------------------------

    /// The test provokes this: a refusal or a given-up effect with these words is no failure.
    pub(crate) fn forgives(&self, words: &str) {
        self.forgiven.borrow_mut().push(words.to_owned());
    }

    /// What was given up.
    pub(crate) async fn dead(&self) -> Vec<DeadLetter> {
        self.store().dead(100).await.unwrap()
    }

    /// Calls that Telegram refused by itself.
    pub(crate) fn refused(&self) -> Vec<Call> {
        let mut calls = self.telegram.calls();
        calls.retain(|call| {
            call.status >= 400 && call.fault.is_none() && call.method != "getUpdates"
        });
        calls
    }

    /// Everything all chats show, for whoever has to find out what went wrong.
    pub(crate) fn story(&self) -> String {
        let mut chats: Vec<i64> = self
            .telegram
            .calls()
            .iter()
            .filter_map(|call| call.chat_id)
            .collect();
        chats.sort_unstable();
        chats.dedup();
        let mut lines = Vec::new();
        for chat in chats {
            lines.push(format!("chat {chat}:"));
            for message in self.telegram.chat(chat).messages() {
                let buttons: Vec<&str> = message
                    .buttons
                    .iter()
                    .flatten()
                    .map(|button| button.callback_data.as_deref().unwrap_or("→"))
                    .collect();
                lines.push(format!(
                    "  {} {}: {} {buttons:?}",
                    message.id, message.from, message.text
                ));
            }
        }
        lines.join("\n")
    }
}

impl Drop for Rig {
    /// Every test ends with the question whether Telegram had anything to complain of.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let forgiven = self.forgiven.borrow();
        let mut violations = self.telegram.violations();
        violations.retain(|violation| {
            !forgiven
                .iter()
                .any(|words| violation.what.contains(words.as_str()))
        });
        assert!(violations.is_empty(), "{violations:#?}");
        for call in self.refused() {
            let answer = call.answer.unwrap_or_default().to_string();
            assert!(
                forgiven.iter().any(|words| answer.contains(words.as_str())),
                "Telegram refused {} {}: {answer}",
                call.method,
                call.parameters
            );
        }
    }
}

/// A picture that nothing takes for a broken one.
pub(crate) fn picture(shade: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 64, 48);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[shade; 64 * 48]).unwrap();
    writer.finish().unwrap();
    file
}
