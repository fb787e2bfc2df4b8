//! A reaction: what it finds, and that it is committed whole or not at all.

use super::*;

conformance! {
    a_reaction_is_one_transaction
    a_panicking_reaction_is_buried_and_changes_nothing
    a_reply_leads_to_its_issue_and_else_the_dialog_does
    all_issues_come_in_pages_in_the_order_of_their_numbers
    an_issue_event_finds_the_chats_of_its_contact
    reactions_in_parallel_lose_no_change
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

#[test]
fn html_of_an_effect_survives_the_queue() {
    let effect = say(1, Html::from_text("a < b").as_str());
    let text = serde_json::to_string(&effect).unwrap();
    assert_eq!(serde_json::from_str::<Effect>(&text).unwrap(), effect);
}
