//! What the desk does, told to the client: once, whole, and never an older status after a newer one.

use super::conversation::{is_contact, issue_rows, portal_row};
use super::turn::{Post, Turn};
use super::{
    Chat, DeskEvent, Happening, Issue, OkdeskCall, Person, PublicComment, Scene, Status, groups,
    ratings, settings,
};
use crate::telegram::{ChatId, RemoteFile, Rich, render};
use okdesk_sdk::model::{AuthorKind, ContactId, Html, IssueId, Timestamp};

/// What there is to tell.
#[derive(Default)]
struct News<'a> {
    /// It was made for the client by somebody else.
    created: bool,
    /// It was made, by whomever.
    made: bool,
    assignee: Option<&'a String>,
    deadline: Option<&'a Timestamp>,
    status: Option<Status>,
    comment: Option<&'a PublicComment>,
    files: Vec<RemoteFile>,
    /// The work is completed: which time.
    rate: Option<u16>,
    /// In whose name the bridge wrote the comment and where it was said, where it did.
    written_by: Option<(ContactId, ChatId)>,
}

/// In what capacity a chat hears of an issue.
#[derive(Clone, Copy)]
enum Reader {
    /// The client's. In ZENLIX all who take part are clients.
    Client(ContactId),
    /// Somebody's who takes part.
    Follower(ContactId),
    /// A group that is bound to the issue or its company.
    Group,
}

impl Reader {
    /// None: the chat does not hear of it.
    fn of(turn: &Turn<'_>, chat: &Chat, issue: &Issue) -> Option<Self> {
        if chat.blocked {
            return None;
        }
        let Some(contact) = chat.link.as_ref().map(|link| link.contact) else {
            return groups::hears(chat, &issue.facts).then_some(Self::Group);
        };
        if issue.facts.is_of(contact) || (turn.one_way() && issue.facts.concerns(contact)) {
            Some(Self::Client(contact))
        } else if issue.facts.concerns(contact) && chat.settings.followed {
            Some(Self::Follower(contact))
        } else {
            None
        }
    }

    /// Whether what happened was done from this chat, or by its contact.
    fn did(self, chat: &Chat, event: &DeskEvent, news: &News<'_>) -> bool {
        let author = event.author.as_ref();
        match self {
            Self::Client(contact) | Self::Follower(contact) => {
                is_contact(author, contact)
                    || news.written_by.is_some_and(|(author, _)| author == contact)
            }
            Self::Group => {
                let here = |(issue, contact): &(IssueId, ContactId)| {
                    *issue == event.issue.id && is_contact(author, *contact)
                };
                news.written_by.is_some_and(|(_, place)| place == chat.id)
                    || (news.comment.is_some() && chat.on_their_way.iter().any(here))
            }
        }
    }
}

