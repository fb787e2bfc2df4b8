//! The help desk's events in the bridge's words. Whatever is not marked as public ends here: behind this translation
//! there is no field it could stand in.

use crate::reaction::{DeskEvent, Happening, IssueFacts, Named, Person, PublicComment, Status};
use crate::store::NewItem;
use crate::telegram::RemoteFile;
use okdesk_sdk::model::{IssueId, StatusCode};
use okdesk_webhooks::Event;
use okdesk_webhooks::event::{Assignee, Attachment, Author, Client, Observers, WebhookIssue};

/// Two equal events without an id of their own are the same one only if they come this close together.
const SAME: i64 = 10 * 60 * 1000;

/// A webhook to be stored, under the key of what it tells: the one under which webhook and reconciliation meet.
pub(crate) fn item(event: &Event, body: String, now: i64) -> NewItem {
    let issue = event.issue_id();
    let comment = event.comment().and_then(|comment| comment.id);
    let key = match (event, comment, issue) {
        // Only what is told under the key takes it: reconciliation may know a comment as public that this hook, or its
        // account, does not call so.
        (Event::NewComment(_), Some(comment), _) if event.is_public() => comment_key(comment),
        (Event::NewTicket(_), _, Some(issue)) => created_key(issue),
        _ => event.dedup_key(),
    };
    if key.contains(":sha256:") {
        NewItem::webhook_within(SAME, now, key, issue, body)
    } else {
        NewItem::webhook(key, issue, body)
    }
}

/// The key of a comment.
pub(crate) fn comment_key(comment: okdesk_sdk::model::CommentId) -> String {
    format!("comment:{comment}")
}

/// The key of an issue's making.
pub(crate) fn created_key(issue: IssueId) -> String {
    format!("created:{issue}")
}

/// What an event means for clients. `None`: it is about no issue.
pub(crate) fn translate(event: &Event) -> Option<DeskEvent> {
    let Some(issue) = event.issue() else {
        return Some(DeskEvent {
            issue: unknown(event.issue_id()?),
            author: None,
            happening: Happening::Other(event.kind().to_string()),
        });
    };
    Some(DeskEvent {
        issue: facts(issue),
        author: event.author().and_then(person),
        happening: happening(event),
    })
}

fn happening(event: &Event) -> Happening {
    match event {
        Event::NewTicket(_) => Happening::Created,
        Event::NewTicketStatus(change) => {
            let to = change.new_status.as_ref().or(change.issue.status.as_ref());
            Happening::Status {
                from: change.old_status.as_ref().map(status),
                to: to.map(status).unwrap_or_else(no_status),
                comment: comment(event),
                files: match event.comment() {
                    // They belong to the comment, and are as public as it is, whatever is said of them.
                    Some(_) => Vec::new(),
                    None => files(event),
                },
            }
        }
        Event::NewComment(_) => match comment(event) {
            Some(comment) => Happening::Comment(comment),
            None => Happening::Other("internal comment".into()),
        },
        Event::NewFiles(_) => match files(event) {
            files if files.is_empty() => Happening::Other("internal files".into()),
            files => Happening::Files(files),
        },
        Event::NewAssignee(_) => Happening::Assignee,
        Event::NewDeadline(_) => Happening::Deadline,
        Event::NewCsatRate(rated) => match &rated.rate {
            Some(rate) => Happening::RatedInPortal(rate.to_string()),
            None => Happening::Other("rate withdrawn".into()),
        },
        Event::TicketDeleted(_) => Happening::Deleted,
        other => Happening::Other(other.kind().to_string()),
    }
}

fn comment(event: &Event) -> Option<PublicComment> {
    event
        .comment()
        .filter(|comment| comment.is_public == Some(true))
        .and_then(|comment| {
            Some(PublicComment {
                id: comment.id?,
                content: comment.content.clone(),
                files: files(event),
                at: None,
            })
        })
}

fn files(event: &Event) -> Vec<RemoteFile> {
    event.public_attachments().map(file).collect()
}

fn file(file: &Attachment) -> RemoteFile {
    RemoteFile {
        id: file.id,
        name: file.attachment_file_name.clone(),
        size: file.attachment_file_size.unwrap_or_default(),
    }
}

fn facts(issue: &WebhookIssue) -> IssueFacts {
    IssueFacts {
        id: issue.id,
        title: issue.title.clone(),
        status: issue.status.as_ref().map(status).unwrap_or_else(no_status),
        company: issue
            .client
            .as_ref()
            .and_then(|client| client.company.as_ref())
            .map(|company| Named {
                id: company.id,
                name: company.name.clone(),
            }),
        contact: issue.client.as_ref().and_then(contact),
        followers: issue.observers.as_ref().map(followers),
        assignee: issue.assignee.as_ref().and_then(assignee),
        kind: issue.kind.as_ref().map(|kind| kind.name.clone()),
        created_at: issue.created_at.clone(),
        deadline_at: issue.deadline_at.clone(),
        completed_at: issue.completed_at.clone(),
    }
}

fn unknown(id: IssueId) -> IssueFacts {
    IssueFacts {
        id,
        title: String::new(),
        status: no_status(),
        company: None,
        contact: None,
        followers: None,
        assignee: None,
        kind: None,
        created_at: None,
        deadline_at: None,
        completed_at: None,
    }
}

fn no_status() -> Status {
    Status {
        code: StatusCode::new(""),
        name: String::new(),
    }
}

fn status(status: &okdesk_webhooks::event::Status) -> Status {
    Status {
        code: status.code.clone(),
        name: status.name.clone(),
    }
}

fn contact(client: &Client) -> Option<Named<okdesk_sdk::model::ContactId>> {
    let contact = client.contact.as_ref()?;
    Some(Named {
        id: contact.id?,
        name: contact.to_string(),
    })
}

fn followers(observers: &Observers) -> Vec<okdesk_sdk::model::ContactId> {
    let contacts = observers.contacts.iter();
    contacts.filter_map(|contact| contact.id).collect()
}

fn assignee(assignee: &Assignee) -> Option<String> {
    assignee
        .employee
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| assignee.group.as_ref().map(|group| group.name.clone()))
        .filter(|name| !name.is_empty())
}

fn person(author: &Author) -> Option<Person> {
    Some(Person {
        kind: author.kind.clone()?,
        id: author.id?.get(),
        name: author.to_string(),
    })
}
