//! Check lists of issues.

use serde_json::{Map, Value, json};

use super::CheckLists;
use crate::client::{Call, list, nothing};
use crate::model::{
    CheckListItem, CheckListItemId, CheckListItemType, CheckListParameterType, IssueId, StatusCode,
};
use crate::operation as op;
use crate::upload::Upload;

impl CheckLists {
    /// All points and headings of an issue, at once: `GET /api/v1/issues/{id}/check_lists/items`. Repeated automatically.
    ///
    /// > Not confirmed: a bare list, or one under `check_list`; both are read.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("check_lists.list", async |client, at| {
    /// # let issue = at.issue;
    /// let open = client.check_lists().list(issue).await?.into_iter().filter(|item| item.checked != Some(true));
    /// open.for_each(|item| println!("[ ] {}", item.name));
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self, issue: IssueId) -> ListCheckListItems {
        ListCheckListItems {
            call: Call::new(&self.client, op::CHECK_LISTS_LIST, &[&issue]),
        }
    }

    /// Adds points and headings: `POST /api/v1/issues/{id}/check_lists/items`. Never repeated after an unknown fate.
    ///
    /// At most 200 in all, headings at most two levels deep.
    ///
    /// Source: documentation.
    ///
    /// ```
    /// # okdesk_sdk::example::run("check_lists.create", async |client, at| {
    /// # let issue = at.issue;
    /// use okdesk_sdk::resources::NewCheckListItem;
    ///
    /// let photo = NewCheckListItem::point("Photograph the meter").requires_files(true);
    /// let list = client.check_lists().create(issue, [NewCheckListItem::header("Before leaving").child(photo)]).await?;
    /// assert_eq!(list.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(
        &self,
        issue: IssueId,
        items: impl IntoIterator<Item = NewCheckListItem>,
    ) -> CreateCheckListItems {
        let items: Vec<Value> = items
            .into_iter()
            .map(|item| Value::Object(item.fields))
            .collect();
        let call = Call::new(&self.client, op::CHECK_LISTS_CREATE, &[&issue]).wrapped("check_list");
        CreateCheckListItems {
            call: call.with("items", items),
        }
    }

    /// Marks a point as done or not: `PATCH /api/v1/issues/{id}/check_lists/items/{item_id}/check`, as a form when files
    /// go along. Repeated only if it was not sent.
    ///
    /// > Not confirmed: the form of the files. What it answers is not known, so the answer is not read.
    ///
    /// Source: documentation of the fields; the form from a client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("check_lists.item_check", async |client, at| {
    /// # use okdesk_sdk::resources::NewCheckListItem;
    /// # let issue = at.issue;
    /// # let point = NewCheckListItem::point("Photograph the meter").requires_files(true);
    /// # let item = client.check_lists().create(issue, [point]).await?[0].id;
    /// use okdesk_sdk::Upload;
    ///
    /// let photo = Upload::from_bytes("meter.jpg", vec![0xff, 0xd8, 0xff]);
    /// client.check_lists().check(issue, item, true).attach(photo).await?;
    /// # assert_eq!(client.check_lists().list(issue).await?[0].checked, Some(true));
    /// # Ok(())
    /// # });
    /// ```
    pub fn check(&self, issue: IssueId, item: CheckListItemId, checked: bool) -> CheckItem {
        let call = Call::new(&self.client, op::CHECK_LISTS_ITEM_CHECK, &[&issue, &item])
            .wrapped("check_list_item");
        CheckItem {
            call: call.with("checked", checked),
        }
    }
}

request! {
    /// All points and headings; see [`CheckLists::list`].
    pub struct ListCheckListItems -> Vec<CheckListItem>, list {}

    /// Adds points and headings; see [`CheckLists::create`].
    pub struct CreateCheckListItems -> Vec<CheckListItem>, list {}

    /// Marks a point; see [`CheckLists::check`].
    pub struct CheckItem -> (), nothing {}
}

impl CheckItem {
    /// The text the point asks for.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.parameter("text", text.into())
    }

    /// The line the point asks for.
    pub fn line(self, text: impl Into<String>) -> Self {
        self.parameter("string", text.into())
    }

    /// A file the point asks for.
    pub fn attach(mut self, file: Upload) -> Self {
        self.call.upload("item_parameters.files", file);
        self
    }

    fn parameter(mut self, kind: &str, text: String) -> Self {
        self.call.set_in("item_parameters", kind, text);
        self
    }
}

/// A point or heading to be added.
///
/// ```
/// use okdesk_sdk::resources::NewCheckListItem;
///
/// let list = NewCheckListItem::header("Before leaving")
///     .child(NewCheckListItem::point("Photograph the meter").requires_files(true));
/// # let _ = list;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewCheckListItem {
    fields: Map<String, Value>,
}

impl NewCheckListItem {
    fn new(name: String, kind: &CheckListItemType) -> Self {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), name.into());
        fields.insert("item_type".to_owned(), kind.as_str().into());
        Self { fields }
    }

    /// A point to be done.
    #[must_use]
    pub fn point(name: impl Into<String>) -> Self {
        Self::new(name.into(), &CheckListItemType::Point)
    }

    /// A heading.
    #[must_use]
    pub fn header(name: impl Into<String>) -> Self {
        Self::new(name.into(), &CheckListItemType::Header)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// It must be done before these statuses can be set.
    #[must_use]
    pub fn required_to(self, statuses: impl IntoIterator<Item = impl Into<StatusCode>>) -> Self {
        let codes: Vec<Value> = statuses
            .into_iter()
            .map(|code| code.into().as_str().into())
            .collect();
        self.with("required_to_status_codes", codes)
    }

    /// It must be done before these statuses can be left.
    #[must_use]
    pub fn required_from(self, statuses: impl IntoIterator<Item = impl Into<StatusCode>>) -> Self {
        let codes: Vec<Value> = statuses
            .into_iter()
            .map(|code| code.into().as_str().into())
            .collect();
        self.with("required_from_status_codes", codes)
    }

    /// Whether clients see it.
    #[must_use]
    pub fn visible_for_clients(self, visible: bool) -> Self {
        self.with("visible_for_clients", visible)
    }

    /// The planned effort in minutes.
    #[must_use]
    pub fn planned_execution_in_minutes(self, minutes: u32) -> Self {
        self.with("planned_execution_in_minutes", minutes)
    }

    /// It asks for files, which must or may be given.
    #[must_use]
    pub fn requires_files(self, required: bool) -> Self {
        self.parameter(&CheckListParameterType::Files, required)
    }

    /// It asks for text of several lines, which must or may be given.
    #[must_use]
    pub fn requires_text(self, required: bool) -> Self {
        self.parameter(&CheckListParameterType::Text, required)
    }

    /// It asks for one line, which must or may be given.
    #[must_use]
    pub fn requires_line(self, required: bool) -> Self {
        self.parameter(&CheckListParameterType::String, required)
    }

    fn parameter(mut self, kind: &CheckListParameterType, required: bool) -> Self {
        let word = if required { "required" } else { "unrequired" };
        if let Value::Object(parameters) =
            self.fields.entry("parameters").or_insert_with(|| json!({}))
        {
            parameters.insert(kind.as_str().to_owned(), word.into());
        }
        self
    }

    /// A point or heading under this heading.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        if let Value::Array(children) = self.fields.entry("children").or_insert_with(|| json!([])) {
            children.push(Value::Object(child.fields));
        }
        self
    }
}
