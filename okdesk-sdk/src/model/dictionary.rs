//! Dictionaries of the account: statuses, priorities, types, parameters.

use super::{
    AttributeCode, FieldType, IssueTypeCode, IssueTypeId, PriorityCode, PriorityId, StatusCode,
    StatusId,
};

record! {
    /// A status issues can be in.
    pub struct IssueStatus[code: StatusCode] {
        /// Its id; not every account shows it.
        id: Option<StatusId>,
        /// Its name for people.
        name: String,
        /// `#rrggbb`
        color: Option<String>,
        /// Whether issues end in it; left out by older accounts.
        is_final: Option<bool> as "final",
    }

    /// A priority issues can have.
    pub struct IssuePriority[code: PriorityCode] {
        /// Its id; not every account shows it.
        id: Option<PriorityId>,
        /// Its name for people.
        name: String,
        /// Its place in the order.
        position: Option<i64>,
        /// Whether new issues get it.
        default: Option<bool>,
        /// Whether only the staff sees it.
        inner: Option<bool>,
        /// `#rrggbb`
        color: Option<String>,
    }

    /// A type issues can have.
    pub struct IssueType[code: IssueTypeCode] {
        /// Its id.
        id: Option<IssueTypeId>,
        /// Its name for people.
        name: String,
        /// Whether new issues get it.
        default: Option<bool>,
        /// Whether only the staff may use it.
        inner: Option<bool>,
        /// Whether clients may choose it.
        available_for_client: Option<bool>,
    }

    /// A node of the tree of types: a type, or a folder with more nodes inside.
    pub struct IssueTypeNode {
        /// Its id.
        id: Option<IssueTypeId>,
        /// Its code.
        code: IssueTypeCode,
        /// Its name for people.
        name: String,
        /// Whether new issues get it.
        default: Option<bool>,
        /// Whether only the staff may use it.
        inner: Option<bool>,
        /// Whether clients may choose it.
        available_for_client: Option<bool>,
        /// `group` for a folder.
        kind: Option<String> as "type",
        /// What is inside a folder, to any depth.
        children: Vec<IssueTypeNode>,
    }

    /// A custom attribute the account has defined.
    pub struct Parameter {
        /// Its code.
        code: AttributeCode,
        /// Its name for people.
        name: String,
        /// Its type.
        field_type: Option<FieldType>,
        /// Whether it must be filled in.
        required: Option<bool>,
    }
}

impl IssueTypeNode {
    /// Whether this is a folder.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.kind.as_deref() == Some("group")
    }
}
