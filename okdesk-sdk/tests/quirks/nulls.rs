//! Nulls and empties.

use okdesk_sdk::model::*;

use crate::support::{Server, json};
use crate::{ID, body, issue, sent, summary};

#[test]
fn quirk_21_nulls_where_the_documentation_shows_values() {
    summary(
        r#""company":null,"contact":null,"service_object":null,"agreement":null,"completed_at":null,"deadline_at":null,"reacted_at":null"#,
    );
    let detail = issue(
        r#""title":null,"description":null,"group_id":null,"planned_execution_in_hours":null,"assignee":null,"attachments":[{"id":1,"description":null}],
        "observers":null,"status_times":null,"comments":null,"parameters":null,"spent_time_total":null,"source":null"#,
    );
    assert_eq!(
        (
            detail.group_id,
            detail.assignee,
            detail.attachments[0].description.clone()
        ),
        (None, None, None)
    );
}

#[test]
fn quirk_22_nulls_found_in_production() {
    serde_json::from_str::<Company>(r#"{"id":1,"category":null}"#).unwrap();
    serde_json::from_str::<MaintenanceEntity>(r#"{"id":1,"company_id":null}"#).unwrap();
    serde_json::from_str::<EquipmentModel>(
        r#"{"id":1,"equipment_kind":null,"equipment_manufacturer":null}"#,
    )
    .unwrap();
    serde_json::from_str::<Employee>(r#"{"id":1,"login":null}"#).unwrap();
    serde_json::from_str::<TimeEntry>(r#"{"id":1,"created_at":null}"#).unwrap();
    let detail = issue(r#""status":null,"type":null,"priority":null"#);
    assert_eq!(
        (detail.status, detail.kind, detail.priority),
        (None, None, None)
    );
}

#[test]
fn quirk_23_empty_text_instead_of_null() {
    let detail = issue(
        r#""description":"","deadline_at":"","company_id":"","parameters":[{"code":"a","value":""}]"#,
    );
    assert!(detail.description.is_empty());
    assert_eq!((detail.deadline_at, detail.company_id), (None, None));
    assert!(detail.parameters[0].value.is_empty());
    let item: NomenclatureItem = serde_json::from_str(r#"{"id":1,"vendor_code":""}"#).unwrap();
    assert_eq!(item.vendor_code.as_deref(), Some(""));
}

#[test]
fn quirk_24_values_of_attributes_are_of_any_kind() {
    let detail = issue(
        r#""parameters":[{"code":"a","value":"x","field_type":"ftstring"},{"code":"b","value":true},{"code":"c","value":["x","y"]},
        {"code":"d","value":null},{"code":"e","value":3},{"code":"f","value":{"x":1},"field_type":"ftnew"},{"code":"g","field_type":5}]"#,
    );
    let value = |index: usize| &detail.parameters[index].value;
    assert_eq!(value(0), &CustomValue::from("x"));
    assert_eq!(value(1), &CustomValue::Bool(true));
    assert_eq!(value(2), &CustomValue::from(["x", "y"]));
    assert_eq!(value(3), &CustomValue::Null);
    assert!(
        matches!(value(4), CustomValue::Number(_)) && matches!(value(5), CustomValue::Other(_))
    );
    assert_eq!(detail.parameters[5].field_type.as_ref().unwrap(), "ftnew");
    assert_eq!(
        detail.parameters[6].field_type,
        Some(FieldType::MultiSelect)
    );
}

#[tokio::test]
async fn quirk_25_a_required_attribute_cannot_be_emptied() {
    let server = Server::start([json(
        422,
        r#"{"errors":{"custom_parameters":{"a":["не может быть пустым"]}}}"#,
    )])
    .await;
    let error = server
        .client()
        .issues()
        .change_parameters(ID)
        .custom("a", None::<&str>)
        .await
        .unwrap_err();
    assert_eq!(
        (error.is_validation(), error.field()),
        (true, Some("custom_parameters.a"))
    );
    assert!(body(&server.seen()[0])["custom_parameters"]["a"].is_null());
}

#[tokio::test]
async fn quirk_26_zero_in_a_filter_means_without() {
    let seen =
        sent(async |client| client.issues().list().assignees([IdFilter::Without]).await).await;
    assert_eq!(
        seen.query(),
        [("assignee_ids[]".to_owned(), "0".to_owned())]
    );
    assert!(serde_json::from_str::<IssueId>("0").is_err());
}
