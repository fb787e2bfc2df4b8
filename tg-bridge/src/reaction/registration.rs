//! From the first /start to a proven tie between a chat and a contact.

use super::conversation::menu_rows;
use super::linking::settle;
use super::turn::{HOUR, Post, Turn, button};
use super::{
    Chat, Consent, Dialog, Named, NewContact, OkdeskCall, Registration, Step, claims, person,
};
use crate::telegram::{
    Action, Callback, Content, Keyboard, Message, MessageId, Party, ReplyButton,
};
use okdesk_sdk::model::{CompanyId, MaintenanceEntityId};

/// How many numbers and INNs may be tried in an hour.
const TRIES: usize = 5;

/// `/start` of somebody who is not linked.
pub(super) fn begin(turn: &mut Turn<'_>, chat: &mut Chat) {
    match step(chat) {
        // What Okdesk is doing already cannot be begun again.
        Some(Step::Creating) => repeat(turn, chat),
        _ if super::conversation::agreed(turn, chat) => go(turn, chat, Step::Party),
        _ => ask_consent(turn, chat),
    }
}

/// Asks for consent, for the first time or because the text has changed.
pub(super) fn ask_consent(turn: &mut Turn<'_>, chat: &mut Chat) {
    // An invitation that waits for the answer goes on waiting.
    if step(chat) != Some(Step::Consent) {
        super::conversation::leave(turn, chat);
    }
    go(turn, chat, Step::Consent);
}

fn step(chat: &Chat) -> Option<Step> {
    match &chat.dialog {
        Dialog::Register(registration) => Some(registration.step),
        _ => None,
    }
}

/// Goes to a step and asks its question.
pub(super) fn go(turn: &mut Turn<'_>, chat: &mut Chat, step: Step) {
    match &mut chat.dialog {
        Dialog::Register(registration) => registration.step = step,
        dialog => *dialog = Dialog::Register(Registration::at(step)),
    }
    repeat(turn, chat);
}

impl Registration {
    /// What the person said of a company, for staff to read with the contact.
    pub(super) fn note(&self, turn: &Turn<'_>) -> Option<String> {
        let staff = turn.staff_words();
        let inn = self.inn.clone()?;
        Some(match &self.company {
            Some(company) => staff.note_claims_company(inn, &company.name),
            None => staff.note_unknown_company(inn),
        })
    }

    pub(super) fn at(step: Step) -> Self {
        Self {
            step,
            party: None,
            phone: None,
            typed: None,
            code: None,
            name: None,
            inn: None,
            company: None,
            maintenance_entity: None,
            offered: Vec::new(),
            place: None,
        }
    }
}

/// Asks the question of the present step, if there is one.
pub(super) fn repeat(turn: &mut Turn<'_>, chat: &Chat) {
    let Dialog::Register(registration) = &chat.dialog else {
        return;
    };
    let words = turn.words(chat.language);
    let cancel = vec![button(words.cancel(), Action::Cancel)];
    let post = match registration.step {
        Step::Consent => {
            let policy = turn
                .rules
                .policy
                .url
                .as_ref()
                .map(|url| vec![super::turn::link(words.policy(), url.to_string())]);
            let choice = vec![
                button(words.agree(), Action::Consent(true)),
                button(words.refuse(), Action::Consent(false)),
            ];
            Post::from(words.consent()).rows(policy.into_iter().chain([choice]).collect())
        }
        Step::Party => Post::from(words.party_ask()).rows(vec![
            vec![
                button(words.party_person(), Action::Register(Party::Person)),
                button(words.party_company(), Action::Register(Party::Company)),
            ],
            cancel,
        ]),
        Step::Inn => Post::from(words.inn_ask()).rows(vec![cancel]),
        Step::ConfirmCompany => {
            let inn = registration.inn.clone().unwrap_or_default();
            let text = if registration.company.is_some() {
                words.company_known(inn)
            } else {
                words.company_unknown(inn)
            };
            Post::from(text).rows(vec![
                vec![
                    button(words.confirm_yes(), Action::Confirm(true)),
                    button(words.inn_other(), Action::Confirm(false)),
                ],
                cancel,
            ])
        }
        Step::Phone => Post::from(words.phone_ask()).keyboard(Keyboard::Reply(vec![
            vec![ReplyButton {
                label: words.phone_share(),
                request_contact: true,
            }],
            vec![ReplyButton {
                label: words.cancel(),
                request_contact: false,
            }],
        ])),
        Step::Name => Post::from(words.name_ask()).rows(vec![cancel]),
        Step::MaintenanceEntity => {
            let Some(company) = chat.link.as_ref().and_then(|link| link.company.clone()) else {
                return;
            };
            return list_places(turn, chat, company.id, 0, None);
        }
        Step::Place => Post::from(words.place_ask()).rows(vec![cancel]),
        Step::FindingCompany | Step::FindingContact | Step::ListingMaintenanceEntities => {
            Post::from(words.searching())
        }
        Step::Creating => Post::from(words.still_creating()),
    };
    turn.say(chat.id, post);
}

