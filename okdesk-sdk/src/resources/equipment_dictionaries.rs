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
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_kinds.list", async |client, _| {
    /// let kinds = client.equipment_kinds().list().text("print").into_pager().collect().await?;
    /// assert_eq!(kinds[0].code.as_str(), "printer");
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListEquipmentKinds {
        ListEquipmentKinds {
            call: Call::new(&self.client, op::EQUIPMENT_KINDS_LIST, &[]),
        }
    }

    /// Creates a kind: `POST /api/v1/equipments/kinds`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_kinds.create", async |client, _| {
    /// let kind = client.equipment_kinds().create("Scanner", "scanner").description("of bar codes").await?;
    /// assert_eq!(kind.name, "Scanner");
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_kinds.update", async |client, at| {
    /// # let id = at.kind;
    /// let kind = client.equipment_kinds().update(id).name("Laser printer").visible(false).await?;
    /// assert_eq!(kind.visible, Some(false));
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_manufacturers.list", async |client, _| {
    /// let makers = client.equipment_manufacturers().list().into_pager().collect().await?;
    /// assert_eq!(makers[0].code.as_str(), "hp");
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListEquipmentManufacturers {
        ListEquipmentManufacturers {
            call: Call::new(&self.client, op::EQUIPMENT_MANUFACTURERS_LIST, &[]),
        }
    }

    /// Creates a manufacturer: `POST /api/v1/equipments/manufacturers`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_manufacturers.create", async |client, _| {
    /// let maker = client.equipment_manufacturers().create("Kyocera", "kyocera").await?;
    /// assert_eq!(maker.name, "Kyocera");
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_manufacturers.update", async |client, at| {
    /// # let id = at.manufacturer;
    /// let maker = client.equipment_manufacturers().update(id).name("Hewlett-Packard").await?;
    /// assert_eq!(maker.name, "Hewlett-Packard");
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_models.list", async |client, _| {
    /// let models = client.equipment_models().list().text("m1").into_pager().collect().await?;
    /// assert_eq!(models[0].equipment_manufacturer.as_ref().unwrap().code.as_str(), "hp");
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListEquipmentModels {
        ListEquipmentModels {
            call: Call::new(&self.client, op::EQUIPMENT_MODELS_LIST, &[]),
        }
    }

    /// Creates a model: `POST /api/v1/equipments/models`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_models.create", async |client, at| {
    /// # let (kind, manufacturer) = (at.kind, at.manufacturer);
    /// let model = client.equipment_models().create("LaserJet 2", "lj2", kind, manufacturer).await?;
    /// assert_eq!(model.code.as_str(), "lj2");
    /// # Ok(())
    /// # });
    /// ```
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
    ///
    /// ```
    /// # okdesk_sdk::example::run("equipment_models.update", async |client, at| {
    /// # let id = at.model;
    /// let model = client.equipment_models().update(id).description(None).visible(false).await?;
    /// assert_eq!(model.visible, Some(false));
    /// # Ok(())
    /// # });
    /// ```
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
        /// The code.
        ///
        /// > Not confirmed: the reference names it without saying whether it can be changed afterwards.
        field code: EquipmentKindCode = "code";
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
