//! Employees of the account, their roles and groups.

use super::{Direction, Employees};
use crate::client::{Call, list, nothing, one_or_many, record};
use crate::model::{Employee, EmployeeId, Group, GroupId, Role, RoleId};
use crate::operation as op;

impl Employees {
    /// Creates an employee: `POST /api/v1/employees`. Never repeated after an unknown fate.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.create", async |client, _| {
    /// use okdesk_sdk::model::RoleId;
    ///
    /// let elena = client.employees().create("Elena", "Kuznetsova").email("elena@example.org");
    /// let employee = elena.roles([RoleId::new(2)]).await?;
    /// assert_eq!(employee.full_name(), "Kuznetsova Elena");
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(
        &self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> CreateEmployee {
        let call = Call::new(&self.client, op::EMPLOYEES_CREATE, &[]);
        CreateEmployee {
            call: call
                .with("first_name", first_name.into())
                .with("last_name", last_name.into()),
        }
    }

    /// Changes an employee: `PATCH /api/v1/employees/{id}`. Repeated only if it was not sent.
    ///
    /// Source: one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.update", async |client, at| {
    /// # let id = at.employee;
    /// let employee = client.employees().update(id).position("Engineer").await?;
    /// assert_eq!(employee.position.as_deref(), Some("Engineer"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn update(&self, id: EmployeeId) -> UpdateEmployee {
        UpdateEmployee {
            call: Call::new(&self.client, op::EMPLOYEES_UPDATE, &[&id]),
        }
    }

    /// Locks an employee out, or lets it in again: `PATCH /api/v1/employees/{id}/activations`.
    ///
    /// Repeated only if it was not sent. What it answers is not known, so the answer is not read.
    ///
    /// Source: one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.activation_change", async |client, at| {
    /// # let id = at.employee;
    /// client.employees().set_active(id, false).await?;
    /// # assert_eq!(client.employees().search().id(id).await?[0].active, Some(false));
    /// # Ok(())
    /// # });
    /// ```
    pub fn set_active(&self, id: EmployeeId, active: bool) -> SetEmployeeActive {
        let call = Call::new(&self.client, op::EMPLOYEES_ACTIVATION_CHANGE, &[&id]);
        SetEmployeeActive {
            call: call.with("active", active),
        }
    }

    /// Sets the roles of an employee: `PATCH /api/v1/employees/{id}/roles`. Repeated only if it was not sent.
    ///
    /// > Not confirmed: only the path is known; method and body are inferred.
    ///
    /// Source: the path in one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.roles_change", async |client, at| {
    /// # let id = at.employee;
    /// let roles = client.employees().roles().await?;
    /// client.employees().set_roles(id, roles.iter().map(|role| role.id)).await?;
    /// # assert_eq!(client.employees().search().id(id).await?[0].roles.len(), roles.len());
    /// # Ok(())
    /// # });
    /// ```
    pub fn set_roles(
        &self,
        id: EmployeeId,
        roles: impl IntoIterator<Item = RoleId>,
    ) -> SetEmployeeRoles {
        let roles: Vec<RoleId> = roles.into_iter().collect();
        SetEmployeeRoles {
            call: Call::new(&self.client, op::EMPLOYEES_ROLES_CHANGE, &[&id])
                .with("role_ids", roles),
        }
    }

    /// Sets the groups of an employee: `PATCH /api/v1/employees/{id}/groups`. Repeated only if it was not sent.
    ///
    /// > Not confirmed: only the path is known; method and body are inferred.
    ///
    /// Source: the path in one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.groups_change", async |client, at| {
    /// # let (id, group) = (at.employee, at.group);
    /// client.employees().set_groups(id, [group]).await?;
    /// # assert_eq!(client.employees().search().id(id).await?[0].groups[0].id, group);
    /// # Ok(())
    /// # });
    /// ```
    pub fn set_groups(
        &self,
        id: EmployeeId,
        groups: impl IntoIterator<Item = GroupId>,
    ) -> SetEmployeeGroups {
        let groups: Vec<GroupId> = groups.into_iter().collect();
        SetEmployeeGroups {
            call: Call::new(&self.client, op::EMPLOYEES_GROUPS_CHANGE, &[&id])
                .with("group_ids", groups),
        }
    }

    /// Looks for employees: `GET /api/v1/employees`. Repeated automatically.
    ///
    /// > Not confirmed: one client tries it when all else fails; the parameters are inferred from other searches.
    ///
    /// Source: one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.search", async |client, _| {
    /// let found = client.employees().search().text("Sokolov").await?;
    /// assert_eq!(found[0].first_name, "Ivan");
    /// # Ok(())
    /// # });
    /// ```
    pub fn search(&self) -> SearchEmployees {
        SearchEmployees {
            call: Call::new(&self.client, op::EMPLOYEES_SEARCH, &[]),
        }
    }

