//! Employees, their roles and groups.

use super::{EmployeeId, GroupId, Named, RoleId};

record! {
    /// An employee of the account.
    pub struct Employee[id: EmployeeId] {
        /// The surname.
        last_name: String,
        /// The first name.
        first_name: String,
        /// The patronymic.
        patronymic: Option<String>,
        /// The position.
        position: Option<String>,
        /// Whether it is active.
        active: Option<bool>,
        /// The address for mail.
        email: Option<String>,
        /// The login.
        login: Option<String>,
        /// The phone.
        phone: Option<String>,
        /// The number in the telephone system.
        telephony_number: Option<String>,
        /// A comment.
        comment: Option<String>,
        /// The groups.
        groups: Vec<Named<GroupId>>,
        /// The roles.
        roles: Vec<Named<RoleId>>,
    }

    /// A role, which decides what its employees may do.
    pub struct Role[id: RoleId] {
        /// Its name.
        name: String,
    }

    /// A group of employees.
    pub struct Group[id: GroupId] {
        /// Its name.
        name: String,
        /// Whether it is active.
        active: Option<bool>,
        /// A description.
        description: Option<String>,
    }
}

impl Employee {
    /// Surname, first name and patronymic, as far as they are known.
    #[must_use]
    pub fn full_name(&self) -> String {
        let patronymic = self.patronymic.as_deref().unwrap_or_default();
        let parts = [
            self.last_name.as_str(),
            self.first_name.as_str(),
            patronymic,
        ];
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}
