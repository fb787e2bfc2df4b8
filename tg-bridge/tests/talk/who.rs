//! Who is who: what only staff can confirm, invitations, and what a company's people may see.

use crate::world::*;
use okdesk_sdk::model::{CompanyId, ContactId, MaintenanceEntityId};
use tg_bridge::reaction::*;
use tg_bridge::roles::Role;
use tg_bridge::telegram::*;

const ANNA: User = User(5_000_000_001);
const BORIS: User = User(5_000_000_002);
/// May decide.
const OLGA: User = User(5_000_000_003);
/// May decide as well.
const PYOTR: User = User(5_000_000_004);
/// The chat of the people in charge.
const DESK: User = User(-9);

fn world() -> World {
    let mut world = World::new();
    staffed(&mut world);
    world
}

fn staffed(world: &mut World) {
    world.rules.admin_chat = Some(ChatId(DESK.0));
    world.rules.roles = [
        (UserId(OLGA.0), Role::Admin),
        (UserId(PYOTR.0), Role::Owner),
    ]
    .into_iter()
    .collect();
    world.rules.bot_name = Some("support_bot".into());
}

fn to_phone(world: &mut World, who: User) {
    world.says(who, "/start");
    world.presses(who, "Согласен");
    world.presses(who, "Частное лицо");
}

fn secret() -> Named<CompanyId> {
    Named {
        id: CompanyId::new(7),
        name: "ООО Секрет".into(),
    }
}

/// Up to the phone, as somebody of the company with this INN.
fn from_company(world: &mut World) {
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Организация");
    world.says(ANNA, "7707083893");
    world.done(Reply::Company(Some(secret())));
    world.presses(ANNA, "Да, верно");
}

fn link(world: &World, who: User) -> Option<Link> {
    world.chats[&who.0].link.clone()
}

/// A typed number, a name, and what Okdesk says of the number.
fn types_number(world: &mut World, found: Vec<FoundContact>) {
    to_phone(world, ANNA);
    world.says(ANNA, "8 912 345-67-89");
    world.presses(ANNA, "Пусть проверит сотрудник");
    world.says(ANNA, "Клиент Анна");
    assert_eq!(
        world.call(),
        OkdeskCall::FindContacts {
            phone: "+79123456789".into()
        }
    );
    world.done(Reply::Contacts(found));
}

#[test]
fn reg_06_a_typed_number_reads_the_same_whether_somebody_has_it_or_not() {
    let seen = |found: Vec<FoundContact>| {
        let mut world = world();
        types_number(&mut world, found);
        assert_eq!(link(&world, ANNA), None);
        world.idle();
        world.says(ANNA, "/issues");
        world.idle();
        world.texts_of(ANNA)
    };
    let nobody = seen(vec![]);
    assert_eq!(nobody, seen(vec![found(1, Some(7))]));
    assert_eq!(nobody, seen(vec![found(1, None), found(2, None)]));
    assert!(nobody.last().unwrap().contains("ещё проверяет сотрудник"));
}

#[test]
fn reg_06_staff_confirm_a_typed_number() {
    let mut world = world();
    types_number(&mut world, vec![found(1, None)]);
    world.sees(ANNA, "ваш номер проверит сотрудник");
    world.sees(DESK, "Клиент Анна называет номер +79123456789");
    world.presses_in(DESK, OLGA, "№ 1 Анна");
    world.sees(ANNA, "Готово, Анна Клиент");
    assert_eq!(link(&world, ANNA).unwrap().contact, ContactId::new(1));
    world.sees(DESK, "Подтвердил(а) Анна");
    world.nothing_spins();
}

#[test]
fn reg_06_a_number_that_nobody_has_becomes_a_contact_once_it_is_confirmed() {
    let mut world = world();
    types_number(&mut world, vec![]);
    world.presses_in(DESK, OLGA, "Создать контакт");
    let OkdeskCall::CreateContact(new) = world.call() else {
        panic!("{:?}", world.call())
    };
    assert_eq!(
        (new.last_name.as_str(), new.phone.as_str()),
        ("Клиент", "+79123456789")
    );
    assert_eq!(link(&world, ANNA), None, "not before Okdesk has it");
    // Okdesk refuses: the claim waits again.
    world.fails(FailureKind::Invalid, Some("phone"));
    assert!(world.chats[&ANNA.0].waiting().is_some());
    world.presses_in(DESK, OLGA, "Создать контакт");
    world.done(Reply::ContactCreated(ContactId::new(5)));
    world.sees(ANNA, "Готово, Клиент Анна");
    assert_eq!(link(&world, ANNA).unwrap().contact, ContactId::new(5));
}

