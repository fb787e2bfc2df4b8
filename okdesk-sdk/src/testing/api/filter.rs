//! Filters that many lists share.

use jiff::Timestamp;

use crate::testing::dialect::Switch;
use crate::testing::params::Params;
use crate::testing::state::Account;
use crate::testing::state::moment::{self, DayOrder, Edge};
use crate::testing::state::refusal::{BAD_DATE, BAD_VALUE, Mistakes};

/// `name[]=1&name[]=2`; `0` stands for "none".
pub(crate) struct Ids(Option<Vec<u64>>);

impl Ids {
    pub(crate) fn read(params: &Params, name: &str, mistakes: &mut Mistakes) -> Self {
        let Some(items) = params.list(name) else {
            return Self(None);
        };
        for (at, item) in items.iter().enumerate() {
            if item.id().is_none() {
                mistakes.add(format!("{name}.{at}"), BAD_VALUE);
            }
        }
        Self(params.ids(name))
    }

    pub(crate) fn accept(&self, id: Option<u64>) -> bool {
        self.0
            .as_ref()
            .is_none_or(|wanted| wanted.contains(&id.unwrap_or(0)))
    }

    pub(crate) fn accept_any(&self, ids: &[u64]) -> bool {
        self.0.as_ref().is_none_or(|wanted| {
            ids.iter().any(|id| wanted.contains(id)) || (ids.is_empty() && wanted.contains(&0))
        })
    }

    pub(crate) fn is_given(&self) -> bool {
        self.0.is_some()
    }
}

/// `name[]=code`
pub(crate) struct Codes(Option<Vec<String>>);

impl Codes {
    pub(crate) fn read(params: &Params, name: &str) -> Self {
        Self(params.texts(name))
    }

    pub(crate) fn accept(&self, code: &str) -> bool {
        self.0
            .as_ref()
            .is_none_or(|wanted| wanted.iter().any(|one| one == code))
    }

    pub(crate) fn refuse(&self, code: &str) -> bool {
        self.0
            .as_ref()
            .is_some_and(|unwanted| unwanted.iter().any(|one| one == code))
    }
}

/// `<name>_since` and `<name>_until`.
pub(crate) struct Period {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Period {
    /// Issues are filtered by `DD-MM-YYYY`.
    pub(crate) fn of_issues(
        account: &Account,
        params: &Params,
        name: &str,
        mistakes: &mut Mistakes,
    ) -> Self {
        let strict = account.speaks(Switch::IsoFilterDatesRefused);
        Self::read(
            account,
            params,
            name,
            if strict {
                DayOrder::DayFirst
            } else {
                DayOrder::Either
            },
            mistakes,
        )
    }

    /// Everything else is filtered by `YYYY-MM-DD`.
    pub(crate) fn of_records(
        account: &Account,
        params: &Params,
        name: &str,
        mistakes: &mut Mistakes,
    ) -> Self {
        Self::read(account, params, name, DayOrder::YearFirst, mistakes)
    }

    fn read(
        account: &Account,
        params: &Params,
        name: &str,
        order: DayOrder,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut end = |suffix: &str, edge| {
            let field = format!("{name}_{suffix}");
            let text = params.text(&field)?;
            let at = moment::read(&text, order, edge, account.zone);
            if at.is_none() {
                mistakes.add(field, BAD_DATE);
            }
            at
        };
        Self {
            since: end("since", Edge::Since),
            until: end("until", Edge::Until),
        }
    }

    pub(crate) fn accept(&self, at: Option<Timestamp>) -> bool {
        match at {
            Some(at) => {
                self.since.is_none_or(|since| at >= since)
                    && self.until.is_none_or(|until| at <= until)
            }
            None => self.since.is_none() && self.until.is_none(),
        }
    }
}

/// Case-blind search of a part of a text.
pub(crate) fn holds(text: Option<&str>, part: &str) -> bool {
    text.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
}
