//! Time spent on an issue.

use super::{Answer, Call, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::work as json;
use crate::testing::params::Param;
use crate::testing::state::moment;
use crate::testing::state::refusal::{ABSENT, BAD_DATE, BAD_VALUE, Mistakes, NO_RECORD, Refusal};
use crate::testing::state::status_change::NewTimeEntry;

operations! {
    "time_entries.list", GET "issues/{}/time_entries", Employee => list;
    "time_entries.create", POST "issues/{}/time_entries", Employee => create;
}

fn answer(call: &Call<'_>, id: u64) -> Result<Answer, Refusal> {
    // Here a deleted issue is simply not found.
    let issue = call.account.issue(id).map_err(|_| Refusal::NotFound)?;
    let json = json::time_entries(call.account, issue);
    if call.speaks(Switch::TimeEntriesBare) {
        return Ok(json.member("time_entries").into());
    }
    Ok(json.into())
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    answer(call, call.id(0)?)
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account.issue(id).map_err(|_| Refusal::NotFound)?;
    let mut mistakes = Mistakes::default();
    let mut entries = Vec::new();
    let given = mistakes.require("time_entries", call.params.list("time_entries"));
    for (at, entry) in given.unwrap_or_default().iter().enumerate() {
        let field = |name: &str| format!("time_entries.{at}.{name}");
        let Param::Map(entry) = entry else { continue };
        let employee_id = entry.id("employee_id");
        match employee_id {
            None => mistakes.add(field("employee_id"), ABSENT),
            Some(id) if !call.account.employees.contains_key(&id) => {
                mistakes.add(field("employee_id"), NO_RECORD)
            }
            Some(_) => {}
        }
        let spent_time = entry.text("formatted_spent_time");
        let hours = spent_time.as_deref().and_then(moment::hours_from_words);
        if hours.is_none() {
            let message = if spent_time.is_some() {
                BAD_VALUE
            } else {
                ABSENT
            };
            mistakes.add(field("formatted_spent_time"), message);
        }
        let logged_at = entry.text("logged_at");
        let at = logged_at
            .as_deref()
            .and_then(|text| moment::read_written(text, call.account.zone));
        if at.is_none() {
            mistakes.add(
                field("logged_at"),
                if logged_at.is_some() {
                    BAD_DATE
                } else {
                    ABSENT
                },
            );
        }
        if let (Some(employee_id), Some(spent_time), Some(logged_at)) = (employee_id, hours, at) {
            entries.push(NewTimeEntry {
                employee_id,
                spent_time,
                logged_at,
                comment: entry.text("comment"),
                custom_parameters: entry.map("custom_parameters").cloned(),
            });
        }
    }
    mistakes.check()?;
    for entry in entries {
        call.account.log_time(id, entry)?;
    }
    answer(call, id)
}
