//! The secret in a header.

use std::fmt;

use http::HeaderName;

use super::secrets::Secrets;
use super::{Attempt, Reason, Verdict, Verifier, VerifierError};

/// Accepts requests that carry a shared secret in a header.
///
/// > Not confirmed: Okdesk's own form is not known to offer headers. It fits a proxy in front that adds one,
/// > and every other sender.
///
/// ```
/// # use okdesk_webhooks::verify::{Attempt, HeaderSecret, Verdict, Verifier};
/// let secret = HeaderSecret::new("X-Hook-Secret", "correct horse battery staple")?;
/// let mut headers = http::HeaderMap::new();
/// assert!(matches!(secret.verify(&Attempt::new(&headers)), Verdict::Refuse(_)));
///
/// headers.insert("x-hook-secret", "correct horse battery staple".parse().unwrap());
/// assert!(matches!(secret.verify(&Attempt::new(&headers)), Verdict::Accept(_)));
/// # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
/// ```
#[derive(Clone)]
pub struct HeaderSecret {
    header: HeaderName,
    secrets: Secrets,
}

impl HeaderSecret {
    const NAME: &'static str = "header secret";

    /// The header to look at and the value to expect in it.
    ///
    /// # Errors
    /// When the secret is empty or the header has no valid name.
    pub fn new(header: &str, secret: impl AsRef<[u8]>) -> Result<Self, VerifierError> {
        Ok(Self {
            header: HeaderName::try_from(header).map_err(|_| VerifierError::HeaderName)?,
            secrets: Secrets::new(secret.as_ref())?,
        })
    }

    /// Accepts an older value as well.
    ///
    /// # Errors
    /// When it is empty.
    pub fn also_accept(mut self, secret: impl AsRef<[u8]>) -> Result<Self, VerifierError> {
        self.secrets.push(secret.as_ref())?;
        Ok(self)
    }
}

impl Verifier for HeaderSecret {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        match single(attempt, &self.header) {
            Ok(value) => Verdict::by_secret(Self::NAME, self.secrets.position(value)),
            Err(reason) => Verdict::refuse(Self::NAME, reason),
        }
    }
}

impl fmt::Debug for HeaderSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderSecret")
            .field("header", &self.header)
            .field("secrets", &self.secrets.len())
            .finish()
    }
}

/// The value of a header that must stand exactly once: two values could be read differently by a proxy and by
/// us.
pub(super) fn single<'a>(attempt: &Attempt<'a>, header: &HeaderName) -> Result<&'a [u8], Reason> {
    let mut values = attempt.headers().get_all(header).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        (None, _) => Err(Reason::Missing),
        (Some(_), Some(_)) => Err(Reason::Malformed),
    }
}
