//! A small service company on an ordinary morning: three clients, their places, what they wrote about.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::stock::{self, Clients, Stock};
use crate::model::{
    AgreementId, CompanyId, ContactId, EmployeeId, EquipmentId, IssueId, MaintenanceEntityId,
};
use crate::testing::account::Account;
use crate::testing::engine::Engine;
use crate::testing::staff::{Refused, Staff, StaffName};
use crate::testing::state::clients::Category;
use crate::testing::state::custom::{Attribute, AttributeKind, AttributeOwner};
use crate::testing::state::people::Actor;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// The story begins this long ago.
const BEGINNING: SignedDuration = SignedDuration::from_hours(3 * 24 + 2);

pub(super) fn plant(engine: &Arc<Engine>) {
    let now = engine.clock.now();
    engine
        .clock
        .stop_at(now.saturating_sub(BEGINNING).unwrap_or(now));
    let people = furnish(engine);
    // Nothing the account's rules forbid is told here; a test runs the whole story.
    let _ = tell(engine, &people);
    engine.clock.reset();
}

struct People {
    stock: Stock,
    ivan: EmployeeId,
    elena: EmployeeId,
    anna: ContactId,
    pavel: ContactId,
    olga: ContactId,
    dmitry: ContactId,
    bakery: MaintenanceEntityId,
    office: MaintenanceEntityId,
    clinic: MaintenanceEntityId,
}

fn furnish(engine: &Arc<Engine>) -> People {
    define(engine);
    let account = Account::new(engine);
    let ivan = account
        .employee("Иван", "Соколов")
        .patronymic("Андреевич")
        .position("Инженер")
        .email("sokolov@example.org")
        .create();
    let elena = account
        .employee("Елена", "Кузнецова")
        .patronymic("Павловна")
        .position("Специалист первой линии")
        .email("kuznetsova@example.org")
        .create();

    let romashka = account
        .company("ООО «Ромашка»")
        .additional_name("Ромашка")
        .inn("7707083893")
        .phone("+74951234567")
        .email("info@romashka.example")
        .address("127006, Москва, Малая Дмитровка ул., 16, стр. 6")
        .assignee(elena)
        .create();
    let breeze = account
        .company("АО «Балтийский бриз»")
        .inn("7814305822")
        .phone("+78123334455")
        .address("197341, Санкт-Петербург, Коломяжский пр., 33, корп. 2")
        .create();
    let clinic = account
        .company("Клиника «Доктор рядом»")
        .inn("5406219378")
        .phone("+73832223344")
        .address("630099, Новосибирск, Красный пр., 25")
        .create();
    categorise(engine, &[(romashka, "key"), (breeze, "regular")]);

    let place = |name: &str, company: CompanyId, address: &str, at: (f64, f64)| {
        account
            .maintenance_entity(name)
            .company(company)
            .address(address)
            .coordinates(at.0, at.1)
            .create()
    };
    let bakery = place(
        "Пекарня на Покровке",
        romashka,
        "105062, Москва, Покровка ул., 31, стр. 1",
        (55.760_6, 37.651_1),
    );
    let office = place(
        "Офис на Дмитровке",
        romashka,
        "127006, Москва, Малая Дмитровка ул., 16, стр. 6",
        (55.769_3, 37.606_2),
    );
    let warehouse = place(
        "Склад «Шушары»",
        breeze,
        "196626, Санкт-Петербург, Шушары, Московское ш., 177А",
        (59.808_4, 30.381_8),
    );
    let reception = place(
        "Регистратура",
        clinic,
        "630099, Новосибирск, Красный пр., 25, 1 этаж",
        (55.028_7, 82.920_6),
    );

    let anna = account
        .contact("Анна", "Петрова")
        .patronymic("Игоревна")
        .position("Управляющая")
        .company(romashka)
        .phone("+79161234567")
        .email("petrova@romashka.example")
        .maintenance_entity(bakery)
        .maintenance_entity(office)
        .access_level("company_issues")
        .create();
    let pavel = account
        .contact("Павел", "Никитин")
        .position("Пекарь-технолог")
        .company(romashka)
        .phone("+79035557788")
        .maintenance_entity(bakery)
        .create();
    let olga = account
        .contact("Ольга", "Воронова")
        .position("Администратор")
        .company(clinic)
        .phone("+79139876543")
        .email("voronova@doctor.example")
        .create();
    let dmitry = account
        .contact("Дмитрий", "Лебедев")
        .position("Начальник склада")
        .company(breeze)
        .phone("+79219990011")
        .create();
    // A private person: nobody's company.
    account
        .contact("Сергей", "Морозов")
        .phone("+79265550199")
        .create();

    let stock = stock::fill(
        engine,
        &Clients {
            romashka,
            breeze,
            doctor: clinic,
            bakery,
            warehouse,
            reception,
        },
    );
    People {
        stock,
        ivan,
        elena,
        anna,
        pavel,
        olga,
        dmitry,
        bakery,
        office,
        clinic: reception,
    }
}

