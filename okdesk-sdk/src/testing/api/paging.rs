//! The two ways lists are cut into pages.

use std::collections::BTreeMap;

use crate::testing::dialect::Switch;
use crate::testing::params::Params;
use crate::testing::state::Account;
use crate::testing::state::refusal::{Mistakes, Refusal};

const KEYSET_LIMIT: u64 = 100;
const NUMBERED_DEFAULT: u64 = 20;
const NUMBERED_LIMIT: u64 = 50;

/// `page[from_id]`, `page[direction]`, `page[size]`.
pub(crate) struct Keyset {
    from_id: Option<u64>,
    forward: bool,
    size: usize,
    inclusive: bool,
}

impl Keyset {
    pub(crate) fn read(account: &Account, params: &Params) -> Result<Self, Refusal> {
        let none = Params::default();
        let page = params.map("page").unwrap_or(&none);
        let mut mistakes = Mistakes::default();
        let size = read_size(page, KEYSET_LIMIT, KEYSET_LIMIT, &mut mistakes);
        let from_id = page.get("from_id").and_then(|param| {
            let id = param.id();
            if id.is_none() {
                mistakes.add("page.from_id", "не является числом");
            }
            id
        });
        let forward = match page.text("direction").as_deref() {
            None | Some("reverse") => false,
            Some("forward") => true,
            Some(_) => {
                mistakes.add("page.direction", "имеет непредусмотренное значение");
                false
            }
        };
        mistakes.check()?;
        let inclusive = account.speaks(Switch::FromIdInclusive);
        Ok(Self {
            from_id,
            forward,
            size: size as usize,
            inclusive,
        })
    }

    /// The page of what passes `keep`.
    pub(crate) fn of<'a, T>(
        &self,
        all: &'a BTreeMap<u64, T>,
        mut keep: impl FnMut(&T) -> bool,
    ) -> Vec<&'a T> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let bound = match self.from_id {
            None => Unbounded,
            Some(id) if self.inclusive => Included(id),
            Some(id) => Excluded(id),
        };
        if self.forward {
            all.range((bound, Unbounded))
                .map(|(_, one)| one)
                .filter(|one| keep(one))
                .take(self.size)
                .collect()
        } else {
            all.range((Unbounded, bound))
                .rev()
                .map(|(_, one)| one)
                .filter(|one| keep(one))
                .take(self.size)
                .collect()
        }
    }
}

/// `page[number]` and `page[size]`.
pub(crate) struct Numbered {
    skip: usize,
    size: usize,
}

impl Numbered {
    pub(crate) fn read(account: &Account, params: &Params) -> Result<Self, Refusal> {
        let refused_above = if account.speaks(Switch::IssuePageClamped) {
            u64::MAX
        } else {
            NUMBERED_LIMIT
        };
        Self::with_limits(params, NUMBERED_DEFAULT, refused_above, NUMBERED_LIMIT)
    }

    /// Employees come by the hundred when they come by number.
    pub(crate) fn of_employees(params: &Params) -> Result<Self, Refusal> {
        Self::with_limits(params, KEYSET_LIMIT, KEYSET_LIMIT, KEYSET_LIMIT)
    }

    fn with_limits(
        params: &Params,
        default: u64,
        refused_above: u64,
        most: u64,
    ) -> Result<Self, Refusal> {
        let none = Params::default();
        let page = params.map("page").unwrap_or(&none);
        let mut mistakes = Mistakes::default();
        let size = read_size(page, default, refused_above, &mut mistakes).min(most);
        let number = match page.get("number") {
            None => 1,
            Some(param) => param.id().filter(|number| *number > 0).unwrap_or_else(|| {
                mistakes.add("page.number", "должно быть больше 0");
                1
            }),
        };
        mistakes.check()?;
        Ok(Self {
            skip: (number - 1).saturating_mul(size) as usize,
            size: size as usize,
        })
    }

    pub(crate) fn of<T>(&self, all: impl Iterator<Item = T>) -> Vec<T> {
        all.skip(self.skip).take(self.size).collect()
    }
}

fn read_size(page: &Params, default: u64, limit: u64, mistakes: &mut Mistakes) -> u64 {
    let Some(param) = page.get("size") else {
        return default;
    };
    match param.id() {
        Some(0) => mistakes.add("page.size", "должно быть больше 0"),
        Some(size) if size > limit => {
            mistakes.add("page.size", format!("должно быть меньше или равно {limit}"));
        }
        Some(size) => return size,
        None => mistakes.add("page.size", "не является числом"),
    }
    default
}
