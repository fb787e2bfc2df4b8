//! One run: an Okdesk, a Telegram, a database, replicas of the real program between them, a network that may fail, people
//! who talk, and in the end the evidence.

use super::database::{Database, Engine};
use super::history::{Evidence, Lane, Seen, read_account};
use super::now;
use super::people::{self, Known, Said, Told};
use super::proxy::Proxy;
use okdesk_sdk::model::{CompanyId, ContactId, IssueId, StatusCode, Timestamp};
use okdesk_sdk::testing::{Fault as DeskFault, Simulator};
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tg_bridge::demo::bot_api::{BotApi, Fault, FaultRule};
use tg_bridge::failpoint::{Point, Sabotage};
use tg_bridge::reaction::{Chat, Consent, Issue, IssueFacts, Link, Named, Status};
use tg_bridge::store::Clock;
use tg_bridge::telegram::ChatId;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinSet;

const SECRET: &str = "a-secret-of-the-webhook";
const STAFF: [&str; 5] = [
    "Пётр Мастеров",
    "Ольга Ремизова",
    "Иван Соколов",
    "Нина Ткач",
    "Олег Ключников",
];
/// The first client's chat; the others follow.
const FIRST: i64 = 2001;
const NEWCOMERS: i64 = 4001;

/// What a run is made of.
pub(crate) struct Plan {
    pub(crate) replicas: usize,
    pub(crate) clients: i64,
    pub(crate) newcomers: i64,
    /// Updates are brought by Telegram instead of being fetched.
    pub(crate) hooked: bool,
    pub(crate) sabotage: Option<Sabotage>,
    /// Of a thousand connections so many go wrong.
    pub(crate) network: u32,
    /// Whether the two services themselves fail now and then.
    pub(crate) weather: bool,
    /// Milliseconds between two acts of a client.
    pub(crate) pace: Range<u64>,
    pub(crate) seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            replicas: 1,
            clients: 50,
            newcomers: 6,
            hooked: false,
            sabotage: None,
            network: 0,
            weather: false,
            pace: 4_000..12_000,
            seed: 1,
        }
    }
}

pub(crate) struct World {
    pub(crate) telegram: BotApi,
    pub(crate) okdesk: Simulator,
    pub(crate) said: Mutex<Vec<Said>>,
    pub(crate) told: Mutex<Vec<Told>>,
    pub(crate) known: Mutex<Vec<Known>>,
    pub(crate) registered: Mutex<Vec<(i64, String)>>,
    pub(crate) pace: Range<u64>,
    pub(crate) desk_pace: Range<u64>,
    broke: Mutex<Vec<i64>>,
    in_flight: Mutex<Vec<Range<i64>>>,
    poison: Mutex<BTreeSet<String>>,
}

/// A replica of the program.
pub(crate) struct Replica {
    port: u16,
    child: Option<Child>,
    /// It was told to end at some place.
    armed: bool,
    /// When it was found to stand still, in Unix milliseconds.
    frozen: Option<i64>,
}

pub(crate) struct Run {
    pub(crate) world: Arc<World>,
    pub(crate) database: Database,
    pub(crate) replicas: Vec<Replica>,
    plan: Plan,
    folder: TempDir,
    /// In front of the replicas, before Okdesk, before Telegram.
    door: Proxy,
    to_okdesk: Proxy,
    to_telegram: Proxy,
    people: JoinSet<Vec<String>>,
    stop: watch::Sender<bool>,
    /// Extra environment of every start, such as a library that makes the disk fail.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// How long people, and what is on its way, are waited for in the end.
    patience: Duration,
    pub(crate) kills: usize,
    /// Ends that nobody asked for, with the last words.
    pub(crate) ended: Vec<String>,
    pub(crate) ready: Vec<Duration>,
}

