//! A client's issues on show: lists, cards, and what can be done from a card.

use super::conversation::{owns, unknown_issue};
use super::linking::short;
use super::turn::{DAY, Post, Turn, button, link};
use super::{
    Chat, Dialog, Issue, IssueFacts, LastComment, Link, NewComment, OkdeskCall, Press, company,
};
use crate::telegram::{Action, Button, Callback, MessageId, Rich, Scope, render};
use okdesk_sdk::model::{Html, IssueId};

/// Asks Okdesk for a page of issues.
pub(super) fn list(
    turn: &mut Turn<'_>,
    chat: &Chat,
    scope: Scope,
    page: u16,
    at: Option<MessageId>,
) {
    if let Some(link) = &chat.link {
        company::look_up(turn, chat);
        turn.okdesk(
            chat.id,
            OkdeskCall::ListIssues {
                contact: link.contact,
                scope,
                page,
                at,
            },
        );
    }
}

/// Shows a page of issues.
pub(super) fn show_list(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    (scope, page, at): (Scope, u16, Option<MessageId>),
    issues: &[IssueFacts],
    more: bool,
) {
    let contact = chat.link.as_ref().map(|link| link.contact);
    let own = issues
        .iter()
        .filter(|issue| issue.contact.as_ref().map(|client| client.id) == contact);
    let own: Vec<&IssueFacts> = own.collect();
    let page = Page {
        scope,
        page,
        at,
        company: false,
    };
    show_page(turn, chat, page, &own, more);
}

/// A page of a list.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) scope: Scope,
    pub(super) page: u16,
    pub(super) at: Option<MessageId>,
    /// Of the whole company, not of one contact.
    pub(super) company: bool,
}

pub(super) fn show_page(
    turn: &mut Turn<'_>,
    chat: &Chat,
    Page {
        scope,
        page,
        at,
        company,
    }: Page,
    issues: &[&IssueFacts],
    more: bool,
) {
    let words = turn.words(chat.language);
    let mut text = match (scope, company) {
        (Scope::Open, false) => words.list_open(),
        (Scope::Closed, false) => words.list_closed(),
        (Scope::Open, true) => words.list_company_open(),
        (Scope::Closed, true) => words.list_company_closed(),
    };
    let to = |scope, page| {
        if company {
            Action::CompanyIssues { scope, page }
        } else {
            Action::Issues { scope, page }
        }
    };
    let mut rows = vec![];
    for issue in issues {
        let title = Rich::text(&issue.title).shorten(150);
        text.append(Rich::text("\n\n"));
        text.append(words.list_line(issue.id, title, &issue.status.name));
        rows.push(vec![button(
            short(&words.issue_label(issue.id, &issue.title)),
            Action::Issue(issue.id),
        )]);
    }
    if issues.is_empty() {
        text.append(Rich::text("\n\n"));
        text.append(words.list_empty());
    }
    let mut turns = vec![];
    if let Some(page) = page.checked_sub(1) {
        turns.push(button(words.page_back(), to(scope, page)));
    }
    if let Some(page) = page.checked_add(1).filter(|_| more) {
        turns.push(button(words.page_on(), to(scope, page)));
    }
    if !turns.is_empty() {
        rows.push(turns);
    }
    rows.push(match scope {
        Scope::Open => vec![button(words.menu_closed(), to(Scope::Closed, 0))],
        Scope::Closed => vec![button(words.menu_open(), to(Scope::Open, 0))],
    });
    if company {
        let own = Action::Issues { scope, page: 0 };
        rows.push(vec![button(words.menu_own(), own)]);
    } else if company::allowed(turn, chat).is_some() {
        let all = Action::CompanyIssues { scope, page: 0 };
        rows.push(vec![button(words.menu_company(), all)]);
    }
    rows.push(vec![
        button(words.menu_new(), Action::NewIssue),
        button(words.menu_back(), Action::Menu),
    ]);
    turn.show(chat.id, at, Post::from(text).rows(rows));
}

/// Asks Okdesk for an issue, to show its card.
pub(super) fn card(turn: &mut Turn<'_>, chat: &Chat, issue: IssueId, from: Option<&Callback>) {
    let at = from.map(|callback| Press {
        callback: callback.id.clone(),
        message: callback.message,
        shown: callback.shown.clone(),
    });
    let call = match company::allowed(turn, chat) {
        Some((reader, _)) => OkdeskCall::GetCompanyIssue { issue, reader, at },
        None => OkdeskCall::GetIssue { issue, at },
    };
    turn.okdesk(chat.id, call);
}

