//! Files from Okdesk: two steps in one call, another host, addresses that die, and nothing half-done on the disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use okdesk_sdk::model::{AttachmentId, IssueId};
use okdesk_sdk::transport::{BoxFuture, ByteStream, Request, Response, Transport, TransportError};
use okdesk_sdk::{Delivery, Download, Error, ErrorKind};
use support::{Act, Seen, Server, TOKEN, json, quick, raw, with_headers};

const CONTENT: &[u8] = b"the bytes of the file";

fn attachment(url: &str) -> Act {
    json(
        200,
        &format!(
            r#"{{"id":9,"attachment_file_name":"../Акт.pdf","attachment_file_size":21,"attachment_url":"{url}"}}"#
        ),
    )
}

async fn api(files: &Server) -> Server {
    Server::start([attachment(&format!("{}/file?signature=abc", files.url))]).await
}

fn download(api: &Server) -> Download {
    let client = quick(&api.url).build().unwrap();
    client
        .issues()
        .download(IssueId::new(7), AttachmentId::new(9))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_is_saved_under_its_safe_name() {
    let files = Server::start([Act::Answer(raw(200, "", CONTENT))]).await;
    let api = api(&files).await;
    let folder = folder();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let call = download(&api).on_progress(move |bytes, of| log.lock().unwrap().push((bytes, of)));
    let saved = call.save_in(folder.path()).await.unwrap();
    assert_eq!(saved.path, folder.path().join("Акт.pdf"));
    assert_eq!(saved.bytes, 21);
    assert_eq!(std::fs::read(&saved.path).unwrap(), CONTENT);
    assert_eq!(names(&folder), ["Акт.pdf"]);
    assert_eq!(seen.lock().unwrap().last(), Some(&(21, Some(21))));
}

#[tokio::test]
async fn the_file_host_gets_no_token_and_no_referer_however_often_it_points_on() {
    let last = Server::start([Act::Answer(raw(200, "", CONTENT))]).await;
    let target = format!("Location: {}/real\r\n", last.url);
    let first = Server::start([
        with_headers(302, "Location: /again\r\n", ""),
        with_headers(307, &target, ""),
    ])
    .await;
    let api = api(&first).await;
    assert_eq!(&download(&api).bytes().await.unwrap()[..], CONTENT);
    let foreign: Vec<Seen> = first.seen().into_iter().chain(last.seen()).collect();
    assert_eq!(foreign.len(), 3);
    for seen in foreign {
        assert!(!seen.everything().contains("api_token"), "{seen:?}");
        assert!(!seen.everything().contains(TOKEN), "{seen:?}");
        assert_eq!(seen.header("referer"), None);
        assert_eq!(seen.header("authorization"), None);
    }
    assert!(api.seen()[0].target.contains("api_token="));
}

#[tokio::test]
async fn an_address_that_has_died_is_asked_for_anew() {
    let files = Server::start([
        with_headers(403, "", "expired"),
        Act::Answer(raw(200, "", CONTENT)),
    ])
    .await;
    let api = api(&files).await;
    assert_eq!(&download(&api).bytes().await.unwrap()[..], CONTENT);
    assert_eq!(api.connections(), 2);
}

#[tokio::test]
async fn an_address_that_stays_dead_is_an_error() {
    let files = Server::start([with_headers(403, "", "expired")]).await;
    let api = api(&files).await;
    let error = download(&api).bytes().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.delivery()),
        (ErrorKind::Download, Some(403), Delivery::Rejected)
    );
    assert_eq!((api.connections(), files.connections()), (2, 2));
}

async fn refuse(content: Vec<u8>, expected: ErrorKind) -> (Error, Vec<String>, usize) {
    let files = Server::start([Act::Answer(content)]).await;
    let api = api(&files).await;
    let folder = folder();
    let error = download(&api)
        .max_bytes(10)
        .save_in(folder.path())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), expected, "{error:?}");
    (error, names(&folder), files.connections())
}

