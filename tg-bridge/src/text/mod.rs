//! What the bot says: Fluent files for Russian and English, one typed function for each text.
//!
//! A text without a function cannot be said, a function nobody calls does not pass the lints, and a test compares the
//! functions with both files. Everything given to a text is escaped; only the files themselves may hold markup.

mod keys;

use crate::telegram::{Language, Rich, escape};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use okdesk_sdk::model::IssueId;
use std::path::Path;

const RUSSIAN: &str = include_str!("../../texts/ru.ftl");
const ENGLISH: &str = include_str!("../../texts/en.ftl");

/// All texts, in all languages.
pub struct Texts {
    russian: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

/// Everything that is wrong with texts given by the operator.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct TextError(Vec<String>);

impl TextError {
    /// One sentence per mistake.
    pub fn mistakes(&self) -> &[String] {
        &self.0
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            russian: bundle(Language::Ru),
            english: bundle(Language::En),
        }
    }
}

impl Texts {
    /// The texts with those of a folder in their place: `ru.ftl`, `en.ftl` or both, each with as few texts as wanted.
    ///
    /// # Errors
    /// Lists every file that cannot be read, is no Fluent, names an unknown text or uses what the text is not given, and
    /// every file of another name: its texts would never be said.
    pub fn with_overrides(folder: &Path) -> Result<Self, TextError> {
        let mut texts = Self::default();
        let mut mistakes = strangers(folder);
        for (name, bundle) in [
            ("ru.ftl", &mut texts.russian),
            ("en.ftl", &mut texts.english),
        ] {
            match std::fs::read_to_string(folder.join(name)) {
                Ok(source) => mistakes.extend(overriding(bundle, name, source)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => mistakes.push(format!("{name}: {error}")),
            }
        }
        if mistakes.is_empty() {
            Ok(texts)
        } else {
            Err(TextError(mistakes))
        }
    }

    /// The texts in one language.
    pub fn speak(&self, language: Language) -> Words<'_> {
        let bundle = match language {
            Language::Ru => &self.russian,
            Language::En => &self.english,
        };
        Words { bundle, language }
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let (id, source) = match language {
        Language::Ru => ("ru", RUSSIAN),
        Language::En => ("en", ENGLISH),
    };
    let mut bundle = FluentBundle::new_concurrent(id.parse().into_iter().collect());
    // The invisible marks around values would end up in messages and break their comparison.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(valid, _)| valid);
    bundle.add_resource_overriding(resource);
    bundle
}

/// What is wrong with the names of the files.
fn strangers(folder: &Path) -> Vec<String> {
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) => return vec![format!("{}: {error}", folder.display())],
    };
    let names: Vec<String> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".ftl"))
        .collect();
    if names.is_empty() {
        return vec![format!(
            "{} holds neither ru.ftl nor en.ftl",
            folder.display()
        )];
    }
    names
        .iter()
        .filter(|name| !matches!(name.as_str(), "ru.ftl" | "en.ftl"))
        .map(|name| format!("{name}: the files are called ru.ftl and en.ftl"))
        .collect()
}

fn overriding(
    bundle: &mut FluentBundle<FluentResource>,
    file: &str,
    source: String,
) -> Vec<String> {
    let mut mistakes: Vec<String> = names(&source)
        .filter(|name| {
            !keys::ALL
                .iter()
                .any(|(key, _)| key.replace('_', "-") == *name)
        })
        .map(|name| format!("{file}: there is no text called {name}"))
        .collect();
    match FluentResource::try_new(source) {
        Ok(resource) => bundle.add_resource_overriding(resource),
        Err((_, errors)) => mistakes.extend(errors.iter().map(|error| format!("{file}: {error}"))),
    }
    mistakes.extend(
        wrong(bundle)
            .into_iter()
            .map(|mistake| format!("{file}: {mistake}")),
    );
    mistakes
}

/// Names of the texts a Fluent source defines.
fn names(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim()))
}

/// Texts that are missing or cannot be made from what they are given.
fn wrong(bundle: &FluentBundle<FluentResource>) -> Vec<String> {
    let mut mistakes = vec![];
    for (key, arguments) in keys::ALL {
        let name = key.replace('_', "-");
        let Some(pattern) = bundle
            .get_message(&name)
            .and_then(|message| message.value())
        else {
            mistakes.push(format!("{name} is missing"));
            continue;
        };
        let arguments: FluentArgs<'_> = arguments
            .iter()
            .map(|name| (*name, FluentValue::from(1)))
            .collect();
        let mut errors = vec![];
        bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        mistakes.extend(errors.iter().map(|error| format!("{name}: {error}")));
    }
    mistakes
}

