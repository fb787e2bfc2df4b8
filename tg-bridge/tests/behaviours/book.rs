//! `docs/behaviours.md`: what was promised and which tests show it, found by their names. `BLESS=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Number, where it comes from, text.
const PROMISES: &str = include_str!("behaviours.tsv");
/// Number, what an earlier bot did wrong.
const BUGS: &str = include_str!("bugs.tsv");

/// Tests of the running whole; all others look at a part.
const WHOLE: [&str; 6] = [
    "tests/behaviours/",
    "tests/operations",
    "tests/engine_bridge.rs",
    "tests/engine_crash.rs",
    "tests/story_",
    "tests/browser.rs",
];

const CHAPTERS: [(&str, &str); 12] = [
    ("REG", "Registration"),
    ("TIC", "Tickets"),
    ("COM", "Comments"),
    ("FIL", "Files"),
    ("NOT", "Notices and chats"),
    ("RAT", "Ratings"),
    ("STA", "Figures"),
    ("ADM", "Administration"),
    ("OPS", "Operations"),
    ("SEC", "Security and privacy"),
    ("FAI", "Failure"),
    ("B", "What an earlier bot got wrong"),
];

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The numbers a test's name begins with: `reg_05_06_tic_11_a_typed_number…` shows three.
fn numbers(name: &str) -> Vec<String> {
    let mut chapter = None;
    let mut numbers = Vec::new();
    for part in name.split('_') {
        let word = part.to_uppercase();
        if CHAPTERS.iter().any(|(known, _)| *known == word) {
            chapter = Some(word);
        } else if let (Some(chapter), 2, true) = (
            &chapter,
            part.len(),
            part.bytes().all(|b| b.is_ascii_digit()),
        ) {
            numbers.push(format!("{chapter}-{part}"));
        } else {
            break;
        }
    }
    numbers
}

/// Every test whose name begins with numbers: for each number the files and names.
fn tests() -> BTreeMap<String, BTreeSet<(String, String)>> {
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        sources(&crate_folder().join(folder), &mut files);
    }
    let mut tests = BTreeMap::<String, BTreeSet<_>>::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let place = file.strip_prefix(crate_folder()).unwrap();
        let place = place.to_str().unwrap().to_owned();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            // Parts of a macro name their tests without an attribute of their own.
            if line.starts_with("#[") {
                is_test |= line.contains("test");
                continue;
            }
            let signature = line.strip_prefix("async ").unwrap_or(line);
            if let Some(rest) = signature.strip_prefix("fn ")
                && let Some(name) = rest.split(['(', '<']).next()
                && (is_test || place.starts_with("tests/engine_store"))
            {
                for number in numbers(name) {
                    let test = (place.clone(), name.to_owned());
                    tests.entry(number).or_default().insert(test);
                }
            }
            is_test = false;
        }
    }
    tests
}

fn is_whole(file: &str) -> bool {
    WHOLE.iter().any(|beginning| file.starts_with(beginning))
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().map(|line| line.split('\t').collect())
}

fn state<'a>(tests: impl IntoIterator<Item = &'a (String, String)>) -> &'static str {
    let mut state = "not yet";
    for (file, _) in tests {
        if is_whole(file) {
            return "shown";
        }
        state = "in parts";
    }
    state
}

