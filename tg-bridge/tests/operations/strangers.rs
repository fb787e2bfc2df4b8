//! Who has no right: a foreign ticket is like none, made-up buttons do nothing.

use crate::engine::{Rig, eventually, offered, until_shown};
use okdesk_sdk::model::{ContactId, IssueId, MaintenanceEntityId};
use std::collections::BTreeSet;
use std::time::Duration;
use tg_bridge::demo::bot_api::User;
use tg_bridge::reaction::Chat;
use tg_bridge::run::Bridge;
use tg_bridge::telegram::{
    Action, ChatId, Language, Manage, Party, Scope, Score, Setting, Verdict,
};

/// Every press is answered, and everything that follows from it is done.
async fn settled(rig: &Rig, bridge: &Bridge) {
    eventually(|| (rig.telegram.waiting_queries() == 0).then_some(())).await;
    crate::engine::until_stored(async || {
        let pressure = bridge.store().pressure().await.unwrap();
        (pressure.waiting_in + pressure.waiting_out == 0).then_some(())
    })
    .await;
}

/// What there is in Okdesk, and what the bridge knows of Anna.
async fn kept(rig: &Rig, bridge: &Bridge) -> ([serde_json::Value; 3], Option<Chat>) {
    let chat = bridge.store().chat(ChatId(501)).await.unwrap();
    let account = rig.okdesk.snapshot();
    let okdesk = ["contacts", "companies", "issues"].map(|kind| account[kind].clone());
    (okdesk, chat)
}

