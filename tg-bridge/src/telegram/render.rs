//! Okdesk HTML, which may be a whole document from a mail program, as text Telegram can show.

use super::{Rich, Style};
use okdesk_sdk::model::Html;
use scraper::{ElementRef, Node};

/// Longer input is cut: a mail with a picture inside its text can be megabytes long.
const MOST_BYTES: usize = 200_000;
/// More tags are cut.
const MOST_TAGS: usize = 20_000;
/// More tags open at once are cut: the parser's time grows with the square of their number.
const MOST_OPEN: usize = 1_000;
/// Deeper nesting becomes flat text.
const DEEPEST: usize = 100;
/// Longer addresses are written by nobody and refused by Telegram.
const LONGEST_LINK: usize = 2048;

/// Renders HTML; `image` is the word that stands where a picture was.
pub fn render(html: &Html, image: &str) -> Rich {
    let (input, whole) = bounded(html.as_str());
    let tree = scraper::Html::parse_fragment(input);
    let mut page = Page {
        image,
        ..Page::default()
    };
    page.children(tree.root_element(), &Place::default(), 0);
    if !whole {
        page.write("…", &Place::default());
    }
    page.out
}

fn bounded(html: &str) -> (&str, bool) {
    let mut end = html.floor_char_boundary(MOST_BYTES);
    let mut open = 0_usize;
    for (count, (at, _)) in html.match_indices('<').enumerate() {
        let tag = html.get(at + 1..).unwrap_or("");
        let name = tag
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or("");
        if tag.starts_with('/') {
            open = open.saturating_sub(1);
        } else if !name.is_empty() && !ALONE.iter().any(|alone| name.eq_ignore_ascii_case(alone)) {
            open += 1;
        }
        if count >= MOST_TAGS || open > MOST_OPEN || at >= end {
            end = end.min(at);
            break;
        }
    }
    (html.get(..end).unwrap_or(html), end == html.len())
}

/// Elements that need no end tag.
const ALONE: &[&str] = &[
    "br", "img", "hr", "meta", "link", "input", "col", "wbr", "p", "li", "td", "th", "tr", "dt",
    "dd", "option",
];

/// Where the walk stands.
#[derive(Clone, Default)]
struct Place {
    style: Style,
    /// Depth of lists, for indentation.
    lists: usize,
}

/// What has been written, and what the next word needs before it.
#[derive(Default)]
struct Page<'a> {
    image: &'a str,
    out: Rich,
    last: Style,
    breaks: usize,
    space: bool,
    cell: bool,
    /// A bullet was just written: the block inside the item needs no new line.
    bullet: bool,
}

