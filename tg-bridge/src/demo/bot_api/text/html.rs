//! The parser of Telegram HTML. It accepts and refuses what Telegram's own parser does, with the same words and byte
//! offsets; a differential test compares it with TDLib.

use super::entity::{Entity, EntityKind, sort};
use super::{Formatted, checked_link, is_space, link_user_id};

const TAGS: [&str; 17] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// An opened tag that waits for its end.
struct Open {
    tag: String,
    argument: String,
    date: i64,
    /// Where its content begins, in UTF-16 units and in bytes of the output.
    offset: usize,
    start: usize,
}

struct Parser<'a> {
    source: &'a [u8],
    at: usize,
    text: Vec<u8>,
    utf16: usize,
    lone_surrogate: bool,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

pub(super) fn parse(source: &str) -> Result<Formatted, String> {
    let mut parser = Parser {
        source: source.as_bytes(),
        at: 0,
        text: Vec::with_capacity(source.len()),
        utf16: 0,
        lone_surrogate: false,
        open: Vec::new(),
        entities: Vec::new(),
    };
    while parser.at < parser.source.len() {
        match parser.byte() {
            b'&' => match parser.character_reference() {
                Some(code) => parser.push_code(code),
                None => parser.push_byte(b'&'),
            },
            b'<' if parser.peek(1) == b'/' => parser.end_tag()?,
            b'<' => parser.start_tag()?,
            byte => parser.push_byte(byte),
        }
    }
    if let Some(open) = parser.open.last() {
        return Err(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            open.tag
        ));
    }
    for entity in &mut parser.entities {
        // A language without a surrounding <pre> means nothing.
        if entity.kind == EntityKind::Code {
            entity.argument = None;
        }
    }
    sort(&mut parser.entities);
    if parser.lone_surrogate {
        return Err("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched \
                    surrogate code units"
            .into());
    }
    Ok(Formatted {
        text: String::from_utf8_lossy(&parser.text).into_owned(),
        entities: parser.entities,
    })
}