/// Whoever does something else instead of choosing a place may still choose one later.
pub(super) fn put_place_aside(chat: &mut Chat) {
    if let Dialog::Register(registration) = &mut chat.dialog
        && matches!(
            registration.step,
            Step::ListingMaintenanceEntities | Step::MaintenanceEntity
        )
    {
        chat.offered = std::mem::take(&mut registration.offered);
        chat.dialog = Dialog::Idle;
    }
}

/// A place pressed after all; false if none of the kind is on offer.
pub(super) fn place_later(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    action: Action,
    callback: &Callback,
) -> bool {
    let company = chat.link.as_ref().and_then(|link| link.company.as_ref());
    let Some(company) = company
        .filter(|_| !chat.offered.is_empty())
        .map(|company| company.id)
    else {
        return false;
    };
    let idle = matches!(chat.dialog, Dialog::Idle);
    match action {
        Action::MaintenanceEntity(Some(id)) => {
            let chosen = chat
                .offered
                .iter()
                .find(|offered| offered.id == id)
                .cloned();
            let known = chosen.is_some();
            if let Some(chosen) = chosen {
                choose(turn, chat, &chosen, callback.message);
            }
            known
        }
        Action::MaintenanceEntities { page } if idle => {
            chat.dialog = Dialog::Register(Registration::at(Step::ListingMaintenanceEntities));
            list_places(turn, chat, company, page, Some(callback.message));
            true
        }
        Action::MaintenanceEntity(None) if idle => {
            turn.buttons(chat.id, callback.message, vec![]);
            go(turn, chat, Step::Place);
            true
        }
        _ => false,
    }
}

fn choose(turn: &mut Turn<'_>, chat: &mut Chat, place: &Named<MaintenanceEntityId>, at: MessageId) {
    let words = turn.words(chat.language);
    settle(chat, place.id);
    let rows = menu_rows(turn, chat);
    turn.show(
        chat.id,
        Some(at),
        Post::from(words.place_chosen(&place.name)).rows(rows),
    );
}

pub(super) fn list_places(
    turn: &mut Turn<'_>,
    chat: &Chat,
    company: CompanyId,
    page: u16,
    at: Option<MessageId>,
) {
    turn.okdesk(
        chat.id,
        OkdeskCall::ListMaintenanceEntities { company, page, at },
    );
}

/// Ends the registration at the person's wish.
pub(super) fn cancel(turn: &mut Turn<'_>, chat: &mut Chat) {
    let words = turn.words(chat.language);
    let step = step(chat);
    if step == Some(Step::Creating) {
        return turn.say(chat.id, words.still_creating());
    }
    chat.dialog = Dialog::Idle;
    if chat.link.is_some() {
        turn.say(
            chat.id,
            Post::from(words.cancelled()).rows(menu_rows(turn, chat)),
        );
    } else {
        if step == Some(Step::Phone) {
            // One message cannot both take the keyboard away and bring a button.
            turn.say(
                chat.id,
                Post::from(words.phone_not_wanted()).keyboard(Keyboard::Remove),
            );
        }
        let again = vec![vec![button(words.begin(), Action::Begin)]];
        turn.say(
            chat.id,
            Post::from(words.registration_cancelled()).rows(again),
        );
    }
}

