//! The account's dictionaries.

use super::{Json, object};
use crate::testing::state::Account;
use crate::testing::state::dictionaries::IssueType;

pub(crate) fn statuses(account: &Account) -> Json {
    Json::list(account.dictionaries.statuses.iter().map(|status| {
        object! {
            "code": &status.code,
            "name": &status.name,
            "color": &status.color,
            "final": status.is_final,
        }
    }))
}

pub(crate) fn priorities(account: &Account) -> Json {
    Json::list(account.dictionaries.priorities.iter().map(|priority| {
        object! {
            "code": &priority.code,
            "name": &priority.name,
            "position": priority.position,
            "default": priority.default,
            "color": &priority.color,
            "inner": priority.inner,
        }
    }))
}

/// All types in a row, without the folders.
pub(crate) fn types_flat(account: &Account) -> Json {
    let types = account
        .dictionaries
        .types
        .iter()
        .filter(|kind| !kind.is_folder);
    Json::list(types.map(|kind| {
        object! {
            "id": kind.id,
            "code": &kind.code,
            "name": &kind.name,
            "inner": kind.inner,
            "default": kind.default,
            "available_for_client": kind.available_for_client,
        }
    }))
}

/// Types in their folders.
pub(crate) fn types_tree(account: &Account) -> Json {
    branch(&account.dictionaries.types, None)
}

fn branch(types: &[IssueType], folder: Option<u64>) -> Json {
    Json::list(
        types
            .iter()
            .filter(|kind| kind.folder == folder)
            .map(|kind| {
                let mut json = object! {
                    "id": kind.id,
                    "name": &kind.name,
                    "code": &kind.code,
                    "default": kind.default,
                    "inner": kind.inner,
                    "available_for_client": kind.available_for_client,
                    "type": if kind.is_folder { "group" } else { "type" },
                };
                if kind.is_folder {
                    json.push("children", branch(types, Some(kind.id)));
                }
                json
            }),
    )
}
