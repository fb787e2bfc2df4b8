//! Which words titles share: Russian and English, forms of one word together, filler left out.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// How many words are worth showing.
const KEPT: usize = 20;

/// What everybody who asks for help says, whatever the trouble is. Their forms are left out with them.
const FILLER: &str = "это заявка обращение проблема вопрос прошу просьба пожалуйста помогите помощь здравствуйте \
    добрый день утро вечер нужен нужно необходимо требуется срочно срочный работает наш ваш очень новый также \
    который почему спасибо коллеги сделать могу хочу \
    issue ticket problem question request please help hello hi dear urgent need needs work works cannot can't new \
    thanks colleagues";

struct Language {
    stemmer: Stemmer,
    stop: BTreeSet<&'static str>,
    filler: BTreeSet<String>,
}

impl Language {
    fn new(algorithm: Algorithm, code: &str) -> Self {
        let stemmer = Stemmer::create(algorithm);
        let filler = FILLER
            .split_whitespace()
            .map(|word| stemmer.stem(word).into_owned())
            .collect();
        Self {
            stemmer,
            stop: stop_words::lookup(code)
                .unwrap_or_default()
                .iter()
                .copied()
                .collect(),
            filler,
        }
    }

    fn stem(&self, word: &str) -> Option<String> {
        let stem = self.stemmer.stem(word).into_owned();
        (!self.stop.contains(word) && !self.filler.contains(&stem)).then_some(stem)
    }
}

static RUSSIAN: LazyLock<Language> = LazyLock::new(|| Language::new(Algorithm::Russian, "ru"));
static ENGLISH: LazyLock<Language> = LazyLock::new(|| Language::new(Algorithm::English, "en"));

/// Words of many titles, by stem.
#[derive(Default)]
pub(super) struct Words {
    stems: BTreeMap<String, Word>,
}

#[derive(Default)]
struct Word {
    titles: usize,
    forms: BTreeMap<String, usize>,
}

impl Words {
    /// Takes in a title; a word counts once in it.
    pub(super) fn add(&mut self, title: &str) {
        let mut seen = BTreeSet::new();
        for word in split(title) {
            let Some(stem) = stem(&word) else { continue };
            let entry = self.stems.entry(stem.clone()).or_default();
            *entry.forms.entry(word).or_default() += 1;
            entry.titles += usize::from(seen.insert(stem));
        }
    }

    /// Words of at least two titles, with the number of titles.
    pub(super) fn repeated(self) -> BTreeMap<Option<String>, usize> {
        let mut words: Vec<(String, usize)> = self
            .stems
            .into_values()
            .filter(|word| word.titles > 1)
            .filter_map(|Word { titles, forms }| Some((usual(forms)?, titles)))
            .collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words
            .into_iter()
            .take(KEPT)
            .map(|(word, titles)| (Some(word), titles))
            .collect()
    }
}

/// The shortest form, which mostly is the one in the dictionary, unless that is hardly used.
fn usual(forms: BTreeMap<String, usize>) -> Option<String> {
    let most = forms.values().copied().max()?;
    forms
        .into_iter()
        .filter(|(_, count)| 2 * count >= most)
        .map(|(form, _)| form)
        .min_by_key(|form| form.chars().count())
}

/// Words in small letters; a hyphen inside belongs to the word, a bare number is none.
fn split(title: &str) -> impl Iterator<Item = String> {
    title
        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
        .map(|word| {
            word.trim_matches(['-', '\''])
                .to_lowercase()
                .replace('ё', "е")
        })
        .filter(|word| word.chars().any(char::is_alphabetic) && word.chars().nth(1).is_some())
}

fn stem(word: &str) -> Option<String> {
    let cyrillic = word.chars().any(|c| ('а'..='я').contains(&c));
    if cyrillic { &RUSSIAN } else { &ENGLISH }.stem(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn repeated(titles: &[&str]) -> Vec<(String, usize)> {
        let mut words = Words::default();
        titles.iter().for_each(|title| words.add(title));
        let named = words.repeated().into_iter();
        named
            .filter_map(|(word, count)| Some((word?, count)))
            .collect()
    }

    fn expect(titles: &[&str], words: &[(&str, usize)]) {
        let words: Vec<_> = words
            .iter()
            .map(|(word, count)| ((*word).to_owned(), *count))
            .collect();
        assert_eq!(repeated(titles), words);
    }

    #[test]
    fn forms_of_a_word_count_together() {
        expect(
            &[
                "Не работает принтер",
                "Замятие у принтера",
                "Принтер молчит",
                "принтеры, принтеры!",
            ],
            &[("принтер", 4)],
        );
        expect(&["Printer is on fire", "Two printers"], &[("printer", 2)]);
        expect(&["Расчёт зарплаты", "расчета нет"], &[("расчет", 2)]);
    }

    #[test]
    fn filler_and_numbers_are_left_out() {
        expect(
            &[
                "Добрый день! Не работает 1С, заказ 12345",
                "Здравствуйте, прошу помочь: 1С не открывается, 12345",
                "Please help, this does not work",
                "Please help with the issue",
            ],
            &[("1с", 2)],
        );
    }

    #[test]
    fn short_names_and_hyphens_survive() {
        expect(
            &["Нет Wi-Fi", "Wi-Fi в кабинете 5", "- ПК -", "ПК"],
            &[("wi-fi", 2), ("пк", 2)],
        );
    }

    proptest! {
        #[test]
        fn no_title_is_too_strange(title in ".{0,80}") {
            for (word, titles) in repeated(&[&title, &title]) {
                prop_assert_eq!(titles, 2);
                prop_assert!(title.to_lowercase().replace('ё', "е").contains(&word));
            }
        }
    }
}