/// A message while a question is open.
pub(super) fn read(turn: &mut Turn<'_>, chat: &mut Chat, message: &Message) {
    let words = turn.words(chat.language);
    let (Some(step), text) = (step(chat), message.text.trim()) else {
        return;
    };
    if text == words.cancel() {
        return cancel(turn, chat);
    }
    if let (Step::Phone, Content::ContactCard { phone, owner, .. }) = (step, &message.content) {
        let own = *owner == Some(message.from.id);
        return match person::phone(&format!("+{}", phone.trim_start_matches('+'))) {
            Some(phone) if own => card(turn, chat, phone),
            _ if own => turn.say(chat.id, words.phone_wrong()),
            _ => turn.say(chat.id, words.phone_not_own()),
        };
    }
    let is_text = message.content == Content::Text && !text.is_empty();
    match step {
        Step::Inn if is_text => {
            let Some(inn) = person::inn(text) else {
                return turn.say(chat.id, words.inn_wrong());
            };
            if !may_try(turn, chat) {
                return turn.say(chat.id, words.too_many_tries());
            }
            if let Dialog::Register(registration) = &mut chat.dialog {
                registration.inn = Some(inn.clone());
                registration.company = None;
                registration.step = Step::FindingCompany;
            }
            turn.say(chat.id, words.searching());
            turn.okdesk(chat.id, OkdeskCall::FindCompany { inn });
        }
        Step::Phone if is_text => match person::phone(text) {
            Some(phone) => typed(turn, chat, phone),
            None => turn.say(chat.id, words.phone_wrong()),
        },
        Step::Name if is_text => match person::full_name(text) {
            Some(name) => {
                if let Dialog::Register(registration) = &mut chat.dialog {
                    registration.name = Some(name);
                }
                create(turn, chat, message.from.username.clone());
            }
            None => turn.say(chat.id, words.name_wrong()),
        },
        Step::Place if is_text => {
            let place: String = text.chars().take(500).collect();
            if let Some(link) = &mut chat.link {
                link.place = Some(place.clone());
            }
            chat.offered.clear();
            chat.dialog = Dialog::Idle;
            turn.say(
                chat.id,
                Post::from(words.place_saved(place)).rows(menu_rows(turn, chat)),
            );
        }
        // Something else than was asked for.
        _ => repeat(turn, chat),
    }
}

fn may_try(turn: &Turn<'_>, chat: &mut Chat) -> bool {
    chat.tries.retain(|at| *at > turn.now - HOUR);
    let may = chat.tries.len() < TRIES;
    if may {
        chat.tries.push(turn.now);
    }
    may
}

/// A typed number proves nothing. What is said does not depend on whether anybody has it: nobody is asked.
fn typed(turn: &mut Turn<'_>, chat: &mut Chat, phone: String) {
    let words = turn.words(chat.language);
    if !may_try(turn, chat) {
        return turn.say(chat.id, words.too_many_tries());
    }
    if let Dialog::Register(registration) = &mut chat.dialog {
        registration.typed = Some(phone.clone());
    }
    let rows = match claims::can_be_made(turn) {
        true => vec![vec![button(words.ask_staff(), Action::AskStaff)]],
        false => vec![],
    };
    turn.say(
        chat.id,
        Post::from(words.phone_unverified(phone)).rows(rows),
    );
}

/// One's own card: the number is proven.
fn card(turn: &mut Turn<'_>, chat: &mut Chat, phone: String) {
    let words = turn.words(chat.language);
    if let Dialog::Register(registration) = &mut chat.dialog {
        registration.phone = Some(phone.clone());
        registration.step = Step::FindingContact;
    }
    turn.say(
        chat.id,
        Post::from(words.phone_thanks()).keyboard(Keyboard::Remove),
    );
    turn.okdesk(chat.id, OkdeskCall::FindContacts { phone });
}

