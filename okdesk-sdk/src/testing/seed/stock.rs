//! What the demonstration company looks after and what it asks for it: agreements, equipment, a price list.

use crate::model::{AgreementId, CompanyId, EquipmentId, MaintenanceEntityId};
use crate::testing::account::Account;
use crate::testing::engine::Engine;
use crate::testing::state::clients::CatalogueEntry;
use crate::testing::state::next_in;
use crate::testing::state::price::PriceLine;

/// Whom it is for.
pub(super) struct Clients {
    pub(super) romashka: CompanyId,
    pub(super) breeze: CompanyId,
    pub(super) doctor: CompanyId,
    pub(super) bakery: MaintenanceEntityId,
    pub(super) warehouse: MaintenanceEntityId,
    pub(super) reception: MaintenanceEntityId,
}

/// What the story speaks of.
pub(super) struct Stock {
    pub(super) service: AgreementId,
    pub(super) printer: EquipmentId,
    pub(super) oven: EquipmentId,
    pub(super) scanner: EquipmentId,
}

/// Code and name of kinds, manufacturers and models.
const NAMES: [(&str, &str); 10] = [
    ("receipt_printer", "Чековый принтер"),
    ("oven", "Печь"),
    ("scanner", "Сканер штрихкодов"),
    ("atol", "АТОЛ"),
    ("abat", "Abat"),
    ("honeywell", "Honeywell"),
    ("atol_rp326", "RP-326-USE"),
    ("abat_rph16", "РПШ-16-2-1М"),
    ("voyager_1472g", "Voyager 1472g"),
    ("workstation", "Рабочее место"),
];

/// Code, name, kind, unit, price in roubles with 20 % of tax inside.
const PRICES: [(&str, &str, &str, &str, f64); 5] = [
    ("visit", "Выезд инженера", "work", "шт.", 1800.0),
    ("hour", "Час работы инженера", "work", "ч.", 2400.0),
    ("remote", "Удалённая помощь", "service", "ч.", 1500.0),
    ("cutter", "Обрезчик чековой ленты", "product", "шт.", 2150.0),
    ("wire", "Кабель USB 2 м", "material", "шт.", 350.0),
];

pub(super) fn fill(engine: &Engine, clients: &Clients) -> Stock {
    let account = Account::new(engine);
    let service = account
        .agreement("Договор № 14 на обслуживание оборудования")
        .company(clients.romashka)
        .start_date("2026-01-01")
        .end_date("2026-12-31")
        .cost(48_000.0)
        .create();
    account
        .agreement("Договор № 21 на поддержку рабочих мест")
        .company(clients.breeze)
        .company(clients.doctor)
        .start_date("2026-03-01")
        .cost(96_500.0)
        .create();

    let printer = account
        .equipment("receipt_printer")
        .manufacturer("atol")
        .model("atol_rp326")
        .serial_number("00106703211954")
        .inventory_number("П-0017")
        .company(clients.romashka)
        .maintenance_entity(clients.bakery)
        .create();
    let oven = account
        .equipment("oven")
        .manufacturer("abat")
        .model("abat_rph16")
        .serial_number("19-4471")
        .inventory_number("П-0003")
        .company(clients.romashka)
        .maintenance_entity(clients.bakery)
        .create();
    let scanner = account
        .equipment("scanner")
        .manufacturer("honeywell")
        .model("voyager_1472g")
        .serial_number("21049B0D3F")
        .company(clients.breeze)
        .maintenance_entity(clients.warehouse)
        .create();
    account
        .equipment("workstation")
        .inventory_number("Р-01")
        .company(clients.doctor)
        .maintenance_entity(clients.reception)
        .create();

    let prices = account.price_list("Основной").get();
    engine.arrange(|account| {
        for equipment in [printer, oven] {
            if let Some(equipment) = account.equipments.get_mut(&equipment.get()) {
                equipment.agreement_ids.push(service.get());
            }
        }
        let catalogues = [
            &mut account.equipment_kinds,
            &mut account.equipment_manufacturers,
            &mut account.equipment_models,
        ];
        for entry in catalogues.into_iter().flat_map(|list| list.values_mut()) {
            name(entry);
        }
        for (code, name, kind, unit, price) in PRICES {
            let id = next_in(&account.price_lines);
            let line = PriceLine {
                id,
                price_list_id: prices,
                code: code.to_owned(),
                name: name.to_owned(),
                kind: kind.to_owned(),
                unit: unit.to_owned(),
                price,
                nds: 20.0,
                visible: true,
                ..PriceLine::default()
            };
            account.price_lines.insert(id, line);
        }
    });
    Stock {
        service,
        printer,
        oven,
        scanner,
    }
}

fn name(entry: &mut CatalogueEntry) {
    if let Some((_, name)) = NAMES.iter().find(|(code, _)| *code == entry.code) {
        entry.name = (*name).to_owned();
    }
}
