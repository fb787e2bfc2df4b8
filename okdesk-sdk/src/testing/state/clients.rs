//! Whom the account serves: companies, their maintenance entities, agreements and equipment.

use serde::{Deserialize, Serialize};

use super::custom::Values;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Company {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) additional_name: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) crm_1c_id: Option<String>,
    pub(crate) active: bool,
    pub(crate) address: Option<String>,
    pub(crate) coordinates: Option<[f64; 2]>,
    pub(crate) comment: Option<String>,
    pub(crate) observer_ids: Vec<u64>,
    pub(crate) observer_group_ids: Vec<u64>,
    pub(crate) default_assignee_id: Option<u64>,
    pub(crate) default_assignee_group_id: Option<u64>,
    pub(crate) category: Option<String>,
    pub(crate) attachment_ids: Vec<u64>,
    pub(crate) created_at: jiff::Timestamp,
    pub(crate) parameters: Values,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Category {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) color: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MaintenanceEntity {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) company_id: Option<u64>,
    pub(crate) address: Option<String>,
    pub(crate) coordinates: Option<[f64; 2]>,
    pub(crate) timezone: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) default_assignee_id: Option<u64>,
    pub(crate) default_assignee_group_id: Option<u64>,
    pub(crate) schedule_id: Option<u64>,
    pub(crate) observer_ids: Vec<u64>,
    pub(crate) observer_group_ids: Vec<u64>,
    pub(crate) agreement_ids: Vec<u64>,
    pub(crate) attachment_ids: Vec<u64>,
    pub(crate) active: bool,
    pub(crate) created_at: jiff::Timestamp,
    pub(crate) updated_at: jiff::Timestamp,
    pub(crate) parameters: Values,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Agreement {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) active: bool,
    pub(crate) start_date: Option<String>,
    pub(crate) end_date: Option<String>,
    pub(crate) cost: f64,
    pub(crate) crm_1c_id: Option<String>,
    pub(crate) company_ids: Vec<u64>,
    pub(crate) created_at: jiff::Timestamp,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Equipment {
    pub(crate) id: u64,
    pub(crate) serial_number: Option<String>,
    pub(crate) inventory_number: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) company_id: Option<u64>,
    pub(crate) maintenance_entity_id: Option<u64>,
    pub(crate) parent_id: Option<u64>,
    pub(crate) kind: String,
    pub(crate) manufacturer: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) agreement_ids: Vec<u64>,
    pub(crate) created_at: jiff::Timestamp,
    pub(crate) updated_at: jiff::Timestamp,
    pub(crate) parameters: Values,
}

/// A kind, a manufacturer or a model of equipment: three lists of one make.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct CatalogueEntry {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) visible: bool,
    /// Of a model only.
    pub(crate) kind_id: Option<u64>,
    pub(crate) manufacturer_id: Option<u64>,
}
