//! Employees, their roles and groups.

use super::paging::{Keyset, Numbered};
use super::{Answer, Call, Operation, operation};
use crate::testing::dialect::Switch;
use crate::testing::json::{Json, people as json};
use crate::testing::state::keys::Right::Employee;
use crate::testing::state::refusal::Refusal;

pub(super) const OPERATIONS: &[Operation] = &[operation(
    "employees.list",
    "GET",
    "employees/list",
    Employee,
    list,
)];

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
