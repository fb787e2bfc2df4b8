//! Starting, asking and stopping a simulator.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::Offset;
use url::Url;

use super::account::Account;
use super::clock::Clock;
use super::dialect::{Dialect, Switch};
use super::engine::Engine;
use super::faults::Faults;
use super::http::{Server, bind};
use super::json::snapshot;
use super::recorder::Recorder;
use super::seed::{self, ADMINISTRATOR, Seed};
use super::staff::{Staff, StaffName};
use super::state::people::Actor;
use super::state::{self, file};
use super::webhooks::{Emitter, Webhooks};
use crate::model::{AttachmentId, ContactId, IssueId};

/// A running Okdesk account. Dropping it ends everything it started.
pub struct Simulator {
    engine: Arc<Engine>,
    server: Option<Server>,
    token: String,
}

/// How a [`Simulator`] shall start.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it is started"]
pub struct SimulatorBuilder {
    address: Option<Ipv4Addr>,
    port: u16,
    files_port: u16,
    seed: Seed,
    dialect: Dialect,
    webhooks: Vec<Url>,
    token: Option<String>,
    state: Option<PathBuf>,
}

impl SimulatorBuilder {
    /// The port of the account's host; by default the system chooses one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The port of the host that serves files; by default the system chooses one.
    pub fn files_port(mut self, port: u16) -> Self {
        self.files_port = port;
        self
    }

    /// The address to listen on, instead of loopback.
    pub fn address(mut self, address: Ipv4Addr) -> Self {
        self.address = Some(address);
        self
    }

    /// What the account holds at first.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Which readings of contradictory facts the account follows: a [`Dialect`] or one [`Switch`].
    pub fn dialect(mut self, dialect: impl Into<Dialect>) -> Self {
        self.dialect = dialect.into();
        self
    }

    /// Another address webhooks are posted to; plain HTTP only.
    pub fn webhook(mut self, url: Url) -> Self {
        self.webhooks.push(url);
        self
    }

    /// The administrator's key, instead of a random one.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Starts from what [`Simulator::save`] wrote, if the file is there.
    pub fn state_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Starts the simulator within the current tokio runtime.
    ///
    /// # Errors
    /// When a port cannot be had, a file cannot be read, or the address of a webhook does not begin with `http://`.
    pub async fn try_start(self) -> io::Result<Simulator> {
        let address = self.address.unwrap_or(Ipv4Addr::LOCALHOST);
        let (account_listener, account_address) = bind(address, self.port).await?;
        let (files_listener, files_address) = bind(address, self.files_port).await?;
        let url =
            |port: u16| Url::parse(&format!("http://127.0.0.1:{port}/")).map_err(io::Error::other);
        let (base, files) = (url(account_address.port())?, url(files_address.port())?);
        let emitter = Emitter::new(tokio::runtime::Handle::current());
        let saved = match &self.state {
            Some(file) if file.exists() => {
                Some(file::read(io::BufReader::new(std::fs::File::open(file)?))?)
            }
            _ => None,
        };
        let is_new = saved.is_none();
        let mut account = saved.unwrap_or_else(|| state::Account::new(Offset::constant(3)));
        account.dialect = self.dialect;
        let administrator = Actor::Employee(ADMINISTRATOR);
        let token = match (self.token, is_new) {
            (Some(token), true) => token,
            (None, true) => state::keys::secret(),
            (Some(token), false) => {
                account.give_key(administrator, token.clone());
                token
            }
            (None, false) => account.key_for(administrator),
        };
        let engine = Arc::new(Engine::new(account, self.seed, emitter, base, files));
        if is_new {
            seed::begin(&engine, token.clone());
        }
        for url in self.webhooks {
            let added = engine.emitter.add(url);
            added.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        }
        let server = Server::start(&engine, account_listener, files_listener);
        Ok(Simulator {
            engine,
            server: Some(server),
            token,
        })
    }

    /// Like [`try_start`](Self::try_start), for tests.
    ///
    /// # Panics
    /// When [`try_start`](Self::try_start) fails.
    pub async fn start(self) -> Simulator {
        match self.try_start().await {
            Ok(simulator) => simulator,
            Err(error) => panic!("the simulator cannot start: {error}"),
        }
    }
}

