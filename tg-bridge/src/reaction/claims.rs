//! What only staff can confirm: which of several contacts somebody is, whose a typed number is, who belongs to a company.
//! The claim waits in the record of who made it, so it goes with that person; the first decision is the only one.

use super::linking::{self, short};
use super::turn::{Post, Turn, button};
use super::{Chat, Deed, FoundContact, FullName, Named, NewContact, OkdeskCall, Scene};
use crate::roles::Role;
use crate::telegram::{Action, Callback, ChatId, Rich, UserId, Verdict};
use okdesk_sdk::model::CompanyId;
use serde::{Deserialize, Serialize};

/// More contacts with one number than fit under a message are a mess that only Okdesk can clear up.
const OFFERED: usize = 10;

/// Something a person says of themself that staff must confirm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// When it was made, in Unix milliseconds: tells it from earlier ones of the same chat.
    pub at: i64,
    /// What is claimed.
    pub what: Claimed,
    /// How it ended.
    #[serde(default)]
    pub decided: Option<Decision>,
}

/// What is claimed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Claimed {
    /// To be one of several contacts with this number, which is proven.
    Contact {
        /// The number.
        phone: String,
        /// The contacts that have it.
        found: Vec<FoundContact>,
        /// The company that was named as well.
        #[serde(default)]
        company: Option<ClaimedCompany>,
    },
    /// To be whose number this is, which is not proven.
    Number {
        /// The number, as it was typed.
        phone: String,
        /// The name, as it was typed.
        name: FullName,
        /// The contacts that have the number.
        found: Vec<FoundContact>,
        /// The company that was named as well.
        #[serde(default)]
        company: Option<ClaimedCompany>,
        /// What was said of a company, as staff are to read it.
        #[serde(default)]
        note: Option<String>,
    },
    /// To belong to a company.
    Company(ClaimedCompany),
}

/// A company somebody says to belong to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimedCompany {
    /// The INN that was typed.
    pub inn: String,
    /// Whose it is.
    pub company: Named<CompanyId>,
}

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who decided, by the name the account shows.
    pub by: String,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Whether it was confirmed.
    pub confirmed: bool,
}

impl Chat {
    /// The claim that waits for a decision.
    pub fn waiting(&self) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| claim.decided.is_none())
    }
}

/// Where claims are told: in the common chat, else to each who may decide. Nowhere if nobody may.
fn desk(turn: &Turn<'_>) -> Vec<ChatId> {
    let deciders = turn.rules.roles.allowed(Role::Admin);
    let own: Vec<ChatId> = deciders.map(ChatId::private).collect();
    match turn.rules.admin_chat {
        Some(common) if !own.is_empty() => vec![common],
        _ => own,
    }
}

/// Whether there is anybody to decide.
pub(super) fn can_be_made(turn: &Turn<'_>) -> bool {
    !desk(turn).is_empty()
}

/// Makes a claim and tells it. One that is waiting already is not told again.
pub(super) fn make(turn: &mut Turn<'_>, chat: &mut Chat, what: Claimed) {
    if chat.waiting().is_some_and(|claim| claim.what == what) {
        return;
    }
    chat.claim = Some(Claim {
        at: turn.now,
        what,
        decided: None,
    });
    for to in desk(turn) {
        tell(turn, chat, to);
    }
}

/// Tells a claim in a chat of staff.
pub(super) fn tell(turn: &mut Turn<'_>, chat: &Chat, to: ChatId) {
    if let Some(claim) = &chat.claim {
        let card = card(turn, chat, claim);
        turn.say(to, card);
    }
}

/// A claim as staff see it.
fn card(turn: &Turn<'_>, chat: &Chat, claim: &Claim) -> Post {
    let staff = turn.staff_words();
    let verdict = |verdict| Action::Decide {
        chat: chat.id,
        claim: claim.at,
        verdict,
    };
    let (mut text, found) = match &claim.what {
        Claimed::Contact { phone, found, .. } => (staff.claim_contact(phone), found.as_slice()),
        Claimed::Number {
            phone, name, found, ..
        } => (staff.claim_number(name.full(), phone), found.as_slice()),
        Claimed::Company(ClaimedCompany { inn, company }) => {
            let (name, phone, contact) = match &chat.link {
                Some(link) => (link.name.as_str(), link.phone.as_str(), link.contact.get()),
                None => ("", "", 0),
            };
            let text = staff.claim_company(name, phone, contact.to_string(), &company.name, inn);
            (text, [].as_slice())
        }
    };
    let mut line = |line: Rich| {
        text.append(Rich::text("\n"));
        text.append(line);
    };
    for contact in found {
        let company = contact.company.as_ref().map_or("–", |it| it.name.as_str());
        line(staff.claim_candidate(contact.id.to_string(), &contact.name, company));
    }
    if let Claimed::Number { found, note, .. } = &claim.what {
        if found.is_empty() {
            line(staff.claim_nobody());
        }
        if let Some(note) = note {
            line(Rich::text(note));
        }
    }
    if let Some(decision) = &claim.decided {
        let at = jiff::Timestamp::from_millisecond(decision.at).unwrap_or_default();
        let at = turn.moment(crate::telegram::Language::default(), at);
        line(if decision.confirmed {
            staff.claim_confirmed(&decision.by, at)
        } else {
            staff.claim_rejected(&decision.by, at)
        });
        return text.into();
    }
    let mut rows: Vec<_> = found
        .iter()
        .take(OFFERED)
        .map(|contact| {
            let label = staff.claim_pick(contact.id.to_string(), &contact.name);
            vec![button(short(&label), verdict(Verdict::Contact(contact.id)))]
        })
        .collect();
    match &claim.what {
        Claimed::Company(_) => {
            rows.push(vec![button(staff.claim_yes(), verdict(Verdict::Yes))]);
        }
        Claimed::Number { found, .. } if found.is_empty() => {
            rows.push(vec![button(staff.claim_new(), verdict(Verdict::Yes))]);
        }
        _ => {}
    }
    rows.push(vec![button(staff.claim_no(), verdict(Verdict::No))]);
    Post::from(text).rows(rows)
}

