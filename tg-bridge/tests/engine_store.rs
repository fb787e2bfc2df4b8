//! What every store must do, run against each engine: nothing lost, nothing twice, order within a lane.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "engine/postgres.rs"]
#[allow(unreachable_pub)]
mod server;

use okdesk_sdk::model::{CommentId, ContactId, Html, IssueId, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tg_bridge::reaction::{
    Answer, Chat, DeskEvent, Effect, Event, Happening, Issue, IssueFacts, Link, Named, OkdeskCall,
    Outcome, Scene, Status, Timer,
};
use tg_bridge::store::{
    Clock, Decide, Hop, ItemId, NewItem, Reacted, Sent, Settle, Store, StoreError, Verdict,
    Written, kind,
};
use tg_bridge::telegram::{
    About, ChatId, Message, MessageId, MessageRef, Outgoing, Score, Send, Sender, Update, UserId,
};

const LEASE: Duration = Duration::from_secs(30);

/// One test body, one test per engine.
macro_rules! conformance {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let clock = super::Clock::default();
                let url = format!("sqlite:{}", folder.path().join("bridge.db").display());
                let store = tg_bridge::store::open(&url, clock.clone()).await.unwrap();
                super::$name(store.clone(), clock).await;
                store.close().await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let Some(database) = super::server::postgres_database().await else { return };
                let clock = super::Clock::default();
                let store = tg_bridge::store::open(&database.url, clock.clone()).await.unwrap();
                super::$name(store.clone(), clock).await;
                store.close().await;
                database.drop().await;
            })*
        }
    };
}

#[path = "store/log.rs"]
mod log;
#[path = "store/together.rs"]
mod together;
#[path = "store/turns.rs"]
mod turns;
#[path = "store/who.rs"]
mod who;

conformance! {
    all_issues_come_in_pages_in_the_order_of_their_numbers
    a_repeated_key_is_taken_in_once
    items_of_a_lane_come_in_order_and_to_one_holder
    a_lease_that_ran_out_is_taken_over_and_its_old_holder_writes_nothing
    an_unknown_fate_is_remembered_since_its_first_try
    a_retry_holds_its_lane_and_no_other
    a_dead_letter_lets_its_lane_go_on_and_can_be_revived
    an_end_that_is_told_twice_counts_once
    what_was_written_in_okdesk_is_known_until_nobody_asks_any_more
    a_reaction_is_one_transaction
    a_panicking_reaction_is_buried_and_changes_nothing
    a_timer_waits_in_its_own_lane
    a_reply_leads_to_its_issue_and_else_the_dialog_does
    an_issue_event_finds_the_chats_of_its_contact
    a_group_that_moved_is_found_under_both_ids
    a_cursor_and_its_items_are_stored_together
    tidying_keeps_what_is_open_and_the_keys_of_the_help_desk
    parallel_holders_carry_out_everything_once_and_in_order
    reactions_in_parallel_lose_no_change
    equal_words_are_one_event_for_ten_minutes
}

/// An event that can be known again by its words only.
fn alike(now: i64) -> NewItem {
    const WINDOW: i64 = 10 * 60 * 1000;
    NewItem::webhook_within(
        WINDOW,
        now,
        "new_assignee:sha256:1".into(),
        None,
        "{}".into(),
    )
}

async fn equal_words_are_one_event_for_ten_minutes(store: Arc<dyn Store>, clock: Clock) {
    let new = async || store.accept(vec![alike(clock.now())]).await.unwrap();
    assert_eq!(new().await, 1);
    // Somewhere on this way a window ends and another begins.
    for _ in 0..9 {
        clock.advance(Duration::from_secs(60));
        assert_eq!(new().await, 0);
    }
    clock.advance(Duration::from_secs(61));
    assert_eq!(new().await, 1, "the same words again, eleven minutes later");
}

/// The store in an SQLite file, and its address.
async fn in_file(path: &std::path::Path) -> (Arc<dyn Store>, String) {
    let url = format!("sqlite:{}", path.display());
    let store = tg_bridge::store::open(&url, Clock::default()).await;
    (store.unwrap(), url)
}

fn update(id: i64, chat: i64) -> NewItem {
    NewItem::update(id, Some(ChatId(chat)), format!("{{\"update_id\":{id}}}"))
}

