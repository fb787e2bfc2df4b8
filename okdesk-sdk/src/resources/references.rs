//! Dictionaries of the account: statuses, priorities, types, attributes. Each comes whole; all are repeated automatically.

use super::References;
use crate::client::{Call, list};
use crate::model::{IssuePriority, IssueStatus, IssueType};
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
}

request! {
    /// The statuses; see [`References::issue_statuses`].
    pub struct ListIssueStatuses -> Vec<IssueStatus>, list {}

    /// The priorities; see [`References::issue_priorities`].
    pub struct ListIssuePriorities -> Vec<IssuePriority>, list {}

    /// The types; see [`References::issue_types`].
    pub struct ListIssueTypes -> Vec<IssueType>, list {}
}
