//! Dictionaries.

use super::{Answer, Call, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::references as json;
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::refusal::Refusal;

operations! {
    "references.issue_statuses", GET "issues/statuses", Contact => statuses;
    "references.issue_priorities", GET "issues/priorities", Contact => priorities;
    "references.issue_types_flat", GET "issues/types", Contact => types_flat;
    "references.issue_parameters", GET "issues/parameters/list", Contact => issue_parameters;
    "references.time_entry_parameters", GET "time_entries/parameters", Contact => time_entry_parameters;
    "references.timezones", GET "timezones", Contact => timezones;
    "references.issue_types_tree", GET "dictionaries/issues/types", Contact => types_tree;
}

fn statuses(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(json::statuses(call.account).into())
}

fn priorities(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(json::priorities(call.account).into())
}

fn types_flat(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(json::types_flat(call.account).into())
}

fn types_tree(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(json::types_tree(call.account).into())
}

fn issue_parameters(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let parameters = json::parameters(call.account, AttributeOwner::Issue);
    if call.speaks(Switch::IssueParametersWrapped) {
        return Ok(json::wrapped(parameters).into());
    }
    Ok(parameters.into())
}

fn time_entry_parameters(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(json::parameters(call.account, AttributeOwner::TimeEntry).into())
}

fn timezones(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(json::timezones().into())
}
