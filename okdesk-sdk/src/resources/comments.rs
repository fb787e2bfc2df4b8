//! Comments of issues.

use super::Comments;
use crate::client::{Call, list};
use crate::model::{Author, Comment, Html, IssueId};
use crate::operation as op;

impl Comments {
    /// All comments of an issue, at once: `GET /api/v1/issues/{id}/comments`. Repeated automatically.
    ///
    /// Notes of the system are among them. A comment without a readable visibility counts as internal.
    ///
    /// Source: documentation; recorded answers.
    ///
    /// ```
    /// # okdesk_sdk::example::run("comments.list", async |client, at| {
    /// # let issue = at.issue;
    /// for comment in client.comments().list(issue).await? {
    ///     let author = comment.author.map(|author| author.name).unwrap_or_default();
    ///     println!("{author}{}: {}", if comment.public { "" } else { " (internal)" }, comment.content);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn list(&self, issue: IssueId) -> ListComments {
        ListComments {
            call: Call::new(&self.client, op::COMMENTS_LIST, &[&issue]),
        }
    }

    /// Writes a comment, public unless [`private`](CreateComment::private): `POST /api/v1/issues/{id}/comments`.
    ///
    /// Never repeated after an unknown fate: look for it first, or let
    /// [`CallOptions::reconcile`](crate::CallOptions::reconcile) do that. The answer may lack the time.
    ///
    /// Source: documentation; clients in use.
    ///
    /// > Not confirmed: whether the author may be left out; so it must be named.
    ///
    /// ```
    /// # okdesk_sdk::example::run("comments.create", async |client, at| {
    /// # let (issue, contact, employee) = (at.issue, at.contact, at.employee);
    /// use okdesk_sdk::Upload;
    /// use okdesk_sdk::model::Author;
    ///
    /// let note = client.comments().create(issue, "She called twice.\nBe kind.", Author::employee(employee)).private().await?;
    /// let log = Upload::from_bytes("log.txt", "E-17");
    /// let comment = client.comments().create(issue, "See the log", Author::contact(contact)).attach(log).await?;
    /// assert_eq!((note.public, comment.attachments.len()), (false, 1));
    /// # Ok(())
    /// # });
    /// ```
    pub fn create(
        &self,
        issue: IssueId,
        text: impl Into<Html>,
        by: impl Into<Author>,
    ) -> CreateComment {
        let by = by.into();
        let call = Call::new(&self.client, op::COMMENTS_CREATE, &[&issue])
            .wrapped("comment")
            .with("content", text.into());
        let call = call
            .with("author_id", by.id())
            .with("author_type", by.kind())
            .with("public", true);
        CreateComment { call }
    }
}

request! {
    /// All comments of an issue; see [`Comments::list`].
    pub struct ListComments -> Vec<Comment>, list {}

    /// Writes a comment; see [`Comments::create`].
    pub struct CreateComment -> Comment, reconcile comment {
        /// Whether clients may see it.
        flag public = "public";
        /// A file.
        ///
        /// > Not confirmed: that it is public or internal by itself, as a file of an issue is; so it is sent only if said.
        files attach = "attachments";
    }
}

impl CreateComment {
    /// Only the staff may see it.
    pub fn private(self) -> Self {
        self.public(false)
    }
}
