//! Every switch changes what it says it changes, and no uncertain fact is without one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use std::collections::BTreeSet;

use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Dialect, Simulator, Switch};
use reqwest::Method;
use serde_json::{Value, json};
use simulator_support::{Answer, Okdesk, Receiver, answer, file};

/// An account in which every switch has something to change, and a receiver of its webhooks.
struct Scene {
    okdesk: Okdesk,
    hooks: Receiver,
}

impl Scene {
    async fn new(dialect: Dialect) -> Self {
        let hooks = Receiver::start(200).await;
        let okdesk = Okdesk::from(Simulator::builder()).await;
        let account = okdesk.sim.account();
        account.employee("Иван", "Соколов").create();
        for (owner, code, kind) in [
            (AttributeOwner::Issue, "warranty", AttributeKind::Checkbox),
            (AttributeOwner::Issue, "rooms", AttributeKind::MultiSelect),
            (AttributeOwner::Company, "inn", AttributeKind::Text),
            (AttributeOwner::Equipment, "colour", AttributeKind::Text),
        ] {
            account.attribute(owner, code, code, kind);
        }
        let company = account.company("Ромашка").create();
        let contact = account.contact("Анна", "Петрова").email("anna@example.org");
        contact.company(company).create();
        let place = account.maintenance_entity("Склад").create();
        for title in ["1", "2", "3"] {
            account.issue(title).maintenance_entity(place).create();
        }
        okdesk.sim.merge(3.into(), 2.into()).unwrap();
        account.equipment("printer").company(company).create();
        account.price_list("Основной");
        let scene = Self { okdesk, hooks };
        scene.patch("contacts/1", json!({"crm_1c_id": "17"})).await;
        let line = json!({"code": "w", "name": "Работа", "type": "work", "unit": "ч", "price": 1, "nds": 20});
        scene
            .post("price_lists/1/services", json!({"service": line}))
            .await;
        let items = json!({"check_list": {"items": [{"name": "Осмотр", "item_type": "point"}]}});
        scene.post("issues/1/check_lists/items", items).await;
        scene.okdesk.sim.set_dialect(dialect);
        let mut url = scene.hooks.url.clone();
        url.set_username("us er").unwrap();
        url.set_password(Some("p+w")).unwrap();
        scene.okdesk.sim.add_webhook(url);
        scene
    }

    async fn get(&self, path: &str) -> Told {
        Told(self.okdesk.get(path).await)
    }

    async fn post(&self, path: &str, body: Value) -> Told {
        Told(self.okdesk.post(path, body).await)
    }

    async fn patch(&self, path: &str, body: Value) -> Told {
        Told(self.okdesk.patch(path, body).await)
    }

    /// What the last webhook holds at this place.
    async fn hook(&self, pointer: &str) -> Value {
        self.okdesk.sim.webhooks().settled().await;
        let body = self.hooks.events().pop().expect("a webhook");
        body.pointer(pointer).cloned().unwrap_or_default()
    }
}

struct Told(Answer);

impl Told {
    fn status(&self) -> Value {
        json!(self.0.0)
    }

    /// What the answer holds at this place; null if it holds nothing there.
    fn at(&self, pointer: &str) -> Value {
        self.0.1.pointer(pointer).cloned().unwrap_or_default()
    }

    fn is_array(&self) -> Value {
        json!(self.0.1.is_array())
    }

    fn ids(&self) -> Value {
        let items = self.0.1.as_array().expect("a list").iter();
        items.map(|item| item["id"].clone()).collect()
    }
}

/// What is seen of a switch, and what must be seen while it is off, and while it is on.
struct Seen(Value, Value, Value);

fn seen(seen: Value, usual: impl Into<Value>, other: impl Into<Value>) -> Seen {
    Seen(seen, usual.into(), other.into())
}

