//! What an answer means: success, refusal, refusal with status 200, another issue, or nothing that can be understood.

use std::time::SystemTime;

use bytes::Bytes;

use super::decode::errors_of;
use super::{Call, DecodeFailure, Decoding, Meta};
use crate::error::{ApiErrors, Delivery, ErrorKind, Failure};
use crate::headers::Headers;
use crate::model::{Drifts, IssueId};
use crate::operation::Method;
use crate::retry::parse_retry_after;

/// What an error keeps of a body.
const KEPT_BODY: usize = 16 << 10;

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) body: Bytes,
}

impl Call {
    /// Success by status and body, or what else it says.
    pub(super) fn accepted(&self, answer: Answer) -> Result<Answer, Box<Failure>> {
        if !(200..300).contains(&answer.status) {
            return Err(Box::new(self.refused(answer)));
        }
        match errors_of(&answer.body) {
            None => Ok(answer),
            Some(errors) => {
                let errors = self.api_errors(&errors);
                Err(Box::new(self.refused_politely(answer, errors)))
            }
        }
    }

    /// Drift is looked for only if somebody wants to know.
    pub(super) fn decoding(&self) -> Decoding {
        Decoding {
            skipped: Vec::new(),
            drifts: self.client.0.observer.as_ref().map(|_| Drifts::new()),
        }
    }

    pub(super) fn not_understood(&self, answer: Answer, failure: DecodeFailure) -> Box<Failure> {
        let (path, reason) = match failure {
            DecodeFailure::Merged(id) => return Box::new(self.merged(answer, id)),
            DecodeFailure::Unreadable { path, reason } => (path, reason),
        };
        let place = if path.is_empty() {
            String::new()
        } else {
            format!(" at `{path}`")
        };
        let reason = self.client.0.redactor.text(reason);
        let message = format!("the answer cannot be understood{place}: {reason}");
        Box::new(self.failure(answer, ErrorKind::Decode, Delivery::Applied, message))
    }

    /// Tells the observer what was noticed beside the result.
    pub(super) fn noted(&self, answer: Answer, decoding: Decoding) -> Meta {
        if let Some(observer) = &self.client.0.observer {
            for item in &decoding.skipped {
                observer.on_skipped(self.operation, item);
            }
            for drift in decoding.drifts.into_iter().flat_map(Drifts::into_found) {
                if self.client.0.reported.is_new(self.operation, &drift) {
                    observer.on_drift(self.operation, &drift);
                }
            }
        }
        Meta {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            skipped: decoding.skipped,
            ..Meta::default()
        }
    }

    /// A status that is not success.
    fn refused(&self, answer: Answer) -> Failure {
        let status = answer.status;
        let (kind, delivery) = match status {
            300..400 => (ErrorKind::Redirect, Delivery::Rejected),
            400 | 422 => (ErrorKind::Validation, Delivery::Rejected),
            401 => (ErrorKind::Unauthorized, Delivery::Rejected),
            403 => (ErrorKind::Forbidden, Delivery::Rejected),
            404 => (ErrorKind::NotFound, Delivery::Rejected),
            429 => (ErrorKind::RateLimited, Delivery::Rejected),
            500..600 => (ErrorKind::Server, Delivery::Unknown),
            _ => (
                ErrorKind::Status,
                if status < 500 {
                    Delivery::Rejected
                } else {
                    Delivery::Unknown
                },
            ),
        };
        if kind == ErrorKind::Redirect
            && let Some(id) = answer.headers.get("location").and_then(issue_in)
            && self.expects.is_some_and(|expected| expected != id)
        {
            return self.merged(answer, id);
        }
        let retry_after = answer
            .headers
            .get("retry-after")
            .and_then(|value| parse_retry_after(value, SystemTime::now()));
        let api = errors_of(&answer.body).map(|errors| self.api_errors(&errors));
        let mut failure = self.failure(
            answer,
            kind,
            delivery,
            format!("Okdesk answered {status}{}", phrase(status)),
        );
        failure.api = api;
        failure.retry_after = retry_after;
        failure
    }

    /// Success by its status, refusal by its body.
    fn refused_politely(&self, answer: Answer, errors: ApiErrors) -> Failure {
        // The words are for people, but a thing asked for by its id that gives nothing but words is not there.
        let text = errors.to_string();
        let one = self.operation.method == Method::Get
            && self.operation.path_parameters().next().is_some();
        let gone = errors.is_plain()
            && (one || text.contains("не существует") || text.contains("not exist"));
        let kind = if gone {
            ErrorKind::NotFound
        } else {
            ErrorKind::Validation
        };
        let message = format!("Okdesk answered {}, but with errors", answer.status);
        let mut failure = self.failure(answer, kind, Delivery::Rejected, message);
        failure.api = Some(errors);
        failure
    }

    fn api_errors(&self, errors: &serde_json::Value) -> ApiErrors {
        ApiErrors::from_value(errors).cleaned(|text| self.client.0.redactor.text(text))
    }

    fn merged(&self, answer: Answer, id: IssueId) -> Failure {
        let delivery = if self.operation.method == Method::Get {
            Delivery::Rejected
        } else {
            Delivery::Applied
        };
        let message = format!("issue {id} came back: the one asked for was merged into it");
        let mut failure = self.failure(answer, ErrorKind::Merged, delivery, message);
        failure.merged_into = Some(id);
        failure
    }

    fn failure(
        &self,
        answer: Answer,
        kind: ErrorKind,
        delivery: Delivery,
        message: String,
    ) -> Failure {
        let mut failure = Failure::new(kind, delivery, message);
        failure.status = Some(answer.status);
        failure.headers = answer.headers;
        failure.body = Some(self.client.0.redactor.bytes(&answer.body, KEPT_BODY));
        failure
    }
}

/// The issue an address leads to.
fn issue_in(location: &str) -> Option<IssueId> {
    let (_, rest) = location.rsplit_once("/issues/")?;
    let digits = rest
        .split(|character: char| !character.is_ascii_digit())
        .next()?;
    digits.parse().ok()
}

fn phrase(status: u16) -> &'static str {
    match status {
        400 => " Bad Request",
        401 => " Unauthorized",
        403 => " Forbidden",
        404 => " Not Found",
        408 => " Request Timeout",
        413 => " Content Too Large",
        422 => " Unprocessable Content",
        429 => " Too Many Requests",
        500 => " Internal Server Error",
        502 => " Bad Gateway",
        503 => " Service Unavailable",
        504 => " Gateway Timeout",
        _ => "",
    }
}
