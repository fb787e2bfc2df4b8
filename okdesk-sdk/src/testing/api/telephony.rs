//! Telephony: an exchange tells of calls, and lets a window pop up.

use super::{Answer, Call, operations};
use crate::testing::json::price as json;
use crate::testing::state::price::PhoneCall;
use crate::testing::state::refusal::{ABSENT, BAD_DATE, BAD_VALUE, Mistakes, Refusal};
use crate::testing::state::{moment, next_in};

operations! {
    "telephony.message_send", POST "telephony/messages", Administrator => message;
    "telephony.phone_call_create", POST "phone_calls", Administrator => phone_call;
}

fn message(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let mut mistakes = Mistakes::default();
    mistakes.require("phone", call.params.text("phone"));
    if call
        .params
        .list("telephony_numbers")
        .is_none_or(<[_]>::is_empty)
    {
        mistakes.add("telephony_numbers", ABSENT);
    }
    match call.params.number("search_numbers_count") {
        Some(count) if (1.0..=10.0).contains(&count) => {}
        Some(_) => mistakes.add("search_numbers_count", BAD_VALUE),
        None => mistakes.add("search_numbers_count", ABSENT),
    }
    mistakes.check()?;
    Ok(Answer::empty())
}

fn phone_call(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let body = call.params.section("phone_call");
    let zone = call.account.zone;
    let mut mistakes = Mistakes::default();
    let mut text = |name: &str| mistakes.require(name, body.text(name)).unwrap_or_default();
    let record = PhoneCall {
        id: next_in(&call.account.phone_calls),
        call_id: text("call_id"),
        started_at: text("started_at"),
        finished_at: body.text("finished_at"),
        duration: body.number("duration").unwrap_or(0.0),
        direction: body.number("direction").unwrap_or(0.0),
        source_phone: text("source_phone"),
        receiver_phone: text("receiver_phone"),
        file_url: body.text("file_url"),
        issue_id: body.id("issue_id"),
    };
    for (name, text) in [
        ("started_at", Some(&record.started_at)),
        ("finished_at", record.finished_at.as_ref()),
    ] {
        if text.is_some_and(|text| !text.is_empty() && moment::read_written(text, zone).is_none()) {
            mistakes.add(name, BAD_DATE);
        }
    }
    if let Some(id) = record.issue_id
        && call.account.issue(id).is_err()
    {
        mistakes.add("issue_id", BAD_VALUE);
    }
    mistakes.check()?;
    let answer = json::phone_call(&record);
    call.account.phone_calls.insert(record.id, record);
    Ok(call.created(answer))
}
