//! Comments of an issue.

use super::{Attachment, CommentId, Html, Person, Timestamp};

record! {
    /// A comment.
    ///
    /// The time is `published_at`; there is no `created_at`. Notes of the system are comments too, by an employee whose
    /// name is that of the system.
    pub struct Comment[id: CommentId] {
        /// The text, as HTML; may be a whole document from a mail program.
        content: Html,
        /// Whether clients may see it. Left out means: not known, so it is taken as internal.
        public: bool,
        /// When it was written; the answer to a creation may lack it.
        published_at: Option<Timestamp>,
        /// Files.
        attachments: Vec<Attachment>,
        /// Who wrote it.
        author: Option<Person>,
    }
}
