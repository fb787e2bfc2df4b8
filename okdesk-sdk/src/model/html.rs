//! HTML, the language of descriptions and comments.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::lenient::{self, Lenient};

/// Text as HTML, as descriptions and comments hold it.
///
/// Okdesk drops plain line ends, so text a person typed goes through [`Html::from_text`]. What is read may be whole
/// documents from mail programs: treat it as untrusted.
///
/// ```
/// use okdesk_sdk::model::Html;
///
/// assert_eq!(Html::from_text("a < b\nand more").as_str(), "a &lt; b<br>and more");
/// assert_eq!(Html::new("<b>ready</b>").as_str(), "<b>ready</b>");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Takes HTML as it is.
    #[must_use]
    pub fn new(html: impl Into<String>) -> Self {
        Self(html.into())
    }

    /// Makes HTML from plain text: markup is escaped, line ends become `<br>`.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let mut html = String::with_capacity(text.len() + 16);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\r' => {
                    characters.next_if_eq(&'\n');
                    html.push_str("<br>");
                }
                '\n' => html.push_str("<br>"),
                other => html.push(other),
            }
        }
        Self(html)
    }

    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The HTML, given away.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Plain text, escaped as by [`Html::from_text`]; use [`Html::new`] for markup.
impl From<&str> for Html {
    fn from(text: &str) -> Self {
        Self::from_text(text)
    }
}

/// Plain text, escaped as by [`Html::from_text`]; use [`Html::new`] for markup.
impl From<String> for Html {
    fn from(text: String) -> Self {
        Self::from_text(&text)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Html {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::field(deserializer)
    }
}

impl Lenient for Html {
    const NULLABLE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(String::read(deserializer)?.map(Self))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_three_line_ends_become_one_break_each() {
        assert_eq!(Html::from_text("a\r\nb\rc\nd").as_str(), "a<br>b<br>c<br>d");
    }

    proptest! {
        #[test]
        fn text_cannot_become_markup(text in ".*") {
            let html = Html::from_text(&text).into_string().replace("<br>", "");
            prop_assert!(!html.contains(['<', '>', '"', '\n', '\r']));
            let back = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            prop_assert_eq!(back, text.replace(['\r', '\n'], ""));
        }
    }
}
