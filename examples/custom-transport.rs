//! Wraps the transport to see what goes over the wire: `cargo run -p okdesk-sdk --example custom-transport`
//!
//! A transport sends one request and gives back one answer; retries, limits, timeouts and decoding stay with the client. This one
//! answers by itself and notes what it was asked for. It needs no network.

use std::sync::{Arc, Mutex};

use okdesk_sdk::Client;
use okdesk_sdk::transport::{BoxFuture, ByteStream, Request, Response, Transport, TransportError};

#[derive(Clone, Default)]
struct Canned {
    asked: Arc<Mutex<Vec<String>>>,
}

impl Transport for Canned {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        // `public_url` has no token; `url` has, and is for sending only.
        let line = format!("{} {}", request.method(), request.public_url());
        if let Ok(mut asked) = self.asked.lock() {
            asked.push(line);
        }
        Box::pin(async {
            Ok(Response::new(
                200,
                vec![],
                ByteStream::from_bytes("[1,2,3]".into()),
            ))
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transport = Canned::default();
    let client = Client::builder()
        .base_url("https://account.okdesk.ru")
        .token("key")
        .transport(transport.clone())
        .build()?;
    println!("{:?}", client.issues().ids().opened(true).await?);
    println!("{:#?}", transport.asked.lock().map_err(|_| "poisoned")?);
    Ok(())
}
