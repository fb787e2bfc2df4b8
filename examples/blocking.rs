//! The client in a program that is not async: `cargo run -p okdesk-sdk --example blocking`

use std::future::IntoFuture;

use okdesk_sdk::Client;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let client = Client::new(
        &std::env::var("OKDESK_API_URL")?,
        std::env::var("OKDESK_API_TOKEN")?,
    )?;
    let statuses = runtime.block_on(client.references().issue_statuses().into_future())?;
    statuses
        .iter()
        .for_each(|status| println!("{:12} {}", status.code, status.name));
    Ok(())
}
