//! Success that is not success, and the reverse.

use okdesk_sdk::model::*;

use crate::support::{Server, json, with_headers};
use crate::{ID, body, sent, server};

#[tokio::test]
async fn quirk_01_success_with_an_error_body() {
    for text in ["Записи не существует", "Записи 7 не существует"]
    {
        let (_server, client) = server(&format!(r#"{{"errors":"{text}"}}"#)).await;
        assert!(client.issues().get(ID).await.unwrap_err().is_not_found());
    }
}

#[tokio::test]
async fn quirk_02_not_found_by_status_is_the_same() {
    let server = Server::start([json(404, r#"{"errors":"Записи не существует"}"#)]).await;
    assert!(
        server
            .client()
            .time_entries()
            .list(ID)
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn quirk_03_an_update_offers_only_what_works() {
    let seen =
        sent(async |client| client.issues().update(ID).title("t").description("d").await).await;
    let body = body(&seen);
    let fields: Vec<&String> = body["issue"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["description", "title"]);
}

#[tokio::test]
async fn quirk_04_an_empty_body_is_success() {
    let (_server, client) = server("").await;
    client
        .issues()
        .change_parameters(ID)
        .custom("a", "b")
        .await
        .unwrap();
}

#[tokio::test]
async fn quirk_05_the_type_may_be_ignored_and_can_be_seen_and_set() {
    let (server, client) = server(r#"{"id":7,"type":{"code":"service"}}"#).await;
    let created = client.issues().create("x").kind("incident").await.unwrap();
    assert_eq!(created.kind.unwrap().code, IssueTypeCode::SERVICE);
    client.issues().change_type(ID, "incident").await.unwrap();
    assert_eq!(server.seen()[1].path(), "/api/v1/issues/7/types");
}

#[tokio::test]
async fn quirk_06_no_unknown_parameters_are_sent() {
    let seen = sent(async |client| client.issues().list().page_size(100).await).await;
    assert_eq!(seen.query(), [("page[size]".to_owned(), "50".to_owned())]);
}

#[tokio::test]
async fn quirk_07_a_merged_issue_gives_another_one() {
    let (_server, client) = server(r#"{"id":9}"#).await;
    assert_eq!(
        client.issues().get(ID).await.unwrap_err().merged_into(),
        Some(IssueId::new(9))
    );
    let server = Server::start([with_headers(302, "Location: /issues/9\r\n", "")]).await;
    assert_eq!(
        server
            .client()
            .issues()
            .get(ID)
            .await
            .unwrap_err()
            .merged_into(),
        Some(IssueId::new(9))
    );
}

#[tokio::test]
async fn quirk_08_a_status_change_may_answer_little() {
    let (_server, client) = server(r#"{"status":{"code":"closed","name":"Закрыта"}}"#).await;
    let change = client
        .issues()
        .change_status(ID, StatusCode::CLOSED)
        .await
        .unwrap();
    assert_eq!(
        (change.id, change.status.unwrap().code),
        (None, StatusCode::CLOSED)
    );
}
