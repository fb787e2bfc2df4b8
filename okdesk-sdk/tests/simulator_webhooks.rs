//! All 21 webhooks: types, order of keys, nulls, as 15 recorded bodies and the documentation have them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use std::collections::BTreeSet;

use okdesk_sdk::model::{CompanyId, ContactId, EmployeeId, IssueId};
use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Simulator, Staff, Switch};
use okdesk_webhooks::{Event, EventKind, schema};
use serde_json::{Value, json};
use simulator_support::{Okdesk, Receiver, answer, keys, member};

struct Scene {
    okdesk: Okdesk,
    hooks: Receiver,
    company: CompanyId,
    contact: ContactId,
    issue: IssueId,
    helper: EmployeeId,
    staff: Staff,
}

async fn scene() -> Scene {
    let hooks = Receiver::start(200).await;
    let okdesk = Okdesk::from(Simulator::builder().webhook(hooks.url.clone())).await;
    let account = okdesk.sim.account();
    account.attribute(
        AttributeOwner::Issue,
        "warranty",
        "По гарантии",
        AttributeKind::Checkbox,
    );
    account.attribute(
        AttributeOwner::Company,
        "inn_company",
        "ИНН",
        AttributeKind::Text,
    );
    let company = account.company("ООО Ромашка").create();
    let contact = account
        .contact("Анна", "Петрова")
        .patronymic("Игоревна")
        .company(company)
        .create();
    let place = account
        .maintenance_entity("Пекарня")
        .company(company)
        .coordinates(55.5, 37.25)
        .create();
    let issue = account
        .issue("Не печатает")
        .contact(contact)
        .maintenance_entity(place)
        .attach("a.png", "1")
        .create();
    let helper = account.employee("Пётр", "Сидоров").create();
    let staff = okdesk.sim.staff("Иван Соколов");
    Scene {
        okdesk,
        hooks,
        company,
        contact,
        issue,
        helper,
        staff,
    }
}

/// The receiver's own crate, which shares no code with the simulator, finds nothing to complain of but these places.
fn judge(text: &str, odd: &[&str]) -> EventKind {
    let event = Event::parse(text.as_bytes()).unwrap();
    assert!(!matches!(event, Event::Unknown(_)), "{text}");
    assert!(!event.is_partial(), "{text}");
    let deviations = schema::deviations(text.as_bytes());
    let found: Vec<&str> = deviations.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(found, odd, "{text}");
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
    event.kind()
}

impl Scene {
    /// The text of the last webhook, once it has arrived.
    async fn last(&self) -> String {
        self.okdesk.sim.webhooks().settled().await;
        let text = self.hooks.texts().pop().expect("a webhook");
        // The one dialect that is an addition to the documentation.
        let dialect = self.okdesk.sim.dialect();
        let adds = dialect.has(Switch::WebhookNewAssigneeInIssue) && text.contains("new_assignee");
        judge(&text, if adds { &["/issue/new_assignee"] } else { &[] });
        text
    }

    /// The kinds of all webhooks so far, each of which is as documented.
    fn kinds(&self) -> BTreeSet<String> {
        let texts = self.hooks.texts();
        texts
            .iter()
            .map(|text| judge(text, &[]).to_string())
            .collect()
    }

    async fn event(&self, event_type: &str) -> Value {
        let text = self.last().await;
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(body["event"]["event_type"], event_type);
        assert_eq!(keys(&text)[0], "event");
        assert_eq!(keys(member(&text, "event"))[0], "event_type");
        body["event"].clone()
    }
}

const ISSUE_KEYS: &str = "title planned_execution_in_hours id parent_id child_ids description type priority status rate \
    old_status client agreement maintenance_entity equipments author assignee coexecutors observers created_at \
    deadline_at planned_reaction_at start_execution_until completed_at reacted_at parameters attachments";

