//! `{"errors": …}` in the forms Okdesk is known to use.

use std::borrow::Cow;

use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::refusal::Refusal;

/// Status and body of a refusal; no body stands for the HTML page of an unknown path.
pub(crate) fn answer(account: &Account, refusal: &Refusal) -> (u16, Option<Json>) {
    let sentence = |text: &str| Some(said(text.to_owned()));
    match refusal {
        Refusal::Missing(id) => {
            let status = if account.speaks(Switch::MissingIssue404) {
                404
            } else {
                200
            };
            let text = if account.speaks(Switch::MissingIssueNamesId) {
                format!("Записи {id} не существует")
            } else {
                "Записи не существует".to_owned()
            };
            (status, sentence(&text))
        }
        Refusal::Merged { .. } => (200, sentence("Записи не существует")),
        Refusal::NotFound => (404, None),
        Refusal::Unauthorized => (401, sentence("Вы не авторизованы")),
        Refusal::Forbidden => (403, sentence("У вас нет доступа на запрашиваемое действие")),
        Refusal::WrongContentType => (415, sentence("Неподдерживаемый тип содержимого")),
        Refusal::BadRequest(text) => (400, sentence(text)),
        Refusal::Invalid(mistakes) => {
            let status = if account.speaks(Switch::Mistakes400) {
                400
            } else {
                422
            };
            (
                status,
                Some(object! { "errors": shaped(account, mistakes) }),
            )
        }
    }
}

/// A refusal in one sentence.
pub(crate) fn said(sentence: impl Into<Json>) -> Json {
    object! { "errors": sentence.into() }
}

/// Mistakes in the form this account uses.
fn shaped(account: &Account, mistakes: &[(String, String)]) -> Json {
    let sentence = |(path, message): &(String, String)| format!("{path} {message}");
    if account.speaks(Switch::ErrorsSentence) {
        mistakes
            .iter()
            .map(sentence)
            .collect::<Vec<_>>()
            .join(", ")
            .into()
    } else if account.speaks(Switch::ErrorsList) {
        Json::list(mistakes.iter().map(sentence))
    } else if account.speaks(Switch::ErrorsFieldText) {
        let members = mistakes
            .iter()
            .map(|(path, message)| (Cow::Owned(path.clone()), message.into()));
        Json::Object(members.collect())
    } else {
        tree(mistakes)
    }
}

/// `page.size: […]` becomes `{"page": {"size": […]}}`.
fn tree(mistakes: &[(String, String)]) -> Json {
    let mut root = Json::Object(Vec::new());
    for (path, message) in mistakes {
        let mut node = &mut root;
        for step in path.split('.') {
            node = child(node, step);
        }
        match node {
            Json::List(messages) => messages.push(message.clone().into()),
            _ => *node = Json::list([message.clone()]),
        }
    }
    root
}

fn child<'a>(node: &'a mut Json, key: &str) -> &'a mut Json {
    if !matches!(node, Json::Object(_)) {
        *node = Json::Object(Vec::new());
    }
    let Json::Object(members) = node else {
        return node;
    };
    let at = members
        .iter()
        .position(|(known, _)| known == key)
        .unwrap_or_else(|| {
            members.push((Cow::Owned(key.to_owned()), Json::Null));
            members.len() - 1
        });
    &mut members[at].1
}
