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
        field discount: u8 = "discount";
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
