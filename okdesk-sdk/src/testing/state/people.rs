//! Employees and contacts, and who may stand as the author of something.

use serde::{Deserialize, Serialize};

use super::custom::Values;

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "id")]
pub(crate) enum Actor {
    Employee(u64),
    Contact(u64),
    /// «Системное уведомление»: shown as an employee who is on no list.
    System,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Employee {
    pub(crate) id: u64,
    pub(crate) last_name: String,
    pub(crate) first_name: String,
    pub(crate) patronymic: Option<String>,
    pub(crate) position: Option<String>,
    pub(crate) active: bool,
    pub(crate) email: Option<String>,
    pub(crate) login: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) telephony_number: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) group_ids: Vec<u64>,
    pub(crate) role_ids: Vec<u64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) id: u64,
    pub(crate) last_name: String,
    pub(crate) first_name: String,
    pub(crate) patronymic: Option<String>,
    pub(crate) position: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) mobile_phone: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) cc_email: Option<String>,
    pub(crate) additional_emails: Option<String>,
    pub(crate) login: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) crm_1c_id: Option<String>,
    pub(crate) telegram_username: Option<String>,
    pub(crate) active: bool,
    pub(crate) updated_at: jiff::Timestamp,
    pub(crate) company_id: Option<u64>,
    pub(crate) access_level: Vec<String>,
    pub(crate) maintenance_entity_ids: Vec<u64>,
    pub(crate) authentication_code: Option<String>,
    pub(crate) observer_ids: Vec<u64>,
    pub(crate) default_assignee_id: Option<u64>,
    pub(crate) parameters: Values,
}

/// «Фамилия Имя Отчество», without the parts that are not there.
pub(crate) fn full_name(last: &str, first: &str, patronymic: Option<&str>) -> String {
    [last, first, patronymic.unwrap_or_default()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl Employee {
    pub(crate) fn name(&self) -> String {
        full_name(
            &self.last_name,
            &self.first_name,
            self.patronymic.as_deref(),
        )
    }
}

impl Contact {
    pub(crate) fn name(&self) -> String {
        full_name(
            &self.last_name,
            &self.first_name,
            self.patronymic.as_deref(),
        )
    }
}
