//! Accounts, hosts, limits.

use okdesk_sdk::model::*;
use okdesk_sdk::{Client, Delivery, ErrorKind};

use crate::support::{Act, Server, json};
use crate::{ID, body, issue, sent};

#[test]
fn quirk_62_any_host_will_do() {
    for url in [
        "https://account.okdesk.ru",
        "https://account.okdesk.com",
        "https://support.company.example/api/v1",
    ] {
        Client::new(url, "token").unwrap();
    }
}

#[test]
fn quirk_63_fields_of_newer_accounts_are_optional() {
    let old = issue(r#""title":"x""#);
    assert_eq!(
        (old.coexecutors.len(), old.address, old.without_answer),
        (0, None, None)
    );
    let company: Company = serde_json::from_str(r#"{"id":1}"#).unwrap();
    assert_eq!(
        (company.coordinates, company.default_assignee_group),
        (None, None)
    );
    assert!(company.external_observers.is_empty());
    let file: Attachment = serde_json::from_str(r#"{"id":1}"#).unwrap();
    assert_eq!(file.comment_id, None);
    let new: IssueStatus = serde_json::from_str(r#"{"code":"a","final":true}"#).unwrap();
    assert_eq!(new.is_final, Some(true));
}

#[tokio::test]
async fn quirk_64_too_many_calls_are_repeated() {
    let server = Server::start([json(429, ""), json(503, ""), json(200, r#"{"id":7}"#)]).await;
    let (_, meta) = server
        .client()
        .issues()
        .get(ID)
        .send_with_meta()
        .await
        .unwrap();
    assert_eq!(meta.attempts(), 3);
}

#[tokio::test]
async fn quirk_65_a_creation_of_unknown_fate_is_not_repeated() {
    let server = Server::start([Act::CloseAfterReading]).await;
    let error = server.client().issues().create("x").await.unwrap_err();
    assert_eq!(
        (error.delivery(), error.attempts(), error.kind()),
        (Delivery::Unknown, 1, ErrorKind::Transport)
    );
}

#[tokio::test]
async fn quirk_66_the_client_of_a_new_issue_in_either_form() {
    let (company, contact) = (CompanyId::new(5), ContactId::new(3));
    let seen = sent(async |client| {
        client
            .issues()
            .create("x")
            .company(company)
            .contact(contact)
            .await
    })
    .await;
    assert_eq!(
        (
            &body(&seen)["issue"]["company_id"],
            &body(&seen)["issue"]["contact_id"]
        ),
        (&5.into(), &3.into())
    );
    let seen = sent(async |client| {
        client
            .issues()
            .create("x")
            .client(Some(company), Some(contact))
            .await
    })
    .await;
    assert_eq!(
        body(&seen)["issue"]["client"],
        serde_json::json!({"company": {"id": 5}, "contact": {"id": 3}})
    );
}