fn message(chat: i64, reply_to: Option<i64>) -> Event {
    Event::Telegram(Box::new(Update::Message(Message {
        chat: ChatId(chat),
        id: MessageId(1),
        from: Sender {
            id: UserId(chat),
            name: "Анна".into(),
            username: None,
            language: None,
        },
        date: 0,
        text: "Не печатает".into(),
        content: tg_bridge::telegram::Content::Text,
        reply_to: reply_to.map(MessageId),
        quote: None,
        replied_text: None,
        topic: None,
        album: None,
    })))
}

fn facts(id: u64, contact: Option<u64>) -> IssueFacts {
    IssueFacts {
        id: IssueId::new(id),
        title: "Принтер".into(),
        status: Status {
            code: StatusCode::new("opened"),
            name: "Открыта".into(),
        },
        company: None,
        contact: contact.map(|id| Named {
            id: ContactId::new(id),
            name: "Анна".into(),
        }),
        followers: None,
        assignee: None,
        kind: None,
        created_at: None,
        deadline_at: None,
        completed_at: None,
    }
}

fn issue(id: u64) -> Issue {
    Issue::new(facts(id, Some(5)))
}

fn linked(chat: i64, contact: u64) -> Chat {
    Chat {
        link: Some(Link {
            contact: ContactId::new(contact),
            name: "Анна".into(),
            phone: "+79990000001".into(),
            company: None,
            maintenance_entity: None,
            place: None,
        }),
        ..Chat::new(ChatId(chat))
    }
}

fn say(chat: i64, text: &str) -> Effect {
    Effect::Telegram {
        chat: ChatId(chat),
        send: Send::Message(Outgoing {
            html: text.into(),
            ..Outgoing::default()
        }),
        about: None,
    }
}

fn decide(
    f: impl Fn(&mut Scene, &Event) -> Vec<Effect> + std::marker::Send + Sync + 'static,
) -> Decide {
    Arc::new(f)
}

async fn only(store: &Arc<dyn Store>, hop: Hop) -> tg_bridge::store::Batch {
    let mut claimed = store.claim(hop, 100, LEASE).await.unwrap();
    assert_eq!(claimed.batches.len(), 1, "{claimed:?}");
    claimed.batches.remove(0)
}

/// Takes in one update of a chat and reacts to it.
async fn react(store: &Arc<dyn Store>, id: i64, event: Event, decision: Decide) -> Reacted {
    store.accept(vec![update(id, 1)]).await.unwrap();
    let batch = only(store, Hop::In).await;
    let reacted = store
        .react(&batch.lease, batch.items[0].id, event, decision)
        .await
        .unwrap();
    store.release(&batch.lease).await.unwrap();
    reacted
}

async fn a_repeated_key_is_taken_in_once(store: Arc<dyn Store>, _: Clock) {
    assert_eq!(
        store
            .accept(vec![update(1, 7), update(1, 7)])
            .await
            .unwrap(),
        1
    );
    assert_eq!(store.accept(vec![update(1, 7)]).await.unwrap(), 0);
    let batch = only(&store, Hop::In).await;
    assert_eq!(batch.items.len(), 1);
    assert_eq!(
        (batch.items[0].kind.as_str(), batch.items[0].body.as_str()),
        (kind::UPDATE, "{\"update_id\":1}")
    );
    assert!(
        store
            .settle(&batch.lease, batch.items[0].id, Verdict::Done.into())
            .await
            .unwrap()
    );
    // Also once it is done.
    assert_eq!(store.accept(vec![update(1, 7)]).await.unwrap(), 0);
    let many = (0..50).map(|_| store.accept(vec![update(2, 7)]));
    let new: usize = futures_util::future::join_all(many)
        .await
        .into_iter()
        .map(Result::unwrap)
        .sum();
    assert_eq!(new, 1);
}

