//! The pipeline every call goes through: limiter, tries, transport, status, `errors`, decoding.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use super::decode::errors_of;
use super::{Attempt, Call, DecodeFailure, Decoding, Meta};
use crate::error::{ApiErrors, Delivery, Error, ErrorKind, Failure};
use crate::model::{Drifts, IssueId};
use crate::operation::Method;
use crate::retry::{RetryPolicy, parse_retry_after};
use crate::transport::{
    ByteStream, Content, Request, RequestBody, Response, TransportError, TransportErrorKind,
};

/// No answer of the API is anywhere near this long.
const LONGEST_ANSWER: usize = 256 << 20;
/// What an error keeps of a body.
const KEPT_BODY: usize = 16 << 10;

type Decode<'a> = &'a mut (dyn FnMut(&Bytes, &mut Decoding) -> Result<(), DecodeFailure> + Send);

impl Call {
    /// Sends the call, as often as it takes and is allowed.
    pub(crate) async fn send<T: Send>(
        self,
        decode: fn(&Self, &Bytes, &mut Decoding) -> Result<T, DecodeFailure>,
    ) -> Result<(T, Meta), Error> {
        let mut output = None;
        let call = &self;
        let meta = self
            .run(&mut |body, decoding| {
                output = Some(decode(call, body, decoding)?);
                Ok(())
            })
            .await?;
        match output {
            Some(output) => Ok((output, meta)),
            // `run` succeeds only after decoding did.
            None => Err(self.refuse("no answer was decoded")),
        }
    }

    fn refuse(&self, message: &str) -> Error {
        let failure = Failure::new(ErrorKind::Request, Delivery::NotSent, message);
        failure.into_error(self.operation.id, self.describe(), 0, Duration::ZERO)
    }

    async fn run(&self, decode: Decode<'_>) -> Result<Meta, Error> {
        if let Some(problem) = &self.problem {
            return Err(self.refuse(problem));
        }
        let inner = &self.client.0;
        let started = Instant::now();
        let policy = self.options.retry.as_ref().unwrap_or(&inner.retry);
        let deadline = self.deadline(started);
        let span = super::trace::call(self);
        let mut number = 0;
        let outcome = loop {
            let permit = match self.wait_for_turn(deadline).await {
                Ok(permit) => permit,
                Err(failure) => break Err(failure),
            };
            number += 1;
            let tried = Instant::now();
            let outcome = span.attempt(number, self.attempt(deadline, decode)).await;
            drop(permit);
            let attempt = self.report(number, tried.elapsed(), &outcome);
            let failure = match outcome {
                Ok(meta) => break Ok(meta),
                Err(failure) => failure,
            };
            match self
                .wait_before_next(policy, &attempt, &failure, deadline)
                .await
            {
                true => {}
                false => break Err(failure),
            }
        };
        let elapsed = started.elapsed();
        span.end(
            number,
            outcome
                .as_ref()
                .map(|meta| meta.status)
                .map_err(|failure| (failure.kind, failure.status)),
        );
        match outcome {
            Ok(meta) => {
                inner.budget.refund();
                Ok(Meta {
                    attempts: number,
                    elapsed,
                    ..meta
                })
            }
            Err(mut failure) => {
                failure.source = failure.source.map(|source| inner.redactor.source(source));
                Err(failure.into_error(self.operation.id, self.describe(), number, elapsed))
            }
        }
    }

    /// Calls with files take as long as they take, unless the caller says otherwise.
    fn deadline(&self, started: Instant) -> Option<Instant> {
        let usual = if self.uploads.is_empty() {
            self.client.0.timeouts.operation
        } else {
            None
        };
        started.checked_add(self.options.deadline.or(usual)?)
    }

    async fn wait_for_turn(
        &self,
        deadline: Option<Instant>,
    ) -> Result<impl Sized + use<>, Failure> {
        let limiter = &self.client.0.limiter;
        if let (Some(until), Some(deadline)) = (limiter.paused_until(), deadline)
            && until > deadline
        {
            let message = "Okdesk asked for a pause that is longer than this call may take";
            let mut failure = Failure::new(ErrorKind::RateLimited, Delivery::NotSent, message);
            failure.retry_after = Some(until - Instant::now());
            return Err(failure);
        }
        match deadline {
            None => Ok(limiter.acquire().await),
            Some(deadline) => timeout_at(deadline, limiter.acquire()).await.map_err(|_| {
                Failure::new(
                    ErrorKind::Timeout,
                    Delivery::NotSent,
                    "time ran out before it was the call's turn",
                )
            }),
        }
    }

