//! What errors look like.

use okdesk_sdk::model::*;

use crate::ID;
use crate::support::{self, Server, json, with_headers};

#[tokio::test]
async fn quirk_38_errors_in_five_shapes() {
    for (errors, text) in [
        (r#""a""#, "a"),
        (r#"["a","b"]"#, "a; b"),
        (r#"{"f":["a"]}"#, "f: a"),
        (r#"{"f":"a"}"#, "f: a"),
        (
            r#"{"page":{"size":["a"]},"observer_ids":{"1":["b"]}}"#,
            "observer_ids.1: b; page.size: a",
        ),
    ] {
        let server = Server::start([json(422, &format!(r#"{{"errors":{errors}}}"#))]).await;
        assert_eq!(
            server
                .client()
                .issues()
                .get(ID)
                .await
                .unwrap_err()
                .api()
                .unwrap()
                .to_string(),
            text
        );
    }
}

#[tokio::test]
async fn quirk_40_html_instead_of_json() {
    let server = Server::start([with_headers(404, "Content-Type: text/html\r\n", "<html>")]).await;
    let error = server.client().issues().get(ID).await.unwrap_err();
    assert_eq!(
        (error.status(), error.body(), error.api()),
        (Some(404), Some(&b"<html>"[..]), None)
    );
}

#[tokio::test]
async fn quirk_41_rights_differ_by_operation() {
    let server = Server::answering(|seen| {
        if seen.path().ends_with("deadlines") {
            json(403, "")
        } else {
            json(200, r#"{"id":7}"#)
        }
    })
    .await;
    let time: LocalTime = "2024-05-01".parse().unwrap();
    assert!(
        server
            .client()
            .issues()
            .change_deadline(ID, time)
            .await
            .unwrap_err()
            .is_forbidden()
    );
    server.client().issues().get(ID).await.unwrap();
}

#[tokio::test]
async fn quirk_42_a_contacts_key_may_not_search_companies() {
    let server = Server::start([json(403, r#"{"errors":"У вас нет доступа"}"#)]).await;
    assert!(
        server
            .client()
            .companies()
            .search()
            .name("x")
            .await
            .unwrap_err()
            .is_forbidden()
    );
}

#[tokio::test]
async fn quirk_43_the_token_is_part_of_the_address_but_of_no_error() {
    let client = support::quick("http://127.0.0.1:1").build().unwrap();
    let error = client.issues().get(ID).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(support::TOKEN));
}
