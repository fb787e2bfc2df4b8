//! Filters, pages, searches, refusals, keys: what a client meets around the main path.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Switch};
use serde_json::{Value, json};
use simulator_support::{Okdesk, answer, file, keys};

fn ids(list: &Value) -> Vec<u64> {
    list.as_array()
        .unwrap_or_else(|| panic!("{list}"))
        .iter()
        .map(|one| one["id"].as_u64().unwrap())
        .collect()
}

async fn with_issues(count: usize) -> Okdesk {
    let okdesk = Okdesk::start().await;
    for number in 1..=count {
        okdesk
            .sim
            .account()
            .issue(format!("Заявка {number}"))
            .create();
    }
    okdesk
}

#[tokio::test]
async fn issues_are_paged_by_number_newest_first() {
    let okdesk = with_issues(53).await;
    let (_, first) = okdesk.get("issues/list").await;
    assert_eq!(
        ids(&first),
        (34..=53).rev().collect::<Vec<u64>>(),
        "twenty by default"
    );
    let (_, last) = okdesk.get("issues/list?page[size]=50&page[number]=2").await;
    assert_eq!(ids(&last), [3, 2, 1]);
    assert_eq!(okdesk.get("issues/list?page[number]=9").await.1, json!([]));
    let (_, oldest) = okdesk
        .get("issues/list?sorting[field]=created_at&sorting[direction]=forward&page[size]=2")
        .await;
    assert_eq!(ids(&oldest), [1, 2]);
    okdesk
        .sim
        .clock()
        .advance(std::time::Duration::from_secs(1));
    okdesk
        .patch("issues/7", json!({"issue": {"title": "Новое"}}))
        .await;
    let (_, updated) = okdesk
        .get("issues/list?sorting[field]=updated_at&page[size]=1")
        .await;
    assert_eq!(ids(&updated), [7]);
    let (status, refused) = okdesk.get("issues/list?page[size]=51").await;
    assert_eq!(
        (status, refused),
        (
            422,
            json!({"errors": {"page": {"size": ["должно быть меньше или равно 50"]}}})
        )
    );
    let (_, ignored) = okdesk.get("issues/list?limit=1&offset=5&per_page=3").await;
    assert_eq!(ids(&ignored).len(), 20, "unknown parameters are ignored");
    let (_, all) = okdesk.get("issues/count").await;
    assert_eq!(
        all,
        json!((1..=53).collect::<Vec<u64>>()),
        "count is an array of ids"
    );
}