/// Shows an issue's card. One that is not this contact's does not exist.
pub(super) fn show_card(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    known: &mut Option<Issue>,
    facts: &IssueFacts,
    last: Option<&LastComment>,
    at: Option<&Press>,
) {
    let contact = chat.link.as_ref().map(|link| link.contact);
    if !contact.is_some_and(|contact| facts.concerns(contact)) {
        return missing(turn, chat, at);
    }
    let mut facts = facts.clone();
    if let Some(issue) = known {
        facts.keep(&issue.facts);
    }
    facts.keep_company_name(chat.link.as_ref().and_then(|link| link.company.as_ref()));
    let facts = &facts;
    let client = contact.is_some_and(|contact| facts.is_of(contact));
    // Whoever takes part sees the issue of a client who has had everything forgotten, but brings nothing of it back.
    let forgotten = known
        .as_ref()
        .is_some_and(|issue| issue.facts.title.is_empty() && !client);
    let issue = known.get_or_insert_with(|| {
        let mut issue = Issue::new(facts.clone());
        // The client sees this status here. A completed one is left to be told, because a rating is asked with it.
        if client && !turn.rules.is_completed(&facts.status.code) {
            issue.history.begin(&facts.status.code);
        }
        issue
    });
    issue.facts = facts.clone();
    if forgotten {
        issue.forget_person();
    }
    chat.last_issue = Some(facts.id);
    let rows = card_rows(turn, chat, facts);
    put_card(turn, chat, facts, last, at, rows);
}

/// Puts a card on the screen, or says that it shows nothing new.
pub(super) fn put_card(
    turn: &mut Turn<'_>,
    chat: &Chat,
    facts: &IssueFacts,
    last: Option<&LastComment>,
    at: Option<&Press>,
    rows: Vec<Vec<Button>>,
) {
    let words = turn.words(chat.language);
    let mut text = card_text(turn, chat, facts, last);
    if let Some(press) = at.filter(|press| shows(press, &text)) {
        return turn.answer(chat.id, &press.callback, Some(words.card_unchanged()));
    }
    text.append(Rich::text("\n\n"));
    text.append(words.card_age(turn.now(chat.language)));
    turn.show(
        chat.id,
        at.map(|press| press.message),
        Post::from(text).rows(rows).about(facts.id),
    );
    if let Some(press) = at {
        turn.answer(chat.id, &press.callback, None);
    }
}

/// Whether the message under the button says this already; only the age of the data follows it there.
fn shows(press: &Press, text: &Rich) -> bool {
    let text = text.plain();
    let mut shown = press
        .shown
        .as_deref()
        .unwrap_or_default()
        .split_whitespace();
    text.split_whitespace()
        .all(|word| shown.next() == Some(word))
}

/// Buttons under a card.
pub(super) fn card_rows(turn: &Turn<'_>, chat: &Chat, facts: &IssueFacts) -> Vec<Vec<Button>> {
    let words = turn.words(chat.language);
    let completed = turn.rules.is_completed(&facts.status.code);
    let mut rows = vec![vec![
        button(words.comment(), Action::Comment(facts.id)),
        button(words.refresh(), Action::Issue(facts.id)),
    ]];
    let mut second = vec![if chat.muted.contains(&facts.id) {
        button(words.unmute(), Action::Unmute(facts.id))
    } else {
        button(words.mute(), Action::Mute(facts.id))
    }];
    let contact = chat.link.as_ref().map(|link| link.contact);
    if !completed && contact.is_some_and(|contact| facts.is_of(contact)) {
        second.push(button(words.close(), Action::Close(facts.id)));
    }
    rows.push(second);
    if let Some(url) = turn.portal_issue(facts.id) {
        rows.push(vec![link(words.open_in_portal(), url)]);
    }
    let scope = if completed {
        Scope::Closed
    } else {
        Scope::Open
    };
    rows.push(vec![
        button(words.to_list(), Action::Issues { scope, page: 0 }),
        button(words.menu_back(), Action::Menu),
    ]);
    rows
}

