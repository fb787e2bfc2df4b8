use crate::world::*;
use okdesk_sdk::model::{CompanyId, ContactId, MaintenanceEntityId};
use tg_bridge::reaction::*;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);
const BORIS: User = User(5_000_000_002);

/// Up to the question for the number.
fn to_phone(world: &mut World) {
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Частное лицо");
    world.sees(ANNA, "Поделитесь своим номером");
}

fn to_name(world: &mut World) {
    to_phone(world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![]));
}

#[test]
fn reg_01_consent_comes_first_and_nothing_is_kept_before() {
    let mut world = World::new();
    world.says(ANNA, "Здравствуйте, меня зовут Анна");
    world.sees(ANNA, "отправьте /start");
    world.says(ANNA, "/start");
    let last = world.last(ANNA);
    assert!(
        last.labels()
            .contains(&"📄 Политика обработки данных".to_owned())
    );
    let kept = serde_json::to_string(&world.chats[&ANNA.0]).unwrap();
    assert!(!kept.contains("Анна") && !kept.contains("anna"), "{kept}");

    world.presses(ANNA, "Не согласен");
    world.sees(ANNA, "Ваших данных у нас нет");
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);

    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    let consent = world.chats[&ANNA.0].consent.clone().unwrap();
    assert_eq!((consent.version.as_str(), consent.at), ("1", NOON));
    world.nothing_spins();
    world.idle();
}

#[test]
fn reg_01_a_changed_policy_is_asked_again() {
    let mut world = World::with_client(ANNA, 1);
    world.rules.policy.version = "2".into();
    world.says(ANNA, "Не печатает принтер");
    world.sees(ANNA, "согласие");
    world.presses(ANNA, "Согласен");
    world.sees(ANNA, "чем помочь");
    assert_eq!(world.chats[&ANNA.0].consent.as_ref().unwrap().version, "2");
}

#[test]
fn reg_02_every_step_says_what_is_wanted_and_can_be_left() {
    let mut world = World::new();
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    assert!(world.last(ANNA).labels().contains(&"Отмена".into()));
    world.presses(ANNA, "Организация");
    world.sees(ANNA, "Например: 7707083893");
    assert!(world.last(ANNA).labels().contains(&"Отмена".into()));
    world.says(ANNA, "7707083893");
    world.done(Reply::Company(None));
    assert!(world.last(ANNA).labels().contains(&"Отмена".into()));
    world.presses(ANNA, "Да, верно");
    assert!(world.last(ANNA).labels().contains(&"Отмена".into()));
    world.shares_card(ANNA, Some(ANNA), "+79123456789");
    world.done(Reply::Contacts(vec![]));
    world.sees(ANNA, "Например: Иванова Мария Петровна");
    world.presses(ANNA, "Отмена");
    world.sees(ANNA, "Регистрация отменена");
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    assert!(world.chats[&ANNA.0].link.is_none());
    world.nothing_spins();
}

#[test]
fn reg_03_ones_own_card_proves_the_number() {
    let mut world = World::new();
    to_phone(&mut world);
    assert!(
        matches!(&world.last(ANNA).keyboard, Some(Keyboard::Reply(rows)) if rows[0][0].request_contact)
    );
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    assert_eq!(world.last(ANNA).keyboard, Some(Keyboard::Remove));
    assert_eq!(
        world.call(),
        OkdeskCall::FindContacts {
            phone: "+79123456789".into()
        }
    );
}

#[test]
fn reg_04_a_card_of_somebody_else_binds_nothing() {
    let mut world = World::new();
    to_phone(&mut world);
    for owner in [Some(BORIS), None] {
        world.shares_card(ANNA, owner, "79990000000");
        world.sees(ANNA, "чужая карточка");
    }
    world.idle();
    assert!(world.chats[&ANNA.0].link.is_none());
}

