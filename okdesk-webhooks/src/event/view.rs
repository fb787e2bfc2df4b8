//! What people ask of any event.

use okdesk_sdk::model::{IssueId, Timestamp};
use serde::Deserialize;

use super::table::Entity;
use super::{Attachment, Author, Comment, Event, TimeEntry, WebhookIssue};

impl Event {
    /// The issue, if the event is about one.
    #[must_use]
    pub fn issue(&self) -> Option<&WebhookIssue> {
        match self.entity()? {
            Entity::Issue(issue) => Some(issue),
            _ => None,
        }
    }

    /// The number of the issue, if the event is about one; also of an event that is not known.
    #[must_use]
    pub fn issue_id(&self) -> Option<IssueId> {
        #[derive(Deserialize)]
        struct Body {
            issue: Reference,
        }
        #[derive(Deserialize)]
        struct Reference {
            id: IssueId,
        }

        match self {
            Self::Unknown(unknown) => serde_json::from_str::<Body>(unknown.raw())
                .ok()
                .map(|body| body.issue.id),
            known => known.issue().map(|issue| issue.id),
        }
    }

    /// Who caused the event. For a new issue or piece of equipment that is who created it.
    ///
    /// > Not confirmed: what Okdesk sends when automation or the API acts.
    #[must_use]
    pub fn author(&self) -> Option<&Author> {
        let creator = match self {
            Self::NewTicket(event) => event.issue.author.as_ref(),
            Self::NewEquipment(event) => event.equipment.author.as_ref(),
            _ => None,
        };
        self.event_author().or(creator)
    }

    /// The comment the event carries: of a new comment, or of a change of status.
    #[must_use]
    pub fn comment(&self) -> Option<&Comment> {
        match self {
            Self::NewComment(event) => event.comment.as_ref(),
            Self::NewTicketStatus(event) => event.comment.as_ref(),
            _ => None,
        }
    }

    /// The files the event carries. They may differ in visibility from the comment and from one another.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::NewComment(event) => &event.attachments,
            Self::NewTicketStatus(event) => &event.attachments,
            Self::NewFiles(event) => &event.attachments,
            _ => &[],
        }
    }

    /// The files of the event that clients may see.
    pub fn public_attachments(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments()
            .iter()
            .filter(|file| file.is_public == Some(true))
    }

    /// Whether clients may see what was written: `true` only if the event carries a comment that says so, or
    /// no comment but files that all say so. Whatever is unclear is not public, and so is an event of which something
    /// [could not be read](Self::is_partial): that may have been the comment.
    ///
    /// Files beside a comment have to be [looked at one by one](Self::public_attachments).
    #[must_use]
    pub fn is_public(&self) -> bool {
        match self.comment() {
            Some(comment) => comment.is_public == Some(true),
            None => {
                let has_comment = matches!(self, Self::NewComment(_));
                let files = self.attachments();
                !has_comment
                    && !self.is_partial()
                    && !files.is_empty()
                    && files.iter().all(|file| file.is_public == Some(true))
            }
        }
    }

    /// When it happened, as far as the body tells: by the times of what was added, or of the creation or
    /// completion of the issue. Most events carry no time; take the time of arrival then.
    #[must_use]
    pub fn occurred_at(&self) -> Option<&Timestamp> {
        let added = self
            .attachments()
            .iter()
            .filter_map(|file| file.created_at.as_ref());
        let logged = self
            .time_entries()
            .iter()
            .filter_map(|entry| entry.logged_at.as_ref());
        added.chain(logged).max().or_else(|| match self {
            Self::NewTicket(event) => event.issue.created_at.as_ref(),
            Self::NewTicketStatus(event) => {
                let status = event.new_status.as_ref().or(event.issue.status.as_ref())?;
                event
                    .issue
                    .completed_at
                    .as_ref()
                    .filter(|_| status.code == *"completed")
            }
            Self::NewEquipment(event) => event.equipment.created_at.as_ref(),
            Self::NewCompany(event) => event.company.created_at.as_ref(),
            Self::NewAgreement(event) => event.agreement.created_at.as_ref(),
            Self::NewServiceAim(event) => event.service_aim.created_at.as_ref(),
            _ => None,
        })
    }

    pub(super) fn time_entries(&self) -> &[TimeEntry] {
        match self {
            Self::NewTicketStatus(event) => event.time_entries.as_slice(),
            _ => &[],
        }
    }
}
