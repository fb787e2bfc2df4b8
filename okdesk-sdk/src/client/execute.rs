//! The pipeline every call goes through: its turn, its tries, and the waits between them.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::judge::Answer;
use super::trace::CallSpan;
use super::{Attempt, Call, Decoder, Decoding, Meta};
use crate::error::{Delivery, Error, ErrorKind, Failure};
use crate::retry::RetryPolicy;

impl Call {
    /// Sends the call, as often as it takes and is allowed.
    pub(crate) fn send<T: Send>(
        self,
        decode: Decoder<T>,
    ) -> impl Future<Output = Result<(T, Meta), Error>> + Send {
        self.run(decode, |output, meta| (output, meta))
    }

    /// As [`send`](Self::send), for those who want the output alone.
    pub(crate) fn give<T: Send>(
        self,
        decode: Decoder<T>,
    ) -> impl Future<Output = Result<T, Error>> + Send {
        self.run(decode, |output, _| output)
    }

    /// All that is generic, kept small: in code, and in what the future of a call takes of memory. Allocators take long
    /// for pieces above a KiB, so a try is a piece by itself. The output may be large and is handed on as seldom as can be.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` would hold the call twice: as it was given, and as it is used"
    )]
    fn run<T: Send, O>(
        self,
        decode: Decoder<T>,
        finish: impl FnOnce(T, Meta) -> O + Send,
    ) -> impl Future<Output = Result<O, Error>> + Send {
        async move {
            if let Some(problem) = &self.problem {
                return Err(self.refuse(problem));
            }
            let mut tries = Tries::begin(&self);
            loop {
                let answer = Box::pin(tries.next()).await?;
                let mut decoding = self.decoding();
                // Not one `match`: its value, which is large, would be kept while the future waits for another try.
                let failure = match decode(&self, &answer.body, &mut decoding) {
                    Ok(output) => return Ok(finish(output, tries.succeeded(answer, decoding))),
                    Err(failure) => self.not_understood(answer, failure),
                };
                tries.failed(failure).await?;
            }
        }
    }

    fn refuse(&self, message: &str) -> Error {
        let failure = Failure::new(ErrorKind::Request, Delivery::NotSent, message);
        failure.into_error(self.operation.id, self.describe(), 0, Duration::ZERO)
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
    ) -> Result<impl Sized + Send + use<>, Failure> {
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
}

/// The tries of one call.
struct Tries<'a> {
    call: &'a Call,
    policy: &'a RetryPolicy,
    span: CallSpan,
    started: Instant,
    deadline: Option<Instant>,
    /// Of the last try, from 1.
    number: u32,
    tried: Instant,
}

impl<'a> Tries<'a> {
    fn begin(call: &'a Call) -> Self {
        let started = Instant::now();
        Self {
            call,
            policy: call.options.retry.as_ref().unwrap_or(&call.client.0.retry),
            span: super::trace::call(call),
            started,
            deadline: call.deadline(started),
            number: 0,
            tried: started,
        }
    }

    /// The next answer that says success; how its body is to be understood is not known here.
    async fn next(&mut self) -> Result<Answer, Error> {
        loop {
            let permit = match self.call.wait_for_turn(self.deadline).await {
                Ok(permit) => permit,
                Err(failure) => return Err(self.given_up(failure)),
            };
            self.number += 1;
            self.tried = Instant::now();
            let attempt = self.call.attempt(self.tried, self.deadline);
            let outcome = self.span.attempt(self.number, attempt).await;
            drop(permit);
            match outcome {
                Ok(answer) => return Ok(answer),
                Err(failure) => self.failed(failure).await?,
            }
        }
    }

    /// After a try that failed: waits for another one, or gives up.
    async fn failed(&mut self, failure: Box<Failure>) -> Result<(), Error> {
        let failed = Some((failure.kind, failure.delivery));
        let attempt = self.report(Instant::now(), failure.status, failed);
        let call = self.call;
        if call
            .wait_before_next(self.policy, &attempt, &failure, self.deadline)
            .await
        {
            Ok(())
        } else {
            Err(self.given_up(*failure))
        }
    }

    fn given_up(&self, mut failure: Failure) -> Error {
        let call = self.call;
        self.span
            .end(self.number, Err((failure.kind, failure.status)));
        let redactor = &call.client.0.redactor;
        failure.source = failure.source.map(|source| redactor.source(source));
        let elapsed = self.started.elapsed();
        failure.into_error(call.operation.id, call.describe(), self.number, elapsed)
    }

    fn succeeded(&self, answer: Answer, decoding: Decoding) -> Meta {
        let meta = self.call.noted(answer, decoding);
        let now = Instant::now();
        self.report(now, Some(meta.status), None);
        self.span.end(self.number, Ok(meta.status));
        self.call.client.0.budget.refund();
        Meta {
            attempts: self.number,
            elapsed: now - self.started,
            ..meta
        }
    }

    fn report(
        &self,
        now: Instant,
        status: Option<u16>,
        failure: Option<(ErrorKind, Delivery)>,
    ) -> Attempt {
        let attempt = Attempt {
            operation: self.call.operation,
            number: self.number,
            elapsed: now - self.tried,
            status,
            failure,
        };
        if let Some(observer) = &self.call.client.0.observer {
            observer.on_attempt(&attempt);
        }
        attempt
    }
}
