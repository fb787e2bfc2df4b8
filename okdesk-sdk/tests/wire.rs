//! Wire goldens: the exact request of every operation, captured from a socket, one reviewed file each.
//!
//! `BLESS=1 cargo nextest run -p okdesk-sdk --test wire` writes the files anew; review the difference like code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::fmt::Write as _;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::time::Duration;

use okdesk_sdk::model::*;
use okdesk_sdk::operation;
use okdesk_sdk::resources::*;
use okdesk_sdk::{Client, Error, RetryPolicy, Upload};
use support::{Seen, Server, TOKEN, json};

type Sending = std::pin::Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

fn sending<T: Send + 'static>(
    call: impl IntoFuture<Output = Result<T, Error>, IntoFuture: Send + 'static>,
) -> Sending {
    let future = call.into_future();
    Box::pin(async move { future.await.map(drop) })
}

fn time(text: &str) -> LocalTime {
    text.parse().unwrap()
}

/// Every operation, with every parameter it has.
#[rustfmt::skip]
fn cases(client: &Client) -> Vec<(&'static str, Sending)> {
    let (issue, company, contact, employee) = (IssueId::new(7), CompanyId::new(5), ContactId::new(3), EmployeeId::new(2));
    let (entity, group, kit) = (MaintenanceEntityId::new(11), GroupId::new(4), EquipmentId::new(13));
    let point = Coordinates::new(53.2, 45.0);
    let files = || [
        Upload::from_bytes("Акт \"№5\".pdf", "%PDF").public(true).description("signed & stamped"),
        Upload::from_bytes("photo.png", "PNG").public(false),
    ];
    let create = || client.issues().create("Printer & <fire>").description("Line one\nline <two>").company(company)
        .contact(contact).maintenance_entity(entity).agreement(AgreementId::new(6)).assignee(employee).group(group)
        .parent(IssueId::new(1)).observers([employee]).observer_groups([group]).contact_observers([contact]).equipment([kit])
        .kind("incident").priority(PriorityCode::HIGH).deadline(time("2024-05-01 09:15")).start_execution_until(time("2024-05-02"))
        .planned_execution_in_minutes(90).custom("text", "a+b").custom("flag", true).custom("many", ["x", "y"])
        .custom("day", time_day()).author(Author::contact(contact));
    let comment = || client.comments().create(issue, "Готово\n<b>", Author::employee(employee));
    let [act, photo] = files();
    let [act2, photo2] = files();
    let [act3, photo3] = files();
    let [act4, _] = files();
    vec![
        ("session.sign_in", sending(client.session().sign_in("anna", "p@ss word"))),
        ("session.login_link_create", sending(client.session().login_link_for_contact(contact).expires_in(Duration::from_secs(301)).one_time())),
        ("session.api_key", sending(client.session().create_api_key())),
        ("companies.search", sending(client.companies().search().name("ООО \"Ромашка\"").phone("+7 900").id(company).crm_1c_id("000-1").text("a+b"))),
        ("companies.create", sending(client.companies().create("Romashka").additional_name("R").site("r.example").email("a@r.example")
            .phone("+7").address("Penza").coordinates(point).comment("c").observers([employee]).default_assignee(employee)
            .category("vip").crm_1c_id("1").custom("0001", "7707083893"))),
        ("companies.update", sending(client.companies().update(company).name("R").additional_name(None::<String>).site("s".to_owned())
            .email("a@r.example").phone(None::<String>).address("Penza").coordinates(point).comment("c").observers([employee])
            .default_assignee(employee).category("vip").crm_1c_id("1").custom("x", None::<&str>))),
        ("companies.list", sending(client.companies().list().name("R").additional_name("A").crm_1c_id("1").categories([CategoryId::new(1)])
            .default_assignees([IdFilter::Without]).default_assignee_groups([group]).observers([employee]).observer_groups([group])
            .created_since(time("2024-05-01 09:15")).created_until(time("2024-05-02")).custom("0001", "7707083893")
            .custom("flag", true).custom("choice", AttributeFilter::any(["a", "b"])).custom("none", AttributeFilter::Empty)
            .custom("day", AttributeFilter::Days(Some(time("2024-01-01")), Some(time("2024-02-01"))))
            .custom("time", AttributeFilter::Times(Some(time("2024-01-01 10:00")), None))
            .from_id(company).direction(Direction::Forward).page_size(500))),
        ("companies.attachment_get", sending(client.companies().attachment(company, AttachmentId::new(9)))),
        ("companies.archive", sending(client.companies().set_active(company, false))),
        ("companies.agreements_list", sending(client.companies().agreements(company))),
        ("companies.get", sending(client.companies().get(company))),
        ("contacts.search", sending(client.contacts().search().id(contact).phone("+79001234567").text("Иванов").email("i@r.example")
            .login("i").telegram_username("ivan"))),
        ("contacts.create", sending(client.contacts().create("Иван", "Иванов").patronymic("Иванович").position("p").email("i@r.example")
            .phone("+7").mobile_phone("8").comment("c").company(company).telegram_username("ivan").maintenance_entities([entity])
            .access_level(["company_issues"]).login("i").password("s").custom("x", "y"))),
        ("contacts.update", sending(client.contacts().update(contact).first_name("I").last_name("I").patronymic(None::<String>).position("p")
            .email("i@r.example").phone("+7").mobile_phone("8").comment("c").company(company).telegram_username(None::<String>)
            .maintenance_entities([entity]).access_level(["company_issues"]).login("i").password("s").custom("x", "y"))),
        ("contacts.list", sending(client.contacts().list().page_size(20).from_id(contact).direction(Direction::Forward))),
        ("contacts.get", sending(client.contacts().get(contact))),
        ("employees.create", sending(client.employees().create("Anna", "Ivanova").patronymic("P").position("x").email("a@r.example")
            .login("a").password("s").phone("1").comment("c").roles([RoleId::new(1)]))),
        ("employees.update", sending(client.employees().update(employee).first_name("A").last_name("I").patronymic("P").position("x")
            .email("a@r.example").login("a").password("s").phone(None::<String>).comment("c"))),
        ("employees.activation_change", sending(client.employees().set_active(employee, false))),
        ("employees.roles_change", sending(client.employees().set_roles(employee, [RoleId::new(1)]))),
        ("employees.groups_change", sending(client.employees().set_groups(employee, [group]))),
        ("employees.list", sending(client.employees().list().page_size(20).from_id(employee).direction(Direction::Forward))),
        ("employees.roles_list", sending(client.employees().roles())),
        ("employees.groups_list", sending(client.employees().groups())),
        ("employees.routes_list", sending(client.employees().routes())),
        ("employees.search", sending(client.employees().search().id(employee).phone("1").text("Anna"))),
        ("issues.create", sending(create())),
        ("issues.create with files", sending(create().attach(act).attach(photo))),
        ("issues.create with client", sending(client.issues().create("x").client(Some(company), Some(contact)))),
        ("issues.get", sending(client.issues().get(issue))),
        ("issues.update", sending(client.issues().update(issue).title("t").description(Html::new("<b>d</b>")))),
        ("issues.delete", sending(client.issues().delete(issue))),
        ("issues.count", sending(client.issues().ids().assignees([IdFilter::Is(employee), IdFilter::Without]).assignee_groups([group])
            .companies([company]).agreements([AgreementId::new(6)]).contacts([contact]).author_employees([employee]).author_contacts([contact])
            .maintenance_entities([entity]).equipment([kit]).statuses(["opened", "delayed"]).statuses_not([StatusCode::CLOSED]).opened(true)
            .priorities(["high"]).kinds(["incident"]).rates([Rate::Bad]).unrated().overdue().overdue_reaction().custom("x", "y")
            .created_since(time("2024-05-01 09:15")).created_until(time("2024-05-02 09:15:01")).completed_since(time("2024-05-01")).completed_until(time("2024-05-02"))
            .updated_since(time("2024-05-01")).updated_until(time("2024-05-02")).reacted_since(time("2024-05-01 00:00")).reacted_until(time("2024-05-02 00:00"))
            .deadline_since(time("2024-05-01 00:00")).deadline_until(time("2024-05-02 00:00")).start_execution_since(time("2024-05-01 00:00"))
            .start_execution_until(time("2024-05-02 00:00")).planned_reaction_since(time("2024-05-01 00:00")).planned_reaction_until(time("2024-05-02 00:00")))),
        ("issues.list", sending(client.issues().list().companies([company]).contacts([contact]).maintenance_entities([entity])
            .assignees([IdFilter::Without]).statuses(["opened"]).statuses_not(["closed"]).priorities(["high"]).kinds(["incident"])
            .company_categories([CategoryId::new(1)]).ids([issue]).without_answer(true).created_since(time("2024-05-01"))
            .created_until(time("2024-05-02")).completed_since(time("2024-05-01")).completed_until(time("2024-05-02"))
            .updated_since(time("2024-05-01 09:15")).updated_until(time("2024-05-02 09:15:30")).custom("x", "y")
            .sort(IssueSorting::UpdatedAt, Direction::Forward).fields(["title", "assignee"]).page_size(100).page_number(3))),
        ("issues.assignee_change", sending(client.issues().assign(issue, Some(Assignee::employee(employee).of_group(group))))),
        ("issues.assignee_change to nobody", sending(client.issues().assign(issue, None))),
        ("issues.deadline_change", sending(client.issues().change_deadline(issue, time("2024-05-01 09:15")))),
        ("issues.type_change", sending(client.issues().change_type(issue, "incident"))),
        ("issues.priority_change", sending(client.issues().change_priority(issue, "high"))),
        ("issues.planned_execution_change", sending(client.issues().change_planned_execution(issue, 90))),
        ("issues.parameters_change", sending(client.issues().change_parameters(issue).custom("a", "b").custom("c", ["d"]))),
        ("issues.address_change", sending(client.issues().change_address(issue, "Penza", point))),
        ("issues.status_change", sending(client.issues().change_status(issue, StatusCode::DELAYED).comment("waiting\nfor parts").public(true)
            .delay_until(time("2024-05-03 10:00")).custom("x", "y").time_entry(SpentTime::minutes(150).comment("c").custom("z", 1))
            .skip_notifications().skip_webhooks().skip_triggers())),
        ("issues.rate", sending(client.issues().rate(issue, Rate::Good))),
        ("issues.attachment_get", sending(client.issues().attachment(issue, AttachmentId::new(9)))),
        ("comments.list", sending(client.comments().list(issue))),
        ("comments.create", sending(comment().private())),
        ("comments.create with files", sending(comment().attach(act2).attach(photo2))),
        ("time_entries.list", sending(client.time_entries().list(issue))),
        ("time_entries.create", sending(client.time_entries().create(issue, employee, SpentTime::minutes(90).comment("c").custom("z", 1), time("2024-05-01 09:15"))
            .and(employee, "2,5 часа", time("2024-05-02 09:15")))),
        ("issue_services.list", sending(client.issue_services().list(issue))),
        ("issue_services.create", sending(client.issue_services().create(issue, "visit", 1.5).performer(employee).price_list(PriceListId::new(1))
            .comment("c").total(100.0).discount(10))),
        ("issue_services.available_list", sending(client.issue_services().available(issue).text("visit").from_id(ServiceId::new(1)).direction(Direction::Forward).page_size(20))),
        ("check_lists.list", sending(client.check_lists().list(issue))),
        ("check_lists.create", sending(client.check_lists().create(issue, [NewCheckListItem::header("Before").child(
            NewCheckListItem::point("Photo").required_to([StatusCode::CLOSED]).required_from([StatusCode::OPENED]).visible_for_clients(true)
                .planned_execution_in_minutes(5).requires_files(true).requires_text(false).requires_line(false))]))),
        ("check_lists.item_check", sending(client.check_lists().check(issue, CheckListItemId::new(8), true).text("done").line("1"))),
        ("check_lists.item_check with files", sending(client.check_lists().check(issue, CheckListItemId::new(8), true).text("done").attach(act4))),
        ("maintenance_entities.search", sending(client.maintenance_entities().search().name("n").comment("c").text("t"))),
        ("maintenance_entities.create", sending(client.maintenance_entities().create("Shop", company).agreements([AgreementId::new(6)]).address("Penza")
            .coordinates(point).timezone("Moscow").comment("c").default_assignee(employee).default_assignee_group(group).schedule(ScheduleId::new(1))
            .observers([employee]).observer_groups([group]).custom("x", "y"))),
        ("maintenance_entities.get", sending(client.maintenance_entities().get(entity))),
        ("maintenance_entities.update", sending(client.maintenance_entities().update(entity).name("Shop").company(company)
            .agreements([AgreementId::new(6)]).address(None::<String>).coordinates(point).timezone("Moscow").comment("c").default_assignee(employee)
            .default_assignee_group(group).schedule(ScheduleId::new(1)).observers([employee]).observer_groups([group]).custom("x", "y"))),
        ("maintenance_entities.list", sending(client.maintenance_entities().list().companies([company]).default_assignees([employee])
            .default_assignee_groups([IdFilter::Without]).created_since(time("2024-05-01")).created_until(time("2024-05-02"))
            .updated_since(time("2024-05-01")).updated_until(time("2024-05-02")).from_id(entity).direction(Direction::Reverse).page_size(20))),
        ("maintenance_entities.attachment_create", sending(client.maintenance_entities().attach(entity, act3).attach(photo3))),
        ("equipments.search", sending(client.equipment().search().inventory_number("1").serial_number("2").text("t"))),
        ("equipments.create", sending(client.equipment().create("printer").manufacturer("hp").model("m1").serial_number("1").inventory_number("2")
            .comment("c").company(company).maintenance_entity(entity).parent(kit).agreements([AgreementId::new(6)]).custom("x", "y"))),
        ("equipments.get", sending(client.equipment().get(kit))),
        ("equipments.update", sending(client.equipment().update(kit).kind("printer").manufacturer("hp").model("m1").serial_number("1")
            .inventory_number("2").comment(None::<String>).company(None::<CompanyId>).maintenance_entity(entity).parent(kit)
            .agreements([AgreementId::new(6)]).custom("x", "y"))),
        ("equipments.list", sending(client.equipment().list().companies([company]).maintenance_entities([entity]).agreements([IdFilter::Without])
            .created_since(time("2024-05-01")).created_until(time("2024-05-02")).kinds(["printer"]).manufacturers(["hp"]).models(["m1"]).custom("x", "y")
            .from_id(kit).direction(Direction::Forward).page_size(20))),
        ("equipments.parameters_list", sending(client.equipment().parameters())),
        ("equipment_kinds.list", sending(client.equipment_kinds().list().text("p").from_id(EquipmentKindId::new(1)).direction(Direction::Forward).page_size(20))),
        ("equipment_kinds.create", sending(client.equipment_kinds().create("Printer", "printer").description("d").parameters(["x"]))),
        ("equipment_kinds.update", sending(client.equipment_kinds().update(EquipmentKindId::new(1)).name("P").code("p").description("d").visible(false).parameters(["x"]))),
        ("equipment_manufacturers.list", sending(client.equipment_manufacturers().list().text("h").from_id(EquipmentManufacturerId::new(1))
            .direction(Direction::Forward).page_size(20))),
        ("equipment_manufacturers.create", sending(client.equipment_manufacturers().create("HP", "hp").description("d"))),
        ("equipment_manufacturers.update", sending(client.equipment_manufacturers().update(EquipmentManufacturerId::new(1)).name("H").description(None::<String>).visible(true))),
        ("equipment_models.list", sending(client.equipment_models().list().text("m").from_id(EquipmentModelId::new(1)).direction(Direction::Forward).page_size(20))),
        ("equipment_models.create", sending(client.equipment_models().create("M1", "m1", EquipmentKindId::new(1), EquipmentManufacturerId::new(2)).description("d"))),
        ("equipment_models.update", sending(client.equipment_models().update(EquipmentModelId::new(1)).name("M").code("m").kind(EquipmentKindId::new(1))
            .manufacturer(EquipmentManufacturerId::new(2)).description(None::<String>).visible(true))),
        ("agreements.list", sending(client.agreements().list())),
        ("agreements.get", sending(client.agreements().get(AgreementId::new(6)))),
        ("price_lists.list", sending(client.price_lists().list().from_id(PriceListId::new(1)).direction(Direction::Forward).page_size(20))),
        ("price_lists.services_list", sending(client.price_lists().services(PriceListId::new(1), [ItemType::Service, ItemType::Work])
            .from_id(ServiceId::new(1)).direction(Direction::Forward).page_size(20))),
        ("price_lists.service_create", sending(client.price_lists().create_service(PriceListId::new(1), "visit", "Visit", ItemType::Service)
            .unit("pc").price(100.5).vat(20).visible(true).description("d"))),
        ("price_lists.service_update", sending(client.price_lists().update_service(PriceListId::new(1), "a/b ?#").code("visit").name("V").kind(ItemType::Work)
            .unit("h").price(99.0).vat(20).visible(false).description("d"))),
        ("nomenclature.groups_list", sending(client.nomenclature().groups().text("t").code("c").from_id(NomenclatureGroupId::new(1)).direction(Direction::Forward).page_size(20))),
        ("nomenclature.group_create", sending(client.nomenclature().create_group("c", "n").parent(NomenclatureGroupId::new(1)))),
        ("nomenclature.group_get", sending(client.nomenclature().group(NomenclatureGroupId::new(1)))),
        ("nomenclature.group_update", sending(client.nomenclature().update_group(NomenclatureGroupId::new(1)).name("n").parent(None::<NomenclatureGroupId>).active(true))),
        ("nomenclature.items_list", sending(client.nomenclature().items().text("t").code("c").kinds([ItemType::Material]).group(IdFilter::Without)
            .from_id(NomenclatureItemId::new(1)).direction(Direction::Forward).page_size(20))),
        ("nomenclature.item_create", sending(client.nomenclature().create_item("c", "n", ItemType::Product, "pc").description("d").group(NomenclatureGroupId::new(1)).vendor_code("v"))),
        ("nomenclature.item_get", sending(client.nomenclature().item(NomenclatureItemId::new(1)))),
        ("nomenclature.item_update", sending(client.nomenclature().update_item(NomenclatureItemId::new(1)).code("c").name("n").kind(ItemType::Product).unit("pc")
            .description("d").group(None::<NomenclatureGroupId>).vendor_code("v").active(false))),
        ("nomenclature.price_list_services_list", sending(client.nomenclature().prices(PriceListId::new(1)).text("t").kinds([ItemType::Product]).group(IdFilter::Without)
            .from_id(PriceListServiceId::new(1)).direction(Direction::Forward).page_size(20))),
        ("nomenclature.price_list_service_create", sending(client.nomenclature().create_price(PriceListId::new(1), NomenclatureItemId::new(2), 10.5, 20))),
        ("nomenclature.price_list_service_update", sending(client.nomenclature().update_price(PriceListId::new(1), PriceListServiceId::new(2)).price(11.0).vat(20).visible(false))),
        ("telephony.message_send", sending(client.telephony().send_message([101, 102], "+79001234567", 10))),
        ("telephony.phone_call_create", sending(client.telephony().record_call("c1", CallDirection::Incoming).started_at(time("2024-05-01 09:15"))
            .finished_at(time("2024-05-01 09:16")).duration(60).source_phone("+7").receiver_phone("8").search_numbers_count(10).file_url("https://x").issue(issue))),
        ("references.issue_statuses", sending(client.references().issue_statuses())),
        ("references.issue_priorities", sending(client.references().issue_priorities())),
        ("references.issue_types_flat", sending(client.references().issue_types())),
        ("references.issue_types_tree", sending(client.references().issue_type_tree())),
        ("references.issue_parameters", sending(client.references().issue_parameters())),
        ("references.time_entry_parameters", sending(client.references().time_entry_parameters())),
        ("references.timezones", sending(client.references().timezones())),
    ]
}

