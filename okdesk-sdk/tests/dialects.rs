//! One story told to every dialect of the simulator: whichever reading of Okdesk's facts is true, the client survives it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod simulator_support;

use std::fmt::Write as _;
use std::time::Duration;

use okdesk_sdk::model::{
    Author, CompanyId, ContactId, EmployeeId, Html, IssueId, ItemType, LocalTime, PriceListId, Rate,
};
use okdesk_sdk::operation::Method;
use okdesk_sdk::resources::{CallDirection, NewCheckListItem, SpentTime};
use okdesk_sdk::testing::{AttributeKind, AttributeOwner, Simulator, Switch};
use okdesk_sdk::{Assignee, Client, Delivery, Error, Upload};
use okdesk_webhooks::Event;
use serde_json::Value;
use simulator_support::Receiver;

/// A simulator that stays on its ports while its account and dialect change, and who listens to it.
struct Scene {
    okdesk: Simulator,
    client: Client,
    hooks: Receiver,
    /// What this dialect did not let the story do, by operation.
    losses: Vec<&'static str>,
}

/// Who is in the account before the story begins.
struct Cast {
    company: CompanyId,
    contact: ContactId,
    ivan: EmployeeId,
    prices: PriceListId,
}

impl Scene {
    async fn new() -> Self {
        let hooks = Receiver::start(200).await;
        let okdesk = Simulator::builder().token("secret").start().await;
        let mut url = hooks.url.clone();
        url.set_username("user").unwrap();
        url.set_password(Some("password")).unwrap();
        okdesk.add_webhook(url);
        let client = okdesk.client();
        Self {
            okdesk,
            client,
            hooks,
            losses: Vec::new(),
        }
    }

