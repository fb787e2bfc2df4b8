//! Price lists, nomenclature, and the lines of an issue's specification.

use super::shared::{employee_ref, reference};
use super::{Json, object};
use crate::testing::state::Account;
use crate::testing::state::issues::IssueService;
use crate::testing::state::price::{
    NomenclatureGroup, NomenclatureItem, PhoneCall, PriceLine, PriceList,
};

pub(crate) fn list(list: &PriceList) -> Json {
    object! {
        "id": list.id,
        "name": &list.name,
        "allow_without_category": list.allow_without_category,
        "allow_without_company": list.allow_without_company,
        "company_category_codes": &list.company_category_codes,
        "company_ids": &list.company_ids,
    }
}

/// A line in the older section of the documentation.
pub(crate) fn line(line: &PriceLine) -> Json {
    object! {
        "id": line.id,
        "code": &line.code,
        "name": &line.name,
        "type": &line.kind,
        "unit": &line.unit,
        "price": line.price,
        "nds": line.nds,
        "visible": line.visible,
        "description": &line.description,
    }
}

/// A line in the newer section, with its item and group.
pub(crate) fn nomenclature_line(account: &Account, line: &PriceLine) -> Json {
    let item = line
        .item_id
        .and_then(|id| account.nomenclature_items.get(&id));
    object! {
        "id": line.id,
        "nomenclature_item_id": line.item_id,
        "code": &line.code,
        "name": &line.name,
        "type": &line.kind,
        "group": group_ref(account, item.and_then(|item| item.group_id)),
        "unit": &line.unit,
        "vendor_code": item.and_then(|item| item.vendor_code.clone()).unwrap_or_default(),
        "price": line.price,
        "nds": line.nds,
        "visible": line.visible,
        "description": line.description.clone().unwrap_or_default(),
    }
}

/// A line that an issue may take.
pub(crate) fn available(account: &Account, line: &PriceLine) -> Json {
    let list = account.price_lists.get(&line.price_list_id);
    object! {
        "price_list_id": line.price_list_id,
        "price_list_name": list.map(|list| &list.name),
        "id": line.id,
        "code": &line.code,
        "name": &line.name,
        "type": &line.kind,
        "unit": &line.unit,
        "price": line.price,
        "nds": line.nds,
        "description": &line.description,
    }
}

/// A line that an issue has taken.
pub(crate) fn issue_service(account: &Account, service: &IssueService) -> Json {
    let line = account.price_lines.get(&service.line_id);
    let list = account.price_lists.get(&service.price_list_id);
    let vat = line.map_or(0.0, |line| service.total * line.nds / (100.0 + line.nds));
    object! {
        "id": service.id,
        "name": line.map(|line| &line.name),
        "quantity": service.quantity,
        "discount": service.discount,
        "total": service.total,
        "comment": &service.comment,
        "total_vat": (vat * 100.0).round() / 100.0,
        "service": line.map(|line| object! {
            "type": &line.kind, "code": &line.code, "unit": &line.unit,
        }),
        "price_list": list.map(|list| reference(list.id, &list.name)),
        "performer": employee_ref(account, service.performer_id),
    }
}

fn group_ref(account: &Account, id: Option<u64>) -> Json {
    let group = id.and_then(|id| account.nomenclature_groups.get(&id));
    group.map_or(Json::Null, |group| {
        object! { "id": group.id, "code": &group.code, "name": &group.name }
    })
}

/// `group` is the parent.
pub(crate) fn group(account: &Account, group: &NomenclatureGroup) -> Json {
    object! {
        "id": group.id,
        "code": &group.code,
        "name": &group.name,
        "active": group.active,
        "group": group_ref(account, group.parent_id),
    }
}

pub(crate) fn item(account: &Account, item: &NomenclatureItem) -> Json {
    object! {
        "id": item.id,
        "code": &item.code,
        "name": &item.name,
        "active": item.active,
        "item_type": &item.kind,
        "unit": &item.unit,
        "vendor_code": item.vendor_code.clone().unwrap_or_default(),
        "description": item.description.clone().unwrap_or_default(),
        "group": group_ref(account, item.group_id),
    }
}

pub(crate) fn phone_call(call: &PhoneCall) -> Json {
    object! { "id": call.id, "call_id": &call.call_id, "issue_id": call.issue_id }
}
