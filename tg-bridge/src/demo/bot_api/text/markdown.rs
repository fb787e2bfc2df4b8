//! The parser of MarkdownV2, with Telegram's words and byte offsets; checked against TDLib like its HTML sister.

use super::entity::{Entity, EntityKind, sort};
use super::html::date_time;
use super::{Formatted, checked_link, is_space, link_user_id};

/// What an opened mark is, by TDLib's names, which appear in its errors.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre,
    PreCode,
    TextUrl,
    CustomEmoji,
    BlockQuote,
}

struct Open {
    mark: Mark,
    argument: String,
    /// Where its content begins in the output, in UTF-16 units and bytes, and where the mark stands in the source.
    offset: usize,
    start: usize,
    source: usize,
}

struct Parser<'a> {
    source: &'a [u8],
    at: usize,
    text: Vec<u8>,
    utf16: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
    in_quote: bool,
    /// Only blanks that do not count have come since the line began.
    may_quote: bool,
}

pub(super) fn parse(source: &str) -> Result<Formatted, String> {
    let mut parser = Parser {
        source: source.as_bytes(),
        at: 0,
        text: Vec::with_capacity(source.len()),
        utf16: 0,
        open: Vec::new(),
        entities: Vec::new(),
        in_quote: false,
        may_quote: true,
    };
    while parser.at < parser.source.len() {
        parser.step()?;
    }
    parser.finish_quote();
    if let Some(open) = parser.open.last() {
        return Err(cannot_find_end(open));
    }
    sort(&mut parser.entities);
    Ok(Formatted {
        text: String::from_utf8_lossy(&parser.text).into_owned(),
        entities: parser.entities,
    })
}

fn cannot_find_end(open: &Open) -> String {
    format!(
        "Can't find end of {:?} entity at byte offset {}",
        open.mark, open.source
    )
}

fn reserved(byte: u8) -> String {
    format!(
        "Character '{}' is reserved and must be escaped with the preceding '\\'",
        char::from(byte)
    )
}