#[tokio::test]
async fn records_are_paged_by_id_in_both_directions() {
    let okdesk = Okdesk::start().await;
    for number in 1..=5 {
        okdesk
            .sim
            .account()
            .company(format!("Компания {number}"))
            .create();
    }
    let page = async |query: &str| {
        ids(&okdesk
            .get(&format!("companies/list?page[size]=2{query}"))
            .await
            .1)
    };
    assert_eq!(page("").await, [5, 4]);
    assert_eq!(page("&page[from_id]=4").await, [3, 2]);
    assert_eq!(page("&page[from_id]=2").await, [1]);
    assert_eq!(page("&page[direction]=forward").await, [1, 2]);
    assert_eq!(
        page("&page[direction]=forward&page[from_id]=2").await,
        [3, 4]
    );
    okdesk.sim.turn_on(Switch::FromIdInclusive);
    assert_eq!(page("&page[from_id]=4").await, [4, 3]);
    let (status, refused) = okdesk
        .get("companies/list?page[size]=101&page[direction]=up&page[from_id]=x")
        .await;
    assert_eq!(status, 422);
    assert_eq!(
        refused["errors"]["page"]["size"][0],
        "должно быть меньше или равно 100"
    );
    assert_eq!(refused["errors"]["page"].as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn filters_of_list_and_count_have_different_names() {
    let okdesk = Okdesk::start().await;
    let account = okdesk.sim.account();
    account.attribute(
        AttributeOwner::Issue,
        "room",
        "Кабинет",
        AttributeKind::Text,
    );
    account.attribute(
        AttributeOwner::Issue,
        "warranty",
        "Гарантия",
        AttributeKind::Checkbox,
    );
    let company = account.company("ООО Ромашка").create();
    let contact = account.contact("Анна", "Петрова").company(company).create();
    let place = account
        .maintenance_entity("Пекарня")
        .company(company)
        .create();
    let ivan = account.employee("Иван", "Соколов").create();
    account
        .issue("1")
        .contact(contact)
        .maintenance_entity(place)
        .custom("room", "12")
        .create();
    account
        .issue("2")
        .assignee(ivan)
        .priority("high")
        .custom("warranty", "true")
        .create();
    account.issue("3").kind("incident").create();
    okdesk
        .sim
        .staff(ivan)
        .change_status(3.into(), "completed")
        .send()
        .unwrap();
    okdesk.post("issues/2/rates", json!({"rate": "bad"})).await;

    let list = async |query: &str| ids(&okdesk.get(&format!("issues/list?{query}")).await.1);
    let count = async |query: &str| okdesk.get(&format!("issues/count?{query}")).await.1;
    for (query, expected) in [
        ("company_ids[]=1", vec![1]),
        ("contact_ids[]=1&contact_ids[]=0", vec![3, 2, 1]),
        ("assignee_ids[]=0", vec![3, 1]),
        ("service_object_ids[]=1", vec![1]),
        ("status_codes[]=opened", vec![2, 1]),
        ("status_codes_not[]=opened", vec![3]),
        ("priority_codes[]=high", vec![2]),
        ("type_codes[]=incident&type_codes[]=inner", vec![3]),
        ("ids[]=1&ids[]=3", vec![3, 1]),
        ("custom_parameters[room]=12", vec![1]),
        ("custom_parameters[warranty]=true", vec![2]),
        ("custom_parameters[room]=%23null", vec![3, 2]),
        (
            "created_since=01-01-2020&created_until=31-12-2099",
            vec![3, 2, 1],
        ),
        ("created_until=01-01-2020%2010:00", vec![]),
        ("completed_since=2020-01-01", vec![3]),
        ("status_codes=opened", vec![3, 2, 1]), // without brackets it is no filter
        ("status[]=opened", vec![3, 2, 1]),     // the name belongs to issues/count
    ] {
        assert_eq!(list(query).await, expected, "{query}");
    }
    for (query, expected) in [
        ("status[]=opened", json!([1, 2])),
        ("status_not[]=opened", json!([3])),
        ("opened=true", json!([1, 2])),
        ("priority[]=high", json!([2])),
        ("type[]=incident", json!([3])),
        ("rate[]=bad", json!([2])),
        ("rate[]=0", json!([1, 3])),
        ("maintenance_entity_ids[]=1", json!([1])),
        ("author_contact_ids[]=1", json!([1])),
        (
            "author_contact_ids[]=1&author_employee_ids[]=1",
            json!([1, 2, 3]),
        ),
        ("assignee_group_ids[]=1", json!([1, 2, 3])),
        ("overdue=1", json!([])),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let (status, refused) = okdesk.get("issues/list?created_until=yesterday").await;
    assert_eq!(
        (status, refused),
        (
            422,
            json!({"errors": {"created_until": ["Неверный формат даты"]}})
        )
    );
    let (_, refused) = okdesk
        .get("issues/count?author_employee_ids[]=1&author_employee_ids[]=x")
        .await;
    assert!(
        refused["errors"]["author_employee_ids"]["1"].is_array(),
        "{refused}"
    );
}

#[tokio::test]
async fn list_element_and_detail_are_different_objects() {
    let okdesk = Okdesk::start().await;
    let company = okdesk.sim.account().company("ООО Ромашка").create();
    okdesk.sim.account().issue("1").company(company).create();
    let list = okdesk.text("issues/list").await;
    let element = &list[1..list.len() - 1];
    assert_eq!(
        keys(element).join(" "),
        "id title created_at completed_at deadline_at delay_to planned_reaction_at reacted_at without_answer updated_at \
         status type priority company contact service_object agreement equipments start_execution author"
    );
    let detail = okdesk.text("issues/1").await;
    assert_eq!(
        keys(&detail).join(" "),
        "id title description created_at updated_at completed_at deadline_at start_execution_until planned_reaction_at \
         reacted_at delayed_to source spent_time_total planned_execution_in_hours company_id group_id service_object_id \
         parent_id coexecutors equipment_ids child_ids attachments status_times parameters comments type priority status \
         old_status rate address observers observer_groups contact assignee agreement author without_answer"
    );
    let detail: Value = serde_json::from_str(&detail).unwrap();
    assert_eq!(
        (&detail["rate"]["value"], &detail["spent_time_total"]),
        (&Value::Null, &json!(0))
    );
    let (_, some) = okdesk
        .get("issues/list?fields[issue]=id,assignee,parameters")
        .await;
    assert_eq!(
        some,
        json!([{"id": 1, "assignee": {"id": null, "name": null}, "parameters": []}])
    );
}

#[tokio::test]
async fn searches_answer_none_one_or_many() {
    let okdesk = Okdesk::start().await;
    let account = okdesk.sim.account();
    account
        .company("ООО Ромашка")
        .phone("+74951234567")
        .create();
    account
        .company("ООО Василёк")
        .phone("+74951234567")
        .create();
    account
        .contact("Анна", "Петрова")
        .phone("+79161234567")
        .create();
    let name =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let get = async |path: String| okdesk.get(&path).await.1;
    assert_eq!(
        get(format!("companies?name={}", name("ООО Ромашка"))).await["id"],
        1
    );
    assert_eq!(
        ids(&get("companies?phone=%2B74951234567".to_owned()).await),
        [1, 2]
    );
    assert_eq!(get("companies?id=9".to_owned()).await, json!([]));
    assert_eq!(
        ids(&get(format!("companies?search_string={}&id=9", name("ромаш"))).await),
        [1],
        "overrides the rest"
    );
    assert_eq!(
        get("contacts?phone=%2B79161234567".to_owned()).await["name"],
        "Петрова Анна"
    );
    assert_eq!(
        get("contacts?phone=89161234567".to_owned()).await,
        json!([]),
        "phones are compared as text"
    );
    assert_eq!(
        get("contacts?phone=+79161234567".to_owned()).await,
        json!([]),
        "a bare plus is a space"
    );
    assert_eq!(
        ids(&get("contacts?search_string=1612".to_owned()).await),
        [1]
    );
}

#[tokio::test]
async fn refusals_name_their_fields() {
    let okdesk = with_issues(1).await;
    let account = okdesk.sim.account();
    account.required_attribute(
        AttributeOwner::Contact,
        "room",
        "Кабинет",
        AttributeKind::Text,
    );
    let refused = async |path: &str, body: Value| okdesk.post(path, body).await;
    assert_eq!(
        refused("issues/1/comments", json!({"comment": {"text": "нет"}})).await,
        (422, json!({"errors": {"content": ["отсутствует"]}}))
    );
    let (status, body) = refused("issues", json!({"issue": {"company_id": "77"}})).await;
    assert_eq!(status, 422);
    assert_eq!(body["errors"]["title"][0], "не может быть пустым");
    assert!(body["errors"]["company_id"].is_array());
    let person = json!({"first_name": "А", "last_name": "Б", "telegram_username": "anna", "custom_parameters": {"room": "1"}});
    assert_eq!(refused("contacts", person.clone()).await.0, 200);
    assert!(
        refused("contacts", person).await.1["errors"]["telegram_username"].is_array(),
        "it is unique"
    );
    let (_, body) = okdesk
        .patch("contacts/1", json!({"custom_parameters": {"room": ""}}))
        .await;
    assert_eq!(
        body["errors"]["custom_parameters"]["room"][0],
        "не может быть пустым"
    );
    let (_, body) = refused("issues/1/statuses", json!({"code": "delayed"})).await;
    assert_eq!(
        body["errors"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["comment", "delay_to"]
    );
    account.transitions("opened", &["in_progress"]);
    assert_eq!(
        refused("issues/1/statuses", json!({"code": "closed"}))
            .await
            .0,
        422
    );
    assert_eq!(
        refused("issues/1/statuses", json!({"code": "in_progress"}))
            .await
            .0,
        200
    );
    let (status, body) = okdesk
        .patch(
            "issues/1/assignees",
            json!({"assignee_id": 1, "group_id": 2}),
        )
        .await;
    assert_eq!(
        (status, body["errors"]["group_id"].is_array()),
        (422, true),
        "the group is none of the employee's"
    );
    let (_, cleared) = okdesk
        .patch(
            "issues/1/assignees",
            json!({"assignee_id": null, "group_id": null}),
        )
        .await;
    assert_eq!(
        (&cleared["assignee"], &cleared["group_id"]),
        (&Value::Null, &Value::Null)
    );
    let (status, ignored) = okdesk
        .patch(
            "issues/1",
            json!({"issue": {"deadline_at": "2030-01-01", "priority": "low"}}),
        )
        .await;
    assert_eq!(
        (status, &ignored["priority"]["code"]),
        (200, &json!("normal")),
        "ignored without a word"
    );

    let form = |key: &'static str| {
        reqwest::multipart::Form::new()
            .text("comment[content]", "файл")
            .part(key, file("a.txt", b"1"))
    };
    for wrong in [
        "comment[attachments][]",
        "comment[attachments][0][attachment_file]",
    ] {
        assert_eq!(
            okdesk.multipart("issues/1/comments", form(wrong)).await.0,
            422,
            "{wrong}"
        );
    }
    let (status, comment) = okdesk
        .multipart(
            "issues/1/comments",
            form("comment[attachments][0][attachment]"),
        )
        .await;
    assert_eq!(
        (status, &comment["attachments"][0]["attachment_file_name"]),
        (200, &json!("a.txt"))
    );

    let wrong = okdesk
        .http
        .post(okdesk.url("issues"))
        .header("content-type", "text/plain")
        .body("title");
    assert_eq!(answer(wrong).await.0, 415);
    let broken = okdesk
        .http
        .post(okdesk.url("issues"))
        .header("content-type", "application/json")
        .body("{");
    assert_eq!(answer(broken).await.0, 400);
    for unknown in ["issues", "issues/1/assignee", "references/issue_types"] {
        let response = okdesk.http.get(okdesk.url(unknown)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{unknown}");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .starts_with("<!DOCTYPE html>")
        );
    }
}

#[tokio::test]
async fn recorded_texts_are_told_word_for_word() {
    let mut okdesk = with_issues(1).await;
    let text = async |okdesk: &Okdesk, path: &str| okdesk.get(path).await.1["errors"].clone();
    let contact = okdesk.sim.account().contact("А", "Б").create();
    // Each text stands in a recorded answer or in the code of a client that has met it.
    assert_eq!(
        text(&okdesk, "companies/list?page[size]=101").await,
        json!({"page": {"size": ["должно быть меньше или равно 100"]}})
    );
    assert_eq!(
        text(&okdesk, "issues/list?created_until=yesterday").await,
        json!({"created_until": ["Неверный формат даты"]})
    );
    assert_eq!(
        okdesk.post("issues/1/comments", json!({})).await,
        (422, json!({"errors": {"content": ["отсутствует"]}}))
    );
    okdesk.delete("issues/1").await;
    assert_eq!(
        okdesk.get("issues/1").await,
        (200, json!({"errors": "Записи не существует"}))
    );
    okdesk.sim.turn_on(Switch::MissingIssueNamesId);
    assert_eq!(
        text(&okdesk, "issues/1").await,
        json!("Записи 1 не существует")
    );
    okdesk.token = okdesk.sim.contact_token(contact);
    let request = json!({"deadline_at": "2030-01-01 09:00"});
    assert_eq!(
        okdesk.patch("issues/1/deadlines", request).await,
        (
            403,
            json!({"errors": "У вас нет доступа на запрашиваемое действие"})
        )
    );
    okdesk.token = "nobody's".to_owned();
    assert_eq!(
        okdesk.get("issues/list").await,
        (401, json!({"errors": "Вы не авторизованы"}))
    );
}

#[tokio::test]
async fn a_key_has_the_rights_of_its_owner() {
    let mut okdesk = with_issues(1).await;
    let contact = okdesk
        .sim
        .account()
        .contact("Анна", "Петрова")
        .login("anna")
        .password("secret")
        .create();
    let forbidden = json!({"errors": "У вас нет доступа на запрашиваемое действие"});

    let (_, signed) = okdesk
        .post(
            "users/sign_in",
            json!({"login": "anna", "password": "secret"}),
        )
        .await;
    assert_eq!(signed["api_key"], okdesk.sim.contact_token(contact));
    assert_eq!(
        okdesk
            .post("users/sign_in", json!({"login": "anna", "password": "no"}))
            .await
            .0,
        401
    );

    let admin = std::mem::replace(&mut okdesk.token, okdesk.sim.contact_token(contact));
    assert_eq!(okdesk.get("companies?id=1").await, (403, forbidden.clone()));
    assert_eq!(okdesk.get("issues/1").await.0, 403, "somebody else's issue");
    let (_, own) = okdesk.post("issues", json!({"title": "Моя"})).await;
    assert_eq!(
        (&own["contact"]["id"], &own["source"]),
        (&json!(contact), &json!("from_contact"))
    );
    okdesk
        .sim
        .staff("Иван Соколов")
        .comment(2.into(), "тайна")
        .internal()
        .send()
        .unwrap();
    okdesk
        .sim
        .staff("Иван Соколов")
        .comment(2.into(), "всем")
        .send()
        .unwrap();
    let (_, comments) = okdesk.get("issues/2/comments").await;
    assert_eq!(
        comments.as_array().unwrap().len(),
        1,
        "internal comments stay inside"
    );
    assert_eq!(ids(&okdesk.get("issues/list").await.1), [2]);

    okdesk.token = okdesk.sim.staff_token("Иван Соколов");
    okdesk.sim.deny(&okdesk.token, "issues.deadline_change");
    let deadline = json!({"deadline_at": "2030-01-31 12:00"});
    assert_eq!(
        okdesk.patch("issues/1/deadlines", deadline.clone()).await,
        (403, forbidden)
    );
    let (_, foreign) = okdesk
        .post(
            "issues",
            json!({"title": "x", "author": {"id": contact, "type": "contact"}}),
        )
        .await;
    assert_eq!(
        foreign["author"]["type"], "employee",
        "only administrators name another author"
    );
    okdesk.token = admin;
    let (_, issue) = okdesk.patch("issues/1/deadlines", deadline).await;
    assert_eq!(issue["deadline_at"], "2030-01-31T12:00:00.000+03:00");
    let (_, named) = okdesk
        .post(
            "issues",
            json!({"title": "x", "author": {"id": contact, "type": "contact"}}),
        )
        .await;
    assert_eq!(named["author"]["type"], "contact");
}
