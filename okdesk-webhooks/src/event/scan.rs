//! A text that should be JSON, gone over once and checked to its last byte, while nothing of it is kept.
//!
//! Accepts exactly what `serde_json` accepts, to any depth, and takes nothing from the heap before the 64th level. It looks
//! at eight bytes of a string at a time, and hands its place from function to function instead of keeping it in memory.

use std::borrow::Cow;

/// What stands here cannot stand here.
#[derive(Debug)]
pub(super) struct Broken;

/// Where the next thing begins.
type Next = Result<usize, Broken>;

pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The byte to look at next.
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Calls back for each field of an object, to pass its value. A value that is no object is passed.
    #[inline]
    pub(super) fn fields(
        &mut self,
        mut field: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), Broken>,
    ) -> Result<(), Broken> {
        if !self.found(b'{') {
            return self.pass();
        }
        if self.found(b'}') {
            return Ok(());
        }
        loop {
            if self.token() != b'"' {
                return Err(Broken);
            }
            let key = self.string()?;
            if !self.found(b':') {
                return Err(Broken);
            }
            field(self, key)?;
            if !self.found(b',') {
                return if self.found(b'}') {
                    Ok(())
                } else {
                    Err(Broken)
                };
            }
        }
    }

    /// Passes a value and tells how it stands there.
    pub(super) fn value(&mut self) -> Result<&'a str, Broken> {
        self.token();
        let start = self.at;
        self.pass()?;
        Ok(&self.text[start..self.at])
    }

    /// Passes a value and tells its text, if it is one.
    pub(super) fn text(&mut self) -> Result<Option<Cow<'a, str>>, Broken> {
        if self.token() == b'"' {
            self.string().map(Some)
        } else {
            self.pass().map(|()| None)
        }
    }

    /// Passes a value.
    pub(super) fn pass(&mut self) -> Result<(), Broken> {
        self.at = value(self.text.as_bytes(), self.at)?;
        Ok(())
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        self.token();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(Broken)
        }
    }

    /// Passes a string, of which the opening quote is next, and tells its text. Escapes may be in order and still stand for no
    /// text: half a surrogate pair.
    #[inline]
    fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        let start = self.at;
        self.at = string(self.text.as_bytes(), start + 1)?;
        let quoted = &self.text[start..self.at];
        let text = &quoted[1..quoted.len() - 1];
        // Short, as a rule: to ask a library would take longer.
        if text.bytes().any(|byte| byte == b'\\') {
            let text = serde_json::from_str(quoted).map_err(|_| Broken)?;
            return Ok(Cow::Owned(text));
        }
        Ok(Cow::Borrowed(text))
    }

    /// Passes this token if it is next.
    #[inline]
    fn found(&mut self, expected: u8) -> bool {
        let found = self.token() == expected;
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn token(&mut self) -> u8 {
        let (token, at) = token(self.text.as_bytes(), self.at);
        self.at = at;
        token
    }
}

/// A value and all that is in it.
fn value(text: &[u8], mut at: usize) -> Next {
    let mut open = Open::default();
    loop {
        let first;
        (first, at) = token(text, at);
        // Most values are strings.
        if first == b'"' {
            at = string(text, at + 1)?;
        } else {
            at = match first {
                b'{' => {
                    let (token, inside) = token(text, at + 1);
                    if token != b'}' {
                        open.push(OBJECT);
                        at = key(text, inside)?;
                        continue;
                    }
                    inside + 1
                }
                b'[' => {
                    let (token, inside) = token(text, at + 1);
                    if token != b']' {
                        open.push(LIST);
                        at = inside;
                        continue;
                    }
                    inside + 1
                }
                b'n' => word(text, at, b"null")?,
                b't' => word(text, at, b"true")?,
                b'f' => word(text, at, b"false")?,
                _ => number(text, at)?,
            };
        }
        // A value has ended, and may be the last of what it stands in.
        loop {
            let Some(kind) = open.innermost() else {
                return Ok(at);
            };
            let token;
            (token, at) = self::token(text, at);
            at += 1;
            if token == b',' {
                if kind == OBJECT {
                    at = key(text, at)?;
                }
                break;
            }
            if token != if kind == OBJECT { b'}' } else { b']' } {
                return Err(Broken);
            }
            open.pop();
        }
    }
}