impl Parser<'_> {
    /// Behind the end a NUL is read.
    fn peek(&self, ahead: usize) -> u8 {
        self.source.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn top(&self) -> Option<Mark> {
        self.open.last().map(|open| open.mark)
    }

    fn push(&mut self, byte: u8) {
        if byte & 0xc0 != 0x80 {
            self.utf16 += if byte >= 0xf0 { 2 } else { 1 };
        }
        self.text.push(byte);
    }

    fn step(&mut self) -> Result<(), String> {
        let byte = self.peek(0);
        if byte == b'\\' && (1..=126).contains(&self.peek(1)) {
            let escaped = self.peek(1);
            self.push(escaped);
            self.at += 2;
            if escaped != b'\r' {
                self.may_quote = escaped == b'\n';
            }
            return Ok(());
        }
        let special: &[u8] = match self.top() {
            Some(Mark::Code | Mark::Pre | Mark::PreCode) => b"`",
            _ => b"_*[]()~`>#+-=|{}.!\n",
        };
        if !special.contains(&byte) {
            self.push(byte);
            self.at += 1;
            if byte != b'\r' && byte & 0xc0 != 0x80 {
                self.may_quote = false;
            }
            return Ok(());
        }
        if self.ends_here(byte) {
            self.end(byte)
        } else {
            self.begin(byte)
        }
    }

    fn ends_here(&self, byte: u8) -> bool {
        let Some(mark) = self.top() else { return false };
        let last = self.at + 1 == self.source.len();
        if self.in_quote && byte == b'\n' && (last || self.peek(1) != b'>') {
            return true;
        }
        match mark {
            Mark::Bold => byte == b'*',
            Mark::Italic => byte == b'_' && self.peek(1) != b'_',
            Mark::Underline => byte == b'_' && self.peek(1) == b'_',
            Mark::Strikethrough => byte == b'~',
            Mark::Spoiler => byte == b'|' && self.peek(1) == b'|',
            Mark::Code => byte == b'`',
            Mark::Pre | Mark::PreCode => {
                byte == b'`' && self.peek(1) == b'`' && self.peek(2) == b'`'
            }
            Mark::TextUrl | Mark::CustomEmoji => byte == b']',
            Mark::BlockQuote => false,
        }
    }

    fn begin(&mut self, byte: u8) -> Result<(), String> {
        let source = self.at;
        let mut argument = String::new();
        let double = self.peek(1) == byte;
        let (mark, length) = match byte {
            b'_' if double => (Mark::Underline, 2),
            b'_' => (Mark::Italic, 1),
            b'*' => (Mark::Bold, 1),
            b'~' => (Mark::Strikethrough, 1),
            b'|' if double => (Mark::Spoiler, 2),
            b'[' => (Mark::TextUrl, 1),
            b'!' if self.peek(1) == b'[' => (Mark::CustomEmoji, 2),
            b'`' if double && self.peek(2) == b'`' => self.code_block(&mut argument),
            b'`' => (Mark::Code, 1),
            b'\n' => {
                self.push(byte);
                self.at += 1;
                self.may_quote = true;
                return Ok(());
            }
            b'>' if self.may_quote && self.in_quote => {
                self.at += 1;
                return Ok(());
            }
            b'>' if self.may_quote => {
                self.in_quote = true;
                (Mark::BlockQuote, 1)
            }
            other => return Err(reserved(other)),
        };
        self.at += length;
        self.open.push(Open {
            mark,
            argument,
            offset: self.utf16,
            start: self.text.len(),
            source,
        });
        Ok(())
    }

    /// The fence with its language and one line break, as long as it is.
    fn code_block(&self, language: &mut String) -> (Mark, usize) {
        let mut length = 3;
        let mut end = length;
        while self.at + end < self.source.len()
            && !is_space(self.peek(end))
            && self.peek(end) != b'`'
        {
            end += 1;
        }
        let mut mark = Mark::Pre;
        if end > length && self.at + end < self.source.len() && self.peek(end) != b'`' {
            mark = Mark::PreCode;
            *language =
                String::from_utf8_lossy(&self.source[self.at + length..self.at + end]).into_owned();
            length = end;
        }
        let is_break = |byte: u8| byte == b'\n' || byte == b'\r';
        if is_break(self.peek(length)) {
            let pair =
                is_break(self.peek(length + 1)) && self.peek(length) != self.peek(length + 1);
            length += if pair { 2 } else { 1 };
        }
        (mark, length)
    }

    fn end(&mut self, byte: u8) -> Result<(), String> {
        let Some(mut open) = self.open.pop() else {
            return Ok(());
        };
        if byte == b'\n' && open.mark != Mark::BlockQuote {
            return self.end_expandable(&open);
        }
        let (offset, length) = (open.offset, self.utf16 - open.offset);
        let mut entity = None;
        match open.mark {
            Mark::Bold => entity = Some(Entity::new(EntityKind::Bold, offset, length)),
            Mark::Italic => entity = Some(Entity::new(EntityKind::Italic, offset, length)),
            Mark::Strikethrough => {
                entity = Some(Entity::new(EntityKind::Strikethrough, offset, length))
            }
            Mark::Code => entity = Some(Entity::new(EntityKind::Code, offset, length)),
            Mark::Underline => {
                entity = Some(Entity::new(EntityKind::Underline, offset, length));
                self.at += 1;
            }
            Mark::Spoiler => {
                entity = Some(Entity::new(EntityKind::Spoiler, offset, length));
                self.at += 1;
            }
            Mark::Pre | Mark::PreCode => {
                let language =
                    Some(std::mem::take(&mut open.argument)).filter(|_| open.mark == Mark::PreCode);
                entity = Some(Entity {
                    argument: language,
                    ..Entity::new(EntityKind::Pre, offset, length)
                });
                self.at += 2;
            }
            Mark::TextUrl => {
                let url = match self.peek(1) {
                    b'(' => self.address()?,
                    _ => String::from_utf8_lossy(&self.text[open.start..]).into_owned(),
                };
                entity = match (link_user_id(&url), checked_link(&url)) {
                    (Some(id), _) => Some(Entity {
                        number: Some(id),
                        ..Entity::new(EntityKind::TextMention, offset, length)
                    }),
                    (None, Some(url)) => {
                        Some(Entity::with(EntityKind::TextLink, offset, length, url))
                    }
                    (None, None) => None,
                };
            }
            Mark::CustomEmoji => {
                if self.peek(1) != b'(' {
                    return Err("The entity must contain a tg://emoji or tg://time URL".into());
                }
                let url = self.address()?;
                entity = Some(special(&url, offset, length)?);
            }
            Mark::BlockQuote => self.close_quote(EntityKind::Blockquote, offset),
        }
        self.at += 1;
        if length > 0 {
            self.entities.extend(entity);
        }
        Ok(())
    }

    /// The line break behind `||` that ends an expandable quote.
    fn end_expandable(&mut self, open: &Open) -> Result<(), String> {
        let returned = self.text.last() == Some(&b'\r');
        let just_opened = open.source + 2 == self.at || (open.source + 3 == self.at && returned);
        if open.mark != Mark::Spoiler || !just_opened {
            return Err(cannot_find_end(open));
        }
        match self.open.pop() {
            Some(quote) if quote.mark == Mark::BlockQuote => {
                self.close_quote(EntityKind::ExpandableBlockquote, quote.offset);
                self.at += 1;
                Ok(())
            }
            Some(other) => Err(cannot_find_end(&other)),
            None => Err(cannot_find_end(open)),
        }
    }

    /// The line break belongs to the quote.
    fn close_quote(&mut self, kind: EntityKind, offset: usize) {
        self.in_quote = false;
        self.push(b'\n');
        self.may_quote = true;
        self.entities
            .push(Entity::new(kind, offset, self.utf16 - offset));
    }

    /// A quote may end with the text.
    fn finish_quote(&mut self) {
        if !self.in_quote {
            return;
        }
        let expands = self
            .open
            .last()
            .is_some_and(|open| open.mark == Mark::Spoiler && open.source + 2 == self.source.len());
        if expands {
            self.open.pop();
        }
        if self.top() == Some(Mark::BlockQuote)
            && let Some(quote) = self.open.pop()
            && self.utf16 > quote.offset
        {
            let kind = if expands {
                EntityKind::ExpandableBlockquote
            } else {
                EntityKind::Blockquote
            };
            self.entities
                .push(Entity::new(kind, quote.offset, self.utf16 - quote.offset));
        }
    }

    /// Reads `(…)` behind the bracket; stops on the closing one.
    fn address(&mut self) -> Result<String, String> {
        self.at += 2;
        let begin = self.at;
        let mut url = Vec::new();
        while self.at < self.source.len() && self.peek(0) != b')' {
            if self.peek(0) == b'\\' && (1..=126).contains(&self.peek(1)) {
                self.at += 1;
            }
            url.push(self.peek(0));
            self.at += 1;
        }
        if self.peek(0) != b')' {
            return Err(format!("Can't find end of a URL at byte offset {begin}"));
        }
        Ok(String::from_utf8_lossy(&url).into_owned())
    }
}

