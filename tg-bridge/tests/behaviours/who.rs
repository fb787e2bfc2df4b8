//! Who is who: what staff decide, whom they invite, what a company's people see, and who is forgotten.

use crate::client::{ANNA_PHONE, BORIS_PHONE, Client};
use crate::rig::{Rig, Setup};
use okdesk_sdk::model::ContactId;
use okdesk_sdk::testing::Fault;
use std::time::Duration;
use tg_bridge::demo::bot_api::{self, Chat, FaultRule, MessageView};
use tg_bridge::reaction::Deed;
use tg_bridge::telegram::{Action, ChatId, Manage, Scope};

const INN: &str = "7707083893";
/// Decides.
const OLGA: i64 = 701;
/// Decides as well.
const PYOTR: i64 = 702;

/// The bridge with a chat of the people in charge.
struct Desk {
    rig: Rig,
    room: Chat,
}

impl Desk {
    async fn start() -> Self {
        Self::with(Setup::new().await).await
    }

    async fn with(setup: Setup) -> Self {
        let olga = setup.telegram.user(OLGA, "Ольга");
        setup.telegram.user(PYOTR, "Пётр");
        let room = setup.telegram.group("Ответственные", &olga);
        room.add_member(PYOTR);
        let setup = setup
            .set("ADMIN_CHAT_ID", room.id())
            .set("ADMIN_IDS", OLGA)
            .set("OWNER_IDS", PYOTR);
        let rig = setup.start().await;
        // Who has not written to the bot yet has no chat to show commands in.
        rig.forgives("chat not found");
        // The bot's name is known before the first invitation.
        rig.until("the bot's name", || {
            rig.telegram.calls_of("getMe").first().cloned()
        })
        .await;
        rig.pause().await;
        Self { rig, room }
    }

    /// Waits for a message of the bot in the common chat.
    async fn sees(&self, words: &str) -> MessageView {
        let look = || {
            let mut all = self.room.from_bot().into_iter().rev();
            all.find(|message| message.text.contains(words))
        };
        let what = format!("the people in charge to see {words:?}");
        self.rig.until(&what, look).await
    }

    /// Somebody presses a button in the common chat, by what it says.
    async fn presses(&self, who: i64, caption: &str) {
        self.rig.pause().await;
        let mut all = self.room.from_bot().into_iter().rev();
        let data = all.find_map(|message| {
            let mut buttons = message.buttons.iter().flatten();
            let found = buttons.find(|button| button.text.contains(caption))?;
            Some((message.id, found.callback_data.clone()?))
        });
        let (message, data) =
            data.unwrap_or_else(|| panic!("no {caption:?}\n{}", self.rig.story()));
        let user = self.rig.telegram.user(who, "").in_chat(self.room.id());
        user.press_data(message, &data);
        self.rig.pause().await;
    }

    async fn deeds(&self) -> Vec<(i64, Deed)> {
        let mut all = self.rig.store().audit(100).await.unwrap();
        all.reverse();
        all.into_iter().map(|done| (done.by.0, done.deed)).collect()
    }

    /// A person with a role in the private chat with the bot.
    fn private(&self, who: i64) -> Client<'_> {
        self.rig.newcomer(who, "", "+79990000000")
    }
}

fn known(rig: &Rig) -> ContactId {
    let account = rig.okdesk.account();
    let company = account.company("ООО «Ромашка»").create();
    rig.okdesk
        .account()
        .contact("Анна", "Петрова")
        .phone(ANNA_PHONE)
        .company(company)
        .create()
}

fn texts(client: &Client<'_>) -> Vec<String> {
    let all = client.user.chat().from_bot();
    all.into_iter().map(|message| message.text).collect()
}

/// Registers with a typed number, up to the decision of staff.
async fn types(client: &Client<'_>, phone: &str) {
    client.to_the_phone().await;
    client.writes(phone);
    client.presses(Action::AskStaff).await;
    client.writes("Клиентова Вера");
    client.sees("ваш номер проверит сотрудник").await;
}

