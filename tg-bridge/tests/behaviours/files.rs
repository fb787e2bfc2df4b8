//! Files, both ways.

use crate::client::Client;
use crate::rig::{Rig, Setup, picture};
use okdesk_sdk::model::{AttachmentId, IssueId};
use okdesk_sdk::testing::{Fault, Simulator};
use serde_json::{Value, json};
use std::time::Duration;
use tg_bridge::demo::bot_api::{self, Attachment, BotApi, FaultRule, MediaKind, MessageView};
use tg_bridge::telegram::Action;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const MB: usize = 1 << 20;

async fn anna_and_issue(rig: &Rig) -> (Client<'_>, IssueId) {
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    (anna, issue)
}

/// The next message goes to the issue as a comment.
async fn about_to_comment(anna: &Client<'_>, issue: IssueId) {
    anna.writes("/issues");
    let list = anna.sees("Открытые заявки").await;
    anna.presses_on(&list, Action::Issue(issue));
    anna.presses(Action::Comment(issue)).await;
    anna.sees("Напишите комментарий").await;
}

fn files_of(messages: &[MessageView]) -> Vec<String> {
    let files = messages.iter().flat_map(|message| &message.files);
    files
        .map(|file| format!("{} {}", file.kind, file.name.clone().unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn fil_01_an_album_is_one_comment_with_the_caption_once() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    about_to_comment(&anna, issue).await;
    let photos: Vec<_> = (0..6)
        .map(|shade| Attachment::photo(picture(shade)))
        .collect();
    let album = anna.user.caption("шесть снимков").send_album(photos);
    anna.sees("Передано").await;
    rig.rest().await;
    let [comment] = rig.comments_of(issue).try_into().unwrap();
    assert_eq!(comment["content"], "шесть снимков");
    let mut files: Vec<Vec<u8>> = rig
        .files_of(&comment)
        .into_iter()
        .map(|file| file.1)
        .collect();
    let mut wanted: Vec<Vec<u8>> = (0..6).map(picture).collect();
    files.sort();
    wanted.sort();
    assert!(files == wanted, "{} of 6", files.len());

    // One more part of the same album, long after the others.
    let updates = rig.telegram.updates();
    let part = updates
        .iter()
        .rfind(|update| update["message"]["media_group_id"].as_str() == album[0].album.as_deref());
    let mut late = part.unwrap()["message"].clone();
    late["message_id"] = json!(album[5].id + 1000);
    rig.telegram.push_update("message", late);
    anna.sees("Передано").await;
    rig.rest().await;
    let comments = rig.comments_of(issue);
    assert_eq!(comments.len(), 2);
    assert_eq!(rig.files_of(&comments[1])[0].1, picture(5));
    assert_eq!(rig.files_of(&comments[0]).len(), 6);
}

#[tokio::test]
async fn fil_02_every_kind_of_file_arrives_with_a_name_and_a_type() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let kinds = [
        (MediaKind::Photo, "x.jpg", "image/jpeg", ".jpg"),
        (
            MediaKind::Document,
            "Отчёт за май.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ".xlsx",
        ),
        (MediaKind::Video, "ролик.mp4", "video/mp4", ".mp4"),
        (MediaKind::Animation, "смешное.mp4", "video/mp4", ".mp4"),
        (MediaKind::Audio, "песня.mp3", "audio/mpeg", ".mp3"),
        (MediaKind::Voice, "x.oga", "audio/ogg", ".ogg"),
        (MediaKind::VideoNote, "x.mp4", "video/mp4", ".mp4"),
        (MediaKind::Sticker, "x.webp", "image/webp", ".webp"),
    ];
    let own = anna
        .user
        .chat()
        .messages()
        .into_iter()
        .find(|one| one.text == "Не печатает принтер")
        .unwrap();
    for (number, (kind, name, mime, ending)) in kinds.into_iter().enumerate() {
        let bytes = match kind {
            MediaKind::Photo | MediaKind::Sticker => picture(9),
            _ => vec![u8::try_from(number).unwrap(); 2000],
        };
        let file = Attachment::new(kind, name, Some(mime), bytes.clone());
        anna.user.reply_to(own.id).send_file(file);
        anna.sees("Передано").await;
        rig.rest().await;
        let comment = rig.comments_of(issue).pop().unwrap();
        let [(held, content)] = rig.files_of(&comment).try_into().unwrap();
        assert!(content == bytes, "{kind:?}");
        assert!(held.ends_with(ending), "{kind:?}: {held}");
        let keeps_name = matches!(
            kind,
            MediaKind::Document | MediaKind::Video | MediaKind::Audio | MediaKind::Animation
        );
        assert!(!keeps_name || held == name, "{held}");
        assert!(
            !held.contains("AgAC") && held.len() < 60,
            "a name for people: {held}"
        );
        let call = rig.okdesk.recorder().last("comments.create").unwrap();
        assert!(
            call.content_type
                .unwrap()
                .starts_with("multipart/form-data")
        );
        let body = String::from_utf8_lossy(&call.body).to_ascii_lowercase();
        assert!(body.contains(&format!("content-type: {mime}")), "{kind:?}");
        rig.later(Duration::from_secs(30)).await;
    }
    assert_eq!(rig.comments_of(issue).len(), 8);
    let uploads = rig
        .okdesk
        .recorder()
        .all()
        .into_iter()
        .filter(|call| call.path.contains("upload"));
    assert_eq!(uploads.count(), 0);
}

#[tokio::test]
async fn fil_02_a_name_that_could_lead_elsewhere_is_made_harmless() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    about_to_comment(&anna, issue).await;
    anna.user
        .send_document("../../etc/pass\"wd\r\n.txt", "text/plain", b"x".to_vec());
    anna.sees("Передано").await;
    rig.rest().await;
    let [(name, _)] = rig.files_of(&rig.comments_of(issue)[0]).try_into().unwrap();
    assert!(
        !name.contains(['/', '\\', '"', '\r', '\n']) && name.ends_with(".txt"),
        "{name:?}"
    );
}