#[test]
fn reg_12_an_inn_is_kept_for_staff_with_a_typed_number_too() {
    let mut world = world();
    world.says(ANNA, "/start");
    world.presses(ANNA, "Согласен");
    world.presses(ANNA, "Организация");
    world.says(ANNA, "500100732259");
    world.done(Reply::Company(None));
    world.presses(ANNA, "Да, верно");
    world.says(ANNA, "+79123456789");
    world.presses(ANNA, "Пусть проверит сотрудник");
    world.says(ANNA, "Клиент Анна");
    world.done(Reply::Contacts(vec![]));
    world.sees(DESK, "500100732259");
    world.presses_in(DESK, OLGA, "Создать контакт");
    assert!(
        matches!(world.call(), OkdeskCall::CreateContact(new) if new.note.as_ref().is_some_and(|note| note.contains("500100732259")))
    );
}

#[test]
fn reg_06_numbers_are_tried_five_times_an_hour_and_forgetting_is_no_way_around() {
    let mut world = world();
    to_phone(&mut world, ANNA);
    for last in 1..=5 {
        world.says(ANNA, &format!("+7912345678{last}"));
        world.sees(ANNA, "не подтверждён");
    }
    world.says(ANNA, "+79123456786");
    world.sees(ANNA, "Слишком много попыток");
    world.says(ANNA, "/delete_me");
    world.presses(ANNA, "Да, удалить");
    to_phone(&mut world, ANNA);
    world.says(ANNA, "+79123456786");
    world.sees(ANNA, "Слишком много попыток");
    world.waits(3_600_000);
    world.says(ANNA, "+79123456786");
    world.sees(ANNA, "не подтверждён");
    world.idle();
}

#[test]
fn reg_06_ones_own_card_overtakes_the_claim() {
    let mut world = world();
    types_number(&mut world, vec![found(1, None)]);
    world.says(ANNA, "ну как?");
    world.presses(ANNA, "Начать");
    world.presses(ANNA, "Частное лицо");
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None)]));
    world.sees(ANNA, "Готово, Анна Клиент");
    let before = world.count(ANNA);
    world.presses_in(DESK, OLGA, "Отклонить");
    world.toast("больше не действует");
    assert_eq!(world.count(ANNA), before);
    assert!(link(&world, ANNA).is_some());
}

#[test]
fn reg_06_without_anybody_to_decide_nobody_is_promised_a_decision() {
    let mut world = World::new();
    to_phone(&mut world, ANNA);
    world.says(ANNA, "+79123456789");
    assert!(world.last(ANNA).labels().is_empty());
    let message = world.last(ANNA).id;
    world.rules.admin_chat = Some(ChatId(DESK.0));
    world.says(ANNA, "+79123456789");
    assert!(world.last(ANNA).labels().is_empty());
    world.pushes(ANNA, message, "confirm:1");
    world.toast("не действует");
}

#[test]
fn reg_07_of_several_contacts_staff_choose() {
    let mut world = world();
    to_phone(&mut world, ANNA);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None), found(2, Some(7))]));
    world.sees(ANNA, "Нужную запись выберет сотрудник");
    assert_eq!(link(&world, ANNA), None);
    let asked = world.last(DESK);
    assert!(asked.text().contains("№ 2 Анна Клиент, ООО Ромашка"));
    // The same card again is the same claim.
    world.says(ANNA, "/start");
    world.presses(ANNA, "Частное лицо");
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None), found(2, Some(7))]));
    assert_eq!(world.count(DESK), 1);

    // A contact that was not found cannot be chosen, whoever made the button.
    let claim = world.chats[&ANNA.0].claim.clone().unwrap();
    let forged = format!("claim:{}:{}:3", ANNA.0, claim.at);
    world.pushes_in(DESK, OLGA, asked.id, &forged);
    assert_eq!(link(&world, ANNA), None);
    world.presses_in(DESK, OLGA, "№ 2");
    world.sees(ANNA, "ООО Ромашка");
    assert_eq!(link(&world, ANNA).unwrap().contact, ContactId::new(2));
    assert!(matches!(
        world.call(),
        OkdeskCall::ListMaintenanceEntities { .. }
    ));
    world.nothing_spins();
}

