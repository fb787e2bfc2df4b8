//! What happened to the account, in its own words; webhooks are written from this.

use jiff::Timestamp;

use super::custom::Change;
use super::people::Actor;

/// Something a webhook may tell of.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) author: Actor,
    pub(crate) what: What,
}

/// Group and employee, either may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) group_id: Option<u64>,
    pub(crate) employee_id: Option<u64>,
}

/// A changed field of a company, an agreement, a maintenance entity or equipment.
#[derive(Clone, Debug)]
pub(crate) struct FieldChange {
    pub(crate) code: &'static str,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Issue(u64, IssueEvent),
    EquipmentCreated(u64),
    EquipmentChanged(u64, Vec<FieldChange>, Vec<Change>),
    CompanyCreated(u64),
    CompanyChanged(u64, Vec<FieldChange>, Vec<Change>),
    AgreementCreated(u64),
    AgreementChanged(u64, Vec<FieldChange>, Vec<Change>),
    MaintenanceEntityCreated(u64),
    MaintenanceEntityChanged(u64, Vec<FieldChange>, Vec<Change>),
}

#[derive(Clone, Debug)]
pub(crate) enum IssueEvent {
    Created,
    StatusChanged {
        old: String,
        new: String,
        comment_id: Option<u64>,
        parameters: Vec<String>,
        time_entry_ids: Vec<u64>,
        old_assignment: Assignment,
    },
    Assigned {
        old: Assignment,
    },
    TypeChanged {
        old: String,
    },
    PriorityChanged {
        old: String,
    },
    Commented {
        comment_id: u64,
    },
    Rated,
    FilesAdded {
        attachment_ids: Vec<u64>,
    },
    DeadlineMoved {
        old: Option<Timestamp>,
        auto_recount: bool,
    },
    CoexecutorAdded {
        employee_id: u64,
    },
    CoexecutorRemoved {
        employee_id: u64,
    },
    ParametersChanged(Vec<Change>),
    Deleted,
}

impl IssueEvent {
    /// What Okdesk calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Created => "new_ticket",
            Self::StatusChanged { .. } => "new_ticket_status",
            Self::Assigned { .. } => "new_assignee",
            Self::TypeChanged { .. } => "update_issue_work_type",
            Self::PriorityChanged { .. } => "new_priority",
            Self::Commented { .. } => "new_comment",
            Self::Rated => "new_csat_rate",
            Self::FilesAdded { .. } => "new_files",
            Self::DeadlineMoved { .. } => "new_deadline",
            Self::CoexecutorAdded { .. } => "add_coexecutor",
            Self::CoexecutorRemoved { .. } => "remove_coexecutor",
            Self::ParametersChanged(_) => "change_ticket_parameter",
            Self::Deleted => "ticket_deleted",
        }
    }
}
