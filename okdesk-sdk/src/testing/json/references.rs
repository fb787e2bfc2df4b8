//! The account's dictionaries.

use super::shared::field_type;
use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::custom::{Attribute, AttributeOwner};
use crate::testing::state::dictionaries::{IssueType, TIME_ZONES};

pub(crate) fn statuses(account: &Account) -> Json {
    Json::list(account.dictionaries.statuses.iter().map(|status| {
        let mut json = object! {
            "code": &status.code,
            "name": &status.name,
            "color": &status.color,
        };
        if !account.speaks(Switch::OldRecords) {
            json.push("final", status.is_final);
        }
        json
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

pub(crate) fn roles(account: &Account) -> Json {
    let roles = account.dictionaries.roles.iter();
    Json::list(roles.map(|role| object! { "id": role.id, "name": &role.name }))
}

pub(crate) fn groups(account: &Account) -> Json {
    Json::list(account.dictionaries.groups.iter().map(|group| {
        object! {
            "id": group.id,
            "name": &group.name,
            "active": group.active,
            "description": &group.description,
        }
    }))
}

fn attributes(account: &Account, owner: AttributeOwner) -> impl Iterator<Item = &Attribute> {
    account
        .attributes
        .iter()
        .filter(move |attribute| attribute.owner == owner)
}

/// Attributes of issues or of time entries.
pub(crate) fn parameters(account: &Account, owner: AttributeOwner) -> Json {
    Json::list(attributes(account, owner).map(|attribute| {
        object! {
            "code": &attribute.code,
            "name": &attribute.name,
            "field_type": field_type(account, attribute),
            "required": attribute.required,
        }
    }))
}

/// The same in an object of its own.
pub(crate) fn wrapped(parameters: Json) -> Json {
    object! { "parameters": parameters }
}

pub(crate) fn equipment_parameters(account: &Account) -> Json {
    Json::list(
        attributes(account, AttributeOwner::Equipment).map(|attribute| {
            object! {
                "code": &attribute.code,
                "name": &attribute.name,
                "field_type": field_type(account, attribute),
                "equipment_kind_codes": &attribute.only_for,
            }
        }),
    )
}

pub(crate) fn timezones() -> Json {
    let zones = TIME_ZONES.iter();
    Json::list(zones.map(|(code, name, gmt)| object! { "code": *code, "name": *name, "gmt": *gmt }))
}
