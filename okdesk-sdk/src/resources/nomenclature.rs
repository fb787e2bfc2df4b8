//! The nomenclature: groups, items, and their prices.

use super::{Direction, Nomenclature};
use crate::client::{Call, record};
use crate::model::{
    IdFilter, ItemType, NomenclatureCode, NomenclatureGroup, NomenclatureGroupId, NomenclatureItem,
    NomenclatureItemId, NomenclaturePriceListService, PriceListId, PriceListServiceId,
};
use crate::operation as op;

impl Nomenclature {
    /// Lists groups: `GET /api/v1/nomenclature/groups`, at most 100 a page. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.groups_list", async |client, _| {
    /// # client.nomenclature().create_group("spare", "Spare parts").await?;
    /// let groups = client.nomenclature().groups().code("spare").into_pager().collect().await?;
    /// assert_eq!(groups[0].name, "Spare parts");
    /// # Ok(())
    /// # });
    /// ```
    pub fn groups(&self) -> ListNomenclatureGroups {
        ListNomenclatureGroups {
            call: Call::new(&self.client, op::NOMENCLATURE_GROUPS_LIST, &[]),
        }
    }

    /// Creates a group: `POST /api/v1/nomenclature/groups`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.group_create", async |client, _| {
    /// let spare = client.nomenclature().create_group("spare", "Spare parts").await?;
    /// let drums = client.nomenclature().create_group("drums", "Drums").parent(spare.id).await?;
    /// assert_eq!(drums.parent.unwrap().id, Some(spare.id));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create_group(
        &self,
        code: impl Into<NomenclatureCode>,
        name: impl Into<String>,
    ) -> CreateNomenclatureGroup {
        let call = Call::new(&self.client, op::NOMENCLATURE_GROUP_CREATE, &[])
            .wrapped("nomenclature_group");
        CreateNomenclatureGroup {
            call: call.with("code", code.into()).with("name", name.into()),
        }
    }

    /// Reads a group: `GET /api/v1/nomenclature/groups/{id}`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.group_get", async |client, _| {
    /// # let id = client.nomenclature().create_group("spare", "Spare parts").await?.id;
    /// let group = client.nomenclature().group(id).await?;
    /// assert_eq!(group.code.as_str(), "spare");
    /// # Ok(())
    /// # });
    /// ```
    pub fn group(&self, id: NomenclatureGroupId) -> GetNomenclatureGroup {
        GetNomenclatureGroup {
            call: Call::new(&self.client, op::NOMENCLATURE_GROUP_GET, &[&id]),
        }
    }

    /// Changes a group: `PATCH /api/v1/nomenclature/groups/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.group_update", async |client, _| {
    /// # let id = client.nomenclature().create_group("spare", "Spare parts").await?.id;
    /// let group = client.nomenclature().update_group(id).parent(None).active(false).await?;
    /// assert_eq!(group.active, Some(false));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update_group(&self, id: NomenclatureGroupId) -> UpdateNomenclatureGroup {
        let call = Call::new(&self.client, op::NOMENCLATURE_GROUP_UPDATE, &[&id]);
        UpdateNomenclatureGroup {
            call: call.wrapped("nomenclature_group"),
        }
    }

    /// Lists items: `GET /api/v1/nomenclature/items`, at most 100 a page. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.items_list", async |client, _| {
    /// # okdesk_sdk::example::drum(&client).await?;
    /// use okdesk_sdk::model::{IdFilter, ItemType};
    ///
    /// let items = client.nomenclature().items().kinds([ItemType::Product]).group(IdFilter::Without);
    /// let items = items.into_pager().collect().await?;
    /// assert_eq!(items[0].name, "Drum");
    /// # Ok(())
    /// # });
    /// ```
    pub fn items(&self) -> ListNomenclatureItems {
        ListNomenclatureItems {
            call: Call::new(&self.client, op::NOMENCLATURE_ITEMS_LIST, &[]),
        }
    }

    /// Creates an item: `POST /api/v1/nomenclature/items`. Never repeated after an unknown fate.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.item_create", async |client, _| {
    /// use okdesk_sdk::model::ItemType;
    ///
    /// let drum = client.nomenclature().create_item("drum", "Drum", ItemType::Product, "pc").vendor_code("CF232A").await?;
    /// assert_eq!(drum.vendor_code.as_deref(), Some("CF232A"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create_item(
        &self,
        code: impl Into<NomenclatureCode>,
        name: impl Into<String>,
        kind: ItemType,
        unit: impl Into<String>,
    ) -> CreateNomenclatureItem {
        let call =
            Call::new(&self.client, op::NOMENCLATURE_ITEM_CREATE, &[]).wrapped("nomenclature_item");
        let call = call.with("code", code.into()).with("name", name.into());
        CreateNomenclatureItem {
            call: call.with("item_type", kind).with("unit", unit.into()),
        }
    }

    /// Reads an item: `GET /api/v1/nomenclature/items/{id}`. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.item_get", async |client, _| {
    /// # let id = okdesk_sdk::example::drum(&client).await?;
    /// let item = client.nomenclature().item(id).await?;
    /// println!("{} by the {}", item.name, item.unit);
    /// # Ok(())
    /// # });
    /// ```
    pub fn item(&self, id: NomenclatureItemId) -> GetNomenclatureItem {
        GetNomenclatureItem {
            call: Call::new(&self.client, op::NOMENCLATURE_ITEM_GET, &[&id]),
        }
    }

    /// Changes an item: `PATCH /api/v1/nomenclature/items/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.item_update", async |client, _| {
    /// # let id = okdesk_sdk::example::drum(&client).await?;
    /// let item = client.nomenclature().update_item(id).name("Imaging drum").vendor_code(None).await?;
    /// assert_eq!(item.name, "Imaging drum");
    /// # Ok(())
    /// # });
    /// ```
    pub fn update_item(&self, id: NomenclatureItemId) -> UpdateNomenclatureItem {
        let call = Call::new(&self.client, op::NOMENCLATURE_ITEM_UPDATE, &[&id]);
        UpdateNomenclatureItem {
            call: call.wrapped("nomenclature_item"),
        }
    }

    /// Lists the lines of a price list: `GET /api/v1/nomenclature/price_lists/{id}/services`, at most 100 a page.
    ///
    /// Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.price_list_services_list", async |client, at| {
    /// # let (id, drum) = (at.price_list, okdesk_sdk::example::drum(&client).await?);
    /// # client.nomenclature().create_price(id, drum, 5900.0, 20).await?;
    /// let prices = client.nomenclature().prices(id).text("Drum").into_pager().collect().await?;
    /// assert_eq!(prices[0].price, Some(5900.0));
    /// # Ok(())
    /// # });
    /// ```
    pub fn prices(&self, id: PriceListId) -> ListNomenclaturePrices {
        ListNomenclaturePrices {
            call: Call::new(
                &self.client,
                op::NOMENCLATURE_PRICE_LIST_SERVICES_LIST,
                &[&id],
            ),
        }
    }

    /// Prices an item: `POST /api/v1/nomenclature/price_lists/{id}/services`. Never repeated after an unknown fate.
    ///
    /// VAT is in per cent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.price_list_service_create", async |client, at| {
    /// # let (id, drum) = (at.price_list, okdesk_sdk::example::drum(&client).await?);
    /// let line = client.nomenclature().create_price(id, drum, 5900.0, 20).await?;
    /// assert_eq!(line.nomenclature_item_id, Some(drum));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create_price(
        &self,
        id: PriceListId,
        item: NomenclatureItemId,
        price: f64,
        vat: u8,
    ) -> CreateNomenclaturePrice {
        let call = Call::new(
            &self.client,
            op::NOMENCLATURE_PRICE_LIST_SERVICE_CREATE,
            &[&id],
        )
        .wrapped("service");
        CreateNomenclaturePrice {
            call: call
                .with("nomenclature_item_id", item)
                .with("price", price)
                .with("nds", vat),
        }
    }

    /// Changes a price: `PATCH /api/v1/nomenclature/price_lists/{id}/services/{service_id}`.
    ///
    /// Repeated only if it was not sent.
    ///
    /// > Not confirmed: one client sends PUT, which the documentation uses nowhere; so this call sends PATCH.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("nomenclature.price_list_service_update", async |client, at| {
    /// # let (id, drum) = (at.price_list, okdesk_sdk::example::drum(&client).await?);
    /// # let line = client.nomenclature().create_price(id, drum, 5900.0, 20).await?.id;
    /// let line = client.nomenclature().update_price(id, line).price(5500.0).visible(false).await?;
    /// assert_eq!((line.price, line.visible), (Some(5500.0), Some(false)));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update_price(
        &self,
        id: PriceListId,
        line: PriceListServiceId,
    ) -> UpdateNomenclaturePrice {
        let call = Call::new(
            &self.client,
            op::NOMENCLATURE_PRICE_LIST_SERVICE_UPDATE,
            &[&id, &line],
        );
        UpdateNomenclaturePrice {
            call: call.wrapped("service"),
        }
    }
}

