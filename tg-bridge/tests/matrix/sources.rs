//! The calls the bridge makes by itself: what it fetches, and what it asks to be brought. What is counted is what a client
//! hears of it in the end.

use crate::engine::{Rig, echo, hurrying, linked, said, say, text_of, until_said, until_stored};
use crate::gate::Gate;
use crate::subjects::Side;
use crate::{Failure, Gates, LATE};
use okdesk_sdk::model::{ContactId, IssueId};
use okdesk_sdk::testing::Fault as DeskFault;
use std::time::Duration;
use tg_bridge::demo::bot_api::{Fault, FaultRule, User};
use tg_bridge::reaction::{Effect, Event, Happening, Scene};
use tg_bridge::run::Bridge;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Updates,
    Webhook,
    ChangedIssues,
    Comments,
    ChangedIssue,
}

impl Source {
    pub(crate) const ALL: [Self; 5] = [
        Self::Updates,
        Self::Webhook,
        Self::ChangedIssues,
        Self::Comments,
        Self::ChangedIssue,
    ];

    fn side(self) -> Side {
        match self {
            Self::Updates | Self::Webhook => Side::Telegram,
            Self::ChangedIssues | Self::Comments | Self::ChangedIssue => Side::Okdesk,
        }
    }

    fn operation(self) -> &'static str {
        match self {
            Self::Updates => "getUpdates",
            Self::Webhook => "setWebhook",
            Self::ChangedIssues => "issues.list",
            Self::Comments => "comments.list",
            Self::ChangedIssue => "issues.get",
        }
    }

    /// By what a gate knows its requests.
    fn path(self, issue: IssueId) -> String {
        match self {
            Self::Updates | Self::Webhook => format!("/{} ", self.operation()),
            Self::ChangedIssues => "/issues/list?".into(),
            Self::Comments => format!("/issues/{issue}/comments?"),
            Self::ChangedIssue => format!("/issues/{issue}?"),
        }
    }

    pub(crate) fn title(self) -> String {
        let what = match self.side() {
            Side::Okdesk => ", for what was missed",
            _ => "",
        };
        format!("`{}`{what}", self.operation())
    }
}

/// A source between its gates, and who hears what comes from it.
struct Case {
    source: Source,
    rig: Rig,
    gates: Gates,
    anna: User,
    contact: ContactId,
    issue: IssueId,
}

impl Case {
    async fn new(source: Source) -> Self {
        let rig = Rig::new().await;
        let gates = Gates {
            okdesk: Gate::to(rig.okdesk.url().port().unwrap()).await,
            telegram: Gate::to(rig.telegram.url().port().unwrap()).await,
        };
        let port = crate::engine::port::free_port();
        let rig = rig
            .with("OKDESK_API_URL", gates.okdesk.url())
            .with("TELEGRAM_API_URL", gates.telegram.url())
            .with("PORT", port.to_string());
        let rig = match source {
            Source::Updates => rig,
            Source::Webhook => rig
                .with(
                    "TELEGRAM_WEBHOOK_URL",
                    format!("http://127.0.0.1:{port}/telegram"),
                )
                .with("TELEGRAM_WEBHOOK_SECRET", "a-secret-of-telegram"),
            _ => rig.with("RECONCILE_MINUTES", "1"),
        };
        let (anna, contact) = rig.client(101, "Анна");
        let issue = rig.okdesk.account().issue("Принтер");
        let issue = issue.contact(contact).create();
        Self {
            source,
            rig,
            gates,
            anna,
            contact,
            issue,
        }
    }

    /// How often it has failed so far.
    fn struck(&self) -> usize {
        let operation = self.source.operation();
        let refused = match self.source.side() {
            Side::Okdesk => {
                let calls = self.rig.okdesk.recorder().of(operation).into_iter();
                calls.filter(|call| call.status != Some(200)).count()
            }
            _ => {
                let calls = self.rig.telegram.calls_of(operation).into_iter();
                calls.filter(|call| call.fault.is_some()).count()
            }
        };
        self.gates.of(self.source.side()).struck() + refused
    }

    fn break_it(&self, failure: Failure) {
        let (side, operation) = (self.source.side(), self.source.operation());
        let is_limit = failure == Failure::TooMany;
        match (failure.mode(side), side) {
            (Some(mode), _) => {
                let path = self.source.path(self.issue);
                self.gates.of(side).set_for(mode, &path);
            }
            (None, Side::Okdesk) => {
                let fault = match is_limit {
                    true => DeskFault::TooManyRequests(Some(Duration::from_secs(1))),
                    false => DeskFault::Status(500),
                };
                self.rig.okdesk.faults().on(operation).always(fault);
            }
            (None, _) => {
                let fault = match is_limit {
                    true => Fault::RetryAfter(1),
                    false => Fault::Page(500),
                };
                let rule = FaultRule::new(fault).method(operation);
                self.rig.telegram.faults().add(rule);
            }
        }
    }

