//! What Okdesk says of a person who registers, and the tie that comes of it.

use super::conversation::menu_rows;
use super::registration::{go, list_places};
use super::turn::{Post, Turn, button};
use super::{
    Chat, Claimed, ClaimedCompany, Dialog, Failure, FoundContact, Link, Named, NewContact,
    OkdeskCall, Registration, Step, claims, drafts, one_way,
};
use crate::telegram::{Action, MessageId};
use okdesk_sdk::model::{CompanyId, ContactId, MaintenanceEntityId};

/// Entries on one page.
const PAGE: usize = 8;

/// The place of work is settled.
pub(super) fn settle(chat: &mut Chat, place: MaintenanceEntityId) {
    chat.offered.clear();
    if let Some(link) = &mut chat.link {
        link.maintenance_entity = Some(place);
        link.place = None;
    }
}

/// Okdesk has said whose INN it is.
pub(super) fn company_found(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    inn: &str,
    company: Option<&Named<CompanyId>>,
) {
    let Dialog::Register(registration) = &mut chat.dialog else {
        return;
    };
    if registration.step == Step::FindingCompany && registration.inn.as_deref() == Some(inn) {
        registration.company = company.cloned();
        go(turn, chat, Step::ConfirmCompany);
    }
}

/// Okdesk has said whose number it is: one, none and several are three different answers.
pub(super) fn contacts_found(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    phone: &str,
    contacts: &[FoundContact],
) {
    let words = turn.words(chat.language);
    let Dialog::Register(registration) = &chat.dialog else {
        return;
    };
    if registration.step != Step::FindingContact {
        return;
    }
    let (found, company) = (contacts.to_vec(), registration.named());
    if registration.phone.as_deref() != Some(phone) {
        // A number that is not proven: whether anybody has it is for staff to know, never for who typed it.
        if let (Some(typed), Some(name)) = (&registration.typed, &registration.name)
            && typed == phone
        {
            let (phone, name) = (phone.to_owned(), name.clone());
            let note = registration.note(turn);
            chat.dialog = Dialog::Idle;
            turn.say(chat.id, words.number_waits());
            claims::make(
                turn,
                chat,
                Claimed::Number {
                    phone,
                    name,
                    found,
                    company,
                    note,
                },
            );
        }
        return;
    }
    match contacts {
        [] => go(turn, chat, Step::Name),
        [contact] => {
            let named = registration.inn.is_some();
            tie(turn, chat, contact, phone.to_owned(), (named, company));
        }
        _ if claims::can_be_made(turn) => {
            let phone = phone.to_owned();
            chat.dialog = Dialog::Idle;
            turn.say(chat.id, words.several_contacts_wait());
            claims::make(
                turn,
                chat,
                Claimed::Contact {
                    phone,
                    found,
                    company,
                },
            );
        }
        _ => {
            chat.dialog = Dialog::Idle;
            turn.say(chat.id, words.several_contacts());
            if let Some(admins) = turn.rules.admin_chat {
                let found = contacts
                    .iter()
                    .map(|contact| contact.id.to_string())
                    .collect::<Vec<_>>()
                    .join(", ");
                turn.say(
                    admins,
                    turn.staff_words().admin_several_contacts(phone, found),
                );
            }
        }
    }
}

/// The contact has been made; this may be long after the person went on to other things.
pub(super) fn created(turn: &mut Turn<'_>, chat: &mut Chat, contact: ContactId, new: &NewContact) {
    // Without consent the person has had everything forgotten meanwhile.
    if chat.link.is_some() || chat.consent.is_none() {
        return;
    }
    let name = [
        Some(&new.last_name),
        Some(&new.first_name),
        new.patronymic.as_ref(),
    ];
    let name: Vec<&str> = name.into_iter().flatten().map(String::as_str).collect();
    let contact = FoundContact {
        id: contact,
        name: name.join(" "),
        company: None,
        maintenance_entity: None,
        company_issues: false,
    };
    let named = (new.note.is_some(), new.claims.clone());
    tie(turn, chat, &contact, new.phone.clone(), named);
}

/// Ties the chat to a contact: the one place where that is done. `named`: whether the person spoke of a company, and
/// which one it is.
pub(super) fn tie(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    contact: &FoundContact,
    phone: String,
    (named, company): (bool, Option<ClaimedCompany>),
) {
    if chat
        .link
        .as_ref()
        .is_some_and(|link| link.contact != contact.id)
    {
        part(turn, chat);
    }
    if chat.waiting().is_some() {
        chat.claim = None;
    }
    chat.company_issues = contact.company_issues;
    chat.link = Some(Link {
        contact: contact.id,
        name: contact.name.clone(),
        phone,
        company: contact.company.clone(),
        maintenance_entity: contact.maintenance_entity,
        place: None,
    });
    welcome(turn, chat, named);
    if let Some(company) = company.filter(|_| contact.company.is_none())
        && claims::can_be_made(turn)
    {
        claims::make(turn, chat, Claimed::Company(company));
    }
}

/// Cuts the tie. What is being sent goes in the name it was written in; nothing else of that contact stays.
pub(super) fn part(turn: &mut Turn<'_>, chat: &mut Chat) {
    drafts::send_pending(turn, chat);
    super::conversation::leave(turn, chat);
    if !chat.aside.is_empty() {
        let words = turn.words(chat.language);
        turn.say(chat.id, words.draft_discarded());
    }
    *chat = Chat {
        language: chat.language,
        consent: chat.consent.clone(),
        settings: chat.settings,
        pace: chat.pace.clone(),
        tries: chat.tries.clone(),
        wrong_codes: chat.wrong_codes.clone(),
        blocked: chat.blocked,
        alarms: std::mem::take(&mut chat.alarms),
        ..Chat::new(chat.id)
    };
}