async fn items_of_a_lane_come_in_order_and_to_one_holder(store: Arc<dyn Store>, _: Clock) {
    store
        .accept((1..=12).map(|id| update(id, 7)).collect())
        .await
        .unwrap();
    let batch = only(&store, Hop::In).await;
    assert_eq!(batch.lease.lane(), "chat:7");
    let bodies: Vec<_> = batch.items.iter().map(|i| i.body.clone()).collect();
    assert_eq!(
        bodies,
        (1..=10)
            .map(|id| format!("{{\"update_id\":{id}}}"))
            .collect::<Vec<_>>()
    );
    assert!(
        store
            .claim(Hop::In, 10, LEASE)
            .await
            .unwrap()
            .batches
            .is_empty(),
        "the lane is held"
    );
    for item in &batch.items {
        assert!(
            store
                .settle(&batch.lease, item.id, Verdict::Done.into())
                .await
                .unwrap()
        );
    }
    store.release(&batch.lease).await.unwrap();
    assert_eq!(only(&store, Hop::In).await.items.len(), 2);
}

async fn a_lease_that_ran_out_is_taken_over_and_its_old_holder_writes_nothing(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    store.accept(vec![update(1, 7)]).await.unwrap();
    let old = only(&store, Hop::In).await;
    let item = old.items[0].id;
    assert!(store.begin(&old.lease, item).await.unwrap());
    clock.advance(LEASE + Duration::from_secs(1));
    let new = only(&store, Hop::In).await;
    assert_eq!(new.items[0].id, item);
    assert!(
        new.items[0].started_at.is_some(),
        "the old holder may have done it"
    );
    assert!(!store.begin(&old.lease, item).await.unwrap());
    let follow = Settle {
        follow: vec![update(2, 8)],
        ..Verdict::Done.into()
    };
    assert!(!store.settle(&old.lease, item, follow).await.unwrap());
    let decision = decide(|_, _| vec![say(7, "twice")]);
    assert_eq!(
        store
            .react(&old.lease, item, message(7, None), decision)
            .await
            .unwrap(),
        Reacted::Lost
    );
    assert!(
        store
            .settle(&new.lease, item, Verdict::Done.into())
            .await
            .unwrap()
    );
    let pressure = store.pressure().await.unwrap();
    assert_eq!((pressure.waiting_in, pressure.waiting_out), (0, 0));
}

async fn a_retry_holds_its_lane_and_no_other(store: Arc<dyn Store>, clock: Clock) {
    store
        .accept(vec![update(1, 7), update(2, 7), update(3, 8)])
        .await
        .unwrap();
    let claimed = store.claim(Hop::In, 10, LEASE).await.unwrap();
    let batch = claimed
        .batches
        .iter()
        .find(|b| b.lease.lane() == "chat:7")
        .unwrap();
    let at = clock.now() + 60_000;
    let retry = Verdict::Retry {
        at,
        counted: true,
        uncertain: false,
        error: "503".into(),
    };
    assert!(
        store
            .settle(&batch.lease, batch.items[0].id, retry.into())
            .await
            .unwrap()
    );
    let other = claimed
        .batches
        .iter()
        .find(|b| b.lease.lane() == "chat:8")
        .unwrap();
    store.release(&other.lease).await.unwrap();

    assert_eq!(only(&store, Hop::In).await.lease.lane(), "chat:8");
    store.accept(vec![update(4, 7)]).await.unwrap();
    let waiting = store.claim(Hop::In, 10, LEASE).await.unwrap();
    assert!(waiting.batches.is_empty(), "new work does not end the wait");
    assert!(waiting.next_at.is_some_and(|next| next <= at));

    clock.advance(Duration::from_secs(61));
    let claimed = store.claim(Hop::In, 10, LEASE).await.unwrap();
    let batch = claimed
        .batches
        .iter()
        .find(|b| b.lease.lane() == "chat:7")
        .unwrap();
    let tries: Vec<_> = batch
        .items
        .iter()
        .map(|i| (i.body.clone(), i.attempts))
        .collect();
    assert_eq!(
        tries,
        [
            ("{\"update_id\":1}".into(), 1),
            ("{\"update_id\":2}".into(), 0),
            ("{\"update_id\":4}".into(), 0)
        ]
    );
}

