//! Employees, their roles and groups.

use super::filter::holds;
use super::paging::{Keyset, Numbered};
use super::{Answer, Call, one_or_many, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::{Json, people as json, references};
use crate::testing::params::Params;
use crate::testing::state::next_in;
use crate::testing::state::people;
use crate::testing::state::refusal::{ABSENT, BLANK, Mistakes, NO_RECORD, Refusal, TAKEN};

operations! {
    "employees.create", POST "employees", Administrator => create;
    "employees.update", PATCH "employees/{}", Administrator => update;
    "employees.activation_change", PATCH "employees/{}/activations", Administrator => activate;
    "employees.roles_change", PATCH "employees/{}/roles", Administrator => set_roles, unless EmployeeChangesByPost NoGuessedPaths;
    "employees.roles_change", POST "employees/{}/roles", Administrator => set_roles, with EmployeeChangesByPost, unless NoGuessedPaths;
    "employees.groups_change", PATCH "employees/{}/groups", Administrator => set_groups, unless EmployeeChangesByPost NoGuessedPaths;
    "employees.groups_change", POST "employees/{}/groups", Administrator => set_groups, with EmployeeChangesByPost, unless NoGuessedPaths;
    "employees.list", GET "employees/list", Employee => list;
    "employees.roles_list", GET "employees/roles", Employee => roles;
    "employees.groups_list", GET "employees/groups", Employee => groups;
    "employees.routes_list", GET "employees/routes", Employee => routes, unless NoGuessedPaths;
    "employees.search", GET "employees", Employee => search, unless NoGuessedPaths;
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let all = &call.account.employees;
    let employees: Vec<_> = if call.speaks(Switch::EmployeesUnpaged) {
        all.values().collect()
    } else if call.speaks(Switch::EmployeesNumberedPages) {
        Numbered::of_employees(call.params)?.of(all.values())
    } else {
        Keyset::read(call.account, call.params)?.of(all, |_| true)
    };
    Ok(Json::list(
        employees
            .into_iter()
            .map(|employee| json::employee(call.account, employee)),
    )
    .into())
}

fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let all = call.account.employees.values();
    if let Some(part) = params.text("search_string") {
        let found = all.filter(|one| {
            holds(Some(&one.name()), &part)
                || holds(one.email.as_deref(), &part)
                || holds(one.phone.as_deref(), &part)
        });
        return Ok(Json::list(found.map(|one| json::employee(call.account, one))).into());
    }
    let (id, email, login) = (params.id("id"), params.text("email"), params.text("login"));
    let found = all.filter(|one| {
        id.is_some_and(|id| one.id == id)
            || (email.is_some() && one.email == email)
            || (login.is_some() && one.login == login)
    });
    Ok(one_or_many(found.map(|one| json::employee(call.account, one)).collect()).into())
}

fn roles(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(references::roles(call.account).into())
}

fn groups(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(references::groups(call.account).into())
}

/// Nothing but the path is known.
fn routes(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Json::List(Vec::new()).into())
}

fn answer(call: &Call<'_>, id: u64) -> Result<Json, Refusal> {
    call.account
        .employees
        .get(&id)
        .map(|one| json::employee(call.account, one))
        .ok_or(Refusal::NotFound)
}

fn changed(
    call: &mut Call<'_>,
    change: impl FnOnce(&Call<'_>, &mut people::Employee) -> Result<(), Refusal>,
) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    let mut employee = call
        .account
        .employees
        .get(&id)
        .cloned()
        .ok_or(Refusal::NotFound)?;
    change(call, &mut employee)?;
    call.account.employees.insert(id, employee);
    Ok(answer(call, id)?.into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = next_in(&call.account.employees);
    let mut employee = people::Employee {
        id,
        active: true,
        ..people::Employee::default()
    };
    write(call, &mut employee, true)?;
    call.account.employees.insert(id, employee);
    Ok(call.created(answer(call, id)?))
}

fn update(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    changed(call, |call, employee| write(call, employee, false))
}

fn activate(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    changed(call, |call, employee| {
        let active = call.params.section("employee").flag("active");
        employee.active = active.ok_or_else(|| Refusal::field("active", ABSENT))?;
        Ok(())
    })
}

fn set_roles(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    changed(call, |call, employee| {
        let mut mistakes = Mistakes::default();
        employee.role_ids = known_ids(
            call,
            call.params.section("employee"),
            "role_ids",
            &mut mistakes,
        );
        mistakes.check()
    })
}

fn set_groups(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    changed(call, |call, employee| {
        let mut mistakes = Mistakes::default();
        employee.group_ids = known_ids(
            call,
            call.params.section("employee"),
            "group_ids",
            &mut mistakes,
        );
        mistakes.check()
    })
}

fn known_ids(call: &Call<'_>, body: &Params, name: &str, mistakes: &mut Mistakes) -> Vec<u64> {
    let dictionaries = &call.account.dictionaries;
    let known = if name == "role_ids" {
        &dictionaries.roles
    } else {
        &dictionaries.groups
    };
    let ids = mistakes.require(name, body.ids(name)).unwrap_or_default();
    for (at, id) in ids.iter().enumerate() {
        if known.iter().all(|one| one.id != *id) {
            mistakes.add(format!("{name}.{at}"), NO_RECORD);
        }
    }
    ids
}

fn write(call: &Call<'_>, employee: &mut people::Employee, creating: bool) -> Result<(), Refusal> {
    let body = call.params.section("employee");
    let mut mistakes = Mistakes::default();
    let mut name = |field: &str, target: &mut String| match body.text(field) {
        Some(text) => *target = text,
        None if body.has(field) => mistakes.add(field, BLANK),
        None if creating => mistakes.add(field, ABSENT),
        None => {}
    };
    name("first_name", &mut employee.first_name);
    name("last_name", &mut employee.last_name);
    body.patch_text("patronymic", &mut employee.patronymic);
    body.patch_text("position", &mut employee.position);
    body.patch_text("email", &mut employee.email);
    body.patch_text("login", &mut employee.login);
    body.patch_text("password", &mut employee.password);
    body.patch_text("phone", &mut employee.phone);
    body.patch_text("telephony_number", &mut employee.telephony_number);
    body.patch_text("comment", &mut employee.comment);
    if body.has("role_ids") {
        employee.role_ids = known_ids(call, body, "role_ids", &mut mistakes);
    }
    if body.has("group_ids") {
        employee.group_ids = known_ids(call, body, "group_ids", &mut mistakes);
    }
    let others = || {
        call.account
            .employees
            .values()
            .filter(|other| other.id != employee.id)
    };
    if employee.login.is_some() && others().any(|other| other.login == employee.login) {
        mistakes.add("login", TAKEN);
    }
    if employee.email.is_some() && others().any(|other| other.email == employee.email) {
        mistakes.add("email", TAKEN);
    }
    mistakes.check()
}