/// A key and its colon.
#[inline(always)]
fn key(text: &[u8], at: usize) -> Next {
    let at = expect(text, at, b'"')?;
    let at = string(text, at)?;
    expect(text, at, b':')
}

/// A string, from behind its opening quote.
#[inline(always)]
fn string(text: &[u8], at: usize) -> Next {
    let at = ordinary(text, at);
    if byte(text, at) == b'"' {
        Ok(at + 1)
    } else {
        escaped(text, at)
    }
}

/// The rest of a string, from its first escape.
#[inline(never)]
fn escaped(text: &[u8], mut at: usize) -> Next {
    loop {
        match byte(text, at) {
            b'"' => return Ok(at + 1),
            b'\\' => at += 1,
            // A control character, or the end of the text.
            _ => return Err(Broken),
        }
        match byte(text, at) {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 1,
            b'u' => {
                let digits = text.get(at + 1..at + 5).ok_or(Broken)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Broken);
                }
                at += 5;
            }
            _ => return Err(Broken),
        }
        at = ordinary(text, at);
    }
}

/// What stands for itself in a string.
#[inline(always)]
fn ordinary(text: &[u8], mut at: usize) -> usize {
    while let Some(eight) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let special = special(u64::from_le_bytes(*eight));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < text.len() && text[at] >= b' ' && text[at] != b'"' && text[at] != b'\\' {
        at += 1;
    }
    at
}

/// Eight bytes, of which the lowest with a bit set is the first that ends a string, begins an escape or may not stand in a
/// string. What is set above it means nothing.
#[inline(always)]
fn special(word: u64) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let quote = word ^ (EACH * b'"' as u64);
    let backslash = word ^ (EACH * b'\\' as u64);
    // To take 1 from a byte that is 0, or a blank from a control character, sets its top bit, and by a borrow perhaps that of
    // a byte above.
    let below = quote.wrapping_sub(EACH)
        | backslash.wrapping_sub(EACH)
        | word.wrapping_sub(EACH * b' ' as u64);
    below & !word & (EACH * 0x80)
}

#[inline(always)]
fn word(text: &[u8], at: usize, word: &[u8]) -> Next {
    let end = at + word.len();
    if text.get(at..end) == Some(word) {
        Ok(end)
    } else {
        Err(Broken)
    }
}

#[inline(always)]
fn number(text: &[u8], at: usize) -> Next {
    let at = at + usize::from(byte(text, at) == b'-');
    let at = if byte(text, at) == b'0' {
        at + 1
    } else {
        digits(text, at)?
    };
    if matches!(byte(text, at), b'.' | b'e' | b'E') {
        fraction(text, at)
    } else {
        Ok(at)
    }
}

#[inline(never)]
fn fraction(text: &[u8], mut at: usize) -> Next {
    if byte(text, at) == b'.' {
        at = digits(text, at + 1)?;
    }
    if matches!(byte(text, at), b'e' | b'E') {
        at += 1;
        at += usize::from(matches!(byte(text, at), b'+' | b'-'));
        at = digits(text, at)?;
    }
    Ok(at)
}

/// One digit at least.
#[inline(always)]
fn digits(text: &[u8], at: usize) -> Next {
    let mut end = at;
    while byte(text, end).is_ascii_digit() {
        end += 1;
    }
    if end > at { Ok(end) } else { Err(Broken) }
}

#[inline(always)]
fn expect(text: &[u8], at: usize, expected: u8) -> Next {
    let (token, at) = token(text, at);
    if token == expected {
        Ok(at + 1)
    } else {
        Err(Broken)
    }
}

/// The next byte that is no white space, and its place.
#[inline(always)]
fn token(text: &[u8], at: usize) -> (u8, usize) {
    let next = byte(text, at);
    if next > b' ' {
        (next, at)
    } else {
        token_behind_space(text, at)
    }
}

#[inline(never)]
fn token_behind_space(text: &[u8], mut at: usize) -> (u8, usize) {
    while matches!(byte(text, at), b' ' | b'\n' | b'\r' | b'\t') {
        at += 1;
    }
    (byte(text, at), at)
}

/// Behind the end stands 0, which can stand nowhere in JSON.
#[inline(always)]
fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

const LIST: u64 = 0;
const OBJECT: u64 = 1;

