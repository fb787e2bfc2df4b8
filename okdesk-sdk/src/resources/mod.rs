//! The sections of the API, one module each. Every call here names a row of [`operation`](crate::operation).

mod comments;
mod companies;
mod contacts;
mod employees;
mod filter;
mod issues;
mod maintenance_entities;
mod references;
mod session;
mod time_entries;

pub use comments::*;
pub use companies::*;
pub use contacts::*;
pub use employees::*;
pub use filter::*;
pub use issues::*;
pub use maintenance_entities::*;
pub use references::*;
pub use session::*;
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
    /// Issues: create, read, change, list.
    issues: Issues;
    /// Comments of issues.
    comments: Comments;
    /// Companies, the client organisations.
    companies: Companies;
    /// Contacts, the people of clients.
    contacts: Contacts;
    /// Employees of the account, their roles and groups.
    employees: Employees;
    /// Maintenance entities, which issues call service objects.
    maintenance_entities: MaintenanceEntities;
    /// Dictionaries of the account: statuses, priorities, types, attributes.
    references: References;
    /// Keys and links to log in.
    session: Session;
}
