//! Agreements: read only, for no public source writes them.

use super::{Answer, Call, operations};
use crate::testing::json::{Json, issues as json};
use crate::testing::state::refusal::Refusal;

operations! {
    "agreements.list", GET "agreements", Employee => list;
    "agreements.get", GET "agreements/{}", Employee => get;
    "companies.agreements_list", GET "companies/{}/agreements", Employee => of_company;
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Json::list(call.account.agreements.values().map(json::agreement)).into())
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let agreement = call
        .account
        .agreements
        .get(&call.id(0)?)
        .ok_or(Refusal::NotFound)?;
    Ok(json::agreement(agreement).into())
}

fn of_company(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    if !call.account.companies.contains_key(&id) {
        return Err(Refusal::NotFound);
    }
    let agreements = call
        .account
        .agreements
        .values()
        .filter(|agreement| agreement.company_ids.contains(&id));
    Ok(Json::list(agreements.map(json::agreement)).into())
}
