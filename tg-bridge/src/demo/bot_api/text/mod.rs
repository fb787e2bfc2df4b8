//! Formatted text: Telegram's HTML and MarkdownV2 in, plain text and entities out, and safe HTML for a web page.

mod detect;
mod entity;
mod html;
mod link;
mod markdown;
mod page;
mod tidy;

pub(super) use detect::detect;
pub use entity::{Entity, EntityKind};
pub(super) use link::{checked_link, link_error, link_user_id};
pub(super) use page::to_page_html;
pub(super) use tidy::tidy;

/// Plain text with its entities, offsets and lengths in UTF-16 code units as everywhere in the Bot API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The text a reader sees.
    pub text: String,
    /// What is bold, linked and so on.
    pub entities: Vec<Entity>,
}

/// Reads Telegram HTML. The error is what follows `can't parse entities: ` in Telegram's answer.
///
/// ```
/// use tg_bridge::demo::bot_api::parse_html;
///
/// let parsed = parse_html("<b>Ticket</b> 1 &lt; 2").unwrap();
/// assert_eq!(parsed.text, "Ticket 1 < 2");
/// assert_eq!((parsed.entities[0].offset, parsed.entities[0].length), (0, 6));
/// assert_eq!(parse_html("a<br>").unwrap_err(), "Unsupported start tag \"br\" at byte offset 1");
/// ```
pub fn parse_html(source: &str) -> Result<Formatted, String> {
    html::parse(source)
}

/// Reads MarkdownV2. The error is what follows `can't parse entities: ` in Telegram's answer.
///
/// ```
/// use tg_bridge::demo::bot_api::parse_markdown_v2;
///
/// assert_eq!(parse_markdown_v2("*bold* \\.").unwrap().text, "bold .");
/// assert!(parse_markdown_v2("1.").is_err());
/// ```
pub fn parse_markdown_v2(source: &str) -> Result<Formatted, String> {
    markdown::parse(source)
}

/// The length Telegram's limits count: UTF-16 code units.
pub(super) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// What `isspace` means to Telegram's parsers; the end of the text, read as NUL, counts too.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x0b)
}
