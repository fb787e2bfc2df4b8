//! The client's half of the page: reads the chats as their owners see them, and does what they do.

use super::bot_api::{Attachment, ChatView, MessageView, User};
use super::cast::{self, Client, Note};
use super::http::{Answer, Form, FormFile, Refusal, done, file, json, read_json};
use super::stage::Stage;
use hyper::body::Incoming;
use hyper::{Method, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything the left half shows.
#[derive(Serialize)]
struct State<'a> {
    bot: Bot,
    clients: Vec<Portrait<'a>>,
    chats: BTreeMap<i64, Chat>,
}

#[derive(Serialize)]
struct Bot {
    name: &'static str,
}

#[derive(Serialize)]
struct Portrait<'a> {
    id: i64,
    first_name: &'a str,
    last_name: &'a str,
    note: Note,
}

impl<'a> Portrait<'a> {
    fn of(client: &'a Client) -> Self {
        let Client {
            user,
            first_name,
            last_name,
            note,
        } = client;
        Self {
            id: user.id(),
            first_name,
            last_name,
            note: *note,
        }
    }
}

#[derive(Serialize)]
struct Chat {
    #[serde(flatten)]
    view: ChatView,
    messages: Vec<MessageView>,
    commands: serde_json::Value,
    /// Answers to pressed buttons, shown for a moment each.
    toasts: Vec<String>,
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

pub(super) async fn route(
    stage: &Stage,
    path: &[&str],
    request: Request<Incoming>,
) -> Result<Answer, Refusal> {
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

fn state(stage: &Stage) -> State<'_> {
    let chat = |client: &Client| {
        let (id, chat) = (client.user.id(), client.user.chat());
        let commands = stage.telegram.commands(id);
        Some((
            id,
            Chat {
                view: chat.view()?,
                messages: chat.messages(),
                commands,
                toasts: chat.toasts(),
            },
        ))
    };
    State {
        bot: Bot {
            name: cast::BOT_NAME,
        },
        clients: stage.clients.iter().map(Portrait::of).collect(),
        chats: stage.clients.iter().filter_map(chat).collect(),
    }
}

fn user<'a>(stage: &'a Stage, id: &str) -> Result<&'a User, Refusal> {
    let id: i64 = id.parse().map_err(|_| Refusal::absent())?;
    let client = stage.clients.iter().find(|client| client.user.id() == id);
    client
        .map(|client| &client.user)
        .ok_or_else(Refusal::absent)
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
            user.press_on(message, &data)
                .map_err(|error| Refusal::bad(error.to_string()))?;
        }
        "edit" => {
            let Edit { message, text } = read_json(request).await?;
            user.edit(message, &text)
                .map_err(|error| Refusal::bad(error.to_string()))?;
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
    let mut files: Vec<Attachment> = form
        .files
        .into_iter()
        .map(|file| attachment(file, as_media))
        .collect();
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
    let bytes = stage.telegram.file(id).ok_or_else(Refusal::absent)?;
    let mut views = stage
        .clients
        .iter()
        .flat_map(|client| client.user.chat().all_messages());
    let told = views
        .find_map(|message| message.files.into_iter().find(|file| file.file_id == id))
        .and_then(|file| file.mime);
    // Telegram calls every photo a JPEG; the first bytes tell what it is.
    let mime = match bytes.as_ref() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', ..] => "image/gif",
        _ => told.as_deref().unwrap_or("application/octet-stream"),
    };
    Ok(file(mime, bytes))
}