fn time_day() -> jiff::civil::Date {
    jiff::civil::date(2024, 5, 1)
}

fn show(seen: &Seen) -> String {
    let mut text = format!("{} {}\n", seen.method, seen.path());
    let mut query = seen.query();
    query.sort();
    for (name, value) in query {
        writeln!(text, "? {name} = {value}").unwrap();
    }
    let token = url::form_urlencoded::parse(
        seen.target
            .split_once('?')
            .map_or("", |(_, query)| query)
            .as_bytes(),
    )
    .find(|(name, _)| name == "api_token")
    .map(|(_, value)| value.into_owned());
    match token.as_deref() {
        Some(TOKEN) => {}
        Some(other) => panic!("another token: {other}"),
        None => text.push_str("without the token\n"),
    }
    match seen.header("content-type") {
        None => assert!(seen.body.is_empty()),
        Some("application/json") => {
            let body: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
            writeln!(text, "\n{}", serde_json::to_string_pretty(&body).unwrap()).unwrap();
        }
        Some(other) => {
            let boundary = other
                .strip_prefix("multipart/form-data; boundary=")
                .unwrap();
            assert_eq!(
                seen.header("content-length").unwrap(),
                seen.body.len().to_string()
            );
            writeln!(
                text,
                "\n{}",
                seen.text()
                    .replace(boundary, "BOUNDARY")
                    .replace("\r\n", "\n")
            )
            .unwrap();
        }
    }
    text
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/wire")
        .join(format!("{}.txt", name.replace(' ', "_")))
}

