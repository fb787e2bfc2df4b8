//! A place in a list that can be stored as text.

use std::fmt;
use std::str::FromStr;

/// Where a pager stands.
///
/// Its text is short and stable, made to be stored; use it only with the same call and the same filters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(super) position: Position,
    /// What of the page at this position has been handed out already.
    pub(super) delivered: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Position {
    /// Beyond this id, or from the start.
    From(Option<u64>),
    /// The page with this number.
    Page(u64),
}

/// The text is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this text is not a cursor: store and pass what Cursor writes, unchanged")]
pub struct ParseCursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Position::From(None) => f.write_str("start")?,
            Position::From(Some(id)) => write!(f, "from:{id}")?,
            Position::Page(number) => write!(f, "page:{number}")?,
        }
        for (index, id) in self.delivered.iter().enumerate() {
            write!(f, "{}{id}", if index == 0 { '/' } else { ',' })?;
        }
        Ok(())
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let (position, delivered) = text.split_once('/').unwrap_or((text, ""));
        let number = |text: &str| text.parse::<u64>().map_err(|_| ParseCursorError);
        let position = match position.split_once(':') {
            None if position == "start" => Position::From(None),
            Some(("from", id)) => Position::From(Some(number(id)?)),
            Some(("page", page)) => Position::Page(number(page)?),
            _ => return Err(ParseCursorError),
        };
        let delivered = delivered
            .split(',')
            .filter(|id| !id.is_empty())
            .map(number)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            position,
            delivered,
        })
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn positions() -> impl Strategy<Value = Position> {
        prop_oneof![
            Just(Position::From(None)),
            any::<u64>().prop_map(|id| Position::From(Some(id))),
            any::<u64>().prop_map(Position::Page),
        ]
    }

    proptest! {
        #[test]
        fn a_cursor_survives_storage(position in positions(), delivered in proptest::collection::vec(any::<u64>(), 0..5)) {
            let cursor = Cursor { position, delivered };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }

        #[test]
        fn no_text_panics(text in "(from|page|start)?[:/,0-9]*|.*") {
            let _ = text.parse::<Cursor>();
        }
    }
}
