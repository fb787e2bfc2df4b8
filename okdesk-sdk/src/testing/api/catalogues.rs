//! Kinds, manufacturers and models of equipment: three lists of one make.

use std::collections::BTreeMap;

use super::filter::holds;
use super::paging::Keyset;
use super::{Answer, Call, operations};
use crate::testing::json::{Json, equipment as json};
use crate::testing::state::Account;
use crate::testing::state::clients::CatalogueEntry;
use crate::testing::state::next_in;
use crate::testing::state::refusal::{ABSENT, BLANK, Mistakes, NO_RECORD, Refusal, TAKEN};

type Entries = BTreeMap<u64, CatalogueEntry>;

/// One of the three lists.
struct Catalogue {
    section: &'static str,
    entries: fn(&Account) -> &Entries,
    entries_mut: fn(&mut Account) -> &mut Entries,
    show: fn(&Account, &CatalogueEntry) -> Json,
    /// Has it a kind and a manufacturer?
    is_model: bool,
    /// Is its code changed along with the rest?
    code_changes: bool,
}

const KINDS: Catalogue = Catalogue {
    section: "equipment_kind",
    entries: |account| &account.equipment_kinds,
    entries_mut: |account| &mut account.equipment_kinds,
    show: json::kind,
    is_model: false,
    code_changes: true,
};

const MANUFACTURERS: Catalogue = Catalogue {
    section: "equipment_manufacturer",
    entries: |account| &account.equipment_manufacturers,
    entries_mut: |account| &mut account.equipment_manufacturers,
    show: json::manufacturer,
    is_model: false,
    code_changes: false,
};

const MODELS: Catalogue = Catalogue {
    section: "equipment_model",
    entries: |account| &account.equipment_models,
    entries_mut: |account| &mut account.equipment_models,
    show: json::model,
    is_model: true,
    code_changes: true,
};

operations! {
    "equipment_kinds.list", GET "equipments/kinds", Employee => |call| list(call, &KINDS);
    "equipment_kinds.create", POST "equipments/kinds", Administrator => |call| create(call, &KINDS);
    "equipment_kinds.update", PATCH "equipments/kinds/{}", Administrator => |call| update(call, &KINDS);
    "equipment_manufacturers.list", GET "equipments/manufacturers", Employee => |call| list(call, &MANUFACTURERS);
    "equipment_manufacturers.create", POST "equipments/manufacturers", Administrator => |call| create(call, &MANUFACTURERS);
    "equipment_manufacturers.update", PATCH "equipments/manufacturers/{}", Administrator => |call| update(call, &MANUFACTURERS);
    "equipment_models.list", GET "equipments/models", Employee => |call| list(call, &MODELS);
    "equipment_models.create", POST "equipments/models", Administrator => |call| create(call, &MODELS);
    "equipment_models.update", PATCH "equipments/models/{}", Administrator => |call| update(call, &MODELS);
}

fn list(call: &mut Call<'_>, catalogue: &Catalogue) -> Result<Answer, Refusal> {
    let part = call.params.text("search_string");
    let page = Keyset::read(call.account, call.params)?;
    let entries = page.of((catalogue.entries)(call.account), |entry| {
        part.as_ref()
            .is_none_or(|part| holds(Some(&entry.name), part) || holds(Some(&entry.code), part))
    });
    Ok(Json::list(
        entries
            .into_iter()
            .map(|entry| (catalogue.show)(call.account, entry)),
    )
    .into())
}

fn create(call: &mut Call<'_>, catalogue: &Catalogue) -> Result<Answer, Refusal> {
    let id = next_in((catalogue.entries)(call.account));
    let entry = CatalogueEntry {
        id,
        visible: true,
        ..CatalogueEntry::default()
    };
    let entry = written(call, catalogue, entry, true)?;
    let answer = (catalogue.show)(call.account, &entry);
    (catalogue.entries_mut)(call.account).insert(id, entry);
    Ok(call.created(answer))
}

fn update(call: &mut Call<'_>, catalogue: &Catalogue) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let entry = (catalogue.entries)(call.account)
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    let entry = written(call, catalogue, entry, false)?;
    let answer = (catalogue.show)(call.account, &entry);
    (catalogue.entries_mut)(call.account).insert(id, entry);
    Ok(answer.into())
}

fn written(
    call: &Call<'_>,
    catalogue: &Catalogue,
    mut entry: CatalogueEntry,
    creating: bool,
) -> Result<CatalogueEntry, Refusal> {
    let body = call.params.section(catalogue.section);
    let mut mistakes = Mistakes::default();
    let mut text = |name: &str, target: &mut String| match body.text(name) {
        Some(text) => *target = text,
        None if body.has(name) => mistakes.add(name, BLANK),
        None if creating => mistakes.add(name, ABSENT),
        None => {}
    };
    text("name", &mut entry.name);
    if creating || catalogue.code_changes {
        text("code", &mut entry.code);
    }
    body.patch_text("description", &mut entry.description);
    body.patch_flag("visible", &mut entry.visible);
    if catalogue.is_model {
        body.patch_id("equipment_kind_id", &mut entry.kind_id);
        body.patch_id("equipment_manufacturer_id", &mut entry.manufacturer_id);
        let (kinds, manufacturers) = (
            &call.account.equipment_kinds,
            &call.account.equipment_manufacturers,
        );
        for (field, id, all) in [
            ("equipment_kind_id", entry.kind_id, kinds),
            (
                "equipment_manufacturer_id",
                entry.manufacturer_id,
                manufacturers,
            ),
        ] {
            match id {
                None if creating => mistakes.add(field, ABSENT),
                Some(id) if !all.contains_key(&id) => mistakes.add(field, NO_RECORD),
                _ => {}
            }
        }
    }
    let others = (catalogue.entries)(call.account)
        .values()
        .filter(|other| other.id != entry.id);
    if others
        .map(|other| &other.code)
        .any(|code| *code == entry.code)
    {
        mistakes.add("code", TAKEN);
    }
    mistakes.check()?;
    Ok(entry)
}