#[test]
fn reg_05_06_a_typed_number_is_read_and_opens_nothing() {
    let mut world = World::new();
    to_phone(&mut world);
    for typed in [
        "+7 912 345-67-89",
        "89123456789",
        "79123456789",
        "9123456789",
    ] {
        world.says(ANNA, typed);
        world.sees(ANNA, "Номер +79123456789 введён вручную и не подтверждён");
    }
    world.says(ANNA, "позвоните мне");
    world.sees(ANNA, "+79123456789");
    // The same whether Okdesk knows the number or not: it is not even asked.
    world.idle();
    assert!(world.chats[&ANNA.0].link.is_none());
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    assert!(matches!(world.call(), OkdeskCall::FindContacts { .. }));
}

#[test]
fn reg_07_one_contact_is_linked() {
    let mut world = World::new();
    to_phone(&mut world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None)]));
    world.sees(ANNA, "Готово, Анна Клиент");
    let link = world.chats[&ANNA.0].link.clone().unwrap();
    assert_eq!(
        (link.contact, link.phone.as_str()),
        (ContactId::new(1), "+79123456789")
    );
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    world.idle();
}

#[test]
fn reg_07_several_contacts_are_for_staff_to_decide() {
    let mut world = World::new();
    world.rules.admin_chat = Some(ChatId(-9));
    to_phone(&mut world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None), found(2, None)]));
    world.sees(ANNA, "связать вас с нужной записью должен сотрудник");
    assert!(world.chats[&ANNA.0].link.is_none());
    assert!(world.last(User(-9)).text().contains("1, 2"));
    world.idle();
}

#[test]
fn reg_09_a_new_contact_gets_its_names_in_order() {
    let mut world = World::new();
    to_name(&mut world);
    for wrong in ["Анна", "12345", "/help me"] {
        world.says(ANNA, wrong);
    }
    world.idle();
    world.says(ANNA, "Клиент Анна Петровна");
    let OkdeskCall::CreateContact(new) = world.call() else {
        panic!("{:?}", world.call())
    };
    assert_eq!(
        (
            new.last_name.as_str(),
            new.first_name.as_str(),
            new.patronymic.as_deref()
        ),
        ("Клиент", "Анна", Some("Петровна"))
    );
    assert_eq!(
        (new.phone.as_str(), new.company, new.note),
        ("+79123456789", None, None)
    );
    world.done(Reply::ContactCreated(ContactId::new(5)));
    world.sees(ANNA, "Готово, Клиент Анна Петровна");
    assert_eq!(
        world.chats[&ANNA.0].link.as_ref().unwrap().contact,
        ContactId::new(5)
    );
}

#[test]
fn reg_10_a_wrong_inn_costs_no_call_and_tries_are_limited() {
    let mut world = World::new();
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Организация");
    for wrong in ["7707083894", "123", "не знаю"] {
        world.says(ANNA, wrong);
        world.sees(ANNA, "не похоже на ИНН");
    }
    world.idle();
    for _ in 0..5 {
        world.says(ANNA, "7707083893");
        world.done(Reply::Company(None));
        world.presses(ANNA, "Исправить ИНН");
    }
    world.says(ANNA, "7707083893");
    world.sees(ANNA, "Слишком много попыток");
    world.idle();
    world.waits(3_600_000);
    world.says(ANNA, "7707083893");
    assert_eq!(
        world.call(),
        OkdeskCall::FindCompany {
            inn: "7707083893".into()
        }
    );
}

#[test]
fn reg_11_a_public_inn_gives_no_membership_and_shows_nothing() {
    let mut world = World::new();
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Организация");
    world.says(ANNA, "7707083893");
    world.done(Reply::Company(Some(Named {
        id: CompanyId::new(7),
        name: "ООО Секрет".into(),
    })));
    world.sees(ANNA, "Это ваша организация?");
    world.presses(ANNA, "Да, верно");
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![]));
    world.says(ANNA, "Клиент Анна");
    let OkdeskCall::CreateContact(new) = world.call() else {
        panic!()
    };
    assert_eq!(new.company, None);
    assert!(new.note.unwrap().contains("ООО Секрет"), "staff are told");
    world.done(Reply::ContactCreated(ContactId::new(5)));
    world.sees(ANNA, "проверит сотрудник");
    assert_eq!(world.chats[&ANNA.0].link.as_ref().unwrap().company, None);
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .all(|text| !text.contains("Секрет"))
    );
    world.idle();
}

