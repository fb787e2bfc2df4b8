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
            ..=190 => Self::Week,
            ..=1100 => Self::Month,
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
