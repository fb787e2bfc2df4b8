//! A world for one conversation: records that go through JSON between any two events, a clock, the chat's screen, and
//! the calls to Okdesk, which the test answers.

use crate::markup;
use okdesk_sdk::model::{
    AttachmentId, AuthorKind, CommentId, CompanyId, ContactId, Html, IssueId, MaintenanceEntityId,
    StatusCode, Timestamp,
};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::LazyLock;
use tg_bridge::reaction::*;
use tg_bridge::report::args::FilterArgs;
use tg_bridge::telegram::*;
use tg_bridge::text::Texts;

/// 22 November 2026, 12:00 in Moscow.
pub(crate) const NOON: i64 = 1_795_338_000_000;
pub(crate) const SECOND: i64 = 1000;
pub(crate) const DAY: i64 = 86_400_000;

/// The same for every world, and slow to read.
static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::default);

/// A person, by the number of the account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct User(pub(crate) i64);

/// A message as it stands on the screen.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) id: MessageId,
    pub(crate) html: String,
    pub(crate) keyboard: Option<Keyboard>,
    pub(crate) about: Option<About>,
    pub(crate) protected: bool,
    pub(crate) silent: bool,
}

impl Shown {
    pub(crate) fn text(&self) -> String {
        plain(&self.html)
    }

    pub(crate) fn labels(&self) -> Vec<String> {
        match &self.keyboard {
            Some(Keyboard::Inline(rows)) => rows
                .iter()
                .flatten()
                .map(|button| match button {
                    Button::Action { label, .. } | Button::Link { label, .. } => label.clone(),
                })
                .collect(),
            Some(Keyboard::Reply(rows)) => rows
                .iter()
                .flatten()
                .map(|button| button.label.clone())
                .collect(),
            Some(Keyboard::Remove) | None => vec![],
        }
    }
}

pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) rules: Rules,
    pub(crate) chats: BTreeMap<i64, Chat>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    abouts: HashMap<MessageRef, About>,
    pub(crate) screens: BTreeMap<i64, Vec<Shown>>,
    pub(crate) files: Vec<(i64, IssueId, Vec<RemoteFile>, String)>,
    pub(crate) reports: Vec<(i64, Report, FilterArgs, Language)>,
    /// Calls to Okdesk that have not been answered yet.
    pub(crate) calls: VecDeque<(ChatId, OkdeskCall)>,
    pub(crate) toasts: Vec<Option<String>>,
    timers: Vec<(i64, Timer)>,
    next_message: i64,
    next_callback: usize,
    unanswered: Vec<String>,
    /// Invitations by their digests.
    pub(crate) codes: BTreeMap<String, Code>,
    pub(crate) audit: Vec<Audit>,
    pub(crate) forgotten: Vec<Forgotten>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: NOON,
            rules: Rules {
                zone: jiff::tz::TimeZone::get("Europe/Moscow").unwrap(),
                portal_url: Some("https://portal.example.com/".parse().unwrap()),
                policy: Policy {
                    version: "1".into(),
                    url: Some("https://example.com/policy".parse().unwrap()),
                },
                ..Rules::default()
            },
            chats: BTreeMap::new(),
            issues: BTreeMap::new(),
            abouts: HashMap::new(),
            screens: BTreeMap::new(),
            files: vec![],
            reports: vec![],
            calls: VecDeque::new(),
            toasts: vec![],
            timers: vec![],
            next_message: 100,
            next_callback: 1,
            unanswered: vec![],
            codes: BTreeMap::new(),
            audit: vec![],
            forgotten: vec![],
        }
    }

    /// A world in which this person is registered already.
    pub(crate) fn with_client(user: User, contact: u64) -> Self {
        let mut world = Self::new();
        world.register(user, contact);
        world
    }

    pub(crate) fn register(&mut self, user: User, contact: u64) {
        let mut chat = Chat::new(ChatId(user.0));
        chat.consent = Some(Consent {
            version: "1".into(),
            at: self.now,
        });
        chat.link = Some(Link {
            contact: ContactId::new(contact),
            name: "Анна Клиент".into(),
            phone: "+79123456789".into(),
            company: Some(Named {
                id: CompanyId::new(7),
                name: "ООО Ромашка".into(),
            }),
            maintenance_entity: Some(MaintenanceEntityId::new(70)),
            place: None,
        });
        self.chats.insert(user.0, chat);
    }

    /// Takes in an event as the store does: load, decide, save, queue.
    pub(crate) fn happens(&mut self, event: Event) {
        let event: Event = stored(&event);
        let needs = Needs::of(&event);
        let chat = needs.chat.and_then(|id| self.chats.get(&id.0).cloned());
        let replied = needs
            .replied
            .and_then(|message| self.abouts.get(&message).copied());
        let issue = needs
            .about(replied, chat.as_ref())
            .and_then(|id| self.issues.get(&id.get()).cloned());
        let heard = needs
            .audience
            .as_ref()
            .map(|audience| audience.contacts(issue.as_ref()))
            .unwrap_or_default();
        let hears = |chat: &&Chat| {
            let link = chat.link.as_ref();
            link.is_some_and(|link| heard.contains(&link.contact))
        };
        let audience = self.chats.values().filter(hears).cloned().collect();
        let acting = needs.chat;
        let subject = needs
            .subject
            .filter(|id| Some(*id) != acting)
            .and_then(|id| self.chats.get(&id.0).cloned());
        let code = needs.code.or_else(|| {
            let chat = chat.as_ref()?;
            chat.dialog.code().map(str::to_owned)
        });
        let code = code.and_then(|digest| self.codes.remove(&digest));
        let mut waiting: Vec<Chat> = self
            .chats
            .values()
            .filter(|chat| needs.waiting && chat.waiting().is_some())
            .cloned()
            .collect();
        waiting.sort_by_key(|chat| chat.waiting().map(|claim| claim.at));
        self.next_message += 1;
        let mut scene = Scene {
            now: self.now,
            chat,
            issue,
            replied,
            audience,
            subject,
            code,
            waiting,
            // Neighbouring numbers make codes that look different.
            nonce: u128::from(self.next_message.unsigned_abs()) << 8,
            ..Scene::default()
        };
        let effects = react(&mut scene, &event, &self.rules, &TEXTS);
        for chat in scene
            .chat
            .into_iter()
            .chain(scene.audience)
            .chain(scene.subject)
        {
            self.chats.insert(chat.id.0, stored(&chat));
        }
        if let Some(code) = scene.code {
            self.codes.insert(code.digest.clone(), stored(&code));
        }
        self.audit.extend(stored(&scene.audit));
        self.forgotten.extend(scene.forgotten);
        if let Some(issue) = scene.issue {
            self.issues.insert(issue.facts.id.get(), stored(&issue));
        }
        for effect in effects {
            self.carry_out(stored(&effect));
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Okdesk { chat, call } => self.calls.push_back((chat, call)),
            Effect::Timer { at, timer } => self.timers.push((at, timer)),
            Effect::Telegram { chat, send, about } => self.show(chat, send, about),
            Effect::Alarm(alarm) => self.happens(Event::Alarm(Box::new(alarm))),
        }
    }

    fn show(&mut self, chat: ChatId, send: Send, about: Option<About>) {
        let screen = self.screens.entry(chat.0).or_default();
        match send {
            Send::Message(outgoing) => {
                valid(&outgoing.html, 4096);
                valid_keyboard(outgoing.keyboard.as_ref());
                self.next_message += 1;
                let id = MessageId(self.next_message);
                if let Some(about) = about {
                    self.abouts.insert(MessageRef { chat, message: id }, about);
                }
                screen.push(Shown {
                    id,
                    html: outgoing.html,
                    keyboard: outgoing.keyboard,
                    about,
                    protected: outgoing.protected,
                    silent: outgoing.silent,
                });
            }
            Send::Edit { message, to } => {
                valid(&to.html, 4096);
                valid_keyboard(to.keyboard.as_ref());
                assert!(
                    !matches!(to.keyboard, Some(Keyboard::Reply(_) | Keyboard::Remove)),
                    "only inline buttons can be edited"
                );
                let shown = screen
                    .iter_mut()
                    .find(|shown| shown.id == message)
                    .expect("no such message");
                (shown.html, shown.keyboard) = (to.html, to.keyboard);
            }
            Send::Leave => screen.clear(),
            Send::EditKeyboard { message, keyboard } => {
                let keyboard = Keyboard::Inline(keyboard);
                valid_keyboard(Some(&keyboard));
                screen
                    .iter_mut()
                    .find(|shown| shown.id == message)
                    .expect("no such message")
                    .keyboard = Some(keyboard);
            }
            Send::AnswerCallback { callback, note } => {
                assert!(
                    note.as_deref()
                        .is_none_or(|note| note.chars().count() <= 200)
                );
                assert!(
                    self.unanswered.contains(&callback),
                    "a press is answered twice"
                );
                self.unanswered.retain(|id| *id != callback);
                self.toasts.push(note);
            }
            Send::Files {
                issue,
                files,
                caption,
                ..
            } => {
                valid(&caption, 1024);
                self.files.push((chat.0, issue, files, caption));
            }
            Send::Report {
                what,
                filter,
                language,
            } => self.reports.push((chat.0, what, filter, language)),
        }
    }

    /// No press is left without an answer.
    pub(crate) fn nothing_spins(&self) {
        assert!(
            self.unanswered.is_empty(),
            "unanswered: {:?}",
            self.unanswered
        );
    }

    // What a person does.

    pub(crate) fn message(&mut self, user: User) -> Message {
        self.next_message += 1;
        Message {
            chat: ChatId(user.0),
            id: MessageId(self.next_message),
            from: sender(user),
            date: self.now / 1000,
            text: String::new(),
            content: Content::Text,
            reply_to: None,
            quote: None,
            replied_text: None,
            topic: None,
            album: None,
        }
    }

    pub(crate) fn sends(&mut self, message: Message) -> MessageId {
        let id = message.id;
        self.happens(Event::Telegram(Box::new(Update::Message(message))));
        id
    }

    pub(crate) fn says(&mut self, user: User, text: &str) -> MessageId {
        let message = Message {
            text: text.into(),
            ..self.message(user)
        };
        self.sends(message)
    }

    pub(crate) fn replies(&mut self, user: User, to: &Shown, text: &str) -> MessageId {
        let message = Message {
            text: text.into(),
            reply_to: Some(to.id),
            replied_text: Some(to.text()),
            ..self.message(user)
        };
        self.sends(message)
    }

    pub(crate) fn attaches(
        &mut self,
        user: User,
        name: &str,
        caption: &str,
        album: Option<&str>,
    ) -> MessageId {
        let message = Message {
            text: caption.into(),
            content: Content::File(file(name)),
            album: album.map(str::to_owned),
            ..self.message(user)
        };
        self.sends(message)
    }

    pub(crate) fn shares_card(&mut self, user: User, owner: Option<User>, phone: &str) {
        let content = Content::ContactCard {
            phone: phone.into(),
            name: "Анна".into(),
            owner: owner.map(|user| UserId(user.0)),
        };
        let message = Message {
            content,
            ..self.message(user)
        };
        self.sends(message);
    }

    /// Presses the newest button whose label contains these words.
    pub(crate) fn presses(&mut self, user: User, label: &str) {
        let screen = self.screens.get(&user.0).expect("nothing on the screen");
        let found = screen.iter().rev().find_map(|shown| match &shown.keyboard {
            Some(Keyboard::Inline(rows)) => rows.iter().flatten().find_map(|button| match button {
                Button::Action {
                    label: found,
                    action,
                } if found.contains(label) => Some((shown.id, *action)),
                _ => None,
            }),
            _ => None,
        });
        let (message, action) =
            found.unwrap_or_else(|| panic!("no button {label:?} in {:#?}", self.texts_of(user)));
        self.pushes(user, message, &action.encode());
    }

    /// Somebody presses a button in a chat with others: the newest whose label contains these words.
    pub(crate) fn presses_in(&mut self, room: User, by: User, label: &str) {
        let shown = self.screen(room).iter().rev();
        let found = shown.filter_map(|shown| match &shown.keyboard {
            Some(Keyboard::Inline(rows)) => rows.iter().flatten().find_map(|button| match button {
                Button::Action {
                    label: found,
                    action,
                } if found.contains(label) => Some((shown.id, *action)),
                _ => None,
            }),
            _ => None,
        });
        let found = found.collect::<Vec<_>>();
        let (message, action) = *found
            .first()
            .unwrap_or_else(|| panic!("no button {label:?} in {:#?}", self.texts_of(room)));
        self.pushes_in(room, by, message, &action.encode());
    }

    pub(crate) fn says_in(&mut self, room: User, by: User, text: &str) {
        let message = Message {
            chat: ChatId(room.0),
            text: text.into(),
            ..self.message(by)
        };
        self.sends(message);
    }

    /// Sends callback data, such as only a hand-made client would send.
    pub(crate) fn pushes(&mut self, user: User, message: MessageId, data: &str) {
        self.pushes_in(user, user, message, data);
    }

    /// The same in a chat with others.
    pub(crate) fn pushes_in(&mut self, room: User, by: User, message: MessageId, data: &str) {
        let id = format!("callback-{}", self.next_callback);
        self.next_callback += 1;
        self.unanswered.push(id.clone());
        let screen = self.screens.get(&room.0).into_iter().flatten();
        let mut under = screen.filter(|shown| shown.id == message);
        let shown = under.next().map(Shown::text);
        self.happens(Event::Telegram(Box::new(Update::Callback(Callback {
            id,
            chat: ChatId(room.0),
            message,
            from: sender(by),
            data: data.into(),
            shown,
        }))));
    }

    /// Time passes; what is due comes.
    pub(crate) fn waits(&mut self, milliseconds: i64) {
        let until = self.now + milliseconds;
        loop {
            let due = self
                .timers
                .iter()
                .enumerate()
                .filter(|(_, (at, _))| *at <= until)
                .min_by_key(|(_, (at, _))| *at);
            let Some((index, _)) = due else { break };
            let (at, timer) = self.timers.remove(index);
            self.now = self.now.max(at);
            self.happens(Event::Timer(timer));
        }
        self.now = until;
    }

    // What Okdesk answers.

    pub(crate) fn call(&mut self) -> OkdeskCall {
        self.calls.front().expect("Okdesk was not asked").1.clone()
    }

    pub(crate) fn okdesk(&mut self, outcome: Outcome) {
        let (chat, call) = self.calls.front().cloned().expect("Okdesk was not asked");
        if outcome != Outcome::Delayed {
            self.calls.pop_front();
        }
        self.happens(Event::Answer(Box::new(Answer {
            chat,
            call,
            outcome,
        })));
    }

    pub(crate) fn done(&mut self, reply: Reply) {
        self.okdesk(Outcome::Done(reply));
    }

    pub(crate) fn fails(&mut self, kind: FailureKind, field: Option<&str>) {
        self.okdesk(Outcome::Failed(Failure {
            kind,
            field: field.map(str::to_owned),
            detail: "подробности".into(),
        }));
    }

    pub(crate) fn desk(&mut self, issue: IssueFacts, author: Option<Person>, happening: Happening) {
        self.happens(Event::Desk(Box::new(DeskEvent {
            issue,
            author,
            happening,
        })));
    }

    // What is to be seen.

    pub(crate) fn screen(&self, user: User) -> &[Shown] {
        self.screens.get(&user.0).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn texts_of(&self, user: User) -> Vec<String> {
        self.screen(user).iter().map(Shown::text).collect()
    }

    pub(crate) fn last(&self, user: User) -> Shown {
        self.screen(user)
            .last()
            .expect("nothing on the screen")
            .clone()
    }

    #[track_caller]
    pub(crate) fn sees(&self, user: User, words: &str) {
        let last = self.last(user).text();
        assert!(last.contains(words), "{words:?} is not in {last:?}");
    }

    #[track_caller]
    pub(crate) fn toast(&self, words: &str) {
        let last = self.toasts.last().cloned().flatten().unwrap_or_default();
        assert!(last.contains(words), "{words:?} is not in {last:?}");
    }

    #[track_caller]
    pub(crate) fn idle(&self) {
        assert!(self.calls.is_empty(), "Okdesk was asked {:?}", self.calls);
    }

    pub(crate) fn count(&self, user: User) -> usize {
        self.screen(user).len()
    }

    pub(crate) fn dialog(&self, user: User) -> &Dialog {
        &self.chats[&user.0].dialog
    }
}

