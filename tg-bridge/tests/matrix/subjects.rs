//! The calls the bridge makes, each with what it is to bring about.

use crate::engine::Rig;
use okdesk_sdk::model::{
    AttachmentId, AttributeCode, CompanyId, ContactId, Html, IssueId, StatusCode,
};
use okdesk_sdk::testing::{AttributeKind, AttributeOwner};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Mutex;
use tg_bridge::demo::bot_api::{MediaKind, User};
use tg_bridge::reaction::{
    Effect, Invited, Named, NewComment, NewContact, NewIssue, OkdeskCall, Press,
};
use tg_bridge::telegram::{
    Action, Button, ChatId, FileKind, IncomingFile, MessageId, Outgoing, RemoteFile, Scope, Score,
    Send, UserId,
};

/// Who fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Okdesk,
    Telegram,
    /// Where Telegram keeps its files.
    TelegramFiles,
    /// Where Okdesk keeps its files.
    FileHost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    FindContacts,
    FindInvited,
    GetContact,
    FindCompany,
    CreateContact,
    JoinCompany,
    ListMaintenanceEntities,
    CreateIssue,
    CreateIssueWithFile,
    CreateComment,
    CreateCommentWithFile,
    CreateNote,
    Rate,
    SetAttribute,
    ListIssues,
    ListCompanyIssues,
    GetIssue,
    GetCompanyIssue,
    CreateLoginLink,
    ChangeStatus,
    FileOfClient,
    FileContentOfClient,
    Message,
    Edit,
    EditKeyboard,
    AnswerCallback,
    Photo,
    Document,
    Album,
    FileAddress,
    FileContent,
    Leave,
}

/// What the account holds before anything fails: of most things one per case.
pub(crate) struct Account {
    /// One for each case, or the pace of a chat would come in between.
    users: Vec<User>,
    company: CompanyId,
    /// Where contacts may move to.
    other: CompanyId,
    contacts: Vec<ContactId>,
    issues: Vec<IssueId>,
    /// What a case needs to name: messages, groups, presses, files.
    messages: Mutex<HashMap<i64, i64>>,
    rooms: Mutex<HashMap<i64, i64>>,
    presses: Mutex<HashMap<i64, String>>,
    files: Mutex<HashMap<i64, Vec<RemoteFile>>>,
    uploads: Mutex<HashMap<i64, IncomingFile>>,
}

const ANNA: i64 = 101;
const ATTRIBUTE: &str = "words";
const CASES: i64 = 9;

impl Account {
    pub(crate) fn furnish(rig: &Rig) -> Self {
        let users = (0..CASES).map(|case| {
            let user = rig.telegram.user(ANNA + case, "Анна");
            user.send_text("привет");
            user
        });
        let users = users.collect();
        let company = rig.okdesk.account().company("Ромашка").create();
        let other = rig.okdesk.account().company("Лютик").create();
        rig.okdesk.account().attribute(
            AttributeOwner::Issue,
            ATTRIBUTE,
            "Слова",
            AttributeKind::Text,
        );
        rig.okdesk
            .account()
            .maintenance_entity("Склад")
            .company(company)
            .create();
        let contacts: Vec<_> = (0..CASES)
            .map(|_| {
                let contact = rig.okdesk.account().contact("Анна", "Смирнова");
                contact.company(company).create()
            })
            .collect();
        let issues = contacts
            .iter()
            .map(|contact| {
                let issue = rig.okdesk.account().issue("Принтер");
                issue.contact(*contact).create()
            })
            .collect();
        Self {
            users,
            company,
            other,
            contacts,
            issues,
            messages: Mutex::default(),
            rooms: Mutex::default(),
            presses: Mutex::default(),
            files: Mutex::default(),
            uploads: Mutex::default(),
        }
    }

    fn contact(&self, case: i64) -> ContactId {
        self.contacts[case as usize]
    }

    fn issue(&self, case: i64) -> IssueId {
        self.issues[case as usize]
    }

