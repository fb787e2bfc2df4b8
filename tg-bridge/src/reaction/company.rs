//! All issues of a company, for those of its contacts who may see them. Okdesk's word is asked for each time: whoever has
//! left the company, or has lost the right, sees nothing from that moment on.

use super::conversation::unknown_issue;
use super::issues::{self, Page};
use super::turn::{Turn, button};
use super::{Chat, CompanyView, FoundContact, Issue, IssueFacts, LastComment, OkdeskCall, Press};
use crate::telegram::{Action, Callback, MessageId, Scope};
use okdesk_sdk::model::{CompanyId, ContactId};

/// The contact and its company, if it may see that company's issues as far as is known.
pub(super) fn allowed(turn: &Turn<'_>, chat: &Chat) -> Option<(ContactId, CompanyId)> {
    let link = chat.link.as_ref()?;
    let company = link.company.as_ref()?;
    let may = match turn.rules.company_view {
        CompanyView::Off => false,
        CompanyView::Granted => chat.company_issues,
        CompanyView::All => true,
    };
    may.then_some((link.contact, company.id))
}

/// Okdesk has said what the contact is now.
pub(super) fn refresh(chat: &mut Chat, contact: ContactId, now: Option<&FoundContact>) {
    let Some(link) = chat.link.as_mut().filter(|link| link.contact == contact) else {
        return;
    };
    chat.company_issues = now.is_some_and(|now| now.company_issues);
    let company = now.and_then(|now| now.company.as_ref());
    if link.company.as_ref().map(|it| it.id) != company.map(|it| it.id) {
        link.company = company.cloned();
        link.maintenance_entity = now.and_then(|now| now.maintenance_entity);
    }
}

/// Where the right is Okdesk's to give, it is looked up before the list that shows the button.
pub(super) fn look_up(turn: &mut Turn<'_>, chat: &Chat) {
    if let (CompanyView::Granted, Some(link)) = (turn.rules.company_view, &chat.link) {
        let contact = link.contact;
        turn.okdesk(chat.id, OkdeskCall::GetContact { contact });
    }
}

/// "Issues of the company" was pressed. For who may not, there is no such button.
pub(super) fn list(turn: &mut Turn<'_>, chat: &Chat, scope: Scope, page: u16, callback: &Callback) {
    let words = turn.words(chat.language);
    let Some((reader, company)) = allowed(turn, chat) else {
        return turn.answer(chat.id, &callback.id, Some(words.button_unknown()));
    };
    turn.answer(chat.id, &callback.id, None);
    turn.okdesk(
        chat.id,
        OkdeskCall::ListCompanyIssues {
            reader,
            company,
            scope,
            page,
            at: Some(callback.message),
        },
    );
}

/// Shows a page of the company's issues.
pub(super) fn show_list(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    (contact, company): (ContactId, CompanyId),
    (scope, page, at): (Scope, u16, Option<MessageId>),
    (found, more): (&[IssueFacts], bool),
    reader: Option<&FoundContact>,
) {
    refresh(chat, contact, reader);
    let now = allowed(turn, chat).filter(|now| *now == (contact, company) && reader.is_some());
    if now.is_none() {
        return unknown_issue(turn, chat);
    }
    let of_company = |issue: &&IssueFacts| issue.company.as_ref().map(|it| it.id) == Some(company);
    let shown: Vec<&IssueFacts> = found.iter().filter(of_company).collect();
    let page = Page {
        scope,
        page,
        at,
        company: true,
    };
    issues::show_page(turn, chat, page, &shown, more);
}

/// Shows an issue to its client, or to who may see it for the company's sake.
pub(super) fn show_card(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    known: &mut Option<Issue>,
    contact: ContactId,
    (facts, last, reader): (&IssueFacts, Option<&LastComment>, Option<&FoundContact>),
    at: Option<&Press>,
) {
    if facts.concerns(contact) {
        return issues::show_card(turn, chat, known, facts, last, at);
    }
    refresh(chat, contact, reader);
    let company = facts.company.as_ref().map(|it| it.id);
    let now = allowed(turn, chat)
        .filter(|now| now.0 == contact && Some(now.1) == company && reader.is_some());
    if now.is_none() {
        return issues::missing(turn, chat, at);
    }
    let words = turn.words(chat.language);
    let scope = if turn.rules.is_completed(&facts.status.code) {
        Scope::Closed
    } else {
        Scope::Open
    };
    // It can be looked at and nothing else: what is written and closed is its client's.
    let rows = vec![
        vec![button(words.refresh(), Action::Issue(facts.id))],
        vec![
            button(words.to_list(), Action::CompanyIssues { scope, page: 0 }),
            button(words.menu_back(), Action::Menu),
        ],
    ];
    issues::put_card(turn, chat, facts, last, at, rows);
}
