//! Every operation is offered, and `docs/operations.md` is made from what is known of it.
//! `BLESS=1 cargo test -p okdesk-sdk --test operations` writes the page anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::large_futures,
    reason = "a test stops at the first surprise"
)]

mod parameters;
mod quirks;
mod sources;

use std::fmt::Write as _;
use std::path::PathBuf;

use okdesk_sdk::operation::{ALL, Confidence, Idempotency, Method, Operation, Paging};

use self::sources::{Sources, without_names};

/// What public sources have of the API, one line for each operation.
const ENDPOINTS: &str = include_str!("endpoints.tsv");

/// Resource, operation, method, path, pages, files, sources, confidence.
fn endpoints() -> Vec<[&'static str; 8]> {
    ENDPOINTS
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap())
        .collect()
}

fn at(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_table_is_that_of_the_sources() {
    let known = endpoints();
    assert_eq!(known.len(), ALL.len());
    for [resource, name, method, path, paged, files, _, confidence] in known {
        let id = format!("{resource}.{name}");
        let row = Operation::find(&id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!((row.resource, row.name), (resource, name));
        assert_eq!(row.method.as_str(), method, "{id}");
        assert_eq!(
            without_names(&format!("/api/v1{}", row.path)),
            without_names(path),
            "{id}"
        );
        assert_eq!(row.paging != Paging::Whole, paged == "y", "{id}: pages");
        assert_eq!(row.multipart, files == "y", "{id}: files");
        let sure = match row.confidence {
            Confidence::Documented => "doc",
            Confidence::Observed => "client",
            _ => "guess",
        };
        assert_eq!(sure, confidence, "{id}");
        assert_eq!(row.is_safe(), row.method == Method::Get, "{id}");
    }
}

#[test]
fn every_operation_has_a_call_with_an_example_and_a_golden() {
    let sources = Sources::read();
    for operation in ALL {
        let (id, offer) = (operation.id, sources.offer(operation.id));
        let call = format!("client.{}", offer.call.strip_suffix(')').unwrap());
        assert!(
            offer.example.iter().any(|line| line.contains(&call)),
            "the example of {id} does not show {call}: {:#?}",
            offer.example
        );
        assert!(
            offer.example.len() <= 10,
            "the example of {id} is long: {}",
            offer.example.len()
        );
        let request = format!("{} /api/v1{}", operation.method, operation.path);
        assert_eq!(offer.request(), Some(without_names(&request)), "{id}");
        assert!(offer.says("Source: "), "{id} does not say where it is from");
        let golden = at("tests/wire").join(format!("{id}.txt"));
        assert!(golden.exists(), "{id} has no golden");
    }
}

#[test]
fn what_is_guessed_says_so_where_it_is_called() {
    let sources = Sources::read();
    let guessed = ALL
        .iter()
        .filter(|operation| operation.confidence == Confidence::Guessed);
    for operation in guessed {
        let offer = sources.offer(operation.id);
        assert!(offer.says("> Not confirmed"), "{}", operation.id);
    }
}

fn page() -> String {
    let mut text = String::from(
        "# The operations of the Okdesk REST API v1\n\n\
         Made by a test from `okdesk-sdk/src/operation.rs`, the documentation of the calls and \
         `okdesk-sdk/tests/operations/endpoints.tsv`; do not edit. Paths are below `/api/v1`.\n\
         *Repeated* says when the client repeats a call by itself: reads after any passing failure, \
         writes only if they were not sent or were refused with 429.\n\n\
         | call | what it does | method and path | paging | files | repeated | twice is | known from | seen in |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let (known, sources) = (endpoints(), Sources::read());
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
        let sure = match operation.confidence {
            Confidence::Documented => "documentation",
            Confidence::Observed => "clients in use",
            _ => "*not confirmed*",
        };
        let files = if operation.multipart { "yes" } else { "–" };
        let (method, path) = (operation.method, operation.path);
        let row = known
            .iter()
            .find(|row| (row[0], row[1]) == (operation.resource, operation.name))
            .unwrap();
        let offer = sources.offer(operation.id);
        writeln!(
            text,
            "| `{}` | {} | `{method} {path}` | {paging} | {files} | {repeated} | {twice} | {sure} | {} |",
            offer.call,
            offer.what(),
            row[6]
        )
        .unwrap();
    }
    text
}

#[test]
fn the_page_says_what_is_known() {
    let file = at("../docs/operations.md");
    let page = page();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), page);
}
