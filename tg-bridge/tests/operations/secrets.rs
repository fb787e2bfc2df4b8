//! What must be in no log and in no file that goes to others.

use crate::engine::program::{Program, command};
use crate::engine::{PATIENCE, Rig, SECRET, eventually, offered, shown, until_shown};
use okdesk_sdk::model::IssueId;
use okdesk_sdk::testing::Fault as DeskFault;
use tg_bridge::demo::bot_api::{Fault, FaultRule};

const FAMILY: &str = "Невыговариваемова";
const PHONE: &str = "79161239874";
const WORDS: &str = "плоттер изрыгает фиолетовые кляксы";
const ANSWER: &str = "мастер прибудет на дирижабле";

/// A life with everything in it: registration, an outage, a ticket, files, refusals, poison, a portal link.
async fn live(rig: &Rig, bridge: &Program) {
    let anna = rig.telegram.user(501, "Аполлинария").phone(PHONE);
    anna.last_name(FAMILY);
    let company = rig.okdesk.account().company("ООО «Ромашка»").create();
    rig.okdesk
        .account()
        .contact("Аполлинария", FAMILY)
        .phone(&format!("+{PHONE}"))
        .company(company)
        .create();
    rig.okdesk.add_webhook(bridge.webhook());

    // Okdesk is down while the number is looked up, then refuses a ticket with the reason.
    let faults = rig.okdesk.faults();
    faults
        .on("contacts.search")
        .times(3, DeskFault::Status(503));
    faults.on("contacts.list").times(3, DeskFault::Status(503));
    faults.on("issues.create").once(DeskFault::Status(422));
    rig.telegram.faults().add(
        FaultRule::new(Fault::Refuse {
            code: 400,
            description: format!("Bad Request: can't parse entities: Unsupported start tag \"{FAMILY}\" at byte offset 7"),
        })
        .method("sendMessage")
        .times(1),
    );
    rig.register(&anna).await;
    let asked = anna.chat().from_now();
    anna.press("new").unwrap();
    asked
        .wait_for(|message| message.has_callback("cancel"), PATIENCE)
        .await
        .unwrap();
    anna.send_text(WORDS);
    asked
        .wait_for(|message| message.has_callback("submit"), PATIENCE)
        .await
        .unwrap();
    anna.press("submit").unwrap();
    // Refused once; what was written is still there to be sent again.
    eventually(|| (shown(&anna, "не удалось") == 1).then_some(())).await;
    let again = eventually(|| {
        let last = anna.chat().from_bot().pop()?;
        last.has_callback("submit").then_some(last)
    });
    anna.press_on(again.await.id, "submit").unwrap();
    until_shown(&anna, "№").await;
    eventually(|| rig.okdesk.snapshot()["issues"].as_array()?.first().cloned()).await;
    let staff = rig.okdesk.staff("Иван Соколов");
    let issue = IssueId::new(1);
    // Telegram refuses a message for good, with its words in the refusal.
    rig.telegram.faults().add(
        FaultRule::new(Fault::Refuse {
            code: 400,
            description: format!(
                "Bad Request: inline keyboard button URL '{WORDS}' is invalid: Wrong HTTP URL"
            ),
        })
        .method("sendMessage")
        .times(1),
    );
    staff.comment(issue, ANSWER).send().unwrap();
    staff
        .comment(issue, ANSWER)
        .attach("тайный план.pdf", vec![1; 1000])
        .send()
        .unwrap();
    until_shown(&anna, ANSWER).await;
    anna.send_document("паспорт.pdf", "application/pdf", vec![2; 1000]);
    rig.telegram.push_update(
        "message",
        serde_json::json!({"chat": {"id": 501, "type": "private"}, "from": {"id": 501}, "text": [WORDS]}),
    );
    let wrong = bridge
        .webhook()
        .to_string()
        .replace(SECRET, "a-wrong-secret-of-them");
    for (url, body) in [
        (wrong, WORDS.to_owned()),
        (bridge.webhook().to_string(), WORDS.to_owned()),
        (
            bridge.webhook().to_string(),
            format!(
                r#"{{"event":{{"event_type":"new_magic"}},"issue":{{"id":1,"title":"{WORDS}"}}}}"#
            ),
        ),
    ] {
        let post = rig
            .http
            .post(url)
            .header("content-type", "application/json");
        post.body(body).send().await.unwrap();
    }
    anna.send_text("/menu");
    offered(&anna, "portal").await;
    let before = anna.chat().from_now();
    let _ = anna.press("portal");
    let _ = before
        .wait_for(|_| true, std::time::Duration::from_secs(5))
        .await;
}

