//! Answers to signing in.

use super::{Json, object};
use crate::testing::state::Account;
use crate::testing::state::people::Actor;

pub(crate) fn signed_in(token: String) -> Json {
    object! { "api_key": token }
}

pub(crate) fn login_link(account: &Account, user: Actor, url: String, as_url: bool) -> Json {
    if as_url {
        return object! { "url": url };
    }
    let (last_name, first_name, _) = account.actor_names(user);
    let (id, kind) = match user {
        Actor::Contact(id) => (id, "contact"),
        Actor::Employee(id) => (id, "employee"),
        Actor::System => (0, "employee"),
    };
    object! {
        "login_link": url,
        "user_id": id,
        "user_type": kind,
        "user_first_name": first_name,
        "user_last_name": last_name,
    }
}