async fn an_unknown_fate_is_remembered_since_its_first_try(store: Arc<dyn Store>, clock: Clock) {
    store.accept(vec![update(1, 7)]).await.unwrap();
    let mut first = None;
    for _ in 0..3 {
        let batch = only(&store, Hop::In).await;
        let item = batch.items[0].id;
        assert_eq!(batch.items[0].started_at.is_some(), first.is_some());
        assert!(store.begin(&batch.lease, item).await.unwrap());
        let retry = Verdict::Retry {
            at: clock.now() + 1_000,
            counted: true,
            uncertain: true,
            error: "no answer".into(),
        };
        assert!(
            store
                .settle(&batch.lease, item, retry.into())
                .await
                .unwrap()
        );
        // What is looked for later may have happened as early as this.
        first = first.or(Some(clock.now()));
        clock.advance(Duration::from_secs(600));
    }
    let known = only(&store, Hop::In).await.items[0].started_at.unwrap();
    let off = (known - first.unwrap()).abs();
    assert!(off < 60_000, "{off} ms away from the first try");
}

async fn a_dead_letter_lets_its_lane_go_on_and_can_be_revived(store: Arc<dyn Store>, _: Clock) {
    store
        .accept(vec![update(1, 7), update(2, 7)])
        .await
        .unwrap();
    let batch = only(&store, Hop::In).await;
    let dead = Verdict::Dead {
        error: "400 chat not found".into(),
    };
    assert!(
        store
            .settle(&batch.lease, batch.items[0].id, dead.into())
            .await
            .unwrap()
    );
    assert!(
        store
            .settle(&batch.lease, batch.items[1].id, Verdict::Done.into())
            .await
            .unwrap()
    );
    store.release(&batch.lease).await.unwrap();

    let letters = store.dead(10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (
            letters[0].lane.as_str(),
            letters[0].error.as_str(),
            letters[0].hop
        ),
        ("chat:7", "400 chat not found", Hop::In)
    );
    assert_eq!(store.pressure().await.unwrap().dead, 1);
    assert!(!store.revive(ItemId(999_999)).await.unwrap());
    assert!(store.revive(letters[0].id).await.unwrap());
    assert!(
        !store.revive(letters[0].id).await.unwrap(),
        "it is no longer dead"
    );
    let again = only(&store, Hop::In).await;
    assert_eq!(
        (again.items[0].id, again.items[0].attempts),
        (letters[0].id, 0)
    );
    let dead = Verdict::Dead {
        error: "again".into(),
    };
    store
        .settle(&again.lease, again.items[0].id, dead.into())
        .await
        .unwrap();
    assert!(store.discard(letters[0].id).await.unwrap());
    assert!(store.dead(10).await.unwrap().is_empty());
    assert_eq!(
        store.accept(vec![update(1, 7)]).await.unwrap(),
        0,
        "its key is still known"
    );
}

/// Whoever does not hear that a commit was made, because the connection broke in that moment, commits again.
async fn an_end_that_is_told_twice_counts_once(store: Arc<dyn Store>, _: Clock) {
    store
        .accept(vec![update(1, 7), update(2, 7)])
        .await
        .unwrap();
    let batch = only(&store, Hop::In).await;
    for _ in 0..2 {
        let ended = store.settle(&batch.lease, batch.items[0].id, Verdict::Done.into());
        assert!(ended.await.unwrap());
    }
    store.release(&batch.lease).await.unwrap();
    let next = only(&store, Hop::In).await;
    assert_eq!(next.items.len(), 1, "the second one is still there");
    assert_eq!(next.items[0].id, batch.items[1].id);
}

async fn what_was_written_in_okdesk_is_known_until_nobody_asks_any_more(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    let written = Written::Comment(CommentId::new(5));
    assert!(!store.is_written(written).await.unwrap());
    store.accept(vec![update(1, 7)]).await.unwrap();
    let batch = only(&store, Hop::In).await;
    let settle = Settle {
        wrote: Some(written),
        ..Verdict::Done.into()
    };
    assert!(
        store
            .settle(&batch.lease, batch.items[0].id, settle)
            .await
            .unwrap()
    );
    assert!(store.is_written(written).await.unwrap());
    let issue = Written::Issue(IssueId::new(5));
    assert!(!store.is_written(issue).await.unwrap(), "another thing");
    clock.advance(Duration::from_secs(100));
    store.tidy(Duration::from_secs(10)).await.unwrap();
    assert!(!store.is_written(written).await.unwrap());
}

