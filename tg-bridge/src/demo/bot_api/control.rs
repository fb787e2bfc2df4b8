//! `/_tg/`: the people's side over HTTP, for a web page and for tests that use HTTP only. The table is in `mod.rs`.

use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::{Method, Request};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

use super::chat::{ChatKind, Person};
use super::faults::FaultRule;
use super::files::MediaKind;
use super::params::{self, Params, Part};
use super::server::{Reply, Shared, content, read_body, status_json};
use super::users::{Attachment, User};
use super::world::{Extras, World};
use super::{methods, new_group, stream, view};

/// What went wrong, with its status.
type Failure = (u16, String);

/// Serves everything below `/_tg`.
pub(super) async fn answer(shared: Arc<Shared>, path: String, request: Request<Incoming>) -> Reply {
    let origin = shared.settings.allow_origin.clone();
    let mut reply = match route(shared, &path, request).await {
        Ok(reply) => reply,
        Err((status, error)) => status_json(status, &json!({"error": error})),
    };
    if let Some(Ok(origin)) = origin.map(|origin| HeaderValue::from_str(&origin)) {
        reply
            .headers_mut()
            .insert("Access-Control-Allow-Origin", origin);
        reply.headers_mut().insert(
            "Access-Control-Allow-Headers",
            HeaderValue::from_static("content-type"),
        );
        reply.headers_mut().insert(
            "Access-Control-Allow-Methods",
            HeaderValue::from_static("GET, POST, DELETE"),
        );
    }
    reply
}

async fn route(
    shared: Arc<Shared>,
    path: &str,
    request: Request<Incoming>,
) -> Result<Reply, Failure> {
    let method = request.method().clone();
    if method == Method::OPTIONS {
        return Ok(status_json(204, &Value::Null));
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if method == Method::GET && parts == ["events"] {
        return events(&shared, &request).await;
    }
    if let (&Method::GET, ["files", id]) = (&method, parts.as_slice()) {
        return file(&shared, id);
    }
    let params = read(request).await?;
    let result = match (&method, parts.as_slice()) {
        (&Method::GET, ["state"]) => shared.read(state),
        (&Method::GET, ["calls"]) => {
            let after = params
                .integer("after")
                .and_then(|after| usize::try_from(after).ok())
                .unwrap_or(0);
            shared.read(|world| json!(world.history.calls.iter().skip(after).collect::<Vec<_>>()))
        }
        (&Method::GET, ["violations"]) => shared.read(|world| json!(world.history.violations)),
        (&Method::GET, ["faults"]) => shared.read(|world| json!(world.faults.rules)),
        (&Method::POST, ["faults"]) => {
            let rule: FaultRule =
                serde_json::from_value(Value::Object(params.fields)).map_err(bad)?;
            super::Faults {
                shared: Arc::clone(&shared),
            }
            .add(rule);
            Value::Null
        }
        (&Method::DELETE, ["faults"]) => {
            super::Faults {
                shared: Arc::clone(&shared),
            }
            .clear();
            Value::Null
        }
        (&Method::POST, ["users"]) => shared.change(|world| user(world, &params))?,
        (&Method::POST, ["groups"]) => group(&shared, &params)?,
        (&Method::GET, ["chats", id]) => shared.read(|world| chat(world, id_of(id)?))?,
        (&Method::GET, ["chats", id, "messages"]) => {
            let (id, after) = (id_of(id)?, params.integer("after").unwrap_or(0));
            let mut messages = shared.read(|world| view::messages(world, id));
            messages.retain(|message| message.id > after);
            json!(messages)
        }
        (&Method::POST, ["chats", id, act]) => act_in_chat(&shared, id_of(id)?, act, params)?,
        _ => return Err((404, format!("no such address: {method} /_tg{path}"))),
    };
    Ok(status_json(200, &result))
}

async fn read(request: Request<Incoming>) -> Result<Params, Failure> {
    let query = request.uri().query().map(str::to_owned);
    let kind = request
        .headers()
        .get("Content-Type")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let readable = async {
        let body = read_body(request).await?;
        params::read(query.as_deref(), kind.as_deref(), body).await
    };
    readable
        .await
        .map_err(|refusal| (refusal.code, refusal.description))
}

async fn events(shared: &Arc<Shared>, request: &Request<Incoming>) -> Result<Reply, Failure> {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let mut params = Params::default();
    params.add_urlencoded(request.uri().query().unwrap_or_default().as_bytes());
    let resumed = header("Last-Event-ID").and_then(|id| id.parse().ok());
    let after = resumed.or_else(|| {
        params
            .integer("after")
            .and_then(|after| u64::try_from(after).ok())
    });
    let after = after.unwrap_or_else(|| shared.read(|world| world.events.last()));
    if header("Accept").is_some_and(|accept| accept.contains("text/event-stream")) {
        return Ok(stream::open(Arc::clone(shared), after));
    }
    let seconds = params.integer("timeout").unwrap_or(0).clamp(0, 60);
    let find = || {
        let events = shared.read(|world| world.events.after(after));
        (!events.is_empty()).then_some(events)
    };
    let patience = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let events = shared.wait_until(find, patience).await.unwrap_or_default();
    let last = events.last().map_or(after, |event| event.seq);
    Ok(status_json(200, &json!({"events": events, "last": last})))
}

fn file(shared: &Shared, id: &str) -> Result<Reply, Failure> {
    let found = shared.read(|world| world.files.get(id).cloned());
    let stored = found.ok_or_else(|| (404, "no such file".to_owned()))?;
    let mime = stored
        .mime
        .unwrap_or_else(|| "application/octet-stream".into());
    // Only what cannot run a script is shown in place; the rest is downloaded.
    let shown = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "video/",
        "audio/",
        "text/plain",
    ];
    let inline = shown.iter().any(|kind| mime.starts_with(kind));
    let mut reply = content(
        if inline {
            &mime
        } else {
            "application/octet-stream"
        },
        stored.bytes,
    );
    let headers = reply.headers_mut();
    headers.insert(
        "X-Content-Type-Options",
        HeaderValue::from_static("nosniff"),
    );
    if !inline {
        headers.insert(
            "Content-Disposition",
            HeaderValue::from_static("attachment"),
        );
    }
    Ok(reply)
}

