//! What became of calls to Okdesk, told to the person who is waiting – and nothing told that did not happen.

use super::turn::{Post, Turn, button, link};
use super::{
    Answer, Chat, Failure, FailureKind, Issue, IssueFacts, LostFile, LostReason, NewIssue,
    OkdeskCall, Outcome, Reply, Scene, Trouble, alarms, away, company, drafts, groups, issues,
    linking, staff,
};
use crate::telegram::{Action, Rich};
use okdesk_sdk::model::{Html, IssueId};

/// Takes in one answer.
pub(super) fn take(turn: &mut Turn<'_>, scene: &mut Scene, answer: &Answer) {
    if let OkdeskCall::FindInvited { by, relinks, .. } = &answer.call {
        return staff::found(turn, scene, (answer.chat, *by), *relinks, &answer.outcome);
    }
    let Some(chat) = &mut scene.chat else { return };
    if groups::answered(turn, chat, answer) {
        return;
    }
    if let (OkdeskCall::CreateComment(new), Outcome::Done(_) | Outcome::Failed(_)) =
        (&answer.call, &answer.outcome)
    {
        drafts::arrived(chat, new);
    }
    match &answer.outcome {
        Outcome::Done(reply) => done(turn, chat, &mut scene.issue, &answer.call, reply),
        Outcome::Delayed => delayed(turn, chat, &answer.call),
        Outcome::Failed(failure) => failed(turn, chat, &answer.call, failure),
    }
}

fn done(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: &mut Option<Issue>,
    call: &OkdeskCall,
    reply: &Reply,
) {
    match (call, reply) {
        (OkdeskCall::FindContacts { phone }, Reply::Contacts(contacts)) => {
            linking::contacts_found(turn, chat, phone, contacts);
        }
        (OkdeskCall::FindCompany { inn }, Reply::Company(company)) => {
            linking::company_found(turn, chat, inn, company.as_ref());
        }
        (OkdeskCall::CreateContact(new), Reply::ContactCreated(contact)) => {
            linking::created(turn, chat, *contact, new);
        }
        (OkdeskCall::JoinCompany { contact, company }, Reply::Nothing) => {
            linking::joined(turn, chat, *contact, company);
        }
        (OkdeskCall::GetContact { contact }, Reply::Contacts(found)) => {
            company::refresh(chat, *contact, found.first());
        }
        (
            OkdeskCall::ListCompanyIssues {
                reader: contact,
                company,
                scope,
                page,
                at,
            },
            Reply::CompanyIssues {
                issues,
                more,
                reader,
            },
        ) => {
            company::show_list(
                turn,
                chat,
                (*contact, *company),
                (*scope, *page, *at),
                (issues, *more),
                reader.as_ref(),
            );
        }
        (
            OkdeskCall::GetCompanyIssue {
                reader: contact,
                at,
                ..
            },
            Reply::CompanyIssue {
                issue: facts,
                last_comment,
                reader,
            },
        ) => {
            let found = (facts, last_comment.as_ref(), reader.as_ref());
            company::show_card(turn, chat, issue, *contact, found, at.as_ref());
        }
        (
            OkdeskCall::ListMaintenanceEntities { page, at, .. },
            Reply::MaintenanceEntities(places),
        ) => {
            linking::places(turn, chat, places, *page, *at);
        }
        (OkdeskCall::CreateIssue(new), Reply::IssueCreated { issue: facts, lost }) => {
            issue_created(turn, chat, issue, new, facts, lost);
        }
        (OkdeskCall::CreateComment(new), Reply::CommentCreated { comment, lost }) => {
            let words = turn.words(chat.language);
            let mut text = words.comment_added(new.issue);
            if let Some(issue) = issue {
                // Its webhook may have come first; then the others have it already.
                if !issue.comments.contains(comment) {
                    issue.written.insert(*comment, (new.author, chat.id));
                }
                away::mention(turn, chat.language, issue, &mut text);
            }
            turn.say(chat.id, Post::from(text).about(new.issue));
            lost_files(turn, chat, new.issue, lost);
        }
        (
            OkdeskCall::ListIssues {
                scope, page, at, ..
            },
            Reply::Issues { issues, more },
        ) => {
            issues::show_list(turn, chat, (*scope, *page, *at), issues, *more);
        }
        (
            OkdeskCall::GetIssue { at, .. },
            Reply::Issue {
                issue: facts,
                last_comment,
            },
        ) => {
            issues::show_card(turn, chat, issue, facts, last_comment.as_ref(), at.as_ref());
        }
        (OkdeskCall::CreateLoginLink { .. }, Reply::LoginLink(url)) => {
            issues::show_login_link(turn, chat, url)
        }
        _ => {}
    }
}