#[tokio::test]
async fn fil_03_places_cards_and_polls_become_words() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let cases = [
        (
            json!({"location": {"latitude": 55.75, "longitude": 37.61}}),
            ["55.75", "37.61", "https://"],
        ),
        (
            json!({"venue": {"title": "Пекарня", "address": "ул. Мира, 5", "location": {"latitude": 55.7, "longitude": 37.6}},
                   "location": {"latitude": 55.7, "longitude": 37.6}}),
            ["Пекарня", "ул. Мира, 5", "55.7"],
        ),
        (
            json!({"contact": {"phone_number": "79990000001", "first_name": "Пётр", "last_name": "Мастер"}}),
            ["79990000001", "Пётр", "Мастер"],
        ),
        (
            json!({"poll": {"id": "1", "question": "Когда удобно?", "options": [
                {"text": "Утром", "voter_count": 0}, {"text": "Вечером", "voter_count": 0}],
                "total_voter_count": 0, "is_closed": false, "is_anonymous": true, "type": "regular",
                "allows_multiple_answers": false}}),
            ["Когда удобно?", "Утром", "Вечером"],
        ),
    ];
    for (fields, wanted) in cases {
        about_to_comment(&anna, issue).await;
        anna.user.send_raw(fields);
        anna.sees("Передано").await;
        rig.rest().await;
        let comment = rig.comments_of(issue).pop().unwrap();
        for words in wanted {
            assert!(
                comment["content"].as_str().unwrap().contains(words),
                "{words}: {comment:#}"
            );
        }
    }
    assert_eq!(rig.comments_of(issue).len(), 4);
}

#[tokio::test]
async fn fil_04_what_cannot_be_carried_is_said_at_once_and_its_caption_goes() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let kinds = [
        json!({"dice": {"emoji": "🎲", "value": 3}}),
        json!({"story": {"chat": {"id": 5, "type": "private"}, "id": 1}}),
        json!({"sticker": {"file_id": "CAAC", "file_unique_id": "u", "type": "regular", "width": 512, "height": 512,
            "is_animated": true, "is_video": false}}),
        json!({"something_of_the_future": {"x": 1}}),
    ];
    for fields in kinds {
        about_to_comment(&anna, issue).await;
        anna.user.send_raw(fields);
        let told = anna.sees("передать в заявку нельзя").await;
        assert!(
            told.text.contains("текст, фото, видео"),
            "what to do is said"
        );
        // The question is still open.
        anna.writes("тогда словами");
        anna.sees("Передано").await;
        rig.later(Duration::from_secs(30)).await;
    }
    about_to_comment(&anna, issue).await;
    anna.user.send_raw(
        json!({"paid_media": {"star_count": 1, "paid_media": []}, "caption": "слова под ним"}),
    );
    anna.sees("передать в заявку нельзя").await;
    anna.sees("Передано").await;
    rig.rest().await;
    let comments = rig.comments_of(issue);
    assert_eq!(comments.len(), 5);
    assert_eq!(comments[4]["content"], "слова под ним");
}

