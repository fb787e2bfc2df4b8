//! Equipment and its three dictionaries: kinds, manufacturers, models.

use super::{
    AgreementId, Attachment, AttributeCode, CompanyId, CustomAttribute, EquipmentId,
    EquipmentKindCode, EquipmentKindId, EquipmentManufacturerCode, EquipmentManufacturerId,
    EquipmentModelCode, EquipmentModelId, FieldType, MaintenanceEntityId, Named, Parameter,
    Timestamp,
};

record! {
    /// A piece of equipment.
    pub struct Equipment[id: EquipmentId] {
        /// Serial number.
        serial_number: Option<String>,
        /// Inventory number.
        inventory_number: Option<String>,
        /// A comment.
        comment: Option<String>,
        /// The maintenance entity, in detail.
        maintenance_entity_id: Option<MaintenanceEntityId>,
        /// The maintenance entity, in lists.
        maintenance_entity: Option<Named<MaintenanceEntityId>>,
        /// The equipment it belongs to.
        parent_id: Option<EquipmentId>,
        /// The kind. Written as `equipment_type_code`.
        equipment_kind: Option<EquipmentKind>,
        /// The manufacturer.
        equipment_manufacturer: Option<EquipmentManufacturer>,
        /// The model.
        equipment_model: Option<EquipmentModelRef>,
        /// The company, in one of several sizes.
        company: Option<EquipmentCompany>,
        /// Custom attributes.
        parameters: Vec<CustomAttribute>,
        /// The agreements.
        agreements: Vec<Named<AgreementId>>,
        /// When it was created.
        created_at: Option<Timestamp>,
        /// When it last changed.
        updated_at: Option<Timestamp>,
    }

    /// A kind of equipment. In other answers only code and name are there.
    pub struct EquipmentKind {
        /// Its id.
        id: Option<EquipmentKindId>,
        /// Its code.
        code: EquipmentKindCode,
        /// Its name for people.
        name: String,
        /// A description.
        description: Option<String>,
        /// Whether it is offered.
        visible: Option<bool>,
        /// The custom attributes its equipment has.
        parameters: Vec<Parameter>,
    }

    /// A manufacturer of equipment.
    pub struct EquipmentManufacturer {
        /// Its id.
        id: Option<EquipmentManufacturerId>,
        /// Its code.
        code: EquipmentManufacturerCode,
        /// Its name for people.
        name: String,
        /// A description.
        description: Option<String>,
        /// Whether it is offered.
        visible: Option<bool>,
    }

    /// A model as a piece of equipment mentions it.
    pub struct EquipmentModelRef {
        /// Its id.
        id: Option<EquipmentModelId>,
        /// Its code.
        code: EquipmentModelCode,
        /// Its name for people.
        name: String,
        /// A description.
        description: Option<String>,
    }

    /// A model of equipment.
    pub struct EquipmentModel[id: EquipmentModelId] {
        /// Its code.
        code: EquipmentModelCode,
        /// Its name for people.
        name: String,
        /// A description.
        description: Option<String>,
        /// Whether it is offered.
        visible: Option<bool>,
        /// The kind; can be missing on real accounts.
        equipment_kind: Option<EquipmentKind>,
        /// The manufacturer; can be missing on real accounts.
        equipment_manufacturer: Option<EquipmentManufacturer>,
    }

    /// The company of a piece of equipment: nine fields, two fields, or only its name.
    pub struct EquipmentCompany {
        /// Its id; missing where only the name is told.
        id: Option<CompanyId>,
        /// Its name.
        name: String,
        /// A second name.
        additional_name: Option<String>,
        /// The site.
        site: Option<String>,
        /// The address for mail.
        email: Option<String>,
        /// The phone, as it was typed.
        phone: Option<String>,
        /// The address.
        address: Option<String>,
        /// A comment.
        comment: Option<String>,
        /// Files.
        attachments: Vec<Attachment>,
    }

    /// A custom attribute of equipment, as `GET /equipments/parameters` lists it.
    pub struct EquipmentParameter {
        /// Its code.
        code: AttributeCode,
        /// Its name for people.
        name: String,
        /// Its type.
        field_type: Option<FieldType>,
        /// The kinds of equipment that have it.
        equipment_kind_codes: Vec<EquipmentKindCode>,
    }
}
