//! What stands in a lane: one holder at a time, in order, and an end that counts once.

use super::*;

conformance! {
    a_repeated_key_is_taken_in_once
    items_of_a_lane_come_in_order_and_to_one_holder
    a_lease_that_ran_out_is_taken_over_and_its_old_holder_writes_nothing
    an_unknown_fate_is_remembered_since_its_first_try
    a_retry_holds_its_lane_and_no_other
    a_dead_letter_lets_its_lane_go_on_and_can_be_revived
    what_is_revived_when_its_lane_has_been_tidied_away_stands_before_what_comes_then
    an_end_that_is_told_twice_counts_once
    a_timer_waits_in_its_own_lane
    parallel_holders_carry_out_everything_once_and_in_order
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

async fn what_is_revived_when_its_lane_has_been_tidied_away_stands_before_what_comes_then(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    let items = (1..=3).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    let batch = only(&store, Hop::In).await;
    for item in &batch.items {
        let dead = Verdict::Dead {
            error: "poison".into(),
        };
        assert!(
            store
                .settle(&batch.lease, item.id, dead.into())
                .await
                .unwrap()
        );
    }
    store.release(&batch.lease).await.unwrap();
    clock.advance(Duration::from_secs(8 * 86_400));
    store.tidy(Duration::from_secs(7 * 86_400)).await.unwrap();
    let last = batch.items[2].id;
    assert!(store.revive(last).await.unwrap());
    let items = (4..=9).map(|id| update(id, 7)).collect();
    store.accept(items).await.unwrap();
    let found = only(&store, Hop::In).await.items;
    assert_eq!(found.len(), 7);
    assert_eq!(found[0].id, last);
}
