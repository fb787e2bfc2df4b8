//! `docs/operations.md` is made from the table of operations. `BLESS=1 cargo nextest run -p okdesk-sdk --test operations` writes it anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

use std::fmt::Write as _;
use std::path::PathBuf;

use okdesk_sdk::operation::{ALL, Confidence, Idempotency, Operation, Paging};

/// The public call of each operation.
const CALLS: &str = include_str!("operations/calls.txt");

fn call(operation: &Operation) -> &'static str {
    let line = CALLS
        .lines()
        .find_map(|line| line.strip_prefix(operation.id)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{} has no call", operation.id))
        .trim()
}

fn page() -> String {
    let mut text = String::from(
        "# The operations of the Okdesk REST API v1\n\n\
         Made from `okdesk-sdk/src/operation.rs` by a test; do not edit. Paths are below `/api/v1`. *Repeated* says when the\n\
         client repeats a call by itself: reads after any passing failure, writes only if they were not sent or were refused with 429.\n\n\
         | call | method and path | paging | files | repeated | twice is | known from |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for operation in ALL {
        let paging = match operation.paging {
            Paging::Whole => "–",
            Paging::Keyset => "by id, 100",
            Paging::Numbered => "by number, 50",
            _ => "disputed",
        };
        let (repeated, twice) = match operation.idempotency {
            Idempotency::Safe => ("yes", "as once"),
            Idempotency::Idempotent => ("if not sent, 429", "as once"),
            _ => ("if not sent, 429", "two"),
        };
        let known = match operation.confidence {
            Confidence::Documented => "documentation",
            Confidence::Observed => "clients in use",
            _ => "*not confirmed*",
        };
        let files = if operation.multipart { "yes" } else { "–" };
        let (method, path) = (operation.method, operation.path);
        writeln!(
            text,
            "| `{}` | `{method} {path}` | {paging} | {files} | {repeated} | {twice} | {known} |",
            call(operation)
        )
        .unwrap();
    }
    text
}

#[test]
fn the_page_says_what_the_table_says() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let page = page();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), page);
}

#[test]
fn what_is_guessed_says_so_where_it_is_called() {
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/resources");
    let text: String = std::fs::read_dir(sources)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for operation in ALL
        .iter()
        .filter(|operation| operation.confidence == Confidence::Guessed)
    {
        let constant = format!("op::{}", operation.id.replace('.', "_").to_uppercase());
        let at = text
            .find(&constant)
            .unwrap_or_else(|| panic!("{} is not offered", operation.id));
        let documentation = text[..at]
            .rfind("\n    /// ")
            .map(|end| &text[..end])
            .unwrap();
        let from = documentation.rfind("\n\n").unwrap();
        assert!(
            documentation[from..].contains("> Not confirmed"),
            "{}",
            operation.id
        );
    }
}
