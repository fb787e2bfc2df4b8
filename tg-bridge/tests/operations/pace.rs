//! How fast the bridge writes to a Telegram that would let it write as fast as it likes.

use crate::engine::{Rig, say, text_of, until_said};
use okdesk_sdk::model::IssueId;
use std::collections::BTreeMap;
use std::time::Duration;
use tg_bridge::demo::bot_api::Call;
use tg_bridge::reaction::{Effect, Event, Happening, Scene};
use tg_bridge::telegram::{ChatId, RemoteFile, Send};

/// So many messages a chat may get at once.
const BURST: usize = 4;
/// So much later than it was allowed a message may come to Telegram, on a machine that does more than this.
const LATE: i64 = 500;

fn picture() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[7; 64]).unwrap();
    writer.finish().unwrap();
    file
}

fn album(issue: IssueId, files: &[RemoteFile]) -> Effect {
    Effect::Telegram {
        chat: ChatId(101),
        send: Send::Files {
            issue,
            files: files.to_vec(),
            caption: String::new(),
            silent: false,
        },
        about: None,
    }
}

/// Answers with many messages, and sends files with one behind them.
fn talkative(_: &mut Scene, event: &Event) -> Vec<Effect> {
    match (text_of(event), event) {
        (Some((chat, _)), _) => (0..8).map(|n| say(chat, &format!("слово {n}"))).collect(),
        (_, Event::Desk(desk)) => match &desk.happening {
            Happening::Files(files) => vec![album(desk.issue.id, files), say(101, "конец")],
            _ => vec![],
        },
        _ => vec![],
    }
}

/// As how many messages Telegram counts a call.
fn messages(call: &Call) -> usize {
    match call.method.as_str() {
        "sendMessage" => 1,
        method if method.starts_with("send") => call.files.len(),
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_hears_a_few_words_at_once_then_one_a_second_and_each_file_of_an_album_is_one() {
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let issue = rig.okdesk.account().issue("Принтер").create();
    let bridge = rig.start(talkative).await;
    anna.send_text("поговорим");
    until_said(&anna, "слово 7").await;
    let files = (0..5).map(|n| (format!("{n}.png"), picture()));
    let staff = rig.okdesk.staff("Пётр");
    staff.add_files(issue, true, files).unwrap();
    until_said(&anna, "конец").await;
    bridge.stop().await;
    let calls: Vec<_> = rig
        .telegram
        .calls()
        .into_iter()
        .filter(|call| call.chat_id == Some(101) && messages(call) > 0)
        .collect();
    let sizes: Vec<_> = calls.iter().map(messages).collect();
    assert_eq!(sizes, [1, 1, 1, 1, 1, 1, 1, 1, 5, 1]);
    for (first, from) in calls.iter().enumerate() {
        let (mut sent, mut at_once) = (messages(from), BURST.max(messages(from)));
        for until in &calls[first + 1..] {
            sent += messages(until);
            // An album larger than what may come at once has to wait until nothing else has come.
            at_once = at_once.max(messages(until));
            let time = until.at_ms - from.at_ms + LATE;
            let allowed = at_once + usize::try_from(time / 1_000).unwrap();
            assert!(sent <= allowed, "{sent} messages in {time} ms");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_hears_twenty_in_any_minute_and_nothing_is_lost() {
    const STEP: i64 = 250;
    let rig = Rig::new().await;
    let anna = rig.telegram.user(101, "Анна");
    let group = rig.telegram.group("Ромашка", &anna);
    let room = group.id();
    let bridge = rig
        .start(move |_, event| match text_of(event) {
            Some((101, _)) => (0..25).map(|n| say(room, &format!("слово {n}"))).collect(),
            _ => vec![],
        })
        .await;
    anna.send_text("поговорим");
    // When each came, by a clock in which a minute takes six seconds.
    let mut came = BTreeMap::new();
    let mut now = 0;
    while came.len() < 25 {
        rig.clock
            .advance(Duration::from_millis(STEP.unsigned_abs()));
        now += STEP;
        tokio::time::sleep(Duration::from_millis(25)).await;
        let calls = rig.telegram.calls_of("sendMessage").into_iter();
        for call in calls.filter(|call| call.chat_id == Some(room)) {
            came.entry(call.seq).or_insert(now);
        }
        assert!(now < 200_000, "only {} came", came.len());
    }
    bridge.stop().await;
    let came: Vec<i64> = came.into_values().collect();
    for twenty_one in came.windows(21) {
        // A step of that clock is not a moment, and neither is the way to Telegram.
        let time = twenty_one[20] - twenty_one[0];
        assert!(time > 55_000, "21 messages in {time} ms: {came:?}");
    }
    let heard: Vec<_> = group.from_bot().into_iter().map(|m| m.text).collect();
    let spoken: Vec<_> = (0..25).map(|n| format!("слово {n}")).collect();
    assert_eq!(heard, spoken, "in order, each once");
}