/// Everything is stored as JSON between two events, so every test is a test of restarts too.
fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn valid(html: &str, limit: usize) {
    let units = markup::check(html).unwrap_or_else(|error| panic!("{error} in {html}"));
    assert!(
        units <= limit && !plain(html).trim().is_empty(),
        "{units} units: {html}"
    );
}

fn valid_keyboard(keyboard: Option<&Keyboard>) {
    let Some(Keyboard::Inline(rows)) = keyboard else {
        return;
    };
    assert!(
        rows.iter().map(Vec::len).sum::<usize>() <= 100
            && rows.iter().all(|row| (1..=8).contains(&row.len()))
    );
    for button in rows.iter().flatten() {
        match button {
            Button::Action { label, action } => {
                let data = action.encode();
                assert!((1..=64).contains(&data.len()) && !label.trim().is_empty());
                assert_eq!(Action::decode(&data), Some(*action));
            }
            Button::Link { label, url } => {
                assert!(url.starts_with("https://") && !label.trim().is_empty())
            }
        }
    }
}

pub(crate) fn sender(user: User) -> Sender {
    Sender {
        id: UserId(user.0),
        name: "Анна".into(),
        username: Some("anna".into()),
        language: Some("ru".into()),
    }
}

pub(crate) fn file(name: &str) -> IncomingFile {
    IncomingFile {
        file_id: format!("id-{name}"),
        kind: FileKind::Document,
        name: name.into(),
        mime: "application/octet-stream".into(),
        size: Some(1000),
    }
}