async fn look(it: &Scene, switch: Switch) -> Seen {
    const NULL: Value = Value::Null;
    let comment = json!({"content": "x"});
    let warranty = json!({"custom_parameters": {"warranty": true, "rooms": ["1", "2"]}});
    match switch {
        Switch::FromIdInclusive => {
            let page = it.get("employees/list?page[from_id]=2").await;
            seen(page.ids(), json!([1]), json!([2, 1]))
        }
        Switch::EmployeesNumberedPages => {
            let page = it.get("employees/list?page[number]=2").await;
            seen(page.ids(), json!([2, 1]), json!([]))
        }
        Switch::EmployeesUnpaged => {
            let page = it.get("employees/list?page[size]=1").await;
            seen(page.ids(), json!([2]), json!([1, 2]))
        }
        Switch::IssuePageClamped => {
            seen(it.get("issues/list?page[size]=60").await.status(), 422, 200)
        }
        Switch::IsoFilterDatesRefused => {
            let page = it.get("issues/list?created_since=2020-01-01").await;
            seen(page.status(), 200, 422)
        }
        Switch::MissingIssue404 => seen(it.get("issues/99").await.status(), 200, 404),
        Switch::MissingIssueNamesId => seen(
            it.get("issues/99").await.at("/errors"),
            "Записи не существует",
            "Записи 99 не существует",
        ),
        Switch::MergedIssueRedirects => seen(it.get("issues/3").await.status(), 200, 302),
        Switch::MergedIssueMissing => seen(
            it.get("issues/3").await.at("/errors"),
            NULL,
            "Записи не существует",
        ),
        Switch::CommentAuthorRequired => seen(
            it.post("issues/1/comments", comment).await.status(),
            200,
            422,
        ),
        Switch::IssueTypeIgnored => {
            let issue = it
                .post("issues", json!({"title": "x", "type": "incident"}))
                .await;
            seen(issue.at("/type/code"), "incident", "service")
        }
        Switch::IssueClientNested => {
            let nested = json!({"title": "x", "client": {"contact": {"id": 1}}});
            let nested = it.post("issues", nested).await.at("/contact/id");
            assert_eq!(nested, 1, "the nested form always works");
            let flat = it
                .post("issues", json!({"title": "x", "contact_id": 1}))
                .await;
            seen(flat.at("/contact/id"), 1, NULL)
        }
        Switch::RateFlatOnly => {
            let rated = it
                .post("issues/1/rates", json!({"issue": {"rate": "good"}}))
                .await;
            seen(rated.status(), 200, 422)
        }
        Switch::RateWrappedOnly => seen(
            it.post("issues/1/rates", json!({"rate": "good"}))
                .await
                .status(),
            200,
            422,
        ),
        Switch::StatusAnswerShort => {
            let changed = it
                .post("issues/1/statuses", json!({"code": "in_progress"}))
                .await;
            assert_eq!(changed.at("/status/code"), "in_progress");
            seen(changed.at("/title"), "1", NULL)
        }
        Switch::ErrorsFieldText | Switch::ErrorsList | Switch::ErrorsSentence => {
            let refused = it.post("issues/1/comments", json!({})).await;
            let other = match switch {
                Switch::ErrorsFieldText => json!({"content": "отсутствует"}),
                Switch::ErrorsList => json!(["content отсутствует"]),
                _ => json!("content отсутствует"),
            };
            seen(
                refused.at("/errors"),
                json!({"content": ["отсутствует"]}),
                other,
            )
        }
        Switch::Mistakes400 => seen(
            it.post("issues/1/comments", json!({})).await.status(),
            422,
            400,
        ),
        Switch::UnrecordedAnswersEmpty => {
            let changed = it
                .patch("issues/1/priorities", json!({"code": "high"}))
                .await;
            assert_eq!(changed.status(), 200);
            seen(changed.at("/id"), 1, NULL)
        }
        Switch::DeleteAnswersJson => {
            let (_, body) = it.okdesk.delete("issues/1").await;
            seen(body, NULL, json!({}))
        }
        Switch::EmptyAnswers204 => seen(json!(it.okdesk.delete("issues/1").await.0), 200, 204),
        Switch::LongTitles => {
            let title = "я".repeat(256);
            seen(
                it.post("issues", json!({"title": title})).await.status(),
                422,
                200,
            )
        }
        Switch::ArchiveWrapped => {
            let archive = "companies/1/activations";
            let silent = it.patch(archive, json!({})).await;
            let wrapped = json!({"company": {"active": false}});
            assert_eq!(it.patch(archive, wrapped).await.at("/active"), false);
            let flat = it.patch(archive, json!({"active": false})).await;
            assert_eq!(
                silent.status(),
                flat.status(),
                "the path says what is meant"
            );
            seen(
                it.patch(archive, json!({"active": false})).await.status(),
                200,
                422,
            )
        }
        Switch::CheckItemFlat => {
            let item = it.get("issues/1/check_lists/items").await.at("/0/id");
            let path = format!("issues/1/check_lists/items/{item}/check");
            let flat = it.patch(&path, json!({"checked": true})).await;
            assert_eq!(flat.status(), 200, "without its wrapper it always works");
            let wrapped = json!({"check_list_item": {"checked": true}});
            seen(it.patch(&path, wrapped).await.status(), 200, 422)
        }
        Switch::CommentFilesFollowComment => {
            let form = reqwest::multipart::Form::new()
                .text("comment[content]", "x")
                .text("comment[public]", "true")
                .text("comment[attachments][0][is_public]", "false")
                .part("comment[attachments][0][attachment]", file("a.txt", b"1"));
            let (_, comment) = it.okdesk.multipart("issues/1/comments", form).await;
            seen(comment["attachments"][0]["is_public"].clone(), false, true)
        }
        Switch::ContactsSearchedByLess => seen(
            it.get("contacts?email=anna@example.org").await.at("/id"),
            1,
            NULL,
        ),
        Switch::LoginLinkAsUrl => {
            let user = json!({"user_type": "contact", "user_id": 1});
            let link = it.post("login_link", user).await;
            assert_ne!(
                link.at("/url").is_string(),
                link.at("/login_link").is_string()
            );
            seen(json!(link.at("/url").is_string()), false, true)
        }
        Switch::ParametersPatch => {
            assert_ne!(
                it.patch("issues/1/parameters", warranty.clone())
                    .await
                    .status(),
                it.post("issues/2/parameters", warranty.clone())
                    .await
                    .status()
            );
            seen(
                it.post("issues/1/parameters", warranty).await.status(),
                200,
                404,
            )
        }
        Switch::TimeEntriesBare => seen(
            it.get("issues/1/time_entries").await.is_array(),
            false,
            true,
        ),
        Switch::CheckListWrapped => seen(
            it.get("issues/1/check_lists/items").await.is_array(),
            true,
            false,
        ),
        Switch::IssueParametersWrapped => {
            let list = it.get("issues/parameters/list").await;
            assert_ne!(list.is_array(), json!(list.at("/parameters").is_array()));
            seen(list.is_array(), true, false)
        }
        Switch::FieldTypesAsNumbers => {
            let kinds = it.get("issues/parameters/list").await;
            assert_eq!(
                it.get("issues/1").await.at("/parameters/0/field_type"),
                kinds.at("/0/field_type")
            );
            seen(kinds.at("/0/field_type"), "ftcheckbox", 3)
        }
        Switch::KindParametersWithoutCode => {
            let kinds = it.get("equipments/kinds").await;
            assert_eq!(kinds.at("/0/parameters/0/name"), "colour");
            seen(kinds.at("/0/parameters/0/code"), "colour", NULL)
        }
        Switch::CompanyListShort => {
            let list = it.get("companies/list").await;
            assert_eq!(list.at("/0/parameters/0/code"), "inn");
            seen(list.at("/0/active"), true, NULL)
        }
        Switch::EquipmentCompanyName => {
            let (one, list) = (
                it.get("equipments/1").await,
                it.get("equipments/list").await,
            );
            assert_eq!(
                one.at("/company").is_string(),
                list.at("/0/company").is_string()
            );
            assert_eq!(list.at("/0/maintenance_entity"), NULL);
            let usual = json!({"id": 1, "name": "Ромашка"});
            seen(list.at("/0/company"), usual, "Ромашка")
        }
        Switch::ContactCrmIdNumber => {
            seen(it.get("contacts?id=1").await.at("/crm_1c_id"), "17", 17)
        }
        Switch::AuthorWithoutType => seen(
            it.get("issues/1").await.at("/author/type"),
            "employee",
            NULL,
        ),
        Switch::CommentsWithoutFiles => {
            let comments = it.get("issues/2/comments").await;
            assert_eq!(comments.at("/0/public"), false);
            seen(comments.at("/0/attachments"), json!([]), NULL)
        }
        Switch::ListAssigneeNull => {
            let list = it.get("issues/list?fields[issue]=assignee").await;
            let usual = json!({"assignee": {"id": null, "name": null}});
            seen(list.at("/0"), usual, json!({"assignee": null}))
        }
        Switch::DatesWithoutOffset => {
            let at = it.get("issues/1").await.at("/created_at");
            seen(json!(at.as_str().unwrap().len()), 29, 23)
        }
        Switch::PriceLineByPut => {
            let line = "nomenclature/price_lists/1/services/1";
            let (put, _) = it.okdesk.put(line, json!({"price": 5})).await;
            let patch = it.patch(line, json!({"price": 5})).await;
            assert_ne!(patch.status(), put);
            seen(json!(put), 404, 200)
        }
        Switch::EmployeeChangesByPost => {
            let groups = json!({"group_ids": [2]});
            let post = it.post("employees/2/groups", groups.clone()).await;
            let patch = it.patch("employees/2/groups", groups).await;
            assert_ne!(patch.status(), post.status());
            seen(post.status(), 404, 200)
        }
        Switch::NoGuessedPaths => seen(it.get("contacts/1").await.status(), 200, 404),
        Switch::ApiKeyByGet => {
            let post = it.post("api_key", json!({})).await;
            let get = it.get("api_key").await;
            assert_ne!(get.status(), post.status());
            seen(get.status(), 404, 200)
        }
        Switch::IssueByPut => {
            let (status, _) = it.okdesk.put("issues/1", json!({"title": "neu"})).await;
            seen(json!(status), 404, 200)
        }
        Switch::TokenInHeader => {
            let url = it.okdesk.sim.url().join("api/v1/issues/1").unwrap();
            let request = it.okdesk.http.get(url).bearer_auth(&it.okdesk.token);
            seen(json!(answer(request).await.0), 401, 200)
        }
        Switch::AnswersCreated201 => seen(
            it.post("issues", json!({"title": "x"})).await.status(),
            200,
            201,
        ),
        Switch::CommentAnswerShort => {
            let comment = it.post("issues/1/comments", comment).await;
            assert_eq!(comment.at("/content"), "x");
            seen(json!(comment.at("/published_at").is_string()), true, false)
        }
        Switch::OldIssueDetail => {
            seen(it.get("issues/1").await.at("/coexecutors"), json!([]), NULL)
        }
        Switch::OldRecords => {
            let company = it.get("companies?id=1").await.at("/external_observers");
            let last = it.get("issues/statuses").await.at("/0/final");
            seen(
                json!([company, last]),
                json!([[], false]),
                json!([null, null]),
            )
        }
        Switch::WebhookStringIds => {
            it.post("issues", json!({"title": "x"})).await;
            seen(it.hook("/issue/id").await, 4, "4")
        }
        Switch::WebhookTimeEntryObject => {
            it.post("issues/1/statuses", worked()).await;
            let entries = it.hook("/event/time_entries").await;
            assert_eq!(entries.get(0).unwrap_or(&entries)["spent_time"], 0.25);
            seen(json!(entries.is_array()), true, false)
        }
        Switch::WebhookTimeEntryUndated => {
            it.post("issues/1/statuses", worked()).await;
            let at = it.hook("/event/time_entries/0/logged_at").await;
            seen(json!(at.is_string()), true, false)
        }
        Switch::WebhookNewTicketSource => {
            it.post("issues", json!({"title": "x"})).await;
            seen(it.hook("/event/source").await, NULL, "from_employee")
        }
        Switch::StatusCommentFiresNewComment => {
            let changed = json!({"code": "completed", "comment": "Готово"});
            it.post("issues/1/statuses", changed).await;
            it.okdesk.sim.webhooks().settled().await;
            let other = json!(["new_ticket_status", "new_comment"]);
            seen(json!(it.hooks.names()), json!(["new_ticket_status"]), other)
        }
        Switch::WebhookRateWords => {
            it.post("issues/1/rates", json!({"rate": "bad"})).await;
            assert_eq!(it.hook("/event/rate").await, it.hook("/issue/rate").await);
            seen(it.hook("/event/rate").await, "bad", "poor")
        }
        Switch::WebhookAutomationAuthorNull => {
            let url = it.okdesk.sim.url().join("_sim/issues/1/priority").unwrap();
            let request = it
                .okdesk
                .http
                .post(url)
                .header("content-type", "application/json");
            answer(request.body(r#"{"as": "system", "code": "high"}"#)).await;
            seen(
                it.hook("/event/author/last_name").await,
                "Системное уведомление",
                NULL,
            )
        }
        Switch::WebhookClearedAssigneeNull => {
            let nobody = json!({"assignee_id": null, "group_id": null});
            it.patch("issues/1/assignees", nobody).await;
            let usual = json!({"group": null, "employee": null});
            seen(it.hook("/event/new_assignee").await, usual, NULL)
        }
        Switch::WebhookNewAssigneeInIssue => {
            let helper = json!({"assignee_id": 2});
            it.patch("issues/1/assignees", helper).await;
            assert_eq!(it.hook("/issue/assignee/employee/id").await, 2);
            seen(it.hook("/issue/new_assignee/employee/id").await, NULL, 2)
        }
        Switch::WebhookDocumentedExtras => {
            it.patch("issues/1/types", json!({"code": "incident"}))
                .await;
            let extras = [
                it.hook("/issue/spent_time_total").await,
                it.hook("/issue/maintenance_entity/timezone").await,
                it.hook("/event/new_type/inner").await,
            ];
            seen(
                json!(extras),
                json!([null, null, null]),
                json!([0, "Europe/Moscow", false]),
            )
        }
        Switch::WebhookPriorityCodeOnly => {
            it.patch("issues/1/priorities", json!({"code": "high"}))
                .await;
            let usual = json!({"code": "high", "name": "Высокий"});
            seen(
                it.hook("/event/new_priority").await,
                usual,
                json!({"code": "high"}),
            )
        }
        Switch::WebhookChangedValuesText => {
            it.post("issues/1/parameters", warranty).await;
            let changes = it.hook("/event/changed_parameters").await;
            let after = json!([
                changes[0]["after"],
                changes[1]["after"],
                changes[0]["before"]
            ]);
            seen(
                after,
                json!([true, ["1", "2"], null]),
                json!(["true", "1, 2", null]),
            )
        }
        Switch::WebhookMultiselectText => {
            it.post("issues/1/parameters", warranty).await;
            seen(
                it.hook("/issue/parameters/1/value").await,
                json!(["1", "2"]),
                "1, 2",
            )
        }
        Switch::WebhookChangesFlat => {
            let inn = json!({"custom_parameters": {"inn": "7814305822"}});
            it.patch("companies/1", inn).await;
            let change = it.hook("/event/changes/0").await;
            let change = change.pointer("/parameters/0").unwrap_or(&change);
            assert_eq!(change["new_value"], "7814305822");
            seen(it.hook("/event/changes/0/code").await, NULL, "inn")
        }
        Switch::WebhookBasicAuth => {
            it.post("issues", json!({"title": "x"})).await;
            it.okdesk.sim.webhooks().settled().await;
            let sent = it.hooks.authorizations().pop().unwrap();
            seen(json!(sent), NULL, "Basic dXMgZXI6cCt3")
        }
        untold => panic!("nothing shows what {} changes", untold.name()),
    }
}

/// A change of status with a quarter of an hour of work.
fn worked() -> Value {
    json!({"code": "in_progress", "time_entry": [{"formatted_spent_time": "15 мин."}]})
}

#[tokio::test]
async fn every_switch_changes_what_it_says() {
    let mut wrong = Vec::new();
    for switch in Switch::ALL {
        let name = switch.name();
        let Seen(off, usual, _) = look(&Scene::new(Dialect::usual()).await, *switch).await;
        let Seen(on, _, other) = look(&Scene::new((*switch).into()).await, *switch).await;
        assert_ne!(usual, other, "{name}");
        if off != usual {
            wrong.push(format!("{name} off: {off} instead of {usual}"));
        }
        if on != other {
            wrong.push(format!("{name} on: {on} instead of {other}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `uncertain.tsv` lists what is uncertain in the reference this simulator was written from.
#[tokio::test]
async fn no_uncertain_fact_is_without_its_switch() {
    let list = include_str!("dialects/uncertain.tsv");
    let mut told = BTreeSet::new();
    for line in list.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [place, fact, switches, otherwise] = cells[..] else {
            panic!("four cells: {line}");
        };
        assert!(!place.is_empty() && !fact.is_empty(), "{line}");
        assert_ne!(
            switches.is_empty(),
            otherwise.is_empty(),
            "a switch or why there is none: {line}"
        );
        for switch in switches.split(", ").filter(|name| !name.is_empty()) {
            told.insert(switch.parse::<Switch>().expect(line).name());
        }
    }
    let all: BTreeSet<&str> = Switch::ALL.iter().map(|switch| switch.name()).collect();
    assert_eq!(told, all, "a switch stands for a fact of the list");
}

#[tokio::test]
async fn paths_that_are_guesses_can_be_taken_away() {
    let table = include_str!("operations/endpoints.tsv");
    let usual = Scene::new(Dialect::usual()).await.okdesk;
    let other = Scene::new(Switch::NoGuessedPaths.into()).await.okdesk;
    let mut guesses = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let is_guess = cells[7] == "guess";
        guesses += usize::from(is_guess);
        let path = cells[3].trim_start_matches("/api/v1/");
        let mut path: Vec<&str> = path.split('/').collect();
        path.iter_mut()
            .filter(|step| step.starts_with('{'))
            .for_each(|step| *step = "1");
        let method: Method = cells[2].parse().unwrap();
        // A body that is no JSON is complained of only where there is somebody to read it.
        for (okdesk, known) in [(&usual, true), (&other, !is_guess)] {
            let request = okdesk.json(method.clone(), &path.join("/"), &json!({}));
            let response = request.send().await.unwrap();
            let kind = response.headers().get("content-type");
            let is_page = kind.is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
            let is_absent = response.status() == 404 && is_page;
            if !known || !is_guess {
                assert!(is_absent || known, "{row}");
            } else {
                assert!(!is_absent, "{row}");
            }
        }
    }
    assert!(guesses > 5);
}

/// An account that holds what a merged issue needs.
async fn account(dialect: Dialect) -> Okdesk {
    Scene::new(dialect).await.okdesk
}

#[tokio::test]
async fn a_merged_issue_is_another_one() {
    let okdesk = account(Dialect::usual()).await;
    assert_eq!(okdesk.get("issues/3").await.1["id"], 2);
    okdesk.sim.turn_on(Switch::MergedIssueRedirects);
    let response = okdesk
        .http
        .get(okdesk.url("issues/3"))
        .send()
        .await
        .unwrap();
    assert!(
        response.headers()["location"]
            .to_str()
            .unwrap()
            .ends_with("/api/v1/issues/2")
    );
    let (_, comments) = okdesk.get("issues/2/comments").await;
    let text = comments[0]["content"].as_str().unwrap();
    assert!(
        text.contains("Комментарий добавлен при объединении заявок")
            && text.contains("in-comment-issue")
    );
}

#[tokio::test]
async fn switches_are_read_by_name_and_documented() {
    let all: Dialect = Switch::ALL.iter().copied().collect();
    let names: Vec<&str> = Switch::ALL.iter().map(|switch| switch.name()).collect();
    assert_eq!(names.join(",").parse::<Dialect>().unwrap(), all);
    assert!("no-such".parse::<Dialect>().is_err());
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/simulator.md"))
            .unwrap();
    for switch in Switch::ALL {
        for fact in [
            switch.name(),
            switch.usual(),
            switch.other(),
            switch.source(),
        ] {
            assert!(
                page.contains(fact),
                "docs/simulator.md lacks {fact:?} of {}",
                switch.name()
            );
        }
    }
    // One row for each, in the same words and order, with the sources of both readings.
    let table = page.split("## Dialects").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = Switch::ALL
        .iter()
        .map(|switch| {
            let (usual, other) = (switch.usual(), switch.other());
            format!(
                "| `{}` | {usual} | {other} | {} |",
                switch.name(),
                switch.source()
            )
        })
        .collect();
    assert_eq!(rows, expected);
    let okdesk = Okdesk::start().await;
    let url = okdesk.sim.url().join("_sim/dialect").unwrap();
    let request = okdesk
        .http
        .request(Method::POST, url)
        .header("content-type", "application/json");
    let (_, switches) = answer(request.body(r#"{"switches": ["missing-issue-404"]}"#)).await;
    let on: Vec<&Value> = switches
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["on"] == true)
        .collect();
    assert_eq!((on.len(), &on[0]["name"]), (1, &json!("missing-issue-404")));
}
