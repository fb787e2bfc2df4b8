//! What is said in Telegram, whatever Telegram answers.

use super::*;

#[tokio::test]
async fn fai_04_a_chat_that_must_wait_waits_and_the_others_go_on() {
    let rig = Rig::new().await;
    let (anna, boris) = (
        rig.telegram.user(101, "Анна"),
        rig.telegram.user(102, "Борис"),
    );
    rig.telegram
        .faults()
        .too_many_requests("sendMessage", 101, 3, 1);
    let bridge = rig.start(echo).await;
    anna.send_text("раз");
    eventually(|| rig.telegram.calls_of("sendMessage").first().cloned()).await;
    anna.send_text("два");
    boris.send_text("три");
    until_said(&boris, "три").await;
    until_said(&anna, "два").await;
    bridge.stop().await;
    let calls = rig.telegram.calls_of("sendMessage").into_iter();
    let order: Vec<_> = calls.filter_map(|call| call.chat_id).collect();
    assert_eq!(order, [101, 102, 101, 101], "nobody else waits for it");
    let texts: Vec<_> = anna.chat().from_bot().into_iter().map(|m| m.text).collect();
    assert_eq!(texts, ["раз", "два"], "in order, each once");
    assert!(
        rig.telegram.violations().is_empty(),
        "{:?}",
        rig.telegram.violations()
    );
}

#[tokio::test]
async fn fai_09_a_message_whose_answer_was_lost_comes_at_most_twice_and_the_next_is_not_lost() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    rig.telegram.faults().add(
        lost_connection()
            .method("sendMessage")
            .times(1)
            .after_effect(),
    );
    let bridge = rig.start(echo).await;
    anna.send_text("раз");
    anna.send_text("два");
    hurrying(&rig, || (said(&anna, "два") == 1).then_some(())).await;
    let (_, metrics) = rig.get(&bridge, "/metrics").await;
    assert!(
        metrics.contains("tg_bridge_uncertain_sends_total 1"),
        "{metrics}"
    );
    bridge.stop().await;
    assert_eq!(said(&anna, "раз"), 2);
}

#[tokio::test]
async fn fai_11_what_is_no_failure_for_people_is_none_for_the_bridge() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    for (method, words) in [
        (
            "editMessageText",
            "Bad Request: message is not modified: specified new message content is the same",
        ),
        (
            "editMessageReplyMarkup",
            "Bad Request: message is not modified",
        ),
        (
            "answerCallbackQuery",
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
    ] {
        let refused = Fault::Refuse {
            code: 400,
            description: words.into(),
        };
        rig.telegram
            .faults()
            .add(FaultRule::new(refused).method(method).times(1));
    }
    let decide = |_: &mut Scene, event: &Event| {
        let Some(message) = message_of(event) else {
            return vec![];
        };
        let (chat, id) = (message.chat, message.id);
        let to = Outgoing {
            html: "заново".into(),
            ..Outgoing::default()
        };
        let all = [
            Send::Edit {
                message: id,
                to: to.clone(),
            },
            Send::EditKeyboard {
                message: id,
                keyboard: vec![],
            },
            Send::AnswerCallback {
                callback: "17".into(),
                note: None,
            },
            // This one is really not there.
            Send::Edit {
                message: tg_bridge::telegram::MessageId(9_999),
                to,
            },
        ];
        all.into_iter()
            .map(|send| Effect::Telegram {
                chat,
                send,
                about: None,
            })
            .collect()
    };
    let bridge = rig.start(decide).await;
    anna.send_text("раз");
    until_said(&anna, "заново").await;
    until_stored(async || {
        (bridge.store().pressure().await.unwrap().waiting_out == 0).then_some(())
    })
    .await;
    assert!(bridge.store().dead(10).await.unwrap().is_empty());
    bridge.stop().await;
    assert_eq!(said(&anna, "заново"), 1);
}

#[tokio::test]
async fn com_07_refused_formatting_goes_once_as_plain_text() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let bridge = rig
        .start(|_, event| match text_of(event) {
            Some((chat, _)) => vec![say(chat, "<b>жирно &amp; криво")],
            None => vec![],
        })
        .await;
    anna.send_text("раз");
    let shown = until_said(&anna, "жирно & криво").await;
    assert!(shown.entities.is_empty());
    bridge.stop().await;
    assert_eq!(rig.telegram.calls_of("sendMessage").len(), 2);
}

#[tokio::test]
async fn not_07_a_chat_that_refuses_is_told_to_the_reaction_and_left_alone() {
    let rig = Rig::new().await;
    let (anna, boris) = (
        rig.telegram.user(101, "Анна"),
        rig.telegram.user(102, "Борис"),
    );
    let blocked = Fault::Refuse {
        code: 403,
        description: "Forbidden: bot was blocked by the user".into(),
    };
    rig.telegram.faults().add(FaultRule::new(blocked).chat(101));
    let (decide, mut told) = telling(echo);
    let bridge = rig.start(decide).await;
    anna.send_text("раз");
    boris.send_text("два");
    let (chat, reachable) = next(&mut told, |event| match event {
        Event::Telegram(update) => match update.as_ref() {
            Update::Membership(m) => Some((m.chat, m.reachable)),
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!((chat, reachable), (ChatId(101), false));
    until_said(&boris, "два").await;
    assert_eq!(
        rig.telegram
            .calls_of("sendMessage")
            .iter()
            .filter(|c| c.chat_id == Some(101))
            .count(),
        1
    );
    bridge.stop().await;
}
