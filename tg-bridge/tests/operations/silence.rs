//! A network between the bridge and PostgreSQL that swallows everything: whoever waits for an answer does not wait for ever,
//! and when there is a network again everything is there once.

use crate::engine::postgres::{Database, postgres_database};
use crate::engine::wire::{Arrives, Wire};
use crate::engine::{PATIENCE, Rig, new_comment_hook, said, say, text_of};
use futures_util::FutureExt as _;
use okdesk_sdk::model::{ContactId, IssueId};
use sqlx::Connection as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tg_bridge::demo::bot_api::User;
use tg_bridge::reaction::{Effect, Event, Scene, Timer};
use tg_bridge::run::Bridge;
use tg_bridge::store::{
    self, Batch, Clock, Decide, Hop, ItemId, Lease, NewItem, Reacted, Settle, Store, StoreError,
    Verdict, Written,
};
use tg_bridge::telegram::ChatId;
use tokio::time::{advance, pause, resume, sleep, timeout};

/// Longer than the store waits for an answer.
const PAST_PATIENCE: Duration = Duration::from_secs(21);
const LEASE: Duration = Duration::from_secs(30);

/// Nobody has to sit through it.
async fn let_pass(time: Duration) {
    pause();
    advance(time).await;
    resume();
}

struct Far {
    wire: Wire,
    store: Arc<dyn Store>,
    database: Database,
}

impl Far {
    async fn open() -> Option<Self> {
        let database = postgres_database().await?;
        let wire = Wire::to(&database.url).await;
        let store = store::open(&wire.url, Clock::default()).await.unwrap();
        Some(Self {
            wire,
            store,
            database,
        })
    }

    /// Takes in an item and takes its lane.
    async fn claimed(&self) -> Lease {
        self.store.accept(vec![item(1)]).await.unwrap();
        let claimed = self.store.claim(Hop::In, 10, LEASE).await.unwrap();
        claimed.batches[0].lease.clone()
    }

    /// What is asked meets silence; the answer to whoever asked.
    async fn ask<T, F>(&self, question: impl FnOnce(Arc<dyn Store>) -> F) -> Result<T, StoreError>
    where
        T: std::marker::Send + 'static,
        F: Future<Output = Result<T, StoreError>> + std::marker::Send + 'static,
    {
        let asking = tokio::spawn(question(self.store.clone()));
        self.wire.until_waiting(1).await;
        let_pass(PAST_PATIENCE).await;
        let answered = timeout(PATIENCE / 4, asking).await;
        answered.expect("it still waits").unwrap()
    }

    async fn close(self) {
        self.store.close().await;
        self.database.drop().await;
    }
}

fn item(number: i64) -> NewItem {
    NewItem::update(number, Some(ChatId(7)), "{}".into())
}

fn settle() -> Settle {
    // With something that follows, so that it is a transaction.
    let timer = Event::Timer(Timer::Quiet(ChatId(8)));
    Settle {
        follow: vec![NewItem::event("follows".into(), &timer).unwrap()],
        ..Verdict::Done.into()
    }
}

fn speaking() -> Decide {
    Arc::new(|_: &mut Scene, _: &Event| vec![say(7, "сказано")])
}

fn event() -> Event {
    Event::Timer(Timer::Quiet(ChatId(7)))
}

/// Each in turn meets a network that falls silent with its first word.
macro_rules! silent {
    ($($name:ident($($argument:expr),*))*) => {
        $(
            let Some(far) = Far::open().await else {
                return;
            };
            far.wire.silence_at("", Arrives::No);
            let answered = far.ask(|store| async move { store.$name($($argument),*).await });
            let answered = answered.await;
            assert!(
                matches!(answered, Err(StoreError::Silent)),
                "{}: {answered:?}",
                stringify!($name)
            );
            far.wire.heal();
            far.close().await;
        )*
    };
}