#[tokio::test]
async fn fil_05_a_file_too_large_is_said_before_it_is_tried() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    about_to_comment(&anna, issue).await;
    let film = Attachment::document("фильм.mkv", "video/x-matroska", vec![0; 20 * MB + 1]);
    anna.user.caption("снято вчера").send_file(film);
    let told = anna.sees("больше 20 МБ").await;
    assert!(told.text.contains("фильм.mkv"));
    let urls: Vec<_> = told
        .buttons
        .iter()
        .flatten()
        .filter_map(|button| button.url.clone())
        .collect();
    assert!(
        urls.iter().any(|url| url.starts_with(crate::rig::PORTAL)),
        "{urls:?}"
    );
    anna.sees("Передано").await;
    rig.rest().await;
    assert!(
        rig.telegram.calls_of("getFile").is_empty(),
        "it is not even asked for"
    );
    let [comment] = rig.comments_of(issue).try_into().unwrap();
    assert_eq!(comment["content"], "снято вчера");

    // In a new ticket, alone: the dialog goes on.
    anna.presses(Action::NewIssue).await;
    anna.user
        .send_document("фильм.mkv", "video/x-matroska", vec![0; 20 * MB + 1]);
    anna.sees("больше 20 МБ").await;
    anna.writes("Посмотрите фильм на портале");
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 2 создана").await;
}

#[tokio::test]
async fn fil_06_a_bot_api_server_of_ones_own_carries_large_files() {
    let folder = tempfile::tempdir().unwrap();
    let telegram = BotApi::builder()
        .local(folder.path())
        .start()
        .await
        .unwrap();
    let setup = Setup::with(Simulator::start().await, telegram);
    let rig = setup.set("TELEGRAM_DOWNLOAD_LIMIT_MB", 2000).start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    about_to_comment(&anna, issue).await;
    let bytes: Vec<u8> = (0..25 * MB)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect();
    anna.user
        .send_document("фильм.mkv", "video/x-matroska", bytes.clone());
    anna.sees("Передано").await;
    rig.rest().await;
    let [(name, content)] = rig.files_of(&rig.comments_of(issue)[0]).try_into().unwrap();
    assert!(name == "фильм.mkv" && content == bytes);
}

#[tokio::test]
async fn fil_07_files_that_did_not_arrive_are_named_to_both_sides() {
    for reason in ["refused", "gone"] {
        let rig = Rig::start().await;
        let (anna, issue) = anna_and_issue(&rig).await;
        about_to_comment(&anna, issue).await;
        if reason == "refused" {
            rig.okdesk
                .faults()
                .on("comments.create")
                .once(Fault::Status(413));
        } else {
            let fault = bot_api::Fault::Refuse {
                code: 400,
                description: "Bad Request: wrong file_id or the file is temporarily unavailable"
                    .into(),
            };
            rig.telegram
                .faults()
                .add(FaultRule::new(fault).method("getFile"));
        }
        anna.user.caption("вот акт").send_file(Attachment::document(
            "акт.pdf",
            "application/pdf",
            b"%PDF".to_vec(),
        ));
        let told = anna.sees("Не все файлы попали").await;
        assert!(
            told.text.contains("акт.pdf") && told.text.contains("№ 1"),
            "{}",
            told.text
        );
        anna.never_sees("сохранен").await;
        let comments = rig.comments_of(issue);
        let public: Vec<&Value> = comments
            .iter()
            .filter(|one| one["public"] == true)
            .collect();
        assert_eq!(public.len(), 1);
        assert_eq!(public[0]["content"], "вот акт");
        let notes = rig.notes_of(issue).join("\n");
        assert!(notes.contains("акт.pdf"), "{notes}");
        assert_eq!(anna.count("Не все файлы").await, 1);
    }
}

#[tokio::test]
async fn fil_07_a_passing_failure_is_repeated_until_the_files_are_there() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    about_to_comment(&anna, issue).await;
    rig.okdesk
        .faults()
        .on("comments.create")
        .times(2, Fault::DropMidUpload(200));
    rig.okdesk
        .faults()
        .on("comments.create")
        .after(2)
        .times(3, Fault::Status(503));
    anna.user
        .send_document("акт.pdf", "application/pdf", vec![5; MB]);
    anna.sees("Передано").await;
    rig.rest().await;
    let [comment] = rig.comments_of(issue).try_into().unwrap();
    assert!(rig.files_of(&comment)[0].1 == vec![5; MB]);
    anna.never_sees("Не все файлы").await;
}

