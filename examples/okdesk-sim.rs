//! An Okdesk on your own machine, for programs in any language.
//!
//! ```text
//! cargo run -p okdesk-sdk --features testing --example okdesk-sim -- --seed demo --token secret
//! curl 'http://127.0.0.1:8480/api/v1/issues/list?api_token=secret'
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use okdesk_sdk::testing::{Dialect, FaultSpec, Seed, Simulator, Switch};
use url::Url;

/// A stateful Okdesk: REST API, files, webhooks, faults. The page at / shows the account, /_sim/ controls it.
#[derive(Parser)]
#[command(name = "okdesk-sim")]
struct Options {
    /// Port of the account's host; 0 lets the system choose.
    #[arg(long, default_value_t = 8480)]
    port: u16,
    /// Port of the host that serves files; 0 lets the system choose.
    #[arg(long, default_value_t = 8481)]
    files_port: u16,
    /// What the account holds at first: demo or empty.
    #[arg(long, default_value = "demo", value_parser = seed)]
    seed: Seed,
    /// The administrator's API key; a random one is made and printed if it is left out.
    #[arg(long)]
    token: Option<String>,
    /// Switches separated by commas; "list" explains them all.
    #[arg(long, default_value = "")]
    dialect: String,
    /// Address webhooks are posted to; may be given several times.
    #[arg(long)]
    webhook: Vec<Url>,
    /// File with faults, a JSON array: [{"operation": "issues.create", "fault": "status", "status": 503}]
    #[arg(long)]
    faults: Option<PathBuf>,
    /// File the account is loaded from at the start, if there is one, and saved to at the end.
    #[arg(long)]
    state: Option<PathBuf>,
    /// File every call is written to, one JSON object a line, without keys and passwords.
    #[arg(long)]
    record: Option<PathBuf>,
    /// File of recorded calls to answer from; what it does not hold the account answers.
    #[arg(long)]
    replay: Option<PathBuf>,
}

fn seed(name: &str) -> Result<Seed, String> {
    match name {
        "demo" => Ok(Seed::Demo),
        "empty" => Ok(Seed::Empty),
        _ => Err("demo or empty".to_owned()),
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.dialect == "list" {
        for switch in Switch::ALL {
            println!(
                "{}\n    usually: {}\n    switched on: {}\n    source: {}\n",
                switch.name(),
                switch.usual(),
                switch.other(),
                switch.source()
            );
        }
        return ExitCode::SUCCESS;
    }
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("okdesk-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let dialect: Dialect = options.dialect.parse()?;
    let mut builder = Simulator::builder()
        .port(options.port)
        .files_port(options.files_port)
        .seed(options.seed)
        .dialect(dialect);
    if let Some(token) = options.token {
        builder = builder.token(token);
    }
    if let Some(file) = &options.state {
        builder = builder.state_file(file);
    }
    for url in options.webhook {
        builder = builder.webhook(url);
    }
    let okdesk = builder.try_start().await?;
    if let Some(file) = options.faults {
        for spec in serde_json::from_slice::<Vec<FaultSpec>>(&std::fs::read(file)?)? {
            okdesk.faults().add(spec)?;
        }
    }
    if let Some(file) = options.replay {
        okdesk.replay(std::fs::File::open(file)?)?;
    }
    if let Some(file) = options.record {
        okdesk.recorder().write_to(std::fs::File::create(file)?);
    }
    println!("Okdesk    {}", okdesk.url());
    println!(
        "API       {}api/v1/   api_token={}",
        okdesk.url(),
        okdesk.token()
    );
    println!("control   {}_sim/openapi.json", okdesk.url());
    tokio::signal::ctrl_c().await?;
    if let Some(file) = &options.state {
        okdesk.save(file)?;
    }
    okdesk.shutdown().await;
    Ok(())
}