pub(crate) fn remote(id: u64, name: &str) -> RemoteFile {
    RemoteFile {
        id: AttachmentId::new(id),
        name: name.into(),
        size: 10,
    }
}

pub(crate) fn status(code: &str) -> Status {
    let name = match code {
        "opened" => "В очереди",
        "work" => "В работе",
        "completed" => "Решена",
        "closed" => "Закрыта",
        other => other,
    };
    Status {
        code: StatusCode::new(code),
        name: name.into(),
    }
}

/// An issue of contact 1.
pub(crate) fn facts(id: u64, code: &str) -> IssueFacts {
    IssueFacts {
        id: IssueId::new(id),
        title: "Не печатает <принтер> & сканер".into(),
        status: status(code),
        company: Some(Named {
            id: CompanyId::new(7),
            name: "ООО Ромашка".into(),
        }),
        contact: Some(Named {
            id: ContactId::new(1),
            name: "Анна Клиент".into(),
        }),
        followers: None,
        assignee: Some("Пётр Мастер".into()),
        kind: Some("Ремонт".into()),
        created_at: Some(Timestamp::new("2026-11-22T09:00:00.000+00:00")),
        deadline_at: None,
        completed_at: None,
    }
}

pub(crate) fn foreign(id: u64) -> IssueFacts {
    IssueFacts {
        contact: Some(Named {
            id: ContactId::new(2),
            name: "Чужой".into(),
        }),
        ..facts(id, "opened")
    }
}

