//! Writing.

use okdesk_sdk::model::*;
use okdesk_sdk::{Client, Delivery, Upload};

use crate::support::{Server, json};
use crate::{ID, body, sent};

#[tokio::test]
async fn quirk_49_the_documented_form_except_for_ratings() {
    let seen = sent(async |client| client.issues().create("x").await).await;
    assert_eq!(body(&seen)["issue"]["title"], "x");
    let seen = sent(async |client| client.issues().rate(ID, Rate::Good).await).await;
    assert_eq!(body(&seen)["issue"]["rate"], "good");
}

#[tokio::test]
async fn quirk_50_methods_that_surprise() {
    let seen =
        sent(async |client| client.issues().change_parameters(ID).custom("a", "b").await).await;
    assert_eq!(seen.method, "POST");
    let seen = sent(async |client| client.issues().change_status(ID, "closed").await).await;
    assert_eq!(seen.method, "POST");
    let seen = sent(async |client| client.issues().assign(ID, None).await).await;
    assert_eq!(seen.method, "PATCH");
    let prices = async |client: Client| {
        client
            .nomenclature()
            .update_price(PriceListId::new(1), PriceListServiceId::new(2))
            .price(1.0)
            .await
    };
    assert_eq!(sent(prices).await.method, "PATCH");
}

#[tokio::test]
async fn quirk_51_nobody_is_two_nulls() {
    let seen = sent(async |client| client.issues().assign(ID, None).await).await;
    assert_eq!(
        body(&seen),
        serde_json::json!({"assignee_id": null, "group_id": null})
    );
}

#[tokio::test]
async fn quirk_52_a_refused_transition_is_validation() {
    let server = Server::start([json(
        422,
        r#"{"errors":{"delay_to":["не может быть пустым"]}}"#,
    )])
    .await;
    let error = server
        .client()
        .issues()
        .change_status(ID, StatusCode::DELAYED)
        .await
        .unwrap_err();
    assert_eq!(
        (error.is_validation(), error.delivery(), error.field()),
        (true, Delivery::Rejected, Some("delay_to"))
    );
}

#[tokio::test]
async fn quirk_53_comments_are_html_under_content() {
    let seen = sent(async |client| {
        client
            .comments()
            .create(ID, "a\nb & c", Author::contact(ContactId::new(1)))
            .await
    })
    .await;
    assert_eq!(body(&seen)["comment"]["content"], "a<br>b &amp; c");
}

#[tokio::test]
async fn quirk_54_the_author_is_always_named() {
    let seen = sent(async |client| {
        client
            .comments()
            .create(ID, "a", Author::contact(ContactId::new(1)))
            .await
    })
    .await;
    assert_eq!(
        (
            &body(&seen)["comment"]["author_id"],
            &body(&seen)["comment"]["author_type"]
        ),
        (&1.into(), &"contact".into())
    );
}

#[tokio::test]
async fn quirk_55_files_are_numbered() {
    let two = [Upload::from_bytes("a", "1"), Upload::from_bytes("b", "2")];
    let [first, second] = two;
    let seen = sent(async |client| {
        client
            .issues()
            .create("x")
            .attach(first)
            .attach(second)
            .await
    })
    .await;
    assert!(seen.text().contains("issue[attachments][0][attachment]"));
    assert!(seen.text().contains("issue[attachments][1][attachment]"));
    assert!(!seen.text().contains("[attachments][]"));
}

#[tokio::test]
async fn quirk_56_a_plus_is_a_plus() {
    let seen = sent(async |client| client.contacts().search().text("+7 900").await).await;
    assert!(
        seen.target.contains("search_string=%2B7+900"),
        "{}",
        seen.target
    );
    let seen = sent(async |client| {
        client
            .issues()
            .change_address(ID, "Пенза", Coordinates::new(53.2, 45.0))
            .await
    })
    .await;
    assert_eq!(body(&seen)["coordinates"], serde_json::json!([53.2, 45.0]));
}

#[tokio::test]
async fn quirk_57_a_phone_is_sent_as_it_is_written() {
    let seen =
        sent(async |client| client.contacts().search().phone("8 (900) 123-45-67").await).await;
    assert_eq!(
        seen.query(),
        [("phone".to_owned(), "8 (900) 123-45-67".to_owned())]
    );
}