#[test]
fn reg_11_membership_waits_for_staff_and_shows_nothing_meanwhile() {
    let mut world = world();
    from_company(&mut world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None)]));
    world.sees(ANNA, "проверит сотрудник");
    world.sees(DESK, "контакт № 1, номер +79123456789, говорит, что работает в организации ООО Секрет (ИНН 7707083893)");
    world.says(ANNA, "/my_data");
    let shown = world.texts_of(ANNA).join("\n");
    assert!(!shown.contains("Секрет"), "{shown}");

    world.presses_in(DESK, PYOTR, "Подтвердить");
    assert_eq!(
        world.call(),
        OkdeskCall::JoinCompany {
            contact: ContactId::new(1),
            company: secret()
        }
    );
    assert_eq!(
        link(&world, ANNA).unwrap().company,
        None,
        "not before Okdesk has it"
    );
    world.done(Reply::Nothing);
    world.sees(ANNA, "подтвердил вашу организацию: ООО Секрет");
    assert_eq!(link(&world, ANNA).unwrap().company, Some(secret()));
    let places = |id| Named {
        id: MaintenanceEntityId::new(id),
        name: format!("Склад {id}"),
    };
    world.done(Reply::MaintenanceEntities(vec![places(1), places(2)]));
    world.presses(ANNA, "Склад 2");
    assert_eq!(
        link(&world, ANNA).unwrap().maintenance_entity,
        Some(MaintenanceEntityId::new(2))
    );
    world.nothing_spins();
}

#[test]
fn reg_11_membership_waits_for_a_new_contact_too_and_can_be_refused() {
    let mut world = world();
    from_company(&mut world);
    world.says(ANNA, "/my_data");
    assert!(!world.texts_of(ANNA).join("\n").contains("Секрет"));
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![]));
    world.says(ANNA, "Клиент Анна");
    assert_eq!(world.count(DESK), 0, "not before there is a contact");
    world.done(Reply::ContactCreated(ContactId::new(5)));
    world.sees(DESK, "ООО Секрет");
    world.presses_in(DESK, OLGA, "Отклонить");
    world.sees(ANNA, "не подтвердил");
    world.sees(DESK, "Отклонил(а)");
    assert_eq!(link(&world, ANNA).unwrap().company, None);
    world.idle();
}

#[test]
fn reg_11_what_okdesk_does_not_take_is_told_to_nobody_as_done() {
    let mut world = world();
    from_company(&mut world);
    world.shares_card(ANNA, Some(ANNA), "79123456789");
    world.done(Reply::Contacts(vec![found(1, None)]));
    let before = world.count(ANNA);
    world.presses_in(DESK, OLGA, "Подтвердить");
    world.okdesk(Outcome::Delayed);
    world.fails(FailureKind::NotFound, None);
    assert_eq!(world.count(ANNA), before);
    assert!(
        world
            .texts_of(DESK)
            .iter()
            .any(|text| text.contains("JoinCompany"))
    );
    let again = |shown: &Shown| shown.labels().contains(&"✅ Подтвердить".into());
    assert!(
        world.screen(DESK).iter().any(again),
        "it waits again, and staff are told"
    );
    assert!(world.chats[&ANNA.0].waiting().is_some());
}

