//! The judge: reads what was said, what arrived and what the database holds, and says which promise was broken.
//!
//! * I1 what was taken in reached everybody it should, and nothing waits;
//! * I2 a message comes twice only if its sending was open when something broke; nothing is twice in Okdesk;
//! * I3 a chat hears things in the order in which they were decided;
//! * I4 nothing is said that nobody decided, and nobody hears what is another's;
//! * I5 given up is the poison, and nothing else;
//! * I6 the database is sound, its counts are right;
//! * I7 nobody was called sooner than asked.

use super::people::{Said, Told};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use tg_bridge::demo::bot_api::Call;
use tg_bridge::reaction::Effect;
use tg_bridge::telegram::{ChatId, Outgoing, Send};

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) &'static str, pub(crate) String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0, self.1)
    }
}

/// An item as it was put into the queue, and as it is now.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) hop: String,
    pub(crate) lane: String,
    pub(crate) order: i64,
    pub(crate) dedup: String,
    pub(crate) body: String,
    pub(crate) state: String,
    pub(crate) error: String,
}

/// A lane as it is at the end.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) key: String,
    pub(crate) pending: i64,
    pub(crate) counted: i64,
    pub(crate) leased: bool,
}

/// Words of a client or of staff, as the judge names them.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            chat, word, issue, ..
        } = self;
        write!(f, "{word} of {chat} to {issue:?}")
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            chat, word, issue, ..
        } = self;
        write!(f, "{word} about {issue} to {chat}")
    }
}

/// A comment or an issue in Okdesk.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) issue: u64,
    pub(crate) is_issue: bool,
    pub(crate) content: String,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            hop,
            lane,
            dedup,
            state,
            error,
            body,
            ..
        } = self;
        write!(f, "{hop} {lane} {dedup} {state} {error:?} {body}")
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            pending,
            counted,
            ..
        } = self;
        write!(f, "{key} ({pending} counted, {counted} there)")
    }
}

/// Everything there is to judge by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    /// Calls that had an effect in a chat, in the order of their effects.
    pub(crate) calls: Vec<Call>,
    /// When something broke: kills, stops, cut connections, in Unix milliseconds.
    pub(crate) broke: Vec<i64>,
    /// When a replica stood still that had been stopped wherever it was.
    pub(crate) in_flight: Vec<Range<i64>>,
    pub(crate) said: Vec<Said>,
    pub(crate) told: Vec<Told>,
    pub(crate) texts: Vec<Text>,
    /// File names in Okdesk, with the issue.
    pub(crate) files: Vec<(u64, String)>,
    /// Names of contacts that were made.
    pub(crate) surnames: Vec<String>,
    pub(crate) registered: Vec<(i64, String)>,
    pub(crate) vain: Vec<String>,
    pub(crate) queue: Vec<Seen>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) poison: BTreeSet<String>,
    pub(crate) violations: Vec<String>,
    pub(crate) soundness: Vec<String>,
}

/// How much there was to judge: a run in which nothing happened shows nothing.
#[derive(Debug, Default)]
pub(crate) struct Weight {
    pub(crate) said: usize,
    pub(crate) told: usize,
    pub(crate) calls: usize,
    pub(crate) repeated: usize,
}

/// The promises that were broken, and how much was looked at.
pub(crate) fn judge(evidence: &Evidence) -> (Vec<Broken>, Weight) {
    let mut broken = Vec::new();
    let mut weight = Weight {
        said: evidence.said.len(),
        told: evidence.told.len(),
        calls: evidence.calls.len(),
        repeated: 0,
    };
    for vain in &evidence.vain {
        broken.push(Broken("I1", vain.clone()));
    }
    from_clients(evidence, &mut broken);
    from_staff(evidence, &mut broken);
    chats(evidence, &mut broken, &mut weight);
    queue(evidence, &mut broken);
    for word in &evidence.soundness {
        broken.push(Broken("I6", word.clone()));
    }
    for violation in &evidence.violations {
        broken.push(Broken("I7", violation.clone()));
    }
    (broken, weight)
}

