//! Who may post: verifiers, and how they are joined.
//!
//! Okdesk documents no signature and no secret of its own, so a receiver proves its caller by what the
//! administrator can put into the address of the hook, by what a proxy in front can add, or by where the
//! request comes from. Each way is a [`Verifier`]; [`all_of`] and [`any_of`] join them.
//!
//! * [`PathSecret`] – an unguessable last segment of the path. Works with every sender; start here.
//! * [`HeaderSecret`] – a shared secret in a header of your choice.
//! * [`Basic`] – `Authorization: Basic`, as in `https://user:password@host/…`.
//! * [`HmacSha256`] – a signature over the raw body; header, prefix and encoding are settings. Not [alone on the
//!   internet](HmacSha256#not-alone-on-the-internet).
//! * [`SourceNetworks`] – the address of the sender, also behind proxies you name.
//!
//! Every secret can have predecessors that are still accepted (`also_accept`), so that it can be rotated
//! without losing a hook; [`Proof::secret`] tells which one was used. Secrets are compared as SHA-256 digests
//! of equal length, in constant time, always against the whole list. Neither `Debug` nor any error shows one.
//!
//! ```
//! use okdesk_webhooks::verify::{HeaderSecret, PathSecret, SourceNetworks, Verifier, all_of, any_of};
//!
//! let verifier = all_of([
//!     any_of([
//!         PathSecret::new("f3b1c0a4d2e94c7a9b60")?.also_accept("the-one-before")?.boxed(),
//!         HeaderSecret::new("X-Hook-Secret", "another long random text")?.boxed(),
//!     ]),
//!     SourceNetworks::new(["203.0.113.0/24"])?.trusting_proxies(["10.0.0.0/8"])?.boxed(),
//! ]);
//! assert!(!format!("{verifier:?}").contains("f3b1c0a4"));
//! # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
//! ```

mod basic;
mod header;
mod hmac;
mod join;
mod network;
mod path;
mod secrets;

use std::fmt::Debug;
use std::net::IpAddr;

use http::HeaderMap;

pub use basic::Basic;
pub use header::HeaderSecret;
pub use hmac::{Encoding, HmacSha256};
pub use join::{AllOf, AnyOf, BoxVerifier, all_of, any_of};
pub use network::{Peer, SourceNetworks};
pub use path::PathSecret;

/// Decides whether a request may be taken in.
///
/// [`verify`](Verifier::verify) is called up to twice for one request: first with the head only, so that a
/// stranger is refused before a byte of the body is read, and again with the body when the first verdict was
/// [`Verdict::NeedsBody`].
pub trait Verifier: Debug + Send + Sync + 'static {
    /// The verdict on what is known of the request so far.
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict;

    /// Whether the last segment of the path belongs to this verifier. When no verifier wants it, only the
    /// exact path of the receiver is served.
    fn wants_path_segment(&self) -> bool {
        false
    }

    /// The value of `WWW-Authenticate` in a refusal, if the scheme has one.
    fn challenge(&self) -> Option<&'static str> {
        None
    }

    /// This verifier as a value that can stand in a list with others.
    fn boxed(self) -> BoxVerifier
    where
        Self: Sized,
    {
        BoxVerifier::new(self)
    }
}

/// What a [`Verifier`] may look at.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    headers: &'a HeaderMap,
    path_segment: Option<&'a str>,
    peer: Option<IpAddr>,
    body: Option<&'a [u8]>,
}

impl<'a> Attempt<'a> {
    /// A request of which only the headers are known.
    #[must_use]
    pub fn new(headers: &'a HeaderMap) -> Self {
        Self {
            headers,
            path_segment: None,
            peer: None,
            body: None,
        }
    }

    /// Adds the segment that follows the path of the receiver.
    #[must_use]
    pub fn with_path_segment(mut self, segment: Option<&'a str>) -> Self {
        self.path_segment = segment;
        self
    }

    /// Adds the address the connection came from.
    #[must_use]
    pub fn with_peer(mut self, peer: Option<IpAddr>) -> Self {
        self.peer = peer;
        self
    }

    /// Adds the body, byte for byte as it was received.
    #[must_use]
    pub fn with_body(mut self, body: &'a [u8]) -> Self {
        self.body = Some(body);
        self
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The segment that follows the path of the receiver, still percent-encoded.
    #[must_use]
    pub fn path_segment(&self) -> Option<&'a str> {
        self.path_segment
    }

    /// The address the connection came from; a proxy's, when there is one.
    #[must_use]
    pub fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// The raw body, once it has been read.
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.body
    }
}

/// What a [`Verifier`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The caller has proved itself.
    Accept(Proof),
    /// The caller has not; answered with 401.
    Refuse(Refusal),
    /// The body is needed to tell. Counts as a refusal when the body was given.
    NeedsBody,
}

impl Verdict {
    fn by_secret(verifier: &'static str, matched: Option<usize>) -> Self {
        match matched {
            Some(secret) => Self::Accept(Proof { verifier, secret }),
            None => Self::Refuse(Refusal {
                verifier,
                reason: Reason::Mismatch,
            }),
        }
    }

    fn refuse(verifier: &'static str, reason: Reason) -> Self {
        Self::Refuse(Refusal { verifier, reason })
    }
}

/// By what a request was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// The kind of verifier, such as `path secret`.
    pub verifier: &'static str,
    /// Which of its secrets: 0 is the current one, higher numbers are older ones still accepted. A rotation
    /// is over when only zeros are seen. With [`all_of`] it is the oldest secret that was needed.
    pub secret: usize,
}

/// Why a request was refused. Holds nothing that was sent and nothing that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of verifier, such as `path secret`.
    pub verifier: &'static str,
    /// What was wrong.
    pub reason: Reason,
}

/// The cause of a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The proof was not there.
    Missing,
    /// The proof was there but could not be read (wrong scheme, prefix, encoding or length).
    Malformed,
    /// The proof was read and is wrong.
    Mismatch,
}

/// A verifier was given something it cannot work with. Never contains the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// The secret is empty: everybody would know it.
    #[error("the secret is empty")]
    EmptySecret,
    /// A path secret may hold letters, digits and `-._~` only, because anything else is written in more than
    /// one way in an address.
    #[error("a path secret may hold only ASCII letters, digits and -._~")]
    PathSecretCharacters,
    /// A user name in Basic authentication ends at the first colon.
    #[error("a user name must not hold a colon")]
    UserNameColon,
    /// Not the name of an HTTP header.
    #[error("not a header name")]
    HeaderName,
    /// Not an address or a network in CIDR form.
    #[error("not an IP address or network")]
    Network,
}