#[tokio::test]
async fn every_question_to_a_database_that_falls_silent_has_an_end() {
    let Some(far) = Far::open().await else {
        return;
    };
    let lease = &*Box::leak(Box::new(far.claimed().await));
    far.close().await;
    let (chat, issue, none) = (ChatId(7), IssueId::new(7), ItemId(0));
    silent!(
        accept(vec![item(2)])
        advance("cursor", "1".into(), vec![item(3)])
        meta("cursor")
        claim(Hop::Out, 1, LEASE)
        begin(lease, none)
        extend(lease)
        settle(lease, none, Verdict::Done.into())
        settle(lease, none, settle())
        react(lease, none, event(), speaking())
        release(lease)
        chat(chat)
        issue(issue)
        issues(None, 1)
        is_written(Written::Issue(issue))
        is_linked(ContactId::new(7))
        is_bound(issue, None)
        resolve(chat)
        migrate(chat, ChatId(8))
        audit(1)
        dead(1)
        revive(none)
        discard(none)
        pressure()
        probe()
        tidy(LEASE)
        lead("poll")
        replicas()
    );
}

#[tokio::test]
async fn what_got_no_answer_is_done_once_whether_it_was_heard_or_not() {
    let Some(far) = Far::open().await else {
        return;
    };
    for (number, arrives) in [(1, Arrives::Yes), (2, Arrives::No)] {
        // Taken in, and taken in again by whoever was not told.
        far.wire.silence_at(&format!("tg:{number}"), arrives);
        let answered = far.ask(move |store| async move { store.accept(vec![item(number)]).await });
        assert!(matches!(answered.await, Err(StoreError::Silent)));
        far.wire.heal();
        far.store.accept(vec![item(number)]).await.unwrap();
        assert_eq!(
            far.store.pressure().await.unwrap().waiting_in,
            1,
            "{arrives:?}"
        );

        // Reacted to, and looked at again later.
        let claimed = far.store.claim(Hop::In, 10, LEASE).await.unwrap();
        let [Batch { lease, items }] = &claimed.batches[..] else {
            panic!("{claimed:?}");
        };
        assert_eq!(items.len(), 1);
        let (held, id) = (lease.clone(), items[0].id);
        far.wire.silence_at("COMMIT", arrives);
        let answered =
            far.ask(move |store| async move { store.react(&held, id, event(), speaking()).await });
        assert!(matches!(answered.await, Err(StoreError::Silent)));
        far.wire.heal();
        let later = Verdict::Retry {
            at: 0,
            counted: true,
            uncertain: false,
            error: "silence".into(),
        };
        far.store.settle(lease, id, later.into()).await.unwrap();
        let again = far.store.claim(Hop::In, 10, LEASE).await.unwrap();
        for Batch { lease, items } in again.batches {
            for item in items {
                let reacted = far.store.react(&lease, item.id, event(), speaking()).await;
                assert_eq!(reacted.unwrap(), Reacted::Done(1));
            }
            far.store.release(&lease).await.unwrap();
        }
        let pressure = far.store.pressure().await.unwrap();
        assert_eq!(
            (pressure.waiting_in, pressure.waiting_out),
            (0, 1),
            "{arrives:?}"
        );

        // Carried out, and its end written down again.
        let claimed = far.store.claim(Hop::Out, 10, LEASE).await.unwrap();
        let [Batch { lease, items }] = &claimed.batches[..] else {
            panic!("{claimed:?}");
        };
        let (held, id) = (lease.clone(), items[0].id);
        far.wire.silence_at("COMMIT", arrives);
        let answered = far.ask(move |store| async move { store.settle(&held, id, settle()).await });
        assert!(matches!(answered.await, Err(StoreError::Silent)));
        far.wire.heal();
        assert!(far.store.settle(lease, id, settle()).await.unwrap());
        far.store.release(lease).await.unwrap();
        let pressure = far.store.pressure().await.unwrap();
        assert_eq!(pressure.waiting_out, 0, "{arrives:?}");
        // The follower of both rounds has one key.
        let claimed = far.store.claim(Hop::In, 10, LEASE).await.unwrap();
        for Batch { lease, items } in claimed.batches {
            assert_eq!((items.len(), arrives), (1, Arrives::Yes));
            let ended = far.store.settle(&lease, items[0].id, Verdict::Done.into());
            assert!(ended.await.unwrap());
            far.store.release(&lease).await.unwrap();
        }
    }
    far.close().await;
}