/// Okdesk has the contact in the company now.
pub(super) fn joined(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    contact: ContactId,
    company: &Named<CompanyId>,
) {
    let words = turn.words(chat.language);
    let Some(link) = chat.link.as_mut().filter(|link| link.contact == contact) else {
        return;
    };
    link.company = Some(company.clone());
    let rows = menu_rows(turn, chat);
    turn.say(
        chat.id,
        Post::from(words.company_joined(&company.name)).rows(rows),
    );
    // Somebody who is writing is not asked for the place in between.
    if chat.dialog == Dialog::Idle {
        chat.dialog = Dialog::Register(Registration::at(Step::ListingMaintenanceEntities));
        list_places(turn, chat, company.id, 0, None);
    }
}

impl Registration {
    /// The company the person named, where Okdesk knows it.
    pub(super) fn named(&self) -> Option<ClaimedCompany> {
        Some(ClaimedCompany {
            inn: self.inn.clone()?,
            company: self.company.clone()?,
        })
    }
}

/// Says that it is done, and asks where the work is if the company has more than one place.
fn welcome(turn: &mut Turn<'_>, chat: &mut Chat, claimed: bool) {
    let words = turn.words(chat.language);
    let Some(link) = chat.link.clone() else {
        return;
    };
    super::conversation::leave(turn, chat);
    if turn.one_way() {
        return one_way::welcome(turn, chat, &link.name);
    }
    let text = match &link.company {
        Some(company) => words.welcome_company(&link.name, &company.name),
        None if claimed => words.welcome_claimed(&link.name),
        None => words.welcome(&link.name),
    };
    turn.say(chat.id, Post::from(text).rows(menu_rows(turn, chat)));
    if let (Some(company), None) = (&link.company, link.maintenance_entity) {
        chat.dialog = Dialog::Register(Registration::at(Step::ListingMaintenanceEntities));
        list_places(turn, chat, company.id, 0, None);
    }
}

/// A page of the places of a company.
pub(super) fn places(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    places: &[Named<MaintenanceEntityId>],
    page: u16,
    at: Option<MessageId>,
) {
    let words = turn.words(chat.language);
    let Dialog::Register(registration) = &mut chat.dialog else {
        return;
    };
    if !matches!(
        registration.step,
        Step::ListingMaintenanceEntities | Step::MaintenanceEntity
    ) {
        return;
    }
    match places {
        [] => return chat.dialog = Dialog::Idle,
        [only] => {
            chat.dialog = Dialog::Idle;
            return settle(chat, only.id);
        }
        _ => {}
    }
    let pages = places.len().div_ceil(PAGE);
    let page = usize::from(page).min(pages - 1);
    registration.step = Step::MaintenanceEntity;
    registration.offered = places
        .iter()
        .skip(page * PAGE)
        .take(PAGE)
        .cloned()
        .collect();
    let mut rows: Vec<_> = registration
        .offered
        .iter()
        .map(|place| {
            vec![button(
                short(&place.name),
                Action::MaintenanceEntity(Some(place.id)),
            )]
        })
        .collect();
    let to = |page: usize| Action::MaintenanceEntities {
        page: u16::try_from(page).unwrap_or(u16::MAX),
    };
    let mut turns = vec![];
    if page > 0 {
        turns.push(button(words.page_back(), to(page - 1)));
    }
    if page + 1 < pages {
        turns.push(button(words.page_on(), to(page + 1)));
    }
    if !turns.is_empty() {
        rows.push(turns);
    }
    rows.push(vec![button(
        words.place_other(),
        Action::MaintenanceEntity(None),
    )]);
    turn.show(
        chat.id,
        at,
        Post::from(words.place_choose(page + 1, pages)).rows(rows),
    );
}

/// A label that fits a button.
pub(super) fn short(label: &str) -> String {
    crate::telegram::Rich::text(label.trim())
        .shorten(60)
        .plain()
}

/// A question of the registration could not be answered. A failure is never taken for "not found".
pub(super) fn failed(turn: &mut Turn<'_>, chat: &mut Chat, call: &OkdeskCall, failure: &Failure) {
    let words = turn.words(chat.language);
    if matches!(
        call,
        OkdeskCall::CreateContact(_) | OkdeskCall::JoinCompany { .. }
    ) {
        claims::reopen(turn, chat);
    }
    let Dialog::Register(registration) = &mut chat.dialog else {
        return;
    };
    match (call, registration.step) {
        (OkdeskCall::FindCompany { .. }, Step::FindingCompany) => {
            turn.say(chat.id, words.search_failed());
            go(turn, chat, Step::Inn);
        }
        (OkdeskCall::FindContacts { .. }, Step::FindingContact) => {
            turn.say(chat.id, words.search_failed());
            go(turn, chat, Step::Phone);
        }
        (OkdeskCall::ListMaintenanceEntities { .. }, _) => chat.dialog = Dialog::Idle,
        (OkdeskCall::CreateContact(new), Step::Creating) => match failure.field.as_deref() {
            // Somebody else's contact bears this account's name: it can do without.
            Some("telegram_username") if new.telegram_username.is_some() => {
                let new = NewContact {
                    telegram_username: None,
                    ..new.clone()
                };
                turn.okdesk(chat.id, OkdeskCall::CreateContact(new));
            }
            Some("first_name" | "last_name" | "patronymic") => {
                turn.say(chat.id, words.name_refused());
                go(turn, chat, Step::Name);
            }
            _ => {
                chat.dialog = Dialog::Idle;
                turn.say(chat.id, words.registration_failed());
            }
        },
        _ => {}
    }
}
