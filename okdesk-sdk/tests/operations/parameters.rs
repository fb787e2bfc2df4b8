//! Every parameter public sources name is offered: it stands in the golden of its operation, which shows it on the wire.

use std::collections::BTreeSet;

use okdesk_sdk::operation::ALL;

use super::at;

/// Operation, parameters of its query, names in its body at any depth, from everywhere the API is described.
const PARAMETERS: &str = include_str!("parameters.tsv");

/// Under this the account itself gives the names.
const ATTRIBUTES: &str = "custom_parameters";

/// Operation, and what it is known to take.
fn on_record() -> Vec<(&'static str, BTreeSet<String>)> {
    let rows = PARAMETERS.lines().skip(1).map(|line| {
        let (operation, names) = line.split_once('\t').expect("three columns");
        let names = names.split_whitespace().filter(|name| *name != "-");
        (operation, names.map(str::to_owned).collect())
    });
    rows.collect()
}

/// All names in the goldens of an operation.
fn sent(operation: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(at("tests/wire")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap();
        let of_it = file.strip_prefix(operation);
        if of_it.is_some_and(|variant| variant.is_empty() || variant.starts_with("_with_")) {
            read(&std::fs::read_to_string(&path).unwrap(), &mut names);
        }
    }
    names
}

fn read(golden: &str, names: &mut BTreeSet<String>) {
    for line in golden.lines() {
        if let Some((name, _)) = line
            .strip_prefix("? ")
            .and_then(|rest| rest.split_once(" = "))
        {
            let attribute = name.starts_with(&format!("{ATTRIBUTES}["));
            names.insert(if attribute { ATTRIBUTES } else { name }.to_owned());
        }
        if let Some((_, rest)) = line.split_once("; name=\"") {
            let (path, _) = rest.split_once('"').unwrap();
            for name in path
                .split(['[', ']'])
                .filter(|name| name.parse::<u8>().is_err())
            {
                names.extend((!name.is_empty()).then(|| name.to_owned()));
                if name == ATTRIBUTES {
                    break;
                }
            }
        }
    }
    if let Some((_, body)) = golden.split_once("\n\n{") {
        keys(&serde_json::from_str(&format!("{{{body}")).unwrap(), names);
    }
}

fn keys(json: &serde_json::Value, names: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                if name != ATTRIBUTES {
                    keys(value, names);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, names)),
        _ => {}
    }
}

#[test]
fn every_parameter_on_record_is_sent_and_no_other() {
    let record = on_record();
    for (operation, names) in &record {
        assert_eq!(&sent(operation), names, "{operation}: sent, on record");
    }
    for operation in ALL {
        if record.iter().all(|(known, _)| *known != operation.id) {
            assert_eq!(sent(operation.id), BTreeSet::new(), "{}", operation.id);
        }
    }
}