fn state(world: &World) -> Value {
    let users = world.people.values().map(|person| {
        let mut user = person.to_json();
        user["phone"] = person.phone.clone().into();
        user
    });
    let chats = world.chats.keys().filter_map(|id| view::chat(world, *id));
    json!({
        "bot": world.bot_json(),
        "users": users.collect::<Vec<_>>(),
        "chats": chats.collect::<Vec<_>>(),
        "last_event": world.events.last(),
    })
}

fn chat(world: &World, id: i64) -> Result<Value, Failure> {
    let chat = view::chat(world, id).ok_or_else(|| (404, "no such chat".to_owned()))?;
    let mut messages = view::messages(world, id);
    messages.retain(|message| !message.deleted);
    let language = world
        .people
        .get(&id)
        .and_then(|person| person.language_code.as_deref());
    Ok(
        json!({"chat": chat, "messages": messages, "commands": methods::seen_commands(world, id, language)}),
    )
}

fn user(world: &mut World, params: &Params) -> Result<Value, Failure> {
    let id = params
        .integer("id")
        .filter(|id| *id > 0)
        .ok_or_else(|| (400, "`id` is not a positive number".into()))?;
    let person = world
        .people
        .entry(id)
        .or_insert_with(|| Person::new(id, "User"));
    if let Some(name) = params.text("first_name") {
        person.first_name = name;
    }
    if let Some(phone) = params.text("phone") {
        person.phone = phone;
    }
    for (key, place) in [
        ("last_name", &mut person.last_name),
        ("username", &mut person.username),
        ("language_code", &mut person.language_code),
    ] {
        if let Some(value) = params.text(key) {
            *place = Some(value);
        }
    }
    let answer = person.to_json();
    world.private_chat(id);
    Ok(answer)
}

fn group(shared: &Arc<Shared>, params: &Params) -> Result<Value, Failure> {
    let by = params
        .integer("by")
        .ok_or_else(|| (400, "`by` is missing".to_owned()))?;
    let title = params.text("title").unwrap_or_else(|| "Group".into());
    let forum = params.flag("forum");
    let kind = if forum || params.flag("supergroup") {
        ChatKind::Supergroup
    } else {
        ChatKind::Group
    };
    let id = shared.change(|world| {
        if !world.people.contains_key(&by) {
            return Err((404, "no such user".to_owned()));
        }
        Ok(new_group(world, &title, by, kind, forum))
    })?;
    super::Chat::new(Arc::clone(shared), id).add_bot(by);
    Ok(json!({"chat_id": id}))
}

