//! The figures themselves.

use super::words::Words;
use super::{Filter, Record};
use crate::telegram::Score;
use jiff::{SignedDuration, Timestamp};
use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What happened in a period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// All together.
    pub total: Counts,
    /// By company, the busiest first.
    pub companies: Vec<Group>,
    /// By responsible employee or group, the busiest first.
    pub assignees: Vec<Group>,
    /// Types of the issues created, the most frequent first.
    pub kinds: Vec<Tally>,
    /// Words that occur in the titles of at least two of the issues created, the most frequent first.
    pub words: Vec<Tally>,
    /// Ratings in the portal of the issues completed, on Okdesk's own scale.
    pub portal: Vec<Tally>,
}

/// The figures of one set of issues.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Issues created.
    pub created: usize,
    /// Issues completed.
    pub completed: usize,
    /// How often an issue was reopened.
    pub reopened: usize,
    /// Ratings given.
    pub scores: Scores,
    /// How many of the issues completed carry a rating.
    pub completed_rated: usize,
    /// From creation to the first public answer.
    pub first_answer: Option<Spread>,
    /// From creation to completion.
    pub completion: Option<Spread>,
}

/// The figures of one company, or one employee.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Whose; none for issues without.
    pub name: Option<String>,
    /// The figures.
    pub counts: Counts,
}

/// How often something occurred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What; none for issues without.
    pub name: Option<String>,
    /// In how many issues.
    pub count: usize,
}

/// Ratings by score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scores([usize; 5]);

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// How many times were measured.
    pub count: usize,
    /// Half of them took no longer; between the two in the middle, their mean.
    pub median: SignedDuration,
    /// Nine of ten took no longer.
    pub p90: SignedDuration,
}

impl Figures {
    /// Counts.
    pub fn of<R: Borrow<Record>>(records: impl IntoIterator<Item = R>, filter: &Filter) -> Self {
        let mut total = Sums::default();
        let mut companies = BTreeMap::<_, Sums>::new();
        let mut assignees = BTreeMap::<_, Sums>::new();
        let (mut kinds, mut portal) = (BTreeMap::new(), BTreeMap::new());
        let mut words = Words::default();
        for record in records {
            let record = record.borrow();
            if !filter.keeps(record) {
                continue;
            }
            total.add(record, filter);
            for (groups, name) in [
                (&mut companies, &record.company),
                (&mut assignees, &record.assignee),
            ] {
                groups.entry(name.clone()).or_default().add(record, filter);
            }
            let happened = |moment: Option<Timestamp>| moment.is_some_and(|at| filter.counts(at));
            if happened(record.created) {
                *kinds.entry(record.kind.clone()).or_default() += 1;
                words.add(&record.title);
            }
            if happened(record.completed) && record.portal_rating.is_some() {
                *portal.entry(record.portal_rating.clone()).or_default() += 1;
            }
        }
        Self {
            total: total.counts(),
            companies: groups(companies),
            assignees: groups(assignees),
            kinds: tallies(kinds),
            words: tallies(words.repeated()),
            portal: tallies(portal),
        }
    }

    /// Whether nothing happened at all.
    pub fn is_empty(&self) -> bool {
        self.companies.is_empty()
    }
}

fn groups(sums: BTreeMap<Option<String>, Sums>) -> Vec<Group> {
    let mut groups: Vec<Group> = sums
        .into_iter()
        .map(|(name, sums)| Group {
            name,
            counts: sums.counts(),
        })
        .collect();
    // Stable: equally busy ones stay in order of names.
    groups.sort_by_key(|group| Reverse(group.counts.created + group.counts.completed));
    groups
}

fn tallies(counts: BTreeMap<Option<String>, usize>) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = counts
        .into_iter()
        .map(|(name, count)| Tally { name, count })
        .collect();
    tallies.sort_by_key(|tally| Reverse(tally.count));
    tallies
}

/// Counts in the making.
#[derive(Default)]
struct Sums {
    counts: Counts,
    answers: Vec<SignedDuration>,
    completions: Vec<SignedDuration>,
}