async fn a_reaction_is_one_transaction(store: Arc<dyn Store>, clock: Clock) {
    let now = clock.now();
    let decision = decide(|scene, _| {
        assert!(scene.now > 0 && scene.chat.is_none());
        scene.chat = Some(linked(1, 5));
        scene.issue = Some(issue(42));
        vec![
            say(1, "Готово"),
            Effect::Telegram {
                chat: ChatId(1),
                send: Send::AnswerCallback {
                    callback: "c".into(),
                    note: None,
                },
                about: None,
            },
            Effect::Okdesk {
                chat: ChatId(1),
                call: OkdeskCall::GetIssue {
                    issue: IssueId::new(42),
                    at: None,
                },
            },
            Effect::Okdesk {
                chat: ChatId(1),
                call: OkdeskCall::FindContacts {
                    phone: "+79990000001".into(),
                },
            },
            Effect::Okdesk {
                chat: ChatId(1),
                call: OkdeskCall::Rate {
                    issue: IssueId::new(42),
                    score: Score::new(5).unwrap(),
                },
            },
        ]
    });
    assert_eq!(
        react(&store, 1, message(1, None), decision).await,
        Reacted::Done(5)
    );
    assert_eq!(store.chat(ChatId(1)).await.unwrap(), Some(linked(1, 5)));
    assert_eq!(
        store.issue(IssueId::new(42)).await.unwrap(),
        Some(issue(42))
    );
    let mut lanes: Vec<_> = store
        .claim(Hop::Out, 10, LEASE)
        .await
        .unwrap()
        .batches
        .into_iter()
        .map(|b| b.lease.lane().to_owned())
        .collect();
    lanes.sort();
    // Who only looks waits behind nobody's writing.
    let expected = [
        "callback:1",
        "chat:1",
        "issue:42",
        "okdesk-chat:1",
        "okdesk-read:1",
    ];
    assert_eq!(lanes, expected);
    assert!(
        store
            .claim(Hop::In, 10, LEASE)
            .await
            .unwrap()
            .batches
            .is_empty(),
        "the event is done"
    );
    assert!(clock.now() >= now);
}

async fn a_panicking_reaction_is_buried_and_changes_nothing(store: Arc<dyn Store>, _: Clock) {
    let decision = decide(|scene, _| {
        scene.chat = Some(Chat::new(ChatId(1)));
        panic!("poison")
    });
    let reacted = react(&store, 1, message(1, None), decision).await;
    assert_eq!(reacted, Reacted::Panicked("poison".into()));
    assert_eq!(store.chat(ChatId(1)).await.unwrap(), None);
    assert_eq!(store.dead(10).await.unwrap()[0].error, "poison");
    // The next event of the chat is not blocked.
    let reacted = react(&store, 2, message(1, None), decide(|_, _| vec![])).await;
    assert_eq!(reacted, Reacted::Done(0));
}

async fn a_timer_waits_in_its_own_lane(store: Arc<dyn Store>, clock: Clock) {
    let at = clock.now() + 2_000;
    let timer = move || {
        decide(move |_, _| {
            vec![Effect::Timer {
                at,
                timer: Timer::Quiet(ChatId(1)),
            }]
        })
    };
    assert_eq!(
        react(&store, 1, message(1, None), timer()).await,
        Reacted::Done(1)
    );
    // The same moment is waited for once.
    react(&store, 2, message(1, None), timer()).await;
    let claimed = store.claim(Hop::In, 10, LEASE).await.unwrap();
    assert!(claimed.batches.is_empty());
    assert_eq!(claimed.next_at, Some(at));
    assert_eq!(
        store.pressure().await.unwrap().oldest,
        0,
        "waiting for a moment is not being late"
    );
    clock.advance(Duration::from_secs(3));
    let batch = only(&store, Hop::In).await;
    assert_eq!(batch.items.len(), 1);
    let event: Event = serde_json::from_str(&batch.items[0].body).unwrap();
    assert_eq!(event, Event::Timer(Timer::Quiet(ChatId(1))));
}

