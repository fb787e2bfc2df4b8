//! What a person does in the chat: messages, edits, presses, and which part of the mind they belong to.

use super::turn::{Turn, button, link};
use super::{
    Chat, Dialog, Issue, Scene, Step, claims, codes, company, drafts, groups, issues, one_way,
    people, ratings, registration, settings, staff,
};
use crate::roles::Role;
use crate::telegram::{
    About, Action, Button, Callback, ChatId, Content, Language, Membership, Message, Rich, Scope,
    Sender, Update, UserId,
};
use okdesk_sdk::model::{AuthorKind, ContactId, IssueId};

/// Takes in one update.
pub(super) fn hear(turn: &mut Turn<'_>, scene: &mut Scene, update: &Update) {
    if let Update::Callback(callback) = update
        && let Some(Action::Decide {
            chat,
            claim,
            verdict,
        }) = Action::decode(&callback.data)
    {
        return claims::decide(turn, scene, callback, (chat, claim, verdict));
    }
    if let Update::Callback(callback) = update
        && let Some(Action::Person { chat, what }) = Action::decode(&callback.data)
    {
        return people::manage(turn, scene, callback, (chat, what));
    }
    if let Some(chat) = scene.chat.as_ref().filter(|chat| chat.blocked) {
        // Whoever is kept away was told so, and nothing said here is heard.
        if let Update::Callback(callback) = update {
            turn.answer(chat.id, &callback.id, None);
        }
        return;
    }
    if let Update::Message(message) = update
        && staff::obey(turn, scene, message)
    {
        return;
    }
    match update {
        Update::Message(message) if message.chat.is_private() => {
            let chat = known(&mut scene.chat, message.chat, &message.from);
            wake(turn, chat);
            if !settings::within_pace(turn, chat, message) {
                return;
            }
            match codes::brought(message).filter(|_| codes::is_meant(chat, message)) {
                Some(digest) => codes::redeem(turn, chat, &mut scene.code, &digest),
                None => read(turn, chat, &mut scene.issue, scene.replied, message),
            }
        }
        Update::Message(message) => groups::hear(turn, scene, message),
        Update::Edited(message) => {
            if let Some(chat) = &mut scene.chat {
                drafts::corrected(turn, chat, scene.issue.as_ref(), message);
            }
        }
        Update::Callback(callback) if callback.chat.is_private() => {
            let chat = known(&mut scene.chat, callback.chat, &callback.from);
            wake(turn, chat);
            let invitation = chat.dialog.code().map(str::to_owned);
            let agrees = Action::decode(&callback.data) == Some(Action::Consent(true));
            match invitation.filter(|_| agrees) {
                Some(digest) => {
                    registration::consent(turn, chat, callback);
                    turn.answer(chat.id, &callback.id, None);
                    codes::redeem(turn, chat, &mut scene.code, &digest);
                }
                None => press(turn, chat, &mut scene.issue, callback),
            }
        }
        Update::Callback(callback) => turn.answer(callback.chat, &callback.id, None),
        Update::Membership(membership) => moved(turn, scene, membership),
        Update::Other(_) => {}
    }
}

fn known<'a>(chat: &'a mut Option<Chat>, id: ChatId, from: &Sender) -> &'a mut Chat {
    chat.get_or_insert_with(|| {
        let english = from
            .language
            .as_deref()
            .is_some_and(|tag| tag.to_ascii_lowercase().starts_with("en"));
        Chat {
            language: if english { Language::En } else { Language::Ru },
            ..Chat::new(id)
        }
    })
}

/// Somebody who acts can be reached again; what was missed is told in one message.
fn wake(turn: &mut Turn<'_>, chat: &mut Chat) {
    if !std::mem::take(&mut chat.unreachable) {
        return;
    }
    let missed = std::mem::take(&mut chat.missed);
    if missed.is_empty() || chat.link.is_none() {
        return;
    }
    let words = turn.words(chat.language);
    let mut text = words.missed(missed.len());
    let newest = missed.iter().rev().take(20);
    let mut rows = vec![];
    for issue in newest {
        let label = words.issue_number(*issue);
        if turn.one_way() {
            text.append(Rich::text(&format!("\n• {label}")));
        } else {
            rows.push(vec![button(label, Action::Open(*issue))]);
        }
    }
    turn.say(chat.id, super::turn::Post::from(text).rows(rows));
}