fn from_clients(evidence: &Evidence, broken: &mut Vec<Broken>) {
    for said in &evidence.said {
        let places: Vec<_> = evidence
            .texts
            .iter()
            .filter(|text| text.content.contains(&said.word))
            .collect();
        match places.as_slice() {
            [] => broken.push(Broken("I1", format!("{said} is not in Okdesk"))),
            [place] => {
                let right = match said.issue {
                    Some(issue) => !place.is_issue && place.issue == issue,
                    None => place.is_issue,
                };
                if !right {
                    broken.push(Broken("I4", format!("{said} is in {place:?}")));
                }
            }
            more => broken.push(Broken(
                "I2",
                format!("{said} is {} times in Okdesk: {more:?}", more.len()),
            )),
        }
        if let Some(name) = &said.file {
            let found = evidence.files.iter().filter(|(_, file)| file == name);
            match found.count() {
                0 => broken.push(Broken("I1", format!("the file {name} of {said}"))),
                1 => {}
                n => broken.push(Broken("I2", format!("the file {name} is {n} times there"))),
            }
        }
    }
    for (chat, surname) in &evidence.registered {
        let found = evidence.surnames.iter().filter(|name| *name == surname);
        match found.count() {
            0 => broken.push(Broken("I1", format!("{surname} of {chat} is no contact"))),
            1 => {}
            n => broken.push(Broken("I2", format!("{surname} is {n} contacts"))),
        }
    }
}

fn from_staff(evidence: &Evidence, broken: &mut Vec<Broken>) {
    let mut heard: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    let words: BTreeSet<&str> = evidence
        .told
        .iter()
        .map(|told| told.word.as_str())
        .collect();
    let mut files: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for call in &evidence.calls {
        let chat = call.chat_id.unwrap_or_default();
        for word in call.text.as_deref().unwrap_or_default().split_whitespace() {
            if let Some(word) = words.get(word) {
                heard.entry(word).or_default().insert(chat);
            }
        }
        for file in &call.files {
            files.entry(&file.name).or_default().insert(chat);
        }
    }
    let nobody = BTreeSet::new();
    for told in &evidence.told {
        let by = heard.get(told.word.as_str()).unwrap_or(&nobody);
        if told.public && !by.contains(&told.chat) {
            broken.push(Broken("I1", format!("{told} was not heard")));
        }
        if by.iter().any(|chat| !told.public || *chat != told.chat) {
            broken.push(Broken("I4", format!("{told} was heard in {by:?}")));
        }
        let Some(name) = &told.file else { continue };
        let by = files.get(name.as_str()).unwrap_or(&nobody);
        if told.public && !by.contains(&told.chat) {
            broken.push(Broken("I1", format!("the file of {told} did not come")));
        }
        if by.iter().any(|chat| !told.public || *chat != told.chat) {
            broken.push(Broken("I4", format!("the file of {told} went to {by:?}")));
        }
    }
}

/// Whether a call is what was decided.
fn is_it(call: &Call, send: &Send) -> bool {
    let text = |html: &str| call.parameters["text"] == html;
    let at = |id: i64| {
        let given = &call.parameters["message_id"];
        given
            .as_i64()
            .or_else(|| given.as_str()?.parse().ok())
            .is_some_and(|given| given == id)
    };
    match send {
        Send::Message(message) => call.method == "sendMessage" && text(&message.html),
        Send::Edit { message, to } => {
            call.method == "editMessageText" && at(message.0) && text(&to.html)
        }
        Send::EditKeyboard { message, .. } => {
            call.method == "editMessageReplyMarkup" && at(message.0)
        }
        Send::AnswerCallback { .. } => false,
        Send::Files { files, .. } => {
            call.files.len() == files.len()
                && files
                    .iter()
                    .zip(&call.files)
                    .all(|(file, sent)| file.name == sent.name)
        }
        Send::Leave => call.method == "leaveChat",
        // Nobody in the harness may ask for one.
        Send::Report { .. } => false,
    }
}

/// Whether a call was still open when something broke, so that what came next may say it once more.
fn may_repeat(evidence: &Evidence, first: &Call, next: &Call) -> bool {
    let mut broke = evidence.broke.iter();
    broke.any(|broke| (first.at_ms..=next.at_ms).contains(broke))
        || first.fault.is_some()
        || first.status != 200
}

/// Whether a replica could not help making this call: it had handed it to its HTTP client, was stopped in that very moment, and
/// went on after another had made the call in its place.
fn was_in_flight(evidence: &Evidence, calls: &[&Call], send: &Send, late: &Call) -> bool {
    const AT_ONCE: i64 = 1_000;
    let mut times = evidence.in_flight.iter();
    times.any(|time| {
        let mut others = calls.iter().filter(|call| time.contains(&call.at_ms));
        (time.end - AT_ONCE..time.end + AT_ONCE).contains(&late.at_ms)
            && others.any(|call| call.at_ms < late.at_ms && is_it(call, send))
    })
}