    /// Notes a clean refusal as a loss; anything worse is a failure of the client.
    fn survived<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                assert_eq!(error.delivery(), Delivery::Rejected, "{error:?}");
                self.losses.push(error.operation());
                None
            }
        }
    }

    async fn story(&mut self) {
        let cast = self.cast();
        self.people(&cast).await;
        let issue = self.issue(&cast).await;
        self.comments(&cast, issue).await;
        self.changes(&cast, issue).await;
        self.work(&cast, issue).await;
        self.records(&cast).await;
        self.lists(&cast).await;
        self.ends(&cast, issue).await;
        self.okdesk.webhooks().settled().await;
    }

    fn cast(&mut self) -> Cast {
        self.okdesk.reset();
        self.hooks.forget();
        self.losses.clear();
        self.okdesk
            .clock()
            .stop_at("2030-01-01T09:00:00Z".parse().unwrap());
        let account = self.okdesk.account();
        for (owner, code, kind) in [
            (AttributeOwner::Issue, "room", AttributeKind::Text),
            (AttributeOwner::Issue, "urgent", AttributeKind::Checkbox),
            (AttributeOwner::Issue, "floors", AttributeKind::MultiSelect),
            (AttributeOwner::Equipment, "colour", AttributeKind::Text),
        ] {
            account.attribute(owner, code, code, kind);
        }
        let company = account.company("ООО Ромашка").inn("7707083893").create();
        let place = account
            .maintenance_entity("Склад")
            .company(company)
            .create();
        let contact = account
            .contact("Анна", "Петрова")
            .phone("+79161234567")
            .email("anna@example.org")
            .company(company)
            .maintenance_entity(place)
            .create();
        account.equipment("printer").company(company).create();
        let ivan = account.employee("Иван", "Соколов").create();
        for number in 0..102 {
            account
                .employee("Пётр", format!("Сидоров {number}"))
                .create();
        }
        Cast {
            company,
            contact,
            ivan,
            prices: account.price_list("Основной"),
        }
    }

    async fn people(&mut self, cast: &Cast) {
        let client = self.client.clone();
        let found = client
            .contacts()
            .search()
            .phone("+79161234567")
            .await
            .unwrap();
        assert_eq!(found[0].id, cast.contact);
        let crm_id = client
            .request::<Value>(Method::Patch, &format!("contacts/{}", cast.contact))
            .json(&serde_json::json!({"crm_1c_id": "17"}));
        crm_id.await.unwrap();
        let found = client
            .contacts()
            .search()
            .email("anna@example.org")
            .await
            .unwrap();
        assert!(found.len() <= 1);
        let one = client.contacts().get(cast.contact).await;
        if let Some(contact) = self.survived(one) {
            assert_eq!(contact.id, cast.contact);
        }
        let one = client.companies().get(cast.company).await;
        self.survived(one);
        let groups = client
            .employees()
            .set_groups(cast.ivan, [1.into(), 2.into()])
            .await;
        self.survived(groups);
        let key = client.session().create_api_key().await;
        self.survived(key);
        let link = client
            .session()
            .login_link_for_contact(cast.contact)
            .expires_in(Duration::from_secs(60))
            .one_time();
        assert!(!link.await.unwrap().as_str().is_empty());
    }

    async fn issue(&mut self, cast: &Cast) -> IssueId {
        let client = self.client.clone();
        // Both forms of the client at once, so that either reading is served.
        let issue = client
            .issues()
            .create("Не печатает")
            .description(Html::from_text("красная\nлампа"))
            .kind("incident")
            .company(cast.company)
            .contact(cast.contact)
            .client(Some(cast.company), Some(cast.contact))
            .maintenance_entity(1)
            .attach(Upload::from_bytes("лампа.png", &b"png"[..]).public(true))
            .await
            .unwrap();
        assert_eq!(issue.contact.as_ref().unwrap().id, cast.contact);
        assert_eq!(issue.company_id, Some(cast.company));
        let file = issue.attachments[0].id;
        let bytes = client.issues().download(issue.id, file).bytes().await;
        assert_eq!(&bytes.unwrap()[..], b"png");
        let long = client.issues().create("я".repeat(256)).await;
        self.survived(long);
        issue.id
    }

    async fn comments(&mut self, cast: &Cast, issue: IssueId) {
        let comments = self.client.comments();
        let by_contact = comments
            .create(issue, "Где вы?\nЖдём", Author::contact(cast.contact))
            .attach(Upload::from_bytes("a.txt", "hello").public(false))
            .await
            .unwrap();
        let secret = comments.create(issue, "тайна", Author::employee(cast.ivan));
        secret.private().await.unwrap();
        let all = comments.list(issue).await.unwrap();
        assert_eq!((all.len(), all[0].id), (2, by_contact.id));
        assert!(all[0].public && !all[1].public);
        assert_eq!(all[0].content.as_str(), "Где вы?<br>Ждём");
        // Who may write in another one's name, and who must say so, differs by account.
        let nameless = self
            .client
            .request::<Value>(Method::Post, &format!("issues/{issue}/comments"))
            .json(&serde_json::json!({"content": "Без имени"}));
        let nameless = nameless.await;
        self.survived(nameless);
    }

    async fn changes(&mut self, cast: &Cast, issue: IssueId) {
        let client = self.client.clone();
        let issues = client.issues();
        issues
            .update(issue)
            .title("Не печатает принтер")
            .await
            .unwrap();
        let ivan = Assignee::employee(cast.ivan).of_group(1.into());
        issues.assign(issue, Some(ivan)).await.unwrap();
        issues.assign(issue, None).await.unwrap();
        issues.change_type(issue, "service").await.unwrap();
        issues.change_priority(issue, "high").await.unwrap();
        issues.change_planned_execution(issue, 90).await.unwrap();
        let custom = issues
            .change_parameters(issue)
            .custom("room", "12")
            .custom("urgent", true)
            .custom("floors", ["1", "2"]);
        let custom = custom.await;
        self.survived(custom);
        issues
            .change_status(issue, "in_progress")
            .comment("Едем")
            .time_entry(SpentTime::minutes(15))
            .await
            .unwrap();
        let url = self
            .okdesk
            .url()
            .join(&format!("_sim/issues/{issue}/deadline"))
            .unwrap();
        let by_the_system = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(url);
        let body = r#"{"as": "system", "deadline_at": "2030-02-01 12:00"}"#;
        let by_the_system = by_the_system
            .header("content-type", "application/json")
            .body(body);
        assert_eq!(by_the_system.send().await.unwrap().status(), 200);
        issues.rate(issue, Rate::Bad).await.unwrap();
        let read = issues.get(issue).await.unwrap();
        assert_eq!(read.status.unwrap().code, "in_progress");
        assert_eq!(read.rate.and_then(|rate| rate.value), Some(Rate::Bad));
        let nobody = issues
            .assign(issue, Some(EmployeeId::new(999).into()))
            .await;
        let nobody = nobody.unwrap_err();
        assert!(nobody.is_validation(), "{nobody:?}");
        let refused = issues.change_status(issue, "delayed").await.unwrap_err();
        assert!(refused.is_validation(), "{refused:?}");
        assert!(!refused.api().unwrap().to_string().is_empty());
    }

    async fn work(&mut self, cast: &Cast, issue: IssueId) {
        let client = self.client.clone();
        let logged_at: LocalTime = "2029-12-31 09:15".parse().unwrap();
        let half_an_hour = SpentTime::minutes(30);
        client
            .time_entries()
            .create(issue, cast.ivan, half_an_hour, logged_at)
            .await
            .unwrap();
        let entries = client.time_entries().list(issue).await.unwrap();
        assert_eq!(entries.time_entries.len(), 2);
        let lists = client.check_lists();
        let look = NewCheckListItem::point("Осмотр").requires_files(true);
        lists.create(issue, [look]).await.unwrap();
        let items = lists.list(issue).await.unwrap();
        assert_eq!(items.len(), 1);
        let photo = Upload::from_bytes("photo.jpg", &b"jpg"[..]);
        let checked = lists.check(issue, items[0].id, true).attach(photo).await;
        self.survived(checked);
        client
            .telephony()
            .record_call("call-1", CallDirection::Incoming)
            .started_at(logged_at)
            .source_phone("+79161234567")
            .receiver_phone("100")
            .await
            .unwrap();
    }

    async fn records(&mut self, cast: &Cast) {
        let client = self.client.clone();
        let all = client
            .equipment()
            .list()
            .into_pager()
            .collect()
            .await
            .unwrap();
        assert_eq!(all.len(), 1);
        client.equipment().get(all[0].id).await.unwrap();
        let kinds = client
            .equipment_kinds()
            .list()
            .into_pager()
            .collect()
            .await
            .unwrap();
        assert_eq!(kinds[0].parameters.len(), 1);
        assert_eq!(
            client.references().issue_parameters().await.unwrap().len(),
            3
        );
        client.references().issue_statuses().await.unwrap();
        let item = client
            .nomenclature()
            .create_item("w", "Выезд", ItemType::Work, "ч")
            .await
            .unwrap();
        let price = client
            .nomenclature()
            .create_price(cast.prices, item.id, 1000.0, 20);
        let price = price.await.unwrap();
        let changed = client.nomenclature().update_price(cast.prices, price.id);
        let changed = changed.price(1200.0).await;
        self.survived(changed);
        let found = client
            .companies()
            .search()
            .name("ООО Ромашка")
            .await
            .unwrap();
        assert_eq!(found.len(), 1);
        client
            .companies()
            .update(cast.company)
            .custom("inn_company", "7814305822")
            .await
            .unwrap();
        let archived = client.companies().set_active(cast.company, false).await;
        self.survived(archived);
    }

    async fn lists(&mut self, cast: &Cast) {
        let client = self.client.clone();
        let account = self.okdesk.account();
        for number in 0..52 {
            account.issue(format!("Заявка {number}")).create();
        }
        let all = client
            .issues()
            .list()
            .page_size(50)
            .into_pager()
            .collect()
            .await;
        let mut all = all.unwrap();
        all.sort_by_key(|one| one.id);
        all.dedup_by_key(|one| one.id);
        let ids = client.issues().ids().await.unwrap();
        assert!(all.len() >= 53 && all.len() == ids.len());
        let assigned = client.issues().list().fields(["id", "assignee"]);
        let assigned = assigned.await.unwrap();
        assert!(assigned.items().iter().any(|one| one.assignee.is_none()));
        let staff = client
            .employees()
            .list()
            .into_pager()
            .collect()
            .await
            .unwrap();
        assert_eq!(staff.len(), 104, "everybody once, and the administrator");
        let contacts = client.contacts().list().page_size(1).into_pager();
        assert_eq!(contacts.collect().await.unwrap()[0].id, cast.contact);
        let companies = client.companies().list().into_pager().collect().await;
        assert_eq!(companies.unwrap()[0].id, cast.company);
    }

    async fn ends(&mut self, cast: &Cast, issue: IssueId) {
        let issues = self.client.issues();
        let merged = self.okdesk.account().issue("Ещё одна").create();
        self.okdesk.merge(merged, issue).unwrap();
        let elsewhere = issues.get(merged).await.unwrap_err();
        assert!(
            elsewhere.merged_into() == Some(issue) || elsewhere.is_not_found(),
            "{elsewhere:?}"
        );
        issues.delete(issue).await.unwrap();
        let gone = issues.get(issue).await.unwrap_err();
        assert!(gone.is_not_found(), "{gone:?}");
        let ivan = Author::employee(cast.ivan);
        let refused = self.client.comments().create(issue, "никому", ivan).await;
        assert!(refused.unwrap_err().is_not_found());
    }

    /// Everything the client and the receiver of webhooks were told, secrets and chance left out.
    fn wire(&self) -> String {
        let mut wire = String::new();
        for call in self.okdesk.recorder().all() {
            let answer = match call.operation.starts_with("session.") {
                true => {
                    let keys: Value = serde_json::from_slice(&call.answer).unwrap_or_default();
                    let keys = keys.as_object().into_iter().flatten();
                    keys.map(|(key, _)| key.as_str())
                        .collect::<Vec<_>>()
                        .join(" ")
                }
                false => String::from_utf8_lossy(&call.answer).into_owned(),
            };
            let (method, path) = (&call.method, &call.path);
            writeln!(wire, "{method} {path} {:?} {answer}", call.status).unwrap();
        }
        for (text, authorization) in self.hooks.texts().iter().zip(self.hooks.authorizations()) {
            writeln!(wire, "{authorization:?} {text}").unwrap();
        }
        wire
    }
}

