//! Faults: what shall go wrong, at which call, and how.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::api;

/// How a call goes wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// This status with a JSON error, before anything was done.
    Status(u16),
    /// 429, with `Retry-After` in seconds if given; nothing was done.
    TooManyRequests(Option<Duration>),
    /// 429 to every call from the first one on, until this long has passed by the account's clock, which `Retry-After`
    /// counts down; nothing is done meanwhile.
    Busy(Duration),
    /// The call is served, but only after this long.
    Delay(Duration),
    /// The call is served, but the answer breaks off half way.
    CutBody,
    /// The call is served, but the answer is no JSON.
    Garbage,
    /// 502 and an HTML page, as a proxy sends it; nothing was done.
    HtmlPage,
    /// The call is served, but the answer has no body.
    EmptyBody,
    /// The connection closes without an answer; nothing was done.
    DropBefore,
    /// The connection closes without an answer; the call **was** served.
    DropAfter,
    /// The connection closes after this many bytes of the request's body; nothing was done.
    DropMidUpload(u64),
}

impl Fault {
    pub(crate) fn is_before_effect(&self) -> bool {
        !matches!(
            self,
            Self::Delay(_) | Self::CutBody | Self::Garbage | Self::EmptyBody | Self::DropAfter
        )
    }
}

#[derive(Clone, Debug)]
struct Rule {
    /// Operation, or none for all.
    operation: Option<String>,
    /// Calls to let through first.
    skip: u32,
    /// Calls to spoil; none for all that follow.
    times: Option<u32>,
    fault: Fault,
    /// When [`Fault::Busy`] is over, once it has begun.
    until: Option<Timestamp>,
}

impl Rule {
    /// Whole seconds that are left, of `length` from the first call on.
    fn busy_for(&mut self, length: Duration, now: Timestamp) -> Option<Duration> {
        let end = || now.checked_add(length).unwrap_or(Timestamp::MAX);
        let until = *self.until.get_or_insert_with(end);
        let rest = Duration::try_from(until.duration_since(now)).ok()?;
        (!rest.is_zero()).then(|| Duration::from_secs(rest.as_millis().div_ceil(1000) as u64))
    }
}

/// Is there an operation of this name? The content of files has one of its own.
fn is_operation(name: &str) -> bool {
    name == "files.download" || api::all().any(|operation| operation.name == name)
}

/// The plan of what goes wrong.
///
/// Operations are called by resource and name: `issues.create`, `comments.list`; the fetching of a file's
/// content is `files.download`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use okdesk_sdk::testing::{Fault, Simulator};
///
/// let okdesk = Simulator::start().await;
/// // The second comment is stored, but its author never learns of it.
/// okdesk.faults().on("comments.create").after(1).once(Fault::DropAfter);
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<Rule>>>);

impl Faults {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<Rule>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Plans a fault for one operation.
    ///
    /// # Panics
    /// When no operation has this name: a fault that never strikes would make a test pass for nothing.
    pub fn on(&self, operation: impl Into<String>) -> FaultPlan {
        let operation = operation.into();
        assert!(
            is_operation(&operation),
            "no operation is called {operation:?}"
        );
        FaultPlan {
            faults: self.clone(),
            operation: Some(operation),
            skip: 0,
        }
    }

    /// Plans a fault for every operation.
    pub fn on_any(&self) -> FaultPlan {
        FaultPlan {
            faults: self.clone(),
            operation: None,
            skip: 0,
        }
    }

    /// Plans a fault that was written down.
    ///
    /// # Errors
    /// When the fault is unknown, or lacks its status, seconds or bytes.
    pub fn add(&self, spec: FaultSpec) -> Result<(), BadFault> {
        let fault = spec.read()?;
        if let Some(name) = &spec.operation
            && !is_operation(name)
        {
            return Err(BadFault::NoOperation(name.clone()));
        }
        let rule = Rule {
            operation: spec.operation,
            skip: spec.after,
            times: spec.times,
            fault,
            until: None,
        };
        if rule.times != Some(0) {
            self.with(|rules| rules.push(rule));
        }
        Ok(())
    }

    /// Forgets the plan.
    pub fn clear(&self) {
        self.with(Vec::clear);
    }

    /// How many faults are still to come; those without an end do not count.
    pub fn pending(&self) -> u32 {
        self.with(|rules| rules.iter().filter_map(|rule| rule.times).sum())
    }

