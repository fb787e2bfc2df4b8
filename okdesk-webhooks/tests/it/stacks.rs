//! The receiver on real sockets: under this crate's server, plain hyper, axum, in a tower stack, in a composed service.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use okdesk_webhooks::receiver::{Ack, Delivery, Receiver, queue};
use okdesk_webhooks::testing::{body, post};
use okdesk_webhooks::verify::{PathSecret, SourceNetworks};
use tokio::net::TcpListener;
use tower::{ServiceBuilder, ServiceExt};

use crate::support::PATH;
use crate::wire::{Running, absolute, http1, http2_client, over_http1, queueing, raw, status_of};

#[tokio::test]
async fn under_our_server_over_http1() {
    let (service, mut deliveries) = queueing();
    let running = Running::start(service, |server| server).await;
    let sent = body("new_comment").to_bytes();
    assert_eq!(
        over_http1(running.address, post(PATH, sent.clone())).await,
        200
    );
    let delivery = deliveries.recv().await.unwrap();
    assert_eq!(delivery.body, sent);
    assert_eq!(delivery.peer, Some("127.0.0.1".parse().unwrap()));
    assert_eq!(running.stop().await.aborted, 0);
}

#[tokio::test]
async fn under_our_server_over_http2_many_at_once() {
    let (service, mut deliveries) = queueing();
    let running = Running::start(service, |server| server).await;
    let sender = http2_client(running.address).await;
    let requests: Vec<_> = (0..10)
        .map(|_| {
            let mut sender = sender.clone();
            let request = absolute(running.address);
            tokio::spawn(async move { sender.send_request(request).await.unwrap().status() })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), 200);
        deliveries.recv().await.unwrap();
    }
    assert_eq!(running.stop().await.aborted, 0);
}

#[tokio::test]
async fn the_address_of_the_sender_can_be_verified() {
    for (network, expected) in [("127.0.0.0/8", 200), ("203.0.113.0/24", 401)] {
        let receiver = Receiver::builder()
            .verify(SourceNetworks::new([network]).unwrap())
            .handler(async |_: Delivery| Ok(Ack))
            .build()
            .unwrap();
        let running = Running::start(receiver, |server| server).await;
        assert_eq!(
            over_http1(running.address, post(PATH, body("new_ticket").to_bytes())).await,
            expected
        );
    }
}

#[tokio::test]
async fn a_composed_service_is_served() {
    let receiver = Receiver::builder()
        .verify(PathSecret::new("s").unwrap())
        .handler(async |_: Delivery| Ok(Ack))
        .build()
        .unwrap();
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let receiver = receiver.clone();
        async move {
            match request.uri().path() {
                "/health" => Ok::<_, Infallible>(Response::new(Full::from("fine"))),
                path if receiver.serves(path) => receiver.oneshot(request).await,
                _ => Ok(Response::builder()
                    .status(404)
                    .body(Full::default())
                    .unwrap_or_default()),
            }
        }
    });
    let running = Running::start(service, |server| server).await;
    let get = |path: &str| Request::get(path).body(Full::default()).unwrap();
    assert_eq!(over_http1(running.address, get("/health")).await, 200);
    assert_eq!(
        over_http1(running.address, get("/okdesk/webhook")).await,
        200
    );
    assert_eq!(over_http1(running.address, get("/okdesk")).await, 404);
    assert_eq!(
        over_http1(
            running.address,
            body("new_ticket").post("/okdesk/webhook/s")
        )
        .await,
        200
    );
    assert_eq!(
        over_http1(
            running.address,
            body("new_ticket").post("/okdesk/webhook/t")
        )
        .await,
        401
    );
}

#[tokio::test]
async fn under_plain_hyper() {
    let (handler, mut deliveries) = queue(1);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service =
            service_fn(move |request: Request<Incoming>| receiver.clone().oneshot(request));
        hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service)
            .await
            .unwrap();
    });
    assert_eq!(
        over_http1(address, post(PATH, body("new_files").to_bytes())).await,
        200
    );
    assert_eq!(
        deliveries.recv().await.unwrap().event.kind().as_str(),
        "new_files"
    );
}

#[tokio::test]
async fn inside_axum() {
    let (handler, mut deliveries) = queue(1);
    let receiver = Receiver::builder()
        .verify(PathSecret::new("s").unwrap())
        .handler(handler)
        .build()
        .unwrap();
    let app = axum::Router::new()
        .route("/", axum::routing::get(|| async { "hello" }))
        .route(
            "/okdesk/webhook",
            axum::routing::any_service(receiver.clone()),
        )
        .route(
            "/okdesk/webhook/{secret}",
            axum::routing::any_service(receiver),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    assert_eq!(
        over_http1(address, body("new_files").post("/okdesk/webhook/s")).await,
        200
    );
    assert_eq!(
        deliveries.recv().await.unwrap().event.kind().as_str(),
        "new_files"
    );
    assert_eq!(
        over_http1(address, body("new_files").post("/okdesk/webhook/t")).await,
        401
    );
    assert_eq!(
        over_http1(address, Request::get(PATH).body(Full::default()).unwrap()).await,
        200
    );
}

#[tokio::test]
async fn in_a_tower_stack() {
    let (handler, mut deliveries) = queue(1);
    let receiver = Receiver::builder()
        .insecure_accept_all()
        .handler(handler)
        .build()
        .unwrap();
    let stack = ServiceBuilder::new()
        .map_request(|request: Request<Incoming>| {
            request.map(|body| body.map_err(std::io::Error::other))
        })
        .concurrency_limit(4)
        .map_response(|mut response: Response<Full<Bytes>>| {
            response
                .headers_mut()
                .insert("x-layer", "seen".parse().unwrap());
            response
        })
        .service(receiver);
    let running = Running::start(stack, |server| server).await;
    let answer = raw(
        running.address,
        &http1(&body("new_files").to_bytes(), "connection: close\r\n"),
    )
    .await;
    assert_eq!(status_of(&answer), 200);
    assert!(answer.contains("x-layer: seen"));
    assert_eq!(
        deliveries.recv().await.unwrap().event.kind().as_str(),
        "new_files"
    );
}