async fn a_reply_leads_to_its_issue_and_else_the_dialog_does(store: Arc<dyn Store>, _: Clock) {
    let made = decide(|scene, event| {
        if let Event::Answer(answer) = event
            && let Some(id) = answer.call.issue()
        {
            scene.issue = Some(issue(id.get()));
        }
        vec![say(1, "карточка")]
    });
    for id in [41, 42] {
        let answer = Event::Answer(Box::new(Answer {
            chat: ChatId(1),
            call: OkdeskCall::GetIssue {
                issue: IssueId::new(id),
                at: None,
            },
            outcome: Outcome::Delayed,
        }));
        react(&store, id.cast_signed(), answer, made.clone()).await;
    }
    let batch = only(&store, Hop::Out).await;
    let sent = Sent {
        message: MessageRef {
            chat: ChatId(1),
            message: MessageId(900),
        },
        about: About {
            issue: IssueId::new(41),
            comment: None,
        },
    };
    let done = Settle {
        sent: vec![sent],
        ..Verdict::Done.into()
    };
    store
        .settle(&batch.lease, batch.items[0].id, done)
        .await
        .unwrap();

    let dialog = decide(|scene, _| {
        assert_eq!(
            scene.issue.as_ref().map(|i| i.facts.id),
            Some(IssueId::new(41))
        );
        scene.chat = Some(Chat {
            dialog: tg_bridge::reaction::Dialog::Comment {
                issue: IssueId::new(42),
            },
            sent: vec![tg_bridge::reaction::Sent {
                message: MessageId(902),
                issue: Some(IssueId::new(41)),
                text: "Не печатает".into(),
                album: Some("album".into()),
            }],
            ..Chat::new(ChatId(1))
        });
        vec![]
    });
    assert_eq!(
        react(&store, 10, message(1, Some(900)), dialog).await,
        Reacted::Done(0)
    );
    let plain = decide(|scene, _| {
        assert_eq!(
            scene.issue.as_ref().map(|i| i.facts.id),
            Some(IssueId::new(42))
        );
        vec![]
    });
    assert_eq!(
        react(&store, 11, message(1, None), plain).await,
        Reacted::Done(0)
    );
    let reply = decide(|scene, _| {
        assert_eq!(
            scene.replied.map(|about| about.issue),
            Some(IssueId::new(41))
        );
        assert_eq!(
            scene.issue.as_ref().map(|i| i.facts.id),
            Some(IssueId::new(41))
        );
        vec![]
    });
    assert_eq!(
        react(&store, 12, message(1, Some(900)), reply).await,
        Reacted::Done(0)
    );
    // The person's own earlier words lead there too: answered, edited, or followed by the rest of their album.
    let own = decide(|scene, _| {
        assert_eq!(scene.replied, None);
        assert_eq!(
            scene.issue.as_ref().map(|i| i.facts.id),
            Some(IssueId::new(41))
        );
        vec![]
    });
    let Event::Telegram(plain) = message(1, None) else {
        unreachable!()
    };
    let Update::Message(plain) = *plain else {
        unreachable!()
    };
    let edited = Update::Edited(Message {
        id: MessageId(902),
        ..plain.clone()
    });
    let part = Update::Message(Message {
        album: Some("album".into()),
        ..plain
    });
    for (id, event) in [
        (13, message(1, Some(902))),
        (14, Event::Telegram(Box::new(edited))),
        (15, Event::Telegram(Box::new(part))),
    ] {
        assert_eq!(
            react(&store, id, event, own.clone()).await,
            Reacted::Done(0)
        );
    }
}

