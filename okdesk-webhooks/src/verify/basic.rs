//! `Authorization: Basic`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

use super::header::single;
use super::secrets::Secrets;
use super::{Attempt, Reason, Verdict, Verifier, VerifierError};

/// Accepts requests with a user name and a password (RFC 7617).
///
/// > Not confirmed: whether Okdesk sends what stands before `@` in the address of a hook.
///
/// ```
/// # use okdesk_webhooks::verify::{Attempt, Basic, Verdict, Verifier};
/// let basic = Basic::new("okdesk", "s3cret")?;
/// let mut headers = http::HeaderMap::new();
/// headers.insert("authorization", "Basic b2tkZXNrOnMzY3JldA==".parse().unwrap());
/// assert!(matches!(basic.verify(&Attempt::new(&headers)), Verdict::Accept(_)));
/// # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
/// ```
#[derive(Clone)]
pub struct Basic {
    secrets: Secrets,
}

impl Basic {
    const NAME: &'static str = "basic";

    /// The user name and the password to expect.
    ///
    /// # Errors
    /// When the password is empty or the user name holds a colon.
    pub fn new(user: &str, password: &str) -> Result<Self, VerifierError> {
        Ok(Self {
            secrets: Secrets::new(pair(user, password)?.as_bytes())?,
        })
    }

    /// Accepts an older user name and password as well.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn also_accept(mut self, user: &str, password: &str) -> Result<Self, VerifierError> {
        self.secrets.push(pair(user, password)?.as_bytes())?;
        Ok(self)
    }
}

impl Verifier for Basic {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        let credentials = single(attempt, &AUTHORIZATION)
            .and_then(|value| decode(value).ok_or(Reason::Malformed));
        match credentials {
            Ok(pair) => Verdict::by_secret(Self::NAME, self.secrets.position(&pair)),
            Err(reason) => Verdict::refuse(Self::NAME, reason),
        }
    }

    fn challenge(&self) -> Option<&'static str> {
        Some("Basic realm=\"webhook\", charset=\"UTF-8\"")
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("secrets", &self.secrets.len())
            .finish()
    }
}

fn pair(user: &str, password: &str) -> Result<String, VerifierError> {
    if user.contains(':') {
        return Err(VerifierError::UserNameColon);
    }
    if password.is_empty() {
        return Err(VerifierError::EmptySecret);
    }
    Ok(format!("{user}:{password}"))
}

fn decode(value: &[u8]) -> Option<Vec<u8>> {
    let (scheme, credentials) = value.split_at_checked(6)?;
    scheme.eq_ignore_ascii_case(b"basic ").then_some(())?;
    STANDARD.decode(credentials.trim_ascii()).ok()
}