/// What the bot answers to a press, apart from the number that was asked for: notes and messages.
async fn answer(rig: &Rig, bridge: &Bridge, user: &User, number: u64, data: String) -> Vec<String> {
    let (later, notes) = (user.chat().from_now(), user.chat().toasts().len());
    let under = user.chat().from_bot().pop().unwrap().id;
    user.press_data(under, &data);
    settled(rig, bridge).await;
    let shown = later.from_bot().into_iter().map(|message| {
        let buttons = message.buttons.iter().flatten();
        let labels: Vec<_> = buttons.map(|button| button.text.clone()).collect();
        format!("{} {labels:?}", message.text)
    });
    let notes = user.chat().toasts().split_off(notes);
    notes
        .into_iter()
        .chain(shown)
        .map(|text| text.replace(&number.to_string(), "N"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_03_a_foreign_ticket_is_answered_as_one_that_does_not_exist() {
    let rig = Rig::new().await;
    let (anna, mine) = rig.client(501, "Анна");
    let (_, other) = rig.client(502, "Борис");
    let own = rig
        .okdesk
        .account()
        .issue("Мой принтер")
        .contact(mine)
        .create();
    let foreign = rig
        .okdesk
        .account()
        .issue("Чужая тайна")
        .contact(other)
        .create();
    let nowhere = 987_654;
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    let ways = [
        "issue:N",
        "card:N",
        "comment:N",
        "close:N",
        "close-now:N",
        "mute:N",
        "unmute:N",
        "add:N",
        "rate:N:1:5",
        "rerate:N:1",
    ];
    for way in ways {
        let data = |id: u64| way.replace('N', &id.to_string());
        let foreign_one = answer(&rig, &bridge, &anna, foreign.get(), data(foreign.get())).await;
        let none = answer(&rig, &bridge, &anna, nowhere, data(nowhere)).await;
        assert_eq!(foreign_one, none, "{way}");
        assert!(!none.is_empty(), "{way} is answered");
    }
    let before = rig.okdesk.recorder().all();
    assert!(
        before
            .iter()
            .all(|call| call.method == "GET" || call.operation.starts_with("contacts")),
        "nothing was written"
    );
    let last = anna.chat().from_bot().pop().unwrap();
    // What is hers is shown: the silence above is not everybody's.
    anna.press_data(last.id, &format!("card:{own}"));
    until_shown(&anna, "Мой принтер").await;
    bridge.stop().await;
    let said: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
    assert!(!said.iter().any(|text| text.contains("тайна")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_04_made_up_buttons_change_nothing_and_are_answered() {
    let rig = Rig::new().await;
    let (anna, contact) = rig.client(501, "Анна");
    let issue = rig
        .okdesk
        .account()
        .issue("Принтер")
        .contact(contact)
        .create();
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    let last = offered(&anna, "new").await;
    anna.press_data(last.id, &format!("card:{issue}"));
    until_shown(&anna, "Принтер").await;
    settled(&rig, &bridge).await;
    let made_up = [
        String::new(),
        "close".into(),
        format!("close:{issue}:now"),
        "open:99999999999999999999999".into(),
        "open:-1".into(),
        "open:00".into(),
        "rate:1:99".into(),
        "language:tlh".into(),
        "consent:999".into(),
        "'; DROP TABLE item; --".into(),
        "💥".repeat(16),
        "new:new:new".into(),
        // Buttons of dialogs that are over, and of work that is not completed.
        "consent:0".into(),
        "register:company".into(),
        "confirm:1".into(),
        "ask-staff".into(),
        "object:other".into(),
        "skip".into(),
        "cancel".into(),
        "submit".into(),
        "discard".into(),
        format!("rate:{issue}:1:5"),
        format!("rerate:{issue}:1"),
        // Other people's.
        "claim:502:1:yes".into(),
        "user:502:block".into(),
    ];
    let before = kept(&rig, &bridge).await;
    let (talked, noted) = (anna.chat().from_bot().len(), anna.chat().toasts().len());
    for data in &made_up {
        // One press after the other: what a press does is not hidden by what the next one does.
        anna.press_data(last.id, data);
        settled(&rig, &bridge).await;
        assert!(
            kept(&rig, &bridge).await == before,
            "{data} changed something"
        );
    }
    let notes = anna.chat().toasts().split_off(noted);
    assert_eq!(notes.len(), made_up.len(), "each is answered once");
    assert!(notes.iter().all(|note| !note.is_empty()), "{notes:?}");
    assert_eq!(anna.chat().from_bot().len(), talked, "and nothing is said");
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    bridge.stop().await;
}

const ISSUE: IssueId = IssueId::new(1);
const BORIS: ChatId = ChatId(502);

/// The button after this one, so that the compiler misses whichever is left out.
fn after(action: Action) -> Option<Action> {
    let decide = |verdict| Action::Decide {
        chat: BORIS,
        claim: 1,
        verdict,
    };
    let manage = |what| Action::Person { chat: BORIS, what };
    Some(match action {
        Action::Consent(true) => Action::Consent(false),
        Action::Consent(false) => Action::Register(Party::Person),
        Action::Register(Party::Person) => Action::Register(Party::Company),
        Action::Register(Party::Company) => Action::Begin,
        Action::Begin => Action::AskStaff,
        Action::AskStaff => decide(Verdict::Yes),
        Action::Decide { verdict, .. } => match verdict {
            Verdict::Yes => decide(Verdict::No),
            Verdict::No => decide(Verdict::Contact(ContactId::new(1))),
            Verdict::Contact(_) => manage(Manage::Unlink),
        },
        Action::Person { what, .. } => match what {
            Manage::Unlink => manage(Manage::Block),
            Manage::Block => manage(Manage::Unblock),
            Manage::Unblock => Action::Cancel,
        },
        Action::Cancel => Action::Skip,
        Action::Skip => Action::Confirm(true),
        Action::Confirm(true) => Action::Confirm(false),
        Action::Confirm(false) => Action::MaintenanceEntities { page: 0 },
        Action::MaintenanceEntities { .. } => {
            Action::MaintenanceEntity(Some(MaintenanceEntityId::new(1)))
        }
        Action::MaintenanceEntity(Some(_)) => Action::MaintenanceEntity(None),
        Action::MaintenanceEntity(None) => Action::Menu,
        Action::Menu => Action::NewIssue,
        Action::NewIssue => Action::Submit,
        Action::Submit => Action::AddTo(ISSUE),
        Action::AddTo(_) => Action::Discard,
        Action::Discard => issues(Scope::Open),
        Action::Issues { scope, .. } => match scope {
            Scope::Open => issues(Scope::Closed),
            Scope::Closed => company_issues(Scope::Open),
        },
        Action::CompanyIssues { scope, .. } => match scope {
            Scope::Open => company_issues(Scope::Closed),
            Scope::Closed => Action::Issue(ISSUE),
        },
        Action::Issue(_) => Action::Open(ISSUE),
        Action::Open(_) => Action::Comment(ISSUE),
        Action::Comment(_) => Action::Rate {
            issue: ISSUE,
            completion: 1,
            score: Score::new(5)?,
        },
        Action::Rate { .. } => Action::RateAgain {
            issue: ISSUE,
            completion: 1,
        },
        Action::RateAgain { .. } => Action::Close(ISSUE),
        Action::Close(_) => Action::CloseNow(ISSUE),
        Action::CloseNow(_) => Action::Mute(ISSUE),
        Action::Mute(_) => Action::Unmute(ISSUE),
        Action::Unmute(_) => Action::Settings,
        Action::Settings => Action::Toggle(Setting::Created),
        Action::Toggle(setting) => match setting {
            Setting::Created => Action::Toggle(Setting::Assignee),
            Setting::Assignee => Action::Toggle(Setting::Deadline),
            Setting::Deadline => Action::Toggle(Setting::Night),
            Setting::Night => Action::Toggle(Setting::Followed),
            Setting::Followed => Action::Portal,
        },
        Action::Portal => Action::Languages,
        Action::Languages => Action::Language(Language::En),
        Action::Language(Language::En) => Action::Language(Language::Ru),
        // It leaves nothing to press anything for.
        Action::Language(Language::Ru) => Action::DeleteMe,
        Action::DeleteMe => return None,
    })
}

fn issues(scope: Scope) -> Action {
    Action::Issues { scope, page: 0 }
}

fn company_issues(scope: Scope) -> Action {
    Action::CompanyIssues { scope, page: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_04_every_button_there_is_has_one_meaning_and_somebody_who_answers_it() {
    // What only people in charge may press is no made-up button to them.
    let rig = Rig::new().await.with("OWNER_IDS", "501");
    let rig = rig.with("COMPANY_VIEW", "all");
    let (anna, contact) = rig.client(501, "Анна");
    let issue = rig.okdesk.account().issue("Принтер");
    assert_eq!(issue.contact(contact).create(), ISSUE);
    let bridge = rig.serve().await;
    rig.register(&anna).await;
    // What a made-up button is answered with.
    let unknown = answer(&rig, &bridge, &anna, 0, "magic".into()).await;
    assert_eq!(unknown.len(), 1);
    let mut spelled = BTreeSet::new();
    let mut next = Some(Action::Consent(true));
    while let Some(action) = next {
        let data = action.encode();
        assert_eq!(Action::decode(&data), Some(action));
        assert!(spelled.insert(data.clone()), "{data} has two meanings");
        // Nobody has to wait for the pace of a chat.
        rig.clock.advance(Duration::from_secs(5));
        let told = answer(&rig, &bridge, &anna, 0, data.clone()).await;
        assert!(!told.is_empty(), "{data} is not answered");
        assert!(!told.contains(&unknown[0]), "nobody knows {data}: {told:?}");
        next = after(action);
    }
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    bridge.stop().await;
}