#[tokio::test]
async fn fil_08_pictures_come_in_albums_other_files_alone_and_what_is_too_large_as_a_link() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let before = anna.messages().await;
    let mut comment = rig.staff().comment(issue, "Вот всё, что есть");
    for shade in 0..12 {
        comment = comment.attach(format!("снимок-{shade}.png"), picture(shade));
    }
    comment
        .attach("акт.pdf", &b"%PDF-1.4"[..])
        .attach("скан.jpg", vec![1; 10 * MB + 1])
        .attach("архив.zip", vec![2; 50 * MB + 1])
        .send()
        .unwrap();
    rig.rest().await;
    let sent = anna.user.chat().from_bot().split_off(before);
    let albums: Vec<usize> = rig
        .telegram
        .calls_of("sendMediaGroup")
        .iter()
        .map(|call| call.files.len())
        .collect();
    assert_eq!(albums, [10, 2]);
    let documents = ["document акт.pdf", "document скан.jpg"].map(str::to_owned);
    let files = files_of(&sent);
    assert!(
        documents.iter().all(|document| files.contains(document)),
        "{files:?}"
    );
    let link = sent
        .iter()
        .find(|message| message.text.contains("архив.zip"))
        .expect("a link");
    assert!(
        link.html
            .contains(&format!("{}issues/1", crate::rig::PORTAL)),
        "{}",
        link.html
    );
    assert_eq!(
        sent.iter()
            .filter(|message| message.text.contains("Вот всё"))
            .count(),
        1
    );
}

#[tokio::test]
async fn fil_08_what_telegram_refuses_goes_less_beautifully_and_at_last_as_a_link() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    // No picture at all: Telegram refuses it as a photo, and takes it as a file.
    rig.forgives("IMAGE_PROCESS_FAILED");
    rig.forgives("PHOTO_INVALID_DIMENSIONS");
    rig.staff()
        .comment(issue, "")
        .attach("снимок.png", &b"not a picture"[..])
        .send()
        .unwrap();
    let sent = anna
        .sees_where("the file", |message| !message.files.is_empty())
        .await;
    assert_eq!(files_of(&[sent]), ["document снимок.png"]);

    let refusal = bot_api::Fault::Refuse {
        code: 400,
        description: "Bad Request: file is no good".into(),
    };
    rig.telegram
        .faults()
        .add(FaultRule::new(refusal).method("sendDocument"));
    rig.staff()
        .comment(issue, "")
        .attach("акт.pdf", &b"%PDF"[..])
        .send()
        .unwrap();
    let link = anna.sees("акт.pdf").await;
    assert!(
        link.files.is_empty() && link.html.contains("/issues/1"),
        "{}",
        link.html
    );
}

#[tokio::test]
async fn fil_08_a_file_that_is_gone_is_named_and_the_others_come() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let gone = rig.okdesk.faults().on("issues.attachment_get").after(1);
    gone.once(Fault::Status(404));
    let mut comment = rig.staff().comment(issue, "Смотрите");
    for shade in 0..3 {
        comment = comment.attach(format!("снимок-{shade}.png"), picture(shade));
    }
    comment.send().unwrap();
    rig.rest().await;
    let albums = rig.telegram.calls_of("sendMediaGroup");
    let names: Vec<_> = albums[0].files.iter().map(|file| &file.name).collect();
    assert_eq!(names, ["снимок-0.png", "снимок-2.png"]);
    let named = anna.sees("снимок-1.png").await;
    assert!(named.html.contains("/issues/1"), "{}", named.html);
    assert_eq!(anna.count("снимок-1.png").await, 1);
}

