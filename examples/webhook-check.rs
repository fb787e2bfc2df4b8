//! Tells what this version makes of recorded bodies: the type, what could not be read, what is not documented.
//!
//! ```text
//! cargo run -p okdesk-webhooks --features testing --example webhook-check -- okdesk-webhooks/bodies
//! ```

use std::error::Error;

use okdesk_webhooks::testing::Replay;
use okdesk_webhooks::{Event, schema};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("usage: webhook-check FOLDER")?;
    for (name, body) in Replay::read_dir(folder)?.bodies() {
        match Event::parse(body) {
            Ok(Event::Unknown(unknown)) => println!("{name}: unknown event {}", unknown.event_type),
            Ok(event) if event.is_partial() => {
                println!("{name}: {} with parts left out", event.kind())
            }
            Ok(event) => println!("{name}: {}", event.kind()),
            Err(error) => println!("{name}: {error}"),
        }
        for deviation in schema::deviations(body) {
            println!("  {deviation}");
        }
    }
    Ok(())
}
