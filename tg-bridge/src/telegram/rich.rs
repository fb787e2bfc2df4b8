//! Formatted text as spans: the one place that knows Telegram's tags, its counting and how to cut a text in two.

use std::sync::Arc;

/// The most text one message holds, in UTF-16 units after parsing.
pub const MESSAGE_LIMIT: usize = 4096;
/// The most text a caption holds, counted likewise.
pub const CAPTION_LIMIT: usize = 1024;

/// Formatted text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rich {
    spans: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    text: String,
    style: Style,
}

/// How a stretch of text looks. Telegram forbids code inside anything but a quote, so code wins over the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// A quotation.
    pub quote: bool,
    /// An http or https address.
    pub link: Option<Arc<str>>,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck out.
    pub strike: bool,
    /// Hidden until touched.
    pub spoiler: bool,
    /// Code within a line.
    pub code: bool,
    /// A block of code.
    pub pre: bool,
}

#[derive(Clone, PartialEq)]
enum Tag {
    Named(&'static str),
    Link(Arc<str>),
}

impl Style {
    fn tags(&self) -> Vec<Tag> {
        let mut tags = vec![];
        if self.quote {
            tags.push(Tag::Named("blockquote"));
        }
        if self.pre {
            tags.push(Tag::Named("pre"));
        } else if self.code {
            tags.push(Tag::Named("code"));
        } else {
            tags.extend(self.link.clone().map(Tag::Link));
            let simple = [
                (self.bold, "b"),
                (self.italic, "i"),
                (self.underline, "u"),
                (self.strike, "s"),
                (self.spoiler, "tg-spoiler"),
            ];
            tags.extend(
                simple
                    .into_iter()
                    .filter(|(on, _)| *on)
                    .map(|(_, name)| Tag::Named(name)),
            );
        }
        tags
    }

    /// The style inside a tag; none if Telegram does not know the tag.
    fn inside(&self, name: &str, attributes: &str) -> Option<Self> {
        let mut style = self.clone();
        match name {
            "b" | "strong" => style.bold = true,
            "i" | "em" => style.italic = true,
            "u" | "ins" => style.underline = true,
            "s" | "strike" | "del" => style.strike = true,
            "tg-spoiler" => style.spoiler = true,
            "code" => style.code = true,
            "pre" => style.pre = true,
            "blockquote" => style.quote = true,
            "a" => {
                let href = attributes
                    .trim()
                    .strip_prefix("href=\"")?
                    .strip_suffix('"')?;
                style.link = Some(unescape(href).into());
            }
            _ => return None,
        }
        Some(style)
    }
}

impl Rich {
    /// Plain text.
    pub fn text(text: &str) -> Self {
        let mut rich = Self::default();
        rich.push(text, &Style::default());
        rich
    }

    /// Reads Telegram HTML. What is not a tag Telegram knows is text.
    pub fn from_html(html: &str) -> Self {
        let mut rich = Self::default();
        let mut open: Vec<(String, Style)> = vec![];
        let mut rest = html;
        while !rest.is_empty() {
            let style = open
                .last()
                .map(|(_, style)| style.clone())
                .unwrap_or_default();
            if let Some((tag, after)) = rest.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                if let Some(name) = name.strip_prefix('/')
                    && open.last().is_some_and(|(top, _)| top == name)
                {
                    open.pop();
                    rest = after;
                    continue;
                }
                if let Some(inside) = style.inside(name, attributes) {
                    open.push((name.to_owned(), inside));
                    rest = after;
                    continue;
                }
            }
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest
                .get(first..)
                .and_then(|tail| tail.find('<'))
                .map_or(rest.len(), |at| first + at);
            let (text, after) = rest.split_at(end);
            rich.push(&unescape(text), &style);
            rest = after;
        }
        rich
    }

