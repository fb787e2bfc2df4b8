//! Claims, invitations, the audit, and forgetting.

use super::*;
use sha2::{Digest as _, Sha256};
use tg_bridge::reaction::{
    Audit, Bound, BoundTo, Claim, Claimed, ClaimedCompany, Code, Consent, Decision, Deed, Dialog,
    Forgotten, FoundContact, NewComment, Registration,
};
use tg_bridge::telegram::Callback;

conformance! {
    a_claim_is_decided_by_one_of_two_at_once
    an_invitation_is_taken_up_by_one_of_two_at_once
    an_invitation_is_found_by_the_dialog_and_tidied_away_when_it_is_old
    those_who_wait_are_found_the_longest_first
    what_was_done_is_kept_and_what_was_refused_is_not
    no_two_decisions_draw_the_same_number
    who_is_forgotten_is_gone_from_letters_messages_invitations_and_issues
    what_another_account_of_the_contact_needs_stays
    an_event_finds_the_client_who_takes_part_and_the_groups
    a_forgotten_client_is_known_as_such_until_somebody_is_linked_again
    people_are_found_by_account_contact_and_telephone
}

/// Takes in one event of a chat and reacts to it, whoever else is at work.
async fn react_in(store: &Arc<dyn Store>, id: i64, event: Event, decision: Decide) {
    let chat = match &event {
        Event::Telegram(update) => update.chat().unwrap().0,
        _ => 1,
    };
    store.accept(vec![update(id, chat)]).await.unwrap();
    let lane = format!("chat:{chat}");
    let mine = async {
        loop {
            for batch in store.claim(Hop::In, 10, LEASE).await.unwrap().batches {
                if batch.lease.lane() == lane {
                    return batch;
                }
                store.release(&batch.lease).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let batch = mine.await;
    let reacted = store
        .react(&batch.lease, batch.items[0].id, event, decision)
        .await
        .unwrap();
    assert!(matches!(reacted, Reacted::Done(_)), "{reacted:?}");
    store.release(&batch.lease).await.unwrap();
}

fn says(chat: i64, text: &str) -> Event {
    match message(chat, None) {
        Event::Telegram(update) => match *update {
            Update::Message(message) => Event::Telegram(Box::new(Update::Message(Message {
                text: text.into(),
                ..message
            }))),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn presses(chat: i64, data: &str) -> Event {
    Event::Telegram(Box::new(Update::Callback(Callback {
        id: "1".into(),
        chat: ChatId(chat),
        message: MessageId(1),
        from: Sender {
            id: UserId(chat),
            name: "Ольга".into(),
            username: None,
            language: None,
        },
        data: data.into(),
        shown: None,
    })))
}

fn claim(at: i64) -> Claim {
    Claim {
        at,
        what: Claimed::Company(ClaimedCompany {
            inn: "7707083893".into(),
            company: Named {
                id: okdesk_sdk::model::CompanyId::new(7),
                name: "Ромашка".into(),
            },
        }),
        decided: None,
    }
}

fn consenting(chat: i64, contact: u64) -> Chat {
    Chat {
        consent: Some(Consent {
            version: "1".into(),
            at: 1,
        }),
        ..linked(chat, contact)
    }
}

async fn put(store: &Arc<dyn Store>, id: i64, chat: Chat) {
    let event = says(chat.id.0, "привет");
    let decision = decide(move |scene, _| {
        scene.chat = Some(chat.clone());
        vec![]
    });
    react_in(store, id, event, decision).await;
}

fn digest(code: &str) -> String {
    let bytes = Sha256::digest(code.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn code(text: &str, contact: u64, expires_at: i64) -> Code {
    Code {
        digest: digest(text),
        contact: FoundContact {
            id: ContactId::new(contact),
            name: "Анна".into(),
            company: None,
            maintenance_entity: None,
            company_issues: false,
        },
        expires_at,
    }
}

async fn invite(store: &Arc<dyn Store>, id: i64, code: Code) {
    let decision = decide(move |scene, _| {
        scene.code = Some(code.clone());
        vec![]
    });
    react_in(store, id, says(900, "/invite"), decision).await;
}

/// Whether the invitation is still there for who brings it.
async fn is_there(store: &Arc<dyn Store>, id: i64, text: &str) -> bool {
    let (tell, told) = std::sync::mpsc::channel();
    let decision = decide(move |scene, _| {
        tell.send(scene.code.is_some()).unwrap();
        vec![]
    });
    react_in(store, id, says(901, &format!("/start {text}")), decision).await;
    told.recv().unwrap()
}

async fn a_claim_is_decided_by_one_of_two_at_once(store: Arc<dyn Store>, _: Clock) {
    let waiting = Chat {
        claim: Some(claim(5)),
        ..consenting(1, 5)
    };
    put(&store, 1, waiting).await;
    let decision = || {
        decide(|scene: &mut Scene, _| {
            let by = scene.chat.as_ref().map(|chat| chat.id.0);
            let subject = scene.subject.as_mut().expect("the claimant's chat");
            let claim = subject.claim.as_mut().unwrap();
            if claim.decided.is_some() {
                return vec![];
            }
            claim.decided = Some(Decision {
                by: format!("{by:?}"),
                at: 1,
                confirmed: true,
            });
            vec![say(1, "подтверждено")]
        })
    };
    let both = [(2, 101), (3, 102)]
        .map(|(id, admin)| react_in(&store, id, presses(admin, "claim:1:5:yes"), decision()));
    futures_util::future::join_all(both).await;
    let told = store.claim(Hop::Out, 10, LEASE).await.unwrap().batches;
    assert_eq!(told.iter().map(|b| b.items.len()).sum::<usize>(), 1);
    let chat = store.chat(ChatId(1)).await.unwrap().unwrap();
    assert!(chat.claim.unwrap().decided.is_some());
}

async fn an_invitation_is_taken_up_by_one_of_two_at_once(store: Arc<dyn Store>, clock: Clock) {
    const TEXT: &str = "ABCD234567890000";
    invite(&store, 1, code(TEXT, 5, clock.now() + 60_000)).await;
    let decision = |chat: i64| {
        decide(move |scene: &mut Scene, _| {
            if scene.code.take().is_some() {
                scene.chat = Some(consenting(chat, 5));
            }
            vec![]
        })
    };
    let both = [(2, 101), (3, 102)].map(|(id, chat)| {
        react_in(
            &store,
            id,
            says(chat, &format!("/start {TEXT}")),
            decision(chat),
        )
    });
    futures_util::future::join_all(both).await;
    let mut tied = 0;
    for chat in [101, 102] {
        tied += usize::from(store.chat(ChatId(chat)).await.unwrap().is_some());
    }
    assert_eq!(tied, 1);
    assert!(!is_there(&store, 4, TEXT).await);
}

async fn an_invitation_is_found_by_the_dialog_and_tidied_away_when_it_is_old(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    const TEXT: &str = "ABCD234567890000";
    invite(&store, 1, code(TEXT, 5, clock.now() + 60_000)).await;
    let registration = serde_json::json!({"step": "Consent", "code": digest(TEXT)});
    let registration: Registration = serde_json::from_value(registration).unwrap();
    let waits = Chat {
        dialog: Dialog::Register(registration),
        ..Chat::new(ChatId(1))
    };
    put(&store, 2, waits).await;
    let decision = decide(|scene, _| {
        assert!(scene.code.is_some(), "the dialog holds its digest");
        vec![]
    });
    react_in(&store, 3, presses(1, "consent:1"), decision).await;
    store.tidy(Duration::ZERO).await.unwrap();
    assert!(is_there(&store, 4, TEXT).await);
    clock.advance(Duration::from_secs(61));
    store.tidy(Duration::ZERO).await.unwrap();
    assert!(!is_there(&store, 5, TEXT).await);
}

async fn those_who_wait_are_found_the_longest_first(store: Arc<dyn Store>, _: Clock) {
    let decided = Claim {
        decided: Some(Decision {
            by: "Ольга".into(),
            at: 1,
            confirmed: false,
        }),
        ..claim(1)
    };
    for (chat, claim) in [
        (1, Some(claim(7))),
        (2, Some(claim(5))),
        (3, Some(decided)),
        (4, None),
    ] {
        put(
            &store,
            chat,
            Chat {
                claim,
                ..consenting(chat, 5)
            },
        )
        .await;
    }
    let (tell, told) = std::sync::mpsc::channel();
    let decision = decide(move |scene, _| {
        let ids: Vec<_> = scene.waiting.iter().map(|chat| chat.id.0).collect();
        tell.send(ids).unwrap();
        vec![]
    });
    react_in(&store, 10, says(9, "/claims"), decision.clone()).await;
    react_in(&store, 11, says(9, "claims"), decision).await;
    assert_eq!(told.recv().unwrap(), [2, 1]);
    assert!(told.recv().unwrap().is_empty(), "not loaded without need");
}

async fn what_was_done_is_kept_and_what_was_refused_is_not(store: Arc<dyn Store>, clock: Clock) {
    let now = clock.now();
    let done = move |by, deed| Audit {
        at: now,
        by: UserId(by),
        deed,
    };
    let first = done(7, Deed::Rejected { chat: ChatId(1) });
    let contact = ContactId::new(5);
    let second = done(8, Deed::Invited { contact });
    let kept = [first.clone(), second.clone()];
    for (id, deed) in [(1, first.clone()), (2, second.clone())] {
        let refused = done(9, Deed::Refused("invite".into()));
        let decision = decide(move |scene, _| {
            scene.audit = vec![deed.clone(), refused.clone()];
            vec![]
        });
        react_in(&store, id, says(1, "привет"), decision).await;
    }
    assert_eq!(
        store.audit(10).await.unwrap(),
        [kept[1].clone(), kept[0].clone()]
    );
    assert_eq!(store.audit(1).await.unwrap(), [kept[1].clone()]);
}

async fn no_two_decisions_draw_the_same_number(store: Arc<dyn Store>, _: Clock) {
    let (tell, told) = std::sync::mpsc::channel();
    let decision = decide(move |scene, _| {
        tell.send(scene.nonce).unwrap();
        vec![]
    });
    react_in(&store, 1, says(1, "а"), decision.clone()).await;
    react_in(&store, 2, says(1, "б"), decision).await;
    let drawn: std::collections::BTreeSet<u128> = told.try_iter().collect();
    assert!(drawn.len() >= 2 && !drawn.contains(&0), "{drawn:?}");
}

/// Gives up everything that waits to go out.
async fn bury(store: &Arc<dyn Store>) {
    for batch in store.claim(Hop::Out, 100, LEASE).await.unwrap().batches {
        for item in &batch.items {
            let error = "Okdesk: номер +79990000001 занят".into();
            let buried = store
                .settle(&batch.lease, item.id, Verdict::Dead { error }.into())
                .await;
            assert!(buried.unwrap());
        }
        store.release(&batch.lease).await.unwrap();
    }
}

fn comment(chat: i64, issue: u64) -> Effect {
    Effect::Okdesk {
        chat: ChatId(chat),
        call: OkdeskCall::CreateComment(NewComment {
            issue: IssueId::new(issue),
            author: ContactId::new(5),
            content: Html::from_text("личное"),
            files: vec![],
        }),
    }
}

/// Anna of chat 1 and contact 5 with an issue, letters that could not be delivered, and an invitation.
async fn a_past(store: &Arc<dyn Store>, clock: &Clock) {
    let decision = decide(|scene, _| {
        scene.chat = Some(consenting(1, 5));
        scene.issue = Some(issue(42));
        vec![say(1, "личное"), comment(1, 42)]
    });
    react_in(store, 1, says(1, "привет"), decision).await;
    bury(store).await;
    let decision = decide(|scene, _| {
        scene.chat = Some(consenting(2, 6));
        vec![say(2, "чужое"), say(-9, "личное в чате сотрудников")]
    });
    react_in(store, 2, says(2, "привет"), decision).await;
    bury(store).await;
    invite(store, 3, code("ABCD234567890000", 5, clock.now() + 60_000)).await;
}

async fn forgets(store: &Arc<dyn Store>, id: i64) {
    let decision = decide(|scene, _| {
        scene.chat = Some(Chat::new(ChatId(1)));
        scene.forgotten = Some(Forgotten {
            chat: ChatId(1),
            contact: Some(ContactId::new(5)),
        });
        // What is on its way goes on, and may fail.
        vec![comment(1, 43)]
    });
    react_in(store, id, says(1, "забудь"), decision).await;
}

async fn letters(store: &Arc<dyn Store>) -> Vec<String> {
    let dead = store.dead(100).await.unwrap();
    dead.iter()
        .map(|letter| format!("{} {} {}", letter.lane, letter.body, letter.error))
        .collect()
}

async fn who_is_forgotten_is_gone_from_letters_messages_invitations_and_issues(
    store: Arc<dyn Store>,
    clock: Clock,
) {
    a_past(&store, &clock).await;
    assert_eq!(letters(&store).await.len(), 4);
    // A webhook about the issue that could not be understood, and a raw update.
    let hook = NewItem::webhook("h".into(), Some(IssueId::new(42)), "{личное}".into());
    store.accept(vec![hook, update(90, 1)]).await.unwrap();
    for batch in store.claim(Hop::In, 10, LEASE).await.unwrap().batches {
        let error = "личное".into();
        let dead = Verdict::Dead { error };
        let item = batch.items[0].id;
        assert!(store.settle(&batch.lease, item, dead.into()).await.unwrap());
        store.release(&batch.lease).await.unwrap();
    }
    forgets(&store, 4).await;
    let left = letters(&store).await;
    assert_eq!(left.len(), 6, "that they were given up stays in the list");
    for letter in left {
        let others = letter.contains("чужое") || letter.contains("чате сотрудников");
        assert!(
            others || !(letter.contains("личное") || letter.contains("7999")),
            "{letter}"
        );
        assert!(
            !letter.starts_with("chat:-9") || letter.contains("личное"),
            "staff's own chat"
        );
    }
    let issue = store.issue(IssueId::new(42)).await.unwrap().unwrap();
    assert_eq!(issue.facts.title, "");
    assert_eq!(issue.facts.contact.unwrap().name, "");
    assert!(!is_there(&store, 5, "ABCD234567890000").await);
    // What died only afterwards is found by the hourly tidying.
    bury(&store).await;
    assert!(
        letters(&store)
            .await
            .iter()
            .any(|it| it.contains("issue:43") && it.contains("личное"))
    );
    store.tidy(Duration::ZERO).await.unwrap();
    assert!(
        letters(&store)
            .await
            .iter()
            .all(|it| !it.contains("issue:43") || !it.contains("личное"))
    );
    assert!(
        letters(&store).await.iter().any(|it| it.contains("чужое")),
        "who agrees is kept"
    );
}

async fn what_another_account_of_the_contact_needs_stays(store: Arc<dyn Store>, clock: Clock) {
    a_past(&store, &clock).await;
    put(&store, 10, consenting(3, 5)).await;
    forgets(&store, 11).await;
    let issue = store.issue(IssueId::new(42)).await.unwrap().unwrap();
    assert_eq!(issue.facts.title, "Принтер");
    assert_eq!(store.chat(ChatId(3)).await.unwrap(), Some(consenting(3, 5)));
}

/// Something happened to issue 42, whose client is contact 5.
fn happened(followers: Option<&[u64]>, company: Option<u64>) -> Event {
    let mut issue = facts(42, Some(5));
    issue.followers = followers.map(|ids| ids.iter().copied().map(ContactId::new).collect());
    issue.company = company.map(|id| Named {
        id: okdesk_sdk::model::CompanyId::new(id),
        name: "Ромашка".into(),
    });
    Event::Desk(Box::new(DeskEvent {
        issue,
        author: None,
        happening: Happening::Created,
    }))
}

/// Whom the store brings to an event; the issue is remembered as the event has it.
async fn hear(store: &Arc<dyn Store>, id: i64, event: Event) -> Vec<i64> {
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = heard.clone();
    let decision = decide(move |scene, event| {
        *told.lock().unwrap() = scene.audience.iter().map(|chat| chat.id.0).collect();
        if let Event::Desk(desk) = event {
            scene.issue = Some(Issue::new(desk.issue.clone()));
        }
        vec![]
    });
    react_in(store, id, event, decision).await;
    let mut heard = heard.lock().unwrap().clone();
    heard.sort_unstable();
    heard
}

async fn an_event_finds_the_client_who_takes_part_and_the_groups(store: Arc<dyn Store>, _: Clock) {
    for (id, chat, contact) in [(1, 11, 5), (2, 12, 6), (3, 13, 8)] {
        put(&store, id, consenting(chat, contact)).await;
    }
    let group = |id: i64, to: BoundTo| Chat {
        bound: Some(Bound { to, contact: None }),
        ..Chat::new(ChatId(id))
    };
    let company = |id: u64| {
        BoundTo::Company(Named {
            id: okdesk_sdk::model::CompanyId::new(id),
            name: "Ромашка".into(),
        })
    };
    put(&store, 4, group(-21, BoundTo::Issue(IssueId::new(42)))).await;
    put(&store, 5, group(-22, company(7))).await;
    put(&store, 6, group(-23, company(8))).await;
    assert_eq!(
        hear(&store, 7, happened(Some(&[6]), Some(7))).await,
        [-22, -21, 11, 12]
    );
    // What an event does not say is known from before; what it says counts.
    assert_eq!(
        hear(&store, 8, happened(None, None)).await,
        [-22, -21, 11, 12]
    );
    assert_eq!(
        hear(&store, 9, happened(Some(&[]), Some(8))).await,
        [-23, -21, 11]
    );
    assert!(store.is_bound(IssueId::new(42), None).await.unwrap());
    assert!(!store.is_bound(IssueId::new(43), None).await.unwrap());
    let of_company = Some(okdesk_sdk::model::CompanyId::new(8));
    assert!(store.is_bound(IssueId::new(43), of_company).await.unwrap());
    // The company was said before. A bound group that became a supergroup stays bound, whoever writes there first.
    put(&store, 10, Chat::new(ChatId(-1_021))).await;
    store.migrate(ChatId(-21), ChatId(-1_021)).await.unwrap();
    assert_eq!(
        hear(&store, 11, happened(Some(&[]), None)).await,
        [-1_021, -23, 11]
    );
}

async fn a_forgotten_client_is_known_as_such_until_somebody_is_linked_again(
    store: Arc<dyn Store>,
    _: Clock,
) {
    let forgotten = async |id: i64| {
        let seen = Arc::new(std::sync::Mutex::new(None));
        let told = seen.clone();
        let decision = decide(move |scene, _| {
            *told.lock().unwrap() = Some(scene.forgotten_client);
            vec![]
        });
        react_in(&store, id, happened(None, None), decision).await;
        seen.lock().unwrap().unwrap()
    };
    assert!(!forgotten(1).await, "nobody has ever been here");
    put(&store, 2, consenting(11, 5)).await;
    assert!(!forgotten(3).await);
    let forget = decide(|scene, _| {
        scene.chat = Some(Chat::new(ChatId(11)));
        scene.forgotten = Some(Forgotten {
            chat: ChatId(11),
            contact: Some(ContactId::new(5)),
        });
        vec![]
    });
    react_in(&store, 4, says(11, "забудьте меня"), forget).await;
    assert!(forgotten(5).await);
    put(&store, 6, consenting(12, 5)).await;
    assert!(!forgotten(7).await);
}

async fn people_are_found_by_account_contact_and_telephone(store: Arc<dyn Store>, _: Clock) {
    for (id, chat, contact, phone) in [
        (1, 501, 17, "+79161234567"),
        (2, 17, 18, "+79161234568"),
        (3, 503, 19, "+791612345678"),
    ] {
        let mut person = consenting(chat, contact);
        person.link.as_mut().unwrap().phone = phone.into();
        put(&store, id, person).await;
    }
    let find = async |id: i64, command: &str| {
        let found = Arc::new(std::sync::Mutex::new(Vec::new()));
        let told = found.clone();
        let decision = decide(move |scene, _| {
            *told.lock().unwrap() = scene.found.iter().map(|chat| chat.id.0).collect();
            vec![]
        });
        react_in(&store, id, says(900, command), decision).await;
        found.lock().unwrap().clone()
    };
    assert_eq!(find(4, "/user 17").await, [17, 501], "account or contact");
    assert_eq!(
        find(5, "/user +7 916 123-45-67").await,
        [501],
        "the whole number"
    );
    assert_eq!(find(6, "/user 99").await, [] as [i64; 0]);
    assert_eq!(find(7, "user 17").await, [] as [i64; 0]);
}