#[test]
fn adm_02_the_first_decision_counts_and_the_second_admin_sees_it() {
    let mut world = world();
    types_number(&mut world, vec![found(1, None)]);
    world.says(OLGA, "/claims");
    world.says(PYOTR, "/claims");
    world.presses(OLGA, "№ 1");
    let before = world.count(ANNA);
    world.presses(PYOTR, "Отклонить");
    world.toast("Уже решено");
    world.sees(PYOTR, "Подтвердил(а)");
    assert!(world.last(PYOTR).labels().is_empty());
    assert_eq!(world.count(ANNA), before, "told once");
    assert!(link(&world, ANNA).is_some());
    let audit: Vec<_> = world
        .audit
        .iter()
        .map(|done| (done.by, &done.deed))
        .collect();
    let confirmed = Deed::ConfirmedContact {
        chat: ChatId(ANNA.0),
        contact: ContactId::new(1),
    };
    assert_eq!(audit, [(UserId(OLGA.0), &confirmed)]);
    world.says(OLGA, "/claims");
    world.sees(OLGA, "никто не ждёт");
    world.nothing_spins();
}

#[test]
fn adm_01_whoever_has_no_role_changes_nothing_and_learns_nothing() {
    let mut world = world();
    types_number(&mut world, vec![found(1, None)]);
    let asked = world.last(DESK);
    world.presses_in(DESK, BORIS, "№ 1");
    world.toast("больше не работает");
    let claim = world.chats[&ANNA.0].claim.clone().unwrap();
    let forged = format!("claim:{}:{}:1", ANNA.0, claim.at);
    // Neither by the own chat, nor by somebody who is a client.
    world.register(BORIS, 2);
    world.pushes(BORIS, asked.id, &forged);
    world.pushes(ANNA, asked.id, &forged);
    assert_eq!(link(&world, ANNA), None);
    assert!(world.chats[&ANNA.0].waiting().is_some());

    world.says(BORIS, "/nonsense");
    let unknown = world.last(BORIS).text();
    for command in ["/claims", "/invite 1", "/invite"] {
        world.says(BORIS, command);
        assert_eq!(world.last(BORIS).text(), unknown, "{command}");
        world.says_in(DESK, BORIS, command);
    }
    assert_eq!(world.count(DESK), 1, "silence in the common chat");
    world.idle();
    assert!(world.audit.iter().all(|done| !done.deed.is_kept()));
    let refused: Vec<_> = world.audit.iter().map(|done| &done.deed).collect();
    assert!(
        refused.contains(&&Deed::Refused("claims".into())),
        "{refused:?}"
    );
    assert!(
        refused.contains(&&Deed::Refused("claim".into())),
        "{refused:?}"
    );
    world.nothing_spins();
}

/// An invitation for contact 5; its code.
fn invites(world: &mut World) -> String {
    world.says(OLGA, "/invite 5");
    assert!(matches!(
        world.call(),
        OkdeskCall::FindInvited { wanted: Invited::Contact(id), .. } if id.get() == 5
    ));
    world.done(Reply::Contacts(vec![found(5, None)]));
    let text = world.last(OLGA).text();
    text.lines().last().unwrap().trim().to_owned()
}

#[test]
fn reg_16_an_invitation_links_once() {
    let mut world = world();
    let code = invites(&mut world);
    let link_text = format!("https://t.me/support_bot?start={code}");
    assert!(
        world.last(OLGA).text().contains(&link_text),
        "{:?}",
        world.last(OLGA).text()
    );
    let kept = serde_json::to_string(&world.codes).unwrap();
    assert!(
        !kept.contains(&code) && !kept.contains(&code.replace('-', "")),
        "{kept}"
    );

    world.says(ANNA, &format!("/start {code}"));
    world.sees(ANNA, "согласие");
    assert_eq!(link(&world, ANNA), None, "consent comes first");
    world.presses(ANNA, "Согласен");
    world.sees(ANNA, "Готово, Анна Клиент");
    assert_eq!(link(&world, ANNA).unwrap().contact, ContactId::new(5));
    assert!(world.codes.is_empty());
    let deeds: Vec<_> = world.audit.iter().map(|done| done.deed.clone()).collect();
    let contact = ContactId::new(5);
    assert_eq!(
        deeds,
        [Deed::Invited { contact }, Deed::Accepted { contact }]
    );

    world.says(BORIS, &format!("/start {code}"));
    let used = world.last(BORIS).text();
    world.says(BORIS, "/start AAAA-BBBB-CCCC-DDDD");
    assert_eq!(
        world.last(BORIS).text(),
        used,
        "used and wrong read the same"
    );
    assert_eq!(link(&world, BORIS), None);
    world.nothing_spins();
    world.idle();
}

