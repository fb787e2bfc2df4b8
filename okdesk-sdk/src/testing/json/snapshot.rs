//! The whole account at once, for tests, the control API and the page at `/`.

use super::{Json, clients, issues, object, people};
use crate::testing::state::Account;

pub(crate) fn account(account: &Account) -> Json {
    object! {
        "now": account.date(account.now),
        "dialect": Json::list(account.dialect.switches().map(|switch| switch.name())),
        "statuses": super::references::statuses(account),
        "priorities": super::references::priorities(account),
        "types": super::references::types_flat(account),
        "companies": Json::list(account.companies.values().map(|one| clients::company(account, one))),
        "contacts": Json::list(account.contacts.values().map(|one| people::contact(account, one))),
        "employees": Json::list(account.employees.values().map(|one| people::employee(account, one))),
        "maintenance_entities": Json::list(
            account.maintenance_entities.values().map(|one| clients::maintenance_entity(account, one))
        ),
        "issues": Json::list(account.live_issues().map(|one| issue(account, one))),
    }
}

/// The issue as REST shows it, with its comments in place of their summary, and people's faces.
pub(crate) fn issue(account: &Account, issue: &crate::testing::state::issues::Issue) -> Json {
    let mut json = issues::detail(account, issue);
    json.retain(|key| key != "comments");
    json.push(
        "comments",
        Json::list(
            issue
                .comments
                .iter()
                .map(|comment| issues::comment(account, issue.id, comment)),
        ),
    );
    json
}
