//! The commands.

mod figures;

use crate::check;
use crate::config::Config;
use crate::demo::{self, Demo};
use crate::log;
use crate::report::args::{ExportArgs, StatsArgs};
use crate::run::Bridge;
use crate::store::{self, Clock, ItemId, Store};
use crate::systemd;
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// A Telegram bot for the clients of an Okdesk help desk.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Settings come from the environment and .env; the README of tg-bridge lists them."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bridge until it is told to stop.
    Run,
    /// Try settings, tokens, addresses, rights and the database, and say what to do about each failure.
    Check,
    /// Show it all on one page: a client's chat, an agent's desk, the bridge between them. Needs no account.
    Demo {
        /// The page's port; 0 takes any.
        #[arg(long)]
        port: Option<u16>,
        /// Where the bridge shall remember; without it in a temporary folder.
        #[arg(long)]
        database: Option<PathBuf>,
    },
    /// Count what happened in a period: ratings, answers, completions, the most frequent problems.
    Stats(StatsArgs),
    /// Write a table of the issues to which something happened in a period, for spreadsheets.
    Export(ExportArgs),
    /// Show what people with a role did: claims decided, people invited, cut off or kept away, groups bound. Newest first.
    Audit {
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Copy the SQLite database to a new file, also while the bridge runs.
    Backup {
        /// The file to make.
        file: PathBuf,
    },
    /// See, repeat or drop what could not be delivered.
    Outbox {
        #[command(subcommand)]
        what: OutboxCommand,
    },
}

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// List what was given up, newest first.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Show contents too. They hold what people wrote.
        #[arg(long)]
        bodies: bool,
    },
    /// Put items back into the queue.
    Retry {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Forget items for good.
    Drop {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}

/// A command failed; the words are for people.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command.
pub async fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Run => serve().await,
        Command::Check => examine().await,
        Command::Demo { port, database } => demo(demo::Options { port, database }).await,
        Command::Stats(args) => figures::stats(args).await,
        Command::Export(args) => figures::export(args).await,
        Command::Audit { limit } => audit(limit).await,
        Command::Backup { file } => back_up(&file).await,
        Command::Outbox { what } => outbox(what).await,
    };
    match done {
        Ok(code) => code,
        Err(e) => {
            // The log may go elsewhere; whoever started the program looks here.
            let _ = writeln!(std::io::stderr(), "tg-bridge: {e}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    log::to_stderr(config.log_format);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let bridge = Bridge::start(config).await?;
    systemd::ready();
    let failure = tokio::select! {
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
        reason = bridge.failed() => Some(reason),
        () = systemd::feed_watchdog(bridge.store().clone()) => None,
    };
    systemd::stopping();
    bridge.stop().await;
    match failure {
        None => Ok(ExitCode::SUCCESS),
        Some(reason) => Err(reason.into()),
    }
}

async fn back_up(file: &Path) -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    store::backup(config.database_url.expose(), file).await?;
    writeln!(std::io::stdout(), "{} holds a whole copy", file.display())?;
    Ok(ExitCode::SUCCESS)
}

async fn examine() -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    let findings = check::check(&config).await;
    let mut out = std::io::stdout().lock();
    for setting in &config.shown {
        writeln!(out, "      {setting}")?;
    }
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let good = findings.iter().all(check::Finding::is_good);
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn demo(options: demo::Options) -> Result<ExitCode, Failed> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let demo = Demo::start(options).await?;
    writeln!(
        std::io::stdout(),
        "Open {} in a browser. Ctrl-C ends it.",
        demo.url()
    )?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    demo.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn audit(limit: u32) -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    let store = store::open_beside(config.database_url.expose(), Clock::default()).await?;
    let found = store.audit(limit).await;
    store.close().await;
    let mut out = std::io::stdout().lock();
    for done in found? {
        let when = jiff::Timestamp::from_millisecond(done.at).unwrap_or_default();
        let deed = serde_json::to_string(&done.deed)?;
        writeln!(out, "{when:.0}  {}  {deed}", done.by)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn outbox(command: OutboxCommand) -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    let store = store::open_beside(config.database_url.expose(), Clock::default()).await?;
    let done = handle(&store, command).await;
    store.close().await;
    done
}

async fn handle(store: &Arc<dyn Store>, command: OutboxCommand) -> Result<ExitCode, Failed> {
    let mut out = std::io::stdout().lock();
    let mut unknown = 0;
    match command {
        OutboxCommand::List { limit, bodies } => {
            for letter in store.dead(limit).await? {
                let when = jiff::Timestamp::from_millisecond(letter.ended_at).unwrap_or_default();
                writeln!(
                    out,
                    "{}  {when:.0}  {} {} {}  after {} tries: {}",
                    letter.id,
                    letter.hop.as_str(),
                    letter.lane,
                    letter.kind,
                    letter.attempts,
                    letter.error
                )?;
                if bodies {
                    writeln!(out, "    {}", letter.body)?;
                }
            }
        }
        OutboxCommand::Retry { ids } => {
            for id in ids {
                let found = store.revive(ItemId(id)).await?;
                unknown += usize::from(!found);
                writeln!(
                    out,
                    "{id}  {}",
                    if found {
                        "goes back into the queue"
                    } else {
                        "is not among the given-up"
                    }
                )?;
            }
        }
        OutboxCommand::Drop { ids } => {
            for id in ids {
                let found = store.discard(ItemId(id)).await?;
                unknown += usize::from(!found);
                writeln!(
                    out,
                    "{id}  {}",
                    if found {
                        "is forgotten"
                    } else {
                        "is not among the given-up"
                    }
                )?;
            }
        }
    }
    Ok(if unknown == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
