//! What a client writes, from its first part to the call that carries it: new issues, comments, and words that were
//! written without saying what they are.

use super::conversation::{agreed, owns, takes_part, unknown_issue};
use super::turn::{DAY, Post, QUIET, Turn, button, link};
use super::{Chat, Dialog, Draft, Issue, NewComment, NewIssue, OkdeskCall, Pending, Sent};
use crate::telegram::{
    About, Action, Callback, ChatId, Content, IncomingFile, Message, Rich, title,
};
use crate::text::Words;
use okdesk_sdk::model::{ContactId, Html, IssueId};

/// So many of the client's messages can still be edited or answered.
const REMEMBERED: usize = 50;
/// The longest quotation in a comment, in UTF-16 units.
const QUOTE: usize = 200;

impl Draft {
    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.text().is_empty()
    }

    fn text(&self) -> String {
        let texts = self
            .parts
            .iter()
            .map(|part| part.text.trim())
            .filter(|text| !text.is_empty());
        texts.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn add(
        &mut self,
        now: i64,
        message: &Message,
        text: String,
        file: Option<IncomingFile>,
    ) {
        let album = message.album.clone();
        self.parts.push(Sent {
            message: message.id,
            issue: None,
            text,
            album,
        });
        self.files.extend(file);
        self.touched_at = now;
        self.offered = false;
    }

    pub(super) fn has_album(&self, album: Option<&String>) -> bool {
        album.is_some() && self.parts.iter().any(|part| part.album.as_ref() == album)
    }
}

impl Dialog {
    /// What is being written in it.
    fn draft(&mut self) -> Option<&mut Draft> {
        match self {
            Self::NewIssue(draft) | Self::Loose(draft) => Some(draft),
            _ => None,
        }
    }
}

/// Takes in a message of a linked person outside registration and rating.
pub(super) fn collect(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: Option<&Issue>,
    replied: Option<About>,
    message: &Message,
) {
    let Some((text, file)) = carry(turn, chat, message) else {
        return;
    };
    let album = message.album.as_ref();
    if let Some(pending) = chat
        .pending
        .as_mut()
        .filter(|pending| pending.draft.has_album(album))
    {
        pending.draft.add(turn.now, message, text, file);
        return turn.look_again(chat.id, QUIET);
    }
    let earlier = chat.earlier(message.reply_to, album);
    let to = match (replied, &chat.dialog) {
        (Some(about), _) => Some(about.issue),
        (None, _) if earlier.is_some() => earlier,
        (None, Dialog::Comment { issue }) => Some(*issue),
        _ => None,
    };
    let Some(to) = to else {
        match &mut chat.dialog {
            Dialog::NewIssue(draft) | Dialog::Loose(draft) => {
                draft.add(turn.now, message, text, file)
            }
            // The rest of a text that was too long for one message.
            _ => match chat
                .pending
                .as_mut()
                .filter(|pending| !is_quiet(turn, &pending.draft))
            {
                Some(pending) => pending.draft.add(turn.now, message, text, file),
                None => {
                    super::conversation::leave(turn, chat);
                    let mut draft = Draft::default();
                    draft.add(turn.now, message, text, file);
                    chat.dialog = Dialog::Loose(draft);
                }
            },
        }
        return turn.look_again(chat.id, QUIET);
    };
    let Some(known) = open_to(chat, issue, to) else {
        return unknown_issue(turn, chat);
    };
    if matches!(chat.dialog, Dialog::Comment { .. }) {
        chat.dialog = Dialog::Idle;
    }
    if chat
        .pending
        .as_ref()
        // Whoever answers another message has begun another comment.
        .is_some_and(|pending| {
            pending.issue != to || message.reply_to.is_some() || is_quiet(turn, &pending.draft)
        })
    {
        send_pending(turn, chat);
    }
    if is_old(turn, known) {
        let mut draft = Draft {
            follows: Some(to),
            ..Draft::default()
        };
        draft.add(turn.now, message, text, file);
        super::conversation::leave(turn, chat);
        chat.dialog = Dialog::Loose(draft);
        return turn.look_again(chat.id, QUIET);
    }
    let reopen = reopens(turn, chat, known);
    let pending = chat.pending.get_or_insert_with(|| Pending {
        issue: to,
        draft: Draft::default(),
        reopen,
        by: None,
        said_by: None,
    });
    if pending.draft.quote.is_none() {
        pending.draft.quote = quote(replied, message);
    }
    pending.draft.add(turn.now, message, text, file);
    turn.look_again(chat.id, QUIET);
}