#[tokio::test]
async fn fil_09_a_file_that_is_not_public_is_never_sent() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let staff = rig.staff();
    staff
        .add_files(issue, false, [("смета.xlsx", "секрет")])
        .unwrap();
    staff
        .comment(issue, "внутри")
        .internal()
        .attach("план.pdf", "секрет")
        .send()
        .unwrap();
    staff
        .comment(issue, "Смотрите")
        .attach("можно.pdf", "%PDF")
        .attach("нельзя.pdf", "секрет")
        .send()
        .unwrap();
    anna.sees("Смотрите").await;
    rig.rest().await;
    // The same comment as Okdesk would tell of it were one of its files internal, or of unknown visibility.
    for hidden in [json!(false), Value::Null, json!("no idea")] {
        let mut hook = rig.last_hook("new_comment");
        hook["event"]["comment"]["id"] = json!(700_000 + hidden.to_string().len());
        let files = hook["event"]["attachments"].as_array_mut().unwrap();
        let (secret, open) = (&mut files[1].clone(), &mut files[0].clone());
        secret["id"] = json!(800_000);
        secret["is_public"] = hidden;
        secret["attachment_file_name"] = json!("тайна.pdf");
        open["id"] = files[0]["id"].clone();
        hook["event"]["attachments"] = json!([secret, open]);
        assert_eq!(rig.posts(&hook).await, 200);
    }
    rig.rest().await;
    let sent = files_of(&anna.user.chat().from_bot());
    for secret in ["смета.xlsx", "план.pdf", "тайна.pdf"] {
        assert!(!sent.iter().any(|file| file.contains(secret)), "{sent:?}");
        anna.never_sees(secret).await;
    }
    assert!(sent.contains(&"document можно.pdf".to_owned()), "{sent:?}");
}

#[tokio::test]
async fn fil_10_a_comment_does_not_bring_the_tickets_files_again() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = rig
        .okdesk
        .account()
        .issue("С файлами")
        .contact(anna.contact)
        .attach("акт.pdf", &b"%PDF"[..])
        .create();
    rig.staff()
        .add_files(issue, true, [("схема.pdf", "%PDF")])
        .unwrap();
    anna.sees_where("the new file", |message| !message.files.is_empty())
        .await;
    rig.comments(issue, "Посмотрел файлы");
    anna.sees("Посмотрел файлы").await;
    rig.sets(issue, "in_progress");
    anna.sees("В работе").await;
    rig.rest().await;
    assert_eq!(
        files_of(&anna.user.chat().from_bot()),
        ["document схема.pdf"]
    );
}

#[tokio::test]
async fn fil_11_the_api_token_goes_to_okdesk_alone() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    let token = rig.okdesk.token().to_owned();
    // The usual way: the simulator's file host refuses whoever brings a token along.
    rig.staff()
        .comment(issue, "")
        .attach("акт.pdf", &b"%PDF"[..])
        .send()
        .unwrap();
    anna.sees_where("the file", |message| !message.files.is_empty())
        .await;
    assert_ne!(rig.okdesk.files_url().port(), rig.okdesk.url().port());
    assert!(!rig.asked("files.download").is_empty());

    // Okdesk says that a file lies with somebody else.
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = elsewhere.accept().await.unwrap();
        let mut request = vec![0; 8192];
        let read = stream.read(&mut request).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
        stream.write_all(answer).await.unwrap();
        stream.shutdown().await.unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    rig.staff()
        .comment(issue, "")
        .attach("чужой.pdf", &b"hello"[..])
        .send()
        .unwrap();
    let hook = rig.last_hook("new_comment");
    let id = AttachmentId::new(hook["event"]["attachments"][0]["id"].as_u64().unwrap());
    let line = json!({
        "method": "GET", "path": format!("/api/v1/issues/{issue}/attachments/{id}"), "query": "", "status": 200,
        "answer": {"id": id.get(), "attachment_file_name": "чужой.pdf", "attachment_file_size": 5, "is_public": true,
            "attachment_url": format!("http://127.0.0.1:{port}/файл?x=1")},
    });
    rig.okdesk.replay(line.to_string().as_bytes()).unwrap();
    let request = asked.await.unwrap();
    assert!(request.starts_with("GET /"), "{request}");
    assert!(
        !request.contains(&token) && !request.to_ascii_lowercase().contains("api_token"),
        "{request}"
    );
    assert!(
        !request.to_ascii_lowercase().contains("authorization"),
        "{request}"
    );
    rig.rest().await;
}

#[tokio::test]
async fn fil_13_files_added_by_staff_arrive_once_with_the_ticket() {
    let rig = Rig::start().await;
    let (anna, issue) = anna_and_issue(&rig).await;
    rig.okdesk.webhooks().repeat(2);
    rig.staff()
        .add_files(
            issue,
            true,
            [("схема.pdf", "%PDF-1"), ("инструкция.pdf", "%PDF-2")],
        )
        .unwrap();
    anna.sees_where("the file", |message| !message.files.is_empty())
        .await;
    rig.rest().await;
    let all = anna.user.chat().from_bot();
    assert_eq!(
        files_of(&all),
        ["document схема.pdf", "document инструкция.pdf"]
    );
    let first = all
        .iter()
        .find(|message| !message.files.is_empty())
        .unwrap();
    assert!(first.text.contains("№ 1"), "{}", first.text);
}
