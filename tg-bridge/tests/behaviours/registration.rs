//! From the first word to a proven tie between an account and a contact.

use crate::client::{ANNA_PHONE, BORIS_PHONE};
use crate::rig::{Rig, Setup, picture};
use okdesk_sdk::testing::Fault;
use tg_bridge::telegram::{Action, ChatId, Language, Party};

#[tokio::test]
async fn reg_01_consent_comes_first_and_nothing_is_kept_before_it() {
    let policy = "https://example.org/policy";
    let rig = Setup::new().await.set("POLICY_URL", policy).start().await;
    let anna = rig.newcomer(501, "Аннабель", ANNA_PHONE);
    anna.writes("Не печатает принтер");
    anna.sees("отправьте /start").await;
    anna.start();
    let consent = anna.sees("согласие").await;
    let links: Vec<_> = consent
        .buttons
        .iter()
        .flatten()
        .filter_map(|one| one.url.clone())
        .collect();
    assert_eq!(links, [policy]);
    assert!(consent.has_callback("consent:1") && consent.has_callback("consent:0"));
    anna.presses(Action::Consent(false)).await;
    anna.sees("Ваших данных у нас нет").await;
    rig.rest().await;
    for said in ["Аннабель", "принтер", ANNA_PHONE] {
        assert!(!rig.remembers(said).await, "{said} is kept");
    }

    anna.registers_with_name("Петрова Анна").await;
    let kept = rig.store().chat(ChatId(501)).await.unwrap().unwrap();
    assert_eq!(kept.consent.unwrap().version, "1");
    // Another text is another question, before anything else.
    rig.restarts(&[("POLICY_VERSION", "2")]).await;
    anna.writes("Не печатает принтер");
    anna.sees("согласие").await;
    assert!(rig.issues().is_empty());
    anna.presses(Action::Consent(true)).await;
    anna.sees("чем помочь?").await;
    let kept = rig.store().chat(ChatId(501)).await.unwrap().unwrap();
    assert_eq!(kept.consent.unwrap().version, "2");
}

#[tokio::test]
async fn adm_07_the_bot_speaks_the_language_of_the_person_and_another_on_request() {
    let rig = Rig::start().await;
    let emily = rig.newcomer(503, "Emily", "447700900123");
    emily.user.language("en-GB");
    emily.start();
    emily.sees("This is the support bot").await;
    emily.presses(Action::Consent(true)).await;
    emily.sees("Who is asking?").await;
    // Somebody whose language nobody knows is spoken to in Russian.
    let jean = rig.newcomer(504, "Jean", "33612345678");
    jean.user.language("fr");
    jean.start();
    jean.sees("Это бот службы поддержки").await;
    jean.writes("/language");
    jean.presses(Action::Language(Language::En)).await;
    jean.sees("This is the support bot").await;
    rig.restarts(&[]).await;
    jean.writes("/help");
    jean.sees("What I can do").await;
}

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

#[tokio::test]
async fn reg_04_a_card_of_somebody_else_binds_nothing() {
    let rig = Rig::start().await;
    let boris = rig.boris().await;
    let issue = boris.opens_issue("Дела Бориса").await;
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    let searched = rig.asked("contacts.search").len();
    for owner in [Some(boris.id()), None] {
        anna.user.share_contact_of(BORIS_PHONE, "Борис", owner);
        anna.sees("Это чужая карточка").await;
    }
    rig.comments(issue, "Только для Бориса");
    boris.sees("Только для Бориса").await;
    anna.never_sees("Только для Бориса").await;
    anna.never_sees("Готово").await;
    assert_eq!(
        rig.asked("contacts.search").len(),
        searched,
        "it is not even looked up"
    );
    // The question is still open, and the own card answers it.
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
}

#[tokio::test]
async fn reg_05_a_typed_number_is_read_in_all_its_spellings_and_proves_nothing() {
    let rig = Rig::start().await;
    let known = rig
        .okdesk
        .account()
        .contact("Анна", "Петрова")
        .phone(ANNA_PHONE)
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    for typed in [
        "+7 916 123-45-67",
        "8 (916) 123-45-67",
        "79161234567",
        "9161234567",
    ] {
        anna.writes(typed);
        anna.sees("+79161234567").await;
    }
    anna.writes("+375 29 123-45-67");
    anna.sees("+375291234567").await;
    for wrong in ["12345", "позвоните мне", "+7916123456", "+1234567890123456"] {
        anna.writes(wrong);
        let refused = anna.sees("Номер выглядит так").await;
        assert!(refused.text.contains("+79123456789"), "an example is given");
    }
    anna.never_sees("Готово").await;
    assert_eq!(rig.contacts().len(), 1);
    assert!(!rig.store().is_linked(known).await.unwrap());
}