fn create(turn: &mut Turn<'_>, chat: &mut Chat, username: Option<String>) {
    let words = turn.words(chat.language);
    let Dialog::Register(registration) = &mut chat.dialog else {
        return;
    };
    let (Some(name), Some(phone)) = (registration.name.clone(), registration.phone.clone()) else {
        let Some(phone) = registration.typed.clone() else {
            registration.step = Step::Phone;
            return repeat(turn, chat);
        };
        registration.step = Step::FindingContact;
        turn.say(chat.id, words.number_passed_on());
        return turn.okdesk(chat.id, OkdeskCall::FindContacts { phone });
    };
    let claims = registration.named();
    registration.step = Step::Creating;
    let note = registration.note(turn);
    turn.say(chat.id, words.registering());
    turn.okdesk(
        chat.id,
        OkdeskCall::CreateContact(NewContact {
            first_name: name.first_name,
            last_name: name.last_name,
            patronymic: name.patronymic,
            phone,
            telegram_username: username,
            // Knowing a company's public number proves nothing: staff decide.
            company: None,
            note,
            claims,
        }),
    );
}

/// Writes down the consent that was given.
pub(super) fn consent(turn: &mut Turn<'_>, chat: &mut Chat, callback: &Callback) {
    chat.consent = Some(Consent {
        version: turn.rules.policy.version.clone(),
        at: turn.now,
    });
    turn.buttons(chat.id, callback.message, vec![]);
}

/// A press while a question is open; false if the button belongs to something else.
pub(super) fn press(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    action: Action,
    callback: &Callback,
) -> bool {
    let words = turn.words(chat.language);
    let Dialog::Register(registration) = &mut chat.dialog else {
        return false;
    };
    match (registration.step, action) {
        (Step::Consent, Action::Consent(true)) => {
            consent(turn, chat, callback);
            if chat.link.is_some() {
                chat.dialog = Dialog::Idle;
                super::conversation::menu(turn, chat, None);
            } else {
                go(turn, chat, Step::Party);
            }
        }
        (Step::Consent, Action::Consent(false)) => {
            chat.dialog = Dialog::Idle;
            chat.aside.clear();
            turn.buttons(chat.id, callback.message, vec![]);
            let again = vec![vec![button(words.begin(), Action::Begin)]];
            turn.say(chat.id, Post::from(words.consent_refused()).rows(again));
        }
        (Step::Party, Action::Register(party)) => {
            registration.inn = None;
            registration.company = None;
            registration.party = Some(party);
            turn.buttons(chat.id, callback.message, vec![]);
            go(
                turn,
                chat,
                if party == Party::Company {
                    Step::Inn
                } else {
                    Step::Phone
                },
            );
        }
        (Step::ConfirmCompany, Action::Confirm(yes)) => {
            turn.buttons(chat.id, callback.message, vec![]);
            go(turn, chat, if yes { Step::Phone } else { Step::Inn });
        }
        (Step::Phone, Action::AskStaff) if registration.typed.is_some() => {
            turn.buttons(chat.id, callback.message, vec![]);
            turn.say(
                chat.id,
                Post::from(words.staff_will_ask()).keyboard(Keyboard::Remove),
            );
            go(turn, chat, Step::Name);
        }
        (Step::MaintenanceEntity, Action::MaintenanceEntities { page }) => {
            if let Some(company) = chat.link.as_ref().and_then(|link| link.company.clone()) {
                list_places(turn, chat, company.id, page, Some(callback.message));
            }
        }
        (Step::MaintenanceEntity, Action::MaintenanceEntity(None)) => {
            turn.buttons(chat.id, callback.message, vec![]);
            go(turn, chat, Step::Place);
        }
        (Step::MaintenanceEntity, Action::MaintenanceEntity(Some(id))) => {
            let Some(chosen) = registration
                .offered
                .iter()
                .find(|offered| offered.id == id)
                .cloned()
            else {
                turn.answer(chat.id, &callback.id, Some(words.button_expired()));
                return true;
            };
            chat.dialog = Dialog::Idle;
            choose(turn, chat, &chosen, callback.message);
        }
        (_, Action::Cancel) => {
            turn.buttons(chat.id, callback.message, vec![]);
            cancel(turn, chat);
        }
        // Somebody who is linked already may use everything else while a place is being asked for.
        _ if chat.link.is_some() => {
            put_place_aside(chat);
            chat.dialog = Dialog::Idle;
            return false;
        }
        _ => {
            turn.answer(chat.id, &callback.id, Some(words.button_expired()));
            repeat(turn, chat);
            return true;
        }
    }
    turn.answer(chat.id, &callback.id, None);
    true
}
