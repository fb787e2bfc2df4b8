//! Every field public sources name, read from the wire: each file in `tests/answers` is the fullest answer of one operation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use okdesk_sdk::model::*;
use okdesk_sdk::operation::Operation;
use okdesk_sdk::{Client, Error, Observer, SkippedItem};
use serde::Serialize;
use serde_json::Value;
use support::{Server, json, quick};

type Reading = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

fn reading<T: Serialize>(
    call: impl IntoFuture<Output = Result<T, Error>, IntoFuture: Send + 'static>,
) -> Reading {
    let future = call.into_future();
    Box::pin(async move { future.await.map(|read| serde_json::to_value(read).unwrap()) })
}

fn page<T: Serialize>(
    call: impl IntoFuture<Output = Result<okdesk_sdk::Page<T>, Error>, IntoFuture: Send + 'static>,
) -> Reading {
    let future = call.into_future();
    Box::pin(async move {
        future
            .await
            .map(|page| serde_json::to_value(page.items()).unwrap())
    })
}

fn readings(client: &Client) -> Vec<(&'static str, Reading)> {
    let (issue, file) = (IssueId::new(7), AttachmentId::new(9));
    let (list, references) = (PriceListId::new(1), client.references());
    vec![
        (
            "companies.search",
            reading(client.companies().search().text("R")),
        ),
        (
            "contacts.search",
            reading(client.contacts().search().text("P")),
        ),
        ("employees.list", page(client.employees().list())),
        ("employees.roles_list", reading(client.employees().roles())),
        (
            "employees.groups_list",
            reading(client.employees().groups()),
        ),
        ("issues.get", reading(client.issues().get(issue))),
        ("issues.list", page(client.issues().list())),
        (
            "issues.attachment_get",
            reading(client.issues().attachment(issue, file)),
        ),
        ("comments.list", reading(client.comments().list(issue))),
        (
            "time_entries.list",
            reading(client.time_entries().list(issue)),
        ),
        (
            "issue_services.list",
            reading(client.issue_services().list(issue)),
        ),
        (
            "issue_services.available_list",
            page(client.issue_services().available(issue)),
        ),
        (
            "check_lists.list",
            reading(client.check_lists().list(issue)),
        ),
        (
            "maintenance_entities.get",
            reading(client.maintenance_entities().get(11.into())),
        ),
        ("equipments.get", reading(client.equipment().get(13.into()))),
        ("equipments.list", page(client.equipment().list())),
        (
            "equipments.parameters_list",
            reading(client.equipment().parameters()),
        ),
        (
            "equipment_kinds.list",
            page(client.equipment_kinds().list()),
        ),
        (
            "equipment_manufacturers.list",
            page(client.equipment_manufacturers().list()),
        ),
        (
            "equipment_models.list",
            page(client.equipment_models().list()),
        ),
        ("agreements.list", reading(client.agreements().list())),
        ("price_lists.list", page(client.price_lists().list())),
        (
            "price_lists.services_list",
            page(client.price_lists().services(list, [ItemType::Work])),
        ),
        (
            "nomenclature.groups_list",
            page(client.nomenclature().groups()),
        ),
        (
            "nomenclature.items_list",
            page(client.nomenclature().items()),
        ),
        (
            "nomenclature.price_list_services_list",
            page(client.nomenclature().prices(list)),
        ),
        (
            "references.issue_statuses",
            reading(references.issue_statuses()),
        ),
        (
            "references.issue_priorities",
            reading(references.issue_priorities()),
        ),
        (
            "references.issue_types_flat",
            reading(references.issue_types()),
        ),
        (
            "references.issue_types_tree",
            reading(references.issue_type_tree()),
        ),
        (
            "references.issue_parameters",
            reading(references.issue_parameters()),
        ),
        ("references.timezones", reading(references.timezones())),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

/// What was found new or unreadable, which shall be nothing.
#[derive(Clone, Default)]
struct Surprises(Arc<Mutex<Vec<String>>>);

impl Observer for Surprises {
    fn on_drift(&self, operation: &'static Operation, drift: &Drift) {
        self.0
            .lock()
            .unwrap()
            .push(format!("{}: {drift}", operation.id));
    }

    fn on_skipped(&self, operation: &'static Operation, item: &SkippedItem) {
        self.0
            .lock()
            .unwrap()
            .push(format!("{}: {}", operation.id, item.reason));
    }
}

/// Says where what was read lacks something of the answer, or has it otherwise.
fn lost(answer: &Value, read: Option<&Value>, path: &str, losses: &mut Vec<String>) {
    match (answer, read) {
        (Value::Object(fields), Some(Value::Object(found))) => {
            for (name, value) in fields {
                // What only names a thing calls its title a name, too.
                let other = (name == "title").then(|| found.get("name")).flatten();
                lost(
                    value,
                    found.get(name).or(other),
                    &format!("{path}.{name}"),
                    losses,
                );
            }
        }
        (Value::Array(items), Some(Value::Array(found))) if items.len() == found.len() => {
            for (item, found) in items.iter().zip(found) {
                lost(item, Some(found), &format!("{path}[]"), losses);
            }
        }
        (answer, Some(read)) if answer == read => {}
        (answer, read) => losses.push(format!("{path}: {answer} became {read:?}")),
    }
}

#[tokio::test]
async fn every_field_on_record_is_read_and_nothing_is_drift() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let nowhere = Client::new("http://127.0.0.1:1", "key").unwrap();
    let known: BTreeSet<String> = readings(&nowhere)
        .iter()
        .map(|(id, _)| (*id).to_owned())
        .collect();
    assert_eq!(files, known);

    for id in known {
        let body = std::fs::read_to_string(folder().join(format!("{id}.json"))).unwrap();
        let server = Server::start([json(200, &body)]).await;
        let surprises = Surprises::default();
        let client = quick(&server.url)
            .observer(surprises.clone())
            .build()
            .unwrap();
        let (_, reading) = readings(&client)
            .into_iter()
            .find(|(of, _)| *of == id)
            .unwrap();
        let read = reading.await.unwrap();
        let operation = Operation::find(&id).unwrap();
        assert_eq!(server.seen()[0].method, operation.method.as_str(), "{id}");
        let mut losses = Vec::new();
        lost(
            &serde_json::from_str(&body).unwrap(),
            Some(&read),
            &id,
            &mut losses,
        );
        assert_eq!(losses, Vec::<String>::new());
        assert_eq!(*surprises.0.lock().unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_link_to_log_in_says_for_whom_it_is() {
    let body = r#"{"login_link":"https://a.okdesk.ru/login?t=1","user_id":"3","user_type":"contact","user_first_name":"Anna","user_last_name":"Petrova"}"#;
    let server = Server::start([
        json(200, body),
        json(200, r#"{"url":"https://a.okdesk.ru/l"}"#),
    ])
    .await;
    let session = server.client().session();
    let link = session
        .login_link_for_contact(ContactId::new(3))
        .await
        .unwrap();
    assert_eq!(link.as_str(), "https://a.okdesk.ru/login?t=1");
    assert_eq!(link.user(), Some(Author::contact(ContactId::new(3))));
    assert_eq!(
        (link.user_first_name(), link.user_last_name()),
        (Some("Anna"), Some("Petrova"))
    );
    assert_eq!(format!("{link:?}"), "LoginLink([redacted])");
    let bare = session
        .login_link_for_contact(ContactId::new(3))
        .await
        .unwrap();
    assert_eq!(
        (bare.as_str(), bare.user()),
        ("https://a.okdesk.ru/l", None)
    );
}
