//! Every quirk on record has a test that names its number, or a reason why it is not the client's business.

use std::collections::BTreeSet;

use super::at;

/// The record: a numbered list under a heading.
const FACTS: &str = include_str!("../../../docs/okdesk-facts.md");

/// What the client can do nothing about.
const NOT_THE_CLIENTS: &[(u8, &str)] = &[
    (
        39,
        "a rule for callers: no code of this crate matches on messages, which are for people",
    ),
    (
        58,
        "whoever shows comments cleans their HTML; the client hands it over as it is",
    ),
    (
        59,
        "whoever shows comments decides about notes of the system; nothing marks them but a name",
    ),
];

fn on_record() -> BTreeSet<u8> {
    let (_, quirks) = FACTS.split_once("\n## Quirks\n").expect("the heading");
    let numbers = quirks
        .lines()
        .filter_map(|line| line.split_once(". ")?.0.parse().ok());
    numbers.collect()
}

fn tested() -> BTreeSet<u8> {
    let mut found = BTreeSet::new();
    let folders = [at("tests"), at("tests/quirks")];
    for entry in folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        for pair in lines.windows(2) {
            if let Some((_, name)) = pair[1].split_once("fn quirk_") {
                let attribute = pair[0].trim();
                assert!(
                    attribute == "#[test]" || attribute.starts_with("#[tokio::test"),
                    "{name}"
                );
                found.insert(name[..2].parse().unwrap());
            }
        }
    }
    found
}

#[test]
fn every_quirk_on_record_has_a_test_or_a_reason() {
    let (record, mut known) = (on_record(), tested());
    assert_eq!(record, (1..=66).collect(), "the record has a gap");
    for (number, reason) in NOT_THE_CLIENTS {
        assert!(
            known.insert(*number),
            "{number} has a test, and a reason: {reason}"
        );
    }
    assert_eq!(known, record);
}
