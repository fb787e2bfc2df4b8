//! ONE table of every known operation of the Okdesk REST API v1.
//!
//! Every call of the client names a row of this table; retries, spans, errors and the generated `docs/operations.md` read
//! their facts from it. Nothing here needs a feature, so a simulator or a proxy can use the table alone.

/// An HTTP method Okdesk uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, and changes some things.
    Post,
    /// Changes.
    Patch,
    /// Replaces; no documented operation uses it.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How an operation hands out long lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Paging {
    /// Not at all: one answer holds everything.
    Whole,
    /// By `page[from_id]`, `page[size]` up to 100, `page[direction]`.
    Keyset,
    /// By `page[number]`, `page[size]` up to 50.
    Numbered,
    /// Sources disagree; the pager survives either reading.
    Disputed,
}

/// What it means to do an operation twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// It only reads. Repeated automatically after any passing failure.
    Safe,
    /// Twice is as once. Repeated automatically only if it was not sent or was refused with 429, unless the policy says otherwise.
    Idempotent,
    /// Twice makes two. Repeated automatically only if it was not sent or was refused with 429.
    Not,
}

/// How surely an operation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// In the documentation of Okdesk.
    Documented,
    /// In a client that ran against a real account.
    Observed,
    /// Inferred from a path or a name.
    Guessed,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The section of the API, such as `issues`.
    pub resource: &'static str,
    /// The operation within it, such as `create`.
    pub name: &'static str,
    /// Both, joined by a dot: `issues.create`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below `/api/v1`, with names in braces.
    pub path: &'static str,
    /// How long lists are handed out.
    pub paging: Paging,
    /// Whether files can be sent along.
    pub multipart: bool,
    /// What it means to do it twice.
    pub idempotency: Idempotency,
    /// How surely it is known.
    pub confidence: Confidence,
}

impl Operation {
    /// The row with this id, such as `issues.create`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|operation| operation.id == id)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_safe(&self) -> bool {
        matches!(self.idempotency, Idempotency::Safe)
    }

    /// The names in braces of the path, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

macro_rules! operations {
    ($($constant:ident: $resource:ident.$name:ident, $method:ident $path:literal, $paging:ident, $files:ident,
        $idempotency:ident, $confidence:ident;)*) => {
        $(
            #[doc = concat!("`", stringify!($resource), ".", stringify!($name), "`: ", stringify!($method), " `/api/v1", $path, "`")]
            pub const $constant: &Operation = &Operation {
                resource: stringify!($resource),
                name: stringify!($name),
                id: concat!(stringify!($resource), ".", stringify!($name)),
                method: Method::$method,
                path: $path,
                paging: Paging::$paging,
                multipart: operations!(@$files),
                idempotency: Idempotency::$idempotency,
                confidence: Confidence::$confidence,
            };
        )*

        /// Every operation, in the order of the API's sections.
        pub const ALL: &[&Operation] = &[$($constant),*];
    };
    (@Files) => { true };
    (@NoFiles) => { false };
}

