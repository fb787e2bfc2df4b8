//! The README is held against the program.

use tg_bridge::config::KEYS;

#[test]
fn the_readme_describes_every_setting() {
    let readme = include_str!("../README.md");
    let described: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "## Settings")
        .take_while(|line| *line != "## Addresses")
        .filter(|line| line.starts_with("| `"))
        .collect();
    let known: Vec<String> = KEYS
        .iter()
        .map(|key| format!("| `{}` | {} |", key.name, key.about))
        .collect();
    assert_eq!(described, known);
    for key in KEYS.iter().filter(|key| key.secret) {
        let named = readme
            .lines()
            .any(|line| line.contains(&format!("`{}`", key.name)) && !line.starts_with('|'));
        assert!(
            named,
            "{} can come from a file; the README must say so",
            key.name
        );
    }
}
