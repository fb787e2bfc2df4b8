//! Raw bytes of a connection: whatever is sent, the receiver answers with a status it knows, or hyper refuses.

#![no_main]

use std::time::Duration;

use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use libfuzzer_sys::fuzz_target;
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver};
use okdesk_webhooks::verify::{HeaderSecret, PathSecret, Verifier, any_of};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const STATUSES: [&str; 13] =
    ["100", "200", "400", "401", "404", "405", "408", "411", "413", "414", "415", "431", "503"];

fuzz_target!(|input: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let receiver = Receiver::builder()
            .verify(any_of([
                PathSecret::new("s").expect("a secret").boxed(),
                HeaderSecret::new("x-s", "s").expect("a secret").boxed(),
            ]))
            .max_body(4096)
            .body_timeout(Duration::from_millis(5))
            .validate(true)
            .handler(async |_: Delivery| Ok(Ack))
            .build()
            .expect("a receiver");
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(server), TowerToHyperService::new(receiver));
        let talk = async move {
            let _ = client.write_all(input).await;
            let _ = client.shutdown().await;
            let mut answer = Vec::new();
            let _ = client.read_to_end(&mut answer).await;
            answer
        };
        let (_, answer) = tokio::join!(connection, talk);
        if let Some(status) = answer.get(9..12) {
            assert!(STATUSES.iter().any(|known| known.as_bytes() == status), "{}", String::from_utf8_lossy(&answer));
        }
    });
});