#[test]
fn reg_16_a_code_can_be_typed_alone_and_grows_old() {
    let mut world = world();
    let (first, second) = (invites(&mut world), invites(&mut world));
    assert_ne!(first, second);
    to_phone(&mut world, ANNA);
    world.says(ANNA, &first.to_lowercase());
    world.sees(ANNA, "Готово");
    world.waits(DAY);
    world.says(BORIS, &format!("/start {second}"));
    world.sees(BORIS, "не действует");
    // Consent takes its time as well.
    let third = invites(&mut world);
    world.says(BORIS, &format!("/start {third}"));
    world.waits(DAY);
    world.presses(BORIS, "Согласен");
    world.sees(BORIS, "не действует");
    assert_eq!(link(&world, BORIS), None);
    world.nothing_spins();
}

#[test]
fn reg_16_wrong_codes_close_the_way_for_an_hour() {
    let mut world = world();
    let code = invites(&mut world);
    for _ in 0..5 {
        world.says(ANNA, "/start 0000-0000-0000-0000");
        world.sees(ANNA, "не действует");
    }
    world.says(ANNA, &format!("/start {code}"));
    world.sees(ANNA, "Слишком много попыток");
    world.says(ANNA, "/delete_me");
    world.presses(ANNA, "Да, удалить");
    world.says(ANNA, &format!("/start {code}"));
    world.sees(ANNA, "Слишком много попыток");
    world.waits(3_600_000);
    world.says(ANNA, &format!("/start {code}"));
    world.presses(ANNA, "Согласен");
    world.sees(ANNA, "Готово");
}

#[test]
fn reg_16_a_client_who_writes_what_looks_like_a_code_writes_words() {
    let mut world = World::with_client(ANNA, 1);
    world.says(ANNA, "ABCD-EFGH-JKMN-PQRS");
    world.waits(2 * SECOND);
    world.sees(ANNA, "Что с этим сделать?");
}

#[test]
fn reg_16_an_invitation_for_another_contact_takes_nothing_along() {
    let mut world = world();
    world.register(ANNA, 1);
    world.desk(
        facts(10, "opened"),
        employee(3),
        Happening::Comment(comment(1, "Еду")),
    );
    let notice = world.last(ANNA);
    world.replies(ANNA, &notice, "жду");
    let code = invites(&mut world);
    world.says(ANNA, &format!("/start {code}"));
    let OkdeskCall::CreateComment(sent) = world.call() else {
        panic!("{:?}", world.call())
    };
    assert_eq!(sent.author, ContactId::new(1), "written under the old name");
    world.done(commented(2));
    assert_eq!(link(&world, ANNA).unwrap().contact, ContactId::new(5));
    world.replies(ANNA, &notice, "ещё");
    world.waits(2 * SECOND);
    world.idle();
}

#[test]
fn reg_16_staff_learn_whom_they_may_invite() {
    let mut world = world();
    world.says(OLGA, "/invite");
    world.sees(OLGA, "/invite 123");
    world.says_in(DESK, PYOTR, "/invite@support_bot +7 912 345-67-89");
    assert!(matches!(
        world.call(),
        OkdeskCall::FindInvited { wanted: Invited::Phone(phone), .. } if phone == "+79123456789"
    ));
    world.done(Reply::Contacts(vec![found(1, None), found(2, Some(7))]));
    world.sees(DESK, "№ 2 Анна Клиент, ООО Ромашка");
    world.says(OLGA, "/invite 77");
    world.done(Reply::Contacts(vec![]));
    world.sees(OLGA, "нет");
    world.says(OLGA, "/invite 77");
    world.okdesk(Outcome::Delayed);
    world.fails(FailureKind::GaveUp, None);
    world.sees(OLGA, "Не получилось");
    assert!(world.codes.is_empty());
}

fn colleague(id: u64) -> IssueFacts {
    foreign(id)
}