/// Walks each chat's calls along what was decided for it.
fn chats(evidence: &Evidence, broken: &mut Vec<Broken>, weight: &mut Weight) {
    let mut decided: BTreeMap<i64, Vec<(i64, Send)>> = BTreeMap::new();
    for item in evidence.queue.iter().filter(|item| item.hop == "out") {
        match serde_json::from_str(&item.body) {
            Ok(Effect::Telegram { chat, send, .. }) => {
                if !matches!(send, Send::AnswerCallback { .. }) && item.state != "dead" {
                    decided.entry(chat.0).or_default().push((item.order, send));
                }
            }
            Ok(_) => {}
            Err(e) => broken.push(Broken("I6", format!("{item} cannot be read: {e}"))),
        }
    }
    let mut made: BTreeMap<i64, Vec<&Call>> = BTreeMap::new();
    for call in &evidence.calls {
        made.entry(call.chat_id.unwrap_or_default())
            .or_default()
            .push(call);
    }
    for (chat, calls) in &made {
        let mut plan = decided.remove(chat).unwrap_or_default();
        plan.sort_by_key(|(order, _)| *order);
        let plan: Vec<Send> = plan.into_iter().map(|(_, send)| send).collect();
        walk(evidence, *chat, &plan, calls, broken, weight);
    }
    for (chat, plan) in decided {
        broken.push(Broken("I1", format!("{chat} never heard {plan:?}")));
    }
}

fn walk(
    evidence: &Evidence,
    chat: i64,
    plan: &[Send],
    calls: &[&Call],
    broken: &mut Vec<Broken>,
    weight: &mut Weight,
) {
    let mut at = 0_usize;
    // What was passed over, and may still come.
    let mut missed: Vec<usize> = Vec::new();
    // Two decisions may say the same, so which of several equal calls was the needless one cannot be told. Each break
    // between two of them excuses one.
    let mut before: Option<&Call> = None;
    let mut excuses = 0;
    for call in calls {
        let again = at
            .checked_sub(1)
            .and_then(|last| plan.get(last))
            .is_some_and(|send| is_it(call, send));
        if !again {
            excuses = 0;
        } else if before.is_some_and(|before| may_repeat(evidence, before, call)) {
            excuses += 1;
        }
        if plan.get(at).is_some_and(|send| is_it(call, send)) {
            at += 1;
            before = Some(call);
            continue;
        }
        if again {
            weight.repeated += 1;
            if excuses > 0 {
                excuses -= 1;
            } else {
                let first = before.map_or(0, |first| first.at_ms);
                broken.push(Broken(
                    "I2",
                    format!(
                        "{chat} heard twice, at {first} and {}, though nothing broke since {:?}: {:?}",
                        call.at_ms,
                        evidence.broke.iter().filter(|broke| **broke < first).max(),
                        call.text
                    ),
                ));
            }
            before = Some(call);
            continue;
        }
        if let Some(late) = missed.iter().position(|place| is_it(call, &plan[*place])) {
            let place = missed.remove(late);
            broken.push(Broken(
                "I3",
                format!("{chat} heard {:?} late, after number {place}", call.text),
            ));
            continue;
        }
        let ahead = plan.iter().skip(at).position(|send| is_it(call, send));
        if let Some(ahead) = ahead {
            missed.extend(at..at + ahead);
            at += ahead + 1;
            before = Some(call);
        } else if let Some(send) = plan.iter().find(|send| is_it(call, send)) {
            weight.repeated += 1;
            if !was_in_flight(evidence, calls, send, call) {
                broken.push(Broken(
                    "I2",
                    format!("{chat} heard {:?} again, after other things", call.text),
                ));
            }
        } else {
            broken.push(Broken(
                "I4",
                format!("{chat} heard what nobody decided: {:?}", call.text),
            ));
        }
    }
    missed.extend(at..plan.len());
    for place in missed {
        broken.push(Broken(
            "I1",
            format!("{chat} never heard {:?}", plan[place]),
        ));
    }
}

fn queue(evidence: &Evidence, broken: &mut Vec<Broken>) {
    let mut dead = BTreeSet::new();
    for item in &evidence.queue {
        match item.state.as_str() {
            // A timer that waits for its time; one that collects somebody's words had to be over long ago.
            "pending"
                if item.lane.starts_with("timer:") && !item.lane.starts_with("timer:quiet:") => {}
            "pending" => broken.push(Broken("I1", format!("{item} waits"))),
            "dead" => _ = dead.insert(item.dedup.clone()),
            _ => {}
        }
    }
    for key in dead.symmetric_difference(&evidence.poison) {
        let item = evidence.queue.iter().find(|item| item.dedup == *key);
        broken.push(Broken(
            "I5",
            format!(
                "{key} is {}",
                item.map_or("nowhere".to_owned(), ToString::to_string)
            ),
        ));
    }
    for lane in &evidence.lanes {
        if lane.pending != lane.counted {
            broken.push(Broken("I6", format!("{lane} is counted wrongly")));
        }
        if lane.leased {
            broken.push(Broken("I6", format!("{lane} is still held")));
        }
    }
}

