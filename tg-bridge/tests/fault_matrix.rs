//! Every call to the outside, and every way in which it can fail once: what there is in the end. The table in
//! `docs/reliability.md` is written by this test (`BLESS=1 cargo test -p tg-bridge --test fault_matrix`) and compared with what
//! is seen otherwise.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod engine;
#[path = "matrix/gate.rs"]
mod gate;
#[path = "matrix/sources.rs"]
mod sources;
#[path = "matrix/subjects.rs"]
mod subjects;

use engine::{Rig, new_comment_hook, until_stored};
use futures_util::{StreamExt as _, stream};
use gate::{Gate, Mode};
use okdesk_sdk::testing::Fault as DeskFault;
use sources::Source;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use subjects::{Account, Side, Subject};
use tg_bridge::demo::bot_api::{Fault, FaultRule};
use tg_bridge::reaction::{Event, Outcome, Timer};
use tg_bridge::run::Bridge;
use tg_bridge::store::NewItem;
use tg_bridge::telegram::ChatId;

/// One way to fail, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// Nobody listens.
    Refused,
    /// No answer; nothing was done.
    SilenceBefore,
    /// No answer, though it was done.
    SilenceAfter,
    /// No answer in time; it was done after the caller had gone.
    DoneLate,
    /// 429 with Retry-After.
    TooMany,
    /// 500; nothing was done.
    Internal,
    /// It was done; the answer breaks off.
    CutBody,
    /// It was done; the answer is no answer.
    Garbage,
}

impl Failure {
    const ALL: [Self; 8] = [
        Self::Refused,
        Self::SilenceBefore,
        Self::SilenceAfter,
        Self::DoneLate,
        Self::TooMany,
        Self::Internal,
        Self::CutBody,
        Self::Garbage,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::SilenceBefore => "silence, nothing done",
            Self::SilenceAfter => "silence, but done",
            Self::DoneLate => "silence, done later",
            Self::TooMany => "429",
            Self::Internal => "500",
            Self::CutBody => "done, answer cut",
            Self::Garbage => "done, answer garbage",
        }
    }

    /// Whether the other side does it all the same.
    fn is_after(self) -> bool {
        matches!(
            self,
            Self::SilenceAfter | Self::DoneLate | Self::CutBody | Self::Garbage
        )
    }

    /// What a gate does then; none where the service itself does it. Where Telegram keeps its files a page would be taken for
    /// the file, and nobody else answers with a status.
    fn mode(self, side: Side) -> Option<Mode> {
        match (self, side) {
            (Self::TooMany, Side::TelegramFiles) => return Some(Mode::Status(429)),
            (Self::Internal, Side::TelegramFiles) => return Some(Mode::Status(500)),
            (Self::Garbage, Side::TelegramFiles) => return Some(Mode::Noise),
            _ => {}
        }
        match self {
            Self::Refused => Some(Mode::Closed),
            Self::SilenceBefore => Some(Mode::Mute),
            Self::SilenceAfter => Some(Mode::Swallow),
            Self::DoneLate => Some(Mode::Late),
            Self::CutBody => Some(Mode::Cut),
            Self::Garbage => Some(Mode::Garbage),
            Self::TooMany | Self::Internal => None,
        }
    }
}

/// What is between the bridge and the others.
struct Gates {
    okdesk: Gate,
    telegram: Gate,
}

impl Gates {
    fn of(&self, side: Side) -> &Gate {
        match side {
            Side::Okdesk | Side::FileHost => &self.okdesk,
            Side::Telegram | Side::TelegramFiles => &self.telegram,
        }
    }
}

fn break_it(rig: &Rig, gates: &Gates, subject: Subject, failure: Failure) {
    let operation = subject.operation();
    match (subject.side(), failure.mode(subject.side())) {
        (Side::FileHost, _) => rig.okdesk.faults().on(operation).always(match failure {
            // What is read for nobody changes nothing.
            Failure::Refused | Failure::SilenceBefore | Failure::DoneLate => DeskFault::DropBefore,
            Failure::SilenceAfter => DeskFault::DropAfter,
            Failure::TooMany => DeskFault::TooManyRequests(Some(Duration::from_secs(1))),
            Failure::Internal => DeskFault::Status(500),
            Failure::CutBody => DeskFault::CutBody,
            // There is no telling what else is no file.
            Failure::Garbage => DeskFault::HtmlPage,
        }),
        (Side::TelegramFiles, Some(mode)) => gates.telegram.set_for(mode, operation),
        (side, Some(mode)) => gates.of(side).set(mode),
        (Side::Okdesk, None) => rig.okdesk.faults().on(operation).always(match failure {
            Failure::TooMany => DeskFault::TooManyRequests(Some(Duration::from_secs(1))),
            _ => DeskFault::Status(500),
        }),
        (Side::Telegram | Side::TelegramFiles, None) => {
            let fault = match failure {
                Failure::TooMany => Fault::RetryAfter(1),
                _ => Fault::Page(500),
            };
            rig.telegram
                .faults()
                .add(FaultRule::new(fault).method(operation));
        }
    }
}

