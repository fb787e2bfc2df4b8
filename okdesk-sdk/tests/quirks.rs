//! The quirks of Okdesk, one test for each by its number; what each is about stands in `docs/okdesk-facts.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use okdesk_sdk::model::*;
use okdesk_sdk::resources::{AttributeFilter, IssueSorting};
use okdesk_sdk::{Client, Delivery, Direction, Error, ErrorKind, Upload};
use support::{Act, Seen, Server, json, with_headers};

const ID: IssueId = IssueId::new(7);

fn issue(fields: &str) -> Issue {
    serde_json::from_str(&format!(r#"{{"id":7,{fields}}}"#)).unwrap()
}

fn summary(fields: &str) -> IssueSummary {
    serde_json::from_str(&format!(r#"{{"id":7,{fields}}}"#)).unwrap()
}

async fn server(body: &str) -> (Server, Client) {
    let server = Server::start([json(200, body)]).await;
    let client = server.client();
    (server, client)
}

async fn sent<T>(call: impl AsyncFnOnce(Client) -> Result<T, Error>) -> Seen {
    let (server, client) = server("{}").await;
    let _ = call(client).await;
    server.seen().remove(0)
}

fn body(seen: &Seen) -> serde_json::Value {
    serde_json::from_slice(&seen.body).unwrap()
}

// A. Success that is not success, and the reverse

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

// B. Shape changes

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

// C. Nulls and empties

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

// D. Numbers, ids, names

#[test]
fn quirk_27_ids_as_text() {
    let detail = issue(r#""company_id":"12","agreement":{"id":"3","crm_1c_id":55}"#);
    assert_eq!(detail.company_id, Some(CompanyId::new(12)));
    assert_eq!(detail.agreement.unwrap().crm_1c_id.as_deref(), Some("55"));
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

// E. Dates

#[tokio::test]
async fn quirk_34_four_spellings_of_dates() {
    let time: LocalTime = "2024-05-01 09:15".parse().unwrap();
    let seen = sent(async |client| client.issues().list().created_since(time).await).await;
    assert_eq!(seen.query()[0].1, "01-05-2024 09:15");
    let seen = sent(async |client| client.companies().list().created_since(time).await).await;
    assert_eq!(seen.query()[0].1, "2024-05-01");
    let seen = sent(async |client| client.issues().change_deadline(ID, time).await).await;
    assert_eq!(body(&seen)["deadline_at"], "2024-05-01 09:15");
    let seen = sent(async |client| {
        client
            .issues()
            .change_status(ID, "delayed")
            .delay_until(time)
            .await
    })
    .await;
    assert_eq!(body(&seen)["delay_to"], "2024-05-01T09:15");
}

#[test]
fn quirk_35_a_time_without_offset_is_flagged() {
    let created = issue(r#""created_at":"2024-05-01T09:15:00.123""#)
        .created_at
        .unwrap();
    assert!(created.is_zoneless() && created.to_jiff().is_some());
}

#[test]
fn quirk_36_durations_are_words() {
    let detail = issue(
        r#""status_times":{"opened":{"total":"3 д., 4 ч., 5 м.","on_schedule_total":"1 ч."}}"#,
    );
    assert_eq!(detail.status_times["opened"].total, "3 д., 4 ч., 5 м.");
}

#[tokio::test]
async fn quirk_37_a_bad_filter_names_its_field() {
    let server = Server::start([json(
        422,
        r#"{"errors":{"created_until":["Неверный формат даты"]}}"#,
    )])
    .await;
    assert_eq!(
        server.client().issues().ids().await.unwrap_err().field(),
        Some("created_until")
    );
}

// F. Errors

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

// G. Paging

#[tokio::test]
async fn quirk_44_two_largest_pages() {
    let seen = sent(async |client| client.companies().list().page_size(1000).await).await;
    assert_eq!(seen.query()[0].1, "100");
    let seen = sent(async |client| client.issues().list().page_size(1000).await).await;
    assert_eq!(seen.query()[0].1, "50");
}

#[tokio::test]
async fn quirk_45_the_start_may_be_included() {
    let server = Server::answering(|seen| {
        let from = seen
            .query()
            .iter()
            .find(|(name, _)| name == "page[from_id]")
            .map(|(_, id)| id.parse::<u64>().unwrap());
        let ids: Vec<String> = (1..=from.unwrap_or(5))
            .rev()
            .take(2)
            .map(|id| format!(r#"{{"id":{id}}}"#))
            .collect();
        json(200, &format!("[{}]", ids.join(",")))
    });
    let all = server
        .await
        .client()
        .companies()
        .list()
        .page_size(2)
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        all.iter()
            .map(|company| company.id.get())
            .collect::<Vec<_>>(),
        [5, 4, 3, 2, 1]
    );
}

#[tokio::test]
async fn quirk_46_one_pair_of_words_for_two_directions() {
    let seen = sent(async |client| {
        client
            .companies()
            .list()
            .direction(Direction::Forward)
            .await
    })
    .await;
    assert_eq!(
        seen.query(),
        [("page[direction]".to_owned(), "forward".to_owned())]
    );
    let seen = sent(async |client| {
        client
            .issues()
            .list()
            .sort(IssueSorting::UpdatedAt, Direction::Forward)
            .await
    })
    .await;
    assert!(
        seen.query()
            .contains(&("sorting[direction]".to_owned(), "forward".to_owned()))
    );
}

#[tokio::test]
async fn quirk_47_numbered_pages_drift() {
    let page = |ids: std::ops::Range<u64>| {
        format!(
            "[{}]",
            ids.map(|id| format!(r#"{{"id":{id}}}"#))
                .collect::<Vec<_>>()
                .join(",")
        )
    };
    let server = Server::start([
        json(200, &page(1..3)),
        json(200, &page(2..4)),
        json(200, "[]"),
    ])
    .await;
    let all = server
        .client()
        .issues()
        .list()
        .page_size(2)
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|issue| issue.id.get()).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}

// H. Writing

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

// I. Content

#[test]
fn quirk_60_names_hold_quotes_and_backslashes() {
    let named: Named<CompanyId> =
        serde_json::from_str(r#"{"id":1,"name":"ACME\\\" \\\""}"#).unwrap();
    assert_eq!(named.name, r#"ACME\" \""#);
}

#[tokio::test]
async fn quirk_61_addresses_of_files_die_and_get_no_token() {
    let files = Server::start([
        with_headers(403, "", ""),
        Act::Answer(support::raw(200, "", b"x")),
    ])
    .await;
    let api = Server::start([json(
        200,
        &format!(r#"{{"id":9,"attachment_url":"{}"}}"#, files.url),
    )])
    .await;
    assert_eq!(
        &api.client()
            .issues()
            .download(ID, AttachmentId::new(9))
            .bytes()
            .await
            .unwrap()[..],
        b"x"
    );
    assert!(
        files
            .seen()
            .iter()
            .all(|seen| !seen.target.contains("api_token"))
    );
}

// J. Environment

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

// Attributes in filters, beside the numbered ones.

#[tokio::test]
async fn an_empty_choice_is_refused() {
    let (_server, client) = server("[]").await;
    let error = client
        .companies()
        .list()
        .custom("x", AttributeFilter::any([] as [&str; 0]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
}