/// The texts in one language.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    bundle: &'a FluentBundle<FluentResource>,
    language: Language,
}

impl std::fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.language).finish()
    }
}

impl Words<'_> {
    /// The language.
    pub fn language(self) -> Language {
        self.language
    }

    fn format(self, key: &str, arguments: Vec<(&'static str, Arg)>, markup: bool) -> String {
        let name = key.replace('_', "-");
        let Some(pattern) = self
            .bundle
            .get_message(&name)
            .and_then(|message| message.value())
        else {
            return name;
        };
        let arguments: FluentArgs<'_> = arguments
            .into_iter()
            .map(|(name, value)| {
                let value = match value {
                    Arg::Number(number) => FluentValue::from(number),
                    Arg::Text(text) if markup => FluentValue::from(escape(&text)),
                    Arg::Text(text) => FluentValue::from(text),
                    Arg::Rich(rich) if markup => FluentValue::from(rich.html()),
                    Arg::Rich(rich) => FluentValue::from(rich.plain()),
                };
                (name, value)
            })
            .collect();
        self.bundle
            .format_pattern(pattern, Some(&arguments), &mut vec![])
            .into_owned()
    }
}

/// Something to be put into a text.
#[derive(Debug)]
pub(crate) enum Arg {
    /// A number that words are chosen by.
    Number(u64),
    /// Somebody's words.
    Text(String),
    /// Formatted words.
    Rich(Rich),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Rich> for Arg {
    fn from(rich: Rich) -> Self {
        Self::Rich(rich)
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<IssueId> for Arg {
    fn from(issue: IssueId) -> Self {
        Self::Text(crate::zenlix::number(issue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_say_everything_and_nothing_else() {
        let keys: BTreeSet<String> = keys::ALL
            .iter()
            .map(|(key, _)| key.replace('_', "-"))
            .collect();
        assert_eq!(keys.len(), keys::ALL.len(), "a text is listed twice");
        for (language, source) in [(Language::Ru, RUSSIAN), (Language::En, ENGLISH)] {
            assert!(
                FluentResource::try_new(source.to_owned()).is_ok(),
                "{language:?} is no Fluent"
            );
            let written: Vec<&str> = names(source).collect();
            let set: BTreeSet<String> = written.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(
                set.len(),
                written.len(),
                "{language:?} says something twice"
            );
            assert_eq!(set, keys, "{language:?}");
            assert_eq!(
                wrong(&bundle(language)),
                Vec::<String>::new(),
                "{language:?}"
            );
        }
    }

    #[test]
    fn every_text_uses_all_it_is_given_in_both_languages() {
        for (key, arguments) in keys::ALL {
            for source in [RUSSIAN, ENGLISH] {
                let start = format!("\n{} =", key.replace('_', "-"));
                let source = format!("\n{source}");
                let text = source.split(&start).nth(1).unwrap();
                let begins = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
                let ends = text
                    .match_indices('\n')
                    .find(|(at, _)| begins(&text[at + 1..]));
                let end = ends.map_or(text.len(), |(at, _)| at);
                for argument in *arguments {
                    assert!(
                        text[..end].contains(&format!("${argument}")),
                        "{key} does not use ${argument}"
                    );
                }
            }
        }
    }

    #[test]
    fn plurals_are_russian() {
        let words = Texts::default();
        let words = words.speak(Language::Ru);
        let files = |n: usize| words.files_count(n);
        assert_eq!(
            [0, 1, 2, 5, 11, 21, 104].map(files),
            [
                "📎 0 файлов",
                "📎 1 файл",
                "📎 2 файла",
                "📎 5 файлов",
                "📎 11 файлов",
                "📎 21 файл",
                "📎 104 файла"
            ]
        );
    }

    #[test]
    fn given_words_are_never_markup() {
        let texts = Texts::default();
        let said = texts
            .speak(Language::Ru)
            .issue_created("5", "<b>&</b> a_b*c", "сейчас");
        assert!(
            said.html().contains("&lt;b&gt;&amp;&lt;/b&gt; a_b*c"),
            "{}",
            said.html()
        );
    }

    #[test]
    fn the_operator_may_change_any_text_but_not_break_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ru.ftl"), "menu-new = Написать нам\n").unwrap();
        let texts = Texts::with_overrides(folder.path()).unwrap();
        assert_eq!(texts.speak(Language::Ru).menu_new(), "Написать нам");
        assert_ne!(texts.speak(Language::En).menu_new(), "Написать нам");

        std::fs::write(
            folder.path().join("en.ftl"),
            "menu-neu = x\nissue-created = { $nummer }\n",
        )
        .unwrap();
        let error = Texts::with_overrides(folder.path())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("menu-neu") && error.contains("nummer"),
            "{error}"
        );
    }
}
