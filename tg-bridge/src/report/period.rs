//! Which days: by name, by month, by dates.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A period as a person names it: `today`, `yesterday`, `week`, `last-week`, `month`, `last-month`, `year`, `all`, a
/// month `2026-11`, a day `2026-11-01` or `01.11.2026`, or two days with `..` between them, of which one may be left
/// out. The names work in Russian too, and weeks begin on Monday.
///
/// ```
/// use jiff::civil::date;
/// use tg_bridge::report::Period;
///
/// let today = date(2026, 11, 22);
/// let days = "last-week".parse::<Period>()?.days(today);
/// assert_eq!((days.from, days.to), (Some(date(2026, 11, 9)), Some(date(2026, 11, 15))));
/// assert_eq!("01.11.2026..15.11.2026".parse::<Period>()?.days(today).to, Some(date(2026, 11, 15)));
/// # Ok::<(), tg_bridge::report::ParsePeriodError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Period {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// From Monday to today.
    Week,
    /// The seven days before last Monday.
    LastWeek,
    /// From the first of the month to today.
    #[default]
    Month,
    /// The month before.
    LastMonth,
    /// From the first of January to today.
    Year,
    /// Exactly these days.
    Days(Days),
}

/// Days from … to, both included; an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

impl Days {
    /// All days there are.
    pub const ALL: Self = Self {
        from: None,
        to: None,
    };

    fn new(from: Date, to: Date) -> Self {
        Self {
            from: Some(from),
            to: Some(to),
        }
    }

    /// Whether a moment lies in these days of a zone.
    pub fn contain(&self, moment: Timestamp, zone: &TimeZone) -> bool {
        let day = zone.to_datetime(moment).date();
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl Period {
    /// The days it means today.
    pub fn days(self, today: Date) -> Days {
        let back = |days: i32| today.saturating_sub(days.days());
        let monday = back(i32::from(today.weekday().to_monday_zero_offset()));
        match self {
            Self::Today => Days::new(today, today),
            Self::Yesterday => Days::new(back(1), back(1)),
            Self::Week => Days::new(monday, today),
            Self::LastWeek => Days::new(
                monday.saturating_sub(7.days()),
                monday.saturating_sub(1.days()),
            ),
            Self::Month => Days::new(today.first_of_month(), today),
            Self::LastMonth => {
                let last = today.first_of_month().saturating_sub(1.days());
                Days::new(last.first_of_month(), last)
            }
            Self::Year => Days::new(today.first_of_year(), today),
            Self::Days(days) => days,
        }
    }
}

/// The text names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no period: today, yesterday, week, last-week, month, last-month, year, all, 2026-11, 2026-11-01 or 2026-11-01..2026-11-15"
)]
pub struct ParsePeriodError(String);