#[tokio::test]
async fn reg_06_a_typed_number_opens_nothing_and_reads_the_same_whoever_has_it() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = known(rig);
    rig.okdesk
        .account()
        .issue("Тайна Анны")
        .contact(anna)
        .create();
    let thief = rig.newcomer(601, "Вера", BORIS_PHONE);
    let stranger = rig.newcomer(602, "Вера", BORIS_PHONE);
    types(&thief, ANNA_PHONE).await;
    types(&stranger, "+79000000000").await;
    for client in [&thief, &stranger] {
        client.writes("/issues");
        client.sees("ещё проверяет сотрудник").await;
        client
            .forges(
                &Action::Issues {
                    scope: Scope::Open,
                    page: 0,
                }
                .encode(),
            )
            .await;
        client.forges(&Action::Portal.encode()).await;
    }
    rig.rest().await;
    let same = |client: &Client<'_>| texts(client).join("\n").replace("+79000000000", ANNA_PHONE);
    assert_eq!(same(&thief), same(&stranger));
    assert_eq!(thief.toasts().await, stranger.toasts().await);
    assert!(
        rig.asked("issues.list").is_empty(),
        "nobody's issues were read"
    );
    assert!(rig.asked("session.login_link_create").is_empty());
    assert_eq!(rig.contacts().len(), 1, "no contact was made");

    // Only staff see the difference, and what they confirm counts at once.
    desk.sees("№ 1 Петрова Анна").await;
    desk.sees("таких нет").await;
    desk.presses(OLGA, "Создать контакт").await;
    stranger.sees("Готово, Клиентова Вера").await;
    assert_eq!(rig.contacts().len(), 2);
    desk.presses(OLGA, "Отклонить").await;
    thief.sees("не смог подтвердить").await;
    thief.never_sees("Тайна").await;
}

#[tokio::test]
async fn reg_06_ones_own_card_opens_what_a_typed_number_did_not() {
    let desk = Desk::start().await;
    known(&desk.rig);
    let anna = desk.rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    for _ in 0..5 {
        anna.writes(ANNA_PHONE);
    }
    anna.writes(ANNA_PHONE);
    anna.sees("Слишком много попыток").await;
    anna.shares_card();
    anna.sees("Готово, Петрова Анна").await;
}

#[tokio::test]
async fn reg_07_of_several_contacts_with_one_number_staff_choose() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let one = |name: &str| {
        rig.okdesk
            .account()
            .contact(name, "Петрова")
            .phone(ANNA_PHONE)
            .create()
    };
    let (first, second) = (one("Анна"), one("Алла"));
    rig.okdesk
        .account()
        .contact("Похожая", "Петрова")
        .phone("9161234567 доб. 5")
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_phone().await;
    anna.shares_card();
    anna.sees("Нужную запись выберет сотрудник").await;
    anna.writes("/new");
    anna.sees("ещё проверяет сотрудник").await;
    let asked = desk.sees("записан у нескольких контактов").await;
    assert!(!asked.text.contains("Похожая"), "{}", asked.text);
    desk.presses(OLGA, &format!("№ {second}")).await;
    anna.sees("Готово, Петрова Алла").await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    assert_eq!(rig.issue(issue)["contact"]["id"], second.get());
    assert_ne!(first, second);
}

#[tokio::test]
async fn reg_11_a_public_inn_waits_for_staff_and_then_opens_the_company() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let company = rig
        .okdesk
        .account()
        .company("ООО «Секрет»")
        .inn(INN)
        .create();
    for place in ["Склад на Мира", "Офис на Ленина"] {
        rig.okdesk
            .account()
            .maintenance_entity(place)
            .company(company)
            .create();
    }
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.to_the_inn().await;
    anna.writes(INN);
    anna.sees("Это ваша организация?").await;
    anna.presses(Action::Confirm(true)).await;
    anna.shares_card();
    anna.sees("Как вас зовут?").await;
    anna.writes("Петрова Анна");
    anna.sees("проверит сотрудник").await;
    let before = anna.opens_issue("До подтверждения").await;
    assert!(rig.issue(before)["company_id"].is_null());
    anna.writes("/my_data");
    anna.sees("Вот всё, что бот хранит").await;
    anna.never_sees("Секрет").await;
    anna.never_sees("Мира").await;

    desk.sees("ООО «Секрет» (ИНН 7707083893)").await;
    desk.presses(OLGA, "Подтвердить").await;
    anna.sees("подтвердил вашу организацию: ООО «Секрет»").await;
    let place = anna.sees("Где нужны работы?").await;
    let button = place
        .buttons
        .iter()
        .flatten()
        .find(|it| it.text.contains("Ленина"));
    anna.user.press_on(place.id, &button.unwrap().text).unwrap();
    anna.sees("Офис на Ленина").await;
    assert_eq!(
        rig.contacts()[0]["company_id"],
        company.get(),
        "{:#}",
        rig.contacts()[0]
    );
    let after = anna.opens_issue("После подтверждения").await;
    assert_eq!(rig.issue(after)["company_id"], company.get());
}

