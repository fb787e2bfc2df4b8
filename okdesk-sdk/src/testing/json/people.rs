//! Contacts and employees.

use super::shared::{
    company_ref, date, employee_ref, employee_refs, group_refs, parameters, reference,
};
use super::{Json, object};
use crate::testing::dialect::Switch;
use crate::testing::state::Account;
use crate::testing::state::custom::AttributeOwner;
use crate::testing::state::people::{Contact, Employee};

pub(crate) fn contact(account: &Account, contact: &Contact) -> Json {
    let company_name = contact
        .company_id
        .and_then(|id| account.companies.get(&id))
        .map(|company| &company.name);
    let observed = account
        .companies
        .values()
        .filter(|company| contact.company_id == Some(company.id))
        .map(|company| company_ref(account, Some(company.id)));
    object! {
        "id": contact.id,
        "name": contact.name(),
        "last_name": &contact.last_name,
        "first_name": &contact.first_name,
        "patronymic": &contact.patronymic,
        "position": &contact.position,
        "email": &contact.email,
        "phone": &contact.phone,
        "mobile_phone": &contact.mobile_phone,
        "comment": &contact.comment,
        "cc_email": &contact.cc_email,
        "additional_emails": &contact.additional_emails,
        "login": &contact.login,
        "crm_1c_id": crm_id(account, contact),
        "telegram_username": &contact.telegram_username,
        "active": contact.active,
        "updated_at": date(account, contact.updated_at),
        "company_id": contact.company_id,
        "company_name": company_name,
        "access_level": &contact.access_level,
        "maintenance_entity_ids": &contact.maintenance_entity_ids,
        "authentication_code": &contact.authentication_code,
        "observers": employee_refs(account, &contact.observer_ids),
        "default_assignee": employee_ref(account, contact.default_assignee_id),
        "observable_companies": Json::list(observed),
        "parameters": parameters(account, AttributeOwner::Contact, None, &contact.parameters),
    }
}

fn crm_id(account: &Account, contact: &Contact) -> Json {
    let text = contact.crm_1c_id.as_ref();
    match text.and_then(|text| text.parse::<u64>().ok()) {
        Some(number) if account.speaks(Switch::ContactCrmIdNumber) => number.into(),
        _ => text.into(),
    }
}

pub(crate) fn employee(account: &Account, employee: &Employee) -> Json {
    let roles = employee.role_ids.iter().filter_map(|id| {
        account
            .dictionaries
            .roles
            .iter()
            .find(|role| role.id == *id)
    });
    object! {
        "id": employee.id,
        "last_name": &employee.last_name,
        "first_name": &employee.first_name,
        "patronymic": &employee.patronymic,
        "position": &employee.position,
        "active": employee.active,
        "email": &employee.email,
        "login": &employee.login,
        "phone": &employee.phone,
        "telephony_number": &employee.telephony_number,
        "comment": &employee.comment,
        "groups": group_refs(account, &employee.group_ids),
        "roles": Json::list(roles.map(|role| reference(role.id, &role.name))),
    }
}