#[rustfmt::skip]
operations! {
    SESSION_SIGN_IN: session.sign_in, Post "/users/sign_in", Whole, NoFiles, Not, Documented;
    SESSION_LOGIN_LINK_CREATE: session.login_link_create, Post "/login_link", Whole, NoFiles, Not, Observed;
    SESSION_API_KEY: session.api_key, Post "/api_key", Whole, NoFiles, Not, Guessed;
    COMPANIES_SEARCH: companies.search, Get "/companies", Whole, NoFiles, Safe, Documented;
    COMPANIES_CREATE: companies.create, Post "/companies", Whole, NoFiles, Not, Documented;
    COMPANIES_UPDATE: companies.update, Patch "/companies/{company_id}", Whole, NoFiles, Idempotent, Documented;
    COMPANIES_LIST: companies.list, Get "/companies/list", Keyset, NoFiles, Safe, Documented;
    COMPANIES_ATTACHMENT_GET: companies.attachment_get, Get "/companies/{company_id}/attachments/{attachment_id}", Whole, NoFiles, Safe, Documented;
    COMPANIES_ARCHIVE: companies.archive, Patch "/companies/{company_id}/activations", Whole, NoFiles, Idempotent, Documented;
    COMPANIES_AGREEMENTS_LIST: companies.agreements_list, Get "/companies/{company_id}/agreements", Whole, NoFiles, Safe, Observed;
    COMPANIES_GET: companies.get, Get "/companies/{company_id}", Whole, NoFiles, Safe, Guessed;
    CONTACTS_SEARCH: contacts.search, Get "/contacts", Whole, NoFiles, Safe, Observed;
    CONTACTS_CREATE: contacts.create, Post "/contacts", Whole, NoFiles, Not, Observed;
    CONTACTS_UPDATE: contacts.update, Patch "/contacts/{contact_id}", Whole, NoFiles, Idempotent, Observed;
    CONTACTS_LIST: contacts.list, Get "/contacts/list", Keyset, NoFiles, Safe, Observed;
    CONTACTS_GET: contacts.get, Get "/contacts/{contact_id}", Whole, NoFiles, Safe, Guessed;
    EMPLOYEES_CREATE: employees.create, Post "/employees", Whole, NoFiles, Not, Observed;
    EMPLOYEES_UPDATE: employees.update, Patch "/employees/{employee_id}", Whole, NoFiles, Idempotent, Observed;
    EMPLOYEES_ACTIVATION_CHANGE: employees.activation_change, Patch "/employees/{employee_id}/activations", Whole, NoFiles, Idempotent, Observed;
    EMPLOYEES_ROLES_CHANGE: employees.roles_change, Patch "/employees/{employee_id}/roles", Whole, NoFiles, Idempotent, Guessed;
    EMPLOYEES_GROUPS_CHANGE: employees.groups_change, Patch "/employees/{employee_id}/groups", Whole, NoFiles, Idempotent, Guessed;
    EMPLOYEES_LIST: employees.list, Get "/employees/list", Disputed, NoFiles, Safe, Observed;
    EMPLOYEES_ROLES_LIST: employees.roles_list, Get "/employees/roles", Whole, NoFiles, Safe, Observed;
    EMPLOYEES_GROUPS_LIST: employees.groups_list, Get "/employees/groups", Whole, NoFiles, Safe, Observed;
    EMPLOYEES_ROUTES_LIST: employees.routes_list, Get "/employees/routes", Whole, NoFiles, Safe, Guessed;
    EMPLOYEES_SEARCH: employees.search, Get "/employees", Whole, NoFiles, Safe, Guessed;
    ISSUES_CREATE: issues.create, Post "/issues", Whole, Files, Not, Documented;
    ISSUES_GET: issues.get, Get "/issues/{issue_id}", Whole, NoFiles, Safe, Documented;
    ISSUES_UPDATE: issues.update, Patch "/issues/{issue_id}", Whole, NoFiles, Idempotent, Observed;
    ISSUES_DELETE: issues.delete, Delete "/issues/{issue_id}", Whole, NoFiles, Idempotent, Documented;
    ISSUES_COUNT: issues.count, Get "/issues/count", Whole, NoFiles, Safe, Documented;
    ISSUES_LIST: issues.list, Get "/issues/list", Numbered, NoFiles, Safe, Documented;
    ISSUES_ASSIGNEE_CHANGE: issues.assignee_change, Patch "/issues/{issue_id}/assignees", Whole, NoFiles, Idempotent, Documented;
    ISSUES_DEADLINE_CHANGE: issues.deadline_change, Patch "/issues/{issue_id}/deadlines", Whole, NoFiles, Idempotent, Documented;
    ISSUES_TYPE_CHANGE: issues.type_change, Patch "/issues/{issue_id}/types", Whole, NoFiles, Idempotent, Documented;
    ISSUES_PRIORITY_CHANGE: issues.priority_change, Patch "/issues/{issue_id}/priorities", Whole, NoFiles, Idempotent, Observed;
    ISSUES_PLANNED_EXECUTION_CHANGE: issues.planned_execution_change, Patch "/issues/{issue_id}/planned_execution_in_minutes", Whole, NoFiles, Idempotent, Observed;
    ISSUES_PARAMETERS_CHANGE: issues.parameters_change, Post "/issues/{issue_id}/parameters", Whole, NoFiles, Idempotent, Documented;
    ISSUES_ADDRESS_CHANGE: issues.address_change, Patch "/issues/{issue_id}/addresses", Whole, NoFiles, Idempotent, Documented;
    ISSUES_STATUS_CHANGE: issues.status_change, Post "/issues/{issue_id}/statuses", Whole, NoFiles, Not, Documented;
    ISSUES_RATE: issues.rate, Post "/issues/{issue_id}/rates", Whole, NoFiles, Idempotent, Documented;
    ISSUES_ATTACHMENT_GET: issues.attachment_get, Get "/issues/{issue_id}/attachments/{attachment_id}", Whole, NoFiles, Safe, Documented;
    COMMENTS_LIST: comments.list, Get "/issues/{issue_id}/comments", Whole, NoFiles, Safe, Documented;
    COMMENTS_CREATE: comments.create, Post "/issues/{issue_id}/comments", Whole, Files, Not, Documented;
    TIME_ENTRIES_LIST: time_entries.list, Get "/issues/{issue_id}/time_entries", Whole, NoFiles, Safe, Documented;
    TIME_ENTRIES_CREATE: time_entries.create, Post "/issues/{issue_id}/time_entries", Whole, NoFiles, Not, Documented;
    ISSUE_SERVICES_LIST: issue_services.list, Get "/issues/{issue_id}/services", Whole, NoFiles, Safe, Documented;
    ISSUE_SERVICES_CREATE: issue_services.create, Post "/issues/{issue_id}/services", Whole, NoFiles, Not, Documented;
    ISSUE_SERVICES_AVAILABLE_LIST: issue_services.available_list, Get "/issues/{issue_id}/available_services", Keyset, NoFiles, Safe, Documented;
    CHECK_LISTS_LIST: check_lists.list, Get "/issues/{issue_id}/check_lists/items", Whole, NoFiles, Safe, Documented;
    CHECK_LISTS_CREATE: check_lists.create, Post "/issues/{issue_id}/check_lists/items", Whole, NoFiles, Not, Documented;
    CHECK_LISTS_ITEM_CHECK: check_lists.item_check, Patch "/issues/{issue_id}/check_lists/items/{item_id}/check", Whole, Files, Not, Documented;
    MAINTENANCE_ENTITIES_SEARCH: maintenance_entities.search, Get "/maintenance_entities", Whole, NoFiles, Safe, Documented;
    MAINTENANCE_ENTITIES_CREATE: maintenance_entities.create, Post "/maintenance_entities", Whole, NoFiles, Not, Documented;
    MAINTENANCE_ENTITIES_GET: maintenance_entities.get, Get "/maintenance_entities/{maintenance_entity_id}", Whole, NoFiles, Safe, Documented;
    MAINTENANCE_ENTITIES_UPDATE: maintenance_entities.update, Patch "/maintenance_entities/{maintenance_entity_id}", Whole, NoFiles, Idempotent, Documented;
    MAINTENANCE_ENTITIES_LIST: maintenance_entities.list, Get "/maintenance_entities/list", Keyset, NoFiles, Safe, Documented;
    MAINTENANCE_ENTITIES_ATTACHMENT_CREATE: maintenance_entities.attachment_create, Post "/maintenance_entities/{maintenance_entity_id}/attachments", Whole, Files, Not, Documented;
    EQUIPMENTS_SEARCH: equipments.search, Get "/equipments", Whole, NoFiles, Safe, Documented;
    EQUIPMENTS_CREATE: equipments.create, Post "/equipments", Whole, NoFiles, Not, Documented;
    EQUIPMENTS_GET: equipments.get, Get "/equipments/{equipment_id}", Whole, NoFiles, Safe, Documented;
    EQUIPMENTS_UPDATE: equipments.update, Patch "/equipments/{equipment_id}", Whole, NoFiles, Idempotent, Documented;
    EQUIPMENTS_LIST: equipments.list, Get "/equipments/list", Keyset, NoFiles, Safe, Documented;
    EQUIPMENTS_PARAMETERS_LIST: equipments.parameters_list, Get "/equipments/parameters", Whole, NoFiles, Safe, Observed;
    EQUIPMENT_KINDS_LIST: equipment_kinds.list, Get "/equipments/kinds", Keyset, NoFiles, Safe, Documented;
    EQUIPMENT_KINDS_CREATE: equipment_kinds.create, Post "/equipments/kinds", Whole, NoFiles, Not, Documented;
    EQUIPMENT_KINDS_UPDATE: equipment_kinds.update, Patch "/equipments/kinds/{kind_id}", Whole, NoFiles, Idempotent, Observed;
    EQUIPMENT_MANUFACTURERS_LIST: equipment_manufacturers.list, Get "/equipments/manufacturers", Keyset, NoFiles, Safe, Documented;
    EQUIPMENT_MANUFACTURERS_CREATE: equipment_manufacturers.create, Post "/equipments/manufacturers", Whole, NoFiles, Not, Documented;
    EQUIPMENT_MANUFACTURERS_UPDATE: equipment_manufacturers.update, Patch "/equipments/manufacturers/{manufacturer_id}", Whole, NoFiles, Idempotent, Documented;
    EQUIPMENT_MODELS_LIST: equipment_models.list, Get "/equipments/models", Keyset, NoFiles, Safe, Documented;
    EQUIPMENT_MODELS_CREATE: equipment_models.create, Post "/equipments/models", Whole, NoFiles, Not, Documented;
    EQUIPMENT_MODELS_UPDATE: equipment_models.update, Patch "/equipments/models/{model_id}", Whole, NoFiles, Idempotent, Documented;
    AGREEMENTS_LIST: agreements.list, Get "/agreements", Whole, NoFiles, Safe, Observed;
    AGREEMENTS_GET: agreements.get, Get "/agreements/{agreement_id}", Whole, NoFiles, Safe, Observed;
    PRICE_LISTS_LIST: price_lists.list, Get "/price_lists", Keyset, NoFiles, Safe, Documented;
    PRICE_LISTS_SERVICES_LIST: price_lists.services_list, Get "/price_lists/{price_list_id}/services", Keyset, NoFiles, Safe, Documented;
    PRICE_LISTS_SERVICE_CREATE: price_lists.service_create, Post "/price_lists/{price_list_id}/services", Whole, NoFiles, Not, Documented;
    PRICE_LISTS_SERVICE_UPDATE: price_lists.service_update, Patch "/price_lists/{price_list_id}/services/{code}", Whole, NoFiles, Idempotent, Documented;
    NOMENCLATURE_GROUPS_LIST: nomenclature.groups_list, Get "/nomenclature/groups", Keyset, NoFiles, Safe, Documented;
    NOMENCLATURE_GROUP_CREATE: nomenclature.group_create, Post "/nomenclature/groups", Whole, NoFiles, Not, Documented;
    NOMENCLATURE_GROUP_GET: nomenclature.group_get, Get "/nomenclature/groups/{group_id}", Whole, NoFiles, Safe, Documented;
    NOMENCLATURE_GROUP_UPDATE: nomenclature.group_update, Patch "/nomenclature/groups/{group_id}", Whole, NoFiles, Idempotent, Documented;
    NOMENCLATURE_ITEMS_LIST: nomenclature.items_list, Get "/nomenclature/items", Keyset, NoFiles, Safe, Documented;
    NOMENCLATURE_ITEM_CREATE: nomenclature.item_create, Post "/nomenclature/items", Whole, NoFiles, Not, Documented;
    NOMENCLATURE_ITEM_GET: nomenclature.item_get, Get "/nomenclature/items/{item_id}", Whole, NoFiles, Safe, Documented;
    NOMENCLATURE_ITEM_UPDATE: nomenclature.item_update, Patch "/nomenclature/items/{item_id}", Whole, NoFiles, Idempotent, Documented;
    NOMENCLATURE_PRICE_LIST_SERVICES_LIST: nomenclature.price_list_services_list, Get "/nomenclature/price_lists/{price_list_id}/services", Keyset, NoFiles, Safe, Documented;
    NOMENCLATURE_PRICE_LIST_SERVICE_CREATE: nomenclature.price_list_service_create, Post "/nomenclature/price_lists/{price_list_id}/services", Whole, NoFiles, Not, Documented;
    NOMENCLATURE_PRICE_LIST_SERVICE_UPDATE: nomenclature.price_list_service_update, Patch "/nomenclature/price_lists/{price_list_id}/services/{service_id}", Whole, NoFiles, Idempotent, Documented;
    TELEPHONY_MESSAGE_SEND: telephony.message_send, Post "/telephony/messages", Whole, NoFiles, Not, Observed;
    TELEPHONY_PHONE_CALL_CREATE: telephony.phone_call_create, Post "/phone_calls", Whole, NoFiles, Not, Observed;
    REFERENCES_ISSUE_STATUSES: references.issue_statuses, Get "/issues/statuses", Whole, NoFiles, Safe, Observed;
    REFERENCES_ISSUE_PRIORITIES: references.issue_priorities, Get "/issues/priorities", Whole, NoFiles, Safe, Observed;
    REFERENCES_ISSUE_TYPES_FLAT: references.issue_types_flat, Get "/issues/types", Whole, NoFiles, Safe, Observed;
    REFERENCES_ISSUE_TYPES_TREE: references.issue_types_tree, Get "/dictionaries/issues/types", Whole, NoFiles, Safe, Observed;
    REFERENCES_ISSUE_PARAMETERS: references.issue_parameters, Get "/issues/parameters/list", Whole, NoFiles, Safe, Observed;
    REFERENCES_TIME_ENTRY_PARAMETERS: references.time_entry_parameters, Get "/time_entries/parameters", Whole, NoFiles, Safe, Observed;
    REFERENCES_TIMEZONES: references.timezones, Get "/timezones", Whole, NoFiles, Safe, Observed;
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_there_once() {
        assert_eq!(ALL.len(), 99);
        assert_eq!(
            ALL.iter()
                .map(|operation| operation.id)
                .collect::<HashSet<_>>()
                .len(),
            99
        );
        assert_eq!(
            ALL.iter()
                .map(|operation| (operation.method, operation.path))
                .collect::<HashSet<_>>()
                .len(),
            99
        );
    }

    #[test]
    fn only_reads_are_safe() {
        for operation in ALL {
            assert_eq!(
                operation.is_safe(),
                operation.method == Method::Get,
                "{}",
                operation.id
            );
        }
    }
}
