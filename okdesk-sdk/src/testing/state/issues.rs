//! An issue and all that hangs on it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::custom::Values;
use super::people::Actor;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) deadline_at: Option<Timestamp>,
    pub(crate) start_execution_until: Option<Timestamp>,
    pub(crate) planned_reaction_at: Option<Timestamp>,
    pub(crate) reacted_at: Option<Timestamp>,
    pub(crate) delayed_to: Option<Timestamp>,
    pub(crate) source: String,
    pub(crate) planned_execution_in_minutes: Option<f64>,
    pub(crate) company_id: Option<u64>,
    pub(crate) contact_id: Option<u64>,
    pub(crate) maintenance_entity_id: Option<u64>,
    pub(crate) agreement_id: Option<u64>,
    pub(crate) parent_id: Option<u64>,
    pub(crate) child_ids: Vec<u64>,
    pub(crate) assignee_id: Option<u64>,
    pub(crate) group_id: Option<u64>,
    pub(crate) coexecutor_ids: Vec<u64>,
    pub(crate) observer_ids: Vec<u64>,
    pub(crate) contact_observer_ids: Vec<u64>,
    pub(crate) observer_group_ids: Vec<u64>,
    pub(crate) equipment_ids: Vec<u64>,
    pub(crate) kind: String,
    pub(crate) priority: String,
    pub(crate) status: String,
    pub(crate) old_status: Option<String>,
    /// Every status with the instant it began.
    pub(crate) status_log: Vec<(String, Timestamp)>,
    pub(crate) rate_id: u64,
    pub(crate) rate: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) coordinates: Option<[f64; 2]>,
    pub(crate) parameters: Values,
    pub(crate) author: Actor,
    /// Does the client wait for a word?
    pub(crate) without_answer: bool,
    /// Files of the issue itself and of its comments.
    pub(crate) attachment_ids: Vec<u64>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) time_entries: Vec<TimeEntry>,
    pub(crate) services: Vec<IssueService>,
    pub(crate) check_list: Vec<CheckListItem>,
    pub(crate) deleted: bool,
    pub(crate) merged_into: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) content: String,
    pub(crate) public: bool,
    pub(crate) published_at: Timestamp,
    pub(crate) author: Actor,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TimeEntry {
    pub(crate) id: u64,
    pub(crate) comment: Option<String>,
    pub(crate) spent_time: f64,
    pub(crate) logged_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) employee_id: u64,
    pub(crate) parameters: Values,
}

/// A line of the issue's specification.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IssueService {
    pub(crate) id: u64,
    pub(crate) line_id: u64,
    pub(crate) price_list_id: u64,
    pub(crate) quantity: f64,
    pub(crate) discount: f64,
    pub(crate) total: f64,
    pub(crate) comment: String,
    pub(crate) performer_id: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckListItem {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) header: bool,
    pub(crate) parent_id: Option<u64>,
    pub(crate) required: bool,
    pub(crate) visible_for_clients: bool,
    pub(crate) checked_at: Option<Timestamp>,
    pub(crate) checked_by: Option<u64>,
    pub(crate) planned_execution_in_minutes: Option<f64>,
    pub(crate) position: u32,
    pub(crate) parameters: Vec<CheckListParameter>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckListParameter {
    /// `text`, `string` or `files`.
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) value: Option<String>,
    pub(crate) attachment_ids: Vec<u64>,
}

impl Issue {
    pub(crate) fn spent_time_total(&self) -> f64 {
        self.time_entries.iter().map(|entry| entry.spent_time).sum()
    }

    /// Seconds in each status so far, in the order the statuses were first met.
    pub(crate) fn status_seconds(&self, now: Timestamp) -> Vec<(&str, i64)> {
        let mut totals: Vec<(&str, i64)> = Vec::new();
        for (at, (code, since)) in self.status_log.iter().enumerate() {
            let until = self.status_log.get(at + 1).map_or(now, |(_, next)| *next);
            let seconds = until.as_second() - since.as_second();
            match totals.iter_mut().find(|(known, _)| known == code) {
                Some((_, total)) => *total += seconds,
                None => totals.push((code, seconds)),
            }
        }
        totals
    }
}