fn act_in_chat(
    shared: &Arc<Shared>,
    chat: i64,
    act: &str,
    params: Params,
) -> Result<Value, Failure> {
    let from = params
        .integer("from")
        .or_else(|| params.integer("by"))
        .unwrap_or(chat);
    let known =
        shared.read(|world| world.chats.contains_key(&chat) && world.people.contains_key(&from));
    if !known {
        return Err((404, "no such chat or user".into()));
    }
    let mut user = User::new(Arc::clone(shared), from)
        .in_chat(chat)
        .with(Extras {
            reply_to: params.integer("reply_to"),
            quote: params.text("quote"),
            thread: params.integer("thread"),
            ..Extras::default()
        });
    let required = |key: &str| {
        params
            .text(key)
            .ok_or_else(|| (400, format!("`{key}` is missing")))
    };
    let number = |key: &str| {
        params
            .integer(key)
            .ok_or_else(|| (400, format!("`{key}` is not a number")))
    };
    Ok(match act {
        "send" if !params.files.is_empty() => {
            if let Some(caption) = params.text("caption").or_else(|| params.text("text")) {
                user = user.caption(&caption);
            }
            let kind = params.text("kind");
            let mut files = params
                .files
                .into_iter()
                .map(|(_, part)| attachment(part, kind.as_deref()))
                .collect::<Vec<_>>();
            match (files.pop(), files.is_empty()) {
                (Some(only), true) => json!([user.send_file(only)]),
                (Some(last), false) => {
                    files.push(last);
                    json!(user.send_album(files))
                }
                (None, _) => Value::Null,
            }
        }
        "send" => json!([user.send_text(&required("text")?)]),
        "raw" => json!(user.send_raw(params.fields.get("fields").cloned().unwrap_or_default())),
        "contact" => match params.text("phone_number") {
            None => json!(user.share_contact()),
            Some(phone) => {
                let name = params.text("first_name").unwrap_or_default();
                json!(user.share_contact_of(&phone, &name, params.integer("user_id")))
            }
        },
        "location" => {
            let degrees = |key: &str| {
                params
                    .number(key)
                    .ok_or_else(|| (400, format!("`{key}` is not a number")))
            };
            json!(user.send_location(degrees("latitude")?, degrees("longitude")?))
        }
        "press" => {
            let button = required("button")?;
            let pressed = match params.integer("message_id") {
                Some(message) => user.press_on(message, &button),
                None => user.press(&button),
            };
            json!({"query": pressed.map_err(bad)?})
        }
        "edit" => json!(
            user.edit(number("message_id")?, &required("text")?)
                .map_err(bad)?
        ),
        "block" => {
            user.block();
            Value::Null
        }
        "unblock" => {
            user.unblock();
            Value::Null
        }
        "migrate" => {
            let new = user
                .chat()
                .migrate(from)
                .ok_or_else(|| (409, "not a small group".to_owned()))?;
            json!({"chat_id": new.id()})
        }
        _ => return Err((404, format!("nobody can {act:?}"))),
    })
}

/// The kind as given, or as a client would choose it by the MIME type.
fn attachment(part: Part, kind: Option<&str>) -> Attachment {
    let guessed = mime_guess::from_path(&part.name).first_raw();
    let mime = part
        .mime
        .clone()
        .or(guessed.map(str::to_owned))
        .unwrap_or_default();
    let by_mime = match mime.split('/').next() {
        Some("image") if mime != "image/svg+xml" => MediaKind::Photo,
        Some("video") => MediaKind::Video,
        Some("audio") => MediaKind::Audio,
        _ => MediaKind::Document,
    };
    let kind = kind.and_then(MediaKind::from_field).unwrap_or(by_mime);
    Attachment::new(
        kind,
        &part.name,
        Some(mime.as_str()).filter(|mime| !mime.is_empty()),
        part.bytes,
    )
}

fn id_of(text: &str) -> Result<i64, Failure> {
    text.parse()
        .map_err(|_| (400, format!("{text:?} is not a chat id")))
}

fn bad(error: impl std::fmt::Display) -> Failure {
    (400, error.to_string())
}
