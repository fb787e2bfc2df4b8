//! Signing in and links that sign in.

use super::{Answer, Call, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::session as json;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{ABSENT, BAD_VALUE, Mistakes, NO_RECORD, Refusal};

operations! {
    "session.sign_in", POST "users/sign_in", Public => sign_in;
    "session.api_key", POST "api_key", Employee => api_key, unless ApiKeyByGet NoGuessedPaths;
    "session.api_key", GET "api_key", Employee => api_key, with ApiKeyByGet, unless NoGuessedPaths;
    "session.login_link_create", POST "login_link", Employee => login_link;
}

fn sign_in(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let params = call.params;
    let (login, password) = (params.text("login"), params.text("password"));
    let owner = call
        .account
        .owner_of_login(login.as_deref(), password.as_deref())
        .ok_or(Refusal::Unauthorized)?;
    let token = call.account.key_for(owner);
    Ok(json::signed_in(token).into())
}

fn login_link(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let mut mistakes = Mistakes::default();
    let id = mistakes.require("user_id", call.params.id("user_id"));
    let kind = mistakes.require("user_type", call.params.text("user_type"));
    let user = match (kind.as_deref(), id) {
        (Some("contact"), Some(id)) => Some(Actor::Contact(id)),
        (Some("employee"), Some(id)) => Some(Actor::Employee(id)),
        (Some(_), Some(_)) => {
            mistakes.add("user_type", BAD_VALUE);
            None
        }
        _ => None,
    };
    if user.is_some_and(|user| !call.account.actor_exists(user)) {
        mistakes.add("user_id", NO_RECORD);
    }
    mistakes.check()?;
    let user = user.ok_or_else(|| Refusal::field("user_id", ABSENT))?;
    let expire_after = call
        .params
        .number("expire_after")
        .map(|minutes| minutes as i64);
    let code = call.account.make_login_link(
        user,
        expire_after,
        call.params.flag("one_time").unwrap_or(false),
    );
    let url = call.links.portal(&format!("/login?token={code}"));
    Ok(json::login_link(call.account, user, url, call.speaks(Switch::LoginLinkAsUrl)).into())
}

/// The key of the caller: nothing but the path is known.
fn api_key(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let token = call.account.key_for(call.actor);
    Ok(json::signed_in(token).into())
}