    /// Adds text in one style.
    pub fn push(&mut self, text: &str, style: &Style) {
        if text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.style == *style => last.text.push_str(text),
            _ => self.spans.push(Span {
                text: text.to_owned(),
                style: style.clone(),
            }),
        }
    }

    /// Adds another text.
    pub fn append(&mut self, other: Self) {
        for span in other.spans {
            self.push(&span.text, &span.style);
        }
    }

    /// Whether there is nothing to see.
    pub fn is_blank(&self) -> bool {
        self.spans.iter().all(|span| span.text.trim().is_empty())
    }

    /// The words alone.
    pub fn plain(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// Length as Telegram counts it.
    pub fn len(&self) -> usize {
        self.spans
            .iter()
            .flat_map(|span| span.text.chars())
            .map(char::len_utf16)
            .sum()
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Telegram HTML: known tags only, balanced, never overlapping.
    pub fn html(&self) -> String {
        let mut html = String::new();
        let mut open: Vec<Tag> = vec![];
        let plain = Span {
            text: String::new(),
            style: Style::default(),
        };
        for span in self.spans.iter().chain([&plain]) {
            let tags = span.style.tags();
            let common = open.iter().zip(&tags).take_while(|(a, b)| a == b).count();
            for tag in open.drain(common..).rev() {
                html.push_str(match tag {
                    Tag::Link(_) => "</a>",
                    Tag::Named("blockquote") => "</blockquote>",
                    Tag::Named("pre") => "</pre>",
                    Tag::Named("code") => "</code>",
                    Tag::Named("tg-spoiler") => "</tg-spoiler>",
                    Tag::Named("b") => "</b>",
                    Tag::Named("i") => "</i>",
                    Tag::Named("u") => "</u>",
                    Tag::Named(_) => "</s>",
                });
            }
            for tag in tags.into_iter().skip(common) {
                match &tag {
                    Tag::Link(url) => {
                        html.push_str("<a href=\"");
                        html.push_str(&escape(url));
                        html.push_str("\">");
                    }
                    Tag::Named(name) => {
                        html.push('<');
                        html.push_str(name);
                        html.push('>');
                    }
                }
                open.push(tag);
            }
            html.push_str(&escape(&span.text));
        }
        html
    }

    /// The text in parts that fit a limit, in order, cut between paragraphs, lines or words where that is possible.
    /// Every part has something to see; formatting goes on in the next part.
    pub fn split(self, limit: usize) -> Vec<Self> {
        let mut parts = vec![];
        let mut rest = self;
        while rest.len() > limit {
            let text = rest.plain();
            let (end, next) = cut(&text, limit);
            let (head, tail) = rest.divide(end);
            parts.push(head);
            rest = tail.divide(next - end).1;
        }
        parts.push(rest);
        parts.retain(|part| !part.is_blank());
        parts
    }

    /// The text up to a limit, with an ellipsis where it was longer.
    pub fn shorten(self, limit: usize) -> Self {
        if self.len() <= limit {
            return self;
        }
        let (end, _) = cut(&self.plain(), limit.saturating_sub(1));
        let mut head = self.divide(end).0;
        head.push("…", &Style::default());
        head
    }

    fn divide(self, at: usize) -> (Self, Self) {
        let (mut head, mut tail) = (Self::default(), Self::default());
        let mut left = at;
        for span in self.spans {
            let here = left.min(span.text.len());
            let (before, after) = span.text.split_at_checked(here).unwrap_or((&span.text, ""));
            head.push(before, &span.style);
            tail.push(after, &span.style);
            left -= here;
        }
        (head, tail)
    }
}

/// Where to end a part that fits the limit, and where the next one begins: both in bytes.
fn cut(text: &str, limit: usize) -> (usize, usize) {
    let mut units = 0;
    let hard = text
        .char_indices()
        .find(|(_, character)| {
            units += character.len_utf16();
            units > limit
        })
        .map_or(text.len(), |(at, _)| at);
    let window = text.get(..hard).unwrap_or(text);
    let after = text.get(hard..).unwrap_or("");
    let newlines = |at: usize| {
        let tail = text.get(at..).unwrap_or("");
        (at, at + tail.len() - tail.trim_start_matches('\n').len())
    };
    if after.starts_with('\n') {
        return newlines(hard);
    }
    for separator in ["\n\n", "\n"] {
        if let Some(at) = window.rfind(separator).filter(|at| *at >= hard / 2) {
            return newlines(at);
        }
    }
    if let Some(space) = after.chars().next().filter(|next| next.is_whitespace()) {
        return (hard, hard + space.len_utf8());
    }
    let space = window
        .char_indices()
        .rfind(|(_, character)| character.is_whitespace());
    if let Some((at, space)) = space.filter(|(at, _)| *at >= hard / 4 && *at > 0) {
        return (at, at + space.len_utf8());
    }
    // A very long word. What is joined to the character before it stays with it.
    let end = window
        .char_indices()
        .map(|(at, character)| at + character.len_utf8())
        .rev()
        .take(16)
        .find(|end| {
            !text
                .get(*end..)
                .is_some_and(|tail| tail.starts_with(joined))
                && !window
                    .get(..*end)
                    .is_some_and(|head| head.ends_with('\u{200d}'))
        })
        .unwrap_or(hard);
    // At least one character, or cutting would never end.
    let end = end.max(text.chars().next().map_or(0, char::len_utf8));
    (end, end)
}

fn joined(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Text made harmless inside Telegram HTML.
pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}

/// The four entities Telegram knows, and numbers.
fn unescape(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        text.push_str(before);
        let known = entity.find(';').filter(|end| *end <= 10).and_then(|end| {
            let name = entity.get(1..end)?;
            let character = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                _ => {
                    let digits = name.strip_prefix('#')?;
                    let number = match digits.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => digits.parse().ok()?,
                    };
                    char::from_u32(number).filter(|character| *character != '\0')?
                }
            };
            Some((character, end + 1))
        });
        let length = match known {
            Some((character, length)) => {
                text.push(character);
                length
            }
            None => {
                text.push('&');
                1
            }
        };
        rest = entity.get(length..).unwrap_or("");
    }
    text.push_str(rest);
    text
}

