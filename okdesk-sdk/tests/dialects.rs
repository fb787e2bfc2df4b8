//! One story told to every dialect of the simulator: whichever reading of Okdesk's facts is true, the client survives it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

use std::time::Duration;

use okdesk_sdk::model::{Author, EmployeeId, IssueId, Rate, StatusCode};
use okdesk_sdk::resources::{Assignee, NewCheckListItem, SpentTime};
use okdesk_sdk::testing::{Dialect, Simulator, Switch};
use okdesk_sdk::{Error, Upload};

async fn story(dialect: Dialect) -> Result<(), (&'static str, Error)> {
    let okdesk = Simulator::builder().dialect(dialect).start().await;
    let client = okdesk.client();
    let at = |place: &'static str| move |error: Error| (place, error);

    let company = client
        .companies()
        .create("Romashka")
        .phone("+79161234567")
        .await
        .map_err(at("company"))?;
    let contact = client
        .contacts()
        .create("Anna", "Petrova")
        .company(company.id)
        .await
        .map_err(at("contact"))?;
    let file = Upload::from_bytes("a.txt", "hello").public(true);
    let create = client
        .issues()
        .create("Printer")
        .client(Some(company.id), Some(contact.id))
        .company(company.id)
        .contact(contact.id);
    let issue = create.attach(file.clone()).await.map_err(at("issue"))?;
    for number in 0..30 {
        client
            .issues()
            .create(format!("Issue {number}"))
            .await
            .map_err(at("more issues"))?;
    }
    let read = client.issues().get(issue.id).await.map_err(at("get"))?;
    assert_eq!(read.title, "Printer");
    let all = client
        .issues()
        .list()
        .page_size(7)
        .into_pager()
        .collect()
        .await
        .map_err(at("list"))?;
    assert_eq!(all.len(), 31);
    assert_eq!(client.issues().ids().await.map_err(at("ids"))?.len(), 31);
    client
        .issues()
        .update(issue.id)
        .title("Printer 2")
        .await
        .map_err(at("update"))?;

    let comment = client
        .comments()
        .create(issue.id, "Hello\nyou", Author::contact(contact.id))
        .attach(file);
    comment.await.map_err(at("comment"))?;
    let comments = client
        .comments()
        .list(issue.id)
        .await
        .map_err(at("comments"))?;
    assert_eq!((comments.len(), comments[0].public), (1, true));
    let read = client
        .issues()
        .get(issue.id)
        .await
        .map_err(at("get again"))?;
    let bytes = client
        .issues()
        .download(issue.id, read.attachments[0].id)
        .bytes()
        .await
        .map_err(at("download"))?;
    assert_eq!(&bytes[..], b"hello");

    let employees = client
        .employees()
        .list()
        .into_pager()
        .collect()
        .await
        .map_err(at("employees"))?;
    let assignee = Assignee::employee(employees[0].id);
    let assignee = match employees[0].groups.first() {
        Some(group) => assignee.of_group(group.id),
        None => assignee,
    };
    client
        .issues()
        .assign(issue.id, Some(assignee))
        .await
        .map_err(at("assign"))?;
    client
        .issues()
        .assign(issue.id, None)
        .await
        .map_err(at("assign nobody"))?;
    let spent = client.time_entries().create(
        issue.id,
        employees[0].id,
        SpentTime::minutes(30),
        okdesk_time("2024-05-01 09:15"),
    );
    spent.await.map_err(at("spent time"))?;
    assert_eq!(
        client
            .time_entries()
            .list(issue.id)
            .await
            .map_err(at("time entries"))?
            .time_entries
            .len(),
        1
    );
    client
        .check_lists()
        .create(issue.id, [NewCheckListItem::point("Look")])
        .await
        .map_err(at("check list"))?;
    assert_eq!(
        client
            .check_lists()
            .list(issue.id)
            .await
            .map_err(at("check lists"))?
            .len(),
        1
    );
    client
        .issues()
        .change_status(issue.id, StatusCode::COMPLETED)
        .await
        .map_err(at("status"))?;
    client
        .issues()
        .rate(issue.id, Rate::Good)
        .await
        .map_err(at("rate"))?;
    let read = client
        .issues()
        .get(issue.id)
        .await
        .map_err(at("get rated"))?;
    assert_eq!(read.rate.and_then(|rate| rate.value), Some(Rate::Good));
    let link = client
        .session()
        .login_link_for_contact(contact.id)
        .expires_in(Duration::from_secs(60))
        .one_time();
    assert!(!link.await.map_err(at("login link"))?.as_str().is_empty());

    let found = client
        .companies()
        .search()
        .phone("+79161234567")
        .await
        .map_err(at("search"))?;
    assert_eq!(found.len(), 1);
    let missing = client
        .issues()
        .get(IssueId::new(999))
        .await
        .expect_err("there is none");
    assert!(missing.is_not_found(), "{missing:?}");
    let refused = client
        .issues()
        .assign(issue.id, Some(EmployeeId::new(999).into()))
        .await
        .expect_err("nobody");
    assert!(
        refused.is_validation() || refused.is_not_found(),
        "{refused:?}"
    );
    Ok(())
}

fn okdesk_time(text: &str) -> okdesk_sdk::model::LocalTime {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_usual_dialect() {
    story(Dialect::usual()).await.unwrap();
}

#[tokio::test]
async fn every_other_dialect() {
    let mut lost = Vec::new();
    for switch in Switch::ALL {
        if let Err((place, error)) = story(Dialect::usual().with(*switch)).await {
            lost.push(format!("{}: {place}: {error}", switch.name()));
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