impl Run {
    pub(crate) async fn new(
        plan: Plan,
        database: impl AsyncFnOnce(&TempDir) -> Option<Database>,
    ) -> Option<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await?;
        let telegram = BotApi::builder()
            .paced()
            .webhook_delay(Duration::from_millis(100))
            .start()
            .await
            .unwrap();
        let okdesk = Simulator::start().await;
        let replicas: Vec<_> = (0..plan.replicas)
            .map(|_| Replica {
                port: super::port::free_port(),
                child: None,
                armed: false,
                frozen: None,
            })
            .collect();
        let door = Proxy::to(0).await;
        door.lead_to(replicas.iter().map(|replica| replica.port).collect());
        let to_okdesk = Proxy::to(okdesk.url().port().unwrap()).await;
        let to_telegram = Proxy::to(telegram.url().port().unwrap()).await;
        for proxy in [&door, &to_okdesk, &to_telegram] {
            proxy.trouble(plan.network);
        }
        okdesk.add_webhook(
            format!("{}okdesk/webhook/{SECRET}", door.url())
                .parse()
                .unwrap(),
        );
        let world = Arc::new(World {
            telegram,
            okdesk,
            said: Mutex::default(),
            told: Mutex::default(),
            known: Mutex::default(),
            registered: Mutex::default(),
            desk_pace: plan.pace.start / 6..plan.pace.end / 6,
            pace: plan.pace.clone(),
            broke: Mutex::default(),
            in_flight: Mutex::default(),
            poison: Mutex::default(),
        });
        let mut run = Self {
            world,
            database,
            replicas,
            plan,
            folder,
            door,
            to_okdesk,
            to_telegram,
            people: JoinSet::new(),
            stop: watch::Sender::new(false),
            environment: Vec::new(),
            patience: Duration::from_secs(180),
            kills: 0,
            ended: Vec::new(),
            ready: Vec::new(),
        };
        run.furnish().await;
        Some(run)
    }

    /// Makes the account, links its clients, and has the database note everything that is ever queued.
    async fn furnish(&mut self) {
        let store = tg_bridge::store::open(&self.database.url, Clock::default())
            .await
            .unwrap();
        store.close().await;
        drop(store);
        let account = &self.world.okdesk;
        let company = account.account().company("ООО «Ромашка»").create();
        let mut sql = match self.database.engine {
            Engine::Sqlite => vec![
                "CREATE TABLE crash_seen (id INTEGER PRIMARY KEY, hop TEXT, lane TEXT, seq INTEGER, dedup TEXT, body TEXT)".to_owned(),
                "CREATE TRIGGER crash_note AFTER INSERT ON item BEGIN INSERT INTO crash_seen VALUES (NEW.id, NEW.hop, NEW.lane, NEW.id, NEW.dedup, NEW.body); END".to_owned(),
            ],
            Engine::Postgres => vec![
                "CREATE TABLE crash_seen (id bigint PRIMARY KEY, hop text, lane text, seq bigint, dedup text, body text)".to_owned(),
                "CREATE FUNCTION crash_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO crash_seen VALUES (NEW.id, NEW.hop, NEW.lane, NEW.seq, NEW.dedup, NEW.body); RETURN NULL; END $$".to_owned(),
                "CREATE TRIGGER crash_note AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION crash_note()".to_owned(),
            ],
        };
        for n in 0..self.plan.clients {
            let chat = FIRST + n;
            let contact = account
                .account()
                .contact("Анна", format!("Клиент{n}"))
                .phone(&format!("+7999000{n:04}"))
                .company(company)
                .create();
            let title = format!("Заявка клиента {n}");
            let issue = account.account().issue(&title).contact(contact).create();
            self.world.known.lock().unwrap().push(Known { issue, chat });
            let linked = serde_json::to_string(&linked(chat, contact, company)).unwrap();
            let known = serde_json::to_string(&known(issue, &title, contact)).unwrap();
            assert!(!linked.contains('\'') && !known.contains('\''));
            sql.push(format!(
                "INSERT INTO chat (id, contact_id, body) VALUES ({chat}, {contact}, '{linked}')"
            ));
            sql.push(format!(
                "INSERT INTO issue (id, contact_id, company_id, body) VALUES ({issue}, {contact}, {company}, '{known}')"
            ));
        }
        self.database.run(&sql).await;
    }

    /// People begin to talk.
    pub(crate) fn talk(&mut self) {
        let all = self.world.known.lock().unwrap().clone();
        for known in all {
            let seed = self
                .plan
                .seed
                .wrapping_mul(1_000)
                .wrapping_add(known.chat as u64);
            let talk = people::client(self.world.clone(), known, seed, self.stop.subscribe());
            self.people.spawn(talk);
        }
        for (n, name) in STAFF.into_iter().enumerate() {
            let seed = self.plan.seed.wrapping_add(n as u64);
            let work = people::employee(self.world.clone(), name, seed, self.stop.subscribe());
            self.people.spawn(work);
        }
        for n in 0..self.plan.newcomers {
            let user = self.world.telegram.user(NEWCOMERS + n, "Мария");
            let phone = format!("7999111{n:04}");
            let user = user.phone(&phone);
            let surname = format!(
                "Новикова{}",
                ["", "а", "б", "в", "г", "д", "е", "ж"][n as usize % 8]
            );
            if n % 2 == 0 {
                // Okdesk knows this one; who it does not know becomes a contact.
                self.world
                    .okdesk
                    .account()
                    .contact("Мария", surname.clone())
                    .phone(&format!("+{phone}"))
                    .create();
            }
            self.people
                .spawn(people::newcomer(self.world.clone(), user, surname));
        }
        if self.plan.weather {
            let (world, stop) = (self.world.clone(), self.stop.subscribe());
            self.people.spawn(async move { weather(world, stop).await });
        }
        let (world, stop, url) = (
            self.world.clone(),
            self.stop.subscribe(),
            format!("{}okdesk/webhook/{SECRET}", self.door.url()),
        );
        self.people.spawn(poison(world, stop, url));
    }

    fn settings(&self, replica: usize) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("BOT_TOKEN", self.world.telegram.token()),
            ("TELEGRAM_API_URL", self.to_telegram.url()),
            ("OKDESK_API_URL", self.to_okdesk.url()),
            ("OKDESK_API_TOKEN", self.world.okdesk.token().to_owned()),
            ("WEBHOOK_SECRET", SECRET.to_owned()),
            ("DATABASE_URL", self.database.url.clone()),
            ("PORT", self.replicas[replica].port.to_string()),
            ("RATING_AUTHOR_ID", "1".to_owned()),
            ("RECONCILE_MINUTES", "1".to_owned()),
            ("RUST_LOG", "info".to_owned()),
            ("RUST_BACKTRACE", "0".to_owned()),
        ];
        if self.plan.hooked {
            let url = format!("{}telegram", self.door.url());
            settings.push(("TELEGRAM_WEBHOOK_URL", url));
            settings.push(("TELEGRAM_WEBHOOK_SECRET", "a-secret-of-telegram".to_owned()));
        }
        settings.push(("POISON", "poison-".to_owned()));
        if let Some(sabotage) = self.plan.sabotage {
            settings.push(("SABOTAGE", sabotage.name().to_owned()));
        }
        settings.extend(self.environment.clone());
        settings
    }

    pub(crate) fn log(&self, replica: usize) -> PathBuf {
        self.folder.path().join(format!("log-{replica}"))
    }

    /// Starts a replica if it does not run.
    pub(crate) fn start(&mut self, replica: usize, failpoint: Option<String>) {
        if self.replicas[replica].child.is_some() {
            return;
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log(replica))
            .unwrap();
        self.replicas[replica].armed = failpoint.is_some();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tg-bridge"));
        command
            .arg("run")
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.settings(replica))
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(failpoint.map(|point| ("FAILPOINT", point)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log))
            .kill_on_drop(true);
        self.replicas[replica].child = Some(command.spawn().unwrap());
    }

    pub(crate) fn start_all(&mut self) {
        for replica in 0..self.replicas.len() {
            let ended = self.replicas[replica].child.as_mut();
            if let Some(status) = ended.and_then(|child| child.try_wait().unwrap()) {
                self.broke();
                self.replicas[replica].child = None;
                // A server that is away at a start is told, and the supervisor tries again.
                let words = self.last_words(replica);
                let away = [
                    "cannot be opened",
                    "could not be opened",
                    "could not be brought",
                ]
                .iter()
                .any(|reason| words.contains(reason));
                if self.replicas[replica].armed || away && self.database.engine == Engine::Postgres
                {
                    self.kills += 1;
                } else {
                    let words = format!("{status}: {}", self.last_words(replica));
                    self.ended.push(words);
                }
            }
        }
        (0..self.replicas.len()).for_each(|replica| self.start(replica, None));
    }

    /// Waits until a replica answers, and how long that took.
    pub(crate) async fn until_ready(&mut self, replica: usize) {
        let begun = Instant::now();
        let port = self.replicas[replica].port;
        while begun.elapsed() < Duration::from_secs(20) {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                self.ready.push(begun.elapsed());
                return;
            }
            let child = self.replicas[replica].child.as_mut();
            if child.is_some_and(|child| child.try_wait().unwrap().is_some()) {
                // It came to its place, or its database went away while it started.
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!(
            "replica {replica} does not come up:\n{}",
            self.last_words(replica)
        );
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self, replica: usize) {
        if let Some(mut child) = self.replicas[replica].child.take() {
            self.broke();
            let _ = child.start_kill();
            child.wait().await.unwrap();
            self.kills += 1;
            self.broke();
        }
    }

    /// Waits for one of these replicas to end by itself; whether one did.
    pub(crate) async fn until_one_ended(&mut self, replicas: &[usize], patience: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            for replica in replicas {
                if self.until_ended(*replica, Duration::from_millis(10)).await {
                    return true;
                }
            }
        }
        false
    }

    /// Waits for a replica to end by itself; whether it did.
    pub(crate) async fn until_ended(&mut self, replica: usize, patience: Duration) -> bool {
        let Some(child) = self.replicas[replica].child.as_mut() else {
            return true;
        };
        if tokio::time::timeout(patience, child.wait()).await.is_err() {
            return false;
        }
        self.replicas[replica].child = None;
        self.broke();
        self.kills += 1;
        true
    }

    /// Whether a replica stands still, as SIGSTOP leaves it.
    pub(crate) fn is_stopped(&self, replica: usize) -> bool {
        let pid = self.pid(replica);
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ")
            .next()
            .is_some_and(|rest| rest.starts_with('T'))
    }

    pub(crate) async fn signal(&self, replica: usize, signal: &str) {
        self.broke();
        let pid = self.pid(replica);
        let sent = Command::new("kill").args([signal, &pid]).status().await;
        assert!(sent.unwrap().success());
        self.broke();
    }

    /// A replica stands still from now on, and connections are led around it.
    pub(crate) fn is_frozen(&mut self, replica: usize) {
        self.replicas[replica].frozen = Some(now());
        let gone = self.replicas[replica].port;
        let others = self.replicas.iter().map(|replica| replica.port);
        self.door
            .lead_to(others.filter(|port| *port != gone).collect());
    }

    /// It goes on. All that time its calls were open.
    pub(crate) async fn thaw(&mut self, replica: usize) {
        self.signal(replica, "-CONT").await;
        if let Some(frozen) = self.replicas[replica].frozen.take() {
            self.broke_for(frozen..now());
        }
        self.lead_to_all();
    }

    /// It goes on, and was stopped wherever it was. A call it had handed to its HTTP client is made now.
    pub(crate) async fn thaw_in_flight(&mut self, replica: usize) {
        let frozen = self.replicas[replica].frozen;
        self.thaw(replica).await;
        let time = frozen.map(|frozen| frozen..now());
        self.world.in_flight.lock().unwrap().extend(time);
    }

    fn lead_to_all(&self) {
        let all = self.replicas.iter().map(|replica| replica.port);
        self.door.lead_to(all.collect());
    }

    /// Nobody waits for long any more: a control has shown what it shows.
    pub(crate) fn impatient(&mut self) {
        self.patience = Duration::from_secs(10);
    }

    fn pid(&self, replica: usize) -> String {
        let child = self.replicas[replica].child.as_ref();
        child.and_then(Child::id).unwrap().to_string()
    }

    /// Notes that something broke just now.
    pub(crate) fn broke(&self) {
        self.world.broke.lock().unwrap().push(now());
    }

    /// Notes that something was broken for a while.
    pub(crate) fn broke_for(&self, time: Range<i64>) {
        self.world.broke.lock().unwrap().extend(time.step_by(20));
    }

    pub(crate) fn last_words(&self, replica: usize) -> String {
        let log = std::fs::read_to_string(self.log(replica)).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }

    /// People stop talking, the network and the services are well again, and everything that is on its way arrives.
    pub(crate) async fn settle(&mut self) -> Evidence {
        self.stop.send_replace(true);
        for proxy in [&self.door, &self.to_okdesk, &self.to_telegram] {
            proxy.trouble(0);
        }
        self.world.telegram.faults().clear();
        self.world.okdesk.faults().clear();
        self.world.okdesk.webhooks().lose(0);
        self.environment.clear();
        // One that waits for its place, or whose disk fails, does not settle anything.
        for replica in 0..self.replicas.len() {
            self.kill(replica).await;
        }
        self.start_all();
        self.until_ready(0).await;
        let mut vain = Vec::new();
        let talked = tokio::time::timeout(self.patience, async {
            while let Some(ended) = self.people.join_next().await {
                vain.extend(ended.unwrap());
            }
        });
        if talked.await.is_err() {
            vain.push("somebody still waits".into());
        }
        self.world.okdesk.webhooks().release_reversed();
        // What webhooks missed is looked for at a start.
        for replica in 0..self.replicas.len() {
            self.stop_well(replica).await;
        }
        let started = now();
        self.start_all();
        self.until_ready(0).await;
        let begun = Instant::now();
        let mut quiet = 0;
        while quiet < 6 && begun.elapsed() < self.patience {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let at_rest = self.world.telegram.pending_updates() == 0
                && self.is_empty().await
                && self.has_looked_since(started).await;
            quiet = if at_rest { quiet + 1 } else { 0 };
        }
        for replica in 0..self.replicas.len() {
            self.stop_well(replica).await;
        }
        self.evidence(vain).await
    }

    /// What a careful bot would not have done – where it could know.
    fn violations(&self, broke: &[i64]) -> Vec<String> {
        let calls = self.world.telegram.calls();
        let call = |number: u64| calls.iter().find(|call| call.seq == number);
        let violations = self.world.telegram.violations().into_iter();
        let real = violations.filter(|violation| {
            let Some(call) = call(violation.call) else {
                return true;
            };
            // The network cut the body off.
            if call.parameters.as_object().is_none_or(|all| all.is_empty()) {
                return false;
            }
            // The answer that asked to wait never came.
            let asked = calls.iter().rfind(|asked| {
                asked.seq < call.seq && asked.chat_id == call.chat_id && asked.status == 429
            });
            let unheard = asked.is_some_and(|asked| {
                broke
                    .iter()
                    .any(|broke| (asked.at_ms..=call.at_ms).contains(broke))
            });
            !unheard
        });
        real.map(|violation| violation.to_string()).collect()
    }

    /// Whether what webhooks missed was looked for.
    async fn has_looked_since(&self, started: i64) -> bool {
        let cursor = "SELECT value FROM meta WHERE key = 'reconcile.cursor'";
        let rows = self.database.rows(cursor).await;
        let looked = rows.first().and_then(|row| row[0].as_ref()?.parse().ok());
        looked.is_some_and(|looked: i64| looked >= started)
    }

    /// Whether nothing waits but timers that are not due for long. A lane that a killed replica held counts too.
    async fn is_empty(&self) -> bool {
        let soon = now() + 60_000;
        let waiting = match self.database.engine {
            Engine::Sqlite => format!(
                "SELECT CAST(count(*) AS TEXT) FROM item
                 WHERE state = 'pending' AND (lane NOT LIKE 'timer:%' OR due < {soon})"
            ),
            Engine::Postgres => format!(
                "SELECT CAST(count(*) AS TEXT) FROM lane
                 WHERE pending > 0 AND (key NOT LIKE 'timer:%' OR next_at < {soon})"
            ),
        };
        let rows = self.database.rows(&waiting).await;
        rows.first().and_then(|row| row[0].as_deref()) == Some("0")
    }

    /// SIGTERM: it ends by itself, and well.
    async fn stop_well(&mut self, replica: usize) {
        if self.replicas[replica].child.is_none() {
            return;
        }
        self.signal(replica, "-TERM").await;
        let mut child = self.replicas[replica].child.take().unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(30), child.wait()).await;
        let status = ended.expect("it does not stop").unwrap();
        assert!(status.success(), "{status}\n{}", self.last_words(replica));
    }

    async fn evidence(&self, vain: Vec<String>) -> Evidence {
        let world = &self.world;
        let mut broke = world.broke.lock().unwrap().clone();
        for proxy in [&self.door, &self.to_okdesk, &self.to_telegram] {
            broke.extend(proxy.broken());
        }
        let calls = world.telegram.calls().into_iter().filter(|call| {
            call.took_effect && (call.method.starts_with("send") || call.method.starts_with("edit"))
        });
        let mut evidence = Evidence {
            calls: calls.collect(),
            broke: broke.clone(),
            in_flight: world.in_flight.lock().unwrap().clone(),
            said: world.said.lock().unwrap().clone(),
            told: world.told.lock().unwrap().clone(),
            registered: world.registered.lock().unwrap().clone(),
            poison: world.poison.lock().unwrap().clone(),
            vain,
            violations: self.violations(&broke),
            ..Evidence::default()
        };
        read_account(&world.okdesk.snapshot(), &mut evidence);
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let number = |value: &Option<String>| text(value).parse().unwrap_or(-1);
        // What was tidied away had ended.
        let rows = self.database.rows(
            "SELECT s.hop, s.lane, CAST(s.seq AS TEXT), s.dedup, s.body, coalesce(i.state, 'done'), coalesce(i.error, '')
             FROM crash_seen s LEFT JOIN item i ON i.id = s.id ORDER BY s.id",
        );
        evidence.queue = rows
            .await
            .iter()
            .map(|row| Seen {
                hop: text(&row[0]),
                lane: text(&row[1]),
                order: number(&row[2]),
                dedup: text(&row[3]),
                body: text(&row[4]),
                state: text(&row[5]),
                error: text(&row[6]),
            })
            .collect();
        // The bridge on SQLite counts and leases its lanes in memory.
        if matches!(self.database.engine, Engine::Postgres) {
            let rows = self.database.rows(
                "SELECT hop || ' ' || key, CAST(pending AS TEXT), CAST((SELECT count(*) FROM item
                     WHERE item.hop = lane.hop AND item.lane = lane.key AND state = 'pending') AS TEXT),
                     CAST(lease_until AS TEXT) FROM lane",
            );
            evidence.lanes = rows
                .await
                .iter()
                .map(|row| Lane {
                    key: text(&row[0]),
                    pending: number(&row[1]),
                    counted: number(&row[2]),
                    leased: number(&row[3]) > now(),
                })
                .collect();
        }
        evidence.soundness = self.database.unsound().await;
        evidence
    }
}

