//! `stats` and `export`: figures for the shell, also while the bridge runs.

use super::Failed;
use crate::config::Config;
use crate::report::args::{ExportArgs, StatsArgs};
use crate::report::{self, Record};
use crate::store::{self, Clock};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

pub(super) async fn stats(args: StatsArgs) -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    let records = match &args.csv {
        Some(file) => report::import(File::open(file).map_err(named(file))?, &config.texts)?,
        None => known(&config).await?,
    };
    let filter = args.filter.filter(&now(&config));
    let words = config.texts.speak(args.language);
    writeln!(io::stdout(), "{}", report::stats(&records, &filter, words))?;
    if let Some(file) = &args.chart {
        std::fs::write(file, report::chart(&records, &filter, words)?).map_err(named(file))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn export(args: ExportArgs) -> Result<ExitCode, Failed> {
    let config = Config::load()?;
    let records = known(&config).await?;
    let filter = args.filter.filter(&now(&config));
    let words = config.texts.speak(args.language);
    match &args.output {
        Some(file) => {
            let mut writer = BufWriter::new(File::create(file).map_err(named(file))?);
            report::export(&records, &filter, words, &mut writer)?;
            writer.flush().map_err(named(file))?;
        }
        None => _ = report::export(&records, &filter, words, io::stdout().lock())?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn known(config: &Config) -> Result<Vec<Record>, Failed> {
    let store = store::open_beside(config.database_url.expose(), Clock::default()).await?;
    let records = report::gather(&*store, config.okdesk_account()).await;
    store.close().await;
    Ok(records?)
}

fn now(config: &Config) -> jiff::Zoned {
    jiff::Timestamp::now().to_zoned(config.time_zone.clone())
}

/// The system's words do not say which file it was.
fn named(file: &std::path::Path) -> impl Fn(io::Error) -> String {
    let name = file.display().to_string();
    move |error| format!("{name}: {error}")
}
