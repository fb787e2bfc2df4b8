//! What is written in Okdesk once, whatever Okdesk does to the call.

use super::*;

#[tokio::test]
async fn fai_05_comments_wait_out_an_outage_in_order_and_the_client_is_told_once() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    rig.okdesk.faults().on_any().always(DeskFault::Status(503));
    let bridge = rig.start(comment_on(issue, contact)).await;
    anna.send_text("раз");
    until_said(&anna, "позже").await;
    anna.send_text("два");
    // The second try begins, when the first has surely ended, with a look whether it went through.
    let looks = || rig.okdesk.recorder().count("comments.list");
    rig.clock.advance(Duration::from_secs(25));
    anna.send_text("три");
    until_stored(async || {
        let waiting = bridge.store().pressure().await.unwrap().waiting_out;
        (waiting == 3).then_some(())
    })
    .await;
    assert_eq!(looks(), 0, "Okdesk may still be at work on it");
    hurrying(&rig, || (looks() >= 1).then_some(())).await;
    rig.okdesk.faults().clear();
    hurrying(&rig, || (said(&anna, "сохранено") == 3).then_some(())).await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["раз", "два", "три"]);
    assert_eq!(said(&anna, "позже"), 1);
}

#[tokio::test]
async fn a_comment_whose_fate_is_unknown_is_looked_for_before_it_is_repeated() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    for fault in [
        DeskFault::DropAfter,
        DeskFault::CutBody,
        DeskFault::Garbage,
        DeskFault::DropBefore,
        DeskFault::Status(500),
    ] {
        rig.okdesk.faults().on("comments.create").once(fault);
    }
    let bridge = rig.start(comment_on(issue, contact)).await;
    for text in ["раз", "два", "три", "четыре", "пять"] {
        anna.send_text(text);
    }
    hurrying(&rig, || (said(&anna, "сохранено") == 5).then_some(())).await;
    bridge.stop().await;
    assert_eq!(
        comments(&rig, issue),
        ["раз", "два", "три", "четыре", "пять"]
    );
}

#[tokio::test]
async fn equal_words_are_two_comments_even_when_the_fate_of_the_second_is_unknown() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    let bridge = rig.start(comment_on(issue, contact)).await;
    anna.send_text("да");
    until_said(&anna, "сохранено").await;
    // The second one did not get through, and nobody knows.
    let faults = rig.okdesk.faults();
    faults.on("comments.create").once(DeskFault::Status(500));
    anna.send_text("да");
    hurrying(&rig, || (said(&anna, "сохранено") == 2).then_some(())).await;
    // The third one did.
    faults.on("comments.create").once(DeskFault::DropAfter);
    anna.send_text("да");
    hurrying(&rig, || (said(&anna, "сохранено") == 3).then_some(())).await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["да", "да", "да"]);
}

#[tokio::test]
async fn files_that_a_first_try_left_behind_are_named_when_it_is_found() {
    let rig = Rig::new().await.with("TELEGRAM_DOWNLOAD_LIMIT_MB", "1");
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    let (decide, mut told) = telling(comment_on(issue, contact));
    let bridge = rig.start(decide).await;
    let faults = rig.okdesk.faults();
    faults.on("comments.create").once(DeskFault::DropAfter);
    anna.caption("Велик").send_document(
        "фильм.bin",
        "application/octet-stream",
        vec![0; 1_100_000],
    );
    hurrying(&rig, || (said(&anna, "сохранено") == 1).then_some(())).await;
    let lost = next(&mut told, |event| match event {
        Event::Answer(answer) => match &answer.outcome {
            Outcome::Done(Reply::CommentCreated { lost, .. }) => Some(lost.clone()),
            _ => None,
        },
        _ => None,
    })
    .await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["Велик"]);
    let lost: Vec<_> = lost.iter().map(|f| (f.name.as_str(), f.reason)).collect();
    assert_eq!(lost, [("фильм.bin", LostReason::TooLarge)]);
}