#[tokio::test]
async fn reg_11_what_okdesk_refuses_is_not_told_as_done_and_can_be_decided_again() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    rig.okdesk
        .account()
        .company("ООО «Секрет»")
        .inn(INN)
        .create();
    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    rig.okdesk
        .account()
        .contact("Анна", "Петрова")
        .phone(ANNA_PHONE)
        .create();
    anna.to_the_inn().await;
    anna.writes(INN);
    anna.presses(Action::Confirm(true)).await;
    anna.shares_card();
    anna.sees("проверит сотрудник").await;
    rig.okdesk
        .faults()
        .on("contacts.update")
        .once(Fault::Status(403));
    rig.forgives("");
    desk.presses(OLGA, "Подтвердить").await;
    desk.sees("Okdesk отказал: JoinCompany").await;
    anna.never_sees("Секрет").await;
    desk.presses(PYOTR, "Подтвердить").await;
    anna.sees("подтвердил вашу организацию").await;
}

/// The code out of an invitation.
fn code(invitation: &MessageView) -> String {
    invitation.text.lines().last().unwrap().trim().to_owned()
}

#[tokio::test]
async fn reg_16_an_invitation_links_one_account_once_within_its_life() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let contact = known(rig);
    let olga = desk.private(OLGA);
    olga.writes(&format!("/invite {contact}"));
    let invitation = olga.sees("Приглашение для контакта Петрова Анна").await;
    let code = code(&invitation);
    let link = format!("?start={code}");
    assert!(
        invitation.text.contains("https://t.me/") && invitation.text.contains(&link),
        "{}",
        invitation.text
    );
    rig.rest().await;
    rig.store().tidy(Duration::ZERO).await.unwrap();
    assert!(!rig.remembers(&code).await, "the code is kept nowhere");

    // The account needs no number at all.
    let anna = rig.newcomer(501, "Анна", "+79000000000");
    anna.writes(&format!("/start {code}"));
    anna.presses(Action::Consent(true)).await;
    anna.sees("Готово, Петрова Анна").await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    assert_eq!(rig.issue(issue)["contact"]["id"], contact.get());

    // Used, wrong and too old read the same.
    let boris = rig.newcomer(502, "Борис", BORIS_PHONE);
    boris.writes(&format!("/start {code}"));
    let used = boris.sees("не действует").await;
    boris.writes("/start 0000-0000-0000-0000");
    rig.rest().await;
    assert_eq!(boris.last().text, used.text);
    rig.telegram
        .user(OLGA, "")
        .in_chat(desk.room.id())
        .send_text(&format!("/invite {ANNA_PHONE}"));
    let late = self::code(&desk.sees("Приглашение").await);
    rig.later(Duration::from_secs(24 * 3600 + 1)).await;
    boris.writes(&late);
    rig.rest().await;
    assert_eq!(boris.last().text, used.text);
    let deeds = desk.deeds().await;
    assert_eq!(
        deeds,
        [
            (OLGA, Deed::Invited { contact }),
            (501, Deed::Accepted { contact }),
            (OLGA, Deed::Invited { contact }),
        ]
    );
}

#[tokio::test]
async fn reg_16_five_wrong_codes_an_hour_close_the_way() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let contact = known(rig);
    let olga = desk.private(OLGA);
    olga.writes(&format!("/invite {contact}"));
    let code = code(&olga.sees("Приглашение").await);
    let boris = rig.newcomer(502, "Борис", BORIS_PHONE);
    for wrong in 0..5 {
        boris.writes(&format!("/start 0000-0000-0000-000{wrong}"));
    }
    assert_eq!(boris.count("не действует").await, 5);
    boris.writes(&format!("/start {code}"));
    boris.sees("Слишком много попыток").await;
    rig.later(Duration::from_secs(3600)).await;
    boris.writes(&format!("/start {code}"));
    boris.presses(Action::Consent(true)).await;
    boris.sees("Готово, Петрова Анна").await;
}

