//! Every switch changes what it says it changes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use okdesk_sdk::testing::{Dialect, Switch};
use reqwest::Method;
use serde_json::{Value, json};
use simulator_support::{Okdesk, answer};

/// One observation; it must differ between the usual dialect and the other one.
async fn observe(okdesk: &Okdesk, switch: Switch) -> Value {
    let whole = |(status, body): (u16, Value)| json!([status, body]);
    let shape = |(status, body): (u16, Value)| match body {
        Value::Object(members) => json!([status, members.keys().collect::<Vec<_>>()]),
        Value::Array(items) => json!([status, items.len()]),
        other => json!([status, other]),
    };
    let status = |(status, _): (u16, Value)| json!(status);
    match switch {
        Switch::FromIdInclusive => whole(okdesk.get("employees/list?page[from_id]=1").await),
        Switch::EmployeesNumberedPages => shape(okdesk.get("employees/list?page[number]=2").await),
        Switch::EmployeesUnpaged => shape(okdesk.get("employees/list?page[size]=1").await),
        Switch::IssuePageClamped => status(okdesk.get("issues/list?page[size]=60").await),
        Switch::IsoFilterDatesRefused => {
            status(okdesk.get("issues/list?created_since=2020-01-01").await)
        }
        Switch::MissingIssue404 => status(okdesk.get("issues/99").await),
        Switch::MissingIssueNamesId => whole(okdesk.get("issues/99").await),
        Switch::MergedIssueRedirects => status(okdesk.get("issues/3").await),
        Switch::CommentAuthorRequired => status(
            okdesk
                .post("issues/1/comments", json!({"content": "x"}))
                .await,
        ),
        Switch::IssueTypeIgnored => okdesk
            .post("issues", json!({"title": "x", "type": "incident"}))
            .await
            .1["type"]["code"]
            .clone(),
        Switch::IssueClientNested => {
            let flat = okdesk
                .post("issues", json!({"title": "x", "contact_id": 1}))
                .await
                .1["contact"]
                .clone();
            let nested = json!({"title": "x", "client": {"contact": {"id": 1}}});
            assert_eq!(
                okdesk.post("issues", nested).await.1["contact"]["id"],
                1,
                "the nested form always works"
            );
            flat
        }
        Switch::RateFlatOnly => status(
            okdesk
                .post("issues/1/rates", json!({"issue": {"rate": "good"}}))
                .await,
        ),
        Switch::RateWrappedOnly => {
            status(okdesk.post("issues/1/rates", json!({"rate": "good"})).await)
        }
        Switch::StatusAnswerShort => shape(
            okdesk
                .post("issues/1/statuses", json!({"code": "in_progress"}))
                .await,
        ),
        Switch::ErrorsFieldText | Switch::ErrorsList | Switch::ErrorsSentence => {
            let refused = okdesk.post("issues/1/comments", json!({})).await.1["errors"].clone();
            let expected = match switch {
                _ if !okdesk.sim.dialect().has(switch) => json!({"content": ["отсутствует"]}),
                Switch::ErrorsFieldText => json!({"content": "отсутствует"}),
                Switch::ErrorsList => json!(["content отсутствует"]),
                _ => json!("content отсутствует"),
            };
            assert_eq!(refused, expected);
            refused
        }
        Switch::LoginLinkAsUrl => shape(
            okdesk
                .post("login_link", json!({"user_type": "contact", "user_id": 1}))
                .await,
        ),
        Switch::ParametersPatch => status(
            okdesk
                .post("issues/1/parameters", json!({"custom_parameters": {}}))
                .await,
        ),
        Switch::TimeEntriesBare => shape(okdesk.get("issues/1/time_entries").await),
        Switch::CheckListWrapped => whole(okdesk.get("issues/1/check_lists/items").await),
        Switch::DatesWithoutOffset => {
            json!(
                okdesk.get("issues/1").await.1["created_at"]
                    .as_str()
                    .unwrap()
                    .len()
            )
        }
        Switch::PriceLineByPut => status(
            okdesk
                .put("nomenclature/price_lists/1/services/1", json!({"price": 5}))
                .await,
        ),
        Switch::EmployeeChangesByPost => status(
            okdesk
                .post("employees/2/groups", json!({"group_ids": [2]}))
                .await,
        ),
        Switch::NoRecordReads => status(okdesk.get("contacts/1").await),
        Switch::AnswersCreated201 => status(okdesk.post("issues", json!({"title": "x"})).await),
        Switch::CommentAnswerShort => shape(
            okdesk
                .post("issues/1/comments", json!({"content": "x"}))
                .await,
        ),
        Switch::OldIssueDetail => shape(okdesk.get("issues/1").await),
        // The webhooks' own switches are told apart in `simulator_webhooks`.
        Switch::WebhookStringIds
        | Switch::WebhookTimeEntryObject
        | Switch::WebhookNewTicketSource
        | Switch::StatusCommentFiresNewComment
        | Switch::WebhookRateWords
        | Switch::WebhookAutomationAuthorNull
        | Switch::WebhookClearedAssigneeNull
        | Switch::WebhookNewAssigneeInIssue => json!(okdesk.sim.dialect().has(switch)),
        untold => panic!("nothing shows what {} changes", untold.name()),
    }
}

