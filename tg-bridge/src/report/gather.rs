//! Where reports get their records: the one part of them that reads.

use super::{Record, records};
use crate::store::{Store, StoreError};
use url::Url;

/// Issues read at once: others write in between.
const PAGE: u32 = 500;

/// The records of all issues the bridge knows and Okdesk has not deleted; `account` is the address of the
/// Okdesk account, where there is one.
///
/// # Errors
/// When the store cannot be read.
pub async fn gather(store: &dyn Store, account: Option<&Url>) -> Result<Vec<Record>, StoreError> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.issues(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = Some(last.facts.id);
        found.extend(records(&page, account));
    }
}