/// The issue, if this person may write to it.
fn open_to<'a>(chat: &Chat, known: Option<&'a Issue>, issue: IssueId) -> Option<&'a Issue> {
    let contact = chat.link.as_ref()?.contact;
    known.filter(|known| known.facts.id == issue && takes_part(contact, known))
}

/// Keeps a message for the time after a question that comes before everything else.
pub(super) fn keep(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    replied: Option<About>,
    message: &Message,
) {
    let Some((text, file)) = carry(turn, chat, message) else {
        return;
    };
    // It can still be added to the issue it is meant for.
    let meant = replied
        .map(|about| about.issue)
        .or(chat.earlier(message.reply_to, message.album.as_ref()))
        .or(chat.dialog.issue());
    chat.last_issue = meant.or(chat.last_issue);
    let begun = take_out(chat).or_else(|| chat.aside.pop());
    let mut draft = begun.unwrap_or_default();
    draft.add(turn.now, message, text, file);
    chat.aside.push(draft);
    turn.look_again(chat.id, QUIET);
}

/// Whether nothing is asked and nothing collected.
fn is_free(turn: &Turn<'_>, chat: &Chat) -> bool {
    chat.dialog == Dialog::Idle && chat.pending.is_none() && agreed(turn, chat)
}

/// What was put aside comes back once nothing else is asked; not at once, or a second tap on a button would be for it.
pub(super) fn look_aside(turn: &mut Turn<'_>, chat: &Chat) {
    if !chat.aside.is_empty() && is_free(turn, chat) {
        turn.look_again(chat.id, QUIET);
    }
}

/// Goes on with what was put aside, if nothing else is asked.
pub(super) fn take_up(turn: &mut Turn<'_>, chat: &mut Chat) {
    if is_free(turn, chat)
        && let Some(draft) = chat.aside.pop()
    {
        offer(turn, chat, Dialog::Loose(draft));
    }
}

/// Goes on with what was written before, and asks what shall become of it.
pub(super) fn offer(turn: &mut Turn<'_>, chat: &mut Chat, mut dialog: Dialog) {
    if let Some(draft) = dialog.draft() {
        draft.offered = false;
    }
    chat.dialog = dialog;
    quiet(turn, chat);
}

/// What the client points at: the words marked by hand, or those of the staff comment that is answered.
pub(super) fn quote(replied: Option<About>, message: &Message) -> Option<String> {
    let comment = replied.is_some_and(|about| about.comment.is_some());
    let words = message.quote.as_deref().or_else(|| {
        let shown = message.replied_text.as_deref().filter(|_| comment)?;
        // The first paragraph says whose words they are.
        Some(shown.split_once("\n\n").map_or(shown, |(_, words)| words))
    })?;
    Some(Rich::text(words.trim()).shorten(QUOTE).plain()).filter(|words| !words.is_empty())
}

fn is_quiet(turn: &Turn<'_>, draft: &Draft) -> bool {
    turn.now >= draft.touched_at + QUIET
}

/// Whether the issue was completed so long ago that a comment would be overlooked.
fn is_old(turn: &Turn<'_>, issue: &Issue) -> bool {
    let completed = issue
        .facts
        .completed_at
        .as_ref()
        .and_then(|at| turn.instant(at));
    turn.rules.is_completed(&issue.facts.status.code)
        && completed.is_some_and(|at| {
            at.as_millisecond() + i64::from(turn.rules.comment_days) * DAY < turn.now
        })
}

/// Whether a comment brings the completed issue back to work: its client's does.
fn reopens(turn: &Turn<'_>, chat: &Chat, issue: &Issue) -> bool {
    let contact = chat.link.as_ref().map(|link| link.contact);
    turn.rules.is_completed(&issue.facts.status.code)
        && contact.is_some_and(|contact| owns(contact, issue))
}