/// `tg://emoji?id=…` and `tg://time?unix=…&format=…`.
fn special(url: &str, offset: usize, length: usize) -> Result<Entity, String> {
    let wrong = || "Invalid tg://emoji or tg://time URL specified".to_owned();
    let lower = url.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("tg:")
        .map(|rest| rest.strip_prefix("//").unwrap_or(rest))
        .ok_or_else(wrong)?;
    let (host, query) = rest.split_once('?').ok_or_else(wrong)?;
    // The format's letters keep their case.
    let query = &url[url.len() - query.len()..];
    let query = query.split('#').next().unwrap_or(query);
    let value = |key: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
    };
    match host.trim_end_matches('/') {
        "emoji" => {
            let id = value("id")
                .filter(|id| id.parse::<i64>().is_ok_and(|id| id != 0))
                .ok_or_else(wrong)?;
            Ok(Entity::with(
                EntityKind::CustomEmoji,
                offset,
                length,
                id.to_owned(),
            ))
        }
        "time" => {
            let date = value("unix")
                .and_then(|date| date.parse::<i32>().ok())
                .filter(|date| *date > 0)
                .ok_or_else(wrong)?;
            let format = value("format").unwrap_or_default().to_owned();
            date_time(i64::from(date), format, offset, length).map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}