/// As many as the pool has connections, and all of them with a question on the way.
#[tokio::test]
async fn connections_that_never_answer_make_room_for_others() {
    for is_transaction in [false, true] {
        let Some(far) = Far::open().await else {
            return;
        };
        far.store.accept(vec![item(0)]).await.unwrap();
        let mut other = sqlx::PgConnection::connect(&far.database.url)
            .await
            .unwrap();
        let mut other = other.begin().await.unwrap();
        sqlx::query("SELECT FROM lane FOR UPDATE")
            .execute(&mut *other)
            .await
            .unwrap();
        let ask = async |number: i64| {
            let (store, items) = (far.store.clone(), vec![item(number)]);
            match is_transaction {
                true => store.advance("cursor", String::new(), items).await,
                false => store.accept(items).await,
            }
        };
        let asked = futures_util::future::join_all((1..12).map(&ask));
        let silence = async {
            sleep(Duration::from_millis(500)).await;
            far.wire.silence();
            let_pass(PAST_PATIENCE).await;
        };
        let (answers, ()) = tokio::join!(asked, silence);
        assert!(answers.iter().all(Result::is_err), "{answers:?}");
        far.wire.forget();
        other.rollback().await.unwrap();
        // The pool does not know that time was let pass; to it a connection is fresh for a second by the clock on the wall.
        sleep(Duration::from_millis(1_100)).await;
        let_pass(Duration::from_secs(6)).await;
        let answered = timeout(PATIENCE / 4, ask(12)).await;
        answered.expect("there is no connection left").unwrap();
        far.close().await;
    }
}

fn retelling(_: &mut Scene, event: &Event) -> Vec<Effect> {
    match event {
        Event::Desk(desk) => vec![say(101, &format!("событие {}", desk.issue.id))],
        _ => text_of(event)
            .map(|(chat, text)| say(chat, text))
            .into_iter()
            .collect(),
    }
}

#[tokio::test]
async fn a_connection_that_broke_between_two_questions_loses_neither() {
    let Some(far) = Far::open().await else {
        return;
    };
    far.store.accept(vec![item(1)]).await.unwrap();
    let claimed = far.store.claim(Hop::In, 10, LEASE).await.unwrap();
    let Batch { lease, items } = &claimed.batches[0];
    assert!(far.store.begin(lease, items[0].id).await.unwrap());
    far.wire.refuse();
    sleep(Duration::from_millis(100)).await;
    far.wire.heal();
    assert_eq!(far.store.accept(vec![item(2)]).await.unwrap(), 1);
    let end = far.store.settle(lease, items[0].id, Verdict::Done.into());
    assert!(end.await.unwrap());
    far.store.release(lease).await.unwrap();
    let left = far.store.claim(Hop::In, 10, LEASE).await.unwrap();
    assert_eq!(left.batches[0].items.len(), 1);
    far.close().await;
}

