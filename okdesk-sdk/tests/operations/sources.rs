//! What the sources of the crate offer for each operation: a public call, its documentation, its example.
//!
//! The examples are compiled and run as documentation tests, where `okdesk_sdk::example::run` holds each to having called its
//! operation on the wire; so a call that stands in one exists.

use std::path::{Path, PathBuf};

/// A public call, as its documentation has it.
#[derive(Debug)]
pub(crate) struct Offer {
    /// `issues().create()`
    pub(crate) call: String,
    /// The documentation without the example, one line after the other.
    pub(crate) documentation: Vec<String>,
    /// The visible lines of the example.
    pub(crate) example: Vec<String>,
}

impl Offer {
    /// What the call does, in the words of its documentation, without marks and links.
    pub(crate) fn what(&self) -> String {
        let first = &self.documentation[0];
        let what = first.split(": `").next().unwrap().trim_end_matches('.');
        let mut plain = String::new();
        let mut rest = what;
        while let Some((before, link)) = rest.split_once('[') {
            let (words, target) = link.split_once("](").expect("a link");
            plain.push_str(before);
            plain.push_str(words);
            rest = target.split_once(')').expect("a link that ends").1;
        }
        plain + rest
    }

    /// Method and path, with all names in braces alike: `GET /api/v1/issues/{}`.
    pub(crate) fn request(&self) -> Option<String> {
        let text = self.documentation.join(" ");
        let (_, rest) = text.split_once(": `")?;
        Some(without_names(rest.split('`').next()?))
    }

    /// The confidence and everything else that is said.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.documentation.iter().any(|line| line.contains(word))
    }
}

pub(crate) fn without_names(path: &str) -> String {
    let mut shown = true;
    let mut plain = String::new();
    for character in path.chars() {
        if character == '}' {
            shown = true;
        }
        if shown {
            plain.push(character);
        }
        if character == '{' {
            shown = false;
        }
    }
    plain
}

/// All sources of `src/resources`, one after the other.
pub(crate) struct Sources {
    files: Vec<String>,
    /// `("Issues", "issues")`: the type of a section and the call that gives it.
    sections: Vec<(String, String)>,
}

impl Sources {
    pub(crate) fn read() -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/resources");
        let mut files = Vec::new();
        collect(&folder, &mut files);
        let listed = std::fs::read_to_string(folder.join("mod.rs")).unwrap();
        let (_, listed) = listed.split_once("\nhandles! {").unwrap();
        let sections = listed
            .lines()
            .filter_map(|line| line.trim().strip_suffix(';')?.split_once(": "))
            .map(|(method, kind)| (kind.to_owned(), method.to_owned()))
            .collect();
        Self { files, sections }
    }

    /// The call that has the example of this operation.
    pub(crate) fn offer(&self, operation: &str) -> Offer {
        let mark = format!("/// # okdesk_sdk::example::run(\"{operation}\", ");
        let mut found = self
            .files
            .iter()
            .filter_map(|file| Some((file, file.find(&mark)?)));
        let (file, at) = found
            .next()
            .unwrap_or_else(|| panic!("{operation} has no example"));
        assert!(found.next().is_none(), "{operation} has two examples");

        let function = at + file[at..].find("    pub fn ").expect("a call");
        let name = file[function + 11..].split(['(', '<']).next().unwrap();
        let (_, kind) = file[..at].rsplit_once("\nimpl ").expect("a section");
        let kind = kind.split(' ').next().unwrap();
        let (_, section) = self
            .sections
            .iter()
            .find(|(known, _)| known == kind)
            .unwrap_or_else(|| panic!("{kind} is no section"));

        // The documentation is what stands between the nearest line that is none and the function.
        let above = file[..function].lines().rev();
        let mut lines: Vec<&str> = above
            .take_while(|line| line.trim().starts_with("///") || line.trim().starts_with("#["))
            .filter_map(|line| line.trim().strip_prefix("///"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        lines.reverse();
        let open = lines
            .iter()
            .position(|line| *line == "```")
            .expect("plain fences");
        let example = lines[open + 1..].iter().take_while(|line| **line != "```");
        let example = example.filter(|line| !line.starts_with("# "));
        Offer {
            call: format!("{section}().{name}()"),
            example: example.map(|line| (*line).to_owned()).collect(),
            documentation: lines[..open]
                .iter()
                .map(|line| (*line).to_owned())
                .collect(),
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(std::fs::read_to_string(path).unwrap());
        }
    }
}
