//! What the hooks of every help desk have in common.

use std::borrow::Cow;

use crate::event::Event;

/// An event of some help desk, seen from far enough that it does not matter which one.
///
/// For programs that take in more than one desk; whoever needs the details has the event itself.
pub trait HelpDeskEvent {
    /// The type of the event, in the desk's own words.
    fn event_type(&self) -> Cow<'_, str>;

    /// Whether this version knows the type and could read what the event is about.
    fn is_known(&self) -> bool;

    /// What happened.
    fn change(&self) -> Change;

    /// Which ticket, in the form the desk shows to people.
    fn ticket_id(&self) -> Option<Cow<'_, str>>;

    /// The name of who did it.
    fn actor(&self) -> Option<String>;

    /// What was written, in the desk's own markup.
    fn text(&self) -> Option<&str>;

    /// Who may read what was written.
    fn visibility(&self) -> Visibility;

    /// A key that is equal for every repeat of this event.
    fn dedup_key(&self) -> String;
}

/// What happened to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It was created.
    Created,
    /// Somebody wrote a comment.
    Commented,
    /// Files were added.
    FilesAdded,
    /// Its status changed.
    StatusChanged,
    /// Somebody else is responsible.
    Reassigned,
    /// The client rated it.
    Rated,
    /// Something else in it changed.
    Edited,
    /// It was deleted.
    Deleted,
    /// It was deleted, and is back.
    Restored,
    /// Nothing that concerns a ticket, or nothing known.
    Other,
}

/// Who may read what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// The client too.
    Public,
    /// The staff only.
    Internal,
    /// The desk does not say. To be treated as [`Internal`](Self::Internal).
    Unknown,
}

impl HelpDeskEvent for Event {
    fn event_type(&self) -> Cow<'_, str> {
        match self {
            Self::Unknown(unknown) => Cow::Borrowed(&unknown.event_type),
            known => Cow::Owned(known.kind().to_string()),
        }
    }

    fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    fn change(&self) -> Change {
        match self {
            Self::NewTicket(_) => Change::Created,
            Self::NewComment(_) => Change::Commented,
            Self::NewFiles(_) => Change::FilesAdded,
            Self::NewTicketStatus(_) => Change::StatusChanged,
            Self::NewAssignee(_) => Change::Reassigned,
            Self::NewCsatRate(_) => Change::Rated,
            Self::TicketDeleted(_) => Change::Deleted,
            Self::UpdateIssueWorkType(_)
            | Self::NewPriority(_)
            | Self::NewDeadline(_)
            | Self::AddCoexecutor(_)
            | Self::RemoveCoexecutor(_)
            | Self::ChangeTicketParameter(_) => Change::Edited,
            _ => Change::Other,
        }
    }

    fn ticket_id(&self) -> Option<Cow<'_, str>> {
        self.issue_id().map(|id| Cow::Owned(id.to_string()))
    }

    fn actor(&self) -> Option<String> {
        self.author()
            .map(ToString::to_string)
            .filter(|name| !name.is_empty())
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::NewTicket(event) => Some(event.issue.description.as_str()),
            event => event.comment().map(|comment| comment.content.as_str()),
        }
    }

    fn visibility(&self) -> Visibility {
        match self.comment().map(|comment| comment.is_public) {
            Some(Some(true)) => Visibility::Public,
            Some(Some(false)) => Visibility::Internal,
            Some(None) => Visibility::Unknown,
            None if self.is_public() => Visibility::Public,
            None => Visibility::Unknown,
        }
    }

    fn dedup_key(&self) -> String {
        self.dedup_key()
    }
}
