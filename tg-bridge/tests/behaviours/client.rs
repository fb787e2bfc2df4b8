//! A client with Telegram on the phone: what one does there, and what one sees.

#![allow(dead_code)]

use crate::rig::Rig;
use okdesk_sdk::model::{CompanyId, ContactId, IssueId};
use std::cell::RefCell;
use std::collections::HashSet;
use tg_bridge::demo::bot_api::{MessageView, User};
use tg_bridge::telegram::{Action, Party};

/// Somebody with Telegram.
pub(crate) struct Client<'a> {
    rig: &'a Rig,
    /// What the phone can do beyond the words below.
    pub(crate) user: User,
    /// Who it is in Okdesk; nobody before the registration.
    pub(crate) contact: ContactId,
    pub(crate) company: CompanyId,
    seen: RefCell<HashSet<(i64, String)>>,
}

pub(crate) const ANNA_PHONE: &str = "+79161234567";
pub(crate) const BORIS_PHONE: &str = "+79037654321";

impl Rig {
    /// Somebody the bot has not met; the number is on the own contact card.
    pub(crate) fn newcomer(&self, id: i64, name: &str, phone: &str) -> Client<'_> {
        Client {
            rig: self,
            user: self.telegram.user(id, name).phone(phone),
            contact: ContactId::new(0),
            company: CompanyId::new(0),
            seen: RefCell::default(),
        }
    }

    /// Анна Петрова of «Ромашка»: Okdesk knows her number, and she is registered.
    pub(crate) async fn anna(&self) -> Client<'_> {
        let company = self.okdesk.account().company("ООО «Ромашка»").create();
        self.colleague(501, ("Анна", "Петрова"), ANNA_PHONE, company)
            .await
    }

    /// Борис Новиков of «Василёк», registered as well: somebody whom Anna's affairs do not concern.
    pub(crate) async fn boris(&self) -> Client<'_> {
        let company = self.okdesk.account().company("ООО «Василёк»").create();
        self.colleague(502, ("Борис", "Новиков"), BORIS_PHONE, company)
            .await
    }

    /// A registered contact of this company.
    pub(crate) async fn colleague(
        &self,
        id: i64,
        (first, last): (&str, &str),
        phone: &str,
        company: CompanyId,
    ) -> Client<'_> {
        let contact = self
            .okdesk
            .account()
            .contact(first, last)
            .phone(phone)
            .company(company)
            .create();
        let mut client = self.newcomer(id, first, phone);
        (client.contact, client.company) = (contact, company);
        client.registers().await;
        client
    }
}