/// The objects and lists that have begun and not ended, a bit for each.
struct Open {
    /// The innermost in the lowest bit, and a 1 above the outermost.
    kinds: u64,
    /// What found no place in `kinds`.
    outer: Vec<u64>,
}

const NONE: u64 = 1;

impl Default for Open {
    fn default() -> Self {
        Self {
            kinds: NONE,
            outer: Vec::new(),
        }
    }
}

impl Open {
    #[inline(always)]
    fn push(&mut self, kind: u64) {
        if self.kinds.leading_zeros() == 0 {
            self.outer.push(self.kinds);
            self.kinds = NONE;
        }
        self.kinds = self.kinds << 1 | kind;
    }

    #[inline(always)]
    fn innermost(&self) -> Option<u64> {
        (self.kinds != NONE).then_some(self.kinds & 1)
    }

    #[inline(always)]
    fn pop(&mut self) {
        self.kinds >>= 1;
        if self.kinds == NONE
            && let Some(kinds) = self.outer.pop()
        {
            self.kinds = kinds;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde::de::IgnoredAny;

    use super::Scanner;

    fn is_json(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.pass().is_ok() && scanner.end().is_ok()
    }

    fn serde_json_accepts(text: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(text).is_ok()
    }

    /// Texts made of what JSON is made of, so that many of them are JSON and most of the others nearly.
    fn pieces() -> impl Strategy<Value = String> {
        let pieces = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\"a\":",
            "\"\"",
            "\"\\u00e9\"",
            "\\ud800",
            "\\u12",
            "\\n",
            "0",
            "-",
            "7",
            "10",
            "01",
            "1.5",
            ".",
            "e",
            "E+2",
            "1e9",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\n",
            "\t",
            "\u{0}",
            "\u{1f}",
            "\u{7f}",
            "принтер",
            "abcdefgh",
            "€",
        ];
        vec(select(pieces.to_vec()), 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn accepts_what_serde_json_accepts(text in pieces()) {
            prop_assert_eq!(is_json(&text), serde_json_accepts(&text), "{}", text);
        }

        #[test]
        fn one_wrong_byte_is_seen_wherever_serde_json_sees_it(at in any::<prop::sample::Index>(), byte in 0u8..0x80) {
            let mut body = include_bytes!("../../bodies/new_comment.json").to_vec();
            let at = at.index(body.len());
            body[at] = byte;
            if let Ok(text) = std::str::from_utf8(&body) {
                prop_assert_eq!(is_json(text), serde_json_accepts(text), "{} at {}", byte, at);
            }
        }
    }

    #[test]
    fn every_character_in_every_place_of_eight() {
        for place in 0..20 {
            for character in '\0'..'\u{100}' {
                let text = format!(
                    "\"{}{character}abcdefgh\"",
                    "я".repeat(place / 2) + &"x".repeat(place % 2)
                );
                assert_eq!(
                    is_json(&text),
                    serde_json_accepts(&text),
                    "{character:?} at {place}"
                );
            }
        }
    }

    #[test]
    fn every_start_of_a_body_is_broken() {
        let body = include_str!("../../bodies/new_comment.json").trim_end();
        assert!(is_json(body));
        for (end, _) in body.char_indices() {
            assert!(!is_json(&body[..end]), "{end} bytes");
        }
    }

    #[test]
    fn what_is_open_is_closed_in_its_own_order_at_any_depth() {
        for depth in [1, 2, 62, 63, 64, 65, 127, 128, 200, 100_000] {
            let opened: String = (0..depth)
                .map(|level| if level % 3 == 0 { "{\"k\":" } else { "[" })
                .collect();
            let closed: String = (0..depth)
                .rev()
                .map(|level| if level % 3 == 0 { '}' } else { ']' })
                .collect();
            assert!(is_json(&format!("{opened}1{closed}")), "{depth}");
            for wrong in [
                format!("{opened}1"),
                format!("{opened}1{closed}]"),
                format!("{opened}1{}", &closed[1..]),
            ] {
                assert!(!is_json(&wrong), "{depth}");
            }
            for at in [0, closed.len() / 2, closed.len() - 1] {
                let mut other = closed.clone().into_bytes();
                other[at] ^= b'}' ^ b']';
                let other = String::from_utf8(other).unwrap();
                assert!(!is_json(&format!("{opened}1{other}")), "{depth}, {at}");
            }
        }
    }
}
