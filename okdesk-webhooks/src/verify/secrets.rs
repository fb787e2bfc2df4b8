//! A list of secrets that can be compared without telling anything by the time it takes.

use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::VerifierError;

/// The current secret and its predecessors, kept as digests only.
#[derive(Clone)]
pub(super) struct Secrets {
    digests: Vec<[u8; 32]>,
}

impl Secrets {
    pub(super) fn new(secret: &[u8]) -> Result<Self, VerifierError> {
        let mut secrets = Self {
            digests: Vec::with_capacity(1),
        };
        secrets.push(secret)?;
        Ok(secrets)
    }

    pub(super) fn push(&mut self, secret: &[u8]) -> Result<(), VerifierError> {
        if secret.is_empty() {
            return Err(VerifierError::EmptySecret);
        }
        self.digests.push(Sha256::digest(secret).into());
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.digests.len()
    }

    /// Which secret was presented. Digests have one length whatever was sent, and the whole list is compared
    /// whatever matched, so neither length, nor common prefix, nor place in the list shows in the time taken.
    pub(super) fn position(&self, presented: &[u8]) -> Option<usize> {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        position_of(&presented, self.digests.iter())
    }
}

/// The place of `presented` among `expected`, looking at all of them.
pub(super) fn position_of<'a>(
    presented: &[u8; 32],
    expected: impl DoubleEndedIterator<Item = &'a [u8; 32]> + ExactSizeIterator,
) -> Option<usize> {
    let mut place = u64::MAX;
    for (index, digest) in expected.enumerate().rev() {
        place.conditional_assign(&(index as u64), digest.ct_eq(presented));
    }
    usize::try_from(place)
        .ok()
        .filter(|&place| place != usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_secret_and_nothing_else() {
        let mut secrets = Secrets::new(b"new").unwrap();
        secrets.push(b"old").unwrap();
        assert_eq!(secrets.position(b"new"), Some(0));
        assert_eq!(secrets.position(b"old"), Some(1));
        for wrong in [&b""[..], b"ne", b"new ", b"New", b"newold", &[0; 4096]] {
            assert_eq!(secrets.position(wrong), None);
        }
    }

    #[test]
    fn the_newest_place_wins_when_a_secret_stands_twice() {
        let mut secrets = Secrets::new(b"same").unwrap();
        secrets.push(b"same").unwrap();
        assert_eq!(secrets.position(b"same"), Some(0));
    }

    #[test]
    fn an_empty_secret_is_no_secret() {
        assert_eq!(Secrets::new(b"").err(), Some(VerifierError::EmptySecret));
    }
}
