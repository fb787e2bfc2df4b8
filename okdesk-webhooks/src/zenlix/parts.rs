//! The parts of a hook.

use std::collections::BTreeMap;

use okdesk_sdk::model::{Html, Timestamp};
use serde_json::Value;

use crate::schema::{Described, Shape};

okdesk_sdk::open_enum! {
    /// What happened to a ticket.
    pub enum Action {
        /// It was created.
        Create = "create",
        /// It was forwarded.
        Refer = "refer",
        /// Somebody took it.
        Lock = "lock" | "lockNext",
        /// It was released.
        Unlock = "unlock",
        /// It was done.
        Ok = "ok",
        /// It was done, but is not any more.
        Unok = "unok" | "unokNext" | "no_ok",
        /// It was done and waits to be inspected.
        Waitok = "waitok",
        /// It was inspected.
        Approve = "approve",
        /// It was inspected and found wanting.
        Noapprove = "noapprove",
        /// It was deleted.
        Delete = "delete",
        /// It was restored.
        Restore = "restore",
        /// Somebody wrote a comment.
        Comment = "comment",
        /// It was edited.
        Edit = "edit" | "edit_msg" | "edit_subj",
        /// It was put into the archive.
        Arch = "arch",
    }

    /// Where a ticket stands. May lag behind the [`Action`].
    pub enum Status {
        /// Nobody has taken it.
        Free = "free",
        /// Somebody works on it.
        Lock = "lock",
        /// Done, waits to be inspected.
        WaitSuccess = "waitsuccess",
        /// Done.
        Success = "success",
        /// In the archive.
        Arch = "arch",
    }

    /// How urgent a ticket is.
    pub enum Priority {
        /// Low.
        Low = "low",
        /// Normal.
        Normal = "normal",
        /// High.
        High = "high",
    }
}

macro_rules! words {
    ($($name:ident: $($word:literal)*;)*) => {$(
        impl Described for $name {
            const SHAPE: Shape = Shape::Words(&[$($word),*]);
        }
    )*};
}

words! {
    Action: "create" "refer" "lock" "unlock" "ok" "unok" "waitok" "approve" "delete" "restore" "comment" "edit";
    Status: "free" "lock" "waitsuccess" "success" "arch";
    Priority: "low" "normal" "high";
}

impl Described for BTreeMap<String, Value> {
    const SHAPE: Shape = Shape::Any;
}

impl Described for Vec<Value> {
    const SHAPE: Shape = Shape::Any;
}

block! {
    /// The body of a hook.
    pub(super) struct Envelope {
        /// The whole ticket.
        ticket: Option<Ticket>,
        /// Who did it.
        initial_user: Option<User>,
        /// What happened.
        action: Option<Action>,
        /// A remark.
        description: String,
        /// When, by the clock of the server.
        dt: Option<Timestamp>,
    }

    /// A person. There is no number; the address for mail is the key.
    pub struct User {
        /// Address for mail.
        email: String,
        /// Name and language.
        profile: Option<Profile>,
        /// Further ways to reach them; `email` may differ from the key.
        contacts: BTreeMap<String, Value>,
    }

    /// Name and language of a person.
    pub struct Profile {
        /// Full name.
        full_name: String,
        /// Language, `ru`.
        lang: String,
    }

    /// A ticket, as it is after the event. Files are not sent.
    pub struct Ticket {
        /// Its public name, such as `E3XK`.
        code: String,
        /// How urgent it is.
        prio: Option<Priority>,
        /// Where it stands.
        status: Option<Status>,
        /// What it is about; forwarding appends notes.
        text: Html,
        /// Its subject.
        subject: String,
        /// Its tags in one text; how several are divided is not known.
        tags: String,
        /// What stands in its address.
        urlhash: String,
        /// When it was created, by the clock of the server.
        created_at: Option<Timestamp>,
        /// Whether it has to be inspected when it is done. Sent as text.
        inspect_after_ok: Option<bool>,
        /// Whether each of several people has to do it. Sent as text.
        individual_ok: Option<bool>,
        /// When it has to be done, by the clock of the server.
        deadline_time: Option<Timestamp>,
        /// The service level; `[]` when there is none.
        sla: BTreeMap<String, Value>,
        /// Whose ticket it is; may be several people, or nobody.
        client: Vec<User>,
        /// Custom fields.
        ///
        /// > Not confirmed: their shape.
        fields: Vec<Value>,
        /// Who watches.
        watched: Vec<User>,
        /// All comments, the oldest first.
        comments: Vec<Comment>,
        /// Who created it.
        author: Option<User>,
        /// The name of the group it is addressed to.
        target_group: Option<String>,
        /// The people it is addressed to.
        target_user: Vec<User>,
        /// What has happened so far, the oldest first.
        logs: Vec<LogEntry>,
    }

    /// A comment. It has no number and no time, and does not say who may see it.
    pub struct Comment {
        /// Who wrote it.
        author: Option<User>,
        /// The text.
        text: Html,
    }

    /// Something that happened.
    pub struct LogEntry {
        /// Who did it.
        author: Option<User>,
        /// What.
        action: Option<Action>,
        /// When, by the clock of the server.
        dt: Option<Timestamp>,
    }
}
