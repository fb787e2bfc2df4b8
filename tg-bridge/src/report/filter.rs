//! What is counted: one filter for figures, export and chart alike.

use super::{Days, Hours, Record};
use jiff::{Timestamp, tz::TimeZone};

/// Which issues, and which of the things that happened to them.
#[derive(Debug, Clone)]
pub struct Filter {
    /// What happened on these days …
    pub days: Days,
    /// … of this zone.
    pub zone: TimeZone,
    /// Only companies whose name contains this, in whatever case.
    pub company: Option<String>,
    /// Only issues of employees or groups whose name contains this, in whatever case.
    pub assignee: Option<String>,
    /// Only issues made in these hours.
    pub hours: Option<Hours>,
}

impl Filter {
    /// Everything within these days.
    pub fn new(days: Days, zone: TimeZone) -> Self {
        Self {
            days,
            zone,
            company: None,
            assignee: None,
            hours: None,
        }
    }

    /// Whether a moment lies in the period.
    pub(super) fn counts(&self, moment: Timestamp) -> bool {
        self.days.contain(moment, &self.zone)
    }

    /// Whether the issue is of the set: the filter wants it and something happened to it in the period.
    pub fn keeps(&self, record: &Record) -> bool {
        let happened = [
            record.created,
            record.first_answer,
            record.completed,
            record.rated,
        ];
        happened
            .into_iter()
            .flatten()
            .chain(record.reopened.iter().copied())
            .any(|moment| self.counts(moment))
            && matches(self.company.as_deref(), record.company.as_deref())
            && matches(self.assignee.as_deref(), record.assignee.as_deref())
            && self.hours.is_none_or(|hours| {
                record
                    .created
                    .is_some_and(|at| hours.contain(self.zone.to_datetime(at)))
            })
    }
}

fn matches(wanted: Option<&str>, name: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| name.is_some_and(|name| fold(name).contains(&fold(wanted))))
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace('ё', "е")
}
