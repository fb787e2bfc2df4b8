//! Price lists and the nomenclature.

use super::{
    CategoryCode, CompanyId, EmployeeId, IssueServiceId, Named, NomenclatureCode,
    NomenclatureGroupId, NomenclatureItemId, PriceListId, PriceListServiceId, ServiceCode,
    ServiceId,
};

open_enum! {
    /// What a line of a price list or an item of the nomenclature is.
    pub enum ItemType {
        /// A service.
        Service = "service",
        /// Work.
        Work = "work",
        /// A product.
        Product = "product",
        /// Material.
        Material = "material",
    }
}

record! {
    /// A price list.
    pub struct PriceList[id: PriceListId] {
        /// Its name.
        name: String,
        /// Whether it holds for companies without a category.
        allow_without_category: Option<bool>,
        /// Whether it holds for issues without a company.
        allow_without_company: Option<bool>,
        /// The categories of companies it holds for.
        company_category_codes: Vec<CategoryCode>,
        /// The companies it holds for.
        company_ids: Vec<CompanyId>,
    }

    /// A line of a price list.
    pub struct PriceListService[id: ServiceId] {
        /// Its code, by which it is changed.
        code: ServiceCode,
        /// Its name.
        name: String,
        /// What it is.
        kind: Option<ItemType> as "type",
        /// The unit of measure.
        unit: String,
        /// The price of one unit.
        price: Option<f64>,
        /// VAT in per cent.
        nds: Option<f64>,
        /// Whether it is offered.
        visible: Option<bool>,
        /// A description.
        description: Option<String>,
    }

    /// A service that may be added to an issue.
    pub struct AvailableService[id: ServiceId] {
        /// The price list it comes from.
        price_list_id: Option<PriceListId>,
        /// The name of that price list.
        price_list_name: String,
        /// Its code, by which it is added.
        code: ServiceCode,
        /// Its name.
        name: String,
        /// What it is.
        kind: Option<ItemType> as "type",
        /// The unit of measure.
        unit: String,
        /// The price of one unit.
        price: Option<f64>,
        /// VAT in per cent.
        nds: Option<f64>,
        /// A description.
        description: Option<String>,
    }

    /// A line of the specification of an issue.
    pub struct IssueService[id: IssueServiceId] {
        /// Its name.
        name: String,
        /// How many units.
        quantity: Option<f64>,
        /// The discount in per cent.
        discount: Option<f64>,
        /// The sum.
        total: Option<f64>,
        /// A comment.
        comment: Option<String>,
        /// VAT in the sum.
        total_vat: Option<f64>,
        /// What was done or delivered.
        service: Option<ServiceRef>,
        /// The price list.
        price_list: Option<Named<PriceListId>>,
        /// Who did it.
        performer: Option<Named<EmployeeId>>,
    }

    /// A service as a line of an issue mentions it.
    pub struct ServiceRef {
        /// What it is.
        kind: Option<ItemType> as "type",
        /// Its code.
        code: ServiceCode,
        /// The unit of measure.
        unit: String,
    }

    /// A group of the nomenclature.
    pub struct NomenclatureGroup[id: NomenclatureGroupId] {
        /// Its code.
        code: NomenclatureCode,
        /// Its name.
        name: String,
        /// Whether it is in use.
        active: Option<bool>,
        /// The group it belongs to.
        parent: Option<NomenclatureGroupRef> as "group",
    }

    /// A group as other things mention it.
    pub struct NomenclatureGroupRef {
        /// Its id.
        id: Option<NomenclatureGroupId>,
        /// Its code.
        code: NomenclatureCode,
        /// Its name.
        name: String,
    }

    /// An item of the nomenclature.
    pub struct NomenclatureItem[id: NomenclatureItemId] {
        /// Its code.
        code: NomenclatureCode,
        /// Its name.
        name: String,
        /// Whether it is in use.
        active: Option<bool>,
        /// What it is.
        item_type: Option<ItemType>,
        /// The unit of measure.
        unit: String,
        /// The code of the vendor; empty if there is none.
        vendor_code: Option<String>,
        /// A description; empty if there is none.
        description: Option<String>,
        /// The group it belongs to.
        group: Option<NomenclatureGroupRef>,
    }

    /// A line of a price list of the nomenclature.
    pub struct NomenclaturePriceListService[id: PriceListServiceId] {
        /// The item it prices.
        nomenclature_item_id: Option<NomenclatureItemId>,
        /// The code of the item.
        code: NomenclatureCode,
        /// Its name.
        name: String,
        /// What it is.
        kind: Option<ItemType> as "type",
        /// The group of the item.
        group: Option<NomenclatureGroupRef>,
        /// The unit of measure.
        unit: String,
        /// The code of the vendor.
        vendor_code: Option<String>,
        /// The price of one unit.
        price: Option<f64>,
        /// VAT in per cent.
        nds: Option<f64>,
        /// Whether it is offered.
        visible: Option<bool>,
        /// A description.
        description: Option<String>,
    }
}