/// The words and the file of a message; what cannot be carried is said at once.
pub(super) fn carry(
    turn: &mut Turn<'_>,
    chat: &Chat,
    message: &Message,
) -> Option<(String, Option<IncomingFile>)> {
    let words = turn.words(chat.language);
    let mut text = message.text.clone();
    let mut file = None;
    match &message.content {
        Content::Text => {}
        Content::File(large)
            if large
                .size
                .is_some_and(|size| size > turn.rules.download_limit) =>
        {
            let limit = turn.rules.download_limit / (1024 * 1024);
            let portal = turn.rules.portal_url.as_ref();
            let rows = portal.map(|url| vec![link(words.open_portal(), url.to_string())]);
            turn.say(
                chat.id,
                Post::from(words.file_too_large(&large.name, limit))
                    .rows(rows.into_iter().collect()),
            );
        }
        Content::File(found) => file = Some(found.clone()),
        Content::ContactCard { phone, name, .. } => text = format!("{name}, {phone}\n{text}"),
        Content::Described(described) => text = format!("{described}\n{text}"),
        Content::Unsupported(_) => turn.say(chat.id, words.kind_unsupported()),
        Content::Service(_) => return None,
    }
    let text = text.trim().to_owned();
    (file.is_some() || !text.is_empty()).then_some((text, file))
}

/// The chat has been quiet for a while.
pub(super) fn quiet(turn: &mut Turn<'_>, chat: &mut Chat) {
    if chat
        .pending
        .as_ref()
        .is_some_and(|pending| is_quiet(turn, &pending.draft))
    {
        send_pending(turn, chat);
    }
    let words = turn.words(chat.language);
    let last_issue = chat.last_issue;
    let (draft, loose) = match &mut chat.dialog {
        Dialog::NewIssue(draft) => (draft, false),
        Dialog::Loose(draft) => (draft, true),
        _ => return,
    };
    if draft.offered || draft.is_empty() || !is_quiet(turn, draft) {
        return;
    }
    draft.offered = true;
    let text = excerpt(words, &draft.text(), draft.files.len());
    let submit = |label| vec![button(label, Action::Submit)];
    let discard = vec![button(words.discard(), Action::Discard)];
    let post = match (loose, draft.follows) {
        (false, _) => Post::from(words.draft_ready(text)).rows(vec![submit(words.send()), discard]),
        (true, Some(old)) => {
            Post::from(words.issue_too_old(old)).rows(vec![submit(words.make_issue()), discard])
        }
        (true, None) => {
            let mut rows = vec![submit(words.make_issue())];
            rows.extend(
                last_issue.map(|issue| vec![button(words.add_to(issue), Action::AddTo(issue))]),
            );
            rows.push(discard);
            Post::from(words.loose(text)).rows(rows)
        }
    };
    turn.say(chat.id, post);
}

/// The beginning of what was written and the number of files, for showing.
fn excerpt(words: Words<'_>, text: &str, files: usize) -> Rich {
    let mut shown = Rich::text(text).shorten(300);
    if files > 0 {
        shown.append(Rich::text(if shown.is_blank() { "" } else { "\n" }));
        shown.append(Rich::text(&words.files_count(files)));
    }
    shown
}

/// Sends the comment that was being collected.
pub(super) fn send_pending(turn: &mut Turn<'_>, chat: &mut Chat) {
    if let Some(pending) = chat.pending.take() {
        comment(turn, chat, pending);
    }
}

fn comment(turn: &mut Turn<'_>, chat: &mut Chat, pending: Pending) {
    let Pending {
        issue,
        draft,
        reopen,
        by,
        said_by,
    } = pending;
    let own = chat.link.as_ref().map(|link| link.contact);
    let Some(author) = by.or(own) else {
        return;
    };
    if by.is_some() {
        chat.on_their_way.push((issue, author));
    }
    let text = match draft.text() {
        // Okdesk wants words with every comment.
        text if text.is_empty() => turn.staff_words().comment_of_files(names(&draft.files)),
        text => text,
    };
    let text = match said_by {
        Some(name) => turn.staff_words().comment_said_by(name, text),
        None => text,
    };
    let text = Html::from_text(&text);
    let content = match &draft.quote {
        Some(quote) => Html::new(format!(
            "<blockquote>{}</blockquote>{text}",
            Html::from_text(quote)
        )),
        None => text,
    };
    // What a group's members wrote is kept for nobody.
    if by.is_none() {
        remember(chat, draft.parts, Some(issue));
    }
    chat.last_issue = Some(issue);
    let new = NewComment {
        issue,
        author,
        content,
        files: draft.files,
    };
    turn.okdesk(chat.id, OkdeskCall::CreateComment(new));
    if let Some(to) = turn.rules.reopen_to.clone().filter(|_| reopen) {
        turn.okdesk(
            chat.id,
            OkdeskCall::ChangeStatus {
                issue,
                to,
                comment: None,
            },
        );
    }
}

