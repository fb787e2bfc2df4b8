//! The sections of the API, one module each. Every call here names a row of [`operation`](crate::operation).

mod agreements;
mod check_lists;
mod comments;
mod companies;
mod contacts;
mod employees;
mod equipment;
mod equipment_dictionaries;
mod filter;
mod issue_services;
mod issues;
mod maintenance_entities;
mod nomenclature;
mod price_lists;
mod reconcile;
mod references;
mod session;
mod telephony;
mod time_entries;

pub use agreements::*;
pub use check_lists::*;
pub use comments::*;
pub use companies::*;
pub use contacts::*;
pub use employees::*;
pub use equipment::*;
pub use equipment_dictionaries::*;
pub use filter::*;
pub use issue_services::*;
pub use issues::*;
pub use maintenance_entities::*;
pub use nomenclature::*;
pub use price_lists::*;
pub use references::*;
pub use session::*;
pub use telephony::*;
pub use time_entries::*;

use crate::client::Client;

macro_rules! handles {
    ($($(#[$meta:meta])* $method:ident: $name:ident;)*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone)]
            pub struct $name {
                client: Client,
            }
        )*

        impl Client {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $method(&self) -> $name {
                    $name { client: self.clone() }
                }
            )*
        }
    };
}

handles! {
    /// Keys and links to log in.
    session: Session;
    /// Companies, the client organisations.
    companies: Companies;
    /// Contacts, the people of clients.
    contacts: Contacts;
    /// Employees of the account, their roles and groups.
    employees: Employees;
    /// Issues: create, read, change, list.
    issues: Issues;
    /// Comments of issues.
    comments: Comments;
    /// Time spent on issues.
    time_entries: TimeEntriesOfIssues;
    /// Lines of the specification of an issue: services, work, products.
    issue_services: IssueServices;
    /// Check lists of issues.
    check_lists: CheckLists;
    /// Maintenance entities, which issues call service objects.
    maintenance_entities: MaintenanceEntities;
    /// Equipment.
    equipment: EquipmentItems;
    /// Kinds of equipment.
    equipment_kinds: EquipmentKinds;
    /// Manufacturers of equipment.
    equipment_manufacturers: EquipmentManufacturers;
    /// Models of equipment.
    equipment_models: EquipmentModels;
    /// Agreements.
    agreements: Agreements;
    /// Price lists.
    price_lists: PriceLists;
    /// The nomenclature: groups, items, and their prices.
    nomenclature: Nomenclature;
    /// Telephony.
    telephony: Telephony;
    /// Dictionaries of the account: statuses, priorities, types, attributes.
    references: References;
}
