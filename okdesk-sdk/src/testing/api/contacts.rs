//! Contacts.

use super::companies::write_custom;
use super::filter::holds;
use super::paging::Keyset;
use super::{Answer, Call, one_or_many, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::{Json, people as json};
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::next_in;
use crate::testing::state::people::Contact;
use crate::testing::state::refusal::{ABSENT, BLANK, Mistakes, NO_RECORD, Refusal, TAKEN};

operations! {
    "contacts.search", GET "contacts", Employee => search;
    "contacts.create", POST "contacts", Employee => create;
    "contacts.update", PATCH "contacts/{}", Employee => update;
    "contacts.list", GET "contacts/list", Employee => list;
    "contacts.get", GET "contacts/{}", Employee => get, unless NoGuessedPaths;
}

fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let all = call.account.contacts.values();
    if let Some(part) = params.text("search_string") {
        let found = all.filter(|contact| {
            [
                &contact.phone,
                &contact.mobile_phone,
                &contact.email,
                &contact.login,
                &contact.telegram_username,
            ]
            .into_iter()
            .any(|text| holds(text.as_deref(), &part))
                || holds(Some(&contact.name()), &part)
        });
        return Ok(Json::list(found.map(|contact| json::contact(call.account, contact))).into());
    }
    // Phones are compared as text: +7… does not find 8….
    let (id, phone, email) = (params.id("id"), params.text("phone"), params.text("email"));
    let (login, telegram) = (params.text("login"), params.text("telegram_username"));
    let (email, login, telegram) = match call.speaks(Switch::ContactsSearchedByLess) {
        true => (None, None, None),
        false => (email, login, telegram),
    };
    if id.is_none()
        && [&phone, &email, &login, &telegram]
            .into_iter()
            .all(Option::is_none)
    {
        return Ok(Json::List(Vec::new()).into());
    }
    let found = all.filter(|contact| {
        id.is_none_or(|id| contact.id == id)
            && (phone.is_none() || contact.phone == phone || contact.mobile_phone == phone)
            && (email.is_none() || contact.email == email)
            && (login.is_none() || contact.login == login)
            && (telegram.is_none() || contact.telegram_username == telegram)
    });
    Ok(one_or_many(
        found
            .map(|contact| json::contact(call.account, contact))
            .collect(),
    )
    .into())
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let page = Keyset::read(call.account, call.params)?;
    let contacts = page.of(&call.account.contacts, |_| true);
    Ok(Json::list(
        contacts
            .into_iter()
            .map(|contact| json::contact(call.account, contact)),
    )
    .into())
}

fn answer(call: &Call<'_>, id: u64) -> Result<Json, Refusal> {
    call.account
        .contacts
        .get(&id)
        .map(|contact| json::contact(call.account, contact))
        .ok_or(Refusal::NotFound)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(answer(call, call.id(0)?)?.into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.contacts);
    let contact = written(
        call,
        Contact {
            id,
            active: true,
            ..Contact::default()
        },
        true,
    )?;
    call.account.contacts.insert(id, contact);
    Ok(call.created(answer(call, id)?))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let contact = call
        .account
        .contacts
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let contact = written(call, contact, false)?;
    call.account.contacts.insert(id, contact);
    Ok(answer(call, id)?.into())
}

/// The contact with what the body says of it.
fn written(call: &Call<'_>, mut contact: Contact, creating: bool) -> Result<Contact, Refusal> {
    let body = call.params.section("contact");
    let account = &*call.account;
    let mut mistakes = Mistakes::default();
    let mut name = |field: &str, target: &mut String| match body.text(field) {
        Some(text) => *target = text,
        None if body.has(field) => mistakes.add(field, BLANK),
        None if creating => mistakes.add(field, ABSENT),
        None => {}
    };
    name("first_name", &mut contact.first_name);
    name("last_name", &mut contact.last_name);
    body.patch_text("patronymic", &mut contact.patronymic);
    body.patch_text("position", &mut contact.position);
    body.patch_text("email", &mut contact.email);
    body.patch_text("phone", &mut contact.phone);
    body.patch_text("mobile_phone", &mut contact.mobile_phone);
    body.patch_text("comment", &mut contact.comment);
    body.patch_text("login", &mut contact.login);
    body.patch_text("password", &mut contact.password);
    body.patch_text("crm_1c_id", &mut contact.crm_1c_id);
    body.patch_text("telegram_username", &mut contact.telegram_username);
    body.patch_id("company_id", &mut contact.company_id);
    body.patch_ids(
        "maintenance_entity_ids",
        &mut contact.maintenance_entity_ids,
    );
    if let Some(access_level) = body.texts("access_level") {
        contact.access_level = access_level;
    }
    body.patch_flag("active", &mut contact.active);
    if contact
        .company_id
        .is_some_and(|id| !account.companies.contains_key(&id))
    {
        mistakes.add("company_id", NO_RECORD);
    }
    let others = || {
        account
            .contacts
            .values()
            .filter(|other| other.id != contact.id)
    };
    if contact.telegram_username.is_some()
        && others().any(|other| other.telegram_username == contact.telegram_username)
    {
        mistakes.add("telegram_username", TAKEN);
    }
    if contact.login.is_some() && others().any(|other| other.login == contact.login) {
        mistakes.add("login", TAKEN);
    }
    write_custom(
        call,
        body,
        AttributeOwner::Contact,
        None,
        &mut contact.parameters,
        creating,
        &mut mistakes,
    );
    mistakes.check()?;
    contact.updated_at = account.now;
    Ok(contact)
}