/// Takes in one event of the desk.
pub(super) fn tell(turn: &mut Turn<'_>, scene: &mut Scene, event: &DeskEvent) {
    // What is not understood may not be whole either: nothing known is replaced by it.
    if matches!(event.happening, Happening::Other(_)) {
        return;
    }
    let first = scene.issue.is_none();
    let issue = scene
        .issue
        .get_or_insert_with(|| Issue::new(event.issue.clone()));
    // The status in the facts follows the history, or a late event would turn it back.
    let known = std::mem::replace(&mut issue.facts, event.issue.clone());
    issue.facts.status.clone_from(&known.status);
    issue.facts.keep(&known);
    if scene.forgotten_client {
        issue.forget_person();
    }
    let mut news = News::default();
    match &event.happening {
        Happening::Created => {
            issue.history.begin(&event.issue.status.code);
            if first {
                issue.told_assignee.clone_from(&event.issue.assignee);
                issue.told_deadline.clone_from(&event.issue.deadline_at);
                // It was heard of too late to see it being worked on.
                if turn.rules.is_completed(&event.issue.status.code) {
                    news.status = Some(event.issue.status.clone());
                    news.rate = Some(complete(issue, turn.now));
                }
            }
            let title = &event.issue.title;
            let ours = scene
                .audience
                .iter()
                .any(|chat| chat.submitted.contains(title));
            news.created = first && !ours;
            news.made = !std::mem::replace(&mut issue.announced, true);
        }
        Happening::Status {
            from,
            to,
            comment,
            files,
        } => {
            issue.status_names.insert(to.code.clone(), to.name.clone());
            let moved = match from {
                Some(from) => issue.history.step(&from.code, &to.code),
                None => issue.history.found(&to.code),
            };
            if moved {
                // Several steps may have found their places at once: the last of them is told.
                let code = issue.history.at().unwrap_or(&to.code).clone();
                let name = issue.status_names.get(&code).unwrap_or(&to.name).clone();
                let completed = turn.rules.is_completed(&code);
                issue.facts.status = Status { code, name };
                news.status = Some(issue.facts.status.clone());
                match (issue.completed, completed) {
                    (false, true) => news.rate = Some(complete(issue, turn.now)),
                    (true, false) => {
                        issue.moments.reopened_at.push(turn.now);
                        issue.completed = false;
                    }
                    _ => {}
                }
            }
            news.comment = comment
                .as_ref()
                .filter(|comment| issue.comments.insert(comment.id));
            news.files = unseen(issue, files);
        }
        Happening::Comment(comment) => {
            news.comment = Some(comment).filter(|comment| issue.comments.insert(comment.id));
        }
        Happening::Files(files) => news.files = unseen(issue, files),
        // What was given here reaches Okdesk and comes back; only what differs was given there.
        Happening::RatedInPortal(value) => {
            issue.portal_rating =
                Some(value.clone()).filter(|value| !ratings::is_ours(issue, value));
        }
        Happening::Deleted => issue.deleted = true,
        Happening::Restored => issue.deleted = false,
        Happening::Assignee => {
            let now = &event.issue.assignee;
            if issue.told_assignee != *now {
                issue.told_assignee.clone_from(now);
                news.assignee = now.as_ref();
            }
        }
        Happening::Deadline => {
            let now = &event.issue.deadline_at;
            if issue.told_deadline != *now {
                issue.told_deadline.clone_from(now);
                news.deadline = now.as_ref();
            }
        }
        Happening::Other(_) => {}
    }
    if let Some(comment) = news.comment {
        news.files.extend(unseen(issue, &comment.files));
    }
    let by_staff = event
        .author
        .as_ref()
        .is_some_and(|author| author.kind == AuthorKind::Employee);
    if let Some(comment) = news.comment.filter(|_| by_staff) {
        // What was missed is found later than it was written, and not always in order.
        let written = comment.at.as_ref().and_then(|at| at.to_jiff());
        let at = written.map_or(turn.now, jiff::Timestamp::as_millisecond);
        let first = &mut issue.moments.first_answer_at;
        *first = Some(first.map_or(at, |known| known.min(at)));
    }
    if issue.deleted {
        return;
    }
    if news.status.is_some() {
        // What was asked to be closed may be asked again from here on.
        for chat in &mut scene.audience {
            chat.closing.remove(&issue.facts.id);
        }
    }
    news.written_by = news
        .comment
        .and_then(|comment| issue.written.remove(&comment.id));
    let mut deaf = None;
    let mut heard = false;
    for chat in &mut scene.audience {
        let Some(reader) = Reader::of(turn, chat, issue) else {
            continue;
        };
        let client = matches!(reader, Reader::Client(_));
        let post = compose(turn, chat, event, &news, reader);
        let Some((post, files)) = post else { continue };
        if chat.unreachable {
            chat.missed.insert(issue.facts.id);
            deaf = deaf.or(Some(chat.id).filter(|_| client));
            continue;
        }
        heard |= client;
        chat.last_issue = Some(issue.facts.id);
        let silent = settings::is_silent(turn, chat, issue.facts.id);
        turn.say(chat.id, post.silent(silent));
        if let Some((files, caption)) = files {
            turn.files(chat.id, issue.facts.id, files, caption, silent);
        }
    }
    if let Some(chat) = deaf.filter(|_| !heard) {
        note_silence(turn, chat, issue);
    }
}