#[test]
fn reg_12_an_unknown_inn_is_kept_for_staff() {
    let mut world = World::new();
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Организация");
    world.says(ANNA, "500100732259");
    world.done(Reply::Company(None));
    world.sees(ANNA, "500100732259");
    world.presses(ANNA, "Да, верно");
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![]));
    world.says(ANNA, "Клиент Анна");
    let OkdeskCall::CreateContact(new) = world.call() else {
        panic!()
    };
    assert!(new.company.is_none() && new.note.unwrap().contains("500100732259"));
}

fn places(count: u64) -> Reply {
    let place = |id| Named {
        id: MaintenanceEntityId::new(id),
        name: format!("Казань, Мира, {id}"),
    };
    Reply::MaintenanceEntities((1..=count).map(place).collect())
}

fn to_places(world: &mut World, count: u64) {
    to_phone(world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, Some(7))]));
    world.sees(ANNA, "ООО Ромашка");
    world.done(places(count));
}

#[test]
fn reg_13_every_place_can_be_reached_by_pages() {
    let mut world = World::new();
    to_places(&mut world, 20);
    world.sees(ANNA, "Страница 1 из 3");
    world.presses(ANNA, "Дальше");
    assert!(matches!(
        world.call(),
        OkdeskCall::ListMaintenanceEntities {
            page: 1,
            at: Some(_),
            ..
        }
    ));
    world.done(places(20));
    world.presses(ANNA, "Дальше");
    world.done(places(20));
    world.sees(ANNA, "Страница 3 из 3");
    let list = world.last(ANNA);
    assert_eq!(
        list.labels()
            .iter()
            .filter(|label| label.starts_with("Казань"))
            .count(),
        4
    );
    // A place that is not on show cannot be chosen, whoever made the button.
    world.pushes(ANNA, list.id, "object:3");
    world.toast("не действует");
    world.presses(ANNA, "Мира, 20");
    world.sees(ANNA, "Казань, Мира, 20");
    assert_eq!(
        world.chats[&ANNA.0]
            .link
            .as_ref()
            .unwrap()
            .maintenance_entity,
        Some(MaintenanceEntityId::new(20))
    );
    world.nothing_spins();

    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    let OkdeskCall::CreateIssue(new) = world.call() else {
        panic!()
    };
    assert_eq!(new.maintenance_entity, Some(MaintenanceEntityId::new(20)));
}

#[test]
fn reg_13_a_place_that_is_not_listed_is_kept_in_words() {
    let mut world = World::new();
    to_places(&mut world, 9);
    world.presses(ANNA, "Нет в списке");
    world.says(ANNA, "Склад за рекой");
    world.sees(ANNA, "Склад за рекой");
    world.says(ANNA, "/new");
    world.says(ANNA, "Не печатает");
    world.waits(2 * SECOND);
    world.presses(ANNA, "Отправить");
    world.done(created(10));
    assert!(
        matches!(world.call(), OkdeskCall::CreateNote { content, .. } if content.as_str().contains("Склад за рекой"))
    );
}

#[test]
fn reg_13_one_place_is_taken_and_none_is_not_asked_for() {
    for (count, chosen) in [(0, None), (1, Some(MaintenanceEntityId::new(1)))] {
        let mut world = World::new();
        to_places(&mut world, count);
        assert_eq!(
            world.chats[&ANNA.0]
                .link
                .as_ref()
                .unwrap()
                .maintenance_entity,
            chosen
        );
        assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    }
}