fn issue_created(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: &mut Option<Issue>,
    new: &NewIssue,
    facts: &IssueFacts,
    lost: &[LostFile],
) {
    let words = turn.words(chat.language);
    let id = facts.id;
    unsubmit(chat, &new.title);
    let known = issue.get_or_insert_with(|| Issue::new(facts.clone()));
    known.history.begin(&facts.status.code);
    let company = chat.link.as_ref().and_then(|link| link.company.as_ref());
    known.facts.keep_company_name(company);
    chat.last_issue = Some(id);
    let at = turn
        .timestamp(chat.language, facts.created_at.as_ref())
        .unwrap_or_else(|| turn.now(chat.language));
    let mut rows = vec![vec![
        button(words.open(), Action::Open(id)),
        button(words.comment(), Action::Comment(id)),
    ]];
    rows.extend(
        turn.portal_issue(id)
            .map(|url| vec![link(words.open_in_portal(), url)]),
    );
    let title = Rich::text(&facts.title).shorten(300);
    let mut text = words.issue_created(id, title, at);
    away::mention(turn, chat.language, known, &mut text);
    turn.say(chat.id, Post::from(text).rows(rows).about(id));
    if let Some(place) = chat.link.as_ref().and_then(|link| link.place.clone()) {
        let content = Html::from_text(&turn.staff_words().note_place(place));
        turn.okdesk(chat.id, OkdeskCall::CreateNote { issue: id, content });
    }
    drafts::submitted(turn, chat, id, new);
    lost_files(turn, chat, id, lost);
}

fn unsubmit(chat: &mut Chat, title: &str) {
    if let Some(at) = chat
        .submitted
        .iter()
        .position(|submitted| submitted == title)
    {
        chat.submitted.remove(at);
    }
}

/// Says which files did not arrive and why, to the client and to staff.
fn lost_files(turn: &mut Turn<'_>, chat: &Chat, issue: IssueId, lost: &[LostFile]) {
    if lost.is_empty() {
        return;
    }
    let words = turn.words(chat.language);
    let mut lines = Rich::default();
    for file in lost {
        lines.append(Rich::text("\n• "));
        lines.append(match file.reason {
            LostReason::TooLarge => words.lost_too_large(&file.name),
            LostReason::Gone => words.lost_gone(&file.name),
            LostReason::Refused => words.lost_refused(&file.name),
        });
    }
    let rows = turn
        .portal_issue(issue)
        .map(|url| vec![link(words.open_in_portal(), url)]);
    let text = words.files_lost(issue, lines);
    turn.say(
        chat.id,
        Post::from(text)
            .rows(rows.into_iter().collect())
            .about(issue),
    );
    let names: Vec<&str> = lost.iter().map(|file| file.name.as_str()).collect();
    let content = Html::from_text(&turn.staff_words().note_files_lost(names.join(", ")));
    turn.okdesk(chat.id, OkdeskCall::CreateNote { issue, content });
}

/// Okdesk does not answer at the moment; the call goes on by itself.
fn delayed(turn: &mut Turn<'_>, chat: &Chat, call: &OkdeskCall) {
    alarms::raise(turn, Trouble::Silent);
    let words = turn.words(chat.language);
    match call {
        OkdeskCall::CreateIssue(new) => turn.say(chat.id, words.issue_delayed(&new.title)),
        OkdeskCall::CreateComment(new) => turn.say(
            chat.id,
            Post::from(words.comment_delayed(new.issue)).about(new.issue),
        ),
        OkdeskCall::CreateContact(_) => turn.say(chat.id, words.registration_delayed()),
        OkdeskCall::GetIssue {
            at: Some(press), ..
        }
        | OkdeskCall::GetCompanyIssue {
            at: Some(press), ..
        } => {
            turn.answer(chat.id, &press.callback, Some(words.desk_silent_note()));
        }
        OkdeskCall::FindContacts { .. }
        | OkdeskCall::FindCompany { .. }
        | OkdeskCall::GetIssue { .. }
        | OkdeskCall::GetCompanyIssue { .. }
        | OkdeskCall::ListIssues { .. }
        | OkdeskCall::ListCompanyIssues { .. }
        | OkdeskCall::ListMaintenanceEntities { .. }
        | OkdeskCall::ChangeStatus { .. } => turn.say(chat.id, words.desk_silent()),
        // Thanks were given for the rating without a claim that it has arrived.
        OkdeskCall::CreateNote { .. }
        | OkdeskCall::Rate { .. }
        | OkdeskCall::SetAttribute { .. } => {}
        // There is another address, which is given at once.
        OkdeskCall::CreateLoginLink { .. } => {}
        // Nobody waits for these with the screen in hand.
        OkdeskCall::JoinCompany { .. }
        | OkdeskCall::GetContact { .. }
        | OkdeskCall::FindInvited { .. } => {}
    }
}