impl Client<'_> {
    pub(crate) fn id(&self) -> i64 {
        self.user.id()
    }

    // ---- what one does ----------------------------------------------------------------------------------------------

    pub(crate) fn start(&self) {
        self.writes("/start");
    }

    /// From `/start` to the menu, as a person whose number Okdesk knows.
    pub(crate) async fn registers(&self) {
        self.to_the_phone().await;
        self.shares_card();
        self.sees("Готово").await;
        self.rig.pause().await;
    }

    /// From `/start` to the question for the phone, as a person.
    pub(crate) async fn to_the_phone(&self) {
        self.start();
        self.presses(Action::Consent(true)).await;
        self.presses(Action::Register(Party::Person)).await;
        self.sees("Поделитесь своим номером").await;
    }

    /// From `/start` to the question for the INN.
    pub(crate) async fn to_the_inn(&self) {
        self.start();
        self.presses(Action::Consent(true)).await;
        self.presses(Action::Register(Party::Company)).await;
        self.sees("ИНН").await;
    }

    pub(crate) fn writes(&self, text: &str) -> MessageView {
        self.user.send_text(text)
    }

    /// Answers a message by Telegram's reply.
    pub(crate) fn answers(&self, message: &MessageView, text: &str) -> MessageView {
        self.user.reply_to(message.id).send_text(text)
    }

    pub(crate) fn edits(&self, message: &MessageView, text: &str) {
        self.user.edit(message.id, text).unwrap();
    }

    pub(crate) fn shares_card(&self) {
        self.user.share_contact();
    }

    /// Presses the newest button with this meaning, once the bot has said all it has to say.
    pub(crate) async fn presses(&self, action: Action) {
        self.rig.pause().await;
        let pressed = self.user.press(&action.encode());
        assert!(
            pressed.is_ok(),
            "no button {action:?}\n{}",
            self.rig.story()
        );
    }

    /// Presses a button of this message.
    pub(crate) fn presses_on(&self, message: &MessageView, action: Action) {
        self.user.press_on(message.id, &action.encode()).unwrap();
    }

    /// Sends a press as it might be forged.
    pub(crate) async fn forges(&self, data: &str) {
        self.rig.pause().await;
        let last = self.last();
        self.user.press_data(last.id, data);
    }

    /// Creates an issue by the dialog.
    pub(crate) async fn opens_issue(&self, text: &str) -> IssueId {
        let before = self.rig.issues().len();
        self.presses(Action::NewIssue).await;
        self.writes(text);
        self.presses(Action::Submit).await;
        self.sees("создана").await;
        self.rig.pause().await;
        let issues = self.rig.issues();
        assert_eq!(issues.len(), before + 1, "{}", self.rig.story());
        IssueId::new(issues.last().unwrap()["id"].as_u64().unwrap())
    }

    // ---- what one sees ----------------------------------------------------------------------------------------------

    /// Waits for a message of the bot that holds these words and was not seen before.
    pub(crate) async fn sees(&self, words: &str) -> MessageView {
        let what = format!("{} to see {words:?}", self.id());
        self.sees_where(&what, |message| message.text.contains(words))
            .await
    }

    pub(crate) async fn sees_where(
        &self,
        what: &str,
        fits: impl Fn(&MessageView) -> bool,
    ) -> MessageView {
        let find = || {
            let mut all = self.user.chat().from_bot().into_iter();
            all.find(|message| {
                let look = (message.id, message.text.clone());
                fits(message) && !self.seen.borrow().contains(&look)
            })
        };
        let message = self.rig.until(what, find).await;
        self.seen
            .borrow_mut()
            .insert((message.id, message.text.clone()));
        message
    }

    /// Every message of the bot with these words that the chat shows once everything is at rest.
    pub(crate) async fn all(&self, words: &str) -> Vec<MessageView> {
        self.rig.rest().await;
        let mut all = self.user.chat().from_bot();
        all.retain(|message| message.text.contains(words));
        all
    }

    /// How often the bot says this, once everything is at rest.
    pub(crate) async fn count(&self, words: &str) -> usize {
        self.all(words).await.len()
    }

    /// Nothing more comes, and none of it holds these words.
    pub(crate) async fn never_sees(&self, words: &str) {
        let all = self.all(words).await;
        assert!(all.is_empty(), "{words:?} is shown\n{}", self.rig.story());
    }

    /// How many messages the chat shows, once everything is at rest.
    pub(crate) async fn messages(&self) -> usize {
        self.rig.rest().await;
        self.user.chat().from_bot().len()
    }

    pub(crate) fn last(&self) -> MessageView {
        let mut all = self.user.chat().from_bot();
        all.pop().expect("the bot has said nothing")
    }

    pub(crate) fn shows_button(message: &MessageView, action: Action) -> bool {
        message.has_callback(&action.encode())
    }

    /// The short notes that answered presses, the last one last.
    pub(crate) async fn toasts(&self) -> Vec<String> {
        self.rig.rest().await;
        self.user.chat().toasts()
    }

    /// Whether the help desk is asked for the own number under the input field.
    pub(crate) fn is_asked_for_the_card(&self) -> bool {
        let keyboard = self.user.chat().view().unwrap().keyboard;
        keyboard
            .iter()
            .flatten()
            .any(|button| button.request_contact)
    }
}