#[test]
fn reg_14_an_outage_at_the_last_step_loses_nothing() {
    let mut world = World::new();
    to_name(&mut world);
    world.says(ANNA, "Клиент Анна");
    world.okdesk(Outcome::Delayed);
    world.sees(ANNA, "ответы сохранены");
    assert!(
        world
            .texts_of(ANNA)
            .iter()
            .all(|text| !text.contains("Готово"))
    );
    world.says(ANNA, "/cancel");
    world.sees(ANNA, "уже отправлена");
    world.says(ANNA, "ну как?");
    world.says(ANNA, "/start");
    let before = world.count(ANNA);
    world.done(Reply::ContactCreated(ContactId::new(5)));
    assert_eq!(world.count(ANNA), before + 1, "exactly one message");
    world.sees(ANNA, "Готово, Клиент Анна");
    let link = world.chats[&ANNA.0].link.clone().unwrap();
    assert_eq!(
        (link.phone.as_str(), link.name.as_str()),
        ("+79123456789", "Клиент Анна")
    );
    world.idle();
}

#[test]
fn reg_15_commands_win_and_other_kinds_repeat_the_question() {
    let mut world = World::new();
    to_name(&mut world);
    world.attaches(ANNA, "a.pdf", "", None);
    world.sees(ANNA, "Как вас зовут?");
    world.says(ANNA, "/menu");
    world.sees(ANNA, "Как вас зовут?");
    world.says(ANNA, "/help");
    world.sees(ANNA, "Как вас зовут?");
    let Dialog::Register(registration) = world.dialog(ANNA) else {
        panic!()
    };
    assert_eq!((registration.step, &registration.name), (Step::Name, &None));
    world.says(ANNA, "/cancel");
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
    world.says(ANNA, "/start");
    world.sees(ANNA, "Кто обращается?");
    world.idle();
}

#[test]
fn fai_06_a_failed_search_is_not_an_empty_one() {
    let mut world = World::new();
    to_phone(&mut world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.okdesk(Outcome::Delayed);
    world.sees(ANNA, "не отвечает");
    world.fails(FailureKind::GaveUp, None);
    world.sees(ANNA, "Поделитесь своим номером");
    assert!(world.chats[&ANNA.0].link.is_none());
    world.idle();
}

#[test]
fn reg_14_what_okdesk_refuses_is_asked_again() {
    let mut world = World::new();
    to_name(&mut world);
    world.says(ANNA, "Клиент Анна");
    world.fails(FailureKind::Invalid, Some("telegram_username"));
    let OkdeskCall::CreateContact(new) = world.call() else {
        panic!()
    };
    assert_eq!(
        new.telegram_username, None,
        "the account's name is somebody else's: it goes without"
    );
    world.fails(FailureKind::Invalid, Some("last_name"));
    world.sees(ANNA, "Как вас зовут?");
    world.says(ANNA, "Клиентова Анна");
    world.fails(FailureKind::Forbidden, None);
    world.sees(ANNA, "не удалось");
    assert!(world.chats[&ANNA.0].link.is_none());
}

#[test]
fn a_late_answer_to_an_old_question_changes_nothing() {
    let mut world = World::new();
    to_phone(&mut world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.says(ANNA, "/cancel");
    world.done(Reply::Contacts(vec![found(1, None)]));
    assert!(world.chats[&ANNA.0].link.is_none());
    assert_eq!(world.dialog(ANNA), &Dialog::Idle);
}

#[test]
fn adm_07_the_language_follows_the_account_and_can_be_changed() {
    let mut world = World::new();
    let english = Sender {
        language: Some("en-GB".into()),
        ..sender(ANNA)
    };
    let message = Message {
        text: "/start".into(),
        from: english,
        ..world.message(ANNA)
    };
    world.sends(message);
    world.sees(ANNA, "Hello!");
    world.says(ANNA, "/language");
    world.presses(ANNA, "Русский");
    world.sees(ANNA, "Здравствуйте!");
    world.nothing_spins();
}
