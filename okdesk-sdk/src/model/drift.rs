//! Drift: what an answer holds that this version of the crate does not know.

use serde_json::Value;

/// One difference between an answer and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Drift {
    /// Where: names joined by dots, `[]` for any element of a list.
    pub path: String,
    /// What.
    pub kind: DriftKind,
}

/// The kinds of [`Drift`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DriftKind {
    /// A field nobody has described yet.
    UnknownField,
    /// A word outside the known set.
    UnknownValue(String),
    /// `null` where a value was expected.
    UnexpectedNull,
}

impl std::fmt::Display for Drift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            DriftKind::UnknownField => write!(f, "unknown field `{}`", self.path),
            DriftKind::UnknownValue(value) => {
                write!(f, "unknown value {value:?} in `{}`", self.path)
            }
            DriftKind::UnexpectedNull => write!(f, "null in `{}`", self.path),
        }
    }
}

/// Collects [`Drift`] while an answer is walked, each difference once.
#[derive(Debug, Default)]
pub struct Drifts {
    at: Vec<String>,
    found: std::collections::BTreeSet<Drift>,
}

impl Drifts {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was found, in the order of paths.
    pub fn into_found(self) -> impl Iterator<Item = Drift> {
        self.found.into_iter()
    }

    /// Notes a difference at the present place.
    pub fn report(&mut self, kind: DriftKind) {
        let path = self.at.join(".").replace(".[]", "[]");
        self.found.insert(Drift { path, kind });
    }

    /// Walks into a field or, with `[]`, into the elements of a list.
    pub fn inside(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        self.at.push(name.to_owned());
        walk(self);
        self.at.pop();
    }

    /// Compares one object with the fields known of it.
    pub fn object(&mut self, value: &Value, known: &[Known]) {
        let Value::Object(fields) = value else { return };
        for (name, value) in fields {
            self.inside(name, |drifts| {
                match known.iter().find(|known| known.name == name) {
                    None => drifts.report(DriftKind::UnknownField),
                    Some(known) if value.is_null() && !known.nullable => {
                        drifts.report(DriftKind::UnexpectedNull)
                    }
                    Some(known) => (known.walk)(value, drifts),
                }
            });
        }
    }
}

/// One known field of an object; made by the record macro.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The name in JSON.
    pub name: &'static str,
    /// Whether `null` is an expected value.
    pub nullable: bool,
    /// Looks at the value.
    pub walk: fn(&Value, &mut Drifts),
}
