//! Who takes webhooks in.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use okdesk_webhooks::receiver::{Ack, Answer, Delivery, Handler, Receiver, Retry};
use okdesk_webhooks::server::Server;
use okdesk_webhooks::verify::PathSecret;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tg_bridge::config::Config;
use tg_bridge::run::Bridge;
use tg_bridge::store::{self, Clock, NewItem, Store};
use tokio::net::TcpListener;

pub(crate) const SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015";
pub(crate) const PATH: &str = "/okdesk/webhook/9f86d081884c7d659a2feaa0c55ad015";

/// Runs a server on a runtime of its own, as the program has one.
pub(crate) fn serve<Fut>(
    server: impl FnOnce(mpsc::Sender<SocketAddr>) -> Fut + Send + 'static,
) -> SocketAddr
where
    Fut: Future<Output = ()>,
{
    let (sender, address) = mpsc::channel();
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new()
            .expect("a runtime")
            .block_on(server(sender));
    });
    address.recv().expect("an address")
}

/// Reads the body and says yes. Nothing is checked, read or kept.
pub(crate) async fn bare_hyper(address: mpsc::Sender<SocketAddr>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    address
        .send(listener.local_addr().expect("an address"))
        .expect("a listener");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| async move {
                let _ = request.into_body().collect().await;
                let mut response =
                    Response::new(Full::new(Bytes::from_static(br#"{"message":"Accepted"}"#)));
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Ok::<_, Infallible>(response)
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

struct Keep(Arc<dyn Store>);

impl Handler for Keep {
    async fn handle(&self, delivery: Delivery) -> Answer {
        let body = String::from_utf8(delivery.body.to_vec()).map_err(|_| Retry::default())?;
        let item = NewItem::webhook(delivery.event.dedup_key(), delivery.event.issue_id(), body);
        self.0
            .accept(vec![item])
            .await
            .map_err(|_| Retry::default())?;
        Ok(Ack)
    }
}

/// The bridge's door and store: checks, reads, recognises repetitions, and answers once it is durable. Nobody works on it.
pub(crate) async fn door(address: mpsc::Sender<SocketAddr>, url: String) {
    let store = store::open(&url, Clock::default()).await.expect("a store");
    let receiver = Receiver::builder()
        .verify(PathSecret::new(SECRET).expect("a secret"))
        .handler(Keep(store))
        .build()
        .expect("a receiver");
    let server = Server::bind("127.0.0.1:0").await.expect("a port");
    address
        .send(server.local_addr().expect("an address"))
        .expect("a listener");
    server.serve(receiver, std::future::pending()).await;
}

/// The whole bridge, which reacts to everything at the same time.
pub(crate) async fn bridge(address: mpsc::Sender<SocketAddr>, url: String) {
    let settings = [
        ("BOT_TOKEN", "123456:none"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:9"),
        ("OKDESK_API_URL", "http://127.0.0.1:9"),
        ("OKDESK_API_TOKEN", "none"),
        ("WEBHOOK_SECRET", SECRET),
        ("DATABASE_URL", &url),
        ("PORT", "0"),
        ("RECONCILE_MINUTES", "0"),
    ];
    let config = Config::from_vars(settings).expect("settings");
    let bridge = Bridge::start(config).await.expect("a bridge");
    address.send(bridge.addr()).expect("a listener");
    std::future::pending().await
}

/// FastAPI and SQLAlchemy in a process of their own.
pub(crate) struct Python {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Python {
    pub(crate) fn start(python: &str, form: &str, folder: &std::path::Path) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port");
        let child = Command::new(python)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/benches/load/receiver.py"
            ))
            .args([form, &address.port().to_string(), SECRET])
            .arg(folder.join(format!("{form}.db")))
            .spawn()
            .expect("Python");
        let started = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "FastAPI does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, address }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