#[tokio::test]
async fn every_operation_sends_what_its_golden_says() {
    let bless = std::env::var_os("BLESS").is_some();
    let server = Server::start([json(200, "{}")]).await;
    let client = support::quick(&server.url)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let mut wrong = Vec::new();
    let mut names = Vec::new();
    for (name, sending) in cases(&client) {
        names.push(name);
        let before = server.seen().len();
        // The answer is nobody's; only a call that did not go out is a failure here.
        let outcome = sending.await;
        let seen = server.seen();
        assert_eq!(seen.len(), before + 1, "{name}: {outcome:?}");
        let shown = show(&seen[before]);
        let path = golden(name);
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if shown != expected {
            wrong.push(format!("{name}\n--- golden\n{expected}--- sent\n{shown}"));
        }
        let row = operation::Operation::find(name.split(' ').next().unwrap()).expect(name);
        assert!(shown.starts_with(row.method.as_str()), "{name}: {shown}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for row in operation::ALL {
        assert!(
            names.contains(&row.id),
            "{} is not offered, or has no golden",
            row.id
        );
    }
    for row in operation::ALL
        .iter()
        .filter(|row| row.multipart && row.id != "maintenance_entities.attachment_create")
    {
        let with_files = format!("{} with files", row.id);
        assert!(
            names.contains(&with_files.as_str()),
            "{with_files} has no golden"
        );
    }
}
