//! Companies.

use super::filter::{Ids, Period, holds};
use super::paging::Keyset;
use super::{Answer, Call, one_or_many, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::{Json, clients as json, issues};
use crate::testing::params::Params;
use crate::testing::state::attachments::Owner;
use crate::testing::state::clients::Company;
use crate::testing::state::custom::{self, AttributeOwner};
use crate::testing::state::events::What;
use crate::testing::state::next_in;
use crate::testing::state::refusal::{ABSENT, BLANK, Mistakes, NO_RECORD, Refusal};

operations! {
    "companies.search", GET "companies", Employee => search;
    "companies.create", POST "companies", Employee => create;
    "companies.update", PATCH "companies/{}", Employee => update;
    "companies.list", GET "companies/list", Employee => list;
    "companies.attachment_get", GET "companies/{}/attachments/{}", Employee => attachment;
    "companies.archive", PATCH "companies/{}/activations", Employee => archive;
    "companies.get", GET "companies/{}", Employee => get, unless NoGuessedPaths;
}

fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let all = call.account.companies.values();
    if let Some(part) = params.text("search_string") {
        let found = all.filter(|company| {
            [
                &company.additional_name,
                &company.phone,
                &company.email,
                &company.site,
            ]
            .into_iter()
            .any(|text| holds(text.as_deref(), &part))
                || holds(Some(&company.name), &part)
        });
        return Ok(Json::list(found.map(|company| json::company(call.account, company))).into());
    }
    let (name, phone, id, crm) = (
        params.text("name"),
        params.text("phone"),
        params.id("id"),
        params.text("crm_1c_id"),
    );
    if name.is_none() && phone.is_none() && id.is_none() && crm.is_none() {
        return Ok(Json::List(Vec::new()).into());
    }
    let found = all.filter(|company| {
        name.as_ref().is_none_or(|name| {
            company.name == *name || company.additional_name.as_ref() == Some(name)
        }) && (phone.is_none() || company.phone == phone)
            && id.is_none_or(|id| company.id == id)
            && (crm.is_none() || company.crm_1c_id == crm)
    });
    Ok(one_or_many(
        found
            .map(|company| json::company(call.account, company))
            .collect(),
    )
    .into())
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let mut mistakes = Mistakes::default();
    let page = mistakes.join(Keyset::read(call.account, params));
    let categories = Ids::read(params, "category_ids", &mut mistakes);
    let assignees = Ids::read(params, "default_assignee_ids", &mut mistakes);
    let groups = Ids::read(params, "default_assignee_group_ids", &mut mistakes);
    let observers = Ids::read(params, "observer_ids", &mut mistakes);
    let observer_groups = Ids::read(params, "observer_group_ids", &mut mistakes);
    let created = Period::of_records(call.account, params, "created", &mut mistakes);
    mistakes.check()?;
    let page = page?;
    let texts = [
        params.text("name"),
        params.text("additional_name"),
        params.text("crm_1c_id"),
    ];
    let custom = params.map("custom_parameters");
    let companies = page.of(&call.account.companies, |company| {
        let has = [
            Some(&company.name),
            company.additional_name.as_ref(),
            company.crm_1c_id.as_ref(),
        ];
        (!categories.is_given() || categories.accept(call.account.category_of(Some(company.id))))
            && assignees.accept(company.default_assignee_id)
            && groups.accept(company.default_assignee_group_id)
            && observers.accept_any(&company.observer_ids)
            && observer_groups.accept_any(&company.observer_group_ids)
            && created.accept(Some(company.created_at))
            && texts
                .iter()
                .zip(has)
                .all(|(wanted, has)| wanted.is_none() || wanted.as_ref() == has)
            && custom::matches(&company.parameters, custom)
    });
    Ok(Json::list(
        companies
            .into_iter()
            .map(|company| json::company_element(call.account, company)),
    )
    .into())
}