fn secrets(rig: &Rig) -> Vec<String> {
    vec![
        rig.telegram.token().split(':').nth(1).unwrap().to_owned(),
        rig.okdesk.token().to_owned(),
        SECRET.to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_05_at_the_normal_level_no_log_line_holds_what_is_nobodys_business() {
    let rig = Rig::new().await;
    let bridge = Program::start(&rig).await;
    live(&rig, &bridge).await;
    let log = bridge.stop().await;
    let mut forbidden = secrets(&rig);
    forbidden.extend(
        [
            FAMILY,
            "Аполлинария",
            PHONE,
            &PHONE[1..],
            WORDS,
            "фиолетовые",
            ANSWER,
            "дирижабл",
            "тайный",
            "паспорт",
            "login_link",
            "otp=",
        ]
        .map(str::to_owned),
    );
    for word in forbidden {
        let line = log.lines().find(|line| line.contains(&word));
        assert!(
            line.is_none(),
            "`{word}` is logged: {}",
            line.unwrap_or_default()
        );
    }
    // It is a log all the same: every line an object, failures among them.
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            line["level"].is_string() && line["timestamp"].is_string(),
            "{line}"
        );
    }
    assert!(
        log.contains("\"WARN\"") && log.contains("the bridge has stopped"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_05_at_no_level_a_log_line_holds_a_token() {
    let rig = Rig::new().await;
    let mut command = command(&rig, &["run"]);
    command.env("RUST_LOG", "trace");
    let bridge = Program::spawn(command).await;
    live(&rig, &bridge).await;
    let log = bridge.stop().await;
    assert!(log.contains("the bridge has stopped"), "{log}");
    for word in secrets(&rig) {
        let line = log.lines().find(|line| line.contains(&word));
        assert!(
            line.is_none(),
            "`{word}` is logged: {}",
            line.unwrap_or_default()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_07_files_reach_okdesk_as_content_and_nothing_names_the_token() {
    let rig = Rig::new().await;
    let bridge = rig.serve().await;
    let (anna, _) = rig.client(501, "Анна");
    rig.register(&anna).await;
    let asked = anna.chat().from_now();
    anna.press("new").unwrap();
    asked
        .wait_for(|message| message.has_callback("cancel"), PATIENCE)
        .await
        .unwrap();
    let content: Vec<u8> = (0..=255).cycle().take(50_000).collect();
    anna.caption("Не печатает")
        .send_document("снимок.pdf", "application/pdf", content.clone());
    asked
        .wait_for(|message| message.has_callback("submit"), PATIENCE)
        .await
        .unwrap();
    anna.press("submit").unwrap();
    let created = eventually(|| rig.okdesk.recorder().last("issues.create")).await;
    let name = "issue[attachments][0][attachment]";
    let sent = created
        .file(name)
        .or_else(|| created.file("attachments[0][attachment]"));
    let (_, bytes) = sent.unwrap_or_else(|| panic!("no file in {:?}", created.content_type));
    assert_eq!(bytes.as_ref(), content);
    until_shown(&anna, "№").await;
    bridge.stop().await;

    let token = rig.telegram.token();
    let key = token.split(':').nth(1).unwrap().as_bytes();
    for call in rig.okdesk.recorder().all() {
        let holds = |bytes: &[u8]| bytes.windows(key.len()).any(|part| part == key);
        assert!(
            !holds(&call.body) && !holds(call.query.as_bytes()),
            "{}",
            call.operation
        );
        assert!(
            !String::from_utf8_lossy(&call.body).contains("/file/bot"),
            "{}",
            call.operation
        );
    }
    for call in rig.telegram.calls() {
        let words = call.parameters.to_string();
        assert!(
            !words.contains(&token) && !words.contains(rig.okdesk.token()),
            "{words}"
        );
    }
}