impl Parser<'_> {
    /// Behind the end a NUL is read, so that every loop stops there.
    fn peek(&self, ahead: usize) -> u8 {
        self.source.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn byte(&self) -> u8 {
        self.peek(0)
    }

    fn take_while(&mut self, accepted: impl Fn(u8) -> bool) -> String {
        let start = self.at;
        while self.at < self.source.len() && accepted(self.byte()) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.source[start..self.at]).into_owned()
    }

    fn skip_spaces(&mut self) {
        while self.byte() != 0 && is_space(self.byte()) {
            self.at += 1;
        }
    }

    fn push_byte(&mut self, byte: u8) {
        // Continuation bytes count with their first byte; four bytes are a surrogate pair.
        if byte & 0xc0 != 0x80 {
            self.utf16 += if byte >= 0xf0 { 2 } else { 1 };
        }
        self.text.push(byte);
        self.at += 1;
    }

    fn push_code(&mut self, code: u32) {
        self.utf16 += if code > 0xffff { 2 } else { 1 };
        push_utf8(&mut self.text, code, &mut self.lone_surrogate);
    }

    /// Reads `&lt;`, `&#60;`, `&#x3c;` – the semicolon may be missing – or leaves the position where it is.
    fn character_reference(&mut self) -> Option<u32> {
        let mut end = self.at + 1;
        let at = |index: usize| self.source.get(index).copied().unwrap_or(0);
        let code = if at(end) == b'#' {
            end += 1;
            let radix = if at(end) == b'x' { 16 } else { 10 };
            if radix == 16 {
                end += 1;
            }
            let mut code = 0u32;
            while let Some(digit) = char::from(at(end)).to_digit(radix) {
                code = code.wrapping_mul(radix).wrapping_add(digit);
                end += 1;
            }
            if code == 0 || code >= 0x0010_ffff || end - self.at >= 10 {
                return None;
            }
            code
        } else {
            while at(end).is_ascii_alphabetic() {
                end += 1;
            }
            u32::from(match &self.source[self.at + 1..end] {
                b"lt" => b'<',
                b"gt" => b'>',
                b"amp" => b'&',
                b"quot" => b'"',
                _ => return None,
            })
        };
        self.at = if at(end) == b';' { end + 1 } else { end };
        Some(code)
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        self.at += 1;
        let mut tag = self.take_while(|byte| !is_space(byte) && byte != b'>');
        if self.byte() == 0 {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        tag.make_ascii_lowercase();
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!(
                "Unsupported start tag \"{tag}\" at byte offset {begin}"
            ));
        }
        let mut open = Open {
            tag,
            argument: String::new(),
            date: 0,
            offset: self.utf16,
            start: self.text.len(),
        };
        while self.byte() != b'>' {
            self.skip_spaces();
            if self.byte() == b'>' {
                break;
            }
            self.attribute(begin, &mut open)?;
        }
        self.at += 1;
        if open.tag == "span" && open.argument != "spoiler" {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            ));
        }
        self.open.push(open);
        Ok(())
    }

    fn attribute(&mut self, begin: usize, open: &mut Open) -> Result<(), String> {
        let name = self.take_while(|byte| {
            !is_space(byte) && !matches!(byte, b'=' | b'>' | b'/' | b'"' | b'\'')
        });
        if name.is_empty() {
            return Err(format!(
                "Empty attribute name in the tag \"{}\" at byte offset {begin}",
                open.tag
            ));
        }
        self.skip_spaces();
        let unclosed_tag = || format!("Unclosed start tag \"{}\" at byte offset {begin}", open.tag);
        if self.byte() != b'=' {
            if self.byte() == 0 {
                return Err(unclosed_tag());
            }
            if open.tag == "blockquote" && name == "expandable" {
                open.argument = "1".into();
            }
            return Ok(());
        }
        self.at += 1;
        self.skip_spaces();
        if self.byte() == 0 {
            return Err(unclosed_tag());
        }
        let value = match self.byte() {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            _ => {
                let token = self.at;
                let value = self
                    .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
                if !is_space(self.byte()) && self.byte() != b'>' {
                    return Err(format!(
                        "Unexpected end of name token at byte offset {token}"
                    ));
                }
                value.to_ascii_lowercase()
            }
        };
        if self.byte() == 0 {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        match (open.tag.as_str(), name.as_str()) {
            ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "format") => {
                open.argument = value
            }
            ("code", "class") => {
                if let Some(language) = value.strip_prefix("language-") {
                    open.argument = language.into();
                }
            }
            ("span", "class") => {
                if let Some(class) = value.strip_prefix("tg-") {
                    open.argument = class.into();
                }
            }
            ("blockquote", "expandable") => open.argument = "1".into(),
            ("tg-time", "unix") => open.date = leading_integer(&value),
            _ => {}
        }
        Ok(())
    }

    fn quoted(&mut self, quote: u8) -> String {
        self.at += 1;
        let mut value = Vec::new();
        while self.byte() != quote && self.byte() != 0 {
            if self.byte() == b'&'
                && let Some(code) = self.character_reference()
            {
                push_utf8(&mut value, code, &mut false);
                continue;
            }
            value.push(self.byte());
            self.at += 1;
        }
        if self.byte() == quote {
            self.at += 1;
        }
        String::from_utf8_lossy(&value).into_owned()
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        self.at += 2;
        let tag = self
            .take_while(|byte| !is_space(byte) && byte != b'>')
            .to_ascii_lowercase();
        self.skip_spaces();
        if self.byte() != b'>' {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        if !tag.is_empty() && tag != open.tag {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{tag}>\"",
                open.tag
            ));
        }
        self.at += 1;
        if self.utf16 > open.offset {
            self.close(open)
        } else {
            Ok(())
        }
    }

    fn close(&mut self, open: Open) -> Result<(), String> {
        let (offset, length) = (open.offset, self.utf16 - open.offset);
        let plain = |kind| Entity::new(kind, offset, length);
        // <pre><code class="language-x"> and the other way round are one block when they cover the same text.
        let inner = self
            .entities
            .last_mut()
            .filter(|inner| inner.offset == offset && inner.length == length);
        let entity = match open.tag.as_str() {
            "i" | "em" => plain(EntityKind::Italic),
            "b" | "strong" => plain(EntityKind::Bold),
            "s" | "strike" | "del" => plain(EntityKind::Strikethrough),
            "u" | "ins" => plain(EntityKind::Underline),
            "tg-spoiler" | "span" => plain(EntityKind::Spoiler),
            "blockquote" if open.argument.is_empty() => plain(EntityKind::Blockquote),
            "blockquote" => plain(EntityKind::ExpandableBlockquote),
            "tg-emoji" => match open.argument.parse::<i64>() {
                Ok(id) if id != 0 => {
                    Entity::with(EntityKind::CustomEmoji, offset, length, open.argument)
                }
                _ => return Err("Invalid custom emoji identifier specified".into()),
            },
            "tg-time" => {
                let entity = date_time(open.date, open.argument, offset, length)?;
                if open.date <= 0 {
                    return Ok(());
                }
                entity
            }
            "a" => {
                let url = match open.argument.as_str() {
                    "" => String::from_utf8_lossy(&self.text[open.start..]).into_owned(),
                    given => given.to_owned(),
                };
                match (link_user_id(&url), checked_link(&url)) {
                    (Some(id), _) => Entity {
                        number: Some(id),
                        ..plain(EntityKind::TextMention)
                    },
                    (None, Some(url)) => Entity::with(EntityKind::TextLink, offset, length, url),
                    // Telegram keeps the words and silently forgets the link.
                    (None, None) => return Ok(()),
                }
            }
            "pre" => match inner {
                Some(code) if code.kind == EntityKind::Code && code.argument.is_some() => {
                    code.kind = EntityKind::Pre;
                    return Ok(());
                }
                _ => plain(EntityKind::Pre),
            },
            _code => match inner {
                Some(pre)
                    if pre.kind == EntityKind::Pre
                        && pre.argument.is_none()
                        && !open.argument.is_empty() =>
                {
                    pre.argument = Some(open.argument);
                    return Ok(());
                }
                _ => Entity {
                    argument: Some(open.argument).filter(|language| !language.is_empty()),
                    ..plain(EntityKind::Code)
                },
            },
        };
        self.entities.push(entity);
        Ok(())
    }
}

/// The formats Telegram knows: `r` alone, or any of `w`, `d`/`D`, `t`/`T`.
pub(super) fn date_time(
    date: i64,
    format: String,
    offset: usize,
    length: usize,
) -> Result<Entity, String> {
    let known = matches!(format.as_str(), "r" | "R")
        || format
            .bytes()
            .all(|letter| matches!(letter, b't' | b'T' | b'd' | b'D' | b'w' | b'W'));
    if !known {
        return Err("Invalid date format used".into());
    }
    Ok(Entity {
        number: Some(date),
        ..Entity::with(EntityKind::DateTime, offset, length, format)
    })
}

fn leading_integer(text: &str) -> i64 {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits)
        .and_then(|digits| digits.parse::<i32>().ok())
        .map_or(0, i64::from)
}

fn push_utf8(out: &mut Vec<u8>, code: u32, lone_surrogate: &mut bool) {
    let character = char::from_u32(code).unwrap_or_else(|| {
        *lone_surrogate = true;
        char::REPLACEMENT_CHARACTER
    });
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