impl Simulator {
    /// An empty account with the usual dictionaries and one administrator.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A simulator made to order.
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder::default()
    }

    /// The account's address, without `/api/v1`.
    pub fn url(&self) -> &Url {
        &self.engine.base
    }

    /// The address of the host that serves files.
    pub fn files_url(&self) -> &Url {
        &self.engine.files
    }

    /// The administrator's key.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A client with the administrator's key.
    ///
    /// # Panics
    /// When the client cannot be built, which an address on loopback gives no cause for.
    pub fn client(&self) -> crate::Client {
        match crate::Client::new(self.engine.base.as_str(), self.token()) {
            Ok(client) => client,
            Err(error) => panic!("no client for the simulator: {error}"),
        }
    }

    /// The key of a contact, made when first asked for.
    pub fn contact_token(&self, contact: ContactId) -> String {
        self.engine
            .arrange(|account| account.key_for(Actor::Contact(contact.get())))
    }

    /// The key of an employee, made when first asked for.
    pub fn staff_token(&self, who: impl Into<StaffName>) -> String {
        let employee = self.staff(who).id().get();
        self.engine
            .arrange(|account| account.key_for(Actor::Employee(employee)))
    }

    /// Takes a right from a key: calls of `operation` (`issues.deadline_change`) answer 403.
    pub fn deny(&self, token: &str, operation: impl Into<String>) {
        self.engine.arrange(|account| {
            if let Some(key) = account.keys.iter_mut().find(|key| key.token == token) {
                key.denied.push(operation.into());
            }
        });
    }

    /// Records that were there before: nothing made here is told to webhooks.
    pub fn account(&self) -> Account<'_> {
        Account::new(&self.engine)
    }

    /// An employee at work, by name or id; what is done is told to webhooks.
    ///
    /// Someone of a name nobody has is hired on the spot.
    pub fn staff(&self, who: impl Into<StaffName>) -> Staff {
        Staff::find(self.engine.clone(), who.into())
    }

    /// Merges an issue into another one, as an administrator does in the interface.
    pub fn merge(&self, issue: IssueId, into: IssueId) -> Result<(), super::Refused> {
        self.engine
            .act(|account| {
                account.merge_issue(issue.get(), into.get(), Actor::Employee(ADMINISTRATOR))
            })
            .map_err(super::Refused::from)
    }

    /// Posts every webhook from now on to this address too; plain HTTP only.
    ///
    /// # Panics
    /// When the address does not begin with `http://`.
    pub fn add_webhook(&self, url: Url) {
        if let Err(error) = self.engine.emitter.add(url) {
            panic!("{error}");
        }
    }

    /// Posts no more webhooks to this address.
    pub fn remove_webhook(&self, url: &Url) {
        self.engine.emitter.remove(url);
    }

    /// What was posted, and how the next webhooks shall go wrong.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks(self.engine.emitter.clone())
    }

    /// The requests seen so far.
    pub fn recorder(&self) -> Recorder {
        self.engine.recorder.clone()
    }

    /// The plan of what goes wrong.
    pub fn faults(&self) -> Faults {
        self.engine.faults.clone()
    }

    /// The account's clock.
    pub fn clock(&self) -> Clock {
        self.engine.clock.clone()
    }

    /// The dialect spoken now.
    pub fn dialect(&self) -> Dialect {
        self.engine.act(|account| account.dialect)
    }

    /// Speaks another dialect from now on.
    pub fn set_dialect(&self, dialect: impl Into<Dialect>) {
        let dialect = dialect.into();
        self.engine.act(|account| account.dialect = dialect);
    }

    /// Turns one switch on.
    pub fn turn_on(&self, switch: Switch) {
        self.engine
            .act(|account| account.dialect = account.dialect.with(switch));
    }

    /// Begins again with what the account held at first. Its key, its dialect and the addresses of webhooks stay;
    /// recorder, faults, deliveries and clock are as new.
    pub fn reset(&self) {
        seed::begin_again(&self.engine);
    }

    /// The whole account: companies, contacts, employees, maintenance entities, issues with their comments.
    pub fn snapshot(&self) -> serde_json::Value {
        self.engine
            .act(|account| snapshot::account(account).to_value())
    }

    /// Changes whenever something happens to an issue, for those who show the account.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.engine.changes.subscribe()
    }

    /// Name and content of a file, as an employee's browser gets them.
    pub fn file(&self, id: AttachmentId) -> Option<(String, bytes::Bytes)> {
        self.engine.act(|account| {
            let file = account.attachments.get(&id.get())?;
            Some((file.file_name.clone(), file.content.clone()))
        })
    }

    /// Writes the whole account, files and keys included, to a file.
    ///
    /// # Errors
    /// When the file cannot be written; what was there before then stays.
    pub fn save(&self, file: impl AsRef<Path>) -> io::Result<()> {
        let mut json = Vec::new();
        self.engine.act(|account| file::write(account, &mut json))?;
        let file = file.as_ref();
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        std::fs::write(&part, json)?;
        std::fs::rename(part, file)
    }

    /// Answers from now on as recorded, by method, path and query; a call that comes again gets the next
    /// recorded answer, and the last one for ever. What was not recorded the account answers.
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn replay(&self, recording: impl io::Read) -> io::Result<()> {
        self.engine.replay.load(recording)
    }

    /// Stops everything and waits until the ports are free.
    pub async fn shutdown(mut self) {
        self.engine.emitter.stop();
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.engine.emitter.stop();
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator")
            .field("url", &self.engine.base.as_str())
            .finish_non_exhaustive()
    }
}
