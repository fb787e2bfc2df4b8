//! Order out of disorder: webhooks carry no time and no number, so a late or repeated status event is recognised by the
//! step it describes – from which status to which.

use okdesk_sdk::model::StatusCode;
use serde::{Deserialize, Serialize};

/// What is known of an issue's way through its statuses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Where the issue stands, as far as its client was told.
    #[serde(default)]
    at: Option<StatusCode>,
    /// Steps that have found their place.
    #[serde(default)]
    steps: Vec<Step>,
    /// A stretch that an early event skipped and whose steps may still arrive; it begins at the unknown if the issue
    /// was met halfway.
    #[serde(default)]
    gap: Option<(Option<StatusCode>, StatusCode)>,
    /// Steps that fit nowhere yet.
    #[serde(default)]
    aside: Vec<Step>,
}

type Step = (StatusCode, StatusCode);

/// Longer memories would only serve an issue that nobody can follow any more.
const REMEMBERED: usize = 64;

impl History {
    /// The status the client was last told of.
    pub fn at(&self) -> Option<&StatusCode> {
        self.at.as_ref()
    }

    /// The issue was made with this status.
    pub fn begin(&mut self, status: &StatusCode) {
        match &mut self.gap {
            _ if self.at.is_none() => self.at = Some(status.clone()),
            Some((beginning @ None, _)) => *beginning = Some(status.clone()),
            _ => return,
        }
        self.settle();
    }

    /// The issue was found in this status just now, whatever came before. True if that is news.
    pub fn found(&mut self, status: &StatusCode) -> bool {
        let news = self.at.as_ref() != Some(status);
        if news {
            // It came here by steps that were not heard of yet, and may be: they are old news by then.
            let beginning = match self.gap.take() {
                Some((beginning, _)) => beginning,
                None => self.at.take(),
            };
            self.gap = Some((beginning, status.clone()));
            self.at = Some(status.clone());
            self.settle();
        }
        news
    }

    /// The issue went from one status to another. True if the issue now stands somewhere else than before.
    pub fn step(&mut self, from: &StatusCode, to: &StatusCode) -> bool {
        let step = (from.clone(), to.clone());
        let before = self.at.clone();
        match &self.at {
            Some(at) if at == from => self.advance(step),
            _ if self.steps.contains(&step) || self.aside.contains(&step) => return false,
            None => {
                self.gap = Some((None, from.clone()));
                self.advance(step);
            }
            Some(at) if at != to && self.gap.is_none() => {
                self.gap = Some((Some(at.clone()), from.clone()));
                self.advance(step);
            }
            Some(_) => self.aside.push(step),
        }
        self.settle();
        self.at != before
    }

    /// Finds places for what was put aside, until nothing moves any more.
    fn settle(&mut self) {
        while let Some(index) = (0..self.aside.len()).find(|index| self.fits(*index)) {
            let step = self.aside.remove(index);
            if self.at.as_ref() == Some(&step.0) {
                self.advance(step);
            } else if let Some((beginning, end)) = &mut self.gap {
                if *end == step.1 {
                    *end = step.0.clone();
                } else {
                    *beginning = Some(step.1.clone());
                }
                self.remember(step);
            }
            self.close();
        }
        self.close();
    }

    fn fits(&self, index: usize) -> bool {
        let Some((from, to)) = self.aside.get(index) else {
            return false;
        };
        self.at.as_ref() == Some(from)
            || self
                .gap
                .as_ref()
                .is_some_and(|(beginning, end)| end == to || beginning.as_ref() == Some(from))
    }

    fn close(&mut self) {
        if self
            .gap
            .as_ref()
            .is_some_and(|(beginning, end)| beginning.as_ref() == Some(end))
        {
            self.gap = None;
        }
    }

    fn advance(&mut self, step: Step) {
        self.at = Some(step.1.clone());
        self.remember(step);
    }

    fn remember(&mut self, step: Step) {
        if !self.steps.contains(&step) {
            self.steps.push(step);
        }
        if self.steps.len() > REMEMBERED {
            self.steps.remove(0);
        }
        if self.aside.len() > REMEMBERED {
            self.aside.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(n: usize) -> StatusCode {
        StatusCode::new(format!("s{n}"))
    }

    proptest! {
        #[test]
        fn no_order_and_no_repetition_leads_back(
            length in 1usize..7,
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
            known in any::<bool>(),
        ) {
            let mut history = History::default();
            if known {
                history.begin(&code(0));
            }
            let mut told = vec![];
            let all = order.iter().map(|i| i.index(length)).chain(0..length);
            for step in all {
                if history.step(&code(step), &code(step + 1)) {
                    told.push(history.at().cloned().unwrap());
                }
            }
            let mut sorted = told.clone();
            sorted.sort();
            sorted.dedup();
            prop_assert_eq!(&sorted, &told, "each status at most once, never an older one after a newer");
            prop_assert_eq!(told.last(), Some(&code(length)), "and the last one is told");
        }
    }

    proptest! {
        /// Whoever looks sees the issue where it is, with the steps that led there still on their way.
        #[test]
        fn nothing_that_is_heard_after_a_look_leads_back_behind_it(
            length in 1usize..7,
            order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
            again in prop::collection::vec((0..6usize, any::<prop::sample::Index>()), 0..12),
            looks in prop::collection::vec(prop::option::weighted(0.3, 0..7usize), 20),
            known in any::<bool>(),
        ) {
            let mut steps = order;
            for (step, at) in again {
                steps.insert(at.index(steps.len() + 1), step);
            }
            let mut history = History::default();
            if known {
                history.begin(&code(0));
            }
            let (mut told, mut real) = (vec![], 0);
            for (step, look) in steps.into_iter().filter(|step| *step < length).zip(looks) {
                if let Some(look) = look {
                    real = real.max(look.min(length));
                    // Nobody tells of the status an issue was made with.
                    if real > 0 && history.found(&code(real)) {
                        told.push(history.at().cloned().unwrap());
                    }
                }
                real = real.max(step + 1);
                if history.step(&code(step), &code(step + 1)) {
                    told.push(history.at().cloned().unwrap());
                }
            }
            let mut sorted = told.clone();
            sorted.sort();
            sorted.dedup();
            prop_assert_eq!(&sorted, &told, "each status at most once, never an older one after a newer");
            prop_assert_eq!(told.last(), Some(&code(length)), "and the last one is told");
        }
    }

    #[test]
    fn a_reopened_issue_is_completed_again() {
        let mut history = History::default();
        history.begin(&code(0));
        assert!(history.step(&code(0), &code(1)));
        assert!(!history.step(&code(0), &code(1)));
        assert!(history.step(&code(1), &code(0)));
        assert!(history.step(&code(0), &code(1)));
    }

    #[test]
    fn what_is_found_settles_everything() {
        let mut history = History::default();
        assert!(history.step(&code(3), &code(4)));
        assert!(!history.step(&code(7), &code(8)));
        assert!(history.found(&code(8)));
        assert!(!history.found(&code(8)));
        assert!(history.step(&code(8), &code(9)));
    }
}