#[tokio::test]
async fn the_issue_block_has_the_keys_of_recorded_bodies_in_their_order() {
    let scene = scene().await;
    scene.staff.comment(scene.issue, "Да").send().unwrap();
    let text = scene.last().await;
    let issue = member(&text, "issue");
    assert_eq!(keys(issue).join(" "), ISSUE_KEYS);
    assert_eq!(keys(member(issue, "client")), ["company", "contact"]);
    let contact = member(member(issue, "client"), "contact");
    assert_eq!(
        keys(contact),
        ["first_name", "last_name", "patronymic", "id"]
    );
    assert_eq!(
        keys(member(issue, "author")),
        ["first_name", "last_name", "patronymic", "id", "type"]
    );
    assert_eq!(keys(member(issue, "assignee")), ["group", "employee"]);
    assert_eq!(
        keys(member(issue, "maintenance_entity")),
        ["name", "id", "address"]
    );
    assert_eq!(keys(member(issue, "type")), ["code", "name", "inner"]);
    let value: Value = serde_json::from_str(issue).unwrap();
    assert_eq!(
        value["client"]["company"],
        json!({"name": "ООО Ромашка", "id": scene.company})
    );
    assert_eq!(
        value["maintenance_entity"]["address"],
        json!({"string_value": "", "coordinates": [55.5, 37.25]})
    );
    assert_eq!(
        value["parameters"],
        json!([{"code": "warranty", "name": "По гарантии", "type": "ftcheckbox", "value": null}])
    );
    let file = &value["attachments"][0];
    assert_eq!(
        (&file["attachment_file_name"], &file["attachment_file_size"]),
        (&json!("a.png"), &json!(1))
    );
    let at = value["created_at"].as_str().unwrap();
    assert!(
        at.len() == "2024-08-24T17:36:30.891+07:00".len() && at.ends_with("+03:00"),
        "{at}"
    );
}

