//! Price lists.

use super::{Direction, PriceLists};
use crate::client::{Call, record};
use crate::model::{ItemType, PriceList, PriceListId, PriceListService, ServiceCode, ServiceId};
use crate::operation as op;

impl PriceLists {
    /// Lists price lists: `GET /api/v1/price_lists`, at most 100 a page. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("price_lists.list", async |client, _| {
    /// let lists = client.price_lists().list().into_pager().collect().await?;
    /// assert_eq!(lists[0].name, "Work on site");
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListPriceLists {
        ListPriceLists {
            call: Call::new(&self.client, op::PRICE_LISTS_LIST, &[]),
        }
    }

    /// Lists the lines of a price list: `GET /api/v1/price_lists/{id}/services`, at most 100 a page.
    ///
    /// The kinds of lines must be named. Repeated automatically.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("price_lists.services_list", async |client, at| {
    /// # let id = at.price_list;
    /// # okdesk_sdk::example::visit(&client, at).await?;
    /// use okdesk_sdk::model::ItemType;
    ///
    /// let lines = client.price_lists().services(id, [ItemType::Service, ItemType::Work]).into_pager().collect().await?;
    /// assert_eq!(lines[0].code.as_str(), "visit");
    /// # Ok(())
    /// # });
    /// ```
    pub fn services(
        &self,
        id: PriceListId,
        kinds: impl IntoIterator<Item = ItemType>,
    ) -> ListPriceListServices {
        let mut call = Call::new(&self.client, op::PRICE_LISTS_SERVICES_LIST, &[&id]);
        call.filters("types", kinds);
        ListPriceListServices { call }
    }

    /// Adds a line: `POST /api/v1/price_lists/{id}/services`. Never repeated after an unknown fate.
    ///
    /// VAT is in per cent. All of unit, price and VAT are demanded.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("price_lists.service_create", async |client, at| {
    /// # let id = at.price_list;
    /// use okdesk_sdk::model::ItemType;
    ///
    /// let line = client.price_lists().create_service(id, "visit", "Visit", ItemType::Service);
    /// let line = line.unit("pc").price(1000.0).vat(20).await?;
    /// assert_eq!(line.price, Some(1000.0));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create_service(
        &self,
        id: PriceListId,
        code: impl Into<ServiceCode>,
        name: impl Into<String>,
        kind: ItemType,
    ) -> CreatePriceListService {
        let call =
            Call::new(&self.client, op::PRICE_LISTS_SERVICE_CREATE, &[&id]).wrapped("service");
        CreatePriceListService {
            call: call
                .with("code", code.into())
                .with("name", name.into())
                .with("type", kind),
        }
    }

    /// Changes a line, which is known by its code: `PATCH /api/v1/price_lists/{id}/services/{code}`.
    ///
    /// Repeated only if it was not sent.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("price_lists.service_update", async |client, at| {
    /// # let id = at.price_list;
    /// # okdesk_sdk::example::visit(&client, at).await?;
    /// let line = client.price_lists().update_service(id, "visit").price(1200.0).await?;
    /// assert_eq!(line.price, Some(1200.0));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update_service(
        &self,
        id: PriceListId,
        code: impl Into<ServiceCode>,
    ) -> UpdatePriceListService {
        let call = Call::new(
            &self.client,
            op::PRICE_LISTS_SERVICE_UPDATE,
            &[&id, &code.into()],
        );
        UpdatePriceListService {
            call: call.wrapped("service"),
        }
    }
}

request! {
    /// Adds a line; see [`PriceLists::create_service`].
    pub struct CreatePriceListService -> PriceListService, record {
        /// The unit of measure.
        field unit: String = "unit";
        /// The price of one unit.
        field price: f64 = "price";
        /// VAT in per cent.
        number vat: u8 = "nds";
        /// Whether it is offered.
        flag visible = "visible";
        /// A description.
        field description: String = "description";
    }

    /// Changes a line; see [`PriceLists::update_service`].
    pub struct UpdatePriceListService -> PriceListService, record {
        /// The code.
        field code: ServiceCode = "code";
        /// The name.
        field name: String = "name";
        /// What it is.
        field kind: ItemType = "type";
        /// The unit of measure.
        field unit: String = "unit";
        /// The price of one unit.
        field price: f64 = "price";
        /// VAT in per cent.
        number vat: u8 = "nds";
        /// Whether it is offered.
        flag visible = "visible";
        /// A description.
        patch description: String = "description";
    }
}

paged! {
    /// Lists price lists; see [`PriceLists::list`].
    pub struct ListPriceLists -> PriceList {
        /// Only beyond this id.
        filter from_id: PriceListId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }

    /// Lists the lines of a price list; see [`PriceLists::services`].
    pub struct ListPriceListServices -> PriceListService {
        /// Only beyond this id.
        filter from_id: ServiceId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