    /// All is well again, but for what is still on its way.
    async fn mend(&self, failure: Failure) {
        crate::mend(&self.rig, &self.gates);
        if failure == Failure::DoneLate {
            for _ in 0..LATE.div_ceil(crate::engine::HURRY.as_millis()) {
                self.rig.hurry();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let late = self.gates.of(self.source.side()).let_go().await;
            assert!(late > 0, "{:?}: nothing was late", self.source);
        }
    }

    /// Fails until it was tried, with something to find behind it. Okdesk's client tries twice before it says so.
    async fn fail(&self, failure: Failure, bring: impl AsyncFnOnce()) {
        let tries = match self.source.side() {
            Side::Okdesk => 2,
            _ => 1,
        };
        let wanted = self.struck() + tries;
        self.break_it(failure);
        bring().await;
        until_stored(async || (self.struck() >= wanted).then_some(())).await;
    }

    async fn updates(&self, bridge: &Bridge, failure: Failure, number: usize) {
        // What is asked for already is answered; the question after it fails, and so does its answer.
        let first = format!("первое {number}");
        self.fail(failure, async || {
            self.anna.send_text(&first);
        })
        .await;
        let word = word(number);
        self.anna.send_text(&word);
        self.mend(failure).await;
        until_said(&self.anna, &first).await;
        until_said(&self.anna, &word).await;
        let failed = tokio::time::timeout(Duration::ZERO, bridge.failed()).await;
        assert!(failed.is_err(), "{failure:?}: {failed:?}");
    }

    async fn webhook(&self, failure: Failure, number: usize) {
        // Or Telegram would bring to the door it was told of in the last case.
        let telegram = &self.rig.telegram;
        let forget = format!("{}bot{}/deleteWebhook", telegram.url(), telegram.token());
        self.rig.http.post(forget).send().await.unwrap();
        let bridge = std::sync::Mutex::new(None);
        self.fail(failure, async || {
            let started = self.rig.try_start(echo).await.unwrap();
            *bridge.lock().unwrap() = Some(started);
        })
        .await;
        self.mend(failure).await;
        self.anna.send_text(&word(number));
        until_said(&self.anna, &word(number)).await;
        let bridge = bridge.into_inner().unwrap().unwrap();
        bridge.stop().await;
    }

    async fn missed(&self, failure: Failure, number: usize) {
        let pass = |time| {
            self.rig.okdesk.clock().advance(time);
            self.rig.clock.advance(time);
        };
        pass(Duration::from_secs(5));
        let comment = self
            .rig
            .okdesk
            .staff("Пётр")
            .comment(self.issue, word(number));
        comment.send().unwrap();
        self.fail(failure, async || pass(Duration::from_secs(61)))
            .await;
        assert_eq!(said(&self.anna, &word(number)), 0, "{failure:?}");
        self.mend(failure).await;
        hurrying(&self.rig, || {
            (said(&self.anna, &word(number)) > 0).then_some(())
        })
        .await;
    }
}

fn word(number: usize) -> String {
    format!("слово {number}")
}

/// Says again what is written, and tells whoever wrote of comments.
fn retell(contact: ContactId) -> impl Fn(&mut Scene, &Event) -> Vec<Effect> {
    move |scene, event| {
        if let Some((chat, text)) = text_of(event) {
            scene.chat = Some(linked(chat, contact));
            return vec![say(chat, text)];
        }
        match event {
            Event::Desk(desk) => match &desk.happening {
                Happening::Comment(comment) => scene
                    .audience
                    .iter()
                    .map(|chat| say(chat.id.0, comment.content.as_str()))
                    .collect(),
                _ => vec![],
            },
            _ => vec![],
        }
    }
}

/// The cells of one row.
pub(crate) async fn row(source: Source) -> Vec<String> {
    let case = Case::new(source).await;
    let bridge = match source {
        Source::Webhook => None,
        _ => {
            let bridge = case.rig.try_start(retell(case.contact)).await.unwrap();
            case.anna.send_text("привет");
            until_said(&case.anna, "привет").await;
            Some(bridge)
        }
    };
    if source.side() == Side::Okdesk {
        let store = bridge.as_ref().unwrap().store();
        until_stored(async || store.meta("reconcile.begun").await.unwrap()).await;
    }
    for (number, failure) in (1..).zip(Failure::ALL) {
        match (source, &bridge) {
            (Source::Updates, Some(bridge)) => case.updates(bridge, failure, number).await,
            (Source::Webhook, _) => case.webhook(failure, number).await,
            _ => case.missed(failure, number).await,
        }
    }
    if let Some(bridge) = bridge {
        // Another look, or another question, finds nothing that is not known.
        case.rig.clock.advance(Duration::from_secs(61));
        case.anna.send_text("конец");
        until_said(&case.anna, "конец").await;
        bridge.stop().await;
    }
    let times = (1..=Failure::ALL.len()).map(|number| said(&case.anna, &word(number)));
    times
        .map(|times| {
            assert_eq!(times, 1, "{source:?}");
            "once".to_owned()
        })
        .collect()
}