#[tokio::test]
async fn adm_01_commands_and_buttons_of_staff_do_not_exist_for_others() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    let vera = rig.newcomer(601, "Вера", BORIS_PHONE);
    types(&vera, ANNA_PHONE).await;
    let asked = desk.sees("Клиентова Вера").await;
    let data = asked.buttons[0][0].callback_data.clone().unwrap();
    for command in [
        "/nonsense",
        "/invite 1",
        "/claims",
        "/user 601",
        "/relink 601 1",
    ] {
        anna.writes(command);
    }
    assert_eq!(anna.count("Такой команды нет").await, 5);
    anna.writes("/help");
    let help = anna.sees("Что я умею").await;
    assert!(!help.text.contains("/claims"), "{}", help.text);
    anna.forges("user:601:block").await;
    assert_eq!(
        anna.toasts().await.last().unwrap(),
        "Эта кнопка больше не работает"
    );
    anna.forges(&data).await;
    anna.user
        .in_chat(desk.room.id())
        .press_data(asked.id, &data);
    let before = desk.room.from_bot().len();
    rig.telegram
        .user(501, "")
        .in_chat(desk.room.id())
        .send_text("/claims");
    rig.rest().await;
    assert_eq!(
        anna.toasts().await.last().unwrap(),
        "Эта кнопка больше не работает"
    );
    assert_eq!(
        desk.room.toasts().last().unwrap(),
        "Эта кнопка больше не работает"
    );
    assert_eq!(desk.room.from_bot().len(), before);
    vera.never_sees("Готово, Петрова").await;
    assert!(desk.deeds().await.is_empty());
}

#[tokio::test]
async fn adm_02_the_person_is_told_the_deed_is_kept_and_the_second_admin_sees_it() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let contact = known(rig);
    let vera = rig.newcomer(601, "Вера", BORIS_PHONE);
    types(&vera, ANNA_PHONE).await;
    desk.sees("Клиентова Вера").await;
    let pyotr = desk.private(PYOTR);
    pyotr.writes("/claims");
    let own = pyotr.sees("Клиентова Вера").await;
    desk.presses(OLGA, "№ 1").await;
    vera.sees("Готово, Петрова Анна").await;
    let done = desk.sees("Подтвердил(а) Ольга").await;
    assert!(done.buttons.is_empty());

    let no = own
        .buttons
        .iter()
        .flatten()
        .find(|it| it.text.contains("Отклонить"));
    pyotr
        .user
        .press_data(own.id, no.unwrap().callback_data.as_ref().unwrap());
    pyotr.sees("Подтвердил(а) Ольга").await;
    assert_eq!(pyotr.toasts().await, ["Уже решено: Ольга"]);
    assert_eq!(vera.count("не смог подтвердить").await, 0);
    let chat = ChatId(601);
    assert_eq!(
        desk.deeds().await,
        [(OLGA, Deed::ConfirmedContact { chat, contact })]
    );
    pyotr.writes("/claims");
    pyotr.sees("Решения никто не ждёт").await;
}

