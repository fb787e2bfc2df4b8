//! Lines of the specification of an issue: services, work, products.

use super::{Direction, IssueServices};
use crate::client::{Call, list, nothing};
use crate::model::{
    AvailableService, EmployeeId, IssueId, IssueService, PriceListId, ServiceCode, ServiceId,
};
use crate::operation as op;

impl IssueServices {
    /// All lines of an issue, at once: `GET /api/v1/issues/{id}/services`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issue_services.list", async |client, at| {
    /// # let issue = at.issue;
    /// let lines = client.issue_services().list(issue).await?;
    /// let sum: f64 = lines.iter().filter_map(|line| line.total).sum();
    /// # assert_eq!(sum, 0.0);
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self, issue: IssueId) -> ListIssueServices {
        ListIssueServices {
            call: Call::new(&self.client, op::ISSUE_SERVICES_LIST, &[&issue]),
        }
    }

    /// Adds a line: `POST /api/v1/issues/{id}/services`. Never repeated after an unknown fate.
    ///
    /// What it answers is not known, so the answer is not read.
    ///
    /// Source: documentation; a client in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issue_services.create", async |client, at| {
    /// # let (issue, employee) = (at.issue, at.employee);
    /// # okdesk_sdk::example::visit(&client, at).await?;
    /// client.issue_services().create(issue, "visit", 2.0).performer(employee).discount(10).await?;
    /// let lines = client.issue_services().list(issue).await?;
    /// assert_eq!(lines[0].total, Some(1800.0));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(
        &self,
        issue: IssueId,
        code: impl Into<ServiceCode>,
        quantity: f64,
    ) -> CreateIssueService {
        let call =
            Call::new(&self.client, op::ISSUE_SERVICES_CREATE, &[&issue]).wrapped("issue_service");
        CreateIssueService {
            call: call.with("code", code.into()).with("quantity", quantity),
        }
    }

    /// Lists what may be added to an issue: `GET /api/v1/issues/{id}/available_services`, at most 100 a page.
    ///
    /// Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issue_services.available_list", async |client, at| {
    /// # let issue = at.issue;
    /// # okdesk_sdk::example::visit(&client, at).await?;
    /// let offered = client.issue_services().available(issue).text("visit").into_pager().collect().await?;
    /// assert_eq!(offered[0].price, Some(1000.0));
    /// # Ok(())
    /// # });
    /// ```
    pub fn available(&self, issue: IssueId) -> ListAvailableServices {
        ListAvailableServices {
            call: Call::new(&self.client, op::ISSUE_SERVICES_AVAILABLE_LIST, &[&issue]),
        }
    }
}

request! {
    /// All lines of an issue; see [`IssueServices::list`].
    pub struct ListIssueServices -> Vec<IssueService>, list {}

    /// Adds a line; see [`IssueServices::create`].
    pub struct CreateIssueService -> (), nothing {
        /// Who did it.
        field performer: EmployeeId = "performer_id";
        /// The price list.
        field price_list: PriceListId = "price_list_id";
        /// A comment.
        field comment: String = "comment";
        /// The sum, from 0.
        field total: f64 = "total";
        /// The discount in per cent.
        number discount: u8 = "discount";
    }
}

paged! {
    /// Lists what may be added to an issue; see [`IssueServices::available`].
    pub struct ListAvailableServices -> AvailableService {
        /// A piece of text.
        filter text: String = "search_string";
        /// Only beyond this id.
        filter from_id: ServiceId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
