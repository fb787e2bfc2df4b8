//! Numbers, ids, names.

use okdesk_sdk::model::*;

use crate::{body, issue, sent, server};

#[test]
fn quirk_27_ids_as_text() {
    let detail = issue(r#""company_id":"12","agreement":{"id":"3","crm_1c_id":55}"#);
    assert_eq!(detail.company_id, Some(CompanyId::new(12)));
    assert_eq!(detail.agreement.unwrap().crm_1c_id.as_deref(), Some("55"));
    for (json, id) in [("55", "55"), (r#""00-55""#, "00-55")] {
        let contact: Contact =
            serde_json::from_str(&format!(r#"{{"id":"3","crm_1c_id":{json}}}"#)).unwrap();
        assert_eq!(
            (contact.id.get(), contact.crm_1c_id.as_deref()),
            (3, Some(id))
        );
    }
}

#[test]
fn quirk_28_whole_or_fraction() {
    for (json, value) in [("0", 0.0), ("0.0", 0.0), ("0.1", 0.1), ("\"1,5\"", 1.5)] {
        assert_eq!(
            issue(&format!(r#""spent_time_total":{json}"#)).spent_time_total,
            Some(value)
        );
    }
}

#[tokio::test]
async fn quirk_29_units_differ_between_writing_and_reading() {
    let (server, client) = server(r#"{"id":7,"planned_execution_in_hours":1.5}"#).await;
    let created = client
        .issues()
        .create("x")
        .planned_execution_in_minutes(90)
        .await
        .unwrap();
    assert_eq!(created.planned_execution_in_hours, Some(1.5));
    assert_eq!(
        body(&server.seen()[0])["issue"]["planned_execution_in_minutes"],
        90
    );
}

#[tokio::test]
async fn quirk_30_one_thing_several_names() {
    let seen = sent(async |client| {
        client
            .issues()
            .list()
            .statuses(["a"])
            .maintenance_entities([MaintenanceEntityId::new(1)])
            .await
    })
    .await;
    let names: Vec<String> = seen.query().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["status_codes[]", "service_object_ids[]"]);
    let seen = sent(async |client| {
        client
            .issues()
            .ids()
            .statuses(["a"])
            .maintenance_entities([MaintenanceEntityId::new(1)])
            .await
    })
    .await;
    let names: Vec<String> = seen.query().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["status[]", "maintenance_entity_ids[]"]);
    let seen = sent(async |client| client.equipment().create("printer").await).await;
    assert_eq!(body(&seen)["equipment"]["equipment_type_code"], "printer");
    let entity: MaintenanceEntity =
        serde_json::from_str(r#"{"id":1,"contacts_ids":[2],"equipments_ids":[3]}"#).unwrap();
    assert_eq!(
        (entity.contacts_ids.len(), entity.equipments_ids.len()),
        (1, 1)
    );
}

#[test]
fn quirk_31_latitude_first() {
    let address = issue(r#""address":{"coordinates":[53.2,45.0],"value":"Пенза"}"#)
        .address
        .unwrap();
    assert_eq!(address.coordinates, Some(Coordinates::new(53.2, 45.0)));
}

#[test]
fn quirk_32_codes_belong_to_the_account() {
    let detail = issue(
        r#""status":{"code":"inst_fin"},"priority":{"code":"Critical"},"status_times":{"no_time":{"total":"3 д., 4 ч., 5 м."}}"#,
    );
    assert_eq!(detail.status_code().unwrap(), &StatusCode::new("inst_fin"));
    assert_ne!(detail.priority.unwrap().code, PriorityCode::new("critical"));
    assert!(detail.status_times.contains_key("no_time"));
}

#[test]
fn quirk_33_ratings_on_another_scale_are_kept() {
    let rate = issue(r#""rate":{"id":1,"value":"excellent"}"#)
        .rate
        .unwrap()
        .value
        .unwrap();
    assert_eq!((rate.as_str(), rate.is_known()), ("excellent", false));
}
