//! Attached files.

use super::{AttachmentId, CommentId, Timestamp};

record! {
    /// An attached file.
    ///
    /// Comes in three sizes: in an issue or comment without [`attachment_url`](Self::attachment_url), in a maintenance
    /// entity without size and date, and complete when asked for alone.
    pub struct Attachment[id: AttachmentId] {
        /// The name it was uploaded under; make it safe before using it as a path.
        attachment_file_name: String,
        /// A description.
        description: Option<String>,
        /// Bytes.
        attachment_file_size: Option<u64>,
        /// Whether clients may see it. Left out means: not known, so treat it as internal.
        is_public: bool,
        /// When it was uploaded.
        created_at: Option<Timestamp>,
        /// Where the bytes are, for 30 seconds. Whoever has it can read the file.
        attachment_url: Option<String>,
        /// The comment it came with.
        comment_id: Option<CommentId>,
    }
}
