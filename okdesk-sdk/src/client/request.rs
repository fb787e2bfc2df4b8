//! Calls that are not modelled, with the same retries, limits and redaction as all others.

use std::borrow::Cow;
use std::future::IntoFuture;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Call, CallOptions, Client, DecodeFailure, Decoding, Meta};
use crate::error::Error;
use crate::operation::{Confidence, Idempotency, Method, Operation, Paging};
use crate::transport::BoxFuture;

/// A call of your own making; see [`Client::request`].
#[must_use = "a call does nothing until it is awaited"]
pub struct RawRequest<T> {
    call: Call,
    output: PhantomData<fn() -> T>,
}

const fn unmodelled(method: Method, idempotency: Idempotency) -> Operation {
    Operation {
        resource: "request",
        name: "request",
        id: "request",
        method,
        path: "",
        paging: Paging::Whole,
        multipart: false,
        idempotency,
        confidence: Confidence::Guessed,
    }
}

static GET: Operation = unmodelled(Method::Get, Idempotency::Safe);
static POST: Operation = unmodelled(Method::Post, Idempotency::Not);
static READING_POST: Operation = unmodelled(Method::Post, Idempotency::Safe);
static PATCH: Operation = unmodelled(Method::Patch, Idempotency::Idempotent);
static PUT: Operation = unmodelled(Method::Put, Idempotency::Idempotent);
static DELETE: Operation = unmodelled(Method::Delete, Idempotency::Idempotent);

impl Client {
    /// Calls what this crate does not model: `path` is below `/api/v1`, the answer is read as `T`.
    ///
    /// Use [`serde_json::Value`] for `T` to take anything, or [`Raw`](crate::model::Raw) to keep the JSON.
    ///
    /// ```
    /// # use okdesk_sdk::{Client, operation::Method};
    /// # async fn example(client: Client) -> Result<(), okdesk_sdk::Error> {
    /// let zones: serde_json::Value = client.request(Method::Get, "timezones").query("locale", "ru").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request<T: DeserializeOwned>(&self, method: Method, path: &str) -> RawRequest<T> {
        let operation = match method {
            Method::Get => &GET,
            Method::Post => &POST,
            Method::Patch => &PATCH,
            Method::Put => &PUT,
            Method::Delete => &DELETE,
        };
        let mut call = Call::new(self, operation, &[]);
        let path = path.trim_start_matches('/');
        let path = path.strip_prefix("api/v1/").unwrap_or(path);
        let parts = path.split('/').filter(|part| !part.is_empty());
        call.descend(parts.map(Cow::Borrowed));
        if path.contains(['?', '#']) {
            call.problem = Some("the path holds a query: use the method query".to_owned());
        }
        RawRequest {
            call,
            output: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> RawRequest<T> {
    /// Adds a parameter to the query; may be called again for lists, `name[]`.
    pub fn query(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.call.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sends this as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_string(body) {
            Ok(text) => self.call.json = Some(text),
            Err(error) => {
                self.call.problem = Some(format!("the body cannot be written as JSON: {error}"))
            }
        }
        self
    }

    /// Says that this POST changes nothing, so it may be repeated like a read.
    pub fn read_only(mut self) -> Self {
        if self.call.operation.method == Method::Post {
            self.call.operation = &READING_POST;
        }
        self
    }

    /// Options of this call only.
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.call.options = options;
        self
    }

    /// Sends the call and also tells what is known of the answer.
    ///
    /// # Errors
    /// As awaiting the call itself.
    pub async fn send_with_meta(self) -> Result<(T, Meta), Error>
    where
        T: Send,
    {
        self.call.send(any).await
    }
}

/// An empty body is read as `null`.
fn any<T: DeserializeOwned>(_: &Call, body: &Bytes, _: &mut Decoding) -> Result<T, DecodeFailure> {
    let body: &[u8] = if body.is_empty() { b"null" } else { body };
    serde_json::from_slice(body).map_err(|error| DecodeFailure::Unreadable {
        path: String::new(),
        reason: error.to_string(),
    })
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for RawRequest<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send_with_meta().await.map(|(output, _)| output) })
    }
}

impl<T> std::fmt::Debug for RawRequest<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRequest")
            .field("call", &self.call.describe())
            .finish_non_exhaustive()
    }
}