fn linked(chat: i64, contact: ContactId, company: CompanyId) -> Chat {
    Chat {
        consent: Some(Consent {
            version: "1".into(),
            at: 0,
        }),
        link: Some(Link {
            contact,
            name: "Анна Клиент".into(),
            phone: "+79990000001".into(),
            company: Some(Named {
                id: company,
                name: "ООО Ромашка".into(),
            }),
            maintenance_entity: None,
            place: None,
        }),
        ..Chat::new(ChatId(chat))
    }
}

fn known(id: IssueId, title: &str, contact: ContactId) -> Issue {
    let mut issue = Issue::new(IssueFacts {
        id,
        title: title.to_owned(),
        status: Status {
            code: StatusCode::new("opened"),
            name: "Открыта".into(),
        },
        company: None,
        contact: Some(Named {
            id: contact,
            name: "Анна Клиент".into(),
        }),
        followers: None,
        assignee: None,
        kind: None,
        created_at: None::<Timestamp>,
        deadline_at: None,
        completed_at: None,
    });
    issue.history.begin(&StatusCode::new("opened"));
    issue
}

/// Okdesk and Telegram have bad moments.
async fn weather(world: Arc<World>, stop: watch::Receiver<bool>) -> Vec<String> {
    let writes = ["comments.create", "issues.create", "contacts.create"];
    while !*stop.borrow() {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(100..600))).await;
        let desk = world.okdesk.faults();
        let fault = match fastrand::u8(..6) {
            0 => DeskFault::DropAfter,
            1 => DeskFault::DropBefore,
            2 => DeskFault::Status(500),
            3 => DeskFault::CutBody,
            4 => DeskFault::Garbage,
            _ => DeskFault::TooManyRequests(Some(Duration::from_secs(1))),
        };
        if desk.pending() < 2 {
            desk.on(writes[fastrand::usize(..3)]).once(fault);
        }
        let rule = match fastrand::u8(..5) {
            0 => FaultRule::new(Fault::Drop),
            1 => FaultRule::new(Fault::Drop).after_effect(),
            2 => FaultRule::new(Fault::RetryAfter(1)),
            3 => FaultRule::new(Fault::Delay(400)),
            _ => FaultRule::new(Fault::Drop).method("getUpdates"),
        };
        // Faults that nobody has met yet are enough.
        if world.telegram.faults().rules().len() < 2 {
            world.telegram.faults().add(rule.times(1));
        }
    }
    Vec::new()
}

/// Posts, now and then, what nobody can do anything with, until it is acknowledged.
async fn poison(world: Arc<World>, stop: watch::Receiver<bool>, url: String) -> Vec<String> {
    let http = reqwest::Client::new();
    for n in 1_u64.. {
        tokio::time::sleep(Duration::from_secs(2)).await;
        if *stop.borrow() {
            break;
        }
        let key = format!("poison-{n}");
        let body = serde_json::json!({
            "event": {"event_type": "new_company"},
            "company": {"id": 900_000 + n, "name": key}
        });
        loop {
            let post = http
                .post(&url)
                .header("content-type", "application/json")
                .timeout(Duration::from_secs(5))
                .body(body.to_string());
            if post.send().await.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        world
            .poison
            .lock()
            .unwrap()
            .insert(format!("new_company:company:{}", 900_000 + n));
    }
    Vec::new()
}

/// How a failpoint is asked for.
pub(crate) fn at(point: Point, act: &str, times: u32) -> Option<String> {
    Some(format!("{}:{act}:{times}", point.name()))
}