#[tokio::test]
async fn reg_07_a_number_is_found_however_staff_wrote_it() {
    let rig = Rig::start().await;
    let written = [
        "8 916 123-45-67",
        "+7 (916) 123 45 67",
        "8(916)1234567",
        "7-916-123-45-67",
        "9161234567",
        "раб. 8 495 000-00-00, моб. 8 916 123 45 67",
    ];
    for (number, phone) in written.into_iter().enumerate() {
        let id = 600 + i64::try_from(number).unwrap();
        let name = format!("Петрова{}", "а".repeat(number));
        let contact = rig.okdesk.account().contact("Анна", &name).phone(phone);
        let contact = contact.create();
        let anna = rig.newcomer(id, "Анна", ANNA_PHONE);
        anna.to_the_phone().await;
        anna.shares_card();
        anna.sees(&format!("Готово, {name} Анна")).await;
        rig.rest().await;
        // The next one is the only one with the number.
        let desk = rig.okdesk.client();
        desk.contacts()
            .update(contact)
            .phone(Some("+79990000000".into()))
            .await
            .unwrap();
    }
    assert_eq!(rig.contacts().len(), written.len(), "nobody is made twice");
}

#[tokio::test]
async fn reg_08_who_has_no_username_is_never_looked_up_by_one() {
    let rig = Rig::start().await;
    // Contacts without a username are what a search for nothing would find.
    rig.okdesk
        .account()
        .contact("Случайный", "Человек")
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
    anna.writes("Петрова Анна");
    anna.sees("Готово, Петрова Анна").await;
    rig.rest().await;
    for call in rig.okdesk.recorder().all() {
        let body = String::from_utf8_lossy(&call.body).into_owned();
        let said = format!("{} {} {body}", call.path, call.query);
        assert!(
            !said.contains("telegram_username") && !said.contains("None"),
            "{said}"
        );
    }
    assert_eq!(rig.contacts().len(), 2);
}

