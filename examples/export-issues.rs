//! Exports the issues created in a period as CSV: `cargo run -p okdesk-sdk --example export-issues -- 2024-05-01 2024-06-01 > issues.csv`
//!
//! Set `OKDESK_API_URL` and `OKDESK_API_TOKEN`.

use std::io::Write;

use okdesk_sdk::Client;
use okdesk_sdk::model::LocalTime;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(
        &std::env::var("OKDESK_API_URL")?,
        std::env::var("OKDESK_API_TOKEN")?,
    )?;
    let mut arguments = std::env::args().skip(1);
    let mut day = || -> Result<LocalTime, Box<dyn std::error::Error>> {
        Ok(arguments.next().ok_or("give two days")?.parse()?)
    };
    let (since, until) = (day()?, day()?);

    // The ids come at once, so there is a total for the progress bar.
    let total = client
        .issues()
        .ids()
        .created_since(since)
        .created_until(until)
        .await?
        .len();
    let mut issues = client
        .issues()
        .list()
        .created_since(since)
        .created_until(until)
        .into_pager();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "id,created,status,company,title")?;
    let mut done = 0;
    while let Some(issue) = issues.next().await {
        let issue = issue?;
        let created = issue.created_at.as_ref().map_or("", |at| at.as_str());
        let status = issue
            .status
            .as_ref()
            .map_or("", |status| status.code.as_str());
        let company = issue
            .company
            .as_ref()
            .map_or("", |company| company.name.as_str());
        writeln!(
            out,
            "{},{created},{},{},{}",
            issue.id,
            field(status),
            field(company),
            field(&issue.title)
        )?;
        done += 1;
        let filled = done * 40 / total.max(done);
        eprint!(
            "\r[{}{}] {done} of {total}",
            "#".repeat(filled),
            " ".repeat(40 - filled)
        );
    }
    eprintln!();
    for skipped in issues.skipped() {
        eprintln!(
            "left out issue {:?}: {} at {}",
            skipped.id, skipped.reason, skipped.path
        );
    }
    Ok(())
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
