//! One request as it was seen.

use bytes::Bytes;
use jiff::Timestamp;

use super::params::{Param, Params};

/// One request, and the status it got.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// Counts from 1.
    pub number: u64,
    /// By the account's clock.
    pub at: Timestamp,
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// `issues.create`, or empty for a path Okdesk does not know.
    pub operation: &'static str,
    /// The query as sent, without `api_token`.
    pub query: String,
    /// `Content-Type` of the body.
    pub content_type: Option<String>,
    /// The body as sent.
    pub body: Bytes,
    /// The status of the answer; none if the connection was dropped.
    pub status: Option<u16>,
    /// The body of the answer.
    pub answer: Bytes,
    pub(crate) params: Params,
}

impl Recorded {
    /// A parameter by the name it has in Okdesk's documentation, wherever it was sent: `page[size]`,
    /// `issue[title]`, `issue[attachments][0][is_public]`.
    pub fn param(&self, name: &str) -> Option<String> {
        self.find(name)?.text()
    }

    /// The elements of an array parameter: `company_ids`.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.find(name) {
            Some(Param::List(items)) => items.iter().filter_map(Param::text).collect(),
            _ => Vec::new(),
        }
    }

    /// Name and content of a file: `comment[attachments][0][attachment]`.
    pub fn file(&self, name: &str) -> Option<(&str, &Bytes)> {
        match self.find(name)? {
            Param::File(part) => Some((&part.name, &part.content)),
            _ => None,
        }
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.body.len() + self.answer.len()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Param> {
        let mut steps = name.split(['[', ']']).filter(|step| !step.is_empty());
        let first = self.params.get(steps.next()?)?;
        steps.try_fold(first, |param, step| match param {
            Param::Map(params) => params.get(step),
            Param::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }
}
