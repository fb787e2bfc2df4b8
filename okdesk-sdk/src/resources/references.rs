//! Dictionaries of the account: statuses, priorities, types, attributes. Each comes whole; all are repeated automatically.

use super::References;
use crate::client::{Call, list};
use crate::model::{IssuePriority, IssueStatus, IssueType, IssueTypeNode, Parameter, Timezone};
use crate::operation as op;

impl References {
    /// The statuses issues can be in: `GET /api/v1/issues/statuses`.
    ///
    /// Source: clients in use.
    pub fn issue_statuses(&self) -> ListIssueStatuses {
        ListIssueStatuses {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_STATUSES, &[]),
        }
    }

    /// The priorities issues can have: `GET /api/v1/issues/priorities`.
    ///
    /// Source: clients in use.
    pub fn issue_priorities(&self) -> ListIssuePriorities {
        ListIssuePriorities {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_PRIORITIES, &[]),
        }
    }

    /// The types issues can have, without their folders: `GET /api/v1/issues/types`.
    ///
    /// Source: a client in use.
    pub fn issue_types(&self) -> ListIssueTypes {
        ListIssueTypes {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_TYPES_FLAT, &[]),
        }
    }

    /// The types issues can have, in their folders: `GET /api/v1/dictionaries/issues/types`.
    ///
    /// Source: clients in use.
    pub fn issue_type_tree(&self) -> ListIssueTypeTree {
        ListIssueTypeTree {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_TYPES_TREE, &[]),
        }
    }

    /// The custom attributes of issues: `GET /api/v1/issues/parameters/list`.
    ///
    /// > Not confirmed: whether the list is bare or under a key; both are read.
    ///
    /// Source: two clients.
    pub fn issue_parameters(&self) -> ListIssueParameters {
        ListIssueParameters {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_PARAMETERS, &[]),
        }
    }

    /// The custom attributes of spent time: `GET /api/v1/time_entries/parameters`.
    ///
    /// > Not confirmed: only the path is known; the shape is that of the attributes of issues.
    ///
    /// Source: the path in one client.
    pub fn time_entry_parameters(&self) -> ListTimeEntryParameters {
        ListTimeEntryParameters {
            call: Call::new(&self.client, op::REFERENCES_TIME_ENTRY_PARAMETERS, &[]),
        }
    }

    /// The time zones: `GET /api/v1/timezones`.
    ///
    /// > Not confirmed: only the path is known; the shape is that in maintenance entities.
    ///
    /// Source: the path in one client.
    pub fn timezones(&self) -> ListTimezones {
        ListTimezones {
            call: Call::new(&self.client, op::REFERENCES_TIMEZONES, &[]),
        }
    }
}

request! {
    /// The statuses; see [`References::issue_statuses`].
    pub struct ListIssueStatuses -> Vec<IssueStatus>, list {}

    /// The priorities; see [`References::issue_priorities`].
    pub struct ListIssuePriorities -> Vec<IssuePriority>, list {}

    /// The types; see [`References::issue_types`].
    pub struct ListIssueTypes -> Vec<IssueType>, list {}

    /// The types in their folders; see [`References::issue_type_tree`].
    pub struct ListIssueTypeTree -> Vec<IssueTypeNode>, list {}

    /// The custom attributes of issues; see [`References::issue_parameters`].
    pub struct ListIssueParameters -> Vec<Parameter>, list {}

    /// The custom attributes of spent time; see [`References::time_entry_parameters`].
    pub struct ListTimeEntryParameters -> Vec<Parameter>, list {}

    /// The time zones; see [`References::timezones`].
    pub struct ListTimezones -> Vec<Timezone>, list {}
}
