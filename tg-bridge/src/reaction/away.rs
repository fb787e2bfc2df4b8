//! Outside working hours: what is written is carried as ever, and its author learns when somebody will read it – once for
//! each issue until work begins again.

use super::Issue;
use super::turn::Turn;
use crate::report::Hours;
use crate::telegram::{Language, Rich};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeSet;

/// When somebody is at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingTime {
    /// Days of the week and the stretch of the day.
    pub hours: Hours,
    /// Days on which nobody works all the same. A night shift belongs to the day on which it begins.
    pub holidays: BTreeSet<Date>,
}

impl WorkingTime {
    /// When work begins again, by a clock that shows this time; none if somebody is at work, or nobody will be for a year.
    pub fn next_opening(&self, clock: DateTime) -> Option<DateTime> {
        let today = self.hours.day(clock);
        if today.is_some_and(|day| !self.holidays.contains(&day)) {
            return None;
        }
        clock
            .date()
            .series(jiff::Span::new().days(1))
            .take(366)
            .filter(|day| !self.holidays.contains(day))
            .filter_map(|day| self.hours.opening(day))
            .find(|opening| *opening > clock)
    }
}

/// Adds to what is said about an issue that nobody is at work and when work begins, unless that was said already.
pub(super) fn mention(turn: &Turn<'_>, language: Language, issue: &mut Issue, text: &mut Rich) {
    let Some(opening) = opening(turn) else { return };
    let at = opening.as_millisecond();
    if issue.told_opening.replace(at) != Some(at) {
        text.append(Rich::text("\n\n"));
        text.append(turn.words(language).away(turn.moment(language, opening)));
    }
}

fn opening(turn: &Turn<'_>) -> Option<jiff::Timestamp> {
    let work = turn.rules.working_time.as_ref()?;
    let opening = work.next_opening(turn.zoned().datetime())?;
    let there = opening.to_zoned(turn.rules.zone.clone()).ok()?;
    Some(there.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn not_08_work_begins_on_the_next_day_on_which_somebody_works() {
        let work = WorkingTime {
            hours: "mon-fri 9-18".parse().unwrap(),
            holidays: [date(2026, 11, 23), date(2026, 11, 24)].into(),
        };
        let friday = date(2026, 11, 20);
        assert_eq!(work.next_opening(friday.at(9, 0, 0, 0)), None);
        assert_eq!(
            work.next_opening(friday.at(8, 59, 0, 0)),
            Some(friday.at(9, 0, 0, 0))
        );
        let wednesday = date(2026, 11, 25).at(9, 0, 0, 0);
        for closed in [
            friday.at(18, 0, 0, 0),
            date(2026, 11, 22).at(12, 0, 0, 0),
            date(2026, 11, 23).at(12, 0, 0, 0),
        ] {
            assert_eq!(work.next_opening(closed), Some(wednesday), "{closed}");
        }
        let night = WorkingTime {
            hours: "mon-sun 22-6".parse().unwrap(),
            holidays: [friday].into(),
        };
        assert_eq!(night.next_opening(friday.at(5, 0, 0, 0)), None);
        assert_eq!(
            night.next_opening(date(2026, 11, 21).at(5, 0, 0, 0)),
            Some(date(2026, 11, 21).at(22, 0, 0, 0)),
            "the night that began on a holiday"
        );
    }
}