pub(crate) fn employee(id: u64) -> Option<Person> {
    Some(Person {
        kind: AuthorKind::Employee,
        id,
        name: "Пётр Мастер".into(),
    })
}

pub(crate) fn contact(id: u64) -> Option<Person> {
    Some(Person {
        kind: AuthorKind::Contact,
        id,
        name: "Анна Клиент".into(),
    })
}

pub(crate) fn comment(id: u64, html: &str) -> PublicComment {
    PublicComment {
        id: CommentId::new(id),
        content: Html::new(html),
        files: vec![],
        at: None,
    }
}

pub(crate) fn moved(from: &str, to: &str) -> Happening {
    Happening::Status {
        from: Some(status(from)),
        to: status(to),
        comment: None,
        files: vec![],
    }
}

pub(crate) fn created(id: u64) -> Reply {
    Reply::IssueCreated {
        issue: facts(id, "opened"),
        lost: vec![],
    }
}

pub(crate) fn commented(id: u64) -> Reply {
    Reply::CommentCreated {
        comment: CommentId::new(id),
        lost: vec![],
    }
}

pub(crate) fn found(id: u64, company: Option<u64>) -> FoundContact {
    FoundContact {
        id: ContactId::new(id),
        name: "Анна Клиент".into(),
        company: company.map(|id| Named {
            id: CompanyId::new(id),
            name: "ООО Ромашка".into(),
        }),
        maintenance_entity: None,
        company_issues: false,
    }
}
