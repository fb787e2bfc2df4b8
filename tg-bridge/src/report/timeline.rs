//! How issues came and went over time: equal steps of days, weeks, months or years, whichever are few enough to draw.

use super::{Filter, Record};
use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};

/// More bars than this cannot be told apart.
const MOST: usize = 40;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// Its first day.
    pub(super) from: Date,
    /// Issues created in it.
    pub(super) created: usize,
    /// Issues completed in it.
    pub(super) completed: usize,
}

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A day.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Step {
    fn for_days(from: Date, to: Date) -> Self {
        match (to - from).get_days() {
            ..=16 => Self::Day,
            17..=190 => Self::Week,
            191..=1100 => Self::Month,
            _ => Self::Year,
        }
    }

    fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                day.saturating_sub(i32::from(day.weekday().to_monday_zero_offset()).days())
            }
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        }
    }
}

/// The steps of the period, quiet ones too; an open end is where the records end.
pub(super) fn timeline(records: &[Record], filter: &Filter) -> (Step, Vec<Bar>) {
    let day = |moment: Option<Timestamp>| {
        moment
            .filter(|at| filter.counts(*at))
            .map(|at| filter.zone.to_datetime(at).date())
    };
    let created: Vec<Date> = records.iter().filter_map(|r| day(r.created)).collect();
    let completed: Vec<Date> = records.iter().filter_map(|r| day(r.completed)).collect();
    let all = || created.iter().chain(&completed).copied();
    let (Some(from), Some(to)) = (
        filter.days.from.or_else(|| all().min()),
        filter.days.to.or_else(|| all().max()),
    ) else {
        return (Step::Day, Vec::new());
    };
    let step = Step::for_days(from, to);
    let mut bars: Vec<Bar> = step
        .start(from)
        .series(step.span())
        .take_while(|start| *start <= to)
        .map(|from| Bar {
            from,
            created: created
                .iter()
                .filter(|day| step.start(**day) == from)
                .count(),
            completed: completed
                .iter()
                .filter(|day| step.start(**day) == from)
                .count(),
        })
        .collect();
    bars.drain(..bars.len().saturating_sub(MOST));
    (step, bars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Days, Period};
    use jiff::tz::TimeZone;

    /// Made at noon of the first day, completed at noon of the second.
    fn record(created: &str, completed: &str) -> Record {
        let noon = |day: &str| format!("{day}T12:00:00Z").parse().ok();
        Record {
            number: "1".parse().unwrap(),
            link: None,
            title: String::new(),
            kind: None,
            company: None,
            assignee: None,
            status: String::new(),
            created: noon(created),
            first_answer: None,
            completed: noon(completed),
            reopened: Vec::new(),
            rating: None,
            rated: None,
            reason: None,
            portal_rating: None,
        }
    }

    fn drawn(records: &[Record], days: Days) -> (Step, Vec<(String, usize, usize)>) {
        let (step, bars) = timeline(records, &Filter::new(days, TimeZone::UTC));
        let bars = bars.into_iter();
        (
            step,
            bars.map(|bar| (bar.from.to_string(), bar.created, bar.completed))
                .collect(),
        )
    }

    fn days(text: &str) -> Days {
        text.parse::<Period>().unwrap().days(Date::MIN)
    }

    #[test]
    fn weeks_begin_on_monday_and_hold_only_days_of_the_period() {
        let records = [
            record("2026-11-02", "2026-11-04"),
            record("2026-11-08", "2026-11-09"),
            record("2026-11-20", "2026-11-27"),
        ];
        let (step, bars) = drawn(&records, days("2026-11-03..2026-11-26"));
        assert_eq!(step, Step::Week);
        let expected = [
            ("2026-11-02", 1, 1),
            ("2026-11-09", 0, 1),
            ("2026-11-16", 1, 0),
            ("2026-11-23", 0, 0),
        ];
        assert_eq!(
            bars,
            expected.map(|(from, created, completed)| (from.to_owned(), created, completed))
        );
    }

    #[test]
    fn longer_periods_take_longer_steps() {
        let records = [record("2026-01-31", "2026-02-01")];
        for (period, step, bars) in [
            ("2026-01-31", Step::Day, 1),
            ("2026-01-20..2026-02-05", Step::Day, 17),
            ("2026-01", Step::Week, 5),
            ("2026-01-01..2026-12-31", Step::Month, 12),
            ("2020-01-01..2026-12-31", Step::Year, 7),
            ("1066-01-01..2026-12-31", Step::Year, MOST),
        ] {
            let (found, drawn) = drawn(&records, days(period));
            assert_eq!((found, drawn.len()), (step, bars), "{period}");
            assert_eq!(drawn.iter().map(|bar| bar.1).sum::<usize>(), 1, "{period}");
        }
    }

    #[test]
    fn an_open_period_ends_where_the_records_end() {
        let (step, bars) = drawn(&[record("2026-01-31", "2026-02-01")], Days::ALL);
        let expected = [("2026-01-31", 1, 0), ("2026-02-01", 0, 1)];
        assert_eq!(step, Step::Day);
        assert_eq!(
            bars,
            expected.map(|(from, created, completed)| (from.to_owned(), created, completed))
        );
        assert_eq!(drawn(&[], Days::ALL), (Step::Day, Vec::new()));
    }
}
