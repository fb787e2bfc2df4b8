//! The events: what `event` holds beside its type, together with the thing it is about.

use okdesk_sdk::model::OneOrMany;
use serde::de::DeserializeOwned;

use super::outline::Part;
use super::{
    Assignee, Attachment, Author, Change, ChangedParameter, Comment, CsatRate, DeadlineChange,
    IssueType, Parameter, Priority, Source, Status, TimeEntry, WebhookAgreement, WebhookCompany,
    WebhookEquipment, WebhookIssue, WebhookServiceAim,
};
use crate::schema::Described;

/// How the table of events puts an event together.
pub(super) trait Payload: Sized {
    type Fields: Described + DeserializeOwned + Default;
    type Entity: Described + DeserializeOwned + Default;
    const ENTITY: Part;

    fn assemble(fields: Self::Fields, entity: Self::Entity) -> Self;
}

macro_rules! payloads {
    ($(
        $(#[doc = $doc:literal])*
        pub struct $name:ident on $entity:ident : $part:ident $entity_type:ty {
            $($(#[doc = $field_doc:literal])* $field:ident : $type:ty),* $(,)?
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $field_doc])* pub $field: $type,)*
            /// What it happened to, as it is afterwards.
            pub $entity: $entity_type,
        }

        const _: () = {
            block! {
                $(#[doc = $doc])*
                pub(super) struct Fields {
                    /// Which event it is.
                    event_type: String,
                    $($(#[doc = $field_doc])* $field: $type,)*
                }
            }

            impl Payload for $name {
                type Fields = Fields;
                type Entity = $entity_type;
                const ENTITY: Part = Part::$part;

                fn assemble(fields: Fields, $entity: $entity_type) -> Self {
                    Self { $($field: fields.$field,)* $entity }
                }
            }
        };
    )*};
}

payloads! {
    /// An issue was created.
    pub struct NewTicket on issue: Issue WebhookIssue {
        /// Who created it. Not sent in any recorded body; `issue.author` is.
        author: Option<Author>,
        /// By what way it came.
        source: Option<Source>,
    }

    /// The status of an issue changed.
    ///
    /// Carries the comment and the files given with the change.
    ///
    /// > Not confirmed: whether a [`NewComment`] is sent for that comment as well.
    pub struct NewTicketStatus on issue: Issue WebhookIssue {
        /// Who changed it.
        author: Option<Author>,
        /// The status before.
        old_status: Option<Status>,
        /// The status after.
        new_status: Option<Status>,
        /// The comment given with the change.
        comment: Option<Comment>,
        /// The files given with the change.
        attachments: Vec<Attachment>,
        /// The custom attributes filled in with the change.
        parameters: Vec<Parameter>,
        /// The time entered with the change; sent as a list or as one object.
        time_entries: OneOrMany<TimeEntry>,
        /// Who was responsible; sent even when it did not change.
        old_assignee: Option<Assignee>,
        /// Who is responsible; sent even when it did not change.
        new_assignee: Option<Assignee>,
    }

    /// Somebody else became responsible for an issue.
    pub struct NewAssignee on issue: Issue WebhookIssue {
        /// Who changed it.
        author: Option<Author>,
        /// Who was responsible.
        old_assignee: Option<Assignee>,
        /// Who is responsible.
        ///
        /// > Not confirmed: what is sent when it is nobody.
        new_assignee: Option<Assignee>,
    }

    /// The type of an issue changed.
    pub struct UpdateIssueWorkType on issue: Issue WebhookIssue {
        /// The type before.
        old_type: Option<IssueType>,
        /// The type after.
        new_type: Option<IssueType>,
        /// Who changed it.
        author: Option<Author>,
    }

    /// The priority of an issue changed.
    ///
    /// > Not confirmed: known from two programs that receive it, in no documentation.
    pub struct NewPriority on issue: Issue WebhookIssue {
        /// Who changed it.
        author: Option<Author>,
        /// The priority before.
        old_priority: Option<Priority>,
        /// The priority after.
        new_priority: Option<Priority>,
    }

    /// A comment was added. Also sent for each comment that moves here when issues are merged.
    pub struct NewComment on issue: Issue WebhookIssue {
        /// Who wrote it.
        author: Option<Author>,
        /// The comment. Its text may be empty when there are files.
        comment: Option<Comment>,
        /// The files of the comment.
        attachments: Vec<Attachment>,
    }

    /// The client rated an issue.
    pub struct NewCsatRate on issue: Issue WebhookIssue {
        /// The rating.
        rate: Option<CsatRate>,
        /// Who rated.
        author: Option<Author>,
    }

    /// Files were added to an issue.
    pub struct NewFiles on issue: Issue WebhookIssue {
        /// Who added them.
        author: Option<Author>,
        /// The new files.
        attachments: Vec<Attachment>,
    }

    /// The planned date of an issue changed.
    pub struct NewDeadline on issue: Issue WebhookIssue {
        /// The dates before and after.
        deadline_at: Option<DeadlineChange>,
        /// Who changed it.
        author: Option<Author>,
    }

    /// Somebody began to help with an issue.
    pub struct AddCoexecutor on issue: Issue WebhookIssue {
        /// Who asked for it.
        author: Option<Author>,
        /// Who helps now.
        coexecutor: Option<Assignee>,
    }

    /// Somebody helps no longer with an issue.
    pub struct RemoveCoexecutor on issue: Issue WebhookIssue {
        /// Who asked for it.
        author: Option<Author>,
        /// Who helped before.
        coexecutor: Option<Assignee>,
    }

    /// A custom attribute of an issue changed.
    pub struct ChangeTicketParameter on issue: Issue WebhookIssue {
        /// Who changed it.
        author: Option<Author>,
        /// The attributes with their values before and after.
        changed_parameters: Vec<ChangedParameter>,
    }

    /// An issue was deleted. The issue comes without `child_ids`, `rate`, `equipments`, `coexecutors`,
    /// `observers` and `attachments`.
    pub struct TicketDeleted on issue: Issue WebhookIssue {
        /// Who deleted it.
        author: Option<Author>,
    }

    /// A piece of equipment was created.
    pub struct NewEquipment on equipment: Equipment WebhookEquipment {
        /// Who created it. Not documented here; `equipment.author` is.
        author: Option<Author>,
    }

    /// A piece of equipment changed.
    pub struct ChangeEquipment on equipment: Equipment WebhookEquipment {
        /// Who changed it.
        author: Option<Author>,
        /// What changed.
        changes: Vec<Change>,
    }

    /// A company was created.
    pub struct NewCompany on company: Company WebhookCompany {
        /// Who created it.
        author: Option<Author>,
    }

    /// A company changed.
    pub struct ChangeCompany on company: Company WebhookCompany {
        /// Who changed it.
        author: Option<Author>,
        /// What changed.
        changes: Vec<Change>,
    }

    /// An agreement was created.
    pub struct NewAgreement on agreement: Agreement WebhookAgreement {
        /// Who created it.
        author: Option<Author>,
    }

    /// An agreement changed.
    pub struct ChangeAgreement on agreement: Agreement WebhookAgreement {
        /// Who changed it.
        author: Option<Author>,
        /// What changed.
        changes: Vec<Change>,
    }

    /// A maintenance entity (service object) was created.
    pub struct NewServiceAim on service_aim: ServiceAim WebhookServiceAim {
        /// Who created it.
        author: Option<Author>,
    }

    /// A maintenance entity (service object) changed.
    pub struct ChangeServiceAim on service_aim: ServiceAim WebhookServiceAim {
        /// Who changed it.
        author: Option<Author>,
        /// What changed.
        changes: Vec<Change>,
    }
}

/// An event this version does not know, or whose entity it cannot read. Everything is in the [raw
/// body](Self::raw).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unknown {
    /// The type, as it was sent.
    pub event_type: String,
    pub(super) body: super::raw::RawBody,
}

impl Unknown {
    /// The body, as it was sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.body.text
    }
}