    /// Which case a call belongs to.
    pub(crate) fn number(&self, call: &OkdeskCall) -> i64 {
        let of_issue =
            |id: &IssueId| self.issues.iter().position(|issue| issue == id).unwrap() as i64;
        let last = |text: &str| text.chars().last().unwrap().to_digit(10).unwrap().into();
        match call {
            OkdeskCall::FindContacts { phone } => last(phone),
            OkdeskCall::FindInvited { by, .. } => by.0,
            OkdeskCall::GetContact { contact } | OkdeskCall::JoinCompany { contact, .. } => {
                self.contacts.iter().position(|c| c == contact).unwrap() as i64
            }
            OkdeskCall::FindCompany { inn } => last(inn),
            OkdeskCall::CreateContact(new) => last(&new.phone),
            OkdeskCall::ListMaintenanceEntities { page, .. } => i64::from(*page),
            OkdeskCall::CreateIssue(new) => last(&new.title),
            OkdeskCall::CreateComment(new) => of_issue(&new.issue),
            OkdeskCall::CreateNote { issue, .. }
            | OkdeskCall::Rate { issue, .. }
            | OkdeskCall::SetAttribute { issue, .. }
            | OkdeskCall::GetIssue { issue, .. }
            | OkdeskCall::GetCompanyIssue { issue, .. }
            | OkdeskCall::ChangeStatus { issue, .. } => of_issue(issue),
            OkdeskCall::ListIssues { page, .. } | OkdeskCall::ListCompanyIssues { page, .. } => {
                i64::from(*page)
            }
            OkdeskCall::CreateLoginLink { contact } => {
                self.contacts.iter().position(|c| c == contact).unwrap() as i64
            }
        }
    }
}

fn words(case: i64) -> String {
    format!("слова {case}.")
}

fn file_name(case: i64, picture: bool) -> String {
    format!("файл-{case}.{}", if picture { "png" } else { "pdf" })
}

fn content(case: i64) -> Vec<u8> {
    words(case).repeat(500).into_bytes()
}

impl Subject {
    pub(crate) const ALL: [Self; 32] = [
        Self::FindContacts,
        Self::FindInvited,
        Self::GetContact,
        Self::FindCompany,
        Self::CreateContact,
        Self::JoinCompany,
        Self::ListMaintenanceEntities,
        Self::CreateIssue,
        Self::CreateIssueWithFile,
        Self::CreateComment,
        Self::CreateCommentWithFile,
        Self::CreateNote,
        Self::Rate,
        Self::SetAttribute,
        Self::ListIssues,
        Self::ListCompanyIssues,
        Self::GetIssue,
        Self::GetCompanyIssue,
        Self::CreateLoginLink,
        Self::ChangeStatus,
        Self::FileOfClient,
        Self::FileContentOfClient,
        Self::Message,
        Self::Edit,
        Self::EditKeyboard,
        Self::AnswerCallback,
        Self::Photo,
        Self::Document,
        Self::Album,
        Self::FileAddress,
        Self::FileContent,
        Self::Leave,
    ];

    pub(crate) fn side(self) -> Side {
        match self {
            Self::FileOfClient
            | Self::Message
            | Self::Edit
            | Self::EditKeyboard
            | Self::AnswerCallback
            | Self::Photo
            | Self::Document
            | Self::Album
            | Self::Leave => Side::Telegram,
            Self::FileContentOfClient => Side::TelegramFiles,
            Self::FileContent => Side::FileHost,
            _ => Side::Okdesk,
        }
    }