#[tokio::test]
async fn tic_11_whoever_may_sees_the_issues_of_the_company_and_no_others() {
    let setup = Setup::new().await.set("COMPANY_VIEW", "granted");
    let rig = setup.start().await;
    let account = || rig.okdesk.account();
    let company = account().company("ООО «Ромашка»").create();
    let elsewhere = account().company("ООО «Василёк»").create();
    let chief = account()
        .contact("Анна", "Петрова")
        .phone(ANNA_PHONE)
        .company(company)
        .access_level("company_issues")
        .create();
    let clerk = account()
        .contact("Борис", "Новиков")
        .phone(BORIS_PHONE)
        .company(company)
        .create();
    let other = account()
        .contact("Чужой", "Человек")
        .company(elsewhere)
        .create();
    let of = |title: &str, contact, company| {
        account()
            .issue(title)
            .contact(contact)
            .company(company)
            .create()
    };
    let clerks = of("Заявка Бориса", clerk, company);
    let foreign = of("Тайна соседей", other, elsewhere);

    let anna = rig.newcomer(501, "Анна", ANNA_PHONE);
    anna.registers().await;
    let all = Action::CompanyIssues {
        scope: Scope::Open,
        page: 0,
    };
    anna.presses(all).await;
    let list = anna.sees("Открытые заявки организации").await;
    assert!(
        list.text.contains("Заявка Бориса") && !list.text.contains("Тайна"),
        "{}",
        list.text
    );
    anna.presses(Action::Issue(clerks)).await;
    let card = anna.sees("Статус:").await;
    assert!(!Client::shows_button(&card, Action::Comment(clerks)));
    for forged in [
        Action::Comment(clerks),
        Action::CloseNow(clerks),
        Action::Issue(foreign),
    ] {
        anna.forges(&forged.encode()).await;
        rig.rest().await;
    }
    anna.never_sees("Тайна").await;
    assert!(rig.comments_of(clerks).is_empty());
    assert_eq!(rig.issue(clerks)["status"]["code"], "opened");

    // For who has not the right there is neither button nor list.
    let boris = rig.newcomer(502, "Борис", BORIS_PHONE);
    boris.registers().await;
    let menu = boris.last();
    assert!(!Client::shows_button(&menu, all));
    boris.forges("nonsense").await;
    boris.forges(&all.encode()).await;
    let toasts = boris.toasts().await;
    assert_eq!(
        toasts[toasts.len() - 2],
        toasts[toasts.len() - 1],
        "{toasts:?}"
    );
    let hers = of("Заявка Анны", chief, company);
    rig.forgives("NotFound");
    boris.forges(&Action::Issue(hers).encode()).await;
    boris
        .forges(&Action::Issue(okdesk_sdk::model::IssueId::new(9_999)).encode())
        .await;
    boris.never_sees("Заявка Анны").await;
    let toasts = boris.toasts().await;
    assert_eq!(
        toasts[toasts.len() - 2],
        toasts[toasts.len() - 1],
        "{toasts:?}"
    );

    // The right is taken away: it is gone at the next look.
    let client = okdesk_sdk::Client::new(rig.okdesk.url().as_str(), rig.okdesk.token()).unwrap();
    client
        .contacts()
        .update(chief)
        .access_level(["nothing"])
        .await
        .unwrap();
    anna.forges(&all.encode()).await;
    anna.sees("Такой заявки нет").await;
    anna.presses(Action::Menu).await;
    rig.rest().await;
    assert!(!Client::shows_button(&anna.last(), all));
}

#[tokio::test]
async fn sec_08_whoever_is_forgotten_is_forgotten_in_what_was_given_up_too() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Сломался замок на складе").await;
    rig.okdesk
        .faults()
        .on("comments.create")
        .once(Fault::Status(403));
    rig.forgives("");
    let card = anna.last();
    anna.answers(&card, "мой пароль – ромашка");
    anna.sees("передать не удалось").await;
    rig.rest().await;
    assert_eq!(rig.dead().await.len(), 1);
    assert!(rig.remembers("ромашка").await && rig.remembers("Петрова").await);

    anna.writes("/delete_me");
    anna.presses(Action::DeleteMe).await;
    anna.sees("Ваши данные удалены").await;
    rig.rest().await;
    // What the hour brings.
    rig.store()
        .tidy(Duration::from_secs(7 * 24 * 3600))
        .await
        .unwrap();
    for words in ["ромашка", "Петрова", "9161234567", "замок"] {
        assert!(!rig.remembers(words).await, "{words} is still kept");
    }
    assert_eq!(
        rig.dead().await.len(),
        1,
        "that something was given up is not hidden"
    );
    let before = anna.messages().await;
    rig.comments(issue, "Починили");
    assert_eq!(anna.messages().await, before, "nobody is told any more");
    // What remains in Okdesk was said, and remains.
    assert_eq!(rig.contacts().len(), 1);
}