    /// The routes of employees, as they come: `GET /api/v1/employees/routes`. Repeated automatically.
    ///
    /// > Not confirmed: only the path is known, so the answer is handed over as JSON.
    ///
    /// Source: the path in one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.routes_list", async |client, _| {
    /// let routes: Vec<serde_json::Value> = client.employees().routes().await?;
    /// println!("{routes:?}");
    /// # Ok(())
    /// # });
    /// ```
    pub fn routes(&self) -> ListRoutes {
        ListRoutes {
            call: Call::new(&self.client, op::EMPLOYEES_ROUTES_LIST, &[]),
        }
    }

    /// Lists employees: `GET /api/v1/employees/list`. Repeated automatically.
    ///
    /// > Not confirmed: how it is paged; the pager finds out.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.list", async |client, _| {
    /// let employees = client.employees().list().into_pager().collect().await?;
    /// let at_work = employees.iter().filter(|employee| employee.active != Some(false));
    /// # assert_eq!(at_work.count(), 2);
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self) -> ListEmployees {
        ListEmployees {
            call: Call::new(&self.client, op::EMPLOYEES_LIST, &[]),
        }
    }

    /// All roles, at once: `GET /api/v1/employees/roles`. Repeated automatically.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.roles_list", async |client, _| {
    /// for role in client.employees().roles().await? {
    ///     println!("{}: {}", role.id, role.name);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn roles(&self) -> ListRoles {
        ListRoles {
            call: Call::new(&self.client, op::EMPLOYEES_ROLES_LIST, &[]),
        }
    }

    /// All groups, at once: `GET /api/v1/employees/groups`. Repeated automatically.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("employees.groups_list", async |client, at| {
    /// let groups = client.employees().groups().await?;
    /// # assert!(groups.iter().any(|group| group.id == at.group));
    /// # Ok(())
    /// # });
    /// ```
    pub fn groups(&self) -> ListGroups {
        ListGroups {
            call: Call::new(&self.client, op::EMPLOYEES_GROUPS_LIST, &[]),
        }
    }
}

request! {
    /// Creates an employee; see [`Employees::create`].
    pub struct CreateEmployee -> Employee, record {
        /// The patronymic.
        field patronymic: String = "patronymic";
        /// The position.
        field position: String = "position";
        /// The address for mail.
        field email: String = "email";
        /// The login.
        field login: String = "login";
        /// The password.
        field password: String = "password";
        /// The phone.
        field phone: String = "phone";
        /// A comment.
        field comment: String = "comment";
        /// The roles.
        array roles: RoleId = "role_ids";
    }

    /// Changes an employee; see [`Employees::update`].
    pub struct UpdateEmployee -> Employee, record {
        /// The first name.
        field first_name: String = "first_name";
        /// The surname.
        field last_name: String = "last_name";
        /// The patronymic.
        patch patronymic: String = "patronymic";
        /// The position.
        patch position: String = "position";
        /// The address for mail.
        patch email: String = "email";
        /// The login.
        patch login: String = "login";
        /// The password.
        field password: String = "password";
        /// The phone.
        patch phone: String = "phone";
        /// A comment.
        patch comment: String = "comment";
    }

    /// Locks an employee out or lets it in; see [`Employees::set_active`].
    pub struct SetEmployeeActive -> (), nothing {}

    /// Sets the roles; see [`Employees::set_roles`].
    pub struct SetEmployeeRoles -> (), nothing {}

    /// Sets the groups; see [`Employees::set_groups`].
    pub struct SetEmployeeGroups -> (), nothing {}

    /// Looks for employees; see [`Employees::search`].
    pub struct SearchEmployees -> Vec<Employee>, one_or_many {
        /// The id.
        filter id: EmployeeId = "id";
        /// The exact phone, as text.
        filter phone: String = "phone";
        /// A piece of text anywhere.
        filter text: String = "search_string";
    }

    /// The routes; see [`Employees::routes`].
    pub struct ListRoutes -> Vec<serde_json::Value>, list {}

    /// All roles; see [`Employees::roles`].
    pub struct ListRoles -> Vec<Role>, list {}

    /// All groups; see [`Employees::groups`].
    pub struct ListGroups -> Vec<Group>, list {}
}

paged! {
    /// Lists employees; see [`Employees::list`].
    pub struct ListEmployees -> Employee {
        /// Only beyond this id.
        filter from_id: EmployeeId = "page[from_id]";
        /// The direction of the ids.
        filter direction: Direction = "page[direction]";
    }
}
