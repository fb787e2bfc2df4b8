//! The story of one issue, told over plain HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use okdesk_sdk::testing::Simulator;
use serde_json::{Value, json};
use simulator_support::{Okdesk, Receiver, file};

#[tokio::test]
async fn an_issue_travels_from_a_contact_to_its_rating() {
    let hooks = Receiver::start(200).await;
    let okdesk = Okdesk::from(Simulator::builder().webhook(hooks.url.clone())).await;
    let company = okdesk
        .sim
        .account()
        .company("ООО Ромашка")
        .inn("7707083893")
        .create();
    let ivan = okdesk.sim.account().employee("Иван", "Соколов").create();

    let (status, contact) = okdesk
        .post("contacts", json!({"first_name": "Анна", "last_name": "Петрова", "phone": "+79161234567", "company_id": company}))
        .await;
    assert_eq!((status, &contact["name"]), (200, &json!("Петрова Анна")));

    let form = reqwest::multipart::Form::new()
        .text("issue[title]", "Не печатает принтер")
        .text("issue[description]", "Мигает <b>красная</b> лампа")
        .text("issue[contact_id]", contact["id"].to_string())
        .part(
            "issue[attachments][0][attachment]",
            file("лампа.png", b"\x89PNG..."),
        )
        .text("issue[attachments][0][is_public]", "true")
        .part(
            "issue[attachments][1][attachment]",
            file("отчёт.pdf", b"%PDF-1.7"),
        );
    let (status, issue) = okdesk.multipart("issues", form).await;
    assert_eq!(status, 200, "{issue}");
    assert_eq!(issue["company_id"], json!(company));
    assert_eq!(
        issue["status"],
        json!({"code": "opened", "name": "Открыта"})
    );
    assert_eq!(issue["attachments"][0]["attachment_file_name"], "лампа.png");
    assert_eq!(issue["attachments"][1]["attachment_file_size"], 8);
    let id = issue["id"].to_string();

    let (_, found) = okdesk
        .get(&format!("issues/list?contact_ids[]={}", contact["id"]))
        .await;
    assert_eq!(found[0]["id"], issue["id"]);

    let (status, assigned) = okdesk
        .patch(
            &format!("issues/{id}/assignees"),
            json!({"assignee_id": ivan, "group_id": 1}),
        )
        .await;
    assert_eq!(
        (status, &assigned["assignee"]["name"]),
        (200, &json!("Соколов Иван"))
    );

    let staff = okdesk.sim.staff("Иван Соколов");
    let issue_id = id.parse().unwrap();
    staff
        .comment(issue_id, "Выезжаем")
        .attach("схема.txt", "вход со двора")
        .send()
        .unwrap();
    staff
        .comment(issue_id, "клиент недоволен")
        .internal()
        .send()
        .unwrap();
    let (_, comments) = okdesk.get(&format!("issues/{id}/comments")).await;
    assert_eq!(comments[0]["content"], "Выезжаем");
    assert_eq!(
        comments[0]["author"],
        json!({"id": ivan, "name": "Соколов Иван", "type": "employee"})
    );
    assert_eq!(comments[1]["public"], false);

    let attachment = comments[0]["attachments"][0]["id"].to_string();
    let (_, file) = okdesk
        .get(&format!("issues/{id}/attachments/{attachment}"))
        .await;
    let address = okdesk
        .http
        .get(file["attachment_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(address.status(), 302);
    let storage = address.headers()["location"].to_str().unwrap().to_owned();
    let content = okdesk.http.get(&storage).send().await.unwrap();
    assert_eq!(content.text().await.unwrap(), "вход со двора");

    let (status, done) = okdesk
        .post(
            &format!("issues/{id}/statuses"),
            json!({"code": "completed", "comment": "Готово", "comment_public": true}),
        )
        .await;
    assert_eq!(
        (status, &done["status"]["code"]),
        (200, &json!("completed"))
    );
    let (status, _) = okdesk
        .post(
            &format!("issues/{id}/rates"),
            json!({"issue": {"rate": "good"}}),
        )
        .await;
    assert_eq!(status, 200);
    let (_, issue) = okdesk.get(&format!("issues/{id}")).await;
    assert_eq!(issue["rate"]["value"], "good");
    assert_eq!(issue["comments"]["count"], 3);

    okdesk.sim.staff("Иван Соколов").delete(issue_id).unwrap();
    let (status, gone) = okdesk.get(&format!("issues/{id}")).await;
    assert_eq!(
        (status, gone),
        (200, json!({"errors": "Записи не существует"}))
    );

    okdesk.sim.webhooks().settled().await;
    assert_eq!(
        hooks.names(),
        [
            "new_ticket",
            "new_assignee",
            "new_comment",
            "new_comment",
            "new_ticket_status",
            "new_csat_rate",
            "ticket_deleted"
        ]
    );
    let events = hooks.events();
    assert_eq!(
        events[2]["event"]["attachments"][0]["attachment_file_name"],
        "схема.txt"
    );
    assert_eq!(events[3]["event"]["comment"]["is_public"], false);
    assert_eq!(events[4]["event"]["comment"]["content"], "Готово");
    assert_eq!(events[4]["event"]["attachments"], Value::Null);
    assert_eq!(events[5]["event"]["rate"], "good");
    assert_eq!(events[6]["issue"].get("observers"), None);
}

#[tokio::test]
async fn without_a_key_nothing_is_told() {
    let mut okdesk = Okdesk::start().await;
    okdesk.token = "wrong".to_owned();
    let (status, body) = okdesk.get("issues/list").await;
    assert_eq!(status, 401);
    assert!(
        body["errors"]
            .as_str()
            .unwrap()
            .starts_with("Вы не авторизованы")
    );
}