    /// What befalls this call, made now.
    pub(crate) fn strike(&self, operation: &str, now: Timestamp) -> Vec<Fault> {
        self.with(|rules| {
            let mut struck = Vec::new();
            for rule in rules.iter_mut() {
                if rule
                    .operation
                    .as_deref()
                    .is_some_and(|only| only != operation)
                {
                    continue;
                }
                if rule.skip > 0 {
                    rule.skip -= 1;
                    continue;
                }
                if let Fault::Busy(length) = rule.fault {
                    match rule.busy_for(length, now) {
                        Some(rest) => struck.push(Fault::TooManyRequests(Some(rest))),
                        None => rule.times = Some(0),
                    }
                    continue;
                }
                if let Some(times) = &mut rule.times {
                    *times -= 1;
                }
                struck.push(rule.fault.clone());
            }
            rules.retain(|rule| rule.times != Some(0));
            struck
        })
    }
}

/// A fault as it is written in JSON, for the control API and `okdesk-sim --faults`.
///
/// ```
/// # use okdesk_sdk::testing::FaultSpec;
/// let spec: FaultSpec = serde_json::from_str(
///     r#"{"operation": "issues.create", "after": 1, "fault": "too_many_requests", "seconds": 2}"#,
/// ).unwrap();
/// assert_eq!(spec.times, Some(1));
/// ```
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// The operation; all of them if left out.
    pub operation: Option<String>,
    /// Calls to let through first.
    #[serde(default)]
    pub after: u32,
    /// Calls to spoil, usually one; null spoils all that follow.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// The kind: a variant of [`Fault`] in snake case.
    pub fault: String,
    /// Of `status`.
    pub status: Option<u16>,
    /// Of `delay` and `busy`, and of `too_many_requests` the `Retry-After`.
    pub seconds: Option<f64>,
    /// Of `drop_mid_upload`.
    pub bytes: Option<u64>,
}

#[expect(clippy::unnecessary_wraps, reason = "the field's own type is wanted")]
fn once() -> Option<u32> {
    Some(1)
}

/// A written fault that makes no sense.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadFault {
    /// No fault of this name.
    #[error("no fault is called {0:?}")]
    Unknown(String),
    /// No operation of this name.
    #[error("no operation is called {0:?}")]
    NoOperation(String),
    /// What the fault needs was not given.
    #[error("{fault} needs {needs}")]
    Lacks {
        /// The fault.
        fault: String,
        /// The member that is missing.
        needs: &'static str,
    },
}

impl FaultSpec {
    fn read(&self) -> Result<Fault, BadFault> {
        let lacks = |needs| BadFault::Lacks {
            fault: self.fault.clone(),
            needs,
        };
        let duration = self
            .seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(match self.fault.as_str() {
            "status" => Fault::Status(self.status.ok_or_else(|| lacks("status"))?),
            "too_many_requests" => Fault::TooManyRequests(duration),
            "busy" => Fault::Busy(duration.ok_or_else(|| lacks("seconds"))?),
            "delay" => Fault::Delay(duration.ok_or_else(|| lacks("seconds"))?),
            "cut_body" => Fault::CutBody,
            "garbage" => Fault::Garbage,
            "html_page" => Fault::HtmlPage,
            "empty_body" => Fault::EmptyBody,
            "drop_before" => Fault::DropBefore,
            "drop_after" => Fault::DropAfter,
            "drop_mid_upload" => Fault::DropMidUpload(self.bytes.ok_or_else(|| lacks("bytes"))?),
            _ => return Err(BadFault::Unknown(self.fault.clone())),
        })
    }
}

/// A fault being planned: when shall it strike?
#[derive(Clone, Debug)]
#[must_use = "nothing is planned until `once`, `times` or `always`"]
pub struct FaultPlan {
    faults: Faults,
    operation: Option<String>,
    skip: u32,
}

impl FaultPlan {
    /// Lets this many calls through first.
    pub fn after(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// Spoils one call.
    pub fn once(self, fault: Fault) {
        self.times(1, fault);
    }

    /// Spoils this many calls in a row.
    pub fn times(self, times: u32, fault: Fault) {
        if times > 0 {
            self.add(Some(times), fault);
        }
    }

    /// Spoils every call until [`Faults::clear`].
    pub fn always(self, fault: Fault) {
        self.add(None, fault);
    }

    fn add(self, times: Option<u32>, fault: Fault) {
        let rule = Rule {
            operation: self.operation,
            skip: self.skip,
            times,
            fault,
            until: None,
        };
        self.faults.with(|rules| rules.push(rule));
    }
}