fn reader(company: u64, right: bool) -> Option<FoundContact> {
    Some(FoundContact {
        company_issues: right,
        ..found(1, Some(company))
    })
}

fn card_of(issue: IssueFacts, reader: Option<FoundContact>) -> Reply {
    Reply::CompanyIssue {
        issue,
        last_comment: None,
        reader,
    }
}

#[test]
fn tic_11_the_company_view_shows_that_company_and_lets_nobody_act() {
    let mut world = World::with_client(ANNA, 1);
    world.rules.company_view = CompanyView::All;
    world.desk(colleague(20), employee(3), Happening::Created);
    world.says(ANNA, "/menu");
    world.presses(ANNA, "Заявки организации");
    assert!(matches!(
        world.call(),
        OkdeskCall::ListCompanyIssues { reader, company, scope: Scope::Open, page: 0, .. }
            if reader.get() == 1 && company.get() == 7
    ));
    let elsewhere = IssueFacts {
        company: Some(Named {
            id: CompanyId::new(8),
            name: "ООО Чужая".into(),
        }),
        title: "Чужая заявка".into(),
        ..colleague(30)
    };
    world.done(Reply::CompanyIssues {
        issues: vec![facts(10, "opened"), colleague(20), elsewhere.clone()],
        more: false,
        reader: reader(7, false),
    });
    world.sees(ANNA, "Открытые заявки организации");
    world.sees(ANNA, "№ 20");
    assert!(!world.last(ANNA).text().contains("Чужая заявка"));

    world.presses(ANNA, "№ 20");
    assert!(matches!(world.call(), OkdeskCall::GetCompanyIssue { issue, .. } if issue.get() == 20));
    world.done(card_of(colleague(20), reader(7, false)));
    world.sees(ANNA, "Заявка № 20");
    let card = world.last(ANNA);
    assert_eq!(card.labels(), ["🔄 Обновить", "← К списку", "☰ Меню"]);
    // What the card does not offer is not done, whoever made the button.
    for forged in ["comment:20", "close-now:20", "mute:20", "rate:20:1:5"] {
        world.pushes(ANNA, card.id, forged);
        world.toast("Такой заявки нет");
    }
    world.idle();
    // Another company's card does not exist.
    world.pushes(ANNA, card.id, "issue:30");
    world.done(card_of(elsewhere, reader(7, false)));
    world.toast("Такой заявки нет");
    world.nothing_spins();
}

#[test]
fn tic_11_without_the_view_the_button_is_absent_and_the_action_refused() {
    for view in [CompanyView::Off, CompanyView::Granted] {
        let mut world = World::with_client(ANNA, 1);
        world.rules.company_view = view;
        world.desk(colleague(20), employee(3), Happening::Created);
        world.says(ANNA, "/menu");
        let menu = world.last(ANNA);
        assert!(
            !menu
                .labels()
                .iter()
                .any(|label| label.contains("организации"))
        );
        world.pushes(ANNA, menu.id, "nonsense");
        let unknown = world.toasts.last().cloned();
        world.pushes(ANNA, menu.id, "company-open:0");
        assert_eq!(world.toasts.last().cloned(), unknown);
        world.pushes(ANNA, menu.id, "issue:20");
        world.toast("Такой заявки нет");
        world.idle();
        world.nothing_spins();
    }
}

