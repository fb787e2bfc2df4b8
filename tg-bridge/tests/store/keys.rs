//! What is known by its key: taken in once, and kept for as long as somebody may bring it again.

use super::*;

conformance! {
    equal_words_are_one_event_for_ten_minutes
    a_cursor_and_its_items_are_stored_together
    tidying_keeps_what_is_open_and_the_keys_of_the_help_desk
    what_was_written_in_okdesk_is_known_until_nobody_asks_any_more
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
