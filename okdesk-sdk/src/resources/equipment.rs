//! Equipment.

use super::{Direction, EquipmentItems};
use crate::client::{Call, list, one_or_many, record};
use crate::model::{
    AgreementId, CompanyId, Equipment, EquipmentId, EquipmentKindCode, EquipmentManufacturerCode,
    EquipmentModelCode, EquipmentParameter, IdFilter, MaintenanceEntityId,
};
use crate::operation as op;

impl EquipmentItems {
    /// Looks for equipment: `GET /api/v1/equipments`. Repeated automatically.
    ///
    /// One hit, several and none come in different shapes; here they are always a list.
    ///
    /// Source: documentation; a client in use, which was repaired for this twice.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipments.search", async |client, _| {
    /// let found = client.equipment().search().inventory_number("INV-17").await?;
    /// assert_eq!(found[0].serial_number.as_deref(), Some("CN42"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn search(&self) -> SearchEquipment {
        SearchEquipment {
            call: Call::new(&self.client, op::EQUIPMENTS_SEARCH, &[]),
        }
    }

    /// Creates equipment: `POST /api/v1/equipments`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipments.create", async |client, at| {
    /// # let place = at.place;
    /// let printer = client.equipment().create("printer").manufacturer("hp").serial_number("CN43");
    /// let printer = printer.maintenance_entity(place).await?;
    /// assert_eq!(printer.equipment_kind.unwrap().code.as_str(), "printer");
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(&self, kind: impl Into<EquipmentKindCode>) -> CreateEquipment {
        let call = Call::new(&self.client, op::EQUIPMENTS_CREATE, &[]).wrapped("equipment");
        CreateEquipment {
            call: call.with("equipment_type_code", kind.into()),
        }
    }

    /// Reads equipment: `GET /api/v1/equipments/{id}`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipments.get", async |client, at| {
    /// # let id = at.equipment;
    /// let printer = client.equipment().get(id).await?;
    /// assert_eq!(printer.inventory_number.as_deref(), Some("INV-17"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn get(&self, id: EquipmentId) -> GetEquipment {
        GetEquipment {
            call: Call::new(&self.client, op::EQUIPMENTS_GET, &[&id]),
        }
    }

    /// Changes equipment: `PATCH /api/v1/equipments/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipments.update", async |client, at| {
    /// # let id = at.equipment;
    /// let printer = client.equipment().update(id).comment("new drum").parent(None).await?;
    /// assert_eq!(printer.comment.as_deref(), Some("new drum"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update(&self, id: EquipmentId) -> UpdateEquipment {
        UpdateEquipment {
            call: Call::new(&self.client, op::EQUIPMENTS_UPDATE, &[&id]).wrapped("equipment"),
        }
    }

    /// Lists equipment: `GET /api/v1/equipments/list`, at most 100 a page, the largest id first. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipments.list", async |client, at| {
    /// # let company = at.company;
    /// let mut printers = client.equipment().list().companies([company]).kinds(["printer"]).into_pager();
    /// while let Some(printer) = printers.next().await {
    ///     println!("{:?}", printer?.serial_number);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListEquipment {
        ListEquipment {
            call: Call::new(&self.client, op::EQUIPMENTS_LIST, &[]),
        }
    }

    /// The custom attributes of equipment: `GET /api/v1/equipments/parameters`. Repeated automatically.
    ///
    /// Source: a client in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipments.parameters_list", async |client, _| {
    /// for attribute in client.equipment().parameters().await? {
    ///     println!("{}: {:?}", attribute.code, attribute.field_type);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn parameters(&self) -> ListEquipmentParameters {
        ListEquipmentParameters {
            call: Call::new(&self.client, op::EQUIPMENTS_PARAMETERS_LIST, &[]),
        }
    }
}

request! {
    /// Looks for equipment; see [`EquipmentItems::search`].
    pub struct SearchEquipment -> Vec<Equipment>, one_or_many {
        /// The exact inventory number.
        filter inventory_number: String = "inventory_number";
        /// The exact serial number.
        filter serial_number: String = "serial_number";
        /// A piece of text anywhere; overrides everything else.
        filter text: String = "search_string";
    }

    /// Creates equipment; see [`EquipmentItems::create`].
    pub struct CreateEquipment -> Equipment, record {
        /// The manufacturer.
        field manufacturer: EquipmentManufacturerCode = "equipment_manufacturer_code";
        /// The model.
        field model: EquipmentModelCode = "equipment_model_code";
        /// Serial number.
        field serial_number: String = "serial_number";
        /// Inventory number.
        field inventory_number: String = "inventory_number";
        /// A comment.
        field comment: String = "comment";
        /// The company.
        field company: CompanyId = "company_id";
        /// The maintenance entity.
        field maintenance_entity: MaintenanceEntityId = "maintenance_entity_id";
        /// The equipment it belongs to.
        field parent: EquipmentId = "parent_id";
        /// The agreements.
        array agreements: AgreementId = "agreement_ids";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// Reads equipment; see [`EquipmentItems::get`].
    pub struct GetEquipment -> Equipment, record {}

    /// Changes equipment; see [`EquipmentItems::update`].
    pub struct UpdateEquipment -> Equipment, record {
        /// The kind; read back as `equipment_kind`.
        field kind: EquipmentKindCode = "equipment_type_code";
        /// The manufacturer.
        patch manufacturer: EquipmentManufacturerCode = "equipment_manufacturer_code";
        /// The model.
        patch model: EquipmentModelCode = "equipment_model_code";
        /// Serial number.
        patch serial_number: String = "serial_number";
        /// Inventory number.
        patch inventory_number: String = "inventory_number";
        /// A comment.
        patch comment: String = "comment";
        /// The company.
        patch company: CompanyId = "company_id";
        /// The maintenance entity.
        patch maintenance_entity: MaintenanceEntityId = "maintenance_entity_id";
        /// The equipment it belongs to.
        patch parent: EquipmentId = "parent_id";
        /// The agreements.
        array agreements: AgreementId = "agreement_ids";
        /// A custom attribute.
        attributes custom = "custom_parameters";
    }

    /// The custom attributes of equipment; see [`EquipmentItems::parameters`].
    pub struct ListEquipmentParameters -> Vec<EquipmentParameter>, list {}
}

paged! {
    /// Lists equipment; see [`EquipmentItems::list`].
    pub struct ListEquipment -> Equipment {
        /// Companies.
        filters companies: IdFilter<CompanyId> = "company_ids";
        /// Maintenance entities.
        filters maintenance_entities: IdFilter<MaintenanceEntityId> = "maintenance_entity_ids";
        /// Agreements.
        filters agreements: IdFilter<AgreementId> = "agreement_ids";
        /// Created since this day.
        day created_since = "created_since";
        /// Created until this day.
        day created_until = "created_until";
        /// Kinds.
        filters kinds: EquipmentKindCode = "equipment_kind_codes";
        /// Manufacturers. The documentation misspells the name in one place; its example does not.
        filters manufacturers: EquipmentManufacturerCode = "equipment_manufacturer_codes";
        /// Models.
        filters models: EquipmentModelCode = "equipment_model_codes";
        /// A custom attribute.
        attribute_filter custom = "custom_parameters";
        /// Only beyond this id.
        filter from_id: EquipmentId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