#[tokio::test]
async fn a_bridge_outlives_the_silence_of_its_database_whichever_way_it_ends() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let wire = Wire::to(&database.url).await;
    let rig = Rig::new().await.with("DATABASE_URL", &wire.url);
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.try_start(retelling).await.unwrap();
    type End = (&'static str, fn(&Wire));
    let ends: [End; 3] = [
        ("passes again", Wire::heal),
        ("breaks and is mended", |wire| wire.refuse()),
        (
            "is another one, which knows nothing of what was",
            Wire::forget,
        ),
    ];
    for (issue, (how, end)) in (1..).zip(ends) {
        anna.send_text(&format!("до {issue}"));
        until_heard(&anna, &format!("до {issue}")).await;
        wire.silence();
        anna.send_text(&format!("во время {issue}"));
        let status = posted(&rig, &bridge, issue).await;
        assert_eq!(status, 503, "{how}: taken for stored");
        end(&wire);
        sleep(Duration::from_millis(200)).await;
        wire.heal();
        anna.send_text(&format!("после {issue}"));
        for words in ["во время", "после"] {
            until_heard(&anna, &format!("{words} {issue}")).await;
        }
        // As the help desk would, or the look at what was missed.
        until(async || (posted(&rig, &bridge, issue).await == 200).then_some(())).await;
        until_heard(&anna, &format!("событие {issue}")).await;
    }
    timeout(PATIENCE, bridge.stop())
        .await
        .expect("it does not stop");
    for issue in 1..=3 {
        for words in ["до", "во время", "после", "событие"] {
            assert_eq!(
                said(&anna, &format!("{words} {issue}")),
                1,
                "{words} {issue}"
            );
        }
    }
    database.drop().await;
}

#[tokio::test]
async fn ops_05_a_silent_database_is_told_before_whoever_asks_gives_up() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let wire = Wire::to(&database.url).await;
    let rig = Rig::new().await.with("DATABASE_URL", &wire.url);
    let bridge = rig.try_start(retelling).await.unwrap();
    let (_, page) = rig.get(&bridge, "/metrics").await;
    assert!(page.contains("\ntg_bridge_queue_items{hop=\"in\"} 0\n"));
    wire.silence();
    until(async || (rig.get(&bridge, "/health/ready").await.0 == 503).then_some(())).await;
    // A look that is older than a second is not shown again.
    sleep(Duration::from_millis(1_100)).await;
    let asked = async {
        tokio::join!(
            rig.get(&bridge, "/health/ready"),
            rig.get(&bridge, "/metrics"),
            rig.get(&bridge, "/health/live")
        )
    };
    let (ready, metrics, live) = timeout(Duration::from_secs(6), asked)
        .await
        .expect("whoever asks is left waiting");
    assert_eq!((ready.0, metrics.0, live.0), (503, 200, 200));
    assert!(ready.1.contains("cannot be written"), "{}", ready.1);
    assert!(metrics.1.contains("tg_bridge_ready 0"));
    // How much waits is not known now.
    assert!(!metrics.1.contains("tg_bridge_queue_items"));
    wire.forget();
    wire.heal();
    bridge.stop().await;
    database.drop().await;
}

#[tokio::test]
async fn ops_06_a_stop_comes_to_its_end_although_the_database_is_silent() {
    let Some(database) = postgres_database().await else {
        return;
    };
    let wire = Wire::to(&database.url).await;
    let rig = Rig::new().await.with("DATABASE_URL", &wire.url);
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig.try_start(retelling).await.unwrap();
    anna.send_text("до");
    until_heard(&anna, "до").await;
    wire.silence();
    anna.send_text("во время");
    // Whoever runs it kills after fifteen seconds.
    timeout(Duration::from_secs(15), bridge.stop())
        .await
        .expect("it does not stop");
    database.drop().await;
}

/// Looks while time flies: nobody waits for a connection that is given up.
async fn until<T>(look: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it did not happen");
        sleep(Duration::from_millis(20)).await;
        let_pass(Duration::from_millis(500)).await;
    }
}

async fn posted(rig: &Rig, bridge: &Bridge, issue: u64) -> u16 {
    let posting = rig.post(bridge, new_comment_hook(issue, issue)).shared();
    until(async || posting.clone().now_or_never()).await
}

async fn until_heard(user: &User, text: &str) {
    until(async || (said(user, text) > 0).then_some(())).await;
}
