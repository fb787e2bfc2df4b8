//! Work on an issue: spent time and check lists.

use serde::{Deserialize, Deserializer, Serialize};

use super::lenient::Lenient;
use super::{Attachment, CheckListItemId, CustomAttribute, EmployeeId, TimeEntryId, Timestamp};

open_enum! {
    /// What a line of a check list is.
    pub enum CheckListItemType {
        /// A point to be done.
        Point = "point",
        /// A heading.
        Header = "header",
    }

    /// What kind of thing a point of a check list asks for.
    pub enum CheckListParameterType {
        /// Text of several lines.
        Text = "text",
        /// One line.
        String = "string",
        /// Files.
        Files = "files",
    }
}

record! {
    /// A record of spent time.
    pub struct TimeEntry[id: TimeEntryId] {
        /// A comment.
        comment: Option<String>,
        /// Hours, with fractions. Written as text, see `formatted_spent_time`.
        spent_time: Option<f64>,
        /// When the work was done.
        logged_at: Option<Timestamp>,
        /// When the record was made.
        created_at: Option<Timestamp>,
        /// Who worked.
        employee: Option<TimeEntryEmployee>,
        /// Custom attributes.
        parameters: Vec<CustomAttribute>,
    }

    /// An employee as a record of spent time mentions it.
    pub struct TimeEntryEmployee {
        /// Its id.
        id: Option<EmployeeId>,
        /// Its login.
        login: Option<String>,
        /// Its name.
        name: String,
    }

    /// All spent time of an issue.
    pub struct TimeEntries {
        /// Hours in total; `None` where the account answers with the bare list.
        spent_time_total: Option<f64>,
        /// The records.
        time_entries: Vec<TimeEntry>,
    }

    /// A line of a check list: a point to be done, or a heading.
    pub struct CheckListItem[id: CheckListItemId] {
        /// What is to be done.
        name: String,
        /// Whether it must be done.
        required: Option<bool>,
        /// Whether clients see it.
        visible_for_clients: Option<bool>,
        /// Whether it is done.
        checked: Option<bool>,
        /// When it was done.
        checked_at: Option<Timestamp>,
        /// Who did it.
        checked_by_user_id: Option<EmployeeId>,
        /// Point or heading.
        item_type: Option<CheckListItemType>,
        /// The heading it stands under.
        parent_id: Option<CheckListItemId>,
        /// Hours planned. Written in minutes.
        planned_execution_in_hours: Option<f64>,
        /// Its place in the order.
        position: Option<i64>,
        /// What has to be given when it is done.
        parameters: Vec<CheckListParameter>,
    }

    /// Something that is given when a point is done.
    pub struct CheckListParameter {
        /// Text, one line, or files.
        param_type: Option<CheckListParameterType>,
        /// Whether it must be given.
        required: Option<bool>,
        /// What was given.
        value: CheckListValue,
    }
}

/// What was given for a point of a check list.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum CheckListValue {
    /// Nothing yet.
    #[default]
    Empty,
    /// Text.
    Text(String),
    /// Files, with id, name, size and date.
    Files(Vec<Attachment>),
    /// Anything else, as it came.
    Other(serde_json::Value),
}

impl<'de> Deserialize<'de> for CheckListValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Self::Empty,
            serde_json::Value::String(text) => Self::Text(text),
            other => match serde_json::from_value(other.clone()) {
                Ok(files) => Self::Files(files),
                Err(_) => Self::Other(other),
            },
        })
    }
}

impl Lenient for CheckListValue {
    const NULLABLE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Self::deserialize(deserializer).map(Some)
    }
}