#[tokio::test]
async fn tic_05_an_issue_whose_fate_is_unknown_is_looked_for_before_it_is_repeated() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let contact = rig.okdesk.account().contact("Анна", "Смирнова").create();
    rig.okdesk
        .faults()
        .on("issues.create")
        .once(DeskFault::DropAfter);
    let decide = move |_: &mut Scene, event: &Event| match (text_of(event), event) {
        (Some((chat, text)), _) => {
            let new = NewIssue {
                title: text.into(),
                description: Html::from_text("Полосы <на> бумаге\nи шум"),
                contact,
                company: None,
                maintenance_entity: None,
                files: vec![],
                parts: vec![],
                follows: None,
            };
            vec![Effect::Okdesk {
                chat: ChatId(chat),
                call: OkdeskCall::CreateIssue(new),
            }]
        }
        (_, Event::Answer(answer)) => match &answer.outcome {
            Outcome::Done(Reply::IssueCreated { issue, .. }) => {
                vec![say(101, &format!("№ {}", issue.id))]
            }
            _ => vec![],
        },
        _ => vec![],
    };
    let bridge = rig.start(decide).await;
    anna.send_text("Не печатает");
    let told = hurrying(&rig, || anna.chat().from_bot().pop()).await;
    bridge.stop().await;
    let all = rig.okdesk.snapshot();
    let issues: Vec<_> = all["issues"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| i["title"] == "Не печатает")
        .collect();
    assert_eq!(issues.len(), 1, "{issues:#?}");
    assert_eq!(told.text, format!("№ {}", issues[0]["id"]));
    assert_eq!(
        rig.okdesk.recorder().count("issues.create"),
        1,
        "found, not repeated"
    );
}

#[tokio::test]
async fn fai_07_a_refusal_is_not_repeated_and_fai_08_can_be_handled_by_an_admin() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let (contact, issue) = issue(&rig);
    rig.okdesk
        .faults()
        .on("comments.create")
        .once(DeskFault::Status(403));
    let (decide, mut told) = telling(comment_on(issue, contact));
    let bridge = rig.start(decide).await;
    anna.send_text("раз");
    anna.send_text("два");
    until_said(&anna, "сохранено").await;
    assert_eq!(said(&anna, "отказано"), 1);
    assert_eq!(
        rig.okdesk.recorder().count("comments.create"),
        2,
        "one try each"
    );
    let failure = next(&mut told, |event| match event {
        Event::Answer(answer) => match &answer.outcome {
            Outcome::Failed(failure) => Some(failure.clone()),
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert!(failure.detail.contains("Ошибка 403"), "{failure:?}");

    let dead = bridge.store().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].hop, Hop::Out);
    assert!(
        dead[0].error.starts_with("Forbidden ") && dead[0].error.contains("Ошибка 403"),
        "{}",
        dead[0].error
    );
    assert!(bridge.store().revive(dead[0].id).await.unwrap());
    eventually(|| (said(&anna, "сохранено") == 2).then_some(())).await;
    bridge.stop().await;
    assert_eq!(comments(&rig, issue), ["два", "раз"]);
}

/// Who writes "оцени" rates the issue of the same number; to anything else the bot says the same.
fn rate_or_echo(scene: &mut Scene, event: &Event) -> Vec<Effect> {
    match text_of(event) {
        Some((chat, "оцени")) => vec![Effect::Okdesk {
            chat: ChatId(chat),
            call: OkdeskCall::Rate {
                issue: IssueId::new(chat.unsigned_abs()),
                score: Score::new(5).unwrap(),
            },
        }],
        _ => echo(scene, event),
    }
}

#[tokio::test]
async fn fai_05_an_okdesk_that_hangs_does_not_make_the_bot_fall_silent() {
    let rig = Rig::new().await;
    let slow = rig.okdesk.faults().on("issues.rate");
    slow.always(DeskFault::Delay(Duration::from_secs(600)));
    let bridge = rig.start(rate_or_echo).await;
    for chat in 1_000..1_100 {
        rig.telegram.user(chat, "Анна").send_text("оцени");
    }
    until_stored(async || {
        let waiting = bridge.store().pressure().await.unwrap().waiting_out;
        (waiting == 100).then_some(())
    })
    .await;
    for chat in 2_000..2_010 {
        let boris = rig.telegram.user(chat, "Борис");
        boris.send_text("привет");
        until_said(&boris, "привет").await;
    }
    bridge.stop().await;
}
