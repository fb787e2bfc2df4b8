//! What Okdesk answers, in the words of the bridge: what clients may know of it, and nothing more.

use crate::reaction::{FoundContact, IssueFacts, Named, Status};
use okdesk_sdk::model::{
    Contact, Issue, IssueSummary, MaintenanceEntity, MaintenanceEntityId, StatusCode, Timestamp,
};

/// The right to see all issues of the own company.
///
/// > Not confirmed: seen in clients in use, not in the documentation.
const COMPANY_ISSUES: &str = "company_issues";

pub(super) fn found_contact(contact: Contact) -> FoundContact {
    let company = contact.company_id.map(|id| Named {
        id,
        name: contact.company_name.unwrap_or_default(),
    });
    let name = if contact.name.trim().is_empty() {
        let parts = [contact.last_name, contact.first_name, contact.patronymic];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    } else {
        contact.name
    };
    let maintenance_entity = match contact.maintenance_entity_ids.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    FoundContact {
        id: contact.id,
        name,
        company,
        maintenance_entity,
        company_issues: contact
            .access_level
            .iter()
            .any(|right| right == COMPANY_ISSUES),
    }
}

pub(super) fn place(place: MaintenanceEntity) -> Named<MaintenanceEntityId> {
    let address = place
        .address
        .filter(|address| !address.trim().is_empty() && *address != place.name);
    let name = match address {
        Some(address) if place.name.is_empty() => address,
        Some(address) => format!("{}, {address}", place.name),
        None => place.name,
    };
    Named { id: place.id, name }
}

/// What clients may know of an issue read in detail.
pub(crate) fn facts(issue: Issue) -> IssueFacts {
    IssueFacts {
        id: issue.id,
        title: issue.title,
        status: issue.status.map_or_else(no_status, |status| Status {
            code: status.code,
            name: status.name,
        }),
        // The detail names the company by number only.
        company: issue.company_id.map(|id| Named {
            id,
            name: String::new(),
        }),
        contact: issue.contact.map(|contact| Named {
            id: contact.id,
            name: contact.name,
        }),
        followers: Some(
            issue
                .observers
                .iter()
                .filter_map(okdesk_sdk::model::Person::contact_id)
                .collect(),
        ),
        assignee: issue
            .assignee
            .map(|assignee| assignee.name)
            .filter(|name| !name.is_empty()),
        kind: issue.kind.map(|kind| kind.name),
        created_at: issue.created_at,
        deadline_at: issue.deadline_at,
        completed_at: issue.completed_at,
    }
}

/// What clients may know of an issue read in a list.
pub(crate) fn summary(issue: IssueSummary) -> IssueFacts {
    IssueFacts {
        id: issue.id,
        title: issue.title,
        status: issue.status.map_or_else(no_status, |status| Status {
            code: status.code,
            name: status.name,
        }),
        company: issue.company.map(|company| Named {
            id: company.id,
            name: company.name,
        }),
        contact: issue.contact.map(|contact| Named {
            id: contact.id,
            name: contact.name,
        }),
        // A list does not say it.
        followers: None,
        assignee: issue
            .assignee
            .map(|assignee| assignee.name)
            .filter(|name| !name.is_empty()),
        kind: issue.kind.map(|kind| kind.name),
        created_at: issue.created_at,
        deadline_at: issue.deadline_at,
        completed_at: issue.completed_at,
    }
}

pub(super) fn no_status() -> Status {
    Status {
        code: StatusCode::new(""),
        name: String::new(),
    }
}

/// A time of Okdesk in Unix milliseconds.
pub(crate) fn millis(time: &Timestamp) -> Option<i64> {
    time.to_jiff().map(jiff::Timestamp::as_millisecond)
}
