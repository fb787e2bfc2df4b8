//! Mirrors the issues of an account, each run going on where the last one stopped: `cargo run -p okdesk-sdk --example mirror -- state.txt`
//!
//! Set `OKDESK_API_URL` and `OKDESK_API_TOKEN`. What changed is printed; a real mirror would store it.

use okdesk_sdk::model::Timestamp;
use okdesk_sdk::resources::IssueSorting;
use okdesk_sdk::{Client, Direction};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(
        &std::env::var("OKDESK_API_URL")?,
        std::env::var("OKDESK_API_TOKEN")?,
    )?;
    let state = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "mirror-state.txt".into());
    let last = std::fs::read_to_string(&state)
        .ok()
        .map(|text| Timestamp::new(text.trim()));

    let mut list = client
        .issues()
        .list()
        .sort(IssueSorting::UpdatedAt, Direction::Forward);
    // Filters know minutes, so the last minute is read again; telling what is new is the time's business.
    if let Some(since) = last.as_ref().and_then(Timestamp::to_local) {
        list = list.updated_since(since);
    }
    let mut issues = list.into_pager();
    let mut newest = last.clone();
    while let Some(issue) = issues.next().await {
        let issue = issue?;
        if issue.updated_at > last {
            println!("{} {}", issue.id, issue.title);
        }
        newest = newest.max(issue.updated_at);
    }
    if let Some(newest) = newest {
        std::fs::write(&state, newest.as_str())?;
    }
    Ok(())
}
