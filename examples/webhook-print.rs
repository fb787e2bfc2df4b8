//! Prints every webhook that comes in, until Ctrl-C.
//!
//! ```text
//! cargo run -p okdesk-webhooks --features server --example webhook-print -- 127.0.0.1:8080 9f86d081884c7d659a2feaa0c55ad015
//! curl -d @okdesk-webhooks/bodies/new_comment.json -H 'Content-Type: application/json' \
//!     http://127.0.0.1:8080/okdesk/webhook/9f86d081884c7d659a2feaa0c55ad015
//! ```

use std::error::Error;

use okdesk_webhooks::Event;
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver, Report};
use okdesk_webhooks::server::Server;
use okdesk_webhooks::verify::PathSecret;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(secret)) = (arguments.next(), arguments.next()) else {
        return Err("usage: webhook-print ADDRESS SECRET".into());
    };
    let receiver = Receiver::builder()
        .verify(PathSecret::new(secret)?)
        .validate(true)
        .observe(|report| match report {
            Report::Refused(refusal) => {
                eprintln!("refused by {}: {:?}", refusal.verifier, refusal.reason)
            }
            Report::Deviating { deviations, .. } => {
                deviations
                    .iter()
                    .for_each(|deviation| eprintln!("undocumented: {deviation}"));
            }
            _ => {}
        })
        .handler(async |delivery: Delivery| {
            print(&delivery.event);
            Ok(Ack)
        })
        .build()?;

    let server = Server::bind(address).await?;
    println!(
        "POST http://{}{}/<secret>",
        server.local_addr()?,
        receiver.path()
    );
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    server.serve(receiver, stop).await;
    Ok(())
}

fn print(event: &Event) {
    let issue = event
        .issue_id()
        .map_or_else(String::new, |id| format!(" #{id}"));
    let author = event
        .author()
        .map_or_else(|| "somebody".to_owned(), ToString::to_string);
    println!("{}{issue} by {author}", event.kind());
    match event {
        Event::NewComment(comment) if event.is_public() => {
            println!(
                "  to the client: {}",
                comment
                    .comment
                    .as_ref()
                    .map_or("", |comment| comment.content.as_str())
            );
        }
        Event::NewTicketStatus(change) => {
            let name = |status: &Option<okdesk_webhooks::event::Status>| {
                status
                    .as_ref()
                    .map_or_else(|| "?".to_owned(), |status| status.name.clone())
            };
            println!(
                "  {} → {}",
                name(&change.old_status),
                name(&change.new_status)
            );
        }
        _ => {}
    }
    for file in event.public_attachments() {
        println!("  file {}: {}", file.id, file.attachment_file_name);
    }
}
