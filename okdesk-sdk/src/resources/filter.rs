//! Filters shared by several lists: custom attributes, and the order of a keyset list.

use crate::client::Call;
use crate::model::LocalTime;

/// What a filter by a custom attribute asks for.
///
/// ```
/// use okdesk_sdk::AttributeFilter;
///
/// let red = AttributeFilter::from("red");
/// let red_or_blue = AttributeFilter::any(["red", "blue"]);
/// let none = AttributeFilter::Empty;
/// # let _ = (red, red_or_blue, none);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeFilter {
    /// A text that is equal.
    Text(String),
    /// A checkbox that is set or not.
    Checked(bool),
    /// Any of these choices of a list.
    Any(Vec<String>),
    /// Days from one to another, either of which may be left open; for attributes that are days.
    Days(Option<LocalTime>, Option<LocalTime>),
    /// Times from one to another, either of which may be left open; for attributes that are days and times.
    Times(Option<LocalTime>, Option<LocalTime>),
    /// No value at all.
    Empty,
}

impl AttributeFilter {
    /// Any of these choices of a list.
    #[must_use]
    pub fn any(choices: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Any(choices.into_iter().map(Into::into).collect())
    }

    pub(crate) fn apply(self, call: &mut Call, key: &str, code: &str) {
        let name = |suffix: &str| format!("{key}[{code}{suffix}]");
        let mut bound = |suffix: &str, text: Option<String>| {
            if let Some(text) = text {
                call.filter(&name(suffix), text);
            }
        };
        match self {
            Self::Text(text) => bound("", Some(text)),
            Self::Checked(value) => bound("", Some(value.to_string())),
            Self::Empty => bound("", Some("#null".to_owned())),
            Self::Days(since, until) => {
                bound("_since", since.map(LocalTime::iso_day));
                bound("_until", until.map(LocalTime::iso_day));
            }
            Self::Times(since, until) => {
                bound("_since", since.map(LocalTime::iso_minute));
                bound(
                    "_until",
                    until.map(|until| until.ceil_minute().iso_minute()),
                );
            }
            Self::Any(choices) => call.filters(&name(""), choices),
        }
    }
}

impl From<&str> for AttributeFilter {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for AttributeFilter {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for AttributeFilter {
    fn from(value: bool) -> Self {
        Self::Checked(value)
    }
}

crate::open_enum! {
    /// The direction of a list.
    pub enum Direction {
        /// Oldest or smallest first.
        Forward = "forward",
        /// Newest or largest first, which is what Okdesk does if nothing is said.
        Reverse = "reverse",
    }

    /// By what a list of issues is sorted.
    pub enum IssueSorting {
        /// By creation.
        CreatedAt = "created_at",
        /// By last change.
        UpdatedAt = "updated_at",
    }
}
