//! Files both ways: byte for byte, in the form they are for, and none in the way of words.

use super::*;

#[tokio::test]
async fn a_file_that_okdesk_never_gives_holds_up_its_chat_for_minutes_not_days() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let (_, issue) = issue(&rig);
    let bridge = rig
        .start(|_, event| match event {
            Event::Desk(desk) => match &desk.happening {
                Happening::Files(files) => vec![
                    Effect::Telegram {
                        chat: ChatId(101),
                        send: Send::Files {
                            issue: desk.issue.id,
                            files: files.clone(),
                            caption: "Файл".into(),
                            silent: false,
                        },
                        about: None,
                    },
                    say(101, "дальше"),
                ],
                _ => vec![],
            },
            _ => vec![],
        })
        .await;
    let faults = rig.okdesk.faults();
    faults.on("files.download").always(DeskFault::DropBefore);
    let began = rig.clock.now();
    let files = [("акт.pdf", vec![1_u8; 1000])];
    rig.okdesk
        .staff("Пётр")
        .add_files(issue, true, files)
        .unwrap();
    tokio::time::timeout(3 * PATIENCE, async {
        while said(&anna, "дальше") == 0 {
            rig.clock.advance(Duration::from_millis(400));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the chat is held up");
    let minutes = (rig.clock.now() - began) / 60_000;
    bridge.stop().await;
    assert!(minutes < 15, "after {minutes} min");
    let link = anna
        .chat()
        .from_bot()
        .into_iter()
        .find(|message| message.text.contains("акт.pdf"))
        .expect("the file is named");
    assert!(link.html.contains("https://portal.example.org/issues/"));
}

#[tokio::test]
async fn files_arrive_byte_for_byte_and_the_lost_ones_are_named() {
    let rig = Rig::new().await.with("TELEGRAM_DOWNLOAD_LIMIT_MB", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    let (decide, mut told) = telling(comment_on(issue, contact));
    let bridge = rig.start(decide).await;
    let content: Vec<u8> = (0..200_000_u32)
        .flat_map(u32::to_le_bytes)
        .take(700_000)
        .collect();
    anna.caption("Счёт")
        .send_document("Счёт № 17.pdf", "application/pdf", content.clone());
    until_said(&anna, "сохранено").await;
    let sent = rig.okdesk.recorder().last("comments.create").unwrap();
    let (_, bytes) = sent.file("comment[attachments][0][attachment]").unwrap();
    assert_eq!(bytes.as_ref(), content);

    anna.caption("Велик").send_document(
        "фильм.bin",
        "application/octet-stream",
        vec![0; 1_100_000],
    );
    let lost = next(&mut told, |event| match event {
        Event::Answer(answer) => match &answer.outcome {
            Outcome::Done(Reply::CommentCreated { lost, .. }) if !lost.is_empty() => {
                Some(lost.clone())
            }
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!(
        (lost[0].name.as_str(), lost[0].reason),
        ("фильм.bin", LostReason::TooLarge)
    );
    assert_eq!(
        rig.telegram.calls_of("getFile").len(),
        1,
        "the large one was not even asked for"
    );
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["Счёт", "Велик"]);
}

#[tokio::test]
async fn fil_08_pictures_come_as_an_album_other_files_as_documents_and_the_rest_as_links() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let (_, issue) = issue(&rig);
    let decide = |_: &mut Scene, event: &Event| match event {
        Event::Desk(desk) => match &desk.happening {
            Happening::Files(files) => {
                let mut files = files.clone();
                files.push(RemoteFile {
                    id: okdesk_sdk::model::AttachmentId::new(9_999),
                    name: "архив <1>.zip".into(),
                    size: 60 * 1024 * 1024,
                });
                let send = Send::Files {
                    issue: desk.issue.id,
                    files,
                    caption: "<b>Файлы</b>".into(),
                    silent: false,
                };
                vec![Effect::Telegram {
                    chat: ChatId(101),
                    send,
                    about: None,
                }]
            }
            _ => vec![],
        },
        _ => vec![],
    };
    let bridge = rig.start(decide).await;
    let picture = tiny_png();
    let document = vec![7_u8; 300_000];
    rig.okdesk
        .staff("Пётр")
        .add_files(
            issue,
            true,
            [
                ("a.png", picture.clone()),
                ("b.png", picture.clone()),
                ("акт.pdf", document.clone()),
            ],
        )
        .unwrap();
    let link = until_said(&anna, "📎 архив <1>.zip").await;
    assert!(
        link.html
            .contains(&format!("https://portal.example.org/issues/{issue}")),
        "{}",
        link.html
    );
    let album = rig.telegram.calls_of("sendMediaGroup");
    assert_eq!(album.len(), 1);
    assert!(
        album[0]
            .files
            .iter()
            .all(|file| file.bytes.as_ref() == picture),
        "both pictures, unchanged"
    );
    assert_eq!(album[0].files.len(), 2);
    let sent = rig.telegram.calls_of("sendDocument");
    assert_eq!(sent[0].files[0].bytes.as_ref(), document);
    assert_eq!(sent[0].files[0].name, "акт.pdf");
    bridge.stop().await;
    assert!(
        rig.telegram.violations().is_empty(),
        "{:?}",
        rig.telegram.violations()
    );
}

/// One grey pixel.
fn tiny_png() -> Vec<u8> {
    let mut png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    png.extend([0, 0, 0, 13]);
    png.extend(b"IHDR");
    png.extend([
        0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55,
    ]);
    png.extend([0, 0, 0, 10]);
    png.extend(b"IDAT");
    png.extend([
        0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6,
    ]);
    png.extend([0, 0, 0, 0]);
    png.extend(b"IEND");
    png.extend([0xae, 0x42, 0x60, 0x82]);
    png
}

#[tokio::test]
async fn a_picture_telegram_does_not_show_goes_as_a_document() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let (_, issue) = issue(&rig);
    let refused = Fault::Refuse {
        code: 400,
        description: "Bad Request: PHOTO_INVALID_DIMENSIONS".into(),
    };
    rig.telegram
        .faults()
        .add(FaultRule::new(refused).method("sendPhoto"));
    let decide = |_: &mut Scene, event: &Event| match event {
        Event::Desk(desk) => match &desk.happening {
            Happening::Files(files) => {
                let send = Send::Files {
                    issue: desk.issue.id,
                    files: files.clone(),
                    caption: String::new(),
                    silent: false,
                };
                vec![Effect::Telegram {
                    chat: ChatId(101),
                    send,
                    about: None,
                }]
            }
            _ => vec![],
        },
        _ => vec![],
    };
    let bridge = rig.start(decide).await;
    let picture = tiny_png();
    rig.okdesk
        .staff("Пётр")
        .add_files(issue, true, [("схема.png", picture.clone())])
        .unwrap();
    let call = rig
        .telegram
        .wait_for_call(|call| call.method == "sendDocument", PATIENCE)
        .await
        .unwrap();
    assert_eq!(call.files[0].bytes.as_ref(), picture);
    bridge.stop().await;
}

#[tokio::test]
async fn an_album_of_the_client_keeps_its_files() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (decide, mut told) = telling(|_, _| vec![]);
    let bridge = rig.start(decide).await;
    anna.caption("Вид сбоку")
        .send_album([Attachment::photo(tiny_png()), Attachment::photo(tiny_png())]);
    let mut files: Vec<IncomingFile> = Vec::new();
    while files.len() < 2 {
        files.push(
            next(&mut told, |event| match &message_of(event)?.content {
                Content::File(file) => Some(file.clone()),
                _ => None,
            })
            .await,
        );
    }
    bridge.stop().await;
}