fn card_text(turn: &Turn<'_>, chat: &Chat, facts: &IssueFacts, last: Option<&LastComment>) -> Rich {
    let language = chat.language;
    let words = turn.words(language);
    // An issue read in detail names its company by number only.
    let own = chat.link.as_ref().and_then(|link| link.company.as_ref());
    let named = [
        facts.company.as_ref(),
        own.filter(|own| {
            facts
                .company
                .as_ref()
                .is_some_and(|company| company.id == own.id)
        }),
    ];
    let company = named
        .into_iter()
        .flatten()
        .map(|company| &company.name)
        .find(|name| !name.is_empty());
    let mut text = words.card_head(
        facts.id,
        Rich::text(&facts.title).shorten(300),
        &facts.status.name,
    );
    let mut line = |line: Rich| {
        text.append(Rich::text("\n"));
        text.append(line);
    };
    if let Some(kind) = &facts.kind {
        line(words.card_kind(kind));
    }
    if let Some(assignee) = &facts.assignee {
        line(words.card_assignee(assignee));
    }
    if let Some(company) = company {
        line(words.card_company(company));
    }
    if let Some(at) = turn.timestamp(language, facts.created_at.as_ref()) {
        line(words.card_created(at));
    }
    if let Some(at) = turn.timestamp(language, facts.deadline_at.as_ref()) {
        line(words.card_deadline(at));
    }
    if let Some(at) = turn.timestamp(language, facts.completed_at.as_ref()) {
        line(words.card_completed(at));
    }
    if let Some(last) = last {
        text.append(Rich::text("\n\n"));
        text.append(words.comment_head(&last.author));
        text.append(Rich::text("\n"));
        text.append(render(&last.content, &words.image()).shorten(2000));
    }
    text
}

/// There is no such issue, or not for this person: one answer for both.
pub(super) fn missing(turn: &mut Turn<'_>, chat: &Chat, at: Option<&Press>) {
    let words = turn.words(chat.language);
    match at {
        Some(press) => turn.answer(chat.id, &press.callback, Some(words.issue_unknown())),
        None => unknown_issue(turn, chat),
    }
}

/// Asks for the words of a comment.
pub(super) fn ask_comment(turn: &mut Turn<'_>, chat: &mut Chat, issue: IssueId) {
    super::conversation::leave(turn, chat);
    chat.dialog = Dialog::Comment { issue };
    let words = turn.words(chat.language);
    let rows = vec![vec![button(words.cancel(), Action::Cancel)]];
    turn.say(
        chat.id,
        Post::from(words.comment_ask(issue)).rows(rows).about(issue),
    );
}

/// Asks whether the issue shall really be closed.
pub(super) fn ask_close(turn: &mut Turn<'_>, chat: &Chat, issue: Option<&Issue>, id: IssueId) {
    let words = turn.words(chat.language);
    let owned = chat
        .link
        .as_ref()
        .zip(issue)
        .is_some_and(|(link, issue)| owns(link.contact, issue));
    if !owned {
        return unknown_issue(turn, chat);
    }
    let rows = vec![
        vec![button(words.close_yes(), Action::CloseNow(id))],
        vec![button(words.close_no(), Action::Open(id))],
    ];
    turn.say(
        chat.id,
        Post::from(words.close_ask(id)).rows(rows).about(id),
    );
}

/// Closes the issue where clients may; else asks staff to. `false`: that is being done already.
pub(super) fn close(turn: &mut Turn<'_>, chat: &mut Chat, link: &Link, issue: IssueId) -> bool {
    let now = turn.now;
    chat.closing.retain(|_, asked| now - *asked < DAY);
    if chat.closing.insert(issue, now).is_some() {
        return false;
    }
    match turn.rules.close_to.clone() {
        Some(to) => {
            let comment = Some(Html::from_text(&turn.staff_words().note_closed_by_client()));
            turn.okdesk(chat.id, OkdeskCall::ChangeStatus { issue, to, comment });
        }
        None => ask_staff_to_close(turn, chat, link, issue),
    }
    true
}

pub(super) fn ask_staff_to_close(turn: &mut Turn<'_>, chat: &Chat, link: &Link, issue: IssueId) {
    let content = Html::from_text(&turn.staff_words().note_please_close());
    let author = link.contact;
    turn.okdesk(
        chat.id,
        OkdeskCall::CreateComment(NewComment {
            issue,
            author,
            content,
            files: vec![],
        }),
    );
}

/// The way into the portal: a one-time address if Okdesk gives one.
pub(super) fn portal(turn: &mut Turn<'_>, chat: &Chat, link: &Link) {
    turn.okdesk(
        chat.id,
        OkdeskCall::CreateLoginLink {
            contact: link.contact,
        },
    );
}

/// Shows the one-time address.
pub(super) fn show_login_link(turn: &mut Turn<'_>, chat: &Chat, url: &str) {
    let words = turn.words(chat.language);
    let rows = vec![vec![link(words.open_portal(), url.to_owned())]];
    turn.say(
        chat.id,
        Post::from(words.portal_link()).rows(rows).protected(),
    );
}

/// No one-time address: the plain one, and called so.
pub(super) fn show_plain_portal(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    let rows = turn
        .rules
        .portal_url
        .as_ref()
        .map(|url| vec![link(words.open_portal(), url.to_string())]);
    turn.say(
        chat.id,
        Post::from(words.portal_plain()).rows(rows.into_iter().collect()),
    );
}