/// Switches that change nothing of what this client sees, and why: it asks in the one way both readings take.
const IMMUNE: &[(Switch, &str)] = &[
    (Switch::TokenInHeader, "the key goes into the query"),
    (Switch::IssueByPut, "issues are changed by PATCH"),
    (
        Switch::IssuePageClamped,
        "no page is asked for that is too large",
    ),
    (Switch::IsoFilterDatesRefused, "dates go out as documented"),
    (Switch::IssueClientNested, "both forms go out"),
    (Switch::RateFlatOnly, "both forms go out"),
    (Switch::RateWrappedOnly, "both forms go out"),
];

#[tokio::test]
async fn the_client_survives_every_dialect() {
    let mut scene = Scene::new().await;
    scene.story().await;
    assert_eq!(scene.losses, ["issues.create"], "a title that is too long");
    let usual = scene.wire();
    scene.story().await;
    assert_eq!(scene.wire(), usual, "nothing is left to chance");

    let mut wrong = Vec::new();
    for switch in Switch::ALL {
        let name = switch.name();
        scene.okdesk.set_dialect(*switch);
        scene.story().await;
        // What goes out in one form only is refused where the other form is asked for, and said to be.
        let lost: &[&str] = match switch {
            Switch::NoGuessedPaths => &[
                "contacts.get",
                "companies.get",
                "employees.groups_change",
                "session.api_key",
            ],
            Switch::ApiKeyByGet => &["session.api_key"],
            Switch::EmployeeChangesByPost => &["employees.groups_change"],
            Switch::ParametersPatch => &["issues.parameters_change"],
            Switch::CheckItemFlat => &["check_lists.item_check"],
            Switch::ArchiveWrapped => &["companies.archive"],
            Switch::PriceLineByPut => &["nomenclature.price_list_service_update"],
            Switch::CommentAuthorRequired => &["request"],
            _ => &[],
        };
        let too_long: &[&str] = match switch {
            Switch::LongTitles => &[],
            _ => &["issues.create"],
        };
        let mut expected = [too_long, lost].concat();
        let mut losses = scene.losses.clone();
        expected.sort_unstable();
        losses.sort_unstable();
        if losses != expected {
            wrong.push(format!("{name} lost {losses:?}, not {expected:?}"));
        }
        let is_immune = IMMUNE.iter().any(|(immune, _)| immune == switch);
        if (scene.wire() == usual) != is_immune {
            wrong.push(format!("{name} met by the story: {is_immune}"));
        }
        for text in scene.hooks.texts() {
            let event = Event::parse(text.as_bytes()).unwrap();
            if matches!(event, Event::Unknown(_)) || event.is_partial() {
                wrong.push(format!("{name}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
