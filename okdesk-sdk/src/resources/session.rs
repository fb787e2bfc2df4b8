//! Keys and links to log in.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::Session;
use crate::client::{Call, DecodeFailure, Decoding};
use crate::model::{Author, ContactId, EmployeeId};
use crate::operation as op;
use crate::token::ApiToken;

impl Session {
    /// Exchanges login and password for a key: `POST /api/v1/users/sign_in`, the only call without a token.
    ///
    /// Never repeated after an unknown fate.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("session.sign_in", async |client, _| {
    /// use okdesk_sdk::Client;
    ///
    /// let key = client.session().sign_in("orlova", "administrator").await?;
    /// let hers = Client::new(client.endpoint().as_str(), key)?;
    /// # assert!(hers.companies().list().await.is_ok());
    /// # Ok(())
    /// # });
    /// ```
    pub fn sign_in(&self, login: impl Into<String>, password: impl Into<String>) -> SignIn {
        let call = Call::new(&self.client, op::SESSION_SIGN_IN, &[]);
        SignIn {
            call: call
                .with("login", login.into())
                .with("password", password.into()),
        }
    }

    /// Makes a key: `POST /api/v1/api_key`. Never repeated after an unknown fate.
    ///
    /// > Not confirmed: only the path is known, and that the answer has a key is inferred from
    /// > [`sign_in`](Self::sign_in).
    ///
    /// Source: the path in one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("session.api_key", async |client, _| {
    /// let key = client.session().create_api_key().await?;
    /// assert_eq!(format!("{key:?}"), "ApiToken([redacted])");
    /// # Ok(())
    /// # });
    /// ```
    pub fn create_api_key(&self) -> CreateApiKey {
        CreateApiKey {
            call: Call::new(&self.client, op::SESSION_API_KEY, &[]),
        }
    }

    /// Makes a link by which a contact is logged in to the portal: `POST /api/v1/login_link`.
    ///
    /// Never repeated after an unknown fate. Whoever has the link is that contact: keep it short-lived and one-time.
    ///
    /// > Not confirmed: the key of the answer, `login_link` or `url`; both are read.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("session.login_link_create", async |client, at| {
    /// # let contact = at.contact;
    /// use std::time::Duration;
    ///
    /// let link = client.session().login_link_for_contact(contact).expires_in(Duration::from_secs(300)).one_time().await?;
    /// let page = link.redirecting_to("/issues/7");
    /// # assert!(page.ends_with("redirect=%2Fissues%2F7"), "{page}");
    /// # Ok(())
    /// # });
    /// ```
    pub fn login_link_for_contact(&self, id: ContactId) -> CreateLoginLink {
        self.login_link("contact", id.get())
    }

    /// Makes a link by which an employee is logged in; otherwise as [`login_link_for_contact`](Self::login_link_for_contact).
    pub fn login_link_for_employee(&self, id: EmployeeId) -> CreateLoginLink {
        self.login_link("employee", id.get())
    }

    fn login_link(&self, kind: &str, id: u64) -> CreateLoginLink {
        let call = Call::new(&self.client, op::SESSION_LOGIN_LINK_CREATE, &[]);
        CreateLoginLink {
            call: call.with("user_type", kind).with("user_id", id),
        }
    }
}

request! {
    /// Exchanges login and password for a key; see [`Session::sign_in`].
    pub struct SignIn -> ApiToken, api_key {}

    /// Makes a key; see [`Session::create_api_key`].
    pub struct CreateApiKey -> ApiToken, api_key {}

    /// Makes a link to log in; see [`Session::login_link_for_contact`].
    pub struct CreateLoginLink -> LoginLink, login_link {}
}

impl CreateLoginLink {
    /// How long it works; rounded up to minutes.
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.call
            .set("expire_after", time.as_secs().div_ceil(60).max(1));
        self
    }

    /// It works once only.
    pub fn one_time(mut self) -> Self {
        self.call.set("one_time", true);
        self
    }
}

/// A link that logs somebody in. A secret: its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginLink {
    link: String,
    user: Option<Author>,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl LoginLink {
    /// The link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.link
    }

    /// Who it logs in, if the answer says so.
    #[must_use]
    pub fn user(&self) -> Option<Author> {
        self.user
    }

    /// The first name of whom it logs in, if the answer says so.
    #[must_use]
    pub fn user_first_name(&self) -> Option<&str> {
        self.first_name.as_deref()
    }

    /// The last name of whom it logs in, if the answer says so.
    #[must_use]
    pub fn user_last_name(&self) -> Option<&str> {
        self.last_name.as_deref()
    }

    /// The link, leading to a page of the portal such as `/issues/7` after logging in.
    ///
    /// Source: one client in use.
    #[must_use]
    pub fn redirecting_to(&self, path: &str) -> String {
        let separator = if self.link.contains('?') { '&' } else { '?' };
        let path: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        format!("{}{separator}redirect={path}", self.link)
    }
}

impl fmt::Debug for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginLink([redacted])")
    }
}

fn login_link(_: &Call, body: &Bytes, _: &mut Decoding) -> Result<LoginLink, DecodeFailure> {
    let answer = read(body);
    let text = |key: &str| answer.get(key)?.as_str().map(str::to_owned);
    let id = answer.get("user_id").cloned().unwrap_or_default();
    Ok(LoginLink {
        link: secret_at(&answer, &["login_link", "url"])?,
        user: match text("user_type").as_deref() {
            Some("contact") => serde_json::from_value(id).ok().map(Author::Contact),
            Some("employee") => serde_json::from_value(id).ok().map(Author::Employee),
            _ => None,
        },
        first_name: text("user_first_name"),
        last_name: text("user_last_name"),
    })
}

fn api_key(_: &Call, body: &Bytes, _: &mut Decoding) -> Result<ApiToken, DecodeFailure> {
    secret_at(&read(body), &["api_key", "api_token"]).map(ApiToken::from)
}

/// Anything at all: a failure to read must not quote the answer, which is a secret.
fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// The first of these fields that holds text.
fn secret_at(answer: &Value, keys: &[&str]) -> Result<String, DecodeFailure> {
    let found = keys
        .iter()
        .filter_map(|key| answer.get(key)?.as_str())
        .find(|text| !text.is_empty());
    found
        .map(str::to_owned)
        .ok_or_else(|| DecodeFailure::Unreadable {
            path: keys.first().copied().unwrap_or_default().to_owned(),
            reason: "it is missing".to_owned(),
        })
}
