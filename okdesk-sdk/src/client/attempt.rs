//! One try: from opening the files to an answer, within its time.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::Call;
use super::judge::Answer;
use crate::error::{Delivery, ErrorKind, Failure};
use crate::transport::{
    ByteStream, Content, Request, RequestBody, Response, TransportError, TransportErrorKind,
};

/// No answer of the API is anywhere near this long.
const LONGEST_ANSWER: usize = 256 << 20;

impl Call {
    /// One try, from opening the files to an answer that says success.
    pub(super) async fn attempt(
        &self,
        started: Instant,
        deadline: Option<Instant>,
    ) -> Result<Answer, Box<Failure>> {
        let mut body = self.request_body().await.map_err(|(name, error)| {
            Failure::new(
                ErrorKind::Upload,
                Delivery::NotSent,
                format!("the file {name} cannot be opened"),
            )
            .with_source(error)
        })?;
        let limit = self.options.attempt.or(self.client.0.timeouts.attempt);
        let mut progress = Progress::default();
        if !self.uploads.is_empty() {
            body = watched(body, progress.sending.insert(Arc::default()));
        }
        let sent = self.client.0.transport.send(self.request(body));
        let work = std::pin::pin!(async {
            let response = sent.await.map_err(|error| not_answered(error, &progress))?;
            if (200..300).contains(&response.status()) {
                progress.succeeded.store(true, Ordering::Relaxed);
            }
            self.read(response).await
        });
        let answer = guarded(work, started, limit, deadline, &progress).await?;
        self.accepted(answer)
    }

    fn request(&self, body: RequestBody) -> Request {
        let mut url = self.url.clone();
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Request {
            method: self.operation.method,
            url,
            token: (self.operation.id != crate::operation::SESSION_SIGN_IN.id)
                .then(|| self.client.0.token.clone()),
            headers: &[("accept", "application/json")],
            body,
        }
    }

    async fn read(&self, response: Response) -> Result<Answer, Box<Failure>> {
        let status = response.status();
        let (headers, body) = response.into_parts();
        let success = (200..300).contains(&status);
        let headers = self.client.0.redactor.headers(headers);
        match body.collect(LONGEST_ANSWER).await {
            Ok(body) => Ok(Answer {
                status,
                headers,
                body,
            }),
            Err(error) if success => {
                let message = format!("Okdesk said {status}, but its answer broke off");
                let mut failure =
                    Failure::new(ErrorKind::Decode, Delivery::Applied, message).with_source(error);
                (failure.status, failure.headers) = (Some(status), headers);
                Err(Box::new(failure))
            }
            // The status alone says enough.
            Err(_) => Ok(Answer {
                status,
                headers,
                body: Bytes::new(),
            }),
        }
    }
}

fn not_answered(error: TransportError, progress: &Progress) -> Failure {
    let (kind, delivery) = match error.kind() {
        _ if progress.source_failed() => (ErrorKind::Upload, Delivery::Unknown),
        TransportErrorKind::Connect => (ErrorKind::Connect, Delivery::NotSent),
        TransportErrorKind::Timeout => (ErrorKind::Timeout, Delivery::Unknown),
        TransportErrorKind::RequestBody => (ErrorKind::Upload, Delivery::Unknown),
        TransportErrorKind::Other => (ErrorKind::Transport, Delivery::Unknown),
    };
    Failure::new(kind, delivery, error.to_string()).with_source(error)
}

/// What is known of a try while it runs.
#[derive(Default)]
struct Progress {
    /// The answer began with success.
    succeeded: AtomicBool,
    /// Only of files.
    sending: Option<Arc<Sending>>,
}

/// How far a body has gone out.
#[derive(Default)]
struct Sending {
    /// When a piece of it was last read.
    moved: Mutex<Option<Instant>>,
    /// It could not be read further.
    source_failed: AtomicBool,
}

impl Progress {
    fn moved(&self) -> Option<Instant> {
        self.sending.as_ref().and_then(|sending| *sending.moved())
    }

    fn source_failed(&self) -> bool {
        let sending = self.sending.as_ref();
        sending.is_some_and(|sending| sending.source_failed.load(Ordering::Relaxed))
    }
}

impl Sending {
    fn moved(&self) -> MutexGuard<'_, Option<Instant>> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches a body on its way out.
fn watched(body: RequestBody, sending: &Arc<Sending>) -> RequestBody {
    let sending = Arc::clone(sending);
    let RequestBody {
        content_type,
        length,
        content,
    } = body;
    let mut stream = RequestBody {
        content,
        ..RequestBody::default()
    }
    .into_stream();
    let content = Content::Stream(ByteStream::poll_fn(move |context| {
        let polled = futures_core::Stream::poll_next(std::pin::Pin::new(&mut stream), context);
        match &polled {
            Poll::Ready(Some(Err(_))) => sending.source_failed.store(true, Ordering::Relaxed),
            Poll::Ready(_) => *sending.moved() = Some(Instant::now()),
            Poll::Pending => {}
        }
        polled
    }));
    RequestBody {
        content_type,
        length,
        content,
    }
}

/// Ends work that makes no progress for `limit`, or reaches the deadline. Without files there is no progress to see, so
/// `limit` is then the time for all of it.
async fn guarded<T>(
    mut work: Pin<&mut impl Future<Output = Result<T, Box<Failure>>>>,
    started: Instant,
    limit: Option<Duration>,
    deadline: Option<Instant>,
    progress: &Progress,
) -> Result<T, Box<Failure>> {
    let mut waited = started;
    loop {
        let moved = progress.moved().unwrap_or(started);
        let patience = limit.and_then(|limit| moved.checked_add(limit));
        let Some(until) = [patience, deadline].into_iter().flatten().min() else {
            return work.await;
        };
        if waited >= until {
            let deadline = deadline.filter(|deadline| *deadline <= until);
            return Err(out_of_time(deadline, limit, progress).into());
        }
        if let Ok(done) = timeout_at(until, work.as_mut()).await {
            return done;
        }
        waited = until;
    }
}

fn out_of_time(deadline: Option<Instant>, limit: Option<Duration>, progress: &Progress) -> Failure {
    let message = match deadline {
        Some(_) => "the time for the whole call ran out".to_owned(),
        None => format!(
            "no answer within {:.1} s",
            limit.unwrap_or_default().as_secs_f64()
        ),
    };
    let delivery = if progress.succeeded.load(Ordering::Relaxed) {
        Delivery::Applied
    } else {
        Delivery::Unknown
    };
    Failure::new(ErrorKind::Timeout, delivery, message)
}
