//! Leave, clear or set: what a change says of one field.

/// What an update does with one field.
///
/// ```
/// use okdesk_sdk::model::Patch;
///
/// assert_eq!(Patch::from("new"), Patch::Set("new"));
/// let clear: Patch<&str> = None.into();
/// assert_eq!(clear, Patch::Clear);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// The field is not mentioned and stays as it is.
    #[default]
    Leave,
    /// The field is emptied (`null` on the wire).
    Clear,
    /// The field gets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field is not mentioned.
    pub fn is_leave(&self) -> bool {
        matches!(self, Self::Leave)
    }

    /// Changes the value, if there is one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Leave => Patch::Leave,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(change(value)),
        }
    }

    /// What is put on the wire: nothing, `None` for `null`, or the value.
    pub fn into_wire(self) -> Option<Option<T>> {
        match self {
            Self::Leave => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// `None` clears.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

/// Text as it is written in a program.
impl From<&str> for Patch<String> {
    fn from(text: &str) -> Self {
        Self::Set(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Patch;

    #[test]
    fn text_needs_no_string_and_nothing_needs_no_type() {
        fn wire(change: impl Into<Patch<String>>) -> Option<Option<String>> {
            change.into().into_wire()
        }
        assert_eq!(wire("new"), Some(Some("new".to_owned())));
        assert_eq!(wire("new".to_owned()), Some(Some("new".to_owned())));
        assert_eq!(wire(None), Some(None));
        assert_eq!(wire(Patch::Leave), None);
    }
}