fn define(engine: &Arc<Engine>) {
    engine.arrange(|account| {
        let attribute = |owner, code: &str, name: &str, kind, options: &[&str]| Attribute {
            owner,
            code: code.to_owned(),
            name: name.to_owned(),
            kind,
            required: false,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            only_for: Vec::new(),
        };
        account.define_attribute(attribute(
            AttributeOwner::Company,
            crate::testing::account::INN,
            "ИНН",
            AttributeKind::Text,
            &[],
        ));
        account.define_attribute(attribute(
            AttributeOwner::Issue,
            "place",
            "Где выполнять",
            AttributeKind::Select,
            &["Удалённо", "Выезд"],
        ));
        account.define_attribute(attribute(
            AttributeOwner::Issue,
            "warranty",
            "По гарантии",
            AttributeKind::Checkbox,
            &[],
        ));
        let categories = [
            ("key", "Ключевой клиент", "#d9534f"),
            ("regular", "Постоянный клиент", "#53a93f"),
        ];
        account.categories = categories
            .into_iter()
            .zip(1..)
            .map(|((code, name, color), id)| Category {
                id,
                code: code.to_owned(),
                name: name.to_owned(),
                color: color.to_owned(),
            })
            .collect();
    });
}

fn categorise(engine: &Arc<Engine>, companies: &[(CompanyId, &str)]) {
    engine.arrange(|account| {
        for (id, code) in companies {
            if let Some(company) = account.companies.get_mut(&id.get()) {
                company.category = Some((*code).to_owned());
            }
        }
    });
}

fn tell(engine: &Arc<Engine>, people: &People) -> Result<(), Refused> {
    let account = Account::new(engine);
    let staff = |id: EmployeeId| Staff::find(engine.clone(), StaffName::Id(id));
    let (ivan, elena) = (staff(people.ivan), staff(people.elena));
    let later = |by: Duration| engine.clock.advance(by);
    let stock = &people.stock;
    let about = |issue: IssueId, equipment: EquipmentId, agreement: Option<AgreementId>| {
        engine.arrange(|account| {
            if let Ok(issue) = account.issue_mut(issue.get()) {
                issue.equipment_ids.push(equipment.get());
                issue.agreement_id = agreement.map(AgreementId::get);
            }
        });
    };
    let answer = |issue: IssueId, contact: ContactId, text: &str| {
        let author = Actor::Contact(contact.get());
        engine.act(|account| {
            account.comment(issue.get(), Some(text.to_owned()), true, author, Vec::new())
        })?;
        Ok::<(), Refused>(())
    };

    let printer = account
        .issue("Не печатает чековый принтер")
        .description("Утром мигает красная лампа, чек не выходит.<br>Очередь уже до двери.")
        .contact(people.anna)
        .maintenance_entity(people.bakery)
        .kind("incident")
        .priority("high")
        .attach("лампа.png", &include_bytes!("lamp.png")[..])
        .create();
    about(printer, stock.printer, Some(stock.service));
    later(7 * MINUTE);
    elena.assign(printer, Some(people.ivan))?;
    elena
        .comment(
            printer,
            "Анна, приняли. Иван перезвонит через десять минут.",
        )
        .send()?;
    later(15 * MINUTE);
    ivan.change_status(printer, "in_progress").send()?;
    ivan.comment(printer, "Похоже на обрезчик, запасной есть в машине.")
        .internal()
        .send()?;
    later(HOUR);
    ivan.change_status(printer, "completed")
        .comment("Заменили обрезчик, чеки печатаются.")
        .send()?;
    later(20 * MINUTE);
    engine.act(|account| {
        account.rate(
            printer.get(),
            Some("good".to_owned()),
            Actor::Contact(people.anna.get()),
        )
    })?;

    later(5 * HOUR);
    let oven = account
        .issue("Печь показывает ошибку E-17")
        .description("Расстойка не держит температуру, на экране E-17.")
        .contact(people.pavel)
        .maintenance_entity(people.bakery)
        .kind("incident")
        .assignee(people.ivan)
        .create();
    about(oven, stock.oven, Some(stock.service));
    later(30 * MINUTE);
    ivan.comment(oven, "Павел, какая прошивка указана в меню «О приборе»?")
        .send()?;
    ivan.change_status(oven, "waiting").send()?;
    later(2 * HOUR);
    answer(oven, people.pavel, "2.14, обновляли в марте")?;
    ivan.change_status(oven, "in_progress").send()?;

    later(20 * HOUR);
    let wifi = account
        .issue("Гостевой Wi-Fi в переговорной")
        .description("Просим настроить отдельную сеть для гостей.")
        .contact(people.anna)
        .maintenance_entity(people.office)
        .assignee(people.elena)
        .create();
    later(40 * MINUTE);
    let spring = engine
        .clock
        .now()
        .saturating_add(SignedDuration::from_hours(10 * 24));
    if let Ok(spring) = spring {
        elena
            .change_status(wifi, "delayed")
            .comment("Ждём точку доступа от поставщика.")
            .until(spring)
            .send()?;
    }

    later(18 * HOUR);
    let scanner = account
        .issue("Сканер на складе не читает коды")
        .contact(people.dmitry)
        .kind("incident")
        .priority("critical")
        .create();
    about(scanner, stock.scanner, None);
    later(12 * MINUTE);
    elena
        .comment(
            scanner,
            "Дмитрий, протрите окно сканера и пришлите, пожалуйста, фото этикетки.",
        )
        .send()?;

    later(9 * HOUR);
    account
        .issue("Новый сотрудник в регистратуре: доступы")
        .description("С понедельника выходит Алла Тимофеева, нужна учётная запись и почта.")
        .contact(people.olga)
        .maintenance_entity(people.clinic)
        .kind("consultation")
        .create();
    Ok(())
}
