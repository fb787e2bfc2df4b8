//! Telegram behind a proxy: everything goes through it, because there is no other way.

use crate::engine::{Rig, echo, eventually, until_said};
use std::sync::{Arc, Mutex};
use tg_bridge::reaction::{Effect, Event, Happening, NewComment, OkdeskCall, Scene};
use tg_bridge::telegram::{ChatId, Content, Send};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The name of a server that only the proxy can find.
const NOWHERE: &str = "telegram.invalid";

/// An HTTP proxy that knows one server, and who asked for what.
struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn({
            let asked = asked.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(pass(stream, server.clone(), asked.clone()));
                }
            }
        });
        Self { address, asked }
    }

    /// The methods and files that were asked for, without the token.
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Passes a connection on, and notes the first line of every request in it.
async fn pass(from: TcpStream, server: String, asked: Arc<Mutex<Vec<String>>>) {
    let to = TcpStream::connect(server).await.unwrap();
    let (mut client, mut answer) = from.into_split();
    let (mut back, mut forward) = to.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut back, &mut answer).await });
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = client.read(&mut piece).await {
        let text = String::from_utf8_lossy(&piece[..length]);
        let lines = text.split("\r\n").filter(|line| {
            line.ends_with(" HTTP/1.1") && line.contains(&format!("http://{NOWHERE}/"))
        });
        let paths = lines.filter_map(|line| {
            let path = line.split(' ').nth(1)?.split(NOWHERE).nth(1)?;
            Some(
                path.splitn(4, '/')
                    .filter(|part| !part.contains(':'))
                    .collect::<Vec<_>>()
                    .join("/"),
            )
        });
        asked.lock().unwrap().extend(paths);
        if forward.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// Answers texts, turns files into comments, and tells of files.
fn carry(
    issue: okdesk_sdk::model::IssueId,
    author: okdesk_sdk::model::ContactId,
) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |scene, event| {
        if let Some(message) = crate::engine::message_of(event)
            && let Content::File(file) = &message.content
        {
            let call = OkdeskCall::CreateComment(NewComment {
                issue,
                author,
                content: okdesk_sdk::model::Html::from_text("файл"),
                files: vec![file.clone()],
            });
            return vec![Effect::Okdesk {
                chat: message.chat,
                call,
            }];
        }
        match event {
            Event::Desk(desk) => match &desk.happening {
                Happening::Files(files) => vec![Effect::Telegram {
                    chat: ChatId(101),
                    send: Send::Files {
                        issue,
                        files: files.clone(),
                        caption: String::new(),
                    },
                    about: None,
                }],
                _ => vec![],
            },
            _ => echo(scene, event),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_08_all_traffic_with_telegram_files_too_goes_through_the_proxy() {
    let rig = Rig::new().await;
    let server = rig.telegram.url();
    let proxy = Proxy::start(format!(
        "{}:{}",
        server.host_str().unwrap(),
        server.port().unwrap()
    ))
    .await;
    let rig = rig
        .with("TELEGRAM_API_URL", format!("http://{NOWHERE}"))
        .with("TELEGRAM_PROXY_URL", &proxy.address);
    let anna = rig.telegram.user(101, "Анна");
    let contact = rig.okdesk.account().contact("Анна", "Смирнова").create();
    let issue = rig
        .okdesk
        .account()
        .issue("Принтер")
        .contact(contact)
        .create();
    let bridge = rig.start(carry(issue, contact)).await;
    anna.send_text("раз");
    until_said(&anna, "раз").await;
    let content = vec![7_u8; 300_000];
    anna.send_document("акт.pdf", "application/pdf", content.clone());
    eventually(|| (rig.okdesk.recorder().count("comments.create") == 1).then_some(())).await;
    let sent = rig.okdesk.recorder().last("comments.create").unwrap();
    let (_, bytes) = sent.file("comment[attachments][0][attachment]").unwrap();
    assert_eq!(bytes.as_ref(), content);
    let staff = rig.okdesk.staff("Пётр");
    staff
        .add_files(issue, true, [("счёт.pdf", content.clone())])
        .unwrap();
    let shown = eventually(|| rig.telegram.calls_of("sendDocument").first().cloned()).await;
    assert_eq!(shown.files[0].bytes.as_ref(), content);
    bridge.stop().await;

    let asked = proxy.asked();
    for what in ["getupdates", "sendmessage", "getfile", "senddocument"] {
        assert!(
            asked.iter().any(|path| path.to_lowercase().contains(what)),
            "{what} in {asked:?}"
        );
    }
    assert!(
        asked.iter().any(|path| path.starts_with("/file")),
        "{asked:?}"
    );
    // The help desk has nothing to do with it.
    assert!(rig.okdesk.recorder().count("comments.create") == 1);
}

#[tokio::test]
async fn ops_08_nothing_goes_around_a_proxy_that_is_down() {
    let rig = Rig::new()
        .await
        .with("TELEGRAM_PROXY_URL", "http://127.0.0.1:9");
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("раз");
    let bridge = rig.start(echo).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(
        rig.telegram.calls().is_empty(),
        "{:?}",
        rig.telegram.calls()
    );
    bridge.stop().await;
}

#[tokio::test]
async fn ops_08_a_proxys_password_is_hidden_and_a_wrong_address_refused() {
    let rig = Rig::new().await;
    let mut vars = rig.vars();
    vars.push((
        "TELEGRAM_PROXY_URL",
        "socks5h://bridge:very-secret@127.0.0.1:1080".to_owned(),
    ));
    let config = tg_bridge::config::Config::from_vars(vars.clone()).unwrap();
    assert!(!format!("{config:?}").contains("very-secret"));
    vars.push((
        "TELEGRAM_PROXY_URL",
        "ftp://very-secret@127.0.0.1".to_owned(),
    ));
    let refused = tg_bridge::config::Config::from_vars(vars)
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("TELEGRAM_PROXY_URL") && !refused.contains("very-secret"),
        "{refused}"
    );
}
