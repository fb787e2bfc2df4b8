//! Maintenance entities, which issues call service objects.

use super::{Direction, MaintenanceEntities};
use crate::client::{Call, record};
use crate::model::{
    CompanyId, EmployeeId, GroupId, IdFilter, MaintenanceEntity, MaintenanceEntityId,
};
use crate::operation as op;

impl MaintenanceEntities {
    /// Reads a maintenance entity: `GET /api/v1/maintenance_entities/{id}`. Repeated automatically.
    ///
    /// Source: documentation.
    pub fn get(&self, id: MaintenanceEntityId) -> GetMaintenanceEntity {
        GetMaintenanceEntity {
            call: Call::new(&self.client, op::MAINTENANCE_ENTITIES_GET, &[&id]),
        }
    }

    /// Lists maintenance entities: `GET /api/v1/maintenance_entities/list`, at most 100 a page, the largest id first.
    ///
    /// Repeated automatically.
    ///
    /// Source: documentation.
    pub fn list(&self) -> ListMaintenanceEntities {
        ListMaintenanceEntities {
            call: Call::new(&self.client, op::MAINTENANCE_ENTITIES_LIST, &[]),
        }
    }
}

request! {
    /// Reads a maintenance entity; see [`MaintenanceEntities::get`].
    pub struct GetMaintenanceEntity -> MaintenanceEntity, record {}
}

paged! {
    /// Lists maintenance entities; see [`MaintenanceEntities::list`].
    pub struct ListMaintenanceEntities -> MaintenanceEntity {
        /// Companies.
        filters companies: IdFilter<CompanyId> = "company_ids";
        /// Who gets their issues.
        filters default_assignees: IdFilter<EmployeeId> = "default_assignee_ids";
        /// Which groups get their issues.
        filters default_assignee_groups: IdFilter<GroupId> = "default_assignee_group_ids";
        /// Created since this day.
        day created_since = "created_since";
        /// Created until this day.
        day created_until = "created_until";
        /// Changed since this day.
        day updated_since = "updated_since";
        /// Changed until this day.
        day updated_until = "updated_until";
        /// Only beyond this id.
        filter from_id: MaintenanceEntityId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