/// Comments, issues and files of an account.
pub(crate) fn read_account(account: &Value, evidence: &mut Evidence) {
    let all = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for issue in all(&account["issues"]) {
        let id = issue["id"].as_u64().unwrap_or_default();
        evidence.texts.push(Text {
            issue: id,
            is_issue: true,
            content: format!(
                "{} {}",
                words(&issue["title"]),
                words(&issue["description"])
            ),
        });
        for file in all(&issue["attachments"]) {
            evidence
                .files
                .push((id, words(&file["attachment_file_name"])));
        }
        for comment in all(&issue["comments"]) {
            evidence.texts.push(Text {
                issue: id,
                is_issue: false,
                content: words(&comment["content"]),
            });
        }
    }
    for contact in all(&account["contacts"]) {
        evidence.surnames.push(words(&contact["last_name"]));
    }
}

/// What is said to one chat at these moments, and nothing was decided but to say it so often.
fn says_only(moments: &[i64], decided: usize, broke: &[i64]) -> Evidence {
    let words = "Напишите комментарий";
    let said: Vec<_> = moments.iter().map(|at| (*at, words)).collect();
    says(&said, &vec![words; decided], broke)
}

/// What is said to one chat, and what was decided to be said.
fn says(said: &[(i64, &str)], decided: &[&str], broke: &[i64]) -> Evidence {
    let call = |(at_ms, words): &(i64, &str)| Call {
        seq: 0,
        at_ms: *at_ms,
        method: "sendMessage".into(),
        chat_id: Some(7),
        text: Some((*words).into()),
        parameters: serde_json::json!({"text": words}),
        files: Vec::new(),
        status: 200,
        answer: None,
        fault: None,
        took_effect: true,
    };
    let effect = |words: &str| Effect::Telegram {
        chat: ChatId(7),
        send: Send::Message(Outgoing {
            html: words.into(),
            ..Outgoing::default()
        }),
        about: None,
    };
    let seen = |(order, words): (usize, &&str)| Seen {
        hop: "out".into(),
        lane: "chat:7".into(),
        order: order as i64,
        dedup: format!("effect:{order}"),
        body: serde_json::to_string(&effect(words)).unwrap(),
        state: "done".into(),
        error: String::new(),
    };
    Evidence {
        calls: said.iter().map(call).collect(),
        broke: broke.to_vec(),
        queue: decided.iter().enumerate().map(seen).collect(),
        ..Evidence::default()
    }
}

#[test]
fn equal_words_are_told_apart_by_what_broke_between_them() {
    let broken = |moments: &[i64], decided, broke: &[i64]| {
        let (broken, _) = judge(&says_only(moments, decided, broke));
        broken
            .iter()
            .map(|Broken(promise, _)| *promise)
            .collect::<Vec<_>>()
    };
    assert!(broken(&[10, 20], 2, &[]).is_empty());
    // The first was repeated, and the second decision said the same.
    assert!(broken(&[10, 20, 21], 2, &[15]).is_empty());
    assert_eq!(broken(&[10, 20, 21], 2, &[]), ["I2"]);
    assert_eq!(broken(&[10, 20, 21, 22], 2, &[15]), ["I2"]);
    assert_eq!(broken(&[10, 20], 1, &[9]), ["I2"]);
    assert_eq!(broken(&[10], 2, &[15]), ["I1"]);
}

#[test]
fn what_a_frozen_replica_had_on_its_way_comes_when_it_goes_on_and_at_no_other_time() {
    let broken = |late: i64, frozen: Range<i64>| {
        let said = [(100, "one"), (200, "two"), (late, "one")];
        let mut evidence = says(&said, &["one", "two"], &[]);
        evidence.in_flight.push(frozen);
        judge(&evidence).0.len()
    };
    assert_eq!(broken(30_001, 50..30_000), 0);
    assert_eq!(broken(32_000, 50..30_000), 1, "long after it went on");
    assert_eq!(broken(20_000, 50..30_000), 1, "while it stood still");
    assert_eq!(broken(30_001, 150..30_000), 1, "made before it stood still");
}
