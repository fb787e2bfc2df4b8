//! Working hours: days of the week and a stretch of the day.

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Working hours, written `mon-fri 09:00-18:00`, `пн-сб 9-18` or, for Monday to Friday, just `9-18`. A night shift
/// `22:00-06:00` belongs to the day on which it begins.
///
/// ```
/// use jiff::civil::date;
/// use tg_bridge::report::Hours;
///
/// let hours: Hours = "пн-пт 9-18".parse()?;
/// assert!(hours.contain(date(2026, 11, 20).at(17, 59, 0, 0))); // Friday
/// assert!(!hours.contain(date(2026, 11, 20).at(18, 0, 0, 0)));
/// assert_eq!(hours.to_string(), "mon-fri 09:00-18:00");
/// # Ok::<(), tg_bridge::report::ParseHoursError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hours {
    first: Weekday,
    last: Weekday,
    from: Time,
    to: Time,
}

const ENGLISH: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const RUSSIAN: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];

impl Hours {
    /// Whether a clock that shows this time shows working time.
    pub fn contain(&self, clock: DateTime) -> bool {
        self.day(clock).is_some()
    }

    /// The working day a time belongs to; none if it is not working time.
    pub fn day(&self, clock: DateTime) -> Option<Date> {
        let time = clock.time();
        let (inside, day) = if self.from < self.to {
            (self.from <= time && time < self.to, clock.date())
        } else if time >= self.from {
            (true, clock.date())
        } else {
            (time < self.to, clock.date().yesterday().ok()?)
        };
        (inside && self.include(day)).then_some(day)
    }

    /// When work begins on this day; none if nobody works on it.
    pub fn opening(&self, day: Date) -> Option<DateTime> {
        self.include(day).then(|| day.to_datetime(self.from))
    }

    fn include(&self, day: Date) -> bool {
        self.first.until(day.weekday()) <= self.first.until(self.last)
    }

    /// With Russian names of days.
    pub(super) fn russian(&self) -> String {
        self.write(&RUSSIAN)
    }

    fn write(&self, names: &[&str; 7]) -> String {
        let name = |day: Weekday| {
            names
                .get(usize::from(day.to_monday_zero_offset().unsigned_abs()))
                .copied()
                .unwrap_or_default()
        };
        let days = if self.first == self.last {
            name(self.first).to_owned()
        } else {
            format!("{}-{}", name(self.first), name(self.last))
        };
        let time = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        format!("{days} {}-{}", time(self.from), time(self.to))
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(&ENGLISH))
    }
}

/// The text names no working hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} are no working hours such as mon-fri 09:00-18:00")]
pub struct ParseHoursError(String);

impl From<Hours> for String {
    fn from(value: Hours) -> Self {
        value.to_string()
    }
}

impl TryFrom<String> for Hours {
    type Error = ParseHoursError;

    fn try_from(text: String) -> Result<Self, ParseHoursError> {
        text.parse()
    }
}

impl FromStr for Hours {
    type Err = ParseHoursError;

    fn from_str(text: &str) -> Result<Self, ParseHoursError> {
        parse(&text.to_lowercase().replace(['–', '—'], "-"))
            .ok_or_else(|| ParseHoursError(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<Hours> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let (days, times) = match *words.as_slice() {
        [times] => ("mon-fri", times),
        [days, times] => (days, times),
        _ => return None,
    };
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (from, to) = times.split_once('-')?;
    let (from, to) = (time(from)?, time(to)?);
    // An empty stretch is a slip of the finger; midnight to midnight is the whole day.
    (from != to || from == Time::midnight()).then_some(Hours {
        first: weekday(first)?,
        last: weekday(last)?,
        from,
        to,
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    let index =
        (0i8..7)
            .zip(ENGLISH.iter().zip(&RUSSIAN))
            .find_map(|(index, (english, russian))| {
                (text == *english || text == *russian).then_some(index)
            })?;
    Weekday::from_monday_zero_offset(index).ok()
}

/// `9`, `9:30` or `24:00`, which is midnight.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    if (hour, minute) == (24, 0) {
        return Some(Time::midnight());
    }
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn hours(text: &str) -> Hours {
        text.parse().unwrap()
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_it_begins() {
        let night = hours("пт 22:00-06:00");
        let (friday, saturday) = (date(2026, 11, 20), date(2026, 11, 21));
        assert!(night.contain(friday.at(22, 0, 0, 0)));
        assert!(night.contain(saturday.at(5, 59, 0, 0)));
        assert!(!night.contain(friday.at(5, 59, 0, 0)));
        assert!(!night.contain(saturday.at(22, 0, 0, 0)));
    }

    #[test]
    fn days_may_go_over_the_weekend_and_hours_to_midnight() {
        let hours_of = hours("sat-mon 20-24:00");
        assert!(hours_of.contain(date(2026, 11, 22).at(23, 59, 0, 0)));
        assert!(hours_of.contain(date(2026, 11, 23).at(20, 0, 0, 0)));
        assert!(!hours_of.contain(date(2026, 11, 24).at(20, 0, 0, 0)));
        assert!(hours("mon-sun 0-24").contain(date(2026, 11, 24).at(0, 0, 0, 0)));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "9",
            "mon-fri",
            "9-9",
            "25-26",
            "so-mo 9-18",
            "9:60-18",
            "mon tue 9-18",
        ] {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(days in 0..7usize, last in 0..7usize, from in 0..1440, length in 1..1440) {
            let to = (from + length) % 1440;
            let text = format!("{}-{} {}:{:02}-{}:{:02}", ENGLISH[days], RUSSIAN[last], from / 60, from % 60, to / 60, to % 60);
            let read = hours(&text);
            prop_assert_eq!(hours(&read.to_string()), read);
            prop_assert_eq!(hours(&read.russian()), read);
        }

        #[test]
        fn any_text_is_hours_or_an_error(text in "[a-zа-я0-9: ,–-]{0,20}") {
            let _ = text.parse::<Hours>();
        }
    }
}