async fn account(dialect: Dialect) -> Okdesk {
    let okdesk = Okdesk::start().await;
    let account = okdesk.sim.account();
    account.employee("Иван", "Соколов").create();
    account.contact("Анна", "Петрова").create();
    for title in ["1", "2", "3"] {
        account.issue(title).create();
    }
    okdesk.sim.merge(3.into(), 2.into()).unwrap();
    account.price_list("Основной");
    let line = json!({"service": {"code": "w", "name": "Работа", "type": "work", "unit": "ч", "price": 1, "nds": 20}});
    assert_eq!(okdesk.post("price_lists/1/services", line).await.0, 200);
    okdesk.sim.set_dialect(dialect);
    okdesk
}

#[tokio::test]
async fn every_switch_changes_what_it_says() {
    for switch in Switch::ALL {
        let usual = observe(&account(Dialect::usual()).await, *switch).await;
        let other = observe(&account((*switch).into()).await, *switch).await;
        assert_ne!(usual, other, "{}", switch.name());
    }
}

#[tokio::test]
async fn a_merged_issue_is_another_one() {
    let okdesk = account(Dialect::usual()).await;
    assert_eq!(okdesk.get("issues/3").await.1["id"], 2);
    okdesk.sim.turn_on(Switch::MergedIssueRedirects);
    let response = okdesk
        .http
        .get(okdesk.url("issues/3"))
        .send()
        .await
        .unwrap();
    assert!(
        response.headers()["location"]
            .to_str()
            .unwrap()
            .ends_with("/api/v1/issues/2")
    );
    let (_, comments) = okdesk.get("issues/2/comments").await;
    let text = comments[0]["content"].as_str().unwrap();
    assert!(
        text.contains("Комментарий добавлен при объединении заявок")
            && text.contains("in-comment-issue")
    );
}

#[tokio::test]
async fn switches_are_read_by_name_and_documented() {
    let all: Dialect = Switch::ALL.iter().copied().collect();
    let names: Vec<&str> = Switch::ALL.iter().map(|switch| switch.name()).collect();
    assert_eq!(names.join(",").parse::<Dialect>().unwrap(), all);
    assert!("no-such".parse::<Dialect>().is_err());
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/simulator.md"))
            .unwrap();
    for switch in Switch::ALL {
        for fact in [
            switch.name(),
            switch.usual(),
            switch.other(),
            switch.source(),
        ] {
            assert!(
                page.contains(fact),
                "docs/simulator.md lacks {fact:?} of {}",
                switch.name()
            );
        }
    }
    // One row for each, in the same words and order, with the sources of both readings.
    let table = page.split("## Dialects").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = Switch::ALL
        .iter()
        .map(|switch| {
            let (usual, other) = (switch.usual(), switch.other());
            format!(
                "| `{}` | {usual} | {other} | {} |",
                switch.name(),
                switch.source()
            )
        })
        .collect();
    assert_eq!(rows, expected);
    let okdesk = Okdesk::start().await;
    let url = okdesk.sim.url().join("_sim/dialect").unwrap();
    let request = okdesk
        .http
        .request(Method::POST, url)
        .header("content-type", "application/json");
    let (_, switches) = answer(request.body(r#"{"switches": ["missing-issue-404"]}"#)).await;
    let on: Vec<&Value> = switches
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["on"] == true)
        .collect();
    assert_eq!((on.len(), &on[0]["name"]), (1, &json!("missing-issue-404")));
}