#[tokio::test]
async fn sec_08_what_okdesk_tells_later_brings_no_forgotten_person_back() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Сломался замок на складе").await;
    anna.writes("/delete_me");
    anna.presses(Action::DeleteMe).await;
    anna.sees("Ваши данные удалены").await;
    rig.rest().await;
    let before = anna.messages().await;

    rig.comments(issue, "Починили");
    rig.sets(issue, "completed");
    let another = rig.okdesk.account().issue("Протекает крыша на складе");
    let another = another.contact(anna.contact).create();
    rig.comments(another, "Едем");
    rig.sets(another, "in_progress");
    assert_eq!(anna.messages().await, before, "nobody is told any more");
    rig.store().tidy(Duration::ZERO).await.unwrap();
    for words in ["Петрова", "замок", "крыша"] {
        assert!(!rig.remembers(words).await, "{words} is kept again");
    }
    // What figures are made of is nobody's secret.
    let known = rig.store().issue(issue).await.unwrap().unwrap();
    assert_eq!(known.facts.status.code.as_str(), "completed");

    // Whoever comes back is known again.
    anna.registers().await;
    rig.comments(another, "Починили и крышу");
    anna.sees("Починили и крышу").await;
    rig.rest().await;
    assert!(rig.remembers("крыша").await);
}

#[tokio::test]
async fn sec_08_a_stranger_leaves_no_words_behind() {
    let rig = Rig::start().await;
    let vera = rig.newcomer(601, "Вера", BORIS_PHONE);
    vera.writes("меня зовут Вера Холодная");
    vera.sees("отправьте /start").await;
    vera.start();
    vera.presses(Action::Consent(false)).await;
    vera.sees("удалятся в течение часа").await;
    rig.rest().await;
    rig.store()
        .tidy(Duration::from_secs(7 * 24 * 3600))
        .await
        .unwrap();
    assert!(!rig.remembers("Холодная").await);
    assert!(!rig.remembers("Вера").await);
}