fn mend(rig: &Rig, gates: &Gates) {
    gates.okdesk.set(Mode::Pass);
    gates.telegram.set(Mode::Pass);
    rig.okdesk.faults().clear();
    rig.telegram.faults().clear();
}

/// So long after its caller has gone, in milliseconds, a call is carried out: Okdesk is given half a minute.
const LATE: u128 = 25_000;

/// How often an effect has failed or waited, and how often one has ended so far.
async fn settled(rig: &Rig, bridge: &Bridge) -> (u64, u64) {
    let (_, page) = rig.get(bridge, "/metrics").await;
    let counts = page.lines().filter_map(|line| {
        let (name, number) = line.rsplit_once(' ')?;
        let number = number.parse::<f64>().ok()? as u64;
        match name {
            "tg_bridge_deliveries_total{result=\"done\"}" | "tg_bridge_given_up_total" => {
                Some((0, number))
            }
            _ if name.starts_with("tg_bridge_deliveries_total{") => Some((number, 0)),
            _ => None,
        }
    });
    counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
}

/// The cells of one row: each failure strikes once, then all is well.
async fn row(subject: Subject) -> Vec<String> {
    let rig = Rig::new().await;
    let gates = Gates {
        okdesk: Gate::to(rig.okdesk.url().port().unwrap()).await,
        telegram: Gate::to(rig.telegram.url().port().unwrap()).await,
    };
    let port = engine::port::free_port();
    // Telegram brings updates here, so that nothing but the call in question passes its gate.
    let rig = rig
        .with("OKDESK_API_URL", gates.okdesk.url())
        .with("TELEGRAM_API_URL", gates.telegram.url())
        .with("PORT", port.to_string())
        .with(
            "TELEGRAM_WEBHOOK_URL",
            format!("http://127.0.0.1:{port}/telegram"),
        )
        .with("TELEGRAM_WEBHOOK_SECRET", "a-secret-of-telegram")
        .with("CLOSE_STATUS", "closed")
        // Who may not see them asks for no list.
        .with("COMPANY_VIEW", "all");
    let account = Arc::new(Account::furnish(&rig));
    let answers: Arc<Mutex<Vec<(i64, Outcome)>>> = Arc::default();
    let bridge = rig
        .start({
            let (account, answers) = (account.clone(), answers.clone());
            move |_, event| match event {
                Event::Timer(Timer::Quiet(ChatId(number))) => {
                    vec![subject.effect(&account, *number)]
                }
                Event::Answer(answer) => {
                    let number = account.number(&answer.call);
                    answers
                        .lock()
                        .unwrap()
                        .push((number, answer.outcome.clone()));
                    vec![]
                }
                _ => vec![],
            }
        })
        .await;
    engine::eventually(|| (!rig.telegram.calls_of("setWebhook").is_empty()).then_some(())).await;
    let mut cells = Vec::new();
    for (number, failure) in (1..).zip(Failure::ALL) {
        subject.prepare(&rig, &account, number).await;
        let before = settled(&rig, &bridge).await;
        let gate = gates.of(subject.side());
        let struck = gate.struck();
        break_it(&rig, &gates, subject, failure);
        let event = Event::Timer(Timer::Quiet(ChatId(number)));
        let item = NewItem::event(format!("case:{number}"), &event).unwrap();
        bridge.store().accept(vec![item]).await.unwrap();
        let after = until_stored(async || {
            let now = settled(&rig, &bridge).await;
            (now != before).then_some(now)
        })
        .await;
        mend(&rig, &gates);
        let by_gate = subject.side() != Side::FileHost
            && failure
                .mode(subject.side())
                .is_some_and(|mode| mode != Mode::Closed);
        assert!(
            !by_gate || gate.struck() > struck,
            "{subject:?} {failure:?} did not strike"
        );
        // Where no gate counts, what struck is seen by what the bridge makes of it: the plain address instead of the link,
        // and another try of everything else.
        let is_taken = after.0 > before.0 || subject == Subject::CreateLoginLink;
        assert!(
            by_gate || is_taken,
            "{subject:?} {failure:?} did not strike"
        );
        if failure == Failure::DoneLate && by_gate {
            for _ in 0..LATE.div_ceil(engine::HURRY.as_millis()) {
                rig.hurry();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert!(gate.let_go().await > 0, "{subject:?}: nothing was late");
        }
        until_stored(async || {
            rig.hurry();
            let pressure = bridge.store().pressure().await.unwrap();
            (pressure.waiting_in + pressure.waiting_out == 0).then_some(())
        })
        .await;
        let dead = bridge.store().dead(10).await.unwrap();
        assert!(dead.is_empty(), "{subject:?} {failure:?}: {dead:?}");
        let answers = answers.lock().unwrap();
        let own = answers.iter().filter(|(of, _)| *of == number);
        let (mut done, mut delayed) = (0, 0);
        for (_, outcome) in own {
            match outcome {
                Outcome::Done(_) => done += 1,
                Outcome::Delayed => delayed += 1,
                // The plain address is told at once, rather than the link later.
                Outcome::Failed(_) if subject == Subject::CreateLoginLink => done += 1,
                Outcome::Failed(failed) => panic!("{subject:?} {failure:?}: {failed:?}"),
            }
        }
        assert!(
            delayed <= 1,
            "{subject:?} {failure:?}: told {delayed} times"
        );
        if subject.is_answered() {
            assert_eq!(done, 1, "{subject:?} {failure:?}: answered");
        }
        let count = subject.count(&rig, &account, number, done);
        let allowed = if subject.may_repeat() && failure.is_after() {
            1..=2
        } else {
            1..=1
        };
        assert!(
            allowed.contains(&count),
            "{subject:?} {failure:?}: {count} times"
        );
        cells.push(match count {
            1 => "once".to_owned(),
            _ => "twice".to_owned(),
        });
    }
    bridge.stop().await;
    cells
}

const BEGIN: &str = "<!-- fault matrix: written by tests/fault_matrix.rs -->\n";
const END: &str = "<!-- end of the fault matrix -->";

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_fails_once_ends_well() {
    let rows = stream::iter(Subject::ALL)
        .map(async |subject| (subject.title(), row(subject).await))
        .buffered(6)
        .collect::<Vec<_>>();
    let own = stream::iter(Source::ALL)
        .map(async |source| (source.title(), sources::row(source).await))
        .buffered(6)
        .collect::<Vec<_>>();
    let (rows, own) = tokio::join!(rows, own);
    let titles: Vec<_> = Failure::ALL.iter().map(|failure| failure.title()).collect();
    let mut table = format!(
        "| call | {} |\n| --- |{}\n",
        titles.join(" | "),
        " --- |".repeat(titles.len())
    );
    for (title, cells) in rows.into_iter().chain(own) {
        table.push_str(&format!("| {title} | {} |\n", cells.join(" | ")));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reliability.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (head, rest) = page.split_once(BEGIN).expect("the page has a place for it");
    let (written, tail) = rest.split_once(END).expect("the place has an end");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{head}{BEGIN}{table}{END}{tail}")).unwrap();
    } else {
        assert_eq!(
            written, table,
            "docs/reliability.md tells something else; BLESS=1 writes it anew"
        );
    }
}

/// The two doors: what is brought, and how often it is brought again until it is acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_brought_through_a_bad_door_comes_in_once() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("привет");
    let bridge = rig
        .start(|_, event| match event {
            Event::Desk(desk) => vec![engine::say(101, &format!("событие {}", desk.issue.id))],
            _ => vec![],
        })
        .await;
    let gate = Gate::to(bridge.addr().port()).await;
    let mut url = bridge.webhook_url().clone();
    url.set_port(Some(gate.port)).unwrap();
    let modes = [
        Mode::Closed,
        Mode::Mute,
        Mode::Swallow,
        Mode::Cut,
        Mode::Garbage,
    ];
    for (issue, mode) in (1..).zip(modes) {
        gate.set(mode);
        let hook = new_comment_hook(issue, issue);
        let mut tries = 0;
        loop {
            tries += 1;
            let post = rig
                .http
                .post(url.clone())
                .header("content-type", "application/json")
                .body(hook.clone());
            let answer = post.send().await;
            let text = match answer {
                Ok(answer) if answer.status() == 200 => answer.text().await.ok(),
                _ => None,
            };
            if text.is_some_and(|text| !text.contains("garbage")) {
                break;
            }
            gate.set(Mode::Pass);
        }
        assert!(tries >= 2, "{mode:?} did not strike");
        let words = format!("событие {issue}");
        engine::until_said(&anna, &words).await;
    }
    bridge.stop().await;
    for issue in 1..=modes.len() {
        assert_eq!(engine::said(&anna, &format!("событие {issue}")), 1);
    }
}
