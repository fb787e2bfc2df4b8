//! Groups: bound by somebody in charge to an issue or to a company, told what happens there, and heard where somebody
//! answers a message about an issue. Nothing else that is written in a group is read.

use super::conversation::{agreed, command, owns, takes_part, unknown_issue};
use super::turn::{Post, Turn};
use super::{
    Answer, Chat, Deed, Draft, FoundContact, Issue, IssueFacts, Named, OkdeskCall, Outcome,
    Pending, Reply, Scene, alarms, drafts, person, staff,
};
use crate::roles::Role;
use crate::telegram::{Content, Language, Membership, Message, Rich, UserId};
use okdesk_sdk::model::{CompanyId, ContactId, IssueId};
use serde::{Deserialize, Serialize};

/// So long the bot stays in a group that is bound to nothing, in minutes.
const PATIENCE: i64 = 10;
const MINUTE: i64 = 60_000;

/// What a group is bound to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// What it hears of.
    pub to: BoundTo,
    /// In whose name is written what somebody says there who is nobody's contact; the name is said with it.
    #[serde(default)]
    pub contact: Option<ContactId>,
}

/// What a group hears of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BoundTo {
    /// One issue.
    Issue(IssueId),
    /// All issues of a company.
    Company(Named<CompanyId>),
}

/// A binding that is being made: Okdesk is asked whether there is such a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// Who makes it.
    pub by: UserId,
    /// What Okdesk was asked.
    pub asked: OkdeskCall,
    /// The contact that was named.
    #[serde(default)]
    pub contact: Option<ContactId>,
    /// The company, once it is known.
    #[serde(default)]
    pub company: Option<Named<CompanyId>>,
}

impl BoundTo {
    /// The key by which it is looked for.
    pub fn key(&self) -> String {
        match self {
            Self::Issue(issue) => issue_key(*issue),
            Self::Company(company) => company_key(company.id),
        }
    }

    fn includes(&self, facts: &IssueFacts) -> bool {
        match self {
            Self::Issue(issue) => *issue == facts.id,
            Self::Company(company) => facts.company.as_ref().map(|it| it.id) == Some(company.id),
        }
    }
}

/// The key of groups that hear of this issue.
pub fn issue_key(issue: IssueId) -> String {
    format!("issue:{issue}")
}

/// The key of groups that hear of this company's issues.
pub fn company_key(company: CompanyId) -> String {
    format!("company:{company}")
}

/// Whether a group hears of this issue.
pub(super) fn hears(chat: &Chat, facts: &IssueFacts) -> bool {
    let bound = chat.bound.as_ref();
    bound.is_some_and(|bound| bound.to.includes(facts))
}

/// The bot came into a group, or had to leave it.
pub(super) fn moved(turn: &mut Turn<'_>, scene: &mut Scene, membership: &Membership) {
    let id = membership.chat;
    if staff::is_home(turn, scene, id) {
        return;
    }
    let known = &mut scene.chat;
    if !membership.reachable {
        if let Some(chat) = known {
            chat.unreachable = true;
            chat.guest_since = None;
        }
        return;
    }
    let chat = known.get_or_insert_with(|| Chat::new(id));
    chat.unreachable = false;
    chat.missed.clear();
    if chat.bound.is_none() && chat.guest_since.is_none() {
        chat.guest_since = Some(turn.now);
        turn.look_again(id, PATIENCE * MINUTE);
        let words = turn.words(Language::default());
        let text = match turn.one_way() {
            true => words.group_only_private(),
            false => words.group_unbound(PATIENCE.unsigned_abs()),
        };
        turn.say(id, text);
    }
}

/// A group that nobody has bound to anything is left.
pub(super) fn quiet(turn: &mut Turn<'_>, chat: &mut Chat) {
    let over = |since: i64| turn.now >= since + PATIENCE * MINUTE;
    if chat.bound.is_none() && chat.guest_since.is_some_and(over) {
        chat.guest_since = None;
        turn.leave_group(chat.id);
    }
}