/// The words of Telegram HTML, for the case that Telegram refuses the formatting.
pub fn plain(html: &str) -> String {
    Rich::from_html(html).plain()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_survives_reading_and_writing() {
        let html = "<b>№ 5</b> a &lt; b &amp; c <a href=\"https://x.ru/?a=1&amp;b=2\">link</a>\n<blockquote>said <i>so</i></blockquote><pre>x\n  y</pre>";
        assert_eq!(Rich::from_html(html).html(), html);
        assert_eq!(plain(html), "№ 5 a < b & c link\nsaid sox\n  y");
    }

    #[test]
    fn what_is_no_tag_is_text() {
        assert_eq!(
            Rich::from_html("a < b <br> </p> &nbsp; <b>c").plain(),
            "a < b <br> </p> &nbsp; c"
        );
    }

    #[test]
    fn parts_end_at_paragraphs_then_lines_then_words() {
        let parts = |text: &str| -> Vec<String> {
            Rich::text(text).split(10).iter().map(Rich::plain).collect()
        };
        assert_eq!(parts("12345 78\n\n1234"), ["12345 78", "1234"]);
        assert_eq!(parts("123456\n789 234"), ["123456", "789 234"]);
        assert_eq!(parts("1234 6789 1234"), ["1234 6789", "1234"]);
        assert_eq!(parts("12345678901234"), ["1234567890", "1234"]);
        assert_eq!(parts("123456789👍🏽"), ["123456789", "👍🏽"]);
        assert_eq!(parts("          \n          x"), ["x"]);
    }

    #[test]
    fn formatting_goes_on_in_the_next_part() {
        let parts = Rich::from_html("<b>bold words here</b>").split(10);
        let parts: Vec<_> = parts.iter().map(Rich::html).collect();
        assert_eq!(parts, ["<b>bold words</b>", "<b>here</b>"]);
    }
}
