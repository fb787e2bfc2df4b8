//! The operations of the REST API: from parameters to the account's rules to an answer.
//!
//! One file per resource, each with its own table; [`find`] is the only router.

mod agreements;
mod catalogues;
mod check_lists;
mod comments;
mod companies;
mod contacts;
mod employees;
mod equipments;
mod filter;
mod issue_lists;
mod issue_services;
mod issues;
mod maintenance_entities;
mod nomenclature;
mod paging;
mod price_lists;
mod references;
mod session;
mod telephony;
mod time_entries;

use super::dialect::Switch;
use super::json::Json;
use super::params::Params;
use super::state::Account;
use super::state::keys::Right;
use super::state::people::Actor;
use super::state::refusal::Refusal;

/// One row of a table.
pub(crate) struct Operation {
    /// `issues.create`
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// Below `/api/v1/`, with `{}` for what varies.
    pub(crate) path: &'static str,
    pub(crate) right: Right,
    handler: Handler,
    /// Only with these switches on.
    with: &'static [Switch],
    /// Only with these switches off.
    unless: &'static [Switch],
}

type Handler = fn(&mut Call<'_>) -> Result<Answer, Refusal>;

/// The table of one resource: name, method, path, whose key is asked for, and what does it. A row may be bound to
/// switches of the dialect.
macro_rules! operations {
    ($($name:literal, $method:ident $path:literal, $right:ident => $handler:expr
        $(, with $($on:ident)+)? $(, unless $($off:ident)+)?;)*) => {
        pub(super) const OPERATIONS: &[$crate::testing::api::Operation] = &[$(
            $crate::testing::api::Operation {
                name: $name,
                method: stringify!($method),
                path: $path,
                right: $crate::testing::state::keys::Right::$right,
                handler: $handler,
                with: &[$($($crate::testing::dialect::Switch::$on),+)?],
                unless: &[$($($crate::testing::dialect::Switch::$off),+)?],
            }
        ),*];
    };
}
use operations;

/// Operations whose answer no source tells of; clients that call them do not look at it.
const UNRECORDED: &[&str] = &[
    "issues.priority_change",
    "issues.planned_execution_change",
    "issues.rate",
    "time_entries.create",
    "telephony.phone_call_create",
];

impl Operation {
    /// Does this account know the operation at all?
    pub(crate) fn is_spoken(&self, account: &Account) -> bool {
        self.with.iter().all(|switch| account.speaks(*switch))
            && !self.unless.iter().any(|switch| account.speaks(*switch))
    }

    /// Carries a call out.
    pub(crate) fn run(&self, call: &mut Call<'_>) -> Result<Answer, Refusal> {
        let answer = (self.handler)(call)?;
        if UNRECORDED.contains(&self.name) && call.speaks(Switch::UnrecordedAnswersEmpty) {
            return Ok(Answer::empty());
        }
        Ok(answer)
    }
}

/// A call on its way through an operation.
pub(crate) struct Call<'a> {
    pub(crate) account: &'a mut Account,
    /// Whose key it is.
    pub(crate) actor: Actor,
    pub(crate) right: Right,
    /// What stands for the `{}` of the path.
    pub(crate) segments: Vec<&'a str>,
    pub(crate) params: &'a Params,
    pub(crate) links: &'a dyn Links,
}

/// Addresses only the server knows.
pub(crate) trait Links {
    /// An address of the file's content that dies after 30 seconds.
    fn file(&self, account: &Account, attachment_id: u64) -> String;
    /// An address below the account's own host.
    fn portal(&self, path: &str) -> String;
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Json>,
    pub(crate) location: Option<String>,
}

impl Answer {
    pub(crate) fn empty() -> Self {
        Self {
            status: 200,
            body: None,
            location: None,
        }
    }

    pub(crate) fn redirect(location: String) -> Self {
        Self {
            status: 302,
            body: None,
            location: Some(location),
        }
    }
}

impl From<Json> for Answer {
    fn from(body: Json) -> Self {
        Self {
            status: 200,
            body: Some(body),
            location: None,
        }
    }
}

impl Call<'_> {
    /// The id in the path; what is no number is no path.
    pub(crate) fn id(&self, at: usize) -> Result<u64, Refusal> {
        self.segments
            .get(at)
            .and_then(|text| text.parse().ok())
            .ok_or(Refusal::NotFound)
    }

    /// The text in the path.
    pub(crate) fn text(&self, at: usize) -> &str {
        self.segments.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn speaks(&self, switch: Switch) -> bool {
        self.account.speaks(switch)
    }

    /// The answer of a creation.
    pub(crate) fn created(&self, body: Json) -> Answer {
        let status = if self.speaks(Switch::AnswersCreated201) {
            201
        } else {
            200
        };
        Answer {
            status,
            body: Some(body),
            location: None,
        }
    }
}

const TABLES: &[&[Operation]] = &[
    session::OPERATIONS,
    references::OPERATIONS,
    companies::OPERATIONS,
    contacts::OPERATIONS,
    employees::OPERATIONS,
    issue_lists::OPERATIONS,
    issues::OPERATIONS,
    comments::OPERATIONS,
    time_entries::OPERATIONS,
    issue_services::OPERATIONS,
    check_lists::OPERATIONS,
    maintenance_entities::OPERATIONS,
    equipments::OPERATIONS,
    catalogues::OPERATIONS,
    agreements::OPERATIONS,
    price_lists::OPERATIONS,
    nomenclature::OPERATIONS,
    telephony::OPERATIONS,
];

/// Every operation there is.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    TABLES.iter().copied().flatten()
}

/// An operation, and what stands for the `{}` of its path.
pub(crate) type Found<'p> = (&'static Operation, Vec<&'p str>);

/// The operation of a path below `/api/v1/`; literal segments win over `{}`.
pub(crate) fn find<'p>(method: &str, path: &'p str) -> Option<Found<'p>> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    all()
        .filter(|operation| operation.method == method)
        .filter_map(|operation| segments(operation.path, &parts).map(|found| (operation, found)))
        .min_by_key(|(_, found)| found.len())
}

fn segments<'p>(template: &str, parts: &[&'p str]) -> Option<Vec<&'p str>> {
    let mut found = Vec::new();
    let mut rest = parts.iter();
    for step in template.split('/') {
        let part = rest.next()?;
        if step == "{}" {
            found.push(*part);
        } else if step != *part {
            return None;
        }
    }
    rest.next().is_none().then_some(found)
}

/// No hit: an empty array; one: the object itself; several: an array.
pub(crate) fn one_or_many(mut found: Vec<Json>) -> Json {
    if found.len() == 1 {
        found.remove(0)
    } else {
        Json::List(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_operation_is_served_under_its_name() {
        for known in crate::operation::ALL {
            let path: Vec<&str> = known
                .path
                .trim_start_matches('/')
                .split('/')
                .map(|step| if step.starts_with('{') { "7" } else { step })
                .collect();
            let served =
                find(known.method.as_str(), &path.join("/")).map(|(operation, _)| operation.name);
            assert_eq!(served, Some(known.id), "{} {}", known.method, known.path);
        }
    }

    #[test]
    fn nothing_is_served_that_is_not_known() {
        for operation in all() {
            assert!(
                crate::operation::Operation::find(operation.name).is_some(),
                "{}",
                operation.name
            );
        }
    }
}
