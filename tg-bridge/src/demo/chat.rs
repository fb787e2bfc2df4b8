//! The client's half of the page: reads the chats as their owners see them, and does what they do.

use super::Stage;
use super::bot_api::{Attachment, ChatView, MessageView, User};
use super::cast::{Client, Note};
use super::http::{Answer, Form, FormFile, Refusal, done, file, json, read_json};
use hyper::body::Incoming;
use hyper::{Method, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything the left half shows.
#[derive(Serialize)]
struct State {
    bot: Bot,
    commands: serde_json::Value,
    clients: Vec<Portrait>,
    chats: BTreeMap<i64, Chat>,
}

#[derive(Serialize)]
struct Bot {
    name: &'static str,
}

#[derive(Serialize)]
struct Portrait {
    id: i64,
    first_name: &'static str,
    last_name: &'static str,
    note: Note,
}

#[derive(Serialize)]
struct Chat {
    #[serde(flatten)]
    view: ChatView,
    messages: Vec<MessageView>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    reply_to: Option<i64>,
}

#[derive(Deserialize)]
struct Press {
    message: i64,
    data: String,
}

#[derive(Deserialize)]
struct Edit {
    message: i64,
    text: String,
}

#[derive(Deserialize)]
struct Block {
    blocked: bool,
}

pub(super) async fn route(stage: &Stage, path: &[&str], request: Request<Incoming>) -> Result<Answer, Refusal> {
    match (request.method(), path) {
        (&Method::GET, []) => json(&state(stage)),
        (&Method::GET, ["violations"]) => json(&stage.telegram.violations()),
        (&Method::GET, ["file", id]) => sent_file(stage, id),
        (&Method::POST, [client, what]) => {
            let user = user(stage, client)?;
            act(user, what, request).await
        }
        _ => Err(Refusal::absent()),
    }
}

fn state(stage: &Stage) -> State {
    let portrait = |client: &Client| Portrait {
        id: client.user.id(),
        first_name: client.first_name,
        last_name: client.last_name,
        note: client.note,
    };
    let chat = |client: &Client| {
        let chat = client.user.chat();
        Some((client.user.id(), Chat { view: chat.view()?, messages: chat.messages() }))
    };
    State {
        bot: Bot { name: super::cast::BOT_NAME },
        commands: stage.telegram.commands(),
        clients: stage.clients.iter().map(portrait).collect(),
        chats: stage.clients.iter().filter_map(chat).collect(),
    }
}

fn user<'a>(stage: &'a Stage, id: &str) -> Result<&'a User, Refusal> {
    let id: i64 = id.parse().map_err(|_| Refusal::absent())?;
    let client = stage.clients.iter().find(|client| client.user.id() == id);
    client.map(|client| &client.user).ok_or_else(Refusal::absent)
}

async fn act(user: &User, what: &str, request: Request<Incoming>) -> Result<Answer, Refusal> {
    match what {
        "text" => {
            let Text { text, reply_to } = read_json(request).await?;
            answering(user, reply_to).send_text(&text);
        }
        "files" => send_files(user, Form::read(request).await?)?,
        "contact" => {
            user.share_contact();
        }
        "press" => {
            let Press { message, data } = read_json(request).await?;
            user.press_on(message, &data).map_err(|error| Refusal::bad(error.to_string()))?;
        }
        "edit" => {
            let Edit { message, text } = read_json(request).await?;
            user.edit(message, &text).map_err(|error| Refusal::bad(error.to_string()))?;
        }
        "block" => match read_json::<Block>(request).await?.blocked {
            true => user.block(),
            false => user.unblock(),
        },
        _ => return Err(Refusal::absent()),
    }
    done()
}

fn answering(user: &User, message: Option<i64>) -> User {
    message.map_or_else(|| user.clone(), |message| user.reply_to(message))
}

/// One file is a message, several are an album, as Telegram's programs send them.
fn send_files(user: &User, form: Form) -> Result<(), Refusal> {
    let as_media = form.text("as") == "media";
    let user = answering(user, form.number("reply_to")).caption(form.text("caption"));
    let mut files: Vec<Attachment> = form.files.into_iter().map(|file| attachment(file, as_media)).collect();
    match files.len() {
        0 => return Err(Refusal::bad("there is no file")),
        1 => {
            files.pop().map(|file| user.send_file(file));
        }
        2..=10 => {
            user.send_album(files);
        }
        _ => return Err(Refusal::bad("an album has ten files at most")),
    }
    Ok(())
}

fn attachment(FormFile { name, bytes }: FormFile, as_media: bool) -> Attachment {
    let mime = mime_guess::from_path(&name).first_or_octet_stream();
    match mime.type_().as_str() {
        "image" if as_media => Attachment::photo(bytes),
        "video" if as_media => Attachment::video(&name, bytes),
        _ => Attachment::document(&name, mime.essence_str(), bytes),
    }
}

/// A file of any chat, by the id that the messages name.
fn sent_file(stage: &Stage, id: &str) -> Result<Answer, Refusal> {
    let mut views = stage.clients.iter().flat_map(|client| client.user.chat().all_messages());
    let found = views.find_map(|message| message.files.into_iter().find(|file| file.file_id == id));
    let found = found.ok_or_else(Refusal::absent)?;
    // What Telegram calls a photo may be of any image type; the first bytes tell it, as browsers do.
    let mime = match found.bytes.as_ref() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', ..] => "image/gif",
        _ => found.mime.as_deref().unwrap_or("application/octet-stream"),
    };
    Ok(file(mime, found.bytes))
}
