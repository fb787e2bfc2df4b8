//! Okdesk's webhooks as one route among others of an axum application, which works on them after they have been
//! acknowledged.
//!
//! ```text
//! cargo run -p okdesk-webhooks --example webhook-axum -- 127.0.0.1:8080 9f86d081884c7d659a2feaa0c55ad015
//! curl -d @okdesk-webhooks/bodies/new_comment.json -H 'Content-Type: application/json' \
//!     http://127.0.0.1:8080/okdesk/webhook/9f86d081884c7d659a2feaa0c55ad015
//! curl http://127.0.0.1:8080/stats
//! ```

use std::error::Error;

use axum::Router;
use axum::routing::{any_service, get};
use okdesk_webhooks::receiver::{Receiver, queue};
use okdesk_webhooks::verify::PathSecret;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(secret)) = (arguments.next(), arguments.next()) else {
        return Err("usage: webhook-axum ADDRESS SECRET".into());
    };
    // Lives in memory: a program that must not lose an event stores it in its handler instead.
    let (handler, mut deliveries) = queue(1000);
    let receiver = Receiver::builder()
        .verify(PathSecret::new(secret)?)
        .handler(handler)
        .build()?;
    tokio::spawn(async move {
        while let Some(delivery) = deliveries.recv().await {
            let issue = delivery.event.issue().map_or("", |issue| &issue.title);
            println!("{} {issue}", delivery.event.kind());
        }
    });

    let listener = TcpListener::bind(address).await?;
    println!(
        "POST http://{}{}/<secret>",
        listener.local_addr()?,
        receiver.path()
    );

    let counted = receiver.clone();
    let app = Router::new()
        .route(
            "/stats",
            get(async move || format!("{:?}\n", counted.stats())),
        )
        // The address without the secret answers that the endpoint is ready.
        .route("/okdesk/webhook", any_service(receiver.clone()))
        .route("/okdesk/webhook/{secret}", any_service(receiver));
    axum::serve(listener, app).await?;
    Ok(())
}
