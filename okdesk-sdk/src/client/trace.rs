//! Spans for each call and each try, with the field names of OpenTelemetry. Nothing secret is ever put into them.

use std::future::Future;

use super::Call;
use crate::error::ErrorKind;

#[cfg(feature = "tracing")]
mod on {
    use tracing::{Instrument, Span, field};

    use super::{Call, ErrorKind, Future};

    pub(crate) struct CallSpan(Span);

    pub(crate) fn call(call: &Call) -> CallSpan {
        let base = &call.client.0.base;
        CallSpan(tracing::info_span!(
            "okdesk.call",
            otel.name = call.operation.id,
            otel.kind = "client",
            http.request.method = call.operation.method.as_str(),
            url.template = format_args!("{}{}", base.path(), call.operation.path),
            server.address = base.host_str(),
            server.port = base.port_or_known_default(),
            http.response.status_code = field::Empty,
            http.request.resend_count = field::Empty,
            error.r#type = field::Empty,
        ))
    }

    impl CallSpan {
        pub(crate) fn attempt<F: Future>(
            &self,
            number: u32,
            work: F,
        ) -> impl Future<Output = F::Output> + use<F> {
            let span = tracing::debug_span!(parent: &self.0, "okdesk.attempt", http.request.resend_count = number - 1);
            work.instrument(span)
        }

        pub(crate) fn end(&self, attempts: u32, outcome: Result<u16, (ErrorKind, Option<u16>)>) {
            self.0
                .record("http.request.resend_count", attempts.saturating_sub(1));
            let status = match outcome {
                Ok(status) => Some(status),
                Err((kind, status)) => {
                    self.0.record("error.type", field::debug(kind));
                    status
                }
            };
            if let Some(status) = status {
                self.0.record("http.response.status_code", status);
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use super::{Call, ErrorKind, Future};

    pub(crate) struct CallSpan;

    pub(crate) fn call(_: &Call) -> CallSpan {
        CallSpan
    }

    impl CallSpan {
        pub(crate) fn attempt<F: Future>(&self, _: u32, work: F) -> F {
            work
        }

        pub(crate) fn end(&self, _: u32, _: Result<u16, (ErrorKind, Option<u16>)>) {}
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{CallSpan, call};
#[cfg(feature = "tracing")]
pub(crate) use on::{CallSpan, call};
