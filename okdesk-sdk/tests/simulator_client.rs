//! The client lives through every dialect: whichever reading is true, it survives.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use okdesk_sdk::model::{Author, Html, Rate};
use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Simulator, Switch};
use okdesk_sdk::{Assignee, Client, Delivery, Error, Upload};

/// What the story could not do, as operation names.
type Losses = Vec<&'static str>;

/// Notes a refusal as a loss; anything worse than a clean refusal is a failure of the client.
fn survived<T>(result: Result<T, Error>, losses: &mut Losses) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert_eq!(error.delivery(), Delivery::Rejected, "{error:?}");
            losses.push(error.operation());
            None
        }
    }
}

async fn story(okdesk: &Simulator, client: &Client) -> Losses {
    okdesk.reset();
    let account = okdesk.account();
    account.attribute(
        AttributeOwner::Issue,
        "room",
        "Кабинет",
        AttributeKind::Text,
    );
    let company = account.company("ООО Ромашка").inn("7707083893").create();
    let mut employees = Vec::new();
    for number in 0..103 {
        employees.push(
            account
                .employee("Иван", format!("Соколов {number}"))
                .create(),
        );
    }
    let ivan = employees[0];
    let mut losses = Losses::new();

    let contact = client
        .contacts()
        .create("Анна", "Петрова")
        .phone("+79161234567")
        .company(company)
        .await
        .unwrap();
    let found = client
        .contacts()
        .search()
        .phone("+79161234567")
        .await
        .unwrap();
    assert_eq!(found[0].id, contact.id);

    // Both forms of the client at once, so that either reading is served.
    let issue = client
        .issues()
        .create("Не печатает")
        .description(Html::from_text("красная\nлампа"))
        .company(company)
        .contact(contact.id)
        .client(Some(company), Some(contact.id))
        .attach(Upload::from_bytes("лампа.png", &b"png"[..]))
        .await
        .unwrap();
    assert_eq!(issue.contact.as_ref().unwrap().id, contact.id);
    assert_eq!(issue.company_id, Some(company));

    let by_staff = client
        .comments()
        .create(issue.id, "Выезжаем", Author::employee(ivan))
        .await
        .unwrap();
    client
        .comments()
        .create(issue.id, "тайна", Author::employee(ivan))
        .private()
        .await
        .unwrap();
    let comments = client.comments().list(issue.id).await.unwrap();
    assert_eq!((comments.len(), comments[0].id), (2, by_staff.id));
    assert!(comments[0].public && !comments[1].public);

    let file = issue.attachments[0].id;
    assert_eq!(
        &client
            .issues()
            .download(issue.id, file)
            .bytes()
            .await
            .unwrap()[..],
        b"png"
    );

    client
        .issues()
        .assign(issue.id, Some(Assignee::employee(ivan).of_group(1.into())))
        .await
        .unwrap();
    client
        .issues()
        .change_status(issue.id, "in_progress")
        .await
        .unwrap();
    survived(
        client.issues().rate(issue.id, Rate::Good).await,
        &mut losses,
    );
    survived(
        client
            .issues()
            .change_parameters(issue.id)
            .custom("room", "12")
            .await,
        &mut losses,
    );
    let entries = client.time_entries().list(issue.id).await.unwrap();
    assert!(entries.time_entries.is_empty());
    assert!(
        client
            .check_lists()
            .list(issue.id)
            .await
            .unwrap()
            .is_empty()
    );

    for number in 0..52 {
        account.issue(format!("Заявка {number}")).create();
    }
    let mut all = client
        .issues()
        .list()
        .page_size(50)
        .into_pager()
        .collect()
        .await
        .unwrap();
    all.sort_by_key(|one| one.id);
    all.dedup_by_key(|one| one.id);
    assert_eq!(all.len(), 53);
    assert_eq!(client.issues().ids().await.unwrap().len(), 53);
    let staff = client
        .employees()
        .list()
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(staff.len(), 104, "everybody once, and the administrator");
    let contacts = client
        .contacts()
        .list()
        .page_size(1)
        .into_pager()
        .collect()
        .await
        .unwrap();
    assert_eq!(contacts.len(), 1);

    let fresh = client.issues().get(issue.id).await.unwrap();
    assert_eq!(fresh.status.unwrap().code, "in_progress");
    client
        .session()
        .login_link_for_contact(contact.id)
        .one_time()
        .await
        .unwrap();

    let refused = client
        .comments()
        .create(999.into(), "никому", Author::employee(ivan))
        .await
        .unwrap_err();
    assert!(refused.is_not_found(), "{refused:?}");
    let refused = client
        .issues()
        .change_status(issue.id, "delayed")
        .await
        .unwrap_err();
    assert!(refused.is_validation(), "{refused:?}");
    assert!(!refused.api().unwrap().to_string().is_empty());

    let merged = account.issue("Ещё одна").create();
    okdesk.merge(merged, issue.id).unwrap();
    let elsewhere = client.issues().get(merged).await.unwrap_err();
    assert_eq!(elsewhere.merged_into(), Some(issue.id), "{elsewhere:?}");
    client.issues().delete(issue.id).await.unwrap();
    assert!(
        client
            .issues()
            .get(issue.id)
            .await
            .unwrap_err()
            .is_not_found()
    );
    losses
}

#[tokio::test]
async fn the_client_survives_every_dialect() {
    let okdesk = Simulator::start().await;
    let client = okdesk.client();
    assert!(story(&okdesk, &client).await.is_empty());
    for switch in Switch::ALL {
        // One write goes out in one form only; the other form is refused, and said to be.
        let known: &[&str] = match switch {
            Switch::ParametersPatch => &["issues.parameters_change"],
            _ => &[],
        };
        okdesk.set_dialect(*switch);
        assert_eq!(story(&okdesk, &client).await, known, "{}", switch.name());
    }
}
