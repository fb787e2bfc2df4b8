//! Maintenance entities, which issues call service objects.

use super::{Direction, MaintenanceEntities};
use crate::client::{Call, nothing, one_or_many, record};
use crate::model::{
    AgreementId, CompanyId, Coordinates, EmployeeId, GroupId, IdFilter, MaintenanceEntity,
    MaintenanceEntityId, ScheduleId, TimezoneCode,
};
use crate::operation as op;
use crate::upload::Upload;

impl MaintenanceEntities {
    /// Looks for maintenance entities: `GET /api/v1/maintenance_entities`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("maintenance_entities.search", async |client, _| {
    /// let found = client.maintenance_entities().search().name("Bakery").await?;
    /// assert_eq!(found.len(), 1);
    /// # Ok(())
    /// # });
    /// ```
    pub fn search(&self) -> SearchMaintenanceEntities {
        SearchMaintenanceEntities {
            call: Call::new(&self.client, op::MAINTENANCE_ENTITIES_SEARCH, &[]),
        }
    }

    /// Creates a maintenance entity: `POST /api/v1/maintenance_entities`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("maintenance_entities.create", async |client, at| {
    /// # let company = at.company;
    /// use okdesk_sdk::model::Coordinates;
    ///
    /// let create = client.maintenance_entities().create("Warehouse", company).address("Penza, Moskovskaya 1");
    /// let warehouse = create.coordinates(Coordinates::new(53.195, 45.018)).await?;
    /// assert_eq!(warehouse.company_id, Some(company));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(&self, name: impl Into<String>, company: CompanyId) -> CreateMaintenanceEntity {
        let call = Call::new(&self.client, op::MAINTENANCE_ENTITIES_CREATE, &[])
            .wrapped("maintenance_entity");
        CreateMaintenanceEntity {
            call: call.with("name", name.into()).with("company_id", company),
        }
    }

    /// Changes a maintenance entity: `PATCH /api/v1/maintenance_entities/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("maintenance_entities.update", async |client, at| {
    /// # let id = at.place;
    /// let place = client.maintenance_entities().update(id).comment("ring twice").address(None).await?;
    /// assert_eq!(place.comment.as_deref(), Some("ring twice"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update(&self, id: MaintenanceEntityId) -> UpdateMaintenanceEntity {
        let call = Call::new(&self.client, op::MAINTENANCE_ENTITIES_UPDATE, &[&id]);
        UpdateMaintenanceEntity {
            call: call.wrapped("maintenance_entity"),
        }
    }

    /// Attaches files: `POST /api/v1/maintenance_entities/{id}/attachments`. Never repeated after an unknown fate.
    ///
    /// What it answers is not known, so the answer is not read.
    ///
    /// Source: documentation; a client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("maintenance_entities.attachment_create", async |client, at| {
    /// # let id = at.place;
    /// use okdesk_sdk::Upload;
    ///
    /// let (plan, key) = (Upload::from_bytes("plan.pdf", "%PDF"), Upload::from_bytes("key.txt", "under the mat"));
    /// client.maintenance_entities().attach(id, plan).attach(key.description("for the engineer")).await?;
    /// assert_eq!(client.maintenance_entities().get(id).await?.attachments.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    pub fn attach(&self, id: MaintenanceEntityId, file: Upload) -> AttachToMaintenanceEntity {
        let call = Call::new(
            &self.client,
            op::MAINTENANCE_ENTITIES_ATTACHMENT_CREATE,
            &[&id],
        );
        AttachToMaintenanceEntity {
            call: call.wrapped("maintenance_entity"),
        }
        .attach(file)
    }

    /// Reads a maintenance entity: `GET /api/v1/maintenance_entities/{id}`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("maintenance_entities.get", async |client, at| {
    /// # let id = at.place;
    /// let place = client.maintenance_entities().get(id).await?;
    /// assert_eq!(place.name, "Bakery");
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("maintenance_entities.list", async |client, at| {
    /// # let company = at.company;
    /// let places = client.maintenance_entities().list().companies([company]).into_pager().collect().await?;
    /// assert_eq!(places.len(), 1);
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListMaintenanceEntities {
        ListMaintenanceEntities {
            call: Call::new(&self.client, op::MAINTENANCE_ENTITIES_LIST, &[]),
        }
    }
}

request! {
    /// Looks for maintenance entities; see [`MaintenanceEntities::search`].
    pub struct SearchMaintenanceEntities -> Vec<MaintenanceEntity>, one_or_many {
        /// The name.
        filter name: String = "name";
        /// The comment.
        filter comment: String = "comment";
        /// A piece of text anywhere; overrides everything else.
        filter text: String = "search_string";
    }

    /// Creates a maintenance entity; see [`MaintenanceEntities::create`].
    pub struct CreateMaintenanceEntity -> MaintenanceEntity, record {
        /// The agreements.
        array agreements: AgreementId = "agreement_ids";
        /// The address; Okdesk does not look it up on a map.
        field address: String = "address";
        /// The point on the map.
        field coordinates: Coordinates = "coordinates";
        /// The time zone.
        field timezone: TimezoneCode = "timezone";
        /// A comment.
        field comment: String = "comment";
        /// Who gets its issues.
        field default_assignee: EmployeeId = "default_assignee_id";
        /// Which group gets its issues.
        field default_assignee_group: GroupId = "default_assignee_group_id";
        /// The working schedule.
        field schedule: ScheduleId = "schedule_id";
        /// Employees who watch.
        array observers: EmployeeId = "observer_ids";
        /// Groups that watch.
        array observer_groups: GroupId = "observer_group_ids";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Changes a maintenance entity; see [`MaintenanceEntities::update`].
    pub struct UpdateMaintenanceEntity -> MaintenanceEntity, record {
        /// The name.
        field name: String = "name";
        /// The company.
        field company: CompanyId = "company_id";
        /// The agreements.
        array agreements: AgreementId = "agreement_ids";
        /// The address; Okdesk does not look it up on a map.
        patch address: String = "address";
        /// The point on the map.
        patch coordinates: Coordinates = "coordinates";
        /// The time zone.
        patch timezone: TimezoneCode = "timezone";
        /// A comment.
        patch comment: String = "comment";
        /// Who gets its issues.
        patch default_assignee: EmployeeId = "default_assignee_id";
        /// Which group gets its issues.
        patch default_assignee_group: GroupId = "default_assignee_group_id";
        /// The working schedule.
        patch schedule: ScheduleId = "schedule_id";
        /// Employees who watch.
        array observers: EmployeeId = "observer_ids";
        /// Groups that watch.
        array observer_groups: GroupId = "observer_group_ids";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Attaches files; see [`MaintenanceEntities::attach`].
    pub struct AttachToMaintenanceEntity -> (), nothing {
        /// One more file.
        files attach = "attachments";
    }

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