#[tokio::test]
async fn every_event_of_an_issue_is_told() {
    let scene = scene().await;
    let (okdesk, staff, issue) = (&scene.okdesk, &scene.staff, scene.issue);
    let me = json!({"first_name": "Иван", "last_name": "Соколов", "patronymic": null, "id": staff.id(), "type": "employee"});

    okdesk
        .post(
            "issues",
            json!({"issue": {"title": "Ещё", "contact_id": scene.contact}}),
        )
        .await;
    assert_eq!(
        scene.event("new_ticket").await,
        json!({"event_type": "new_ticket"})
    );

    staff.assign(issue, Some(staff.id())).unwrap();
    let event = scene.event("new_assignee").await;
    assert_eq!(event["author"], me);
    assert_eq!(event["old_assignee"]["employee"], Value::Null);
    assert_eq!(
        event["new_assignee"]["group"],
        json!({"name": "Первая линия", "id": 1})
    );

    okdesk
        .post(
            &format!("issues/{issue}/statuses"),
            json!({"code": "in_progress", "custom_parameters": {"warranty": true},
                   "time_entry": [{"formatted_spent_time": "15 мин."}]}),
        )
        .await;
    let event = scene.event("new_ticket_status").await;
    let text = scene.last().await;
    assert_eq!(
        keys(member(&text, "event")),
        [
            "event_type",
            "author",
            "old_status",
            "new_status",
            "comment",
            "attachments",
            "parameters",
            "time_entries",
            "old_assignee",
            "new_assignee"
        ]
    );
    assert_eq!(
        event["old_status"],
        json!({"code": "opened", "name": "Открыта"})
    );
    assert_eq!(
        (&event["comment"], &event["attachments"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(event["parameters"][0]["value"], true);
    assert_eq!(event["time_entries"][0]["spent_time"], 0.25);
    assert_eq!(event["old_assignee"], event["new_assignee"]);

    staff.set_type(issue, "incident").unwrap();
    let event = scene.event("update_issue_work_type").await;
    assert_eq!(
        event["old_type"],
        json!({"code": "service", "name": "Обслуживание"})
    );
    assert_eq!(event["author"], me);

    staff.set_priority(issue, "high").unwrap();
    assert_eq!(
        scene.event("new_priority").await["new_priority"]["code"],
        "high"
    );

    staff
        .comment(issue, "Вот")
        .attach("b.txt", "22")
        .send()
        .unwrap();
    let event = scene.event("new_comment").await;
    assert_eq!(event["comment"]["content"], "Вот");
    assert_eq!(event["attachments"][0]["attachment_file_size"], 2);
    let body: Value = serde_json::from_str(&scene.last().await).unwrap();
    assert_eq!(
        body["issue"]["attachments"].as_array().unwrap().len(),
        1,
        "the issue's own files only"
    );

    staff.add_files(issue, true, [("c.txt", "333")]).unwrap();
    assert_eq!(
        scene.event("new_files").await["attachments"][0]["attachment_file_name"],
        "c.txt"
    );

    staff
        .set_deadline(issue, Some("2030-01-01T09:00:00Z".parse().unwrap()))
        .unwrap();
    let event = scene.event("new_deadline").await;
    assert_eq!(
        event["deadline_at"]["new_value"],
        "2030-01-01T12:00:00.000+03:00"
    );
    assert_eq!(event["deadline_at"]["auto_recount"], false);

    staff.add_coexecutor(issue, scene.helper).unwrap();
    assert_eq!(
        scene.event("add_coexecutor").await["coexecutor"]["employee"]["last_name"],
        "Сидоров"
    );
    staff.remove_coexecutor(issue, scene.helper).unwrap();
    scene.event("remove_coexecutor").await;

    okdesk
        .post(
            &format!("issues/{issue}/parameters"),
            json!({"custom_parameters": {"warranty": false}}),
        )
        .await;
    let event = scene.event("change_ticket_parameter").await;
    assert_eq!(
        event["changed_parameters"],
        json!([{"code": "warranty", "before": true, "after": false}])
    );

    okdesk
        .post(&format!("issues/{issue}/rates"), json!({"rate": "good"}))
        .await;
    assert_eq!(scene.event("new_csat_rate").await["rate"], "good");

    staff.delete(issue).unwrap();
    scene.event("ticket_deleted").await;
    let text = scene.last().await;
    let kept: Vec<&str> = ISSUE_KEYS
        .split_whitespace()
        .filter(|key| {
            ![
                "child_ids",
                "rate",
                "equipments",
                "coexecutors",
                "observers",
                "attachments",
            ]
            .contains(key)
        })
        .collect();
    assert_eq!(keys(member(&text, "issue")), kept);
    assert_eq!(scene.kinds(), documented(|entity| entity == "issue"));
}

/// The documented events of these things.
fn documented(of: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let entity = |kind: &EventKind| {
        let schema = schema::json_schema(kind).unwrap();
        schema["required"][1].as_str().unwrap().to_owned()
    };
    EventKind::ALL
        .iter()
        .filter(|kind| of(&entity(kind)))
        .map(ToString::to_string)
        .collect()
}

#[tokio::test]
async fn every_event_of_a_client_is_told() {
    let scene = scene().await;
    let okdesk = &scene.okdesk;
    okdesk
        .post("companies", json!({"company": {"name": "АО Бриз"}}))
        .await;
    scene.event("new_company").await;
    let text = scene.last().await;
    assert_eq!(
        keys(member(&text, "company")).join(" "),
        "id name additional_name site email phone active observers assignee address category parameters created_at"
    );
    let changed = json!({"company": {"phone": "+78123334455", "custom_parameters": {"inn_company": "7814305822"}}});
    okdesk.patch("companies/2", changed).await;
    let event = scene.event("change_company").await;
    assert_eq!(
        event["changes"][0],
        json!({"code": "phone", "old_value": null, "new_value": "+78123334455"})
    );
    assert_eq!(
        event["changes"][1]["parameters"][0]["new_value"],
        "7814305822"
    );

    okdesk
        .post(
            "maintenance_entities",
            json!({"maintenance_entity": {"name": "Склад", "company_id": 2, "timezone": "Europe/Moscow"}}),
        )
        .await;
    scene.event("new_service_aim").await;
    assert_eq!(
        keys(member(&scene.last().await, "service_aim"))[..3],
        ["id", "name", "active"]
    );
    okdesk
        .patch("maintenance_entities/2", json!({"address": "Шушары"}))
        .await;
    assert_eq!(
        scene.event("change_service_aim").await["changes"][0]["code"],
        "address"
    );

    okdesk
        .post(
            "equipments/kinds",
            json!({"equipment_kind": {"name": "Принтер", "code": "printer"}}),
        )
        .await;
    okdesk
        .post(
            "equipments",
            json!({"equipment": {"equipment_type_code": "printer", "company_id": "2"}}),
        )
        .await;
    assert_eq!(
        scene.event("new_equipment").await,
        json!({"event_type": "new_equipment"})
    );
    okdesk
        .patch("equipments/1", json!({"serial_number": "A-1"}))
        .await;
    assert_eq!(
        scene.event("change_equipment").await["changes"][0]["new_value"],
        "A-1"
    );

    let agreement = scene.staff.create_agreement("Договор 1", [scene.company]);
    scene.event("new_agreement").await;
    scene
        .staff
        .rename_agreement(agreement, "Договор 2")
        .unwrap();
    assert_eq!(
        scene.event("change_agreement").await["changes"][0]["code"],
        "title"
    );

    assert_eq!(scene.kinds(), documented(|entity| entity != "issue"));

    let before = scene.hooks.texts().len();
    okdesk
        .patch("companies/2", json!({"company": {"phone": "+78123334455"}}))
        .await;
    okdesk.sim.webhooks().settled().await;
    assert_eq!(
        scene.hooks.texts().len(),
        before,
        "nothing changed, nothing is told"
    );
}

#[tokio::test]
async fn only_plain_http_is_posted_to() {
    let secure = "https://bridge.example/hook";
    let refused = Simulator::builder()
        .webhook(secure.parse().unwrap())
        .try_start()
        .await
        .unwrap_err();
    let said = format!("webhooks are posted to addresses with http:// only, not to {secure}");
    assert_eq!(refused.to_string(), said);

    let okdesk = Okdesk::start().await;
    let address = okdesk.sim.url().join("_sim/webhooks").unwrap();
    let add = async |url: &str| {
        let request = okdesk.http.post(address.clone());
        let request = request.header("content-type", "application/json");
        answer(request.body(json!({ "url": url }).to_string())).await
    };
    assert_eq!(add(secure).await, (422, json!({"errors": {"url": [said]}})));
    assert_eq!(add("http://127.0.0.1:9/hook").await.0, 200);
    assert_eq!(okdesk.sim.webhooks().urls().len(), 1);
}

#[tokio::test]
async fn a_status_can_be_changed_in_silence() {
    let scene = scene().await;
    let body = json!({"code": "closed", "skip_options": ["skip_webhooks"]});
    let (status, _) = scene
        .okdesk
        .post(&format!("issues/{}/statuses", scene.issue), body)
        .await;
    assert_eq!(status, 200);
    scene.okdesk.sim.webhooks().settled().await;
    assert!(scene.hooks.texts().is_empty());
}

#[tokio::test]
async fn dialects_of_webhooks() {
    let scene = scene().await;
    let (sim, staff, issue) = (&scene.okdesk.sim, &scene.staff, scene.issue);
    let speak = |switch: Switch| sim.set_dialect(switch);

    speak(Switch::WebhookStringIds);
    staff.comment(issue, "1").send().unwrap();
    let body: Value = serde_json::from_str(&scene.last().await).unwrap();
    assert_eq!(body["issue"]["id"], "1");
    assert_eq!(body["issue"]["attachments"][0]["attachment_file_size"], "1");
    assert_eq!(
        body["issue"]["maintenance_entity"]["address"]["coordinates"],
        json!([55.5, 37.25])
    );

    speak(Switch::WebhookNewTicketSource);
    scene.okdesk.post("issues", json!({"title": "Ещё"})).await;
    assert_eq!(scene.event("new_ticket").await["source"], "from_employee");

    speak(Switch::WebhookTimeEntryObject);
    let body = json!({"code": "in_progress", "time_entry": [{"formatted_spent_time": "2:00"}]});
    scene
        .okdesk
        .post(&format!("issues/{issue}/statuses"), body)
        .await;
    assert_eq!(
        scene.event("new_ticket_status").await["time_entries"]["spent_time"],
        2
    );

    speak(Switch::StatusCommentFiresNewComment);
    staff
        .change_status(issue, "completed")
        .comment("Готово")
        .send()
        .unwrap();
    assert_eq!(
        scene.event("new_comment").await["comment"]["content"],
        "Готово"
    );
    let names = scene.hooks.names();
    assert_eq!(names[names.len() - 2], "new_ticket_status");

    speak(Switch::WebhookRateWords);
    scene
        .okdesk
        .post(&format!("issues/{issue}/rates"), json!({"rate": "bad"}))
        .await;
    assert_eq!(scene.event("new_csat_rate").await["rate"], "poor");

    speak(Switch::WebhookNewAssigneeInIssue);
    staff.assign(issue, Some(staff.id())).unwrap();
    let body: Value = serde_json::from_str(&scene.last().await).unwrap();
    assert_eq!(
        body["issue"]["new_assignee"]["employee"]["last_name"],
        "Соколов"
    );

    speak(Switch::WebhookClearedAssigneeNull);
    staff.assign(issue, None).unwrap();
    assert_eq!(
        scene.event("new_assignee").await["new_assignee"],
        Value::Null
    );

    let automation = |text: &str| {
        let url = sim
            .url()
            .join(&format!("_sim/issues/{issue}/comments"))
            .unwrap();
        let body = json!({"as": "system", "content": text}).to_string();
        scene
            .okdesk
            .http
            .post(url)
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    speak(Switch::WebhookAutomationAuthorNull);
    automation("сработало правило").await.unwrap();
    assert_eq!(scene.event("new_comment").await["author"], Value::Null);
    sim.set_dialect(okdesk_sdk::testing::Dialect::usual());
    automation("сработало правило").await.unwrap();
    assert_eq!(
        scene.event("new_comment").await["author"]["last_name"],
        "Системное уведомление"
    );
}
