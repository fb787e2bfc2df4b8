//! What goes wrong around the bridge, where no promise of its own has a number for it.

use crate::client::ANNA_PHONE;
use crate::rig::Rig;
use okdesk_sdk::testing::Fault;
use std::time::Duration;
use tg_bridge::telegram::Action;

#[tokio::test]
async fn b_53_accounts_of_today_have_numbers_beyond_32_bits() {
    let rig = Rig::start().await;
    let company = rig.okdesk.account().company("ООО «Ромашка»").create();
    let account = 7_654_321_098_765;
    let anna = rig
        .colleague(account, ("Анна", "Петрова"), ANNA_PHONE, company)
        .await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    // Nor are the numbers of the desk any smaller.
    let mut hook = rig.last_hook("new_ticket");
    hook["event"] = serde_json::json!({
        "event_type": "new_comment",
        "author": {"id": 9_007_199_254_740_993_u64, "type": "employee", "first_name": "Иван", "last_name": "Соколов"},
        "comment": {"id": 8_589_934_593_u64, "is_public": true, "content": "Выехали"},
        "attachments": [],
    });
    assert_eq!(rig.posts(&hook).await, 200);
    let notice = anna.sees("Выехали").await;
    anna.answers(&notice, "Ждём");
    anna.sees("Передано").await;
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1);
}

#[tokio::test]
async fn nothing_is_claimed_while_okdesk_is_down_and_nothing_is_lost_when_it_is_back() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    rig.okdesk.faults().on_any().always(Fault::Status(503));
    anna.presses(Action::Comment(issue)).await;
    anna.writes("Мигает красная лампа");
    anna.sees("принят и будет передан").await;
    anna.presses(Action::NewIssue).await;
    anna.writes("И погас свет");
    anna.presses(Action::Submit).await;
    anna.sees("будет передана").await;
    rig.pause().await;
    let told = anna.user.chat().from_bot();
    assert!(
        !told.iter().any(|message| message.text.contains("Передано")),
        "{}",
        rig.story()
    );
    assert!(
        !told
            .iter()
            .any(|message| message.text.contains("№ 2 создана")),
        "{}",
        rig.story()
    );
    rig.okdesk.faults().clear();
    rig.later(Duration::from_secs(60)).await;
    anna.sees("Передано в заявку № 1").await;
    anna.sees("Заявка № 2 создана").await;
    rig.rest().await;
    assert_eq!((rig.issues().len(), rig.comments_of(issue).len()), (2, 1));
    assert_eq!(anna.count("будет передан").await, 2, "each is told once");
}
