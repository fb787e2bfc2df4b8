//! Each row of the delivery table, against real TCP servers: can this write have happened, and was it repeated?

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use okdesk_sdk::model::{Author, ContactId, IssueId};
use okdesk_sdk::{Client, Delivery, Error, ErrorKind, Upload};
use support::{Act, Server, impatient, json, quick, raw, with_headers};

async fn read(client: &Client) -> Error {
    client
        .issues()
        .get(IssueId::new(7))
        .await
        .expect_err("the server fails")
}

async fn write(client: &Client) -> Error {
    client
        .issues()
        .create("Printer is on fire")
        .await
        .expect_err("the server fails")
}

async fn tries(act: Act) -> [(Error, usize); 2] {
    let server = Server::start([act.clone()]).await;
    let client = quick(&server.url).timeouts(impatient()).build().unwrap();
    let read = (read(&client).await, server.connections());
    let server = Server::start([act]).await;
    let client = quick(&server.url).timeouts(impatient()).build().unwrap();
    [read, (write(&client).await, server.connections())]
}

fn assert_error(error: &Error, kind: ErrorKind, delivery: Delivery) {
    assert_eq!(
        (error.kind(), error.delivery()),
        (kind, delivery),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refused_connection_is_not_sent_and_both_are_repeated() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let client = quick(&format!("http://127.0.0.1:{port}")).build().unwrap();
    for error in [read(&client).await, write(&client).await] {
        assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
        assert_eq!(error.attempts(), 3);
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn an_unknown_host_is_not_sent_and_both_are_repeated() {
    let client = quick("http://nowhere.invalid")
        .allow_plain_http()
        .build()
        .unwrap();
    for error in [read(&client).await, write(&client).await] {
        assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
        assert_eq!(error.attempts(), 3);
    }
}

#[tokio::test]
async fn a_connection_that_does_not_come_up_in_time_is_not_sent() {
    // A listener whose queue is full does not answer any more.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    for _ in 0..16 {
        let waiting = tokio::time::timeout(
            std::time::Duration::from_millis(50),
            tokio::net::TcpStream::connect(address),
        );
        match waiting.await {
            Ok(stream) => queue.push(stream.unwrap()),
            Err(_) => break,
        }
    }
    let client = quick(&format!("http://{address}"))
        .timeouts(impatient())
        .build()
        .unwrap();
    assert_error(&write(&client).await, ErrorKind::Connect, Delivery::NotSent);
    drop(queue);
}

#[tokio::test]
async fn a_failed_tls_handshake_is_not_sent_and_both_are_repeated() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let hellos = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut hellos = Vec::new();
        while hellos.len() < 6 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = vec![0; 4096];
            let length = stream.read(&mut hello).await.unwrap();
            hellos.push(String::from_utf8_lossy(&hello[..length]).into_owned());
            let no_tls = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            stream.write_all(no_tls).await.unwrap();
        }
        hellos
    });
    let client = quick(&url).build().unwrap();
    for error in [read(&client).await, write(&client).await] {
        assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
        assert_eq!(error.attempts(), 3);
    }
    for hello in hellos.await.unwrap() {
        assert!(!hello.contains("api_token"), "sent in the open: {hello}");
    }
}

#[tokio::test]
async fn time_that_runs_out_in_the_handshake_is_not_sent() {
    let server = Server::start([Act::Silence]).await;
    let client = quick(&server.url.replace("http://", "https://"))
        .timeouts(impatient())
        .build()
        .unwrap();
    assert_error(&write(&client).await, ErrorKind::Connect, Delivery::NotSent);
}

/// Nobody can say how far a try came when its whole time ran out, not even while the name was still being looked up. The
/// test runs itself again where the system asks a name server that never answers.
#[tokio::test]
async fn time_that_runs_out_while_the_name_is_looked_up_is_unknown() {
    const NAME_SERVER: &str = "127.0.0.5";
    const THERE: &str = "TEST_WITH_A_SILENT_NAME_SERVER";
    if std::env::var_os(THERE).is_none() {
        return silent_name_server::run_again(NAME_SERVER, THERE);
    }
    let silent = tokio::net::UdpSocket::bind((NAME_SERVER, 53))
        .await
        .unwrap();
    let client = quick("http://desk.example")
        .allow_plain_http()
        .timeouts(impatient().with_connect(None))
        .build()
        .unwrap();
    let (read, write) = (read(&client).await, write(&client).await);
    assert_error(&read, ErrorKind::Timeout, Delivery::Unknown);
    assert_error(&write, ErrorKind::Timeout, Delivery::Unknown);
    assert_eq!((read.attempts(), write.attempts()), (3, 1));
    let mut question = [0; 512];
    let length = silent.recv(&mut question).await.unwrap();
    assert!(
        question[..length].windows(4).any(|part| part == b"desk"),
        "the name server was asked"
    );
    // With a limit of its own for the connection, as by default, it is known.
    let client = quick("http://desk.example")
        .allow_plain_http()
        .timeouts(impatient())
        .build()
        .unwrap();
    let error = self::write(&client).await;
    assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
}

