//! Agreements.

use super::Agreements;
use crate::client::{Call, list, record};
use crate::model::{Agreement, AgreementId};
use crate::operation as op;

impl Agreements {
    /// Agreements, as many as come at once: `GET /api/v1/agreements`. Repeated automatically.
    ///
    /// > Not confirmed: whether there are filters or pages.
    ///
    /// Source: two clients.
    ///
    /// ```
    /// # okdesk_sdk::example::run("agreements.list", async |client, _| {
    /// let agreements = client.agreements().list().await?;
    /// assert_eq!(agreements[0].title, "Full service");
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListAgreements {
        ListAgreements {
            call: Call::new(&self.client, op::AGREEMENTS_LIST, &[]),
        }
    }

    /// Reads an agreement: `GET /api/v1/agreements/{id}`. Repeated automatically.
    ///
    /// Source: three clients.
    ///
    /// ```
    /// # okdesk_sdk::example::run("agreements.get", async |client, at| {
    /// # let id = at.agreement;
    /// let agreement = client.agreements().get(id).await?;
    /// println!("{} costs {:?}", agreement.title, agreement.cost);
    /// # Ok(())
    /// # });
    /// ```
    pub fn get(&self, id: AgreementId) -> GetAgreement {
        GetAgreement {
            call: Call::new(&self.client, op::AGREEMENTS_GET, &[&id]),
        }
    }
}

request! {
    /// Lists agreements; see [`Agreements::list`].
    pub struct ListAgreements -> Vec<Agreement>, list {}

    /// Reads an agreement; see [`Agreements::get`].
    pub struct GetAgreement -> Agreement, record {}
}