/// A comment has been written, or will never be.
pub(super) fn arrived(chat: &mut Chat, new: &NewComment) {
    let here = (new.issue, new.author);
    if let Some(at) = chat.on_their_way.iter().position(|known| *known == here) {
        chat.on_their_way.remove(at);
    }
}

fn names(files: &[IncomingFile]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    names.join(", ")
}

fn remember(chat: &mut Chat, parts: Vec<Sent>, issue: Option<IssueId>) {
    chat.sent
        .extend(parts.into_iter().map(|part| Sent { issue, ..part }));
    let surplus = chat.sent.len().saturating_sub(REMEMBERED);
    chat.sent.drain(..surplus);
}

/// Takes the draft out of the dialog, which ends with it, if there is something in it.
pub(super) fn take_out(chat: &mut Chat) -> Option<Draft> {
    let draft = chat.dialog.draft().filter(|draft| !draft.is_empty())?;
    let draft = std::mem::take(draft);
    chat.dialog = Dialog::Idle;
    Some(draft)
}

/// Takes the draft that a pressed button is about: its buttons are still there while something else goes on.
fn take(turn: &Turn<'_>, chat: &mut Chat) -> Option<Draft> {
    match take_out(chat) {
        None if !is_free(turn, chat) => chat.aside.pop(),
        draft => draft,
    }
}

/// "Send": makes an issue of what was written. The dialog ends here, whatever becomes of the messages about it.
pub(super) fn submit(turn: &mut Turn<'_>, chat: &mut Chat, callback: &Callback) {
    let words = turn.words(chat.language);
    let (Some(link), Some(draft)) = (chat.link.clone(), take(turn, chat)) else {
        return turn.answer(chat.id, &callback.id, Some(words.already_sent()));
    };
    let text = draft.text();
    let title = title(&text).unwrap_or_else(|| match draft.files.first() {
        Some(file) if text.is_empty() => {
            title(&words.title_of_file(&file.name)).unwrap_or_else(|| words.title_unknown())
        }
        _ => words.title_unknown(),
    });
    let mut description = Html::from_text(&text);
    if let Some(old) = draft.follows {
        let follows = Html::from_text(&turn.staff_words().note_follows(old));
        description = Html::new(format!("{follows}<br>{description}"));
    }
    remember(chat, draft.parts.clone(), None);
    chat.submitted.push(title.clone());
    turn.answer(chat.id, &callback.id, Some(words.sending()));
    // What stays there is true whatever becomes of it.
    let shown = words.issue_written(excerpt(words, &text, draft.files.len()));
    turn.show(chat.id, Some(callback.message), shown);
    turn.okdesk(
        chat.id,
        OkdeskCall::CreateIssue(NewIssue {
            title,
            description,
            contact: link.contact,
            company: link.company.map(|company| company.id),
            maintenance_entity: link.maintenance_entity,
            files: draft.files,
            parts: draft.parts,
            follows: draft.follows,
        }),
    );
}

/// The issue is there: its messages belong to it, and what was edited meanwhile is passed on.
pub(super) fn submitted(turn: &mut Turn<'_>, chat: &mut Chat, issue: IssueId, new: &NewIssue) {
    for part in &new.parts {
        let mut sent = chat.sent.iter_mut();
        if let Some(sent) = sent.find(|sent| sent.message == part.message) {
            sent.issue = Some(issue);
            if sent.text != part.text {
                correct(turn, chat.id, issue, new.contact, &sent.text);
            }
        }
    }
}

