//! The secret as the last segment of the path.

use std::fmt;

use super::secrets::Secrets;
use super::{Attempt, Reason, Verdict, Verifier, VerifierError};

/// Accepts requests to `<path of the receiver>/<secret>`.
///
/// The only protection that asks nothing of the sender but to keep the address to itself: use at least 128
/// random bits (32 hexadecimal digits), serve over HTTPS, and keep the path out of access logs.
///
/// ```
/// # use okdesk_webhooks::verify::{Attempt, PathSecret, Verdict, Verifier};
/// let secret = PathSecret::new("9f86d081884c7d659a2feaa0c55ad015")?;
/// let headers = http::HeaderMap::new();
/// let attempt = Attempt::new(&headers);
///
/// assert!(matches!(secret.verify(&attempt.with_path_segment(Some("9f86d081884c7d659a2feaa0c55ad015"))), Verdict::Accept(_)));
/// assert!(matches!(secret.verify(&attempt.with_path_segment(Some("guess"))), Verdict::Refuse(_)));
/// assert!(matches!(secret.verify(&attempt), Verdict::Refuse(_)));
/// # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
/// ```
#[derive(Clone)]
pub struct PathSecret {
    secrets: Secrets,
}

impl PathSecret {
    const NAME: &'static str = "path secret";

    /// The segment to expect.
    ///
    /// # Errors
    /// When it is empty or holds characters that an address would have to encode.
    pub fn new(secret: impl AsRef<str>) -> Result<Self, VerifierError> {
        Ok(Self {
            secrets: Secrets::new(plain(secret.as_ref())?)?,
        })
    }

    /// Accepts an older segment as well.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn also_accept(mut self, secret: impl AsRef<str>) -> Result<Self, VerifierError> {
        self.secrets.push(plain(secret.as_ref())?)?;
        Ok(self)
    }
}

impl Verifier for PathSecret {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        match attempt.path_segment() {
            Some(segment) => {
                Verdict::by_secret(Self::NAME, self.secrets.position(segment.as_bytes()))
            }
            None => Verdict::refuse(Self::NAME, Reason::Missing),
        }
    }

    fn wants_path_segment(&self) -> bool {
        true
    }
}

impl fmt::Debug for PathSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathSecret")
            .field("secrets", &self.secrets.len())
            .finish()
    }
}

fn plain(secret: &str) -> Result<&[u8], VerifierError> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if secret.bytes().all(unreserved) {
        Ok(secret.as_bytes())
    } else {
        Err(VerifierError::PathSecretCharacters)
    }
}
