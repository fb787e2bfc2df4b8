//! Creates an issue with files: `cargo run -p okdesk-sdk --example create-issue -- "No paper" photo.jpg act.pdf`
//!
//! Set `OKDESK_API_URL` and `OKDESK_API_TOKEN`; `cargo run -p okdesk-sdk --example okdesk-sim` gives you an account to play with.

use std::time::Duration;

use okdesk_sdk::{CallOptions, Client, Upload};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(
        &std::env::var("OKDESK_API_URL")?,
        std::env::var("OKDESK_API_TOKEN")?,
    )?;
    let mut arguments = std::env::args().skip(1);
    let title = arguments.next().ok_or("give a title, then files")?;

    let mut create = client.issues().create(title);
    for path in arguments {
        let shown = path.clone();
        create = create.attach(Upload::from_path(path).public(true).on_progress(
            move |sent, of| match of {
                Some(of) => eprint!("\r{shown}: {} %   ", sent * 100 / of.max(1)),
                None => eprint!("\r{shown}: {sent} bytes   "),
            },
        ));
    }
    // If the connection breaks and nobody knows whether the issue was created, it is looked for.
    let look = CallOptions::new().reconcile(Duration::from_secs(60));
    let (issue, meta) = create.with_options(look).send_with_meta().await?;
    eprintln!();
    println!(
        "issue {}{}",
        issue.id,
        if meta.is_reconciled() {
            " (found afterwards)"
        } else {
            ""
        }
    );
    Ok(())
}
