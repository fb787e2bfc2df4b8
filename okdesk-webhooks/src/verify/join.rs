//! Joining verifiers: all of them, or any.

use std::fmt;

use super::{Attempt, Proof, Reason, Refusal, Verdict, Verifier};

/// A verifier of any kind.
pub struct BoxVerifier(Box<dyn Verifier>);

impl BoxVerifier {
    /// Wraps a verifier; [`Verifier::boxed`] reads better.
    pub fn new(verifier: impl Verifier) -> Self {
        Self(Box::new(verifier))
    }
}

impl fmt::Debug for BoxVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Verifier for BoxVerifier {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        self.0.verify(attempt)
    }

    fn wants_path_segment(&self) -> bool {
        self.0.wants_path_segment()
    }

    fn challenge(&self) -> Option<&'static str> {
        self.0.challenge()
    }

    fn boxed(self) -> BoxVerifier {
        self
    }
}

/// Accepts what every one of the verifiers accepts; nothing, when there are none.
#[must_use]
pub fn all_of(verifiers: impl IntoIterator<Item = BoxVerifier>) -> BoxVerifier {
    AllOf(verifiers.into_iter().collect()).boxed()
}

/// Accepts what at least one of the verifiers accepts; nothing, when there are none.
#[must_use]
pub fn any_of(verifiers: impl IntoIterator<Item = BoxVerifier>) -> BoxVerifier {
    AnyOf(verifiers.into_iter().collect()).boxed()
}

/// Made by [`all_of`].
#[derive(Debug)]
pub struct AllOf(Vec<BoxVerifier>);

/// Made by [`any_of`].
#[derive(Debug)]
pub struct AnyOf(Vec<BoxVerifier>);

const NOBODY: Verdict = Verdict::Refuse(Refusal {
    verifier: "empty list",
    reason: Reason::Missing,
});

impl Verifier for AllOf {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        let mut needs_body = false;
        let mut oldest: Option<Proof> = None;
        for verifier in &self.0 {
            match verifier.verify(attempt) {
                refusal @ Verdict::Refuse(_) => return refusal,
                Verdict::NeedsBody => needs_body = true,
                Verdict::Accept(proof) => {
                    if oldest.is_none_or(|oldest| oldest.secret < proof.secret) {
                        oldest = Some(proof);
                    }
                }
            }
        }
        match oldest {
            _ if needs_body => Verdict::NeedsBody,
            Some(proof) => Verdict::Accept(proof),
            None => NOBODY,
        }
    }

    fn wants_path_segment(&self) -> bool {
        self.0.iter().any(Verifier::wants_path_segment)
    }

    fn challenge(&self) -> Option<&'static str> {
        self.0.iter().find_map(Verifier::challenge)
    }
}

impl Verifier for AnyOf {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        let mut needs_body = false;
        let mut refusal = NOBODY;
        for verifier in &self.0 {
            match verifier.verify(attempt) {
                accepted @ Verdict::Accept(_) => return accepted,
                Verdict::NeedsBody => needs_body = true,
                refused @ Verdict::Refuse(_) => refusal = refused,
            }
        }
        if needs_body {
            Verdict::NeedsBody
        } else {
            refusal
        }
    }

    fn wants_path_segment(&self) -> bool {
        self.0.iter().any(Verifier::wants_path_segment)
    }

    fn challenge(&self) -> Option<&'static str> {
        self.0.iter().find_map(Verifier::challenge)
    }
}