/// A message in a group.
pub(super) fn hear(turn: &mut Turn<'_>, scene: &mut Scene, message: &Message) {
    match command(&message.text) {
        Some((name @ ("link" | "unlink"), arguments)) => {
            let by = message.from.id;
            if !turn.rules.roles.allow(by, Role::Admin) || turn.one_way() {
                return turn.did(by, Deed::Refused(name.into()));
            }
            let chat = scene.chat.get_or_insert_with(|| Chat::new(message.chat));
            match name {
                "link" => bind(turn, chat, by, arguments),
                _ => unbind(turn, chat, by),
            }
        }
        Some(("start" | "help", _)) => {
            let words = turn.words(Language::default());
            let bound = scene.chat.as_ref().is_some_and(|chat| chat.bound.is_some());
            let text = match bound {
                true => words.group_help(),
                false => words.group_only_private(),
            };
            turn.say(message.chat, text);
        }
        Some(_) => {}
        None => write(turn, scene, message),
    }
}

fn bind(turn: &mut Turn<'_>, chat: &mut Chat, by: UserId, arguments: &str) {
    let (what, contact) = arguments
        .split_once(char::is_whitespace)
        .unwrap_or((arguments, ""));
    let number = |text: &str| {
        let digits = text.trim().trim_start_matches(['#', '№']);
        digits.parse::<u64>().ok().filter(|id| *id > 0)
    };
    let contact_id = number(contact).map(ContactId::new);
    let call = match (person::inn(what), number(what)) {
        _ if contact_id.is_none() && !contact.trim().is_empty() => None,
        (Some(inn), _) => Some(OkdeskCall::FindCompany { inn }),
        (None, Some(issue)) if contact.is_empty() => Some(OkdeskCall::GetIssue {
            issue: IssueId::new(issue),
            at: None,
        }),
        _ => None,
    };
    let Some(call) = call else {
        return turn.say(chat.id, turn.staff_words().group_link_usage());
    };
    chat.binding = Some(Binding {
        by,
        asked: call.clone(),
        contact: contact_id,
        company: None,
    });
    turn.okdesk(chat.id, call);
}

fn unbind(turn: &mut Turn<'_>, chat: &mut Chat, by: UserId) {
    let staff = turn.staff_words();
    if chat.bound.take().is_none() {
        return turn.say(chat.id, staff.group_not_bound());
    }
    turn.did(by, Deed::Unbound { chat: chat.id });
    turn.say(chat.id, staff.group_unlinked());
    chat.guest_since = Some(turn.now);
    turn.look_again(chat.id, PATIENCE * MINUTE);
}

/// Okdesk has said whether there is what a group shall be bound to. `false`: the answer is about something else.
pub(super) fn answered(turn: &mut Turn<'_>, chat: &mut Chat, answer: &Answer) -> bool {
    let asks = matches!(
        answer.call,
        OkdeskCall::FindCompany { .. }
            | OkdeskCall::GetIssue { .. }
            | OkdeskCall::GetContact { .. }
    );
    if answer.chat.is_private() || !asks {
        return false;
    }
    // Of two commands in a row the second counts.
    if chat
        .binding
        .as_ref()
        .is_none_or(|binding| binding.asked != answer.call)
    {
        return true;
    }
    let staff = turn.staff_words();
    if answer.outcome == Outcome::Delayed {
        alarms::raise(turn, super::Trouble::Silent);
        turn.say(chat.id, staff.desk_silent());
        return true;
    }
    let Some(binding) = chat.binding.take() else {
        return true;
    };
    match &answer.outcome {
        Outcome::Done(Reply::Issue { issue, .. }) => {
            let contact = issue.contact.as_ref().map(|client| client.id);
            let to = BoundTo::Issue(issue.id);
            let title = Rich::text(&issue.title).shorten(150);
            let text = staff.group_bound_issue(issue.id, title);
            settle(turn, chat, binding.by, Bound { to, contact }, text);
        }
        Outcome::Done(Reply::Company(Some(company))) => match binding.contact {
            Some(contact) => {
                let asked = OkdeskCall::GetContact { contact };
                chat.binding = Some(Binding {
                    asked: asked.clone(),
                    company: Some(company.clone()),
                    ..binding
                });
                turn.okdesk(chat.id, asked);
            }
            None => to_company(turn, chat, &binding, company, None),
        },
        Outcome::Done(Reply::Contacts(found)) => {
            let of_company = |found: &&FoundContact| {
                found.company.as_ref().map(|it| it.id) == binding.company.as_ref().map(|it| it.id)
            };
            match (found.first().filter(of_company), &binding.company) {
                (Some(contact), Some(company)) => {
                    to_company(turn, chat, &binding, company, Some(contact.id));
                }
                _ => turn.say(chat.id, staff.group_contact_unknown()),
            }
        }
        Outcome::Done(_) => turn.say(chat.id, staff.group_link_unknown()),
        Outcome::Failed(failure) if failure.kind == super::FailureKind::NotFound => {
            turn.say(chat.id, staff.group_link_unknown());
        }
        _ => turn.say(chat.id, staff.desk_failed()),
    }
    true
}