fn moved(turn: &mut Turn<'_>, scene: &mut Scene, membership: &Membership) {
    if membership.chat.is_private() {
        if let Some(chat) = &mut scene.chat {
            if membership.reachable {
                wake(turn, chat);
            } else {
                chat.unreachable = true;
                chat.missed.extend(membership.lost);
                if let Some(issue) = scene
                    .issue
                    .as_mut()
                    .filter(|issue| Some(issue.facts.id) == membership.lost)
                {
                    super::notices::note_silence(turn, chat.id, issue);
                }
            }
        }
    } else {
        groups::moved(turn, scene, membership);
    }
}

/// A bot command and what follows it. A path such as `/etc/hosts` is none.
pub(super) fn command(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('/')?;
    let (word, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let name = word.split_once('@').map_or(word, |(name, _)| name);
    let valid = !name.is_empty()
        && name.len() <= 32
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    valid.then_some((name, arguments.trim()))
}

fn read(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: &mut Option<Issue>,
    replied: Option<About>,
    message: &Message,
) {
    if matches!(message.content, Content::Service(_)) {
        return;
    }
    if message.content == Content::Text
        && let Some((name, _)) = command(&message.text)
    {
        return obey(turn, chat, name);
    }
    // Whoever writes instead of choosing a place has something to say.
    registration::put_place_aside(chat);
    if chat.link.is_some() && !agreed(turn, chat) {
        if !turn.one_way() {
            drafts::keep(turn, chat, replied, message);
        }
        return registration::ask_consent(turn, chat);
    }
    if matches!(chat.dialog, Dialog::Register(_)) {
        return registration::read(turn, chat, message);
    }
    if chat.link.is_none() && turn.one_way() {
        return one_way::refuse(turn, chat);
    }
    if chat.link.is_none() {
        return not_yet(turn, chat);
    }
    // A picture with words is more than a reason: it goes the way of files. And a reply goes to what it answers.
    let words_only = message.content == Content::Text && !message.text.is_empty();
    let replies = replied.is_some() || chat.earlier(message.reply_to, None).is_some();
    if matches!(chat.dialog, Dialog::Reason { .. }) && !replies && words_only {
        return ratings::reason(turn, chat, issue.as_mut(), Some(&message.text));
    }
    if turn.one_way() {
        return one_way::refuse(turn, chat);
    }
    drafts::collect(turn, chat, issue.as_ref(), replied, message);
}

/// Somebody who is not linked wants what only clients have.
fn not_yet(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    let text = if chat.waiting().is_some() {
        words.claim_waits()
    } else {
        words.start_first()
    };
    let rows = vec![vec![button(words.begin(), Action::Begin)]];
    turn.say(chat.id, super::turn::Post::from(text).rows(rows));
}

pub(super) fn agreed(turn: &Turn<'_>, chat: &Chat) -> bool {
    chat.consent
        .as_ref()
        .is_some_and(|consent| consent.version == turn.rules.policy.version)
}

fn obey(turn: &mut Turn<'_>, chat: &mut Chat, name: &str) {
    let words = turn.words(chat.language);
    if turn.one_way() && one_way::obey(turn, chat, name) {
        return;
    }
    match name {
        "start" if chat.link.is_some() && agreed(turn, chat) => to_menu(turn, chat),
        "start" => registration::begin(turn, chat),
        "help" => {
            let mut text = words.help();
            if turn.rules.roles.allow(UserId(chat.id.0), Role::Admin) {
                text.append(Rich::text("\n\n"));
                text.append(words.help_staff());
            }
            turn.say(chat.id, text);
            registration::repeat(turn, chat);
        }
        "language" => turn.say(
            chat.id,
            super::turn::Post::from(words.language_ask()).rows(languages()),
        ),
        "cancel" => cancel(turn, chat),
        "menu" | "new" | "issues" | "settings" if chat.link.is_none() => match chat.dialog {
            Dialog::Register(_) => registration::repeat(turn, chat),
            _ => not_yet(turn, chat),
        },
        "my_data" => settings::my_data(turn, chat),
        "delete_me" => settings::ask_delete(turn, chat),
        "settings" => settings::show(turn, chat, None),
        "menu" => to_menu(turn, chat),
        "new" => begin_issue(turn, chat),
        "issues" => issues::list(turn, chat, Scope::Open, 0, None),
        _ => {
            turn.say(chat.id, words.command_unknown());
            registration::repeat(turn, chat);
        }
    }
}

/// Leaves whatever is going on. What a dialog owes to others is paid first; what was written is put aside.
pub(super) fn leave(turn: &mut Turn<'_>, chat: &mut Chat) {
    if matches!(chat.dialog, Dialog::Reason { .. }) {
        ratings::note_without_reason(turn, chat);
    }
    let written = drafts::take_out(chat);
    chat.aside.extend(written);
    chat.dialog = Dialog::Idle;
}

fn to_menu(turn: &mut Turn<'_>, chat: &mut Chat) {
    let thrown = drafts::take_out(chat).is_some();
    leave(turn, chat);
    let words = turn.words(chat.language);
    if thrown {
        turn.say(chat.id, words.draft_discarded());
    }
    menu(turn, chat, None);
}

/// The main menu.
pub(super) fn menu(turn: &mut Turn<'_>, chat: &Chat, at: Option<crate::telegram::MessageId>) {
    if turn.one_way() {
        return one_way::menu(turn, chat, at);
    }
    let words = turn.words(chat.language);
    let name = chat
        .link
        .as_ref()
        .map(|link| link.name.clone())
        .unwrap_or_default();
    turn.show(
        chat.id,
        at,
        super::turn::Post::from(words.menu(name)).rows(menu_rows(turn, chat)),
    );
}

pub(super) fn menu_rows(turn: &Turn<'_>, chat: &Chat) -> Vec<Vec<Button>> {
    let words = turn.words(chat.language);
    if turn.one_way() {
        return vec![vec![button(words.menu_settings(), Action::Settings)]];
    }
    let mut rows = vec![
        vec![button(words.menu_new(), Action::NewIssue)],
        vec![
            button(
                words.menu_open(),
                Action::Issues {
                    scope: Scope::Open,
                    page: 0,
                },
            ),
            button(
                words.menu_closed(),
                Action::Issues {
                    scope: Scope::Closed,
                    page: 0,
                },
            ),
        ],
    ];
    if company::allowed(turn, chat).is_some() {
        let all = Action::CompanyIssues {
            scope: Scope::Open,
            page: 0,
        };
        rows.push(vec![button(words.menu_company(), all)]);
    }
    let mut last = vec![];
    if turn.rules.portal_url.is_some() {
        last.push(button(words.menu_portal(), Action::Portal));
    }
    last.push(button(words.menu_settings(), Action::Settings));
    rows.push(last);
    rows
}

fn cancel(turn: &mut Turn<'_>, chat: &mut Chat) {
    match &chat.dialog {
        Dialog::Register(_) => registration::cancel(turn, chat),
        Dialog::Idle => {
            let words = turn.words(chat.language);
            turn.say(chat.id, words.nothing_to_cancel());
        }
        _ => {
            // What is cancelled is not put aside.
            drop(drafts::take_out(chat));
            leave(turn, chat);
            let words = turn.words(chat.language);
            turn.say(
                chat.id,
                super::turn::Post::from(words.cancelled()).rows(menu_rows(turn, chat)),
            );
        }
    }
}

fn begin_issue(turn: &mut Turn<'_>, chat: &mut Chat) {
    leave(turn, chat);
    // Words that were written already are its beginning.
    if let Some(draft) = chat.aside.pop() {
        return drafts::offer(turn, chat, Dialog::NewIssue(draft));
    }
    chat.dialog = Dialog::NewIssue(super::Draft::default());
    let words = turn.words(chat.language);
    let rows = vec![vec![button(words.cancel(), Action::Cancel)]];
    turn.say(
        chat.id,
        super::turn::Post::from(words.issue_ask()).rows(rows),
    );
}

fn languages() -> Vec<Vec<Button>> {
    // Each language is called by its own name, or those who need it could not find it.
    vec![
        vec![button("Русский".into(), Action::Language(Language::Ru))],
        vec![button("English".into(), Action::Language(Language::En))],
    ]
}

/// A pressed button. Whatever it is, it is answered.
fn press(turn: &mut Turn<'_>, chat: &mut Chat, issue: &mut Option<Issue>, callback: &Callback) {
    let words = turn.words(chat.language);
    let Some(action) = Action::decode(&callback.data) else {
        return turn.answer(chat.id, &callback.id, Some(words.button_unknown()));
    };
    match action {
        Action::Language(language) => {
            chat.language = language;
            let words = turn.words(language);
            turn.answer(chat.id, &callback.id, Some(words.language_set()));
            turn.buttons(chat.id, callback.message, vec![]);
            return registration::repeat(turn, chat);
        }
        Action::Languages => {
            turn.answer(chat.id, &callback.id, None);
            return turn.say(
                chat.id,
                super::turn::Post::from(words.language_ask()).rows(languages()),
            );
        }
        Action::DeleteMe => return settings::delete(turn, chat, callback),
        Action::Begin if chat.link.is_none() => {
            turn.answer(chat.id, &callback.id, None);
            turn.buttons(chat.id, callback.message, vec![]);
            return match turn.one_way() {
                true => one_way::refuse(turn, chat),
                false => registration::begin(turn, chat),
            };
        }
        _ => {}
    }
    if matches!(chat.dialog, Dialog::Register(_))
        && registration::press(turn, chat, action, callback)
    {
        return;
    }
    let Some(link) = chat.link.clone() else {
        turn.answer(chat.id, &callback.id, Some(words.button_expired()));
        return;
    };
    if !agreed(turn, chat) {
        turn.answer(chat.id, &callback.id, None);
        return registration::ask_consent(turn, chat);
    }
    if turn.one_way() && !one_way::offers(action) {
        return turn.answer(chat.id, &callback.id, Some(words.button_expired()));
    }
    // An issue the bridge knows is shown to its client only; one it does not know is asked for first.
    // Looking at one of the company's is Okdesk's to allow.
    let looks = matches!(action, Action::Issue(_) | Action::Open(_));
    let foreign = match (&issue, action.issue()) {
        (Some(_), Some(_)) if looks && company::allowed(turn, chat).is_some() => false,
        (Some(issue), Some(_)) if of_client_alone(turn, action) => !owns(link.contact, issue),
        (Some(issue), Some(_)) => !takes_part(link.contact, issue),
        _ => false,
    };
    if foreign {
        return turn.answer(chat.id, &callback.id, Some(words.issue_unknown()));
    }
    let unknown = issue.is_none() && action.issue().is_some();
    if let (Action::Mute(_) | Action::Unmute(_), Some(issue)) = (action, issue.as_ref()) {
        return settings::mute(
            turn,
            chat,
            issue,
            matches!(action, Action::Mute(_)),
            callback,
        );
    }
    match action {
        Action::Issue(id) => issues::card(turn, chat, id, Some(callback)),
        Action::Open(id) => issues::card(turn, chat, id, None),
        // Only an issue that was seen can be acted on; its card shows whether there is one.
        _ if unknown => {
            let id = action.issue();
            if let Some(id) = id {
                issues::card(turn, chat, id, None);
            }
        }
        Action::Rate {
            issue: id,
            completion,
            score,
        } => {
            return ratings::rate(turn, chat, issue, callback, id, completion, score);
        }
        Action::RateAgain {
            issue: id,
            completion,
        } => {
            return ratings::again(turn, chat, issue.as_ref(), callback, id, completion);
        }
        Action::Submit => return drafts::submit(turn, chat, callback),
        Action::AddTo(id) => return drafts::add_to(turn, chat, issue.as_ref(), id, callback),
        Action::Discard => return drafts::discard(turn, chat, callback),
        Action::Skip if matches!(chat.dialog, Dialog::Reason { .. }) => {
            turn.buttons(chat.id, callback.message, vec![]);
            ratings::reason(turn, chat, None, None);
        }
        Action::Cancel if !matches!(chat.dialog, Dialog::Idle) => {
            turn.buttons(chat.id, callback.message, vec![]);
            cancel(turn, chat);
        }
        Action::Menu => {
            leave_if_empty(turn, chat);
            menu(turn, chat, Some(callback.message));
        }
        Action::NewIssue => begin_issue(turn, chat),
        Action::Issues { scope, page } => {
            issues::list(turn, chat, scope, page, Some(callback.message));
        }
        Action::Comment(id) => issues::ask_comment(turn, chat, id),
        Action::Close(id) => issues::ask_close(turn, chat, issue.as_ref(), id),
        Action::CompanyIssues { scope, page } => {
            return company::list(turn, chat, scope, page, callback);
        }
        Action::CloseNow(id) => {
            if !issues::close(turn, chat, &link, id) {
                return turn.answer(chat.id, &callback.id, Some(words.closing_already()));
            }
            turn.buttons(chat.id, callback.message, vec![]);
        }
        Action::Begin => to_menu(turn, chat),
        Action::Settings => settings::show(turn, chat, Some(callback.message)),
        Action::Toggle(setting) => settings::toggle(turn, chat, setting, callback.message),
        Action::Portal => issues::portal(turn, chat, &link),
        // The question was left for something more urgent.
        Action::MaintenanceEntities { .. } | Action::MaintenanceEntity(_)
            if registration::place_later(turn, chat, action, callback) => {}
        Action::MaintenanceEntities { .. }
        | Action::MaintenanceEntity(_)
        | Action::Consent(_)
        | Action::Register(_)
        | Action::Confirm(_)
        | Action::AskStaff
        | Action::Decide { .. }
        | Action::Person { .. }
        | Action::Skip
        | Action::Cancel => {
            return turn.answer(chat.id, &callback.id, Some(words.button_expired()));
        }
        Action::Language(_)
        | Action::Languages
        | Action::DeleteMe
        | Action::Mute(_)
        | Action::Unmute(_) => {}
    }
    if !matches!(action, Action::Issue(_)) {
        turn.answer(chat.id, &callback.id, None);
    }
}

/// The menu may be opened in the middle of writing; only an empty dialog ends by it.
fn leave_if_empty(turn: &mut Turn<'_>, chat: &mut Chat) {
    let keeps = match &chat.dialog {
        Dialog::NewIssue(draft) | Dialog::Loose(draft) => !draft.is_empty(),
        Dialog::Register(registration) => registration.step == Step::Creating,
        _ => false,
    };
    if !keeps {
        leave(turn, chat);
    }
}

/// Whether the issue is this contact's.
pub(super) fn owns(contact: ContactId, issue: &Issue) -> bool {
    !issue.deleted && issue.facts.is_of(contact)
}

/// Whether this contact may read the issue and write to it: the one question behind every access.
pub(super) fn takes_part(contact: ContactId, issue: &Issue) -> bool {
    !issue.deleted && issue.facts.concerns(contact)
}

/// Whether only the client may do it, and nobody who takes part. In ZENLIX all of them are clients.
fn of_client_alone(turn: &Turn<'_>, action: Action) -> bool {
    let judges = matches!(
        action,
        Action::Rate { .. } | Action::RateAgain { .. } | Action::Close(_) | Action::CloseNow(_)
    );
    judges && !turn.one_way()
}

/// Whether a person of the desk is this contact: kind and number together.
pub(super) fn is_contact(person: Option<&super::Person>, contact: ContactId) -> bool {
    person.is_some_and(|person| person.kind == AuthorKind::Contact && person.id == contact.get())
}

/// The answer to everything about an issue that is not there, or not for this person.
pub(super) fn unknown_issue(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    turn.say(chat.id, words.issue_unknown_message());
}

/// Buttons under a message about an issue.
pub(super) fn issue_rows(turn: &Turn<'_>, language: Language, issue: IssueId) -> Vec<Vec<Button>> {
    if turn.one_way() {
        return vec![];
    }
    let words = turn.words(language);
    let mut rows = vec![vec![
        button(words.reply(), Action::Comment(issue)),
        button(words.open(), Action::Open(issue)),
    ]];
    rows.extend(portal_row(turn, language, issue));
    rows
}

/// The button that leads to an issue in the portal, where there is one.
pub(super) fn portal_row(
    turn: &Turn<'_>,
    language: Language,
    issue: IssueId,
) -> Option<Vec<Button>> {
    let url = turn.portal_issue(issue)?;
    Some(vec![link(turn.words(language).open_in_portal(), url)])
}
