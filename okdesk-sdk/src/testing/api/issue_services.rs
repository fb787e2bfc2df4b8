//! The specification of an issue: work and goods from price lists.

use super::filter::holds;
use super::paging::Keyset;
use super::{Answer, Call, operations};
use crate::testing::json::{Json, price as json};
use crate::testing::state::issues::IssueService;
use crate::testing::state::refusal::{ABSENT, BAD_VALUE, Mistakes, NO_RECORD, Refusal};

operations! {
    "issue_services.list", GET "issues/{}/services", Employee => list;
    "issue_services.create", POST "issues/{}/services", Employee => create;
    "issue_services.available_list", GET "issues/{}/available_services", Employee => available;
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let issue = call.account.issue(call.id(0)?)?;
    Ok(Json::list(
        issue
            .services
            .iter()
            .map(|service| json::issue_service(call.account, service)),
    )
    .into())
}

fn available(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let issue = call.account.issue(call.id(0)?)?;
    let page = Keyset::read(call.account, call.params)?;
    let part = call.params.text("search_string");
    let lines = page.of(&call.account.price_lines, |line| {
        let list = call.account.price_lists.get(&line.price_list_id);
        let offered = list.is_some_and(|list| match issue.company_id {
            None => list.allow_without_company,
            Some(id) => list.company_ids.is_empty() || list.company_ids.contains(&id),
        });
        offered
            && line.visible
            && part
                .as_ref()
                .is_none_or(|part| holds(Some(&line.name), part) || holds(Some(&line.code), part))
    });
    Ok(Json::list(
        lines
            .into_iter()
            .map(|line| json::available(call.account, line)),
    )
    .into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account.issue(id)?;
    let body = call.params.section("issue_service");
    let mut mistakes = Mistakes::default();
    let code = mistakes.require("code", body.text("code"));
    let list_id = body.id("price_list_id");
    let fits = |list: u64| list_id.is_none_or(|wanted| wanted == list);
    let line = call
        .account
        .price_lines
        .values()
        .find(|line| Some(&line.code) == code.as_ref() && fits(line.price_list_id));
    if code.is_some() && line.is_none() {
        mistakes.add("code", NO_RECORD);
    }
    let quantity = body.number("quantity");
    if quantity.is_none_or(|quantity| quantity < 0.0) {
        mistakes.add(
            "quantity",
            if quantity.is_none() {
                ABSENT
            } else {
                BAD_VALUE
            },
        );
    }
    let discount = body.number("discount").unwrap_or(0.0);
    if !(0.0..=100.0).contains(&discount) {
        mistakes.add("discount", BAD_VALUE);
    }
    let performer_id = body.id("performer_id");
    if performer_id.is_some_and(|id| !call.account.employees.contains_key(&id)) {
        mistakes.add("performer_id", NO_RECORD);
    }
    mistakes.check()?;
    let (Some(line), Some(quantity)) = (line, quantity) else {
        return Err(Refusal::field("code", ABSENT));
    };
    let total = body
        .number("total")
        .unwrap_or(quantity * line.price * (100.0 - discount) / 100.0);
    let mut service = IssueService {
        id: 0,
        line_id: line.id,
        price_list_id: line.price_list_id,
        quantity,
        discount,
        total,
        comment: body.text("comment").unwrap_or_default(),
        performer_id,
    };
    service.id = call.account.next.service_wide();
    let answer = json::issue_service(call.account, &service);
    let now = call.account.now;
    let issue = call.account.issue_mut(id)?;
    issue.services.push(service);
    issue.updated_at = now;
    Ok(call.created(answer))
}