fn to_company(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    binding: &Binding,
    company: &Named<CompanyId>,
    contact: Option<ContactId>,
) {
    let text = turn.staff_words().group_bound_company(&company.name);
    let to = BoundTo::Company(company.clone());
    settle(turn, chat, binding.by, Bound { to, contact }, text);
}

fn settle(turn: &mut Turn<'_>, chat: &mut Chat, by: UserId, bound: Bound, text: Rich) {
    turn.did(
        by,
        match &bound.to {
            BoundTo::Issue(issue) => Deed::BoundToIssue {
                chat: chat.id,
                issue: *issue,
            },
            BoundTo::Company(company) => Deed::BoundToCompany {
                chat: chat.id,
                company: company.id,
            },
        },
    );
    chat.bound = Some(bound);
    chat.guest_since = None;
    turn.say(chat.id, text);
}

/// Words in a group. They are for an issue only if they answer a message about one that the group hears of.
fn write(turn: &mut Turn<'_>, scene: &mut Scene, message: &Message) {
    let Some(chat) = scene.chat.as_mut() else {
        return;
    };
    let Some(bound) = chat.bound.clone() else {
        return;
    };
    if matches!(message.content, Content::Service(_)) {
        return;
    }
    let member = scene.subject.as_ref();
    if member.is_some_and(|member| member.blocked) {
        return;
    }
    let follows_album = chat
        .pending
        .as_ref()
        .filter(|pending| pending.draft.has_album(message.album.as_ref()))
        .map(|pending| pending.issue);
    let Some(to) = scene.replied.map(|about| about.issue).or(follows_album) else {
        return;
    };
    let known = scene.issue.as_ref().filter(|issue| issue.facts.id == to);
    if known.is_some_and(|issue| issue.deleted || !bound.to.includes(&issue.facts)) {
        return unknown_issue(turn, chat);
    }
    let Some((author, said_by)) = author(turn, member, &bound, known, message) else {
        let words = turn.words(chat.language);
        return turn.say(chat.id, Post::from(words.group_who_are_you()).about(to));
    };
    let Some((text, file)) = drafts::carry(turn, chat, message) else {
        return;
    };
    // Another person's words, and an answer to another message, are another comment.
    let goes_on = |pending: &Pending| {
        pending.issue == to
            && pending.by == Some(author)
            && pending.said_by == said_by
            && (message.reply_to.is_none() || pending.draft.has_album(message.album.as_ref()))
    };
    if chat
        .pending
        .as_ref()
        .is_some_and(|pending| !goes_on(pending))
    {
        drafts::send_pending(turn, chat);
    }
    let reopen = known.is_some_and(|issue| {
        turn.rules.is_completed(&issue.facts.status.code) && owns(author, issue)
    });
    let quote = drafts::quote(scene.replied, message);
    let pending = chat.pending.get_or_insert_with(|| Pending {
        issue: to,
        draft: Draft::default(),
        reopen,
        by: Some(author),
        said_by,
    });
    if pending.draft.quote.is_none() {
        pending.draft.quote = quote;
    }
    pending.draft.add(turn.now, message, text, file);
    turn.look_again(chat.id, super::turn::QUIET);
}

/// In whose name a member writes: in the own, if that is known; else in that of the group's contact, under the member's name.
fn author(
    turn: &Turn<'_>,
    member: Option<&Chat>,
    bound: &Bound,
    known: Option<&Issue>,
    message: &Message,
) -> Option<(ContactId, Option<String>)> {
    let own = member
        .filter(|member| agreed(turn, member))
        .and_then(|member| member.link.as_ref());
    if let Some(link) = own {
        let company = link.company.as_ref().map(|company| company.id);
        let of_group = match &bound.to {
            BoundTo::Company(of) => company == Some(of.id),
            BoundTo::Issue(_) => {
                let of_issue = known.and_then(|issue| issue.facts.company.as_ref());
                company.is_some() && company == of_issue.map(|it| it.id)
            }
        };
        // Somebody of another company has no name on this one's issues.
        if of_group || known.is_some_and(|issue| takes_part(link.contact, issue)) {
            return Some((link.contact, None));
        }
    }
    Some((bound.contact?, Some(message.from.name.clone())))
}
