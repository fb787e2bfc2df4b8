//! Reports what this account answers that this version of the client does not know: `cargo run -p okdesk-sdk --example drift-report`
//!
//! Set `OKDESK_API_URL` and `OKDESK_API_TOKEN`. It only reads.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use okdesk_sdk::model::Drift;
use okdesk_sdk::operation::Operation;
use okdesk_sdk::{Client, Observer, SkippedItem};

#[derive(Clone, Default)]
struct Report(Arc<Mutex<BTreeSet<String>>>);

impl Report {
    fn note(&self, line: String) {
        if let Ok(mut lines) = self.0.lock() {
            lines.insert(line);
        }
    }
}

impl Observer for Report {
    fn on_drift(&self, operation: &'static Operation, drift: &Drift) {
        self.note(format!("{}: {drift}", operation.id));
    }

    fn on_skipped(&self, operation: &'static Operation, item: &SkippedItem) {
        self.note(format!(
            "{}: item {:?} left out, {} at `{}`",
            operation.id, item.id, item.reason, item.path
        ));
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let report = Report::default();
    let client = Client::builder()
        .base_url(&std::env::var("OKDESK_API_URL")?)
        .token(std::env::var("OKDESK_API_TOKEN")?)
        .observer(report.clone())
        .build()?;

    let issues = client
        .issues()
        .list()
        .into_pager()
        .take_items(200)
        .collect()
        .await?;
    for issue in issues.iter().take(20) {
        // One that was deleted meanwhile is no reason to stop.
        let _ = client.issues().get(issue.id).await;
        let _ = client.comments().list(issue.id).await;
        let _ = client.time_entries().list(issue.id).await;
    }
    client
        .companies()
        .list()
        .into_pager()
        .take_items(200)
        .collect()
        .await?;
    client
        .contacts()
        .list()
        .into_pager()
        .take_items(200)
        .collect()
        .await?;
    client
        .maintenance_entities()
        .list()
        .into_pager()
        .take_items(200)
        .collect()
        .await?;
    client.employees().list().into_pager().collect().await?;
    client.references().issue_statuses().await?;
    client.references().issue_priorities().await?;
    client.references().issue_type_tree().await?;

    let lines = report.0.lock().map_err(|_| "poisoned")?;
    lines.iter().for_each(|line| println!("{line}"));
    eprintln!("{} differences", lines.len());
    Ok(())
}
