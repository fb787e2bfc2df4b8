//! What work and goods cost: price lists, their lines, the nomenclature they are taken from.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PriceList {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) allow_without_category: bool,
    pub(crate) allow_without_company: bool,
    pub(crate) company_category_codes: Vec<String>,
    pub(crate) company_ids: Vec<u64>,
}

/// A line of a price list; newer ones are taken from the nomenclature.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PriceLine {
    pub(crate) id: u64,
    pub(crate) price_list_id: u64,
    pub(crate) item_id: Option<u64>,
    pub(crate) code: String,
    pub(crate) name: String,
    /// `service`, `work`, `product`, `material`.
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) price: f64,
    pub(crate) nds: f64,
    pub(crate) visible: bool,
    pub(crate) description: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NomenclatureGroup {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) active: bool,
    pub(crate) parent_id: Option<u64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NomenclatureItem {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) active: bool,
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) vendor_code: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) group_id: Option<u64>,
}

/// A call an automatic exchange has told of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PhoneCall {
    pub(crate) id: u64,
    pub(crate) call_id: String,
    pub(crate) started_at: String,
    pub(crate) finished_at: Option<String>,
    pub(crate) duration: f64,
    pub(crate) direction: f64,
    pub(crate) source_phone: String,
    pub(crate) receiver_phone: String,
    pub(crate) file_url: Option<String>,
    pub(crate) issue_id: Option<u64>,
}
