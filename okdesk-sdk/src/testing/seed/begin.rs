//! Filling an account for the first time, and again.

use std::sync::Arc;

use super::{Seed, demo};
use crate::testing::engine::Engine;
use crate::testing::state::Account;
use crate::testing::state::dictionaries::{ADMINISTRATOR_ROLE, FIRST_LINE_GROUP};
use crate::testing::state::people::{Actor, Employee};

/// The id of the administrator, who is always the first to be there.
pub(crate) const ADMINISTRATOR: u64 = 1;

/// Fills an account that holds nothing, and gives the administrator this key.
pub(crate) fn begin(engine: &Arc<Engine>, token: String) {
    engine.arrange(|account| {
        administrator(account);
        account.give_key(Actor::Employee(ADMINISTRATOR), token);
    });
    match engine.seed {
        Seed::Empty => {}
        Seed::Demo => demo::plant(engine),
    }
}

/// Forgets all that has happened and begins again; key, dialect and addresses of webhooks stay.
pub(crate) fn begin_again(engine: &Arc<Engine>) {
    engine.clock.reset();
    engine.faults.clear();
    let token = engine.arrange(|account| {
        let token = account.key_for(Actor::Employee(ADMINISTRATOR));
        let empty = Account {
            dialect: account.dialect,
            now: account.now,
            ..Account::new(account.zone)
        };
        *account = empty;
        token
    });
    begin(engine, token);
    engine.recorder.clear();
    engine.emitter.forget();
}

/// The employee whose key the simulator hands out.
fn administrator(account: &mut Account) {
    account.employees.insert(
        ADMINISTRATOR,
        Employee {
            id: ADMINISTRATOR,
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
}