#[tokio::test]
async fn closed_right_after_accepting_is_unknown() {
    let [(read, reads), (write, writes)] = tries(Act::CloseAtOnce).await;
    assert_error(&read, ErrorKind::Transport, Delivery::Unknown);
    assert_error(&write, ErrorKind::Transport, Delivery::Unknown);
    assert_eq!((reads, writes), (3, 1));
    assert!(read.is_retryable() && !write.is_retryable());
}

#[tokio::test]
async fn closed_after_reading_is_unknown() {
    let [(read, reads), (write, writes)] = tries(Act::CloseAfterReading).await;
    assert_error(&read, ErrorKind::Transport, Delivery::Unknown);
    assert_error(&write, ErrorKind::Transport, Delivery::Unknown);
    assert_eq!((reads, writes), (3, 1));
    assert!(
        write.to_string().contains("look before repeating"),
        "{write}"
    );
}

#[tokio::test]
async fn garbage_is_unknown() {
    let [(read, reads), (write, writes)] =
        tries(Act::Answer(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())).await;
    assert_error(&read, ErrorKind::Transport, Delivery::Unknown);
    assert_error(&write, ErrorKind::Transport, Delivery::Unknown);
    assert_eq!((reads, writes), (3, 1));
}

#[tokio::test]
async fn silence_is_unknown() {
    let [(read, reads), (write, writes)] = tries(Act::Silence).await;
    assert_error(&read, ErrorKind::Timeout, Delivery::Unknown);
    assert_error(&write, ErrorKind::Timeout, Delivery::Unknown);
    assert_eq!((reads, writes), (3, 1));
}

