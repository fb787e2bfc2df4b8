//! Traffic as JSON lines: written while it happens, or answered from.

use std::collections::HashMap;
use std::io::{self, BufRead as _};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::recorded::Recorded;

/// Words that stand before something secret.
const SECRETS: &[&str] = &["password", "api_token", "api_key", "token", "login_link"];

/// A link that signs in is secret under whatever name it comes.
const SIGNS_IN: &str = "/login?token=";

/// One call as a line. Bodies that are no JSON are kept as text if they are short, else dropped.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    method: String,
    path: String,
    #[serde(default)]
    query: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Value>,
    status: Option<u16>,
    /// Kept as it is written, for the order of keys is part of an answer.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    answer: Option<&'a RawValue>,
}

/// The line of one call, without its secrets.
pub(crate) fn line(seen: &Recorded) -> String {
    let request =
        (!seen.body.is_empty()).then(|| match serde_json::from_slice::<Value>(&seen.body) {
            Ok(mut value) => {
                hide(&mut value);
                value
            }
            Err(_) => json!({ "content_type": seen.content_type, "bytes": seen.body.len() }),
        });
    let mut answer = String::from_utf8_lossy(&seen.answer).into_owned();
    let holds_secrets = SECRETS
        .iter()
        .any(|secret| answer.contains(&format!("\"{secret}\":")))
        || answer.contains(SIGNS_IN);
    if holds_secrets && let Ok(mut value) = serde_json::from_str(&answer) {
        hide(&mut value);
        answer = value.to_string();
    }
    let query =
        url::form_urlencoded::parse(seen.query.as_bytes()).filter(|(name, _)| !is_secret(name));
    let line = Line {
        method: seen.method.clone(),
        path: seen.path.clone(),
        query: url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish(),
        request,
        status: seen.status,
        answer: serde_json::from_str(&answer).ok(),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name)
}

fn hide(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(text) if text.contains(SIGNS_IN) => *value = json!("[hidden]"),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                if is_secret(name) {
                    *value = json!("[hidden]");
                } else {
                    hide(value);
                }
            }
        }
        _ => {}
    }
}

#[derive(Debug)]
struct Told {
    answers: Vec<(u16, Bytes)>,
    next: usize,
}

/// Recorded answers by method, path and query.
#[derive(Debug, Default)]
pub(crate) struct Replay(Mutex<HashMap<(String, String, String), Told>>);

impl Replay {
    pub(crate) fn load(&self, recording: impl io::Read) -> io::Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for text in io::BufReader::new(recording).lines() {
            let text = text?;
            if text.trim().is_empty() {
                continue;
            }
            let line: Line<'_> = serde_json::from_str(&text)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            let answer = line.answer.map_or_else(Bytes::new, |answer| {
                Bytes::copy_from_slice(answer.get().as_bytes())
            });
            // A dropped connection has no status and cannot be told again.
            let Some(status) = line.status else { continue };
            all.entry((line.method, line.path, line.query))
                .or_insert_with(|| Told {
                    answers: Vec::new(),
                    next: 0,
                })
                .answers
                .push((status, answer));
        }
        Ok(())
    }

    pub(crate) fn answer(&self, method: &str, path: &str, query: &str) -> Option<(u16, Bytes)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.is_empty() {
            return None;
        }
        let told = all.get_mut(&(method.to_owned(), path.to_owned(), query.to_owned()))?;
        let at = told.next.min(told.answers.len() - 1);
        told.next = at + 1;
        told.answers.get(at).cloned()
    }
}
