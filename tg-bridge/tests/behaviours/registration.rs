//! From the first word to a proven tie between an account and a contact.

use crate::client::ANNA_PHONE;
use crate::rig::Rig;
use tg_bridge::telegram::{Action, Party};

#[tokio::test]
async fn reg_02_every_step_says_what_is_wanted_and_can_be_left() {
    let rig = Rig::start().await;
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.start();
    anna.presses(Action::Consent(true)).await;
    let party = anna.sees("Кто обращается?").await;
    assert!(party.has_callback("register:person") && party.has_callback("register:company"));
    assert!(party.has_callback("cancel"));

    anna.presses(Action::Register(Party::Company)).await;
    let inn = anna.sees("Например: 7707083893").await;
    assert!(inn.has_callback("cancel"));
    anna.writes("7707083893");
    let company = anna.sees("ИНН указан верно?").await;
    assert!(company.has_callback("cancel"));
    anna.presses(Action::Confirm(true)).await;
    anna.sees("Поделитесь своим номером").await;
    let keyboard = anna.user.chat().view().unwrap().keyboard;
    assert!(
        keyboard
            .iter()
            .flatten()
            .any(|button| button.text == "Отмена")
    );
    anna.shares_card();
    let name = anna.sees("Например: Иванова Мария Петровна").await;
    assert!(name.has_callback("cancel"));

    anna.presses(Action::Cancel).await;
    anna.sees("Регистрация отменена").await;
    rig.rest().await;
    assert!(
        rig.contacts().is_empty(),
        "nothing was promised and nothing made"
    );
}

#[tokio::test]
async fn reg_03_ones_own_card_proves_the_number() {
    let rig = Rig::start().await;
    let contact = rig
        .okdesk
        .account()
        .contact("Анна", "Петрова")
        .phone("8 (916) 1234567")
        .create();
    // Telegram sends the number without a plus.
    let anna = rig.newcomer(501, "Анна", "79161234567");
    anna.to_the_phone().await;
    assert!(anna.is_asked_for_the_card());
    anna.shares_card();
    anna.sees("Готово, Петрова Анна").await;
    rig.rest().await;
    assert!(
        anna.user.chat().view().unwrap().keyboard.is_empty(),
        "the keyboard is gone"
    );
    let issue = anna.opens_issue("Не печатает принтер").await;
    assert_eq!(rig.issue(issue)["contact"]["id"], contact.get());
    assert_eq!(rig.contacts().len(), 1);
    let asked: Vec<Option<String>> = rig
        .asked("contacts.search")
        .iter()
        .map(|call| call.param("phone"))
        .collect();
    assert!(asked.contains(&Some("+79161234567".into())), "{asked:?}");
}