#[tokio::test]
async fn an_upload_whose_source_fails_is_unknown_and_not_repeated() {
    let server = Server::start([json(200, r#"{"id":1}"#)]).await;
    let upload = Upload::from_factory("a.bin", 1 << 20, || async {
        Ok(tokio_test_reader::failing_after(100_000))
    });
    let author = Author::contact(ContactId::new(1));
    let error = server
        .client()
        .comments()
        .create(IssueId::new(1), "x", author)
        .attach(upload)
        .await
        .unwrap_err();
    assert_error(&error, ErrorKind::Upload, Delivery::Unknown);
    assert_eq!(server.connections(), 1);
    let mut chain = String::new();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        chain += &inner.to_string();
        source = inner.source();
    }
    assert!(chain.contains("the disk is gone"), "{chain}");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_not_sent() {
    let server = Server::start([json(200, r#"{"id":1}"#)]).await;
    let create = server
        .client()
        .issues()
        .create("x")
        .attach(Upload::from_path("/nowhere/a.txt"));
    assert_error(
        &create.await.unwrap_err(),
        ErrorKind::Upload,
        Delivery::NotSent,
    );
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_rejected() {
    let [(read, reads), (write, writes)] =
        tries(with_headers(302, "Location: /login\r\n", "")).await;
    assert_error(&read, ErrorKind::Redirect, Delivery::Rejected);
    assert_error(&write, ErrorKind::Redirect, Delivery::Rejected);
    assert_eq!((reads, writes), (1, 1));
}

#[tokio::test]
async fn refusals_are_rejected_and_not_repeated() {
    for (status, kind) in [
        (400, ErrorKind::Validation),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (413, ErrorKind::Status),
        (415, ErrorKind::Status),
        (422, ErrorKind::Validation),
    ] {
        let [(read, reads), (write, writes)] = tries(json(status, r#"{"errors": "нет"}"#)).await;
        assert_error(&read, kind, Delivery::Rejected);
        assert_error(&write, kind, Delivery::Rejected);
        assert_eq!((reads, writes), (1, 1), "{status}");
        assert_eq!(write.status(), Some(status));
        assert_eq!(write.api().unwrap().to_string(), "нет");
    }
}

#[tokio::test]
async fn too_many_calls_is_rejected_and_both_are_repeated() {
    let [(read, reads), (write, writes)] = tries(json(429, "")).await;
    assert_error(&read, ErrorKind::RateLimited, Delivery::Rejected);
    assert_error(&write, ErrorKind::RateLimited, Delivery::Rejected);
    assert_eq!((reads, writes), (3, 3));
}

#[tokio::test]
async fn request_timeout_is_rejected_and_only_the_read_is_repeated() {
    let [(read, reads), (write, writes)] = tries(json(408, "")).await;
    assert_error(&read, ErrorKind::Status, Delivery::Rejected);
    assert_error(&write, ErrorKind::Status, Delivery::Rejected);
    assert_eq!((reads, writes), (3, 1));
}

#[tokio::test]
async fn a_refusal_in_mid_upload_is_rejected() {
    let server = Server::start([Act::AnswerEarly(raw(413, "", b""))]).await;
    let upload = Upload::from_bytes("a.bin", vec![0; 20 << 20]);
    let error = server
        .client()
        .issues()
        .create("x")
        .attach(upload)
        .await
        .unwrap_err();
    assert_error(&error, ErrorKind::Status, Delivery::Rejected);
    assert_eq!(error.status(), Some(413));
}

#[tokio::test]
async fn success_with_errors_is_rejected_and_not_repeated() {
    let [(read, reads), (write, writes)] =
        tries(json(200, r#"{"errors": {"type": ["wrong"]}}"#)).await;
    assert_error(&read, ErrorKind::Validation, Delivery::Rejected);
    assert_error(&write, ErrorKind::Validation, Delivery::Rejected);
    assert_eq!((reads, writes), (1, 1));
    assert_eq!(write.field(), Some("type"));
}

#[tokio::test]
async fn server_errors_are_unknown_and_only_the_read_is_repeated() {
    for status in [500, 502, 503, 504] {
        let page = "<html><h1>Oops</h1></html>";
        let [(read, reads), (write, writes)] =
            tries(with_headers(status, "Content-Type: text/html\r\n", page)).await;
        assert_error(&read, ErrorKind::Server, Delivery::Unknown);
        assert_error(&write, ErrorKind::Server, Delivery::Unknown);
        assert_eq!((reads, writes), (3, 1), "{status}");
        assert_eq!(write.body(), Some(page.as_bytes()));
    }
    let [(_, reads), (write, writes)] = tries(json(501, "")).await;
    assert_error(&write, ErrorKind::Server, Delivery::Unknown);
    assert_eq!((reads, writes), (1, 1));
}

#[tokio::test]
async fn a_cut_success_is_applied_and_only_the_read_is_repeated() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_vec();
    let [(read, reads), (write, writes)] = tries(Act::Answer(cut)).await;
    assert_error(&read, ErrorKind::Decode, Delivery::Applied);
    assert_error(&write, ErrorKind::Decode, Delivery::Applied);
    assert_eq!((reads, writes), (3, 1));
    assert!(write.to_string().contains("do not repeat"), "{write}");
}

#[tokio::test]
async fn a_stalled_success_is_applied_and_only_the_read_is_repeated() {
    let stalled = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":".to_vec();
    let [(read, reads), (write, writes)] = tries(Act::AnswerThenHang(stalled)).await;
    assert_eq!(
        (read.delivery(), write.delivery()),
        (Delivery::Applied, Delivery::Applied)
    );
    assert!(read.is_timeout() && write.is_timeout());
    assert_eq!((reads, writes), (3, 1));
}

#[tokio::test]
async fn an_undecodable_success_is_applied_and_only_the_read_is_repeated() {
    for body in ["<html>", "{\"title\": 1}", "[]", "{\"id\": {}}", ""] {
        let [(read, reads), (write, writes)] = tries(json(200, body)).await;
        assert_error(&read, ErrorKind::Decode, Delivery::Applied);
        assert_error(&write, ErrorKind::Decode, Delivery::Applied);
        assert_eq!((reads, writes), (3, 1), "{body}");
    }
}

#[tokio::test]
async fn a_pooled_connection_closed_meanwhile_costs_nothing() {
    // Keeps the connection open after the first answer, closes it, and serves the next one.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (closed, is_closed) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"id\":7}";
        let mut closed = Some(closed);
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await.unwrap();
            stream.write_all(answer).await.unwrap();
            drop(stream);
            if let Some(closed) = closed.take() {
                closed.send(()).unwrap();
            }
        }
    });
    let client = quick(&url).build().unwrap();
    client.issues().create("one").await.unwrap();
    is_closed.await.unwrap();
    let (_, meta) = client
        .issues()
        .create("two")
        .send_with_meta()
        .await
        .unwrap();
    assert_eq!(meta.attempts(), 1);
}

/// A reader that gives some bytes, then fails.
mod tokio_test_reader {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::{AsyncRead, ReadBuf};

    pub(crate) struct Failing(usize);

    pub(crate) fn failing_after(bytes: usize) -> Failing {
        Failing(bytes)
    }

    impl AsyncRead for Failing {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if self.0 == 0 {
                return Poll::Ready(Err(io::Error::other("the disk is gone")));
            }
            let bytes = self.0.min(buffer.remaining());
            buffer.initialize_unfilled_to(bytes);
            buffer.advance(bytes);
            self.0 -= bytes;
            Poll::Ready(Ok(()))
        }
    }
}

/// A mount namespace in which the system's only name server is one that this test plays.
mod silent_name_server {
    use std::io::Write as _;
    use std::process::Command;

    const NAME: &str = "time_that_runs_out_while_the_name_is_looked_up_is_unknown";

    pub(crate) fn run_again(name_server: &str, mark: &str) {
        let mut settings = tempfile::NamedTempFile::new().unwrap();
        writeln!(settings, "nameserver {name_server}").unwrap();
        let inside = |command: &[&str]| {
            let mut unshare = Command::new("unshare");
            unshare.args(["--mount", "sh", "-c"]);
            unshare.arg("mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"");
            unshare.arg(settings.path()).args(command);
            unshare
        };
        let may = inside(&["true"]).output();
        if !may.is_ok_and(|output| output.status.success()) {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI must be able to make a mount namespace (root, unshare)"
            );
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED {NAME}: only root on Linux can have a name server of its own"
            );
            return;
        }
        let program = std::env::current_exe().unwrap();
        let output = inside(&[program.to_str().unwrap(), "--exact", NAME, "--nocapture"])
            .env(mark, "1")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
