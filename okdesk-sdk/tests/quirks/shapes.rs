//! One thing in several shapes.

use okdesk_sdk::model::*;

use crate::{ID, issue, server, summary};

#[tokio::test]
async fn quirk_09_object_or_array_by_number_of_hits() {
    for (answer, hits) in [
        (r#"{"id":1,"contacts":[{"id":5}]}"#, 1),
        (r#"[{"id":1},{"id":2}]"#, 2),
        ("[]", 0),
        ("{}", 0),
        ("null", 0),
    ] {
        let (_server, client) = server(answer).await;
        assert_eq!(
            client
                .equipment()
                .search()
                .inventory_number("1")
                .await
                .unwrap()
                .len(),
            hits,
            "{answer}"
        );
        assert_eq!(
            client.companies().search().name("x").await.unwrap().len(),
            hits,
            "{answer}"
        );
        assert_eq!(
            client.contacts().search().phone("1").await.unwrap().len(),
            hits,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn quirk_10_count_gives_ids() {
    let (_server, client) = server("[1,\"2\",3]").await;
    assert_eq!(
        client.issues().ids().await.unwrap(),
        [1, 2, 3].map(IssueId::new)
    );
}

#[tokio::test]
async fn quirk_11_time_entries_in_two_shapes() {
    let (_server, client) =
        server(r#"{"spent_time_total":0.5,"time_entries":[{"id":1,"spent_time":"0.5"}]}"#).await;
    let entries = client.time_entries().list(ID).await.unwrap();
    assert_eq!(
        (entries.spent_time_total, entries.time_entries[0].spent_time),
        (Some(0.5), Some(0.5))
    );
    let (_server, client) = server(r#"[{"id":1},{"id":2}]"#).await;
    let entries = client.time_entries().list(ID).await.unwrap();
    assert_eq!(
        (entries.spent_time_total, entries.time_entries.len()),
        (None, 2)
    );
}

#[tokio::test]
async fn quirk_12_check_lists_in_two_shapes() {
    for answer in [
        r#"[{"id":1,"name":"a"}]"#,
        r#"{"check_list":{"items":[{"id":1,"name":"a"}]}}"#,
    ] {
        let (_server, client) = server(answer).await;
        assert_eq!(client.check_lists().list(ID).await.unwrap()[0].name, "a");
    }
}

#[test]
fn quirk_13_list_and_detail_are_two_shapes() {
    let listed = summary(
        r#""delay_to":"2024-05-01T00:00:00.000+03:00","company":{"id":1,"name":"R"},"service_object":{"id":2,"name":"S","timezone":"Moscow"},
        "equipments":[{"id":3,"equipment_kind":{"code":"p","name":"P"}}],"start_execution":null,"agreement":{"id":4,"title":"A"},
        "status":{"code":"opened","name":"O","color":"red"}"#,
    );
    assert!(listed.delay_to.is_some());
    assert_eq!(listed.company.unwrap().id.get(), 1);
    let place = listed.service_object.unwrap();
    assert_eq!(place.id.get(), 2);
    assert_eq!(place.timezone.unwrap().name, "Moscow");
    let zone = r#"{"code":"Europe/Moscow","name":"Москва","gmt":"+03:00"}"#;
    let other: IssueSummary = serde_json::from_str(&format!(
        r#"{{"id":1,"service_object":{{"id":2,"timezone":{zone}}}}}"#
    ))
    .unwrap();
    let place = other.service_object.unwrap();
    assert_eq!(place.timezone.unwrap().gmt.as_deref(), Some("+03:00"));
    assert_eq!(
        listed.equipments[0].equipment_kind.as_ref().unwrap().code,
        "p"
    );
    assert_eq!(listed.agreement.unwrap().name, "A");
    assert_eq!(listed.status.unwrap().color.as_deref(), Some("red"));
    let detail = issue(
        r#""delayed_to":"2024-05-01T00:00:00.000+03:00","company_id":1,"service_object_id":2,"equipment_ids":[3],
        "start_execution_until":null,"agreement":{"id":4,"title":"A","cost":0,"crm_1c_id":"1","company_ids":[1]},
        "type":{"id":1,"code":"t","name":"T","available_for_client":true}"#,
    );
    assert!(detail.delayed_to.is_some());
    assert_eq!(
        (
            detail.company_id.unwrap().get(),
            detail.service_object_id.unwrap().get(),
            detail.equipment_ids.len()
        ),
        (1, 2, 1)
    );
    assert_eq!(detail.agreement.unwrap().company_ids.len(), 1);
    assert_eq!(detail.kind.unwrap().available_for_client, Some(true));
}

#[test]
fn quirk_13_a_place_in_a_list_has_its_time_zone_as_text_or_object() {
    for zone in [
        r#""Moscow""#,
        r#"{"code":"Europe/Moscow","name":"Moscow","gmt":"+03:00"}"#,
    ] {
        let listed = summary(&format!(
            r#""service_object":{{"id":2,"name":"S","timezone":{zone}}}"#
        ));
        let zone = listed.service_object.unwrap().timezone.unwrap();
        assert_eq!(zone.name, "Moscow");
    }
}

#[test]
fn quirk_14_chosen_fields_leave_others_out() {
    let listed = summary(r#""assignee":{"id":null,"name":null}"#);
    assert_eq!((listed.title.as_str(), listed.assignee), ("", None));
}

#[test]
fn quirk_15_a_rating_without_a_value() {
    assert_eq!(
        issue(r#""rate":{"id":7,"value":null}"#).rate.unwrap().value,
        None
    );
    assert_eq!(
        issue(r#""rate":{"id":7,"value":"good"}"#)
            .rate
            .unwrap()
            .value,
        Some(Rate::Good)
    );
    assert_eq!(issue(r#""rate":null"#).rate, None);
}

#[tokio::test]
async fn quirk_16_an_answer_to_creation_may_lack_fields() {
    let (_server, client) = server(r#"{"id":1,"content":"x","author":{"id":2,"name":"A"}}"#).await;
    let comment = client
        .comments()
        .create(ID, "x", Author::employee(EmployeeId::new(2)))
        .await
        .unwrap();
    assert_eq!(
        (
            comment.published_at,
            comment.attachments.len(),
            comment.author.unwrap().kind
        ),
        (None, 0, None)
    );
}

#[test]
fn quirk_17_attachments_in_three_sizes() {
    let read = |json| serde_json::from_str::<Attachment>(json).unwrap();
    let bare = read(r#"{"id":1,"attachment_file_name":"a","description":null,"is_public":true}"#);
    assert_eq!(
        (bare.attachment_file_size, bare.attachment_url),
        (None, None)
    );
    let whole = read(
        r#"{"id":1,"attachment_file_name":"a","attachment_file_size":5,"attachment_url":"https://x","created_at":"2024-05-01T00:00:00.000+03:00"}"#,
    );
    assert_eq!(
        (whole.attachment_file_size, whole.attachment_url.as_deref()),
        (Some(5), Some("https://x"))
    );
    assert!(
        !whole.is_public,
        "what is not said to be public is internal"
    );
}

#[test]
fn quirk_18_equipment_and_its_company_in_several_sizes() {
    let read = |company: &str| {
        serde_json::from_str::<Equipment>(&format!(r#"{{"id":1,"company":{company}}}"#))
            .unwrap()
            .company
    };
    assert_eq!(
        read(r#"{"id":5,"name":"R","site":"s","attachments":[]}"#)
            .unwrap()
            .site
            .as_deref(),
        Some("s")
    );
    assert_eq!(
        read(r#"{"id":5,"name":"R"}"#).unwrap().id,
        Some(CompanyId::new(5))
    );
    assert_eq!(read(r#""Ромашка""#).unwrap().name, "Ромашка");
    assert_eq!(read("null"), None);
    let listed: Equipment =
        serde_json::from_str(r#"{"id":1,"maintenance_entity":{"id":2,"name":"S"}}"#).unwrap();
    assert_eq!(
        (
            listed.maintenance_entity_id,
            listed.maintenance_entity.unwrap().id.get()
        ),
        (None, 2)
    );
}

#[test]
fn quirk_19_a_comment_has_its_own_words() {
    let comment: Comment = serde_json::from_str(
        r#"{"id":1,"public":true,"published_at":"2024-05-01T09:15:00.123+03:00"}"#,
    )
    .unwrap();
    assert!(comment.public && comment.published_at.unwrap().to_jiff().is_some());
    let silent: Comment = serde_json::from_str(r#"{"id":1}"#).unwrap();
    assert!(!silent.public, "what is not said to be public is internal");
}

#[tokio::test]
async fn quirk_20_types_twice() {
    let tree = r#"[{"id":1,"code":"g","name":"G","type":"group","children":[{"id":2,"code":"h","type":"group","children":[{"id":3,"code":"i"}]}]}]"#;
    let (_server, client) = server(tree).await;
    let nodes = client.references().issue_type_tree().await.unwrap();
    assert!(nodes[0].is_group());
    assert_eq!(nodes[0].children[0].children[0].code, "i");
    assert_eq!(
        client.references().issue_types().await.unwrap()[0].code,
        "g"
    );
}
