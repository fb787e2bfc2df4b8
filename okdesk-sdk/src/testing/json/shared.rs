//! Pieces that several resources show alike.

use jiff::Timestamp;

use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::attachments::Attachment;
use crate::testing::state::custom::{self, Attribute, AttributeOwner, Value, Values};
use crate::testing::state::people::Actor;

pub(crate) fn date(account: &Account, at: Timestamp) -> Json {
    let mut text = account.date(at);
    if account.speaks(Switch::DatesWithoutOffset) {
        text.truncate("2024-05-01T09:15:00.123".len());
    }
    text.into()
}

pub(crate) fn maybe_date(account: &Account, at: Option<Timestamp>) -> Json {
    at.map_or(Json::Null, |at| date(account, at))
}

/// `{id, name}`
pub(crate) fn reference(id: u64, name: impl Into<Json>) -> Json {
    let name: Json = name.into();
    object! { "id": id, "name": name }
}

pub(crate) fn employee_ref(account: &Account, id: Option<u64>) -> Json {
    let person = id.and_then(|id| account.employees.get(&id));
    person.map_or(Json::Null, |person| reference(person.id, person.name()))
}

pub(crate) fn contact_ref(account: &Account, id: Option<u64>) -> Json {
    let person = id.and_then(|id| account.contacts.get(&id));
    person.map_or(Json::Null, |person| reference(person.id, person.name()))
}

pub(crate) fn company_ref(account: &Account, id: Option<u64>) -> Json {
    let company = id.and_then(|id| account.companies.get(&id));
    company.map_or(Json::Null, |company| reference(company.id, &company.name))
}

pub(crate) fn group_ref(account: &Account, id: Option<u64>) -> Json {
    let group = id.and_then(|id| account.dictionaries.group(id));
    group.map_or(Json::Null, |group| reference(group.id, &group.name))
}

pub(crate) fn employee_refs(account: &Account, ids: &[u64]) -> Json {
    Json::list(ids.iter().map(|id| employee_ref(account, Some(*id))))
}

pub(crate) fn group_refs(account: &Account, ids: &[u64]) -> Json {
    Json::list(ids.iter().map(|id| group_ref(account, Some(*id))))
}

pub(crate) fn agreement_refs(account: &Account, ids: &[u64]) -> Json {
    Json::list(
        ids.iter()
            .filter_map(|id| account.agreements.get(id))
            .map(|agreement| {
                object! { "id": agreement.id, "title": &agreement.title }
            }),
    )
}

/// `{id, name, type}`
pub(crate) fn author(account: &Account, actor: Actor) -> Json {
    let (id, kind) = match actor {
        Actor::Employee(id) => (id, "employee"),
        Actor::Contact(id) => (id, "contact"),
        Actor::System => (0, "employee"),
    };
    let mut json = object! { "id": id, "name": account.actor_name(actor) };
    if !account.speaks(Switch::AuthorWithoutType) {
        json.push("type", kind);
    }
    json
}

/// A file as it stands inside an issue, a comment or a company: without an address.
pub(crate) fn attachment(account: &Account, file: &Attachment) -> Json {
    object! {
        "id": file.id,
        "attachment_file_name": &file.file_name,
        "description": &file.description,
        "attachment_file_size": file.content.len(),
        "is_public": file.is_public,
        "created_at": date(account, file.created_at),
    }
}

pub(crate) fn value(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Flag(flag) => (*flag).into(),
        Value::Text(text) => text.into(),
        Value::List(items) => items.into(),
    }
}

/// The type of a custom attribute.
pub(crate) fn field_type(account: &Account, attribute: &Attribute) -> Json {
    match attribute.kind.number() {
        Some(number) if account.speaks(Switch::FieldTypesAsNumbers) => number.into(),
        _ => attribute.kind.code().into(),
    }
}

/// `[{code, name, field_type, value}]` of every attribute the record can have.
pub(crate) fn parameters(
    account: &Account,
    owner: AttributeOwner,
    narrower: Option<&str>,
    values: &Values,
) -> Json {
    Json::list(
        custom::applicable(&account.attributes, owner, narrower).map(|attribute| {
            object! {
                "code": &attribute.code,
                "name": &attribute.name,
                "field_type": field_type(account, attribute),
                "value": value(values.get(&attribute.code)),
            }
        }),
    )
}