#[tokio::test]
async fn a_file_that_is_too_large_leaves_nothing() {
    let announced = raw(200, "", CONTENT);
    let mut unannounced = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    unannounced.extend_from_slice(CONTENT);
    for content in [announced, unannounced] {
        let (error, left, connections) = refuse(content, ErrorKind::TooLarge).await;
        assert!(error.to_string().contains("10 bytes"), "{error}");
        assert!(error.to_string().contains("max_bytes"), "{error}");
        assert_eq!((left, connections), (vec![], 1));
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_begun_anew() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\nthe bytes".to_vec();
    let files = Server::start([Act::Answer(cut), Act::Answer(raw(200, "", CONTENT))]).await;
    let api = api(&files).await;
    let folder = folder();
    let saved = download(&api)
        .save_to(folder.path().join("a.pdf"))
        .await
        .unwrap();
    assert_eq!(std::fs::read(saved.path).unwrap(), CONTENT);
    assert_eq!(names(&folder), ["a.pdf"]);
}

/// Gives the address at once, and of the file the first bytes and never more.
#[derive(Clone, Default)]
struct Stalls(Arc<AtomicUsize>);

impl Transport for Stalls {
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let is_file = request.url().path() == "/file";
        self.0.fetch_add(usize::from(is_file), Ordering::Relaxed);
        let attachment = r#"{"id":9,"attachment_file_name":"a.pdf","attachment_url":"https://files.example.com/file"}"#;
        Box::pin(async move {
            Ok(if is_file {
                let length = vec![("content-length".to_owned(), "21".to_owned())];
                Response::new(200, length, ByteStream::new(Stalled(Some("the bytes"))))
            } else {
                Response::new(200, vec![], ByteStream::from_bytes(attachment.into()))
            })
        })
    }
}

struct Stalled(Option<&'static str>);

impl futures_core::Stream for Stalled {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.take() {
            Some(piece) => Poll::Ready(Some(Ok(piece.into()))),
            None => Poll::Pending,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_stalls_is_given_up_after_some_tries_and_leaves_nothing() {
    let stalls = Stalls::default();
    let client = quick("https://account.okdesk.ru").transport(stalls.clone());
    let issues = client.build().unwrap().issues();
    let (folder, started) = (folder(), tokio::time::Instant::now());
    let download = issues.download(IssueId::new(7), AttachmentId::new(9));
    let error = download.save_in(folder.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Download);
    assert!(error.to_string().contains("no byte"), "{error}");
    assert!(error.to_string().contains("try again"), "{error}");
    assert_eq!(
        (names(&folder), stalls.0.load(Ordering::Relaxed)),
        (vec![], 3)
    );
    assert_eq!(
        started.elapsed().as_secs(),
        3 * 20,
        "each try had its 20 s without a byte"
    );
}

#[tokio::test]
async fn a_dropped_download_leaves_nothing() {
    let stalled = b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\nthe bytes".to_vec();
    let files = Server::start([Act::AnswerThenHang(stalled)]).await;
    let api = api(&files).await;
    let folder = folder();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let started = Mutex::new(Some(started));
    let call = quick(&api.url)
        .build()
        .unwrap()
        .issues()
        .download(IssueId::new(7), AttachmentId::new(9));
    let call = call.on_progress(move |_, _| {
        if let Some(started) = started.lock().unwrap().take() {
            started.send(()).unwrap();
        }
    });
    let task = tokio::spawn(call.save_in(folder.path().to_owned()));
    has_started.await.unwrap();
    assert_eq!(names(&folder), ["Акт.pdf.part"]);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(names(&folder), Vec::<String>::new());
}

#[tokio::test]
async fn an_old_file_stays_until_the_new_one_is_complete() {
    let files = Server::start([Act::CloseAtOnce]).await;
    let api = api(&files).await;
    let folder = folder();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, "old").unwrap();
    download(&api).save_to(&path).await.unwrap_err();
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
}

#[tokio::test]
async fn a_disk_that_fails_is_not_the_network() {
    let files = Server::start([Act::Answer(raw(200, "", CONTENT))]).await;
    let api = api(&files).await;
    let error = download(&api)
        .save_to("/nowhere/at/all/a.pdf")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Disk);
    assert!(error.to_string().contains("has room"), "{error}");
    assert_eq!(files.connections(), 1);
}

#[tokio::test]
async fn addresses_that_lead_astray_are_refused() {
    for (url, word) in [
        ("http://files.example.com/a", "plain http"),
        ("file:///etc/passwd", "plain http"),
        ("", "no address"),
    ] {
        let api = Server::start([attachment(url)]).await;
        let error = download(&api).bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Download);
        assert!(error.to_string().contains(word), "{error}");
    }
    let files = Server::start([with_headers(302, "Location: /a\r\n", "")]).await;
    let api = api(&files).await;
    let error = download(&api).bytes().await.unwrap_err();
    assert!(error.to_string().contains("points on and on"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_found() {
    let api = Server::start([json(404, "")]).await;
    assert!(download(&api).bytes().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_open_file_is_read_piece_by_piece() {
    let files = Server::start([with_headers(
        200,
        "Content-Type: application/pdf\r\n",
        "12345",
    )])
    .await;
    let api = api(&files).await;
    let mut file = download(&api).open().await.unwrap();
    assert_eq!(
        (file.length, file.content_type.as_deref()),
        (Some(5), Some("application/pdf"))
    );
    let mut bytes = Vec::new();
    while let Some(piece) = file.stream.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(bytes, b"12345");
}