impl Page<'_> {
    fn children(&mut self, element: ElementRef<'_>, place: &Place, depth: usize) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.text(text, place),
                Node::Element(_) => {
                    let Some(child) = ElementRef::wrap(child) else {
                        continue;
                    };
                    if depth < DEEPEST {
                        self.element(child, place, depth + 1);
                    } else {
                        let hidden = |name| matches!(name, "script" | "style");
                        for node in child.descendants() {
                            let parent = node.parent().and_then(ElementRef::wrap);
                            if let Node::Text(text) = node.value()
                                && !parent.is_some_and(|parent| hidden(parent.value().name()))
                            {
                                self.text(text, place);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>, place: &Place, depth: usize) {
        let tag = element.value();
        let style = tag
            .attr("style")
            .map(|style| style.replace(' ', "").to_ascii_lowercase());
        if tag.attr("hidden").is_some() || style.is_some_and(|style| style.contains("display:none"))
        {
            return;
        }
        let mut inner = place.clone();
        let name = tag.name();
        match name {
            "head" | "script" | "style" | "title" | "template" | "object" | "iframe" | "svg" => {
                return;
            }
            "br" => {
                self.space = false;
                self.bullet = false;
                self.breaks = (self.breaks + 1).min(2);
                return;
            }
            "hr" => {
                self.block(1);
                self.write("———", place);
                self.block(1);
                return;
            }
            "img" => return self.picture(element, place),
            "a" => return self.link(element, place, depth),
            "ol" | "ul" => return self.list(element, place, depth),
            "td" | "th" => {
                self.cell = element
                    .prev_siblings()
                    .filter_map(ElementRef::wrap)
                    .next()
                    .is_some();
                inner.style.bold |= name == "th";
            }
            "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => inner.style.bold = true,
            "i" | "em" | "cite" | "dfn" => inner.style.italic = true,
            "u" | "ins" => inner.style.underline = true,
            "s" | "strike" | "del" => inner.style.strike = true,
            "code" | "kbd" | "samp" | "tt" => inner.style.code = true,
            "pre" => inner.style.pre = true,
            "blockquote" => inner.style.quote = true,
            _ => {}
        }
        let apart = match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => 2,
            // An item outside a list still stands on its own line.
            "li" | "div" | "tr" | "table" | "blockquote" | "pre" | "section" | "article"
            | "header" | "footer" | "dl" | "dt" | "dd" | "center" | "form" | "fieldset"
            | "figure" | "figcaption" | "address" | "body" => 1,
            _ => 0,
        };
        self.block(apart);
        self.children(element, &inner, depth);
        self.block(apart);
    }

    fn list(&mut self, list: ElementRef<'_>, place: &Place, depth: usize) {
        let mut number = match list.value().name() {
            "ol" => Some(
                list.value()
                    .attr("start")
                    .and_then(|start| start.trim().parse::<i32>().ok())
                    .unwrap_or(1),
            ),
            _ => None,
        };
        let inner = Place {
            lists: place.lists + 1,
            ..place.clone()
        };
        let plain = Place {
            style: Style {
                quote: place.style.quote,
                ..Style::default()
            },
            ..inner.clone()
        };
        self.bullet = false;
        self.block(1);
        if place.lists > 0 {
            self.breaks = 1;
        }
        for item in list.children().filter_map(ElementRef::wrap) {
            self.block(1);
            if item.value().name() != "li" {
                self.element(item, &inner, depth);
                continue;
            }
            let indent = "\u{a0}\u{a0}".repeat(place.lists.min(8));
            let bullet = number.map_or("• ".to_owned(), |number| format!("{number}. "));
            number = number.map(|number| number.saturating_add(1));
            self.write(&format!("{indent}{bullet}"), &plain);
            self.bullet = true;
            self.children(item, &inner, depth);
            self.bullet = false;
        }
        self.block(1);
    }

    fn link(&mut self, link: ElementRef<'_>, place: &Place, depth: usize) {
        let href = link.value().attr("href").unwrap_or("").trim();
        let words: String = link.text().collect();
        let mut inner = place.clone();
        let web = href.len() <= LONGEST_LINK
            && url::Url::parse(href)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let address = href
            .strip_prefix("mailto:")
            .or_else(|| href.strip_prefix("tel:"));
        if web && !place.style.pre && !place.style.code {
            inner.style.link = Some(href.into());
            let before = self.out.len();
            self.children(link, &inner, depth);
            if self.out.len() == before {
                self.text(href, &inner);
            }
            return;
        }
        self.children(link, &inner, depth);
        let beside = if web {
            Some(href)
        } else {
            address.map(|address| address.split('?').next().unwrap_or(address))
        };
        if let Some(beside) = beside.filter(|beside| !beside.is_empty() && !words.contains(beside))
        {
            let beside = if words.trim().is_empty() {
                beside.to_owned()
            } else {
                format!(" ({beside})")
            };
            self.text(&beside, place);
        }
    }

    fn picture(&mut self, picture: ElementRef<'_>, place: &Place) {
        let tiny = |name| {
            picture
                .value()
                .attr(name)
                .is_some_and(|size| matches!(size.trim(), "0" | "1" | "0px" | "1px"))
        };
        if tiny("width") || tiny("height") {
            return;
        }
        let alt = picture.value().attr("alt").unwrap_or("").trim();
        let image = self.image;
        let words = if alt.is_empty() {
            format!("[{image}]")
        } else {
            format!("[{image}: {alt}]")
        };
        self.text(&words, place);
    }

    /// The next word stands this many line ends further at least.
    fn block(&mut self, breaks: usize) {
        if breaks > 0 && !self.bullet {
            self.space = false;
            self.breaks = self.breaks.max(breaks);
        }
    }

    fn text(&mut self, text: &str, place: &Place) {
        if place.style.pre {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            if !text.is_empty() {
                self.write(&text, place);
            }
            return;
        }
        let mut words = text.split(char::is_whitespace).peekable();
        while let Some(word) = words.next() {
            if !word.is_empty() {
                self.write(word, place);
            }
            self.space |= words.peek().is_some();
        }
    }

    /// Writes what the walk has asked for – line ends, a column mark, a space – and then the words.
    fn write(&mut self, words: &str, place: &Place) {
        let words: String = words
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect();
        if words.is_empty() {
            return;
        }
        let between = if self.last == place.style {
            place.style.clone()
        } else {
            Style {
                quote: self.last.quote && place.style.quote,
                ..Style::default()
            }
        };
        if !self.out.is_empty() {
            if self.breaks > 0 {
                self.out
                    .push(if self.breaks > 1 { "\n\n" } else { "\n" }, &between);
            } else if self.cell {
                self.out.push(
                    " | ",
                    &Style {
                        quote: between.quote,
                        ..Style::default()
                    },
                );
            } else if self.space && !self.bullet {
                self.out.push(" ", &between);
            }
        }
        (self.breaks, self.space, self.cell, self.bullet) = (0, false, false, false);
        self.last = place.style.clone();
        self.out.push(&words, &place.style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(input: &str) -> String {
        render(&Html::new(input), "изображение").html()
    }

    #[test]
    fn blocks_and_line_ends() {
        assert_eq!(html("<p>one</p>\n<p>two</p>"), "one\n\ntwo");
        assert_eq!(html("<div>one<br></div><div>two</div>"), "one\ntwo");
        assert_eq!(
            html("<div>one</div><div><br></div><div>two</div>"),
            "one\n\ntwo"
        );
        assert_eq!(html("a<br>\n<br>\n<br>b"), "a\n\nb");
        assert_eq!(html("  a \n b&nbsp;c  "), "a b c");
        assert_eq!(html("a<b> b </b>c"), "a <b>b</b> c");
    }

    #[test]
    fn lists_tables_and_quotes() {
        assert_eq!(
            html("x<ul><li>a</li><li><p>b</p><ol start=3><li>c</ol></li></ul>y"),
            "x\n• a\n• b\n\u{a0}\u{a0}3. c\ny"
        );
        assert_eq!(
            html("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"),
            "<b>a</b> | <b>b</b>\n1 | 2"
        );
        assert_eq!(
            html("<blockquote>a<blockquote>b</blockquote></blockquote>c"),
            "<blockquote>a\nb</blockquote>\nc"
        );
        assert_eq!(html("<pre>a\n  b</pre>c"), "<pre>a\n  b</pre>\nc");
    }

    #[test]
    fn links_of_the_web_stay_links() {
        assert_eq!(
            html(r#"<a href="https://x.ru/?a=1&b=2">here</a>"#),
            r#"<a href="https://x.ru/?a=1&amp;b=2">here</a>"#
        );
        assert_eq!(
            html(r#"<a href="https://x.ru/"></a>"#),
            r#"<a href="https://x.ru/">https://x.ru/</a>"#
        );
        assert_eq!(
            html(r#"<a href="mailto:a@b.ru?subject=x">write</a>"#),
            "write (a@b.ru)"
        );
        assert_eq!(html(r#"<a href="tel:+7999">+7999</a>"#), "+7999");
        assert_eq!(html(r#"<a href="javascript:alert(1)">x</a>"#), "x");
        assert_eq!(
            html(r#"<pre><a href="https://x.ru/">x</a></pre>"#),
            "<pre>x (https://x.ru/)</pre>"
        );
    }

    #[test]
    fn pictures_and_what_nobody_sees() {
        assert_eq!(
            html(r#"a <img src="/issues/1/attachments/2"> b"#),
            "a [изображение] b"
        );
        assert_eq!(html(r#"<img alt="схема">"#), "[изображение: схема]");
        assert_eq!(
            html(r#"a<img width="1" height="1" src="https://t.ru/">"#),
            "a"
        );
        assert_eq!(
            html(
                "<head><title>t</title></head><style>p{}</style><script>x()</script>a<!-- c --><span style='display: none'>h</span>"
            ),
            "a"
        );
    }

    #[test]
    fn stray_signs_stay_signs() {
        assert_eq!(
            html("x < 5 и y > 3 &amp; &laquo;z&raquo;"),
            "x &lt; 5 и y &gt; 3 &amp; «z»"
        );
    }

    #[test]
    fn size_and_depth_are_bounded() {
        assert_eq!(html(&("<div>".repeat(50_000) + "x")), "…");
        assert_eq!(html(&("<div>".repeat(900) + "x")), "x");
        assert_eq!(html(&"<p>x".repeat(3_000)).matches('x').count(), 3_000);
        let long = html(&"ж".repeat(300_000));
        assert_eq!(long.chars().count(), 100_001);
    }
}