impl Sums {
    fn add(&mut self, record: &Record, filter: &Filter) {
        let within = |moment: Option<Timestamp>| moment.filter(|at| filter.counts(*at));
        // Clocks of two machines may disagree by a little; nothing takes less than no time.
        let since_created = |end: Timestamp| {
            record
                .created
                .map(|start| end.duration_since(start).max(SignedDuration::ZERO))
        };
        let counts = &mut self.counts;
        counts.created += usize::from(within(record.created).is_some());
        counts.reopened += record
            .reopened
            .iter()
            .filter(|at| filter.counts(**at))
            .count();
        if let Some(at) = within(record.completed) {
            counts.completed += 1;
            counts.completed_rated += usize::from(record.rating.is_some());
            self.completions.extend(since_created(at));
        }
        if let Some(at) = within(record.first_answer) {
            self.answers.extend(since_created(at));
        }
        if let (Some(score), Some(_)) = (record.rating, within(record.rated)) {
            counts.scores.add(score);
        }
    }

    fn counts(self) -> Counts {
        Counts {
            first_answer: Spread::of(self.answers),
            completion: Spread::of(self.completions),
            ..self.counts
        }
    }
}

impl Counts {
    /// Which part of the issues completed is rated, in per cent.
    pub fn rated_percent(&self) -> Option<usize> {
        (self.completed > 0)
            .then(|| (200 * self.completed_rated + self.completed) / (2 * self.completed))
    }
}

impl Scores {
    fn add(&mut self, score: Score) {
        if let Some(count) = self.0.get_mut(usize::from(score.get()) - 1) {
            *count += 1;
        }
    }

    /// Each score with how often it was given, from 5 down to 1.
    pub fn best_first(&self) -> impl Iterator<Item = (u8, usize)> {
        (1..=5).zip(self.0).rev()
    }

    /// How many ratings.
    pub fn count(&self) -> usize {
        self.0.iter().sum()
    }

    /// Their mean.
    pub fn average(&self) -> Option<f64> {
        let sum: usize = (1..).zip(self.0).map(|(score, count)| score * count).sum();
        (self.count() > 0).then(|| sum as f64 / self.count() as f64)
    }
}

impl Spread {
    fn of(mut times: Vec<SignedDuration>) -> Option<Self> {
        times.sort_unstable();
        let count = times.len();
        let nth = |index: usize| times.get(index).copied();
        let (low, high) = (nth(count.checked_sub(1)? / 2)?, nth(count / 2)?);
        Some(Self {
            count,
            median: low + (high - low) / 2,
            p90: nth((9 * count).div_ceil(10) - 1)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(minutes: &[i64]) -> Option<(i64, i64)> {
        let times = minutes.iter().map(|m| SignedDuration::from_mins(*m));
        Spread::of(times.collect()).map(|s| (s.median.as_secs(), s.p90.as_secs()))
    }

    #[test]
    fn medians_and_percentiles_by_hand() {
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[7]), Some((420, 420)));
        assert_eq!(spread(&[10, 5]), Some((450, 600)));
        assert_eq!(spread(&[3, 1, 2]), Some((120, 180)));
        assert_eq!(spread(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), Some((330, 540)));
        assert_eq!(
            spread(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
            Some((360, 600))
        );
    }

    #[test]
    fn shares_are_rounded_to_the_nearest() {
        let share = |completed_rated, completed| {
            Counts {
                completed,
                completed_rated,
                ..Counts::default()
            }
            .rated_percent()
        };
        assert_eq!(share(0, 0), None);
        assert_eq!(share(2, 3), Some(67));
        assert_eq!(share(1, 3), Some(33));
        assert_eq!(share(1, 200), Some(1));
        assert_eq!(share(3, 3), Some(100));
    }

    proptest! {
        #[test]
        fn at_least_half_and_nine_tenths_took_no_longer(minutes in prop::collection::vec(0..100_000i64, 1..60)) {
            let times: Vec<_> = minutes.iter().map(|m| SignedDuration::from_mins(*m)).collect();
            let spread = Spread::of(times.clone()).unwrap();
            let within = |limit| times.iter().filter(|time| **time <= limit).count();
            prop_assert!(2 * within(spread.median) >= times.len());
            prop_assert!(10 * within(spread.p90) >= 9 * times.len());
            prop_assert!(times.contains(&spread.p90));
        }
    }
}
