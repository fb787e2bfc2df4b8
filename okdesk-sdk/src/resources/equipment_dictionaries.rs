//! The three dictionaries of equipment: kinds, manufacturers, models.

use super::{Direction, EquipmentKinds, EquipmentManufacturers, EquipmentModels};
use crate::client::{Call, record};
use crate::model::{
    AttributeCode, EquipmentKind, EquipmentKindCode, EquipmentKindId, EquipmentManufacturer,
    EquipmentManufacturerCode, EquipmentManufacturerId, EquipmentModel, EquipmentModelCode,
    EquipmentModelId,
};
use crate::operation as op;

impl EquipmentKinds {
    /// Lists kinds: `GET /api/v1/equipments/kinds`, at most 100 a page. Repeated automatically.
    ///
    /// Source: documentation.
    pub fn list(&self) -> ListEquipmentKinds {
        ListEquipmentKinds {
            call: Call::new(&self.client, op::EQUIPMENT_KINDS_LIST, &[]),
        }
    }

    /// Creates a kind: `POST /api/v1/equipments/kinds`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    pub fn create(
        &self,
        name: impl Into<String>,
        code: impl Into<EquipmentKindCode>,
    ) -> CreateEquipmentKind {
        let call =
            Call::new(&self.client, op::EQUIPMENT_KINDS_CREATE, &[]).wrapped("equipment_kind");
        CreateEquipmentKind {
            call: call.with("name", name.into()).with("code", code.into()),
        }
    }

    /// Changes a kind: `PATCH /api/v1/equipments/kinds/{id}`. Repeated only if it was not sent.
    ///
    /// Source: the path in one client; the fields as for the other dictionaries.
    pub fn update(&self, id: EquipmentKindId) -> UpdateEquipmentKind {
        UpdateEquipmentKind {
            call: Call::new(&self.client, op::EQUIPMENT_KINDS_UPDATE, &[&id])
                .wrapped("equipment_kind"),
        }
    }
}

impl EquipmentManufacturers {
    /// Lists manufacturers: `GET /api/v1/equipments/manufacturers`, at most 100 a page. Repeated automatically.
    ///
    /// Source: documentation.
    pub fn list(&self) -> ListEquipmentManufacturers {
        ListEquipmentManufacturers {
            call: Call::new(&self.client, op::EQUIPMENT_MANUFACTURERS_LIST, &[]),
        }
    }

    /// Creates a manufacturer: `POST /api/v1/equipments/manufacturers`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    pub fn create(
        &self,
        name: impl Into<String>,
        code: impl Into<EquipmentManufacturerCode>,
    ) -> CreateEquipmentManufacturer {
        let call = Call::new(&self.client, op::EQUIPMENT_MANUFACTURERS_CREATE, &[])
            .wrapped("equipment_manufacturer");
        CreateEquipmentManufacturer {
            call: call.with("name", name.into()).with("code", code.into()),
        }
    }

    /// Changes a manufacturer: `PATCH /api/v1/equipments/manufacturers/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    pub fn update(&self, id: EquipmentManufacturerId) -> UpdateEquipmentManufacturer {
        let call = Call::new(&self.client, op::EQUIPMENT_MANUFACTURERS_UPDATE, &[&id]);
        UpdateEquipmentManufacturer {
            call: call.wrapped("equipment_manufacturer"),
        }
    }
}

impl EquipmentModels {
    /// Lists models: `GET /api/v1/equipments/models`, at most 100 a page. Repeated automatically.
    ///
    /// Source: documentation.
    pub fn list(&self) -> ListEquipmentModels {
        ListEquipmentModels {
            call: Call::new(&self.client, op::EQUIPMENT_MODELS_LIST, &[]),
        }
    }

    /// Creates a model: `POST /api/v1/equipments/models`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    pub fn create(
        &self,
        name: impl Into<String>,
        code: impl Into<EquipmentModelCode>,
        kind: EquipmentKindId,
        manufacturer: EquipmentManufacturerId,
    ) -> CreateEquipmentModel {
        let call =
            Call::new(&self.client, op::EQUIPMENT_MODELS_CREATE, &[]).wrapped("equipment_model");
        let call = call.with("name", name.into()).with("code", code.into());
        CreateEquipmentModel {
            call: call
                .with("equipment_kind_id", kind)
                .with("equipment_manufacturer_id", manufacturer),
        }
    }

    /// Changes a model: `PATCH /api/v1/equipments/models/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    pub fn update(&self, id: EquipmentModelId) -> UpdateEquipmentModel {
        let call = Call::new(&self.client, op::EQUIPMENT_MODELS_UPDATE, &[&id]);
        UpdateEquipmentModel {
            call: call.wrapped("equipment_model"),
        }
    }
}

request! {
    /// Creates a kind; see [`EquipmentKinds::create`].
    pub struct CreateEquipmentKind -> EquipmentKind, record {
        /// A description.
        field description: String = "description";
        /// The custom attributes its equipment has.
        array parameters: AttributeCode = "parameter_codes";
    }

    /// Changes a kind; see [`EquipmentKinds::update`].
    pub struct UpdateEquipmentKind -> EquipmentKind, record {
        /// The name.
        field name: String = "name";
        /// A description.
        patch description: String = "description";
        /// Whether it is offered.
        flag visible = "visible";
        /// The custom attributes its equipment has.
        array parameters: AttributeCode = "parameter_codes";
    }

    /// Creates a manufacturer; see [`EquipmentManufacturers::create`].
    pub struct CreateEquipmentManufacturer -> EquipmentManufacturer, record {
        /// A description.
        field description: String = "description";
    }

    /// Changes a manufacturer; see [`EquipmentManufacturers::update`].
    pub struct UpdateEquipmentManufacturer -> EquipmentManufacturer, record {
        /// The name.
        field name: String = "name";
        /// A description.
        patch description: String = "description";
        /// Whether it is offered.
        flag visible = "visible";
    }

    /// Creates a model; see [`EquipmentModels::create`].
    pub struct CreateEquipmentModel -> EquipmentModel, record {
        /// A description.
        field description: String = "description";
    }

    /// Changes a model; see [`EquipmentModels::update`].
    pub struct UpdateEquipmentModel -> EquipmentModel, record {
        /// The name.
        field name: String = "name";
        /// The code.
        field code: EquipmentModelCode = "code";
        /// The kind.
        field kind: EquipmentKindId = "equipment_kind_id";
        /// The manufacturer.
        field manufacturer: EquipmentManufacturerId = "equipment_manufacturer_id";
        /// A description.
        patch description: String = "description";
        /// Whether it is offered.
        flag visible = "visible";
    }
}

paged! {
    /// Lists kinds; see [`EquipmentKinds::list`].
    pub struct ListEquipmentKinds -> EquipmentKind {
        /// A piece of name or code.
        filter text: String = "search_string";
        /// Only beyond this id.
        filter from_id: EquipmentKindId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }

    /// Lists manufacturers; see [`EquipmentManufacturers::list`].
    pub struct ListEquipmentManufacturers -> EquipmentManufacturer {
        /// A piece of name or code.
        filter text: String = "search_string";
        /// Only beyond this id.
        filter from_id: EquipmentManufacturerId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }

    /// Lists models; see [`EquipmentModels::list`].
    pub struct ListEquipmentModels -> EquipmentModel {
        /// A piece of name or code.
        filter text: String = "search_string";
        /// Only beyond this id.
        filter from_id: EquipmentModelId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