fn answer(call: &Call<'_>, id: u64) -> Result<Json, Refusal> {
    call.account
        .companies
        .get(&id)
        .map(|company| json::company(call.account, company))
        .ok_or(Refusal::NotFound)
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(answer(call, call.id(0)?)?.into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.companies);
    let company = Company {
        id,
        active: true,
        created_at: call.account.now,
        ..Company::default()
    };
    let company = written(call, company, true)?;
    call.account.companies.insert(id, company);
    call.account.happened(call.actor, What::CompanyCreated(id));
    Ok(call.created(answer(call, id)?))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let before = call
        .account
        .companies
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let after = written(call, before.clone(), false)?;
    call.account.replace_company(before, after, call.actor);
    Ok(answer(call, id)?.into())
}

fn archive(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let before = call
        .account
        .companies
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let wrapped = call.params.map("company");
    let active = if call.speaks(Switch::ArchiveWrapped) {
        let active = wrapped.and_then(|body| body.flag("active"));
        active.ok_or_else(|| Refusal::field("active", ABSENT))?
    } else {
        // One client sends nothing at all, for the path says what is meant.
        let active = wrapped.unwrap_or(call.params).flag("active");
        active.unwrap_or(false)
    };
    let after = Company {
        active,
        ..before.clone()
    };
    call.account.replace_company(before, after, call.actor);
    Ok(answer(call, id)?.into())
}

/// The company with what the body says of it.
fn written(call: &Call<'_>, mut company: Company, creating: bool) -> Result<Company, Refusal> {
    let body = call.params.section("company");
    let account = &*call.account;
    let mut mistakes = Mistakes::default();
    if creating || body.has("name") {
        match body.text("name") {
            Some(name) => company.name = name,
            None => mistakes.add("name", BLANK),
        }
    }
    body.patch_text("additional_name", &mut company.additional_name);
    body.patch_text("site", &mut company.site);
    body.patch_text("email", &mut company.email);
    body.patch_text("phone", &mut company.phone);
    body.patch_text("address", &mut company.address);
    body.patch_text("comment", &mut company.comment);
    body.patch_text("crm_1c_id", &mut company.crm_1c_id);
    body.patch_ids("observer_ids", &mut company.observer_ids);
    body.patch_ids("observer_group_ids", &mut company.observer_group_ids);
    body.patch_id("default_assignee_id", &mut company.default_assignee_id);
    body.patch_id(
        "default_assignee_group_id",
        &mut company.default_assignee_group_id,
    );
    if body.has("coordinates") {
        company.coordinates = body.coordinates("coordinates");
    }
    if body.has("category_code") {
        company.category = body.text("category_code");
        let known = |code: &String| {
            account
                .categories
                .iter()
                .any(|category| category.code == *code)
        };
        if company.category.as_ref().is_some_and(|code| !known(code)) {
            mistakes.add("category_code", NO_RECORD);
        }
    }
    if company
        .default_assignee_id
        .is_some_and(|id| !account.employees.contains_key(&id))
    {
        mistakes.add("default_assignee_id", NO_RECORD);
    }
    write_custom(
        call,
        body,
        AttributeOwner::Company,
        None,
        &mut company.parameters,
        creating,
        &mut mistakes,
    );
    mistakes.check()?;
    Ok(company)
}

/// `custom_parameters` of any record.
pub(super) fn write_custom(
    call: &Call<'_>,
    body: &Params,
    owner: AttributeOwner,
    narrower: Option<&str>,
    values: &mut custom::Values,
    creating: bool,
    mistakes: &mut Mistakes,
) {
    let attributes = custom::applicable(&call.account.attributes, owner, narrower);
    custom::write(
        values,
        body.map("custom_parameters"),
        attributes,
        creating,
        mistakes,
    );
}

fn attachment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, attachment_id) = (call.id(0)?, call.id(1)?);
    let file = call
        .account
        .attachments
        .get(&attachment_id)
        .filter(|file| file.owner == Owner::Company(id))
        .ok_or(Refusal::NotFound)?;
    Ok(issues::file(
        call.account,
        file,
        call.links.file(call.account, attachment_id),
    )
    .into())
}
