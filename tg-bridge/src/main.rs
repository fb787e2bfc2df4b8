//! The program. Everything it does is in the library beside it.

use clap::Parser as _;
use std::process::ExitCode;
use tg_bridge::cli::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    cli::run(Cli::parse()).await
}