#[tokio::test]
async fn reg_09_surname_first_name_and_patronymic_land_in_their_fields() {
    let rig = Rig::start().await;
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.user.username("anna_petrova");
    anna.to_the_phone().await;
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
    for wrong in ["Анна", "12345 67", "Анна 2"] {
        anna.writes(wrong);
        anna.sees("фамилию и имя полностью").await;
    }
    assert!(rig.contacts().is_empty(), "nobody is made up");
    anna.writes("Римская-Корсакова Анна Петровна");
    anna.sees("Готово").await;
    rig.rest().await;
    let [contact] = rig.contacts().try_into().unwrap();
    let fields = [
        "last_name",
        "first_name",
        "patronymic",
        "phone",
        "telegram_username",
    ];
    let held = fields.map(|field| contact[field].as_str().unwrap_or_default());
    assert_eq!(
        held,
        [
            "Римская-Корсакова",
            "Анна",
            "Петровна",
            ANNA_PHONE,
            "anna_petrova"
        ]
    );

    let boris = rig.newcomer(502, "Борис", BORIS_PHONE);
    boris.to_the_phone().await;
    boris.shares_card();
    boris.sees("Как вас зовут?").await;
    boris.writes("Новиков Борис");
    boris.sees("Готово, Новиков Борис").await;
    assert!(
        rig.contacts()[1]["patronymic"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
    );
}

#[tokio::test]
async fn reg_10_a_wrong_inn_costs_no_call_and_a_right_one_three_at_most() {
    let rig = Rig::start().await;
    for number in 0..300 {
        let inn = format!("99{number:08}");
        rig.okdesk
            .account()
            .company(format!("Соседи {number}"))
            .inn(inn)
            .create();
    }
    rig.okdesk
        .account()
        .company("ООО «Ромашка»")
        .inn("7707083893")
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_inn().await;
    rig.okdesk.recorder().clear();
    for wrong in [
        "7707083894",
        "770708389",
        "500100732258",
        "семь",
        "77070838930",
    ] {
        anna.writes(wrong);
        anna.sees("Это не похоже на ИНН").await;
    }
    rig.rest().await;
    assert_eq!(rig.okdesk.recorder().all().len(), 0);
    anna.writes("7707083893");
    anna.sees("у нас на обслуживании").await;
    let calls = rig.okdesk.recorder().all().len();
    assert!((1..=3).contains(&calls), "{calls}");
}

#[tokio::test]
async fn reg_12_an_unknown_inn_is_kept_for_staff_and_makes_no_company() {
    let rig = Rig::start().await;
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_inn().await;
    anna.writes("7707083893");
    anna.sees("у нас пока нет").await;
    anna.presses(Action::Confirm(true)).await;
    anna.sees("Поделитесь своим номером").await;
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
    anna.writes("Петрова Анна");
    anna.sees("Готово, Петрова Анна").await;
    rig.rest().await;
    let account = rig.okdesk.snapshot();
    assert!(account["companies"].as_array().unwrap().is_empty());
    let contact = &account["contacts"][0];
    assert!(contact["company_id"].is_null());
    assert!(
        contact["comment"].as_str().unwrap().contains("7707083893"),
        "{contact:#}"
    );
    let issue = anna.opens_issue("Не печатает принтер").await;
    assert_eq!(rig.issue(issue)["contact"]["id"], contact["id"]);
}

#[tokio::test]
async fn reg_13_every_place_is_reached_by_pages_and_goes_with_every_issue() {
    let rig = Rig::start().await;
    let account = rig.okdesk.account();
    let company = account.company("ООО «Ромашка»").create();
    let other = account.company("ООО «Василёк»").create();
    for number in 1..=20 {
        let address = format!("Казань, ул. Мира, {number}");
        let place = account.maintenance_entity(format!("Магазин {number}"));
        place.address(&address).company(company).create();
    }
    account
        .maintenance_entity("Чужой склад")
        .company(other)
        .create();
    let anna = rig
        .colleague(501, ("Анна", "Петрова"), ANNA_PHONE, company)
        .await;
    let mut shown = Vec::new();
    for page in 0..3 {
        if page > 0 {
            anna.presses(Action::MaintenanceEntities { page }).await;
        }
        let list = anna.sees(&format!("Страница {} из 3", page + 1)).await;
        let buttons = list.buttons.into_iter().flatten();
        let places = buttons.filter(|button| button.text.contains("Магазин"));
        let places: Vec<_> = places
            .map(|one| (one.text, one.callback_data.unwrap()))
            .collect();
        assert!(places.len() <= 8, "{places:?}");
        shown.extend(places);
    }
    assert_eq!(shown.len(), 20);
    let (label, data) = shown.last().unwrap().clone();
    assert!(label.contains("Казань, ул. Мира"), "{label}");
    anna.user.press(&data).unwrap();
    anna.sees("Объект выбран").await;
    for text in ["Не печатает принтер", "Не работает касса"] {
        let issue = anna.opens_issue(text).await;
        let place = rig.issue(issue)["service_object_id"].as_u64().unwrap();
        assert_eq!(format!("object:{place}"), data);
    }

    let boris = rig
        .colleague(502, ("Борис", "Новиков"), BORIS_PHONE, company)
        .await;
    boris.presses(Action::MaintenanceEntity(None)).await;
    boris.sees("Напишите, где нужны работы").await;
    boris.writes("Киоск на вокзале");
    boris.sees("Записал: Киоск на вокзале").await;
    let issue = boris.opens_issue("Не горит вывеска").await;
    rig.rest().await;
    assert!(rig.issue(issue)["service_object_id"].is_null());
    let notes = rig.notes_of(issue).join("\n");
    assert!(notes.contains("Киоск на вокзале"), "{notes}");
}

#[tokio::test]
async fn reg_13_tic_07_words_written_instead_of_a_choice_are_not_lost_and_the_choice_stays() {
    let rig = Rig::start().await;
    let account = rig.okdesk.account();
    let company = account.company("ООО «Ромашка»").create();
    let place = account
        .maintenance_entity("Магазин")
        .company(company)
        .create();
    account
        .maintenance_entity("Склад")
        .company(company)
        .create();
    let anna = rig
        .colleague(501, ("Анна", "Петрова"), ANNA_PHONE, company)
        .await;
    let offer = anna.sees("Где нужны работы?").await;
    assert!(
        !offer.text.contains("Страница"),
        "there is one page: {}",
        offer.text
    );
    anna.writes("Не печатает принтер");
    anna.sees("Что с этим сделать?").await;
    anna.presses(Action::Submit).await;
    anna.sees("Заявка № 1 создана").await;
    assert_eq!(rig.issues()[0]["title"], "Не печатает принтер");

    anna.presses_on(&offer, Action::MaintenanceEntity(Some(place)));
    anna.sees("Объект выбран").await;
    let issue = anna.opens_issue("Не работает касса").await;
    assert_eq!(rig.issue(issue)["service_object_id"], place.get());
}

#[tokio::test]
async fn reg_14_an_outage_at_the_last_step_delays_the_registration_and_loses_nothing() {
    for fault in [
        Fault::Status(503),
        Fault::DropAfter,
        Fault::HtmlPage,
        Fault::EmptyBody,
    ] {
        let rig = Rig::start().await;
        let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
        anna.to_the_inn().await;
        anna.writes("7707083893");
        anna.presses(Action::Confirm(true)).await;
        anna.shares_card();
        anna.sees("Как вас зовут?").await;
        rig.okdesk
            .faults()
            .on("contacts.create")
            .always(fault.clone());
        anna.writes("Петрова Анна Игоревна");
        anna.sees("Ваши ответы сохранены").await;
        rig.pause().await;
        // What was not done, or is not known to have been, is not claimed.
        let told = anna.user.chat().from_bot();
        let claimed = told.iter().any(|message| message.text.contains("Готово"));
        assert!(!claimed, "{}", rig.story());
        rig.restarts(&[]).await;
        rig.okdesk.faults().clear();
        anna.sees("Готово, Петрова Анна Игоревна").await;
        assert_eq!(anna.count("Готово").await, 1, "{fault:?}");
        assert_eq!(anna.count("Ваши ответы сохранены").await, 1);
        let [contact] = rig.contacts().try_into().expect("one contact");
        assert_eq!(contact["phone"], ANNA_PHONE);
        assert!(contact["comment"].as_str().unwrap().contains("7707083893"));
        let issue = anna.opens_issue("Не печатает принтер").await;
        assert_eq!(rig.issue(issue)["contact"]["id"], contact["id"]);
    }
}

#[tokio::test]
async fn reg_15_every_step_survives_a_restart_a_command_and_a_message_of_another_kind() {
    let rig = Rig::start().await;
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.start();
    rig.pause().await;
    rig.restarts(&[]).await;
    anna.presses(Action::Consent(true)).await;
    anna.sees("Кто обращается?").await;
    anna.writes("организация");
    anna.sees("Кто обращается?").await;
    rig.restarts(&[]).await;
    anna.presses(Action::Register(Party::Company)).await;
    anna.sees("Введите ИНН").await;
    anna.user.send_photo(picture(1));
    anna.sees("Введите ИНН").await;
    anna.writes("/help");
    anna.sees("Что я умею").await;
    anna.sees("Введите ИНН").await;
    anna.writes("7707083893");
    anna.sees("ИНН указан верно?").await;
    rig.restarts(&[]).await;
    anna.presses(Action::Confirm(true)).await;
    anna.sees("Поделитесь своим номером").await;
    anna.user.send_voice(vec![1, 2, 3]);
    anna.sees("Поделитесь своим номером").await;
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
    rig.restarts(&[]).await;
    anna.user.send_location(55.75, 37.61);
    anna.sees("Как вас зовут?").await;
    anna.writes("/issues Иванова Мария");
    anna.sees("Как вас зовут?").await;
    anna.writes("/nonsense Иванова Мария");
    anna.sees("Такой команды нет").await;
    anna.sees("Как вас зовут?").await;
    assert!(rig.contacts().is_empty(), "no command became a name");

    anna.writes("/cancel");
    anna.sees("Регистрация отменена").await;
    anna.writes("Петрова Анна");
    anna.sees("отправьте /start").await;
    rig.rest().await;
    assert!(rig.contacts().is_empty());

    // What was agreed to is not asked again.
    anna.start();
    anna.presses(Action::Register(Party::Person)).await;
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
    anna.writes("Петрова Анна");
    anna.sees("Готово, Петрова Анна").await;
    assert_eq!(rig.contacts().len(), 1);
}