fn written() -> String {
    let tests = tests();
    let none = BTreeSet::new();
    let mut book = String::from(
        "<!-- Written by the tests: BLESS=1 cargo test -p tg-bridge --test behaviours book -->\n\n\
         # Behaviours\n\n\
         What tg-bridge promises, line by line, and the tests that show it. A line is *shown* when a test of the whole \
         bridge – between an Okdesk and a Telegram, asked only from outside – is named after it, *in parts* when only \
         tests of its parts are.\n\n\
         °: configuration may change it. (B-nn): the [mistake of an earlier bot](#what-an-earlier-bot-got-wrong) it \
         answers.\n",
    );
    let mut counted = BTreeMap::<&str, usize>::new();
    for (code, chapter) in &CHAPTERS[..11] {
        let _ = write!(book, "\n## {chapter}\n");
        for row in rows(PROMISES).filter(|row| row[0].starts_with(code)) {
            let [number, source, text] = row[..] else {
                panic!("{row:?}")
            };
            let own = tests.get(number).unwrap_or(&none);
            let state = state(own);
            *counted.entry(state).or_default() += 1;
            let _ = write!(book, "\n**{number}** · {source} · *{state}*  \n{text}\n");
            for (file, name) in own {
                let _ = writeln!(book, "- `{name}` ({file})");
            }
        }
    }
    book.push_str(
        "\n## What an earlier bot got wrong\n\n\
         Each of these was seen in another bot for the same help desk; the lines above that name it say what is right.\n\n\
         | | what went wrong | what holds now | state |\n| --- | --- | --- | --- |\n",
    );
    for row in rows(BUGS) {
        let [bug, text] = row[..] else {
            panic!("{row:?}")
        };
        let answers: Vec<&str> = rows(PROMISES)
            .filter(|row| row[2].contains(bug))
            .map(|row| row[0])
            .collect();
        let own = tests.get(bug).unwrap_or(&none);
        let all = answers
            .iter()
            .filter_map(|number| tests.get(*number))
            .flatten();
        let state = match state(own) {
            "not yet" => state(all),
            _ => "shown",
        };
        let names = own.iter().map(|(_, name)| format!("`{name}`"));
        let holds: Vec<String> = answers
            .iter()
            .map(|number| (*number).to_owned())
            .chain(names)
            .collect();
        let _ = writeln!(book, "| {bug} | {text} | {} | {state} |", holds.join(", "));
    }
    let count = |state| counted.get(state).copied().unwrap_or_default();
    let sum = format!(
        "\n{} are shown, {} in parts, {} not yet.\n",
        count("shown"),
        count("in parts"),
        count("not yet")
    );
    let at = book.find("\n## ").unwrap();
    book.insert_str(at, &sum);
    book
}

#[test]
fn the_book_of_behaviours_is_as_the_tests_are() {
    let file = crate_folder().join("../docs/behaviours.md");
    let written = written();
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(file, written).unwrap();
    }
    let held = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        held == written,
        "docs/behaviours.md is not what the tests are: write it anew with BLESS=1"
    );
}

#[test]
fn no_test_is_named_after_a_promise_nobody_made() {
    let promised: BTreeSet<&str> = rows(PROMISES).chain(rows(BUGS)).map(|row| row[0]).collect();
    let tests = tests();
    let unknown: Vec<_> = tests
        .keys()
        .filter(|number| !promised.contains(number.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(tests.len() > 50, "the tests are found at all");
}

#[test]
fn every_mistake_of_the_earlier_bot_is_answered_by_a_test() {
    let tests = tests();
    let without: Vec<&str> = rows(BUGS)
        .map(|row| row[0])
        .filter(|bug| {
            let answers = rows(PROMISES).filter(|row| row[2].contains(bug));
            let mut all = answers.map(|row| row[0]).chain([*bug]);
            !all.any(|number| tests.contains_key(number))
        })
        .collect();
    assert!(without.is_empty(), "no test answers {without:?}");
}

#[test]
fn b_63_no_file_is_a_fix_beside_what_it_fixes() {
    let mut files = Vec::new();
    for member in ["okdesk-sdk", "okdesk-webhooks", "tg-bridge", "examples"] {
        sources(&crate_folder().join("..").join(member), &mut files);
    }
    assert!(files.len() > 100);
    let copies: Vec<_> = files
        .iter()
        .filter(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let endings = [
                "_old", "_new", "_fixed", "_backup", "_copy", "_final", "_2", "_v2",
            ];
            endings.iter().any(|ending| name.ends_with(ending)) || name.contains(".bak")
        })
        .collect();
    assert!(copies.is_empty(), "{copies:?}");
}
