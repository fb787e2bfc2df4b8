//! Dates.

use okdesk_sdk::model::*;

use crate::support::{Server, json};
use crate::{ID, body, issue, sent};

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