impl From<Period> for String {
    fn from(value: Period) -> Self {
        value.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = ParsePeriodError;

    fn try_from(text: String) -> Result<Self, ParsePeriodError> {
        text.parse()
    }
}

impl FromStr for Period {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, ParsePeriodError> {
        let wanted = text.trim().to_lowercase().replace([' ', '_'], "-");
        Ok(match wanted.as_str() {
            "today" | "сегодня" => Self::Today,
            "yesterday" | "вчера" => Self::Yesterday,
            "week" | "неделя" => Self::Week,
            "last-week" | "прошлая-неделя" => Self::LastWeek,
            "month" | "месяц" => Self::Month,
            "last-month" | "прошлый-месяц" => Self::LastMonth,
            "year" | "год" => Self::Year,
            "all" | "всё" | "все" => Self::Days(Days::ALL),
            _ => Self::Days(
                days(text).ok_or_else(|| ParsePeriodError(text.chars().take(40).collect()))?,
            ),
        })
    }
}

fn days(text: &str) -> Option<Days> {
    let text: String = text.split_whitespace().collect();
    let dotted_range = || text.contains('.').then(|| text.split_once('-')).flatten();
    let ends = ["..", "–", "—"]
        .iter()
        .find_map(|dash| text.split_once(dash))
        .or_else(dotted_range);
    let found = match ends {
        None => match (day(&text), month(&text)) {
            (Some(day), _) => Days::new(day, day),
            (None, Some(first)) => Days::new(first, first.last_of_month()),
            (None, None) => return None,
        },
        Some(("", "")) => return None,
        Some((from, "")) => Days {
            from: Some(day(from)?),
            to: None,
        },
        Some(("", to)) => Days {
            from: None,
            to: Some(day(to)?),
        },
        Some((from, to)) => Days::new(day(from)?, day(to)?),
    };
    match (found.from, found.to) {
        (Some(from), Some(to)) if from > to => None,
        _ => Some(found),
    }
}

/// `2026-11-01` or `1.11.2026`
fn day(text: &str) -> Option<Date> {
    let numbers = |separator| -> Option<Vec<i16>> {
        text.split(separator)
            .map(|part| part.parse().ok())
            .collect()
    };
    let (year, month, day) = match (numbers('-').as_deref(), numbers('.').as_deref()) {
        (Some(&[year, month, day]), _) | (_, Some(&[day, month, year])) => (year, month, day),
        _ => return None,
    };
    // A year of two digits would silently be the first century.
    let year = (year >= 1000).then_some(year)?;
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// `2026-11`
fn month(text: &str) -> Option<Date> {
    day(&format!("{text}-01"))
}

impl fmt::Display for Period {
    /// A spelling that is read back as the same period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Week => "week",
            Self::LastWeek => "last-week",
            Self::Month => "month",
            Self::LastMonth => "last-month",
            Self::Year => "year",
            Self::Days(Days::ALL) => "all",
            Self::Days(Days { from, to }) => {
                let end = |day: &Option<Date>| day.map_or_else(String::new, |day| day.to_string());
                return write!(f, "{}..{}", end(from), end(to));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn on_sunday(text: &str) -> (String, String) {
        let days = text.parse::<Period>().unwrap().days(date(2026, 11, 22));
        let end = |day: Option<Date>| day.map_or("…".to_owned(), |day| day.to_string());
        (end(days.from), end(days.to))
    }

    #[test]
    fn names_mean_days() {
        for (text, from, to) in [
            ("today", "2026-11-22", "2026-11-22"),
            ("Вчера", "2026-11-21", "2026-11-21"),
            ("неделя", "2026-11-16", "2026-11-22"),
            ("last week", "2026-11-09", "2026-11-15"),
            ("прошлая неделя", "2026-11-09", "2026-11-15"),
            ("month", "2026-11-01", "2026-11-22"),
            ("last-month", "2026-10-01", "2026-10-31"),
            ("год", "2026-01-01", "2026-11-22"),
            ("all", "…", "…"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026-11-01", "2026-11-01", "2026-11-01"),
            ("1.11.2026", "2026-11-01", "2026-11-01"),
            ("2026-11-01..2026-11-15", "2026-11-01", "2026-11-15"),
            ("01.11.2026 - 15.11.2026", "2026-11-01", "2026-11-15"),
            ("01.11.2026 — 15.11.2026", "2026-11-01", "2026-11-15"),
            ("2026-11-01..", "2026-11-01", "…"),
            ("..15.11.2026", "…", "2026-11-15"),
        ] {
            assert_eq!(on_sunday(text), (from.into(), to.into()), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "..",
            "someday",
            "2026-13",
            "31.02.2026",
            "2026-11-15..2026-11-01",
            "1.11.26",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_a_day_of_the_zone() {
        let days = "2026-11-22"
            .parse::<Period>()
            .unwrap()
            .days(date(2026, 1, 1));
        let moment: Timestamp = "2026-11-21T22:30:00Z".parse().unwrap();
        assert!(!days.contain(moment, &TimeZone::UTC));
        assert!(days.contain(moment, &TimeZone::get("Europe/Moscow").unwrap()));
    }

    proptest! {
        #[test]
        fn any_text_is_a_period_or_an_error(text in ".{0,30}") {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert_eq!(period.to_string().parse(), Ok(period));
            }
        }
    }
}