/// Somebody pressed a button under a claim. Only who may decide decides, and only once.
pub(super) fn decide(
    turn: &mut Turn<'_>,
    scene: &mut Scene,
    callback: &Callback,
    (chat, at, verdict): (ChatId, i64, Verdict),
) {
    let staff = turn.staff_words();
    let (from, here) = (callback.from.id, callback.chat);
    if !turn.rules.roles.allow(from, Role::Admin) {
        turn.did(from, Deed::Refused("claim".into()));
        return turn.answer(here, &callback.id, Some(staff.button_unknown()));
    }
    let who = scene.subject.as_mut().or(scene.chat.as_mut());
    let who = who.filter(|who| who.id == chat && who.claim.as_ref().is_some_and(|c| c.at == at));
    let Some((who, mut claim)) = who.and_then(|who| who.claim.clone().map(|claim| (who, claim)))
    else {
        turn.buttons(here, callback.message, vec![]);
        return turn.answer(here, &callback.id, Some(staff.claim_gone()));
    };
    if let Some(decision) = &claim.decided {
        turn.answer(here, &callback.id, Some(staff.claim_done(&decision.by)));
        let card = card(turn, who, &claim);
        return turn.show(here, Some(callback.message), card);
    }
    if !fits(&claim.what, verdict) {
        return turn.answer(here, &callback.id, Some(staff.button_unknown()));
    }
    claim.decided = Some(Decision {
        by: callback.from.name.clone(),
        at: turn.now,
        confirmed: verdict != Verdict::No,
    });
    let card = card(turn, who, &claim);
    turn.show(here, Some(callback.message), card);
    turn.answer(here, &callback.id, None);
    let what = claim.what.clone();
    who.claim = Some(claim);
    carry_out(turn, who, what, verdict, from);
}

fn fits(what: &Claimed, verdict: Verdict) -> bool {
    match (what, verdict) {
        (_, Verdict::No) | (Claimed::Company(_), Verdict::Yes) => true,
        (Claimed::Number { found, .. }, Verdict::Yes) => found.is_empty(),
        (
            Claimed::Contact { found, .. } | Claimed::Number { found, .. },
            Verdict::Contact(contact),
        ) => found.iter().any(|found| found.id == contact),
        _ => false,
    }
}

fn carry_out(turn: &mut Turn<'_>, who: &mut Chat, what: Claimed, verdict: Verdict, by: UserId) {
    let words = turn.words(who.language);
    let chat = who.id;
    match (what, verdict) {
        (Claimed::Company(ClaimedCompany { company, .. }), Verdict::Yes) => {
            let Some(link) = &who.link else { return };
            let contact = link.contact;
            turn.did(
                by,
                Deed::ConfirmedCompany {
                    chat,
                    contact,
                    company: company.id,
                },
            );
            // The person is told once Okdesk has it.
            turn.okdesk(chat, OkdeskCall::JoinCompany { contact, company });
        }
        (Claimed::Company(_), _) => {
            turn.did(by, Deed::Rejected { chat });
            turn.say(chat, words.company_rejected());
        }
        (
            Claimed::Contact {
                phone,
                found,
                company,
            }
            | Claimed::Number {
                phone,
                found,
                company,
                ..
            },
            Verdict::Contact(id),
        ) => {
            let Some(contact) = found.into_iter().find(|found| found.id == id) else {
                return;
            };
            turn.did(by, Deed::ConfirmedContact { chat, contact: id });
            linking::tie(turn, who, &contact, phone, (company.is_some(), company));
        }
        (
            Claimed::Number {
                phone,
                name,
                company,
                note,
                ..
            },
            Verdict::Yes,
        ) => {
            turn.did(by, Deed::ConfirmedNumber { chat });
            turn.okdesk(
                chat,
                OkdeskCall::CreateContact(NewContact {
                    first_name: name.first_name,
                    last_name: name.last_name,
                    patronymic: name.patronymic,
                    phone,
                    telegram_username: None,
                    company: None,
                    note,
                    claims: company,
                }),
            );
        }
        (Claimed::Contact { .. } | Claimed::Number { .. }, _) => {
            turn.did(by, Deed::Rejected { chat });
            let rows = vec![vec![button(words.begin(), Action::Begin)]];
            turn.say(chat, Post::from(words.number_rejected()).rows(rows));
        }
    }
}

/// Okdesk did not take what was confirmed: the claim waits again, and staff are told so.
pub(super) fn reopen(turn: &mut Turn<'_>, chat: &mut Chat) {
    let Some(claim) = &mut chat.claim else { return };
    if claim.decided.as_ref().is_some_and(|it| it.confirmed) {
        claim.decided = None;
        for to in desk(turn) {
            tell(turn, chat, to);
        }
    }
}