async fn all_issues_come_in_pages_in_the_order_of_their_numbers(store: Arc<dyn Store>, _: Clock) {
    for (id, number) in [(1, 30), (2, 7), (3, 9_000_000_000), (4, 12)] {
        let make = decide(move |scene, _| {
            scene.issue = Some(issue(number));
            vec![]
        });
        react(&store, id, message(1, None), make).await;
    }
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = store.issues(after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.facts.id);
        pages.push(
            page.iter()
                .map(|issue| issue.facts.id.get())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(pages, [vec![7, 12, 30], vec![9_000_000_000]]);
}

async fn an_issue_event_finds_the_chats_of_its_contact(store: Arc<dyn Store>, _: Clock) {
    for (id, chat, contact) in [(1, 11, 5), (2, 12, 5), (3, 13, 6)] {
        let link = decide(move |scene, _| {
            scene.chat = Some(linked(chat, contact));
            vec![]
        });
        react(&store, id, message(chat, None), link).await;
    }
    let desk = Event::Desk(Box::new(DeskEvent {
        issue: facts(42, Some(5)),
        author: None,
        happening: Happening::Created,
    }));
    let tell = decide(|scene, _| {
        let chats: Vec<_> = scene.audience.iter().map(|c| c.id.0).collect();
        assert_eq!(chats, [11, 12]);
        for chat in &mut scene.audience {
            chat.unreachable = chat.id.0 == 12;
        }
        vec![]
    });
    assert_eq!(react(&store, 4, desk, tell).await, Reacted::Done(0));
    assert!(store.chat(ChatId(12)).await.unwrap().unwrap().unreachable);
    assert!(!store.chat(ChatId(11)).await.unwrap().unwrap().unreachable);
}

async fn a_group_that_moved_is_found_under_both_ids(store: Arc<dyn Store>, _: Clock) {
    let link = decide(|scene, _| {
        scene.chat = Some(linked(-5, 5));
        vec![]
    });
    react(&store, 1, message(-5, None), link).await;
    store.migrate(ChatId(-5), ChatId(-1_005)).await.unwrap();
    store.migrate(ChatId(-5), ChatId(-1_005)).await.unwrap();
    assert_eq!(store.resolve(ChatId(-5)).await.unwrap(), ChatId(-1_005));
    assert_eq!(store.resolve(ChatId(7)).await.unwrap(), ChatId(7));
    let both = decide(|scene, _| {
        assert_eq!(scene.chat.as_ref().map(|c| c.id), Some(ChatId(-1_005)));
        vec![]
    });
    assert_eq!(
        react(&store, 2, message(-5, None), both.clone()).await,
        Reacted::Done(0)
    );
    assert_eq!(
        react(&store, 3, message(-1_005, None), both).await,
        Reacted::Done(0)
    );
}

async fn a_cursor_and_its_items_are_stored_together(store: Arc<dyn Store>, _: Clock) {
    assert_eq!(store.meta("reconcile").await.unwrap(), None);
    let item = || NewItem::webhook("comment:9".into(), Some(IssueId::new(4)), "{}".into());
    assert_eq!(
        store
            .advance("reconcile", "2026-01-01".into(), vec![item()])
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        store
            .advance("reconcile", "2026-01-02".into(), vec![item()])
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store.meta("reconcile").await.unwrap().as_deref(),
        Some("2026-01-02")
    );
    assert_eq!(only(&store, Hop::In).await.lease.lane(), "issue:4");
    store.probe().await.unwrap();
}

async fn tidying_keeps_what_is_open_and_the_keys_of_the_help_desk(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    let comment = || {
        NewItem::webhook(
            "comment:9".into(),
            Some(IssueId::new(4)),
            "{\"a\":1}".into(),
        )
    };
    store
        .accept(vec![comment(), update(1, 7), update(2, 8)])
        .await
        .unwrap();
    for batch in store.claim(Hop::In, 10, LEASE).await.unwrap().batches {
        if batch.lease.lane() != "chat:8" {
            store
                .settle(&batch.lease, batch.items[0].id, Verdict::Done.into())
                .await
                .unwrap();
        }
        store.release(&batch.lease).await.unwrap();
    }
    clock.advance(Duration::from_secs(8 * 86_400));
    store.tidy(Duration::from_secs(7 * 86_400)).await.unwrap();
    assert_eq!(
        only(&store, Hop::In).await.items[0].body,
        "{\"update_id\":2}"
    );
    assert_eq!(store.accept(vec![comment()]).await.unwrap(), 0);
    assert_eq!(
        store.accept(vec![update(1, 7)]).await.unwrap(),
        1,
        "Telegram forgets updates after a day"
    );
}

async fn parallel_holders_carry_out_everything_once_and_in_order(store: Arc<dyn Store>, _: Clock) {
    const CHATS: i64 = 7;
    const EACH: i64 = 25;
    let all: Vec<_> = (0..CHATS * EACH)
        .map(|n| store.accept(vec![update(n, n % CHATS + 1)]))
        .collect();
    for accepted in futures_util::future::join_all(all).await {
        assert_eq!(accepted.unwrap(), 1);
    }
    let (done, mut log) = tokio::sync::mpsc::unbounded_channel();
    let mut holders = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (store, done) = (store.clone(), done.clone());
        holders.spawn(async move {
            loop {
                let claimed = store.claim(Hop::In, 2, LEASE).await?;
                if claimed.batches.is_empty() && claimed.next_at.is_none() {
                    return Ok::<_, StoreError>(());
                }
                for batch in claimed.batches {
                    for item in batch.items {
                        if store
                            .settle(&batch.lease, item.id, Verdict::Done.into())
                            .await?
                        {
                            let _ = done.send((batch.lease.lane().to_owned(), item.id));
                        }
                    }
                    store.release(&batch.lease).await?;
                }
                tokio::task::yield_now().await;
            }
        });
    }
    while let Some(holder) = holders.join_next().await {
        holder.unwrap().unwrap();
    }
    drop(done);
    let mut seen = std::collections::HashMap::<String, Vec<ItemId>>::new();
    while let Some((lane, item)) = log.recv().await {
        seen.entry(lane).or_default().push(item);
    }
    assert_eq!(seen.len(), CHATS.unsigned_abs() as usize);
    for (lane, items) in seen {
        assert_eq!(items.len(), EACH.unsigned_abs() as usize, "{lane}");
        assert!(items.is_sorted(), "{lane}: {items:?}");
    }
}

