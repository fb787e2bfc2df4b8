//! The parser of MarkdownV2, with Telegram's words and byte offsets.

use super::Formatted;

pub(super) fn parse(source: &str) -> Result<Formatted, String> {
    let _ = source;
    Err("not yet".into())
}