#[tokio::test]
async fn not_02_a_status_seen_on_a_card_is_still_told_when_its_webhook_was_lost() {
    let setup = Setup::new().await.set("RECONCILE_MINUTES", "1");
    let rig = setup.start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    rig.pause().await;
    rig.okdesk.remove_webhook(&rig.webhook());
    rig.later(Duration::from_secs(30)).await;
    rig.sets(issue, "completed");
    anna.forges(&Action::Open(issue).encode()).await;
    anna.sees("Статус: Решена").await;
    rig.later(Duration::from_secs(61)).await;
    let told = async {
        loop {
            let all = anna.user.chat().from_bot();
            if let Some(told) = all.into_iter().find(|it| it.text.contains("Оцените")) {
                return told;
            }
            rig.later(Duration::from_secs(5)).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    assert!(told.unwrap().text.contains("Решена"));
}

#[tokio::test]
async fn tic_14_two_quick_taps_ask_staff_once() {
    let rig = Rig::start().await;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    anna.presses(Action::Open(issue)).await;
    anna.sees("Статус:").await;
    anna.presses(Action::Close(issue)).await;
    let asked = anna.sees("Закрыть заявку").await;
    for _ in 0..2 {
        anna.user
            .press_data(asked.id, &Action::CloseNow(issue).encode());
    }
    rig.rest().await;
    assert_eq!(rig.comments_of(issue).len(), 1);
    assert_eq!(
        anna.toasts().await.last().unwrap(),
        "Вы уже попросили закрыть эту заявку"
    );
}

#[tokio::test]
async fn adm_03_somebody_in_charge_finds_a_person_and_cuts_them_off_from_the_contact() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    let chat = ChatId(anna.id());
    let olga = desk.private(OLGA);
    // By account, by contact, by telephone.
    for whom in ["501", &format!("№{}", anna.contact), "8 916 123-45-67"] {
        olga.writes(&format!("/user {whom}"));
        let card = olga.sees_where("the person", |message| {
            message.text.contains("Петрова Анна")
        });
        let card = card.await;
        for words in ["501", ANNA_PHONE, "ООО «Ромашка»", "Согласие"] {
            assert!(card.text.contains(words), "{words:?} in {}", card.text);
        }
        rig.later(Duration::from_secs(60)).await;
        if whom != "8 916 123-45-67" {
            olga.writes("/user 999999");
            olga.sees("Бот такого человека не знает").await;
        }
    }
    let unlink = |who| Action::Person {
        chat: ChatId(who),
        what: Manage::Unlink,
    };
    olga.presses(unlink(501)).await;
    anna.sees("доступа к заявкам больше нет").await;
    rig.rest().await;
    rig.comments(issue, "Только для клиента");
    anna.writes("/issues");
    anna.sees("отправьте /start").await;
    anna.forges(&Action::Open(issue).encode()).await;
    anna.never_sees("Только для клиента").await;
    assert!(!rig.store().is_linked(anna.contact).await.unwrap());
    let contact = anna.contact;
    assert_eq!(
        desk.deeds().await,
        [(OLGA, Deed::Unlinked { chat, contact })]
    );

    // To another contact, by one command; nothing of the former one comes along.
    let other = rig.okdesk.account().contact("Алла", "Сидорова").create();
    olga.writes(&format!("/relink 501 {other}"));
    anna.sees("Готово, Сидорова Алла").await;
    let made = anna.opens_issue("Не горит свет").await;
    assert_eq!(rig.issue(made)["contact"]["id"], other.get());
    anna.forges(&Action::Open(issue).encode()).await;
    anna.never_sees("Не печатает принтер\n\nСтатус").await;
    let relinked = Deed::Relinked {
        chat,
        contact: other,
    };
    assert_eq!(desk.deeds().await.pop(), Some((OLGA, relinked)));

    // Whoever has agreed to nothing is not tied to anybody.
    let vera = rig.newcomer(601, "Вера", BORIS_PHONE);
    vera.start();
    vera.sees("согласие").await;
    olga.writes(&format!("/relink 601 {other}"));
    olga.sees("не дал согласия").await;
    vera.never_sees("Готово").await;
}

#[tokio::test]
async fn adm_03_whoever_is_kept_away_is_told_once_and_neither_heard_nor_told_anything_more() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    let issue = anna.opens_issue("Не печатает принтер").await;
    let olga = desk.private(OLGA);
    olga.writes("/user 501");
    olga.sees("Петрова Анна").await;
    let act = |what| Action::Person {
        chat: ChatId(501),
        what,
    };
    olga.presses(act(Manage::Block)).await;
    anna.sees("Доступ к боту закрыт").await;
    let before = anna.messages().await;
    rig.comments(issue, "Едем");
    rig.sets(issue, "in_progress");
    for words in ["Пустите!", "/start", "/delete_me", "0000-0000-0000-0000"] {
        anna.writes(words);
    }
    for data in ["new", "open:0", "card:1", "consent:1"] {
        anna.forges(data).await;
    }
    anna.edits(
        &anna
            .user
            .chat()
            .messages()
            .into_iter()
            .find(|one| one.text == "Не печатает принтер")
            .unwrap(),
        "Исправленные слова",
    );
    assert_eq!(anna.messages().await, before, "{}", rig.story());
    assert_eq!(rig.telegram.waiting_queries(), 0);
    assert_eq!((rig.issues().len(), rig.comments_of(issue).len()), (1, 1));

    // Those in charge are not kept away by one another, and nobody else keeps anybody away.
    olga.forges("user:702:block").await;
    anna.forges("user:701:block").await;
    olga.writes("/user 501");
    olga.sees("Доступ закрыт").await;
    olga.presses(act(Manage::Unblock)).await;
    rig.rest().await;
    rig.comments(issue, "Приехали");
    anna.sees("Приехали").await;
    anna.writes("Спасибо");
    anna.sees("Что с этим сделать?").await;
    let chat = ChatId(501);
    assert_eq!(
        desk.deeds().await,
        [
            (OLGA, Deed::Blocked { chat }),
            (OLGA, Deed::Unblocked { chat })
        ]
    );
}