/// Makes a comment of what was written outside every dialog.
pub(super) fn add_to(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    known: Option<&Issue>,
    issue: IssueId,
    callback: &Callback,
) {
    let words = turn.words(chat.language);
    let Some(mut draft) = take(turn, chat) else {
        return turn.answer(chat.id, &callback.id, Some(words.already_sent()));
    };
    if known.is_some_and(|issue| is_old(turn, issue)) {
        turn.answer(chat.id, &callback.id, None);
        turn.buttons(chat.id, callback.message, vec![]);
        draft.follows = Some(issue);
        return offer(turn, chat, Dialog::Loose(draft));
    }
    turn.answer(chat.id, &callback.id, Some(words.sending()));
    let text = excerpt(words, &draft.text(), draft.files.len());
    let shown = words.comment_written(issue, text);
    turn.show(chat.id, Some(callback.message), shown);
    let reopen = known.is_some_and(|issue| reopens(turn, chat, issue));
    let pending = Pending {
        issue,
        draft,
        reopen,
        by: None,
        said_by: None,
    };
    comment(turn, chat, pending);
}

/// Throws away what was written.
pub(super) fn discard(turn: &mut Turn<'_>, chat: &mut Chat, callback: &Callback) {
    let words = turn.words(chat.language);
    if take(turn, chat).is_none() {
        return turn.answer(chat.id, &callback.id, Some(words.already_sent()));
    }
    turn.answer(chat.id, &callback.id, None);
    turn.show(chat.id, Some(callback.message), words.draft_discarded());
}

/// An issue could not be made: what was written, as it reads now, is there again, to be sent once more or thrown away.
/// `false`: who wrote it is nobody here any more, or somebody else.
pub(super) fn restore(turn: &mut Turn<'_>, chat: &mut Chat, new: &NewIssue) -> bool {
    if chat.link.as_ref().map(|link| link.contact) != Some(new.contact) {
        return false;
    }
    let mut parts = new.parts.clone();
    for part in &mut parts {
        let sent = chat.sent.iter().position(|it| it.message == part.message);
        if let Some(at) = sent {
            *part = chat.sent.remove(at);
        }
    }
    if parts.is_empty() {
        // The call was written by an older program, which kept the words only.
        let words = turn.words(chat.language);
        let text = crate::telegram::render(&new.description, &words.image()).plain();
        parts.push(Sent {
            message: crate::telegram::MessageId(0),
            issue: None,
            text,
            album: None,
        });
    }
    let draft = Draft {
        parts,
        files: new.files.clone(),
        follows: new.follows,
        touched_at: turn.now - QUIET,
        ..Draft::default()
    };
    match is_free(turn, chat) {
        true => offer(turn, chat, Dialog::NewIssue(draft)),
        false => chat.aside.push(draft),
    }
    true
}

/// A message was edited. What staff have is never changed: they get the new words beside the old ones.
pub(super) fn corrected(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: Option<&Issue>,
    message: &Message,
) {
    // A place that moves or a list that is ticked off is edited without anybody's words having changed.
    if !matches!(message.content, Content::Text | Content::File(_)) {
        return;
    }
    let text = message.text.trim();
    let unsent = chat.dialog.draft().into_iter().chain(&mut chat.aside);
    let drafts = unsent.chain(chat.pending.as_mut().map(|pending| &mut pending.draft));
    for part in drafts.flat_map(|draft| &mut draft.parts) {
        if part.message == message.id {
            text.clone_into(&mut part.text);
            return;
        }
    }
    let Some(author) = chat.link.as_ref().map(|link| link.contact) else {
        return;
    };
    let mut sent = chat.sent.iter_mut();
    let Some(sent) = sent.find(|sent| sent.message == message.id) else {
        return;
    };
    if sent.text == text || text.is_empty() {
        return;
    }
    text.clone_into(&mut sent.text);
    // Where the issue is still being made, it is passed on once there is one.
    let Some(to) = sent.issue else { return };
    if open_to(chat, issue, to).is_none() {
        return unknown_issue(turn, chat);
    }
    correct(turn, chat.id, to, author, text);
}

/// Tells staff the new words of a message.
fn correct(turn: &mut Turn<'_>, chat: ChatId, issue: IssueId, author: ContactId, text: &str) {
    let content = Html::from_text(&turn.staff_words().note_corrected(text));
    turn.okdesk(
        chat,
        OkdeskCall::CreateComment(NewComment {
            issue,
            author,
            content,
            files: vec![],
        }),
    );
}