request! {
    /// Creates a group; see [`Nomenclature::create_group`].
    pub struct CreateNomenclatureGroup -> NomenclatureGroup, record {
        /// The group it belongs to.
        field parent: NomenclatureGroupId = "parent_id";
    }

    /// Reads a group; see [`Nomenclature::group`].
    pub struct GetNomenclatureGroup -> NomenclatureGroup, record {}

    /// Changes a group; see [`Nomenclature::update_group`].
    pub struct UpdateNomenclatureGroup -> NomenclatureGroup, record {
        /// The name.
        field name: String = "name";
        /// The group it belongs to.
        patch parent: NomenclatureGroupId = "parent_id";
        /// Whether it is in use.
        flag active = "active";
    }

    /// Creates an item; see [`Nomenclature::create_item`].
    pub struct CreateNomenclatureItem -> NomenclatureItem, record {
        /// A description.
        field description: String = "description";
        /// The group it belongs to.
        field group: NomenclatureGroupId = "group_id";
        /// The code of the vendor.
        field vendor_code: String = "vendor_code";
    }

    /// Reads an item; see [`Nomenclature::item`].
    pub struct GetNomenclatureItem -> NomenclatureItem, record {}

    /// Changes an item; see [`Nomenclature::update_item`].
    pub struct UpdateNomenclatureItem -> NomenclatureItem, record {
        /// The code.
        field code: NomenclatureCode = "code";
        /// The name.
        field name: String = "name";
        /// What it is.
        field kind: ItemType = "item_type";
        /// The unit of measure.
        field unit: String = "unit";
        /// A description.
        patch description: String = "description";
        /// The group it belongs to.
        patch group: NomenclatureGroupId = "group_id";
        /// The code of the vendor.
        patch vendor_code: String = "vendor_code";
        /// Whether it is in use.
        flag active = "active";
    }

    /// Prices an item; see [`Nomenclature::create_price`].
    pub struct CreateNomenclaturePrice -> NomenclaturePriceListService, record {}

    /// Changes a price; see [`Nomenclature::update_price`].
    pub struct UpdateNomenclaturePrice -> NomenclaturePriceListService, record {
        /// The price of one unit.
        field price: f64 = "price";
        /// VAT in per cent.
        number vat: u8 = "nds";
        /// Whether it is offered.
        flag visible = "visible";
    }
}