#[tokio::test]
async fn adm_06_trouble_of_one_kind_is_told_once_in_ten_minutes_with_a_count_and_without_words() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    rig.forgives("");
    let told = |words: &str| {
        let all = desk.room.from_bot().into_iter();
        all.filter(|message| message.text.contains(words)).count()
    };
    // Okdesk refuses, and quotes what it refuses.
    rig.okdesk
        .faults()
        .on("issues.create")
        .always(Fault::Status(422));
    let tries = async |number: usize| {
        for _ in 0..number {
            anna.forges(&Action::NewIssue.encode()).await;
            anna.sees("Опишите, что случилось").await;
            anna.writes("мой пароль – ромашка");
            anna.presses(Action::Submit).await;
            rig.pause().await;
            anna.forges(&Action::Discard.encode()).await;
            rig.later(Duration::from_secs(20)).await;
        }
    };
    tries(3).await;
    rig.rest().await;
    desk.sees("Okdesk отказал: CreateIssue").await;
    // What came again is told when the ten minutes are over, and not before.
    assert_eq!(told("CreateIssue"), 1, "{}", rig.story());
    rig.later(Duration::from_secs(10 * 60)).await;
    let again = desk.sees("ещё раз: 2").await;
    assert!(again.text.contains("CreateIssue"), "{}", again.text);
    assert_eq!(told("CreateIssue"), 2);
    // Another kind of trouble does not wait for it.
    rig.okdesk.faults().clear();
    let refusal = bot_api::Fault::Refuse {
        code: 400,
        description: "Bad Request: wrong URL 'https://ромашка.example/?token=1' of a button".into(),
    };
    rig.telegram.faults().add(
        FaultRule::new(refusal)
            .method("sendMessage")
            .chat(anna.id())
            .times(1),
    );
    anna.writes("/menu");
    let unsent = desk.sees("Telegram не принял сообщение").await;
    assert!(unsent.text.contains("wrong URL …"), "{}", unsent.text);
    // Nothing comes again by itself.
    rig.later(Duration::from_secs(60 * 60)).await;
    rig.rest().await;
    assert_eq!((told("CreateIssue"), told("не принял")), (2, 1));
    let everything: Vec<String> = desk.room.from_bot().into_iter().map(|m| m.text).collect();
    let everything = everything.join("\n");
    for secret in ["ромашка", "token=1", rig.okdesk.token(), "Петрова"] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
}

#[tokio::test]
async fn adm_06_that_okdesk_is_silent_is_told_once_however_many_wait_for_it() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    let boris = rig.boris().await;
    rig.okdesk.faults().on_any().always(Fault::Status(503));
    for client in [&anna, &boris] {
        client.presses(Action::NewIssue).await;
        client.writes("Не печатает принтер");
        client.presses(Action::Submit).await;
        client.sees("будет передана").await;
    }
    rig.pause().await;
    desk.sees("Okdesk не отвечает").await;
    let silent = || {
        let all = desk.room.from_bot().into_iter();
        all.filter(|message| message.text.contains("Okdesk не отвечает"))
            .count()
    };
    assert_eq!(silent(), 1);
    rig.okdesk.faults().clear();
    anna.sees("создана").await;
    boris.sees("создана").await;
}

#[tokio::test]
async fn not_11_adm_06_those_in_charge_are_told_and_obeyed_where_their_group_has_moved_to() {
    let desk = Desk::start().await;
    let rig = &desk.rig;
    let anna = rig.anna().await;
    let boris = rig.boris().await;
    let moved = desk.room.migrate(OLGA).unwrap();
    rig.rest().await;
    // The settings still name the old id.
    let olga = rig.telegram.user(OLGA, "").in_chat(moved.id());
    olga.send_text("/claims");
    let look = |words: &'static str| {
        let moved = moved.clone();
        move || {
            let mut all = moved.from_bot().into_iter();
            all.find(|message| message.text.contains(words))
        }
    };
    rig.until("an answer", look("Решения никто не ждёт")).await;
    rig.okdesk.faults().on_any().always(Fault::Status(503));
    for client in [&anna, &boris] {
        client.presses(Action::NewIssue).await;
        client.writes("Не печатает принтер");
        client.presses(Action::Submit).await;
        client.sees("будет передана").await;
    }
    rig.pause().await;
    rig.until("the alarm", look("Okdesk не отвечает")).await;
    let alarms = moved.from_bot().into_iter();
    let alarms = alarms.filter(|message| message.text.contains("Okdesk не отвечает"));
    assert_eq!(alarms.count(), 1, "{}", rig.story());
    rig.okdesk.faults().clear();
    for client in [&anna, &boris] {
        client.sees("создана").await;
    }
    rig.later(Duration::from_secs(11 * 60)).await;
    rig.rest().await;
    assert!(
        rig.telegram.calls_of("leaveChat").is_empty(),
        "it is no stranger there"
    );
}
