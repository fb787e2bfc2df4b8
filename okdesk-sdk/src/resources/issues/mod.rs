//! Issues: create, read, delete, and their files. Changes and lists have modules of their own.

mod change;
mod list;

pub use change::*;
pub use list::*;

use super::Issues;
use crate::client::{Call, issue, nothing, record};
use crate::download::Download;
use crate::model::{
    AgreementId, Attachment, AttachmentId, Author, CompanyId, ContactId, EmployeeId, EquipmentId,
    GroupId, Html, Issue, IssueId, IssueTypeCode, MaintenanceEntityId, PriorityCode,
};
use crate::operation as op;

impl Issues {
    /// Creates an issue: `POST /api/v1/issues`, as JSON, or as a form when files go along.
    ///
    /// Never repeated after an unknown fate: look for it first, or let
    /// [`CallOptions::reconcile`](crate::CallOptions::reconcile) do that. Errors worth matching: `is_validation` (a type or
    /// attribute the account demands is missing), `is_forbidden` (an author was named without an administrator's key).
    ///
    /// Compare the answer with what was asked: some accounts ignore the type ([`change_type`](Self::change_type) sets it),
    /// some take the client only in the form [`client`](CreateIssue::client) sends.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.create", async |client, at| {
    /// # let (company, contact) = (at.company, at.contact);
    /// use okdesk_sdk::Upload;
    ///
    /// let create = client.issues().create("Printer is on fire").description("It began at nine.\nThe smoke is blue.");
    /// let photo = Upload::from_bytes("photo.jpg", vec![0xff, 0xd8, 0xff]).public(true);
    /// let issue = create.company(company).contact(contact).priority("high").attach(photo).await?;
    /// assert_eq!(issue.title, "Printer is on fire");
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(&self, title: impl Into<String>) -> CreateIssue {
        CreateIssue {
            call: Call::new(&self.client, op::ISSUES_CREATE, &[])
                .wrapped("issue")
                .with("title", title.into()),
        }
    }

    /// Reads an issue: `GET /api/v1/issues/{id}`.
    ///
    /// Repeated automatically. Errors worth matching: `is_not_found` (also when Okdesk says so with status 200), and
    /// [`merged_into`](crate::Error::merged_into) when another issue comes back.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.get", async |client, at| {
    /// # let id = at.issue;
    /// match client.issues().get(id).await {
    ///     Ok(issue) => println!("{} is {:?}", issue.title, issue.status_code()),
    ///     Err(error) if error.is_not_found() => println!("deleted"),
    ///     Err(error) => match error.merged_into() {
    ///         Some(survivor) => println!("merged into {survivor}"),
    ///         None => return Err(error.into()),
    ///     },
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn get(&self, id: IssueId) -> GetIssue {
        GetIssue {
            call: Call::new(&self.client, op::ISSUES_GET, &[&id]).expecting(id),
        }
    }

    /// Deletes an issue: `DELETE /api/v1/issues/{id}`. Repeated only if it was not sent.
    ///
    /// Source: documentation; a client in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.delete", async |client, at| {
    /// # let id = at.issue;
    /// client.issues().delete(id).await?;
    /// assert!(client.issues().get(id).await.unwrap_err().is_not_found());
    /// # Ok(())
    /// # });
    /// ```
    pub fn delete(&self, id: IssueId) -> DeleteIssue {
        DeleteIssue {
            call: Call::new(&self.client, op::ISSUES_DELETE, &[&id]),
        }
    }

    /// Asks for one attached file: `GET /api/v1/issues/{id}/attachments/{attachment_id}`.
    ///
    /// The address in the answer lives for 30 seconds; [`download`](Self::download) uses it at once. Repeated
    /// automatically.
    ///
    /// Source: documentation; clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("issues.attachment_get", async |client, at| {
    /// # let (issue, file) = (at.issue, at.file);
    /// let file = client.issues().attachment(issue, file).await?;
    /// let address = file.attachment_url.unwrap(); // a secret, and dead in 30 seconds
    /// # assert!(address.starts_with("http"));
    /// # Ok(())
    /// # });
    /// ```
    pub fn attachment(&self, issue: IssueId, file: AttachmentId) -> GetIssueAttachment {
        GetIssueAttachment {
            call: Call::new(&self.client, op::ISSUES_ATTACHMENT_GET, &[&issue, &file]),
        }
    }

    /// Fetches one attached file: asks for its address and gets it, in one call.
    ///
    /// Source: documentation; clients in use.
    pub fn download(&self, issue: IssueId, file: AttachmentId) -> Download {
        Download::new(Call::new(
            &self.client,
            op::ISSUES_ATTACHMENT_GET,
            &[&issue, &file],
        ))
    }
}

request! {
    /// Creates an issue; see [`Issues::create`].
    pub struct CreateIssue -> Issue, reconcile issue {
        /// The text. Plain text is escaped; pass [`Html::new`] for markup.
        field description: Html = "description";
        /// The company.
        field company: CompanyId = "company_id";
        /// The contact.
        field contact: ContactId = "contact_id";
        /// The maintenance entity.
        field maintenance_entity: MaintenanceEntityId = "maintenance_entity_id";
        /// The agreement.
        field agreement: AgreementId = "agreement_id";
        /// The responsible employee.
        field assignee: EmployeeId = "assignee_id";
        /// The responsible group.
        field group: GroupId = "group_id";
        /// The parent issue.
        field parent: IssueId = "parent_id";
        /// Employees who watch.
        array observers: EmployeeId = "observer_ids";
        /// Groups that watch.
        array observer_groups: GroupId = "observer_group_ids";
        /// Contacts who watch.
        array contact_observers: ContactId = "contact_observer_ids";
        /// The equipment.
        array equipment: EquipmentId = "equipment_ids";
        /// The type; the account's default if not said.
        ///
        /// > Not confirmed: on one account it was ignored, on others it works; compare the answer, and use
        /// > [`change_type`](Issues::change_type).
        field kind: IssueTypeCode = "type";
        /// The priority; the account's default if not said.
        field priority: PriorityCode = "priority";
        /// By when it shall be done, by the account's clock.
        moment deadline = "deadline_at";
        /// Not to be started before, by the account's clock.
        moment start_execution_until = "start_execution_until";
        /// The planned effort in minutes.
        number planned_execution_in_minutes: u32 = "planned_execution_in_minutes";
        /// A custom attribute.
        attributes custom = "custom_parameters";
        /// A file.
        files attach = "attachments";
    }
}

impl CreateIssue {
    /// In whose name it is created; only with an administrator's key.
    pub fn author(mut self, author: impl Into<Author>) -> Self {
        let author = author.into();
        self.call.set(
            "author",
            serde_json::json!({ "id": author.id(), "type": author.kind() }),
        );
        self
    }

    /// Sends company and contact in the nested form `client` instead of the documented flat one.
    ///
    /// > Not confirmed: on one account the flat form left the client empty and this one worked.
    pub fn client(mut self, company: Option<CompanyId>, contact: Option<ContactId>) -> Self {
        for (key, id) in [
            ("company", company.map(CompanyId::get)),
            ("contact", contact.map(ContactId::get)),
        ] {
            if let Some(id) = id {
                self.call
                    .set_in("client", key, serde_json::json!({ "id": id }));
            }
        }
        self
    }
}

request! {
    /// Reads an issue; see [`Issues::get`].
    pub struct GetIssue -> Issue, issue {}

    /// Deletes an issue; see [`Issues::delete`].
    pub struct DeleteIssue -> (), nothing {}

    /// Asks for one attached file; see [`Issues::attachment`].
    pub struct GetIssueAttachment -> Attachment, record {}
}
