//! Instants as Okdesk writes and reads them: always seen from the account's zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// `2024-05-01T09:15:00.123+03:00`
pub(crate) fn write(at: Timestamp, zone: Offset) -> String {
    let local = zone.to_datetime(at);
    let seconds = zone.seconds();
    let (sign, minutes) = if seconds < 0 {
        ('-', -seconds / 60)
    } else {
        ('+', seconds / 60)
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{sign}{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        local.millisecond(),
        minutes / 60,
        minutes % 60,
    )
}

/// Which end of a day a bare date stands for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Edge {
    Since,
    Until,
}

/// How the day is written: `24-12-2024`, or `2024-12-24`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum DayOrder {
    DayFirst,
    YearFirst,
    Either,
}

/// A date, or a date with a time after a space or `T`; an offset wins over the account's zone.
pub(crate) fn read(text: &str, order: DayOrder, edge: Edge, zone: Offset) -> Option<Timestamp> {
    let text = text.trim();
    if order != DayOrder::DayFirst
        && let Ok(instant) = text.parse::<Timestamp>()
    {
        return Some(instant);
    }
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let date = read_date(day, order)?;
    let civil = match (time, edge) {
        (Some(time), _) => read_time(date, time)?,
        (None, Edge::Since) => date.at(0, 0, 0, 0),
        (None, Edge::Until) => date.at(23, 59, 59, 999_999_999),
    };
    zone.to_timestamp(civil).ok()
}

/// What a body may hold where Okdesk's pages show `YYYY-MM-DD HH:MM`.
pub(crate) fn read_written(text: &str, zone: Offset) -> Option<Timestamp> {
    read(text, DayOrder::Either, Edge::Since, zone)
}

fn read_date(text: &str, order: DayOrder) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle, last] = parts.as_slice() else {
        return None;
    };
    let (year, month, day) = match (first.len(), last.len()) {
        (4, 1..=2) if order != DayOrder::DayFirst => (first, middle, last),
        (1..=2, 4) if order != DayOrder::YearFirst => (last, middle, first),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn read_time(date: Date, text: &str) -> Option<DateTime> {
    let mut parts = text.split(':');
    let hour = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let second = match parts.next() {
        Some(text) => text.split('.').next()?.parse().ok()?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    Some(date.to_datetime(time))
}

/// Time spent in a status, as the issue card shows it: `3 д., 4 ч., 5 м.`
pub(crate) fn duration_in_words(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut parts = Vec::new();
    for (amount, unit) in [(days, "д."), (hours, "ч."), (minutes, "м.")] {
        if amount > 0 {
            parts.push(format!("{amount} {unit}"));
        }
    }
    if parts.is_empty() {
        "0 м.".to_owned()
    } else {
        parts.join(", ")
    }
}

/// Hours from free text: `2 ч. 30 мин.`, `2:30`, `2,5 часа`, `2.5`, `30 мин.`
pub(crate) fn hours_from_words(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    if let Some((hours, minutes)) = text.split_once(':') {
        let hours: f64 = hours.trim().parse().ok()?;
        let minutes: f64 = minutes.trim().parse().ok()?;
        return Some(hours + minutes / 60.0);
    }
    let mut total = 0.0;
    let mut amount: Option<f64> = None;
    for word in text.split_whitespace() {
        if let Ok(number) = word.parse::<f64>() {
            amount = Some(number);
            continue;
        }
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let (number, unit) = match digits.parse::<f64>() {
            Ok(number) => (number, &word[digits.len()..]),
            Err(_) => (amount?, word),
        };
        total += match unit.chars().next()? {
            'ч' | 'h' => number,
            'м' | 'm' => number / 60.0,
            _ => return None,
        };
        amount = None;
    }
    total += amount.unwrap_or(0.0);
    (total > 0.0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_zone_applies_where_none_is_given() {
        let moscow = jiff::tz::offset(3);
        let read = |text, order| read(text, order, Edge::Since, moscow).map(|at| write(at, moscow));
        let morning = Some("2024-05-01T09:15:00.000+03:00".to_owned());
        assert_eq!(read("01-05-2024 09:15", DayOrder::DayFirst), morning);
        assert_eq!(read("2024-05-01T09:15", DayOrder::YearFirst), morning);
        assert_eq!(read("2024-05-01T06:15:00Z", DayOrder::Either), morning);
        assert_eq!(read("2024-05-01", DayOrder::DayFirst), None);
        assert_eq!(read("31-02-2024", DayOrder::DayFirst), None);
    }

    #[test]
    fn time_spent_is_read_as_people_write_it() {
        for (text, hours) in [
            ("2 ч. 30 мин.", 2.5),
            ("2:30", 2.5),
            ("2,5 часа", 2.5),
            ("30мин", 0.5),
        ] {
            assert_eq!(hours_from_words(text), Some(hours), "{text}");
        }
        assert_eq!(hours_from_words("долго"), None);
        assert_eq!(duration_in_words(273_900), "3 д., 4 ч., 5 м.");
    }
}