async fn reactions_in_parallel_lose_no_change(store: Arc<dyn Store>, _: Clock) {
    // One chat is acted on by two lanes at once: its own and its timers'.
    store
        .accept((0..40).map(|n| update(n, n % 8 + 1)).collect())
        .await
        .unwrap();
    let count = decide(|scene, _| {
        let chat = scene.chat.get_or_insert_with(|| Chat::new(ChatId(1)));
        chat.tries.push(1);
        vec![]
    });
    let batches = store.claim(Hop::In, 100, LEASE).await.unwrap().batches;
    assert_eq!(batches.len(), 8);
    let work = batches.into_iter().map(|batch| {
        let (store, count) = (store.clone(), count.clone());
        async move {
            for item in &batch.items {
                let reacted = store
                    .react(&batch.lease, item.id, message(1, None), count.clone())
                    .await
                    .unwrap();
                assert_eq!(reacted, Reacted::Done(0));
            }
        }
    });
    futures_util::future::join_all(work).await;
    assert_eq!(
        store.chat(ChatId(1)).await.unwrap().unwrap().tries.len(),
        40
    );
}

#[tokio::test]
async fn a_bridge_on_sqlite_notices_what_somebody_beside_it_puts_back() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bridge.db").display());
    let clock = Clock::default();
    let store = tg_bridge::store::open(&url, clock.clone()).await.unwrap();
    store
        .accept(vec![update(1, 7), update(2, 7)])
        .await
        .unwrap();
    let batch = only(&store, Hop::In).await;
    let given_up = Verdict::Dead {
        error: "no".to_owned(),
    };
    let (first, second) = (batch.items[0].id, batch.items[1].id);
    for (item, verdict) in [(first, given_up), (second, Verdict::Done)] {
        let settled = store.settle(&batch.lease, item, verdict.into());
        assert!(settled.await.unwrap());
    }
    store.release(&batch.lease).await.unwrap();

    let guest = tg_bridge::store::open_beside(&url, clock).await.unwrap();
    assert!(guest.revive(first).await.unwrap());
    guest.close().await;
    assert_eq!(store.pressure().await.unwrap().waiting_in, 1);
    let batch = only(&store, Hop::In).await;
    assert_eq!(batch.items[0].id, first);
    store
        .settle(&batch.lease, first, Verdict::Done.into())
        .await
        .unwrap();
    store.close().await;
}

#[test]
fn html_of_an_effect_survives_the_queue() {
    let effect = say(1, Html::from_text("a < b").as_str());
    let text = serde_json::to_string(&effect).unwrap();
    assert_eq!(serde_json::from_str::<Effect>(&text).unwrap(), effect);
}