#[test]
fn tic_11_okdesks_right_is_looked_up_and_its_loss_counts_at_once() {
    let mut world = World::with_client(ANNA, 1);
    world.rules.company_view = CompanyView::Granted;
    world.says(ANNA, "/issues");
    assert!(matches!(world.call(), OkdeskCall::GetContact { contact } if contact.get() == 1));
    world.done(Reply::Contacts(reader(7, true).into_iter().collect()));
    world.done(Reply::Issues {
        issues: vec![],
        more: false,
    });
    world.presses(ANNA, "Заявки организации");
    let lost = Reply::CompanyIssues {
        issues: vec![colleague(20)],
        more: false,
        reader: reader(7, false),
    };
    let page = Reply::CompanyIssues {
        issues: vec![colleague(20)],
        more: false,
        reader: reader(7, true),
    };
    world.done(page);
    world.sees(ANNA, "№ 20");
    let list = world.last(ANNA).id;
    world.presses(ANNA, "Завершённые");
    world.done(lost);
    world.sees(ANNA, "Такой заявки нет");
    world.pushes(ANNA, list, "company-open:0");
    world.toast("больше не работает");
    // Who has left the company has left it here as well.
    world.chats.get_mut(&ANNA.0).unwrap().company_issues = true;
    world.pushes(ANNA, list, "issue:20");
    world.done(card_of(colleague(20), reader(8, true)));
    world.toast("Такой заявки нет");
    assert_eq!(
        link(&world, ANNA).unwrap().company.unwrap().id,
        CompanyId::new(8)
    );
    // One's own issue is one's own all the same.
    world.pushes(ANNA, list, "issue:10");
    world.done(card_of(facts(10, "opened"), None));
    let card = world.screen(ANNA).iter().find(|shown| shown.id == list);
    let card = card.unwrap();
    assert!(card.text().contains("Заявка № 10"));
    assert!(
        card.labels()
            .iter()
            .any(|label| label.contains("Комментарий"))
    );
    world.nothing_spins();
}

#[test]
fn sec_08_who_is_forgotten_is_forgotten_everywhere() {
    let mut world = world();
    world.register(ANNA, 1);
    world.says(ANNA, "/delete_me");
    world.presses(ANNA, "Да, удалить");
    let forgotten = Forgotten {
        chat: ChatId(ANNA.0),
        contact: Some(ContactId::new(1)),
    };
    assert_eq!(world.forgotten, [forgotten]);
    // A claim goes with its person.
    types_number(&mut world, vec![found(1, None)]);
    world.says(ANNA, "/delete_me");
    world.presses(ANNA, "Да, удалить");
    world.presses_in(DESK, OLGA, "№ 1");
    world.toast("больше не действует");
    assert_eq!(link(&world, ANNA), None);
    world.nothing_spins();
}

#[test]
fn reg_02_whoever_cancels_can_begin_again_by_a_button() {
    let mut world = World::new();
    to_phone(&mut world, ANNA);
    world.says(ANNA, "Отмена");
    let screen = world.screen(ANNA);
    let keyboard = &screen[screen.len() - 2].keyboard;
    assert_eq!(
        keyboard,
        &Some(Keyboard::Remove),
        "the share button is gone"
    );
    world.presses(ANNA, "Начать");
    world.sees(ANNA, "Кто обращается?");
    world.presses(ANNA, "Отмена");
    world.presses(ANNA, "Начать");
    world.sees(ANNA, "Кто обращается?");
    world.nothing_spins();
}

#[test]
fn tic_14_closing_is_asked_for_once_however_often_it_is_pressed() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    world.says(ANNA, "/issues");
    world.done(Reply::Issues {
        issues: vec![facts(10, "opened")],
        more: false,
    });
    let message = world.last(ANNA).id;
    world.pushes(ANNA, message, "close-now:10");
    world.pushes(ANNA, message, "close-now:10");
    world.toast("уже попросили");
    assert_eq!(world.calls.len(), 1);
    world.done(commented(1));
    // The issue moves: it may be asked for again.
    world.desk(facts(10, "work"), employee(3), moved("opened", "work"));
    world.pushes(ANNA, message, "close-now:10");
    assert_eq!(world.calls.len(), 1);
    world.nothing_spins();
}

#[test]
fn not_02_a_card_that_was_looked_at_takes_no_news_away() {
    let mut world = World::with_client(ANNA, 1);
    world.desk(facts(10, "opened"), contact(1), Happening::Created);
    let message = world.says(ANNA, "/menu");
    world.pushes(ANNA, message, "card:10");
    world.done(Reply::Issue {
        issue: facts(10, "completed"),
        last_comment: None,
    });
    assert_eq!(
        world.issues[&10].history.at().map(|code| code.as_str()),
        Some("opened"),
        "what was told is what was told"
    );
    world.desk(
        facts(10, "completed"),
        None,
        Happening::Status {
            from: None,
            to: status("completed"),
            comment: None,
            files: vec![],
        },
    );
    world.sees(ANNA, "Оцените");
}
