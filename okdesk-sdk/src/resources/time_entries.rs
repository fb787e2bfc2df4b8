//! Time spent on issues.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::TimeEntriesOfIssues;
use crate::client::{Call, DecodeFailure, Decoding, items, nothing, pieces};
use crate::model::{AttributeCode, CustomValue, EmployeeId, IssueId, LocalTime, TimeEntries};
use crate::operation as op;

impl TimeEntriesOfIssues {
    /// All time spent on an issue, at once: `GET /api/v1/issues/{id}/time_entries`. Repeated automatically.
    ///
    /// `is_not_found` for a deleted issue.
    ///
    /// > Not confirmed: an object with the total, or a bare list; both are read.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("time_entries.list", async |client, at| {
    /// # let issue = at.issue;
    /// let spent = client.time_entries().list(issue).await?;
    /// println!("{} records, {:?} hours", spent.time_entries.len(), spent.spent_time_total);
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self, issue: IssueId) -> ListTimeEntries {
        ListTimeEntries {
            call: Call::new(&self.client, op::TIME_ENTRIES_LIST, &[&issue]),
        }
    }

    /// Records spent time: `POST /api/v1/issues/{id}/time_entries`. Never repeated after an unknown fate.
    ///
    /// `at` is what the account's clock shows. What it answers is not known, so the answer is not read.
    ///
    /// Source: documentation; the wrapper from a client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("time_entries.create", async |client, at| {
    /// # let (issue, employee) = (at.issue, at.employee);
    /// use okdesk_sdk::SpentTime;
    /// use okdesk_sdk::model::LocalTime;
    ///
    /// let morning: LocalTime = "2024-05-01 09:15".parse()?;
    /// let spent = SpentTime::minutes(150).comment("replaced the drum");
    /// client.time_entries().create(issue, employee, spent, morning).await?;
    /// assert_eq!(client.time_entries().list(issue).await?.spent_time_total, Some(2.5));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(
        &self,
        issue: IssueId,
        by: EmployeeId,
        spent: impl Into<SpentTime>,
        at: impl Into<LocalTime>,
    ) -> CreateTimeEntries {
        CreateTimeEntries {
            call: Call::new(&self.client, op::TIME_ENTRIES_CREATE, &[&issue]),
        }
        .and(by, spent, at)
    }
}

request! {
    /// All time spent on an issue; see [`TimeEntriesOfIssues::list`].
    pub struct ListTimeEntries -> TimeEntries, time_entries {}

    /// Records spent time; see [`TimeEntriesOfIssues::create`].
    pub struct CreateTimeEntries -> (), nothing {}
}

impl CreateTimeEntries {
    /// One more record in the same call.
    pub fn and(
        mut self,
        by: EmployeeId,
        spent: impl Into<SpentTime>,
        at: impl Into<LocalTime>,
    ) -> Self {
        let mut fields = spent.into().fields;
        fields.insert("employee_id".to_owned(), by.get().into());
        fields.insert("logged_at".to_owned(), at.into().iso_minute().into());
        self.call.append("time_entries", fields);
        self
    }
}

fn time_entries(
    _: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<TimeEntries, DecodeFailure> {
    #[derive(serde::Deserialize)]
    struct Total {
        #[serde(default, deserialize_with = "crate::model::lenient::field")]
        spent_time_total: Option<f64>,
    }
    let total = serde_json::from_slice::<Total>(body)
        .ok()
        .and_then(|total| total.spent_time_total);
    let time_entries = items(&pieces(body)?, decoding);
    Ok(TimeEntries {
        spent_time_total: total,
        time_entries,
    })
}

/// Spent time as Okdesk takes it: a text such as `2:30`, `2,5 часа` or `2 ч. 30 мин.`, with a comment and attributes.
///
/// ```
/// use okdesk_sdk::SpentTime;
///
/// let spent = SpentTime::minutes(150).comment("replaced the drum");
/// # let _ = spent;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpentTime {
    pub(crate) fields: Map<String, Value>,
}

impl SpentTime {
    /// A text such as `2:30`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let mut fields = Map::new();
        fields.insert(
            "formatted_spent_time".to_owned(),
            Value::String(text.into()),
        );
        Self { fields }
    }

    /// Whole minutes.
    #[must_use]
    pub fn minutes(minutes: u32) -> Self {
        Self::new(format!("{}:{:02}", minutes / 60, minutes % 60))
    }

    /// A comment.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.fields
            .insert("comment".to_owned(), Value::String(text.into()));
        self
    }

    /// A custom attribute of spent time.
    #[must_use]
    pub fn custom(mut self, code: impl Into<AttributeCode>, value: impl Into<CustomValue>) -> Self {
        let value = serde_json::to_value(value.into()).unwrap_or_default();
        let custom = self
            .fields
            .entry("custom_parameters")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(custom) = custom {
            custom.insert(code.into().as_str().to_owned(), value);
        }
        self
    }
}

impl From<&str> for SpentTime {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