/// The issue is completed now: which time.
fn complete(issue: &mut Issue, now: i64) -> u16 {
    issue.completed = true;
    issue.completions = issue.completions.saturating_add(1);
    issue.portal_rating = None;
    issue.moments.completed_at = Some(now);
    issue.completions
}

/// Staff are told once for each issue that its client cannot be reached.
pub(super) fn note_silence(turn: &mut Turn<'_>, chat: ChatId, issue: &mut Issue) {
    if !std::mem::replace(&mut issue.silence_noted, true) {
        let content = Html::from_text(&turn.staff_words().note_unreachable());
        let issue = issue.facts.id;
        turn.okdesk(chat, OkdeskCall::CreateNote { issue, content });
    }
}

/// Files that have not been passed on yet.
fn unseen(issue: &mut Issue, files: &[RemoteFile]) -> Vec<RemoteFile> {
    files
        .iter()
        .filter(|file| issue.files.insert(file.id))
        .cloned()
        .collect()
}

type Files = (Vec<RemoteFile>, Rich);

/// The message for one chat; none if there is nothing new in it for its reader.
fn compose(
    turn: &Turn<'_>,
    chat: &Chat,
    event: &DeskEvent,
    news: &News<'_>,
    reader: Reader,
) -> Option<(Post, Option<Files>)> {
    let client = matches!(reader, Reader::Client(_));
    let words = turn.words(chat.language);
    let (id, title) = (event.issue.id, Rich::text(&event.issue.title).shorten(150));
    let own = reader.did(chat, event, news);
    let author = event
        .author
        .as_ref()
        .map(name)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| words.staff_member());
    // One's own words and files are no news.
    let comment = news.comment.filter(|_| !own);
    let files: &[RemoteFile] = if own { &[] } else { &news.files };
    let body = comment
        .map(|comment| render(&comment.content, &words.image()))
        .filter(|body| !body.is_blank());
    let told = chat.settings;
    let deadline = turn
        .timestamp(chat.language, news.deadline)
        .filter(|_| told.deadline && !own);
    let assignee = news.assignee.filter(|_| told.assignee && !own);
    let status = |status| turn.status_name(chat.language, status);
    let mut text = if news.made && matches!(reader, Reader::Group) {
        words.created_for_group(id, title, status(&event.issue.status))
    } else if news.created && client && !own && told.created {
        words.created_for_you(id, title, status(&event.issue.status))
    } else if let Some(now) = &news.status {
        let mut text = words.status_changed(id, title, status(now));
        if body.is_some() {
            text.append(Rich::text("\n\n"));
            text.append(words.comment_head(&author));
        }
        text
    } else if body.is_some() {
        words.comment_came(&author, id, title)
    } else if !files.is_empty() {
        words.files_came(&author, id, title)
    } else if let Some(assignee) = assignee {
        words.assignee_changed(id, title, assignee)
    } else if let Some(deadline) = deadline {
        words.deadline_changed(id, title, deadline)
    } else {
        return None;
    };
    if let Some(body) = body {
        text.append(Rich::text(if news.status.is_some() {
            "\n"
        } else {
            "\n\n"
        }));
        text.append(body);
    }
    let mut rows = vec![];
    if let Some(completion) = news.rate.filter(|_| client) {
        text.append(Rich::text("\n\n"));
        text.append(words.rate_ask());
        rows = ratings::buttons(turn, chat.language, id, completion);
    }
    rows.extend(match reader {
        // Buttons in a group would be everybody's; an answer says whose it is.
        Reader::Group => portal_row(turn, chat.language, id).into_iter().collect(),
        _ => issue_rows(turn, chat.language, id),
    });
    let mut post = Post::from(text).rows(rows).about(id);
    if let Some(comment) = comment {
        post = post.comment(comment.id);
    }
    let files = (!files.is_empty()).then(|| (files.to_vec(), words.files_caption(id, &author)));
    Some((post, files))
}

fn name(person: &Person) -> String {
    person.name.trim().to_owned()
}