    /// The operation or method that fails.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::FindContacts | Self::FindInvited | Self::GetContact => "contacts.search",
            Self::FindCompany => "companies.search",
            Self::CreateContact => "contacts.create",
            Self::JoinCompany => "contacts.update",
            Self::ListMaintenanceEntities => "maintenance_entities.list",
            Self::CreateIssue | Self::CreateIssueWithFile => "issues.create",
            Self::CreateComment | Self::CreateCommentWithFile | Self::CreateNote => {
                "comments.create"
            }
            Self::Rate => "issues.rate",
            Self::SetAttribute => "issues.parameters_change",
            Self::ListIssues | Self::ListCompanyIssues => "issues.list",
            Self::GetIssue | Self::GetCompanyIssue => "issues.get",
            Self::CreateLoginLink => "session.login_link_create",
            Self::ChangeStatus => "issues.status_change",
            Self::FileOfClient => "getFile",
            Self::FileContentOfClient => "/file/bot",
            Self::Message => "sendMessage",
            Self::Edit => "editMessageText",
            Self::EditKeyboard => "editMessageReplyMarkup",
            Self::AnswerCallback => "answerCallbackQuery",
            Self::Photo => "sendPhoto",
            Self::Document => "sendDocument",
            Self::Album => "sendMediaGroup",
            Self::FileAddress => "issues.attachment_get",
            Self::FileContent => "files.download",
            Self::Leave => "leaveChat",
        }
    }

    pub(crate) fn title(self) -> String {
        let what = match self {
            Self::CreateIssueWithFile | Self::CreateCommentWithFile => ", with a file",
            Self::FindInvited => ", for an invitation",
            Self::GetContact => ", by its id",
            Self::ListCompanyIssues | Self::GetCompanyIssue => ", of a company",
            Self::CreateNote => ", internal",
            Self::FileOfClient => ", a client's file for a comment",
            Self::FileAddress => ", a file for a chat",
            Self::FileContent | Self::FileContentOfClient => ", its content",
            _ => "",
        };
        format!("`{}`{what}", self.operation())
    }

    /// Whether what became of it is told to the reaction.
    pub(crate) fn is_answered(self) -> bool {
        self.side() == Side::Okdesk && self != Self::FileAddress
            || matches!(self, Self::FileOfClient | Self::FileContentOfClient)
    }

    /// Telegram knows no key by which a repeated message could be recognised.
    pub(crate) fn may_repeat(self) -> bool {
        matches!(
            self,
            Self::Message | Self::AnswerCallback | Self::Photo | Self::Document | Self::Album
        )
    }

    /// Makes what the case names.
    pub(crate) async fn prepare(self, rig: &Rig, account: &Account, case: i64) {
        match self {
            Self::Edit | Self::EditKeyboard | Self::AnswerCallback => {
                let url = format!(
                    "{}bot{}/sendMessage",
                    rig.telegram.url(),
                    rig.telegram.token()
                );
                let message = json!({"chat_id": ANNA + case, "text": format!("было {case}")});
                let sent: Value = rig
                    .http
                    .post(url)
                    .header("content-type", "application/json")
                    .body(message.to_string())
                    .send()
                    .await
                    .unwrap()
                    .json()
                    .await
                    .unwrap();
                let id = sent["result"]["message_id"].as_i64().unwrap();
                account.messages.lock().unwrap().insert(case, id);
                if self == Self::AnswerCallback {
                    let press = account.users[case as usize].press_data(id, "menu");
                    account.presses.lock().unwrap().insert(case, press);
                }
            }
            Self::Photo | Self::Document | Self::Album | Self::FileAddress | Self::FileContent => {
                let picture = matches!(self, Self::Photo | Self::Album);
                let names: Vec<_> = (0..if self == Self::Album { 2 } else { 1 })
                    .map(|_| file_name(case, picture))
                    .collect();
                let bytes = if picture { png() } else { content(case) };
                let files = names.iter().map(|name| (name.clone(), bytes.clone()));
                let staff = rig.okdesk.staff("Пётр");
                let ids = staff.add_files(account.issue(case), true, files).unwrap();
                let files = ids.into_iter().zip(names).map(|(id, name)| RemoteFile {
                    id,
                    name,
                    size: bytes.len() as u64,
                });
                account.files.lock().unwrap().insert(case, files.collect());
            }
            Self::Leave => {
                let room = rig.telegram.group("Ромашка", &account.users[case as usize]);
                account.rooms.lock().unwrap().insert(case, room.id());
            }
            Self::FileOfClient
            | Self::FileContentOfClient
            | Self::CreateIssueWithFile
            | Self::CreateCommentWithFile => {
                let name = file_name(case, false);
                let sent = account.users[case as usize].send_document(
                    &name,
                    "application/pdf",
                    content(case),
                );
                assert_eq!(sent.files[0].kind, MediaKind::Document.field());
                let file = IncomingFile {
                    file_id: sent.files[0].file_id.clone(),
                    kind: FileKind::Document,
                    name,
                    mime: "application/pdf".into(),
                    size: None,
                };
                account.uploads.lock().unwrap().insert(case, file);
            }
            _ => {}
        }
    }

    pub(crate) fn effect(self, account: &Account, case: i64) -> Effect {
        let page = u16::try_from(case).unwrap();
        let (issue, contact) = (account.issue(case), account.contact(case));
        let files = account.uploads.lock().unwrap().get(&case).cloned();
        let files: Vec<_> = files.into_iter().collect();
        let message = MessageId(
            account
                .messages
                .lock()
                .unwrap()
                .get(&case)
                .copied()
                .unwrap_or_default(),
        );
        let outgoing = |html: String| Outgoing {
            html,
            ..Outgoing::default()
        };
        let telegram = |send| Effect::Telegram {
            chat: ChatId(ANNA + case),
            send,
            about: None,
        };
        let call = match self {
            Self::FindContacts => OkdeskCall::FindContacts {
                phone: format!("+7900100000{case}"),
            },
            Self::FindCompany => OkdeskCall::FindCompany {
                inn: format!("770708389{case}"),
            },
            Self::CreateContact => OkdeskCall::CreateContact(NewContact {
                first_name: "Мария".into(),
                last_name: "Новикова".into(),
                patronymic: None,
                phone: format!("+7900200000{case}"),
                telegram_username: None,
                company: None,
                note: None,
                claims: None,
            }),
            Self::FindInvited => OkdeskCall::FindInvited {
                wanted: Invited::Contact(contact),
                by: UserId(case),
                relinks: None,
            },
            Self::GetContact => OkdeskCall::GetContact { contact },
            Self::JoinCompany => OkdeskCall::JoinCompany {
                contact,
                company: Named {
                    id: account.other,
                    name: "Лютик".into(),
                },
            },
            Self::ListMaintenanceEntities => OkdeskCall::ListMaintenanceEntities {
                company: account.company,
                page,
                at: None,
            },
            Self::CreateIssue | Self::CreateIssueWithFile => OkdeskCall::CreateIssue(NewIssue {
                title: format!("Заявка {case}"),
                description: Html::from_text(&words(case)),
                contact,
                company: Some(account.company),
                maintenance_entity: None,
                files,
                parts: vec![],
                follows: None,
            }),
            Self::CreateComment
            | Self::CreateCommentWithFile
            | Self::FileOfClient
            | Self::FileContentOfClient => OkdeskCall::CreateComment(NewComment {
                issue,
                author: contact,
                content: Html::from_text(&words(case)),
                files,
            }),
            Self::CreateNote => OkdeskCall::CreateNote {
                issue,
                content: Html::from_text(&words(case)),
            },
            Self::Rate => OkdeskCall::Rate {
                issue,
                score: Score::new(5).unwrap(),
            },
            Self::SetAttribute => OkdeskCall::SetAttribute {
                issue,
                code: AttributeCode::from(ATTRIBUTE),
                value: words(case),
            },
            Self::ListIssues => OkdeskCall::ListIssues {
                contact,
                scope: Scope::Open,
                page,
                at: None,
            },
            Self::ListCompanyIssues => OkdeskCall::ListCompanyIssues {
                reader: contact,
                company: account.company,
                scope: Scope::Open,
                page,
                at: None,
            },
            Self::GetCompanyIssue => OkdeskCall::GetCompanyIssue {
                issue,
                reader: account.contact(0),
                at: None,
            },
            Self::GetIssue => OkdeskCall::GetIssue {
                issue,
                at: Some(Press {
                    callback: "1".into(),
                    message: MessageId(1),
                    shown: None,
                }),
            },
            Self::CreateLoginLink => OkdeskCall::CreateLoginLink { contact },
            Self::ChangeStatus => OkdeskCall::ChangeStatus {
                issue,
                to: StatusCode::new("in_progress"),
                comment: Some(Html::from_text(&words(case))),
            },
            Self::Message => return telegram(Send::Message(outgoing(words(case)))),
            Self::Edit => {
                let to = outgoing(words(case));
                return telegram(Send::Edit { message, to });
            }
            Self::EditKeyboard => {
                let label = words(case);
                let action = Action::Menu;
                let keyboard = vec![vec![Button::Action { label, action }]];
                return telegram(Send::EditKeyboard { message, keyboard });
            }
            Self::AnswerCallback => {
                return telegram(Send::AnswerCallback {
                    callback: account.presses.lock().unwrap()[&case].clone(),
                    note: Some(words(case)),
                });
            }
            Self::Photo | Self::Document | Self::Album | Self::FileAddress | Self::FileContent => {
                return telegram(Send::Files {
                    issue,
                    files: account.files.lock().unwrap()[&case].clone(),
                    caption: words(case),
                    silent: false,
                });
            }
            Self::Leave => {
                return Effect::Telegram {
                    chat: ChatId(account.rooms.lock().unwrap()[&case]),
                    send: Send::Leave,
                    about: None,
                };
            }
        };
        Effect::Okdesk {
            chat: ChatId(ANNA + case),
            call,
        }
    }

    /// How often it is there in the end.
    pub(crate) fn count(self, rig: &Rig, account: &Account, case: i64, answered: usize) -> usize {
        let all = rig.okdesk.snapshot();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let issue = list(&all["issues"])
            .into_iter()
            .find(|issue| issue["id"] == account.issue(case).get())
            .unwrap();
        let says = |value: &Value| {
            value["content"]
                .as_str()
                .is_some_and(|content| content.contains(&words(case)))
        };
        let comments = list(&issue["comments"])
            .into_iter()
            .filter(says)
            .collect::<Vec<_>>();
        let files = |method: &str, picture: bool| {
            let calls = rig.telegram.calls_of(method).into_iter();
            let name = file_name(case, picture);
            calls
                .filter(|call| {
                    call.took_effect
                        && call.files.first().is_some_and(|file| file.name == name)
                        && call
                            .files
                            .iter()
                            .all(|file| picture || file.bytes == content(case))
                })
                .count()
        };
        let shown = || account.users[case as usize].chat().from_bot().into_iter();
        match self {
            Self::FindContacts
            | Self::FindInvited
            | Self::GetContact
            | Self::FindCompany
            | Self::ListMaintenanceEntities
            | Self::ListIssues
            | Self::ListCompanyIssues
            | Self::GetIssue
            | Self::GetCompanyIssue
            | Self::CreateLoginLink => answered,
            Self::CreateContact => {
                let phone = format!("+7900200000{case}");
                let contacts = list(&all["contacts"]).into_iter();
                contacts.filter(|contact| contact["phone"] == phone).count()
            }
            // A value that is set a second time is the same value.
            Self::JoinCompany => {
                let mut contacts = list(&all["contacts"]).into_iter();
                let contact = contacts.find(|c| c["id"] == account.contact(case).get());
                usize::from(contact.unwrap()["company_id"] == account.other.get()) * answered
            }
            Self::SetAttribute => usize::from(issue.to_string().contains(&words(case))) * answered,
            Self::CreateIssue | Self::CreateIssueWithFile => {
                let title = format!("Заявка {case}");
                let made = list(&all["issues"]).into_iter();
                let made: Vec<_> = made.filter(|issue| issue["title"] == title).collect();
                let files = usize::from(self == Self::CreateIssueWithFile);
                assert!(made.iter().all(|i| list(&i["attachments"]).len() == files));
                made.len()
            }
            Self::CreateComment | Self::CreateNote => comments.len(),
            Self::CreateCommentWithFile | Self::FileOfClient | Self::FileContentOfClient => {
                let whole = |comment: &Value| {
                    let files = list(&comment["attachments"]);
                    let [file] = &files[..] else { return false };
                    let file = rig
                        .okdesk
                        .file(AttachmentId::new(file["id"].as_u64().unwrap()));
                    let (name, bytes) = file.unwrap();
                    name == file_name(case, false) && bytes == content(case)
                };
                assert!(comments.iter().all(whole), "{comments:?}");
                comments.len()
            }
            // What was there before would not be counted again, so a second time changes nothing.
            Self::Rate => {
                let rated = rig.okdesk.recorder().of("issues.rate").into_iter();
                let path = format!("/issues/{}/", account.issue(case));
                usize::from(rated.filter(|call| call.path.contains(&path)).count() > 0) * answered
            }
            Self::ChangeStatus => {
                assert_eq!(issue["status"]["code"], "in_progress");
                comments.len()
            }
            Self::Message => shown().filter(|m| m.text == words(case)).count(),
            Self::Edit => shown().filter(|m| m.text == words(case)).count(),
            Self::EditKeyboard => shown().filter(|m| m.button(&words(case)).is_some()).count(),
            Self::AnswerCallback => {
                let toasts = account.users[case as usize].chat().toasts().into_iter();
                toasts.filter(|toast| *toast == words(case)).count()
            }
            Self::Photo => files("sendPhoto", true),
            Self::Album => files("sendMediaGroup", true),
            Self::Document | Self::FileAddress | Self::FileContent => files("sendDocument", false),
            Self::Leave => {
                let room = account.rooms.lock().unwrap()[&case];
                let left = rig.telegram.calls_of("leaveChat").into_iter();
                left.filter(|call| call.took_effect && call.chat_id == Some(room))
                    .count()
            }
        }
    }
}

/// One grey pixel.
fn png() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55");
    png.extend(b"\0\0\0\x0aIDAT\x78\x9c\x63\x68\0\0\0\x82\0\x81\x77\xcd\x72\xb6");
    png.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    png
}