fn failed(turn: &mut Turn<'_>, chat: &mut Chat, call: &OkdeskCall, failure: &Failure) {
    let words = turn.words(chat.language);
    let gone = failure.kind == FailureKind::NotFound;
    match call {
        OkdeskCall::FindContacts { .. }
        | OkdeskCall::FindCompany { .. }
        | OkdeskCall::CreateContact(_)
        | OkdeskCall::JoinCompany { .. }
        | OkdeskCall::ListMaintenanceEntities { .. } => linking::failed(turn, chat, call, failure),
        OkdeskCall::CreateIssue(new) => {
            unsubmit(chat, &new.title);
            turn.say(chat.id, words.issue_failed(&new.title));
            if !drafts::restore(turn, chat, new) {
                let text = crate::telegram::render(&new.description, &words.image()).shorten(3000);
                turn.say(chat.id, text);
            }
        }
        OkdeskCall::CreateComment(new) if gone => issues_gone(turn, chat, new.issue),
        OkdeskCall::CreateComment(new) => {
            let text = crate::telegram::render(&new.content, &words.image()).shorten(3000);
            turn.say(
                chat.id,
                Post::from(words.comment_failed(new.issue, text)).about(new.issue),
            );
        }
        OkdeskCall::ListIssues { .. } | OkdeskCall::ListCompanyIssues { .. } => {
            turn.say(chat.id, words.desk_failed());
        }
        OkdeskCall::GetIssue { at, .. } | OkdeskCall::GetCompanyIssue { at, .. } if gone => {
            issues::missing(turn, chat, at.as_ref());
        }
        OkdeskCall::GetIssue {
            at: Some(press), ..
        }
        | OkdeskCall::GetCompanyIssue {
            at: Some(press), ..
        } => {
            turn.answer(chat.id, &press.callback, Some(words.desk_silent_note()));
        }
        OkdeskCall::GetIssue { at: None, .. } | OkdeskCall::GetCompanyIssue { at: None, .. } => {
            turn.say(chat.id, words.desk_failed());
        }
        OkdeskCall::CreateLoginLink { .. } => issues::show_plain_portal(turn, chat),
        // Not allowed to close it: staff are asked to.
        OkdeskCall::ChangeStatus {
            issue,
            comment: Some(_),
            ..
        } if !gone => {
            if let Some(link) = chat.link.clone() {
                issues::ask_staff_to_close(turn, chat, &link, *issue);
            }
        }
        OkdeskCall::ChangeStatus { .. }
        | OkdeskCall::CreateNote { .. }
        | OkdeskCall::Rate { .. }
        | OkdeskCall::SetAttribute { .. }
        | OkdeskCall::GetContact { .. }
        | OkdeskCall::FindInvited { .. } => {}
    }
    // A claim that was confirmed waits again, whatever the reason.
    let gone = gone && !matches!(call, OkdeskCall::JoinCompany { .. });
    // What is wrong with data or rights only the people in charge can put right.
    if !gone {
        let field = failure.field.as_ref();
        let refused = Trouble::refused(name(call), failure.kind, field, &failure.detail);
        alarms::raise(turn, refused);
    }
}

fn issues_gone(turn: &mut Turn<'_>, chat: &Chat, issue: IssueId) {
    let words = turn.words(chat.language);
    turn.say(chat.id, words.comment_issue_gone(issue));
}

/// The call's name for people in charge, without anybody's data.
fn name(call: &OkdeskCall) -> &'static str {
    match call {
        OkdeskCall::FindContacts { .. } => "FindContacts",
        OkdeskCall::FindInvited { .. } => "FindInvited",
        OkdeskCall::GetContact { .. } => "GetContact",
        OkdeskCall::JoinCompany { .. } => "JoinCompany",
        OkdeskCall::ListCompanyIssues { .. } => "ListCompanyIssues",
        OkdeskCall::GetCompanyIssue { .. } => "GetCompanyIssue",
        OkdeskCall::FindCompany { .. } => "FindCompany",
        OkdeskCall::CreateContact(_) => "CreateContact",
        OkdeskCall::ListMaintenanceEntities { .. } => "ListMaintenanceEntities",
        OkdeskCall::CreateIssue(_) => "CreateIssue",
        OkdeskCall::CreateComment(_) => "CreateComment",
        OkdeskCall::CreateNote { .. } => "CreateNote",
        OkdeskCall::Rate { .. } => "Rate",
        OkdeskCall::SetAttribute { .. } => "SetAttribute",
        OkdeskCall::ListIssues { .. } => "ListIssues",
        OkdeskCall::GetIssue { .. } => "GetIssue",
        OkdeskCall::CreateLoginLink { .. } => "CreateLoginLink",
        OkdeskCall::ChangeStatus { .. } => "ChangeStatus",
    }
}