    /// Whether there is another try, after having waited for it.
    async fn wait_before_next(
        &self,
        policy: &RetryPolicy,
        attempt: &Attempt,
        failure: &Failure,
        deadline: Option<Instant>,
    ) -> bool {
        let inner = &self.client.0;
        let wait = policy.delay(attempt.number, fastrand::f64(), failure.retry_after);
        let limited = failure.kind == ErrorKind::RateLimited;
        if limited {
            inner.limiter.pause(wait);
            if let Some(observer) = &inner.observer {
                observer.on_pause(wait);
            }
        }
        let in_time = match (deadline, Instant::now().checked_add(wait)) {
            (Some(deadline), Some(then)) => then < deadline,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        let another = attempt.number < policy.max_attempts
            && policy.allows(self.operation, failure)
            && self.uploads.iter().all(|(_, upload)| upload.can_be_sent())
            && in_time
            && inner.budget.take();
        if another {
            if let Some(observer) = &inner.observer {
                observer.on_retry(attempt, wait);
            }
            if !limited {
                sleep(wait).await;
            }
        }
        another
    }

    fn report(&self, number: u32, elapsed: Duration, outcome: &Result<Meta, Failure>) -> Attempt {
        let (status, failure) = match outcome {
            Ok(meta) => (Some(meta.status), None),
            Err(failure) => (failure.status, Some((failure.kind, failure.delivery))),
        };
        let attempt = Attempt {
            operation: self.operation,
            number,
            elapsed,
            status,
            failure,
        };
        if let Some(observer) = &self.client.0.observer {
            observer.on_attempt(&attempt);
        }
        attempt
    }

    /// One try, from opening the files to decoding the answer.
    async fn attempt(
        &self,
        deadline: Option<Instant>,
        decode: Decode<'_>,
    ) -> Result<Meta, Failure> {
        let mut body = self.request_body().await.map_err(|(name, error)| {
            Failure::new(
                ErrorKind::Upload,
                Delivery::NotSent,
                format!("the file {name} cannot be opened"),
            )
            .with_source(error)
        })?;
        let limit = self.options.attempt.or(self.client.0.timeouts.attempt);
        let progress = Arc::new(Progress::default());
        if !self.uploads.is_empty() {
            body = watched(body, Arc::clone(&progress));
        }
        let work = async {
            let request = self.request(body);
            let response = self
                .client
                .0
                .transport
                .send(request)
                .await
                .map_err(|error| not_answered(error, &progress))?;
            if (200..300).contains(&response.status()) {
                progress.succeeded.store(true, Ordering::Relaxed);
            }
            self.read(response).await
        };
        let answer = guarded(work, limit, deadline, &progress).await?;
        self.judge(answer, decode).map_err(|failure| *failure)
    }

    fn request(&self, body: RequestBody) -> Request {
        let inner = &self.client.0;
        let mut url = inner.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(&self.segments);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Request {
            method: self.operation.method,
            url,
            token: (self.operation.id != crate::operation::SESSION_SIGN_IN.id)
                .then(|| inner.token.clone()),
            headers: vec![("accept".into(), "application/json".into())],
            body,
        }
    }

    async fn read(&self, response: Response) -> Result<Answer, Failure> {
        let status = response.status();
        let (headers, body) = response.into_parts();
        let success = (200..300).contains(&status);
        let headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name, self.client.0.redactor.text(&value)))
            .collect();
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
                Err(failure)
            }
            // The status alone says enough.
            Err(_) => Ok(Answer {
                status,
                headers,
                body: Bytes::new(),
            }),
        }
    }

    fn judge(&self, answer: Answer, decode: Decode<'_>) -> Result<Meta, Box<Failure>> {
        if !(200..300).contains(&answer.status) {
            return Err(Box::new(self.refused(answer)));
        }
        if let Some(errors) = errors_of(&answer.body) {
            return Err(Box::new(
                self.refused_politely(answer, self.api_errors(&errors)),
            ));
        }
        let observer = self.client.0.observer.as_ref();
        let mut decoding = Decoding {
            skipped: Vec::new(),
            drifts: observer.map(|_| Drifts::new()),
        };
        match decode(&answer.body, &mut decoding) {
            Ok(()) => {}
            Err(DecodeFailure::Merged(id)) => return Err(Box::new(self.merged(answer, id))),
            Err(DecodeFailure::Unreadable { path, reason }) => {
                let place = if path.is_empty() {
                    String::new()
                } else {
                    format!(" at `{path}`")
                };
                let message = format!(
                    "the answer cannot be understood{place}: {}",
                    self.client.0.redactor.text(&reason)
                );
                return Err(Box::new(self.failure(
                    answer,
                    ErrorKind::Decode,
                    Delivery::Applied,
                    message,
                )));
            }
        }
        if let Some(observer) = observer {
            for item in &decoding.skipped {
                observer.on_skipped(self.operation, item);
            }
            for drift in decoding.drifts.into_iter().flat_map(Drifts::into_found) {
                if self.client.0.reported.is_new(self.operation, &drift) {
                    observer.on_drift(self.operation, &drift);
                }
            }
        }
        let Answer {
            status,
            headers,
            body,
        } = answer;
        Ok(Meta {
            status,
            headers,
            body,
            skipped: decoding.skipped,
            ..Meta::default()
        })
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
            && let Some(id) = answer.header("location").and_then(issue_in)
            && self.expects.is_some_and(|expected| expected != id)
        {
            return self.merged(answer, id);
        }
        let retry_after = answer
            .header("retry-after")
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

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

fn not_answered(error: TransportError, progress: &Progress) -> Failure {
    let (kind, delivery) = match error.kind() {
        _ if progress.source_failed.load(Ordering::Relaxed) => {
            (ErrorKind::Upload, Delivery::Unknown)
        }
        TransportErrorKind::Connect => (ErrorKind::Connect, Delivery::NotSent),
        TransportErrorKind::Timeout => (ErrorKind::Timeout, Delivery::Unknown),
        TransportErrorKind::RequestBody => (ErrorKind::Upload, Delivery::Unknown),
        TransportErrorKind::Other => (ErrorKind::Transport, Delivery::Unknown),
    };
    Failure::new(kind, delivery, error.to_string()).with_source(error)
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

/// What is known of a try while it runs.
#[derive(Default)]
struct Progress {
    /// When a piece of the body was last read for sending.
    moved: Mutex<Option<Instant>>,
    /// The body could not be read further.
    source_failed: AtomicBool,
    /// The answer began with success.
    succeeded: AtomicBool,
}

impl Progress {
    fn moved(&self) -> MutexGuard<'_, Option<Instant>> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches a body on its way out.
fn watched(body: RequestBody, progress: Arc<Progress>) -> RequestBody {
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
            Poll::Ready(Some(Err(_))) => progress.source_failed.store(true, Ordering::Relaxed),
            Poll::Ready(_) => *progress.moved() = Some(Instant::now()),
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
    work: impl Future<Output = Result<T, Failure>>,
    limit: Option<Duration>,
    deadline: Option<Instant>,
    progress: &Progress,
) -> Result<T, Failure> {
    let started = Instant::now();
    let mut work = std::pin::pin!(work);
    loop {
        let moved = progress.moved().unwrap_or(started);
        let patience = limit.and_then(|limit| moved.checked_add(limit));
        let Some(until) = [patience, deadline].into_iter().flatten().min() else {
            return work.await;
        };
        if Instant::now() < until {
            if let Ok(done) = timeout_at(until, &mut work).await {
                return done;
            }
            continue;
        }
        let message = match deadline {
            Some(deadline) if deadline <= until => "the time for the whole call ran out".to_owned(),
            _ => format!(
                "no answer within {:.1} s",
                limit.unwrap_or_default().as_secs_f64()
            ),
        };
        let applied = progress.succeeded.load(Ordering::Relaxed);
        let delivery = if applied {
            Delivery::Applied
        } else {
            Delivery::Unknown
        };
        return Err(Failure::new(ErrorKind::Timeout, delivery, message));
    }
}
