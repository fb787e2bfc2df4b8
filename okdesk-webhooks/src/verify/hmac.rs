//! A signature over the raw body.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use sha2::Sha256;

use super::header::single;
use super::secrets::position_of;
use super::{Attempt, Reason, Verdict, Verifier, VerifierError};

/// Accepts requests whose header holds the HMAC-SHA256 of the body, computed over the bytes exactly as
/// received.
///
/// > Not confirmed: no signature of Okdesk is documented. Names that circulate, such as `X-Okdesk-Signature`,
/// > are guesses; this verifier is for a relay or a sender that you configure yourself.
///
/// # Not alone on the internet
/// Whether a signature is right shows only when the body is here. Until then anybody whose header looks like a signature
/// holds one of the [places](crate::receiver::Builder::max_in_flight) of the receiver: 256 strangers who send their bodies
/// slowly have it tell everybody else to come back until the
/// [time for a body](crate::receiver::Builder::body_timeout) is over, and may begin anew. So pair it with something that
/// the head alone can prove, by [`all_of`](super::all_of):
///
/// ```
/// use okdesk_webhooks::verify::{HmacSha256, PathSecret, Verifier, all_of};
///
/// let verifier = all_of([
///     PathSecret::new("9f86d081884c7d659a2feaa0c55ad015")?.boxed(),
///     HmacSha256::new("X-Signature", "key")?.boxed(),
/// ]);
/// # drop(verifier);
/// # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
/// ```
///
/// # Example
/// ```
/// # use okdesk_webhooks::verify::{Attempt, HmacSha256, Verdict, Verifier};
/// let hmac = HmacSha256::new("X-Signature", "key")?.prefix("sha256=");
/// let mut headers = http::HeaderMap::new();
/// headers.insert(
///     "x-signature",
///     "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8".parse().unwrap(),
/// );
/// let attempt = Attempt::new(&headers);
///
/// assert_eq!(hmac.verify(&attempt), Verdict::NeedsBody);
/// let signed = b"The quick brown fox jumps over the lazy dog";
/// assert!(matches!(hmac.verify(&attempt.with_body(signed)), Verdict::Accept(_)));
/// assert!(matches!(hmac.verify(&attempt.with_body(b"something else")), Verdict::Refuse(_)));
/// # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
/// ```
#[derive(Clone)]
pub struct HmacSha256 {
    header: HeaderName,
    prefix: String,
    encoding: Encoding,
    keys: Vec<Hmac<Sha256>>,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// 64 hexadecimal digits, in either case.
    #[default]
    Hex,
    /// Base64 of the standard alphabet, with or without padding.
    Base64,
}

#[cfg(feature = "testing")]
impl Encoding {
    pub(crate) fn write(self, signature: &[u8]) -> String {
        match self {
            Self::Hex => signature.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Base64 => base64::engine::general_purpose::STANDARD.encode(signature),
        }
    }
}

impl HmacSha256 {
    const NAME: &'static str = "hmac";

    /// The header that holds the signature and the key it is made with; hexadecimal and without a prefix
    /// until told otherwise.
    ///
    /// # Errors
    /// When the key is empty or the header has no valid name.
    pub fn new(header: &str, key: impl AsRef<[u8]>) -> Result<Self, VerifierError> {
        Ok(Self {
            header: HeaderName::try_from(header).map_err(|_| VerifierError::HeaderName)?,
            prefix: String::new(),
            encoding: Encoding::default(),
            keys: vec![keyed(key.as_ref())?],
        })
    }

    /// What stands before the signature, such as `sha256=`. A value without it is refused.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How the signature is written.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Accepts signatures made with an older key as well.
    ///
    /// # Errors
    /// When it is empty.
    pub fn also_accept(mut self, key: impl AsRef<[u8]>) -> Result<Self, VerifierError> {
        self.keys.push(keyed(key.as_ref())?);
        Ok(self)
    }

    /// The header and the value that this verifier accepts for a body, made with the current key.
    #[cfg(feature = "testing")]
    pub(crate) fn sign(&self, body: &[u8]) -> Option<(HeaderName, String)> {
        let current = self.keys.first()?.clone();
        let signature = current.chain_update(body).finalize().into_bytes();
        let value = format!("{}{}", self.prefix, self.encoding.write(&signature));
        Some((self.header.clone(), value))
    }

    fn presented(&self, attempt: &Attempt<'_>) -> Result<[u8; 32], Reason> {
        let value = single(attempt, &self.header)?;
        let text = value
            .strip_prefix(self.prefix.as_bytes())
            .ok_or(Reason::Malformed)?;
        match self.encoding {
            Encoding::Hex => from_hex(text),
            Encoding::Base64 => from_base64(text),
        }
        .ok_or(Reason::Malformed)
    }
}

impl Verifier for HmacSha256 {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        let presented = match self.presented(attempt) {
            Ok(signature) => signature,
            Err(reason) => return Verdict::refuse(Self::NAME, reason),
        };
        let Some(body) = attempt.body() else {
            return Verdict::NeedsBody;
        };
        let expected: Vec<[u8; 32]> = self
            .keys
            .iter()
            .map(|key| {
                key.clone()
                    .chain_update(body)
                    .finalize()
                    .into_bytes()
                    .into()
            })
            .collect();
        Verdict::by_secret(Self::NAME, position_of(&presented, expected.iter()))
    }
}

impl fmt::Debug for HmacSha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacSha256")
            .field("header", &self.header)
            .field("prefix", &self.prefix)
            .field("encoding", &self.encoding)
            .field("keys", &self.keys.len())
            .finish()
    }
}

fn keyed(key: &[u8]) -> Result<Hmac<Sha256>, VerifierError> {
    if key.is_empty() {
        return Err(VerifierError::EmptySecret);
    }
    // HMAC takes keys of any length; the error exists for other algorithms of the trait.
    Hmac::new_from_slice(key).map_err(|_| VerifierError::EmptySecret)
}

fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let text: &[u8; 64] = text.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn from_base64(text: &[u8]) -> Option<[u8; 32]> {
    const EITHER_PADDING: GeneralPurpose = GeneralPurpose::new(
        &ALPHABET,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    EITHER_PADDING.decode(text).ok()?.try_into().ok()
}
