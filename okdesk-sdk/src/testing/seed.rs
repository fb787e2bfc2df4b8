//! What an account holds when it starts.

mod demo;

use std::sync::Arc;

use super::engine::Engine;
use super::state::Account;
use super::state::dictionaries::{ADMINISTRATOR_ROLE, FIRST_LINE_GROUP};
use super::state::next_in;
use super::state::people::Employee;

/// What a simulator starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seed {
    /// The dictionaries and one administrator.
    #[default]
    Empty,
    /// A small service company with clients, places and issues, in Russian.
    Demo,
}

/// The employee whose key the simulator hands out.
pub(crate) fn administrator(account: &mut Account) -> u64 {
    let id = next_in(&account.employees);
    account.employees.insert(
        id,
        Employee {
            id,
            last_name: "Орлова".to_owned(),
            first_name: "Мария".to_owned(),
            patronymic: Some("Сергеевна".to_owned()),
            position: Some("Руководитель поддержки".to_owned()),
            active: true,
            email: Some("orlova@example.org".to_owned()),
            login: Some("orlova".to_owned()),
            password: Some("administrator".to_owned()),
            group_ids: vec![FIRST_LINE_GROUP],
            role_ids: vec![ADMINISTRATOR_ROLE],
            ..Employee::default()
        },
    );
    id
}

pub(crate) fn plant(engine: &Arc<Engine>, seed: Seed) {
    match seed {
        Seed::Empty => {}
        Seed::Demo => demo::plant(engine),
    }
}
