//! What is asked for: on the command line, and after `/stats` in a chat.

use super::{Filter, Hours, Period};
use crate::telegram::Language;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Zoned;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Which issues, and which days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct FilterArgs {
    /// today, yesterday, week, last-week, month, last-month, year, all, 2026-11, 2026-11-01 or 2026-11-01..2026-11-15
    #[arg(default_value_t)]
    pub period: Period,
    /// Only companies whose name contains this
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
    /// Only issues of employees or groups whose name contains this
    #[arg(long, visible_alias = "assignee", value_name = "NAME")]
    pub employee: Option<String>,
    /// Only issues made in these hours, such as "mon-fri 9-18"
    #[arg(long, value_name = "HOURS")]
    pub hours: Option<Hours>,
}

/// `tg-bridge stats`
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct StatsArgs {
    /// What is counted
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Draw a chart into this PNG file as well
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
    /// Count the rows of an export instead of the database
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Language of the report
    #[arg(long, default_value = "ru", value_parser = language())]
    pub language: Language,
}

/// `tg-bridge export`
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ExportArgs {
    /// What is exported
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Write into this file instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Language of the column names
    #[arg(long, default_value = "ru", value_parser = language())]
    pub language: Language,
}

fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(["ru", "en"]).map(|code| match code.as_str() {
        "en" => Language::En,
        _ => Language::Ru,
    })
}

impl FilterArgs {
    /// The filter it means now, in the zone of `now`.
    pub fn filter(&self, now: &Zoned) -> Filter {
        Filter {
            company: self.company.clone(),
            assignee: self.employee.clone(),
            hours: self.hours,
            ..Filter::new(self.period.days(now.date()), now.time_zone().clone())
        }
    }

    /// The same with the days it means now.
    #[must_use]
    pub fn settled(self, now: &Zoned) -> Self {
        Self {
            period: Period::Days(self.period.days(now.date())),
            ..self
        }
    }

    /// What is written after `/stats`: a period, then `company:`, `employee:` and `hours:` with their values, in Russian
    /// too, in any order. None if it cannot be understood; then [`usage`](super::usage) helps.
    ///
    /// ```
    /// use tg_bridge::report::args::FilterArgs;
    ///
    /// let asked = FilterArgs::from_chat("прошлая неделя компания: ООО Ромашка часы: пн-пт 9-18").unwrap();
    /// assert_eq!(asked.company.as_deref(), Some("ООО Ромашка"));
    /// assert_eq!(asked.period.to_string(), "last-week");
    /// assert_eq!(FilterArgs::from_chat("whenever"), None);
    /// ```
    pub fn from_chat(text: &str) -> Option<Self> {
        let mut parts = vec![(Key::Period, String::new())];
        for word in text.split_whitespace() {
            let (key, rest) =
                Key::before(word).map_or((None, word), |(key, rest)| (Some(key), rest));
            if let Some(key) = key {
                if parts.iter().any(|(known, _)| *known == key) {
                    return None;
                }
                parts.push((key, String::new()));
            }
            if let (Some((_, value)), false) = (parts.last_mut(), rest.is_empty()) {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(rest);
            }
        }
        let mut asked = Self::default();
        for (key, value) in parts {
            match key {
                Key::Period if value.is_empty() => {}
                _ if value.is_empty() => return None,
                Key::Period => asked.period = value.parse().ok()?,
                Key::Company => asked.company = Some(value),
                Key::Employee => asked.employee = Some(value),
                Key::Hours => asked.hours = Some(value.parse().ok()?),
            }
        }
        Some(asked)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Period,
    Company,
    Employee,
    Hours,
}

impl Key {
    /// A key at the beginning of a word, and what follows it there.
    fn before(word: &str) -> Option<(Self, &str)> {
        let (name, rest) = word.split_once(':')?;
        let key = match name.to_lowercase().as_str() {
            "company" | "компания" => Self::Company,
            "employee" | "assignee" | "сотрудник" | "ответственный" => {
                Self::Employee
            }
            "hours" | "часы" => Self::Hours,
            _ => return None,
        };
        Some((key, rest))
    }
}
