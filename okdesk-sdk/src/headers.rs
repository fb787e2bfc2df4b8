//! The headers of an answer, kept as one text: one piece of memory, however many there are.

use std::fmt;

/// Headers of an answer: names with values, in the order they came.
///
/// ```
/// use okdesk_sdk::transport::Headers;
///
/// let headers: Headers = [("content-type", "text/html"), ("retry-after", "7")].into_iter().collect();
/// assert_eq!(headers.get("Retry-After"), Some("7"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// `name: value`, a line each.
    lines: String,
}

/// Bytes of a header.
const USUAL: usize = 40;

impl Headers {
    /// Adds a header. A value that would end its line is told with spaces instead.
    pub fn push(&mut self, name: &str, value: &str) {
        self.lines.push_str(name);
        self.lines.push_str(": ");
        if memchr::memchr2(b'\r', b'\n', value.as_bytes()).is_none() {
            self.lines.push_str(value);
        } else {
            self.lines.push_str(&value.replace(['\r', '\n'], " "));
        }
        self.lines.push('\n');
    }

    /// The first header of this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines
            .split('\n')
            .filter_map(|line| line.split_once(": "))
    }

    /// All that is said in them.
    pub(crate) fn text(&self) -> &str {
        &self.lines
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        let mut headers = Self {
            lines: String::with_capacity(pairs.size_hint().0 * USUAL),
        };
        for (name, value) in pairs {
            headers.push(name.as_ref(), value.as_ref());
        }
        headers
    }
}

impl From<Vec<(String, String)>> for Headers {
    fn from(pairs: Vec<(String, String)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_values_as_they_are() {
        let pairs = [("Date", "Wed, 01 May: x"), ("empty", ""), ("date", "later")];
        let headers: Headers = pairs.into_iter().collect();
        assert_eq!(headers.get("DATE"), Some("Wed, 01 May: x"));
        assert_eq!(headers.get("empty"), Some(""));
        assert_eq!(headers.get("dat"), None);
        assert_eq!(headers.iter().collect::<Vec<_>>(), pairs);
    }

    #[test]
    fn a_value_makes_no_header_of_its_own() {
        let headers: Headers = [("a", "b\r\nretry-after: 9")].into_iter().collect();
        assert_eq!(headers.get("a"), Some("b  retry-after: 9"));
        assert_eq!(headers.get("retry-after"), None);
    }
}