paged! {
    /// Lists groups; see [`Nomenclature::groups`].
    pub struct ListNomenclatureGroups -> NomenclatureGroup {
        /// A piece of text.
        filter text: String = "search_string";
        /// The exact code.
        filter code: NomenclatureCode = "code";
        /// Only beyond this id.
        filter from_id: NomenclatureGroupId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }

    /// Lists items; see [`Nomenclature::items`].
    pub struct ListNomenclatureItems -> NomenclatureItem {
        /// A piece of text.
        filter text: String = "search_string";
        /// The exact code.
        filter code: NomenclatureCode = "code";
        /// What they are.
        filters kinds: ItemType = "item_types";
        /// The group; [`IdFilter::Without`] for those in none.
        filter group: IdFilter<NomenclatureGroupId> = "group_id";
        /// Only beyond this id.
        filter from_id: NomenclatureItemId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }

    /// Lists the lines of a price list; see [`Nomenclature::prices`].
    pub struct ListNomenclaturePrices -> NomenclaturePriceListService {
        /// A piece of text.
        filter text: String = "search_string";
        /// What they are.
        filters kinds: ItemType = "item_types";
        /// The group.
        filter group: IdFilter<NomenclatureGroupId> = "group_id";
        /// Only beyond this id.
        filter from_id: PriceListServiceId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
