//! Employees of the account, their roles and groups.

use super::{Direction, Employees};
use crate::client::{Call, list};
use crate::model::{Employee, EmployeeId, Group, Role};
use crate::operation as op;

impl Employees {
    /// Lists employees: `GET /api/v1/employees/list`. Repeated automatically.
    ///
    /// > Not confirmed: how it is paged; the pager finds out.
    ///
    /// Source: clients in use.
    pub fn list(&self) -> ListEmployees {
        ListEmployees {
            call: Call::new(&self.client, op::EMPLOYEES_LIST, &[]),
        }
    }

    /// All roles, at once: `GET /api/v1/employees/roles`. Repeated automatically.
    ///
    /// Source: clients in use.
    pub fn roles(&self) -> ListRoles {
        ListRoles {
            call: Call::new(&self.client, op::EMPLOYEES_ROLES_LIST, &[]),
        }
    }

    /// All groups, at once: `GET /api/v1/employees/groups`. Repeated automatically.
    ///
    /// Source: clients in use.
    pub fn groups(&self) -> ListGroups {
        ListGroups {
            call: Call::new(&self.client, op::EMPLOYEES_GROUPS_LIST, &[]),
        }
    }
}

request! {
    /// All roles; see [`Employees::roles`].
    pub struct ListRoles -> Vec<Role>, list {}

    /// All groups; see [`Employees::groups`].
    pub struct ListGroups -> Vec<Group>, list {}
}

paged! {
    /// Lists employees; see [`Employees::list`].
    pub struct ListEmployees -> Employee {
        /// Only beyond this id.
        filter from_id: EmployeeId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
