//! Answers on their way out.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::testing::json::Json;

/// An answer, not yet in HTTP's own types.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Json) -> Self {
        Self::new(
            status,
            "application/json; charset=utf-8",
            body.to_bytes().into(),
        )
    }

    /// An answer that was recorded.
    pub(crate) fn told(status: u16, body: Bytes) -> Self {
        Self::new(status, "application/json; charset=utf-8", body)
    }

    pub(crate) fn html(status: u16, page: impl Into<Bytes>) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.into())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, "", Bytes::new())
    }

    pub(crate) fn new(status: u16, content_type: &'static str, body: Bytes) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body,
        }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The page a web server shows for what it does not know.
    pub(crate) fn unknown_path() -> Self {
        Self::html(
            404,
            "<!DOCTYPE html>\n<html><head><title>404</title></head><body><h1>Страница не найдена</h1></body></html>\n",
        )
    }

    pub(crate) fn into_response(self, cut: bool) -> Response<Wire> {
        let length = self.body.len();
        let body = if cut {
            Wire::cut(self.body)
        } else {
            Wire::whole(self.body)
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if !self.content_type.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        response
    }
}

/// The bytes of an answer: all of them, or half of them and then the end of the connection.
pub(crate) struct Wire {
    rest: Option<Bytes>,
    promised: u64,
    cut: Option<Cut>,
}

/// The half has to be flushed before the connection ends, and hyper flushes when a body lets it wait.
enum Cut {
    Pausing,
    Ending,
}

impl Wire {
    fn whole(body: Bytes) -> Self {
        Self {
            promised: body.len() as u64,
            rest: Some(body).filter(|body| !body.is_empty()),
            cut: None,
        }
    }

    fn cut(body: Bytes) -> Self {
        let half = body.slice(..body.len() / 2);
        Self {
            promised: body.len() as u64,
            rest: Some(half).filter(|half| !half.is_empty()),
            cut: Some(Cut::Pausing),
        }
    }
}

impl Body for Wire {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(bytes) = self.rest.take() {
            self.promised -= bytes.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.cut {
            None => Poll::Ready(None),
            Some(Cut::Pausing) => {
                self.cut = Some(Cut::Ending);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Cut::Ending) => {
                Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
