//! The words of the reports, Russian and English, from Fluent files.

use crate::telegram::Language;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use jiff::{SignedDuration, civil::Date};

const RUSSIAN: &str = include_str!("phrases/ru.ftl");
const ENGLISH: &str = include_str!("phrases/en.ftl");

/// The words of one language.
pub(super) struct Phrases {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Phrases {
    pub(super) fn of(language: Language) -> Self {
        let (source, id) = match language {
            Language::Ru => (RUSSIAN, "ru"),
            Language::En => (ENGLISH, "en"),
        };
        let mut bundle = FluentBundle::new(vec![id.parse().unwrap_or_default()]);
        // The marks that isolate directions would be seen as boxes in pictures and tables.
        bundle.set_use_isolating(false);
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(source.to_owned());
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn plain(&self, key: &str) -> String {
        self.say(key, [])
    }

    /// A phrase with its values; a missing phrase shows its key.
    pub(super) fn say<'a, const N: usize>(
        &self,
        key: &str,
        values: [(&'a str, FluentValue<'a>); N],
    ) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else {
            return key.to_owned();
        };
        let values = FluentArgs::from_iter(values);
        self.bundle
            .format_pattern(pattern, Some(&values), &mut Vec::new())
            .into_owned()
    }

    /// Two digits after the decimal sign at most.
    pub(super) fn decimal(&self, number: f64) -> String {
        let text = format!("{number:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match self.language {
            Language::Ru => text.replace('.', ","),
            Language::En => text.to_owned(),
        }
    }

    pub(super) fn day(&self, day: Date) -> String {
        match self.language {
            Language::Ru => day.strftime("%d.%m.%Y"),
            Language::En => day.strftime("%-d %b %Y"),
        }
        .to_string()
    }

    /// The two greatest units are enough.
    pub(super) fn duration(&self, duration: SignedDuration) -> String {
        let minutes = duration.as_mins();
        let (days, hours) = (minutes / 1440, minutes / 60 % 24);
        let (key, great, small) = match minutes {
            ..1 => ("duration-none", 0, 0),
            1..60 => ("duration-minutes", 0, minutes),
            60..1440 => ("duration-hours", hours, minutes % 60),
            _ => ("duration-days", days, hours),
        };
        self.say(key, [("great", great.into()), ("small", small.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(source: &str) -> BTreeSet<String> {
        FluentResource::try_new(source.to_owned()).expect("the file is whole");
        let lines = source
            .lines()
            .filter(|line| !line.starts_with([' ', '#', '}']));
        let keys = lines.filter_map(|line| line.split_once(" ="));
        keys.map(|(key, _)| key.to_owned()).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_and_all_of_them_are_used() {
        let sources = concat!(
            include_str!("text.rs"),
            include_str!("chart.rs"),
            include_str!("sheet.rs"),
            include_str!("phrases.rs")
        );
        assert_eq!(keys(RUSSIAN), keys(ENGLISH));
        assert!(keys(RUSSIAN).len() > 30);
        for key in keys(RUSSIAN) {
            assert!(sources.contains(&format!("\"{key}\"")), "{key} is not used");
        }
        let used = sources.split('"').filter(|text| {
            ["column-", "stats-", "chart-", "duration-"]
                .iter()
                .any(|kind| text.starts_with(kind))
                && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                && !text.ends_with('-')
        });
        for key in used {
            assert!(keys(RUSSIAN).contains(key), "{key} is missing");
        }
    }

    #[test]
    fn times_are_told_in_their_two_greatest_units() {
        let (russian, english) = (Phrases::of(Language::Ru), Phrases::of(Language::En));
        for (seconds, ru, en) in [
            (0, "меньше минуты", "under a minute"),
            (59, "меньше минуты", "under a minute"),
            (60, "1 мин", "1 min"),
            (3599, "59 мин", "59 min"),
            (3600, "1 ч", "1 h"),
            (5 * 3600 + 600, "5 ч 10 мин", "5 h 10 min"),
            (86_400, "1 д", "1 d"),
            (2 * 86_400 + 3 * 3600 + 59, "2 д 3 ч", "2 d 3 h"),
        ] {
            let duration = SignedDuration::from_secs(seconds);
            assert_eq!(russian.duration(duration), ru);
            assert_eq!(english.duration(duration), en);
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        assert_eq!(Phrases::of(Language::Ru).decimal(13.0 / 3.0), "4,33");
        assert_eq!(Phrases::of(Language::En).decimal(4.5), "4.5");
        assert_eq!(Phrases::of(Language::En).decimal(5.0), "5");
    }
}
