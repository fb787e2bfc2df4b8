//! One call to Okdesk. A write whose fate is unknown is looked for before it is repeated.

mod look;
mod phone;
mod read;

pub(crate) use self::read::{facts, millis, summary};

use self::look::Look;
use self::phone::{digits, has_number, spellings};
use self::read::{found_contact, place};
use super::files;
use crate::bot::BotApi;
use crate::config::Config;
use crate::reaction::{
    CompanyView, Failure, FailureKind, FoundContact, Invited, IssueFacts, LastComment, LostFile,
    LostReason, Named, NewComment, NewContact, NewIssue, OkdeskCall, Reply, Rules,
};
use crate::store::Store;
use crate::telegram::{IncomingFile, Scope, Score};
use okdesk_sdk::model::{
    Attachment, AttributeCode, Author, CompanyId, Contact, ContactId, CustomValue, EmployeeId,
    IssueId, Rate,
};
use okdesk_sdk::resources::ListIssues;
use okdesk_sdk::{
    CallOptions, Client, ConfigError, Delivery, Error, ErrorKind, RetryPolicy, Timeouts,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Issues on one page of a list.
const PAGE: usize = 8;
/// How far a list of issues is searched for the wanted page.
const SEARCH: usize = 1_000;
/// How many maintenance entities of a company are offered.
const PLACES: usize = 400;
/// A portal link is used at once or not at all.
const LINK_LIFE: Duration = Duration::from_secs(600);
/// How long a write may take. One that carries files is long on its way, and one that is given up too soon has to be
/// looked for.
const WRITE: Duration = Duration::from_secs(60);

/// Carries calls out.
pub(crate) struct Okdesk {
    client: Client,
    api: BotApi,
    rules: watch::Receiver<Arc<Rules>>,
    inn: Option<AttributeCode>,
    note_author: Option<EmployeeId>,
    download_limit: u64,
}

/// Why a call did not bring a reply.
#[derive(Debug)]
pub(crate) enum CallError {
    /// It may pass.
    Passing {
        /// Why, for the log.
        error: String,
        /// How long Okdesk asks to wait.
        wait: Option<Duration>,
        /// Whether the write may have happened.
        uncertain: bool,
    },
    /// Repeating it would change nothing.
    Final(Failure),
}

impl CallError {
    pub(super) fn passing(error: impl Into<String>) -> Self {
        Self::Passing {
            error: error.into(),
            wait: None,
            uncertain: false,
        }
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        let last = |kind| {
            Self::Final(Failure {
                kind,
                field: error.field().map(str::to_owned),
                detail: error.to_string(),
            })
        };
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::Merged => last(FailureKind::NotFound),
            ErrorKind::Validation | ErrorKind::Request => last(FailureKind::Invalid),
            ErrorKind::Unauthorized | ErrorKind::Forbidden => last(FailureKind::Forbidden),
            ErrorKind::Status if error.delivery() == Delivery::Rejected => {
                last(FailureKind::Invalid)
            }
            ErrorKind::RateLimited => Self::Passing {
                error: error.to_string(),
                wait: Some(error.retry_after().unwrap_or(Duration::from_secs(30))),
                uncertain: false,
            },
            _ => Self::Passing {
                error: error.to_string(),
                wait: None,
                uncertain: matches!(error.delivery(), Delivery::Unknown | Delivery::Applied),
            },
        }
    }
}

type Carried = Result<Reply, CallError>;

impl Okdesk {
    pub(crate) fn new(
        config: &Config,
        api: BotApi,
        rules: watch::Receiver<Arc<Rules>>,
    ) -> Result<Self, ConfigError> {
        let client = Client::builder()
            .base_url(config.okdesk_api_url.as_str())
            .token(config.okdesk_api_token.expose())
            .user_agent(concat!("tg-bridge/", env!("CARGO_PKG_VERSION")))
            // One quick second try bridges a hiccup; everything longer is the queue's affair, which tells the client.
            .retry(RetryPolicy::default().with_max_attempts(2))
            .timeouts(Timeouts::default().with_attempt(Duration::from_secs(20)))
            .build()?;
        Ok(Self {
            client,
            api,
            rules,
            inn: config.company_inn_attribute.clone(),
            note_author: config.rating_author,
            download_limit: config.download_limit,
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Makes the call. `begun`: when an earlier try was made whose fate is unknown, in Unix milliseconds; then `store` says
    /// what must not be taken for it.
    pub(crate) async fn carry_out(
        &self,
        call: &OkdeskCall,
        begun: Option<i64>,
        store: &dyn Store,
    ) -> Carried {
        let look = begun.map(|begun| Look {
            client: &self.client,
            store,
            begun,
        });
        match call {
            OkdeskCall::FindContacts { phone } => {
                self.find_contacts(phone).await.map(Reply::Contacts)
            }
            OkdeskCall::FindInvited { wanted, .. } => match wanted {
                Invited::Contact(id) => self.contact(*id).await,
                Invited::Phone(phone) => self.find_contacts(phone).await,
            }
            .map(Reply::Contacts),
            OkdeskCall::GetContact { contact } => self.contact(*contact).await.map(Reply::Contacts),
            OkdeskCall::JoinCompany { contact, company } => {
                let update = self.client.contacts().update(*contact);
                update.company(company.id).await?;
                Ok(Reply::Nothing)
            }
            OkdeskCall::FindCompany { inn } => self.find_company(inn).await,
            OkdeskCall::CreateContact(new) => self.create_contact(new, begun).await,
            OkdeskCall::ListMaintenanceEntities { company, .. } => {
                self.maintenance_entities(*company).await
            }
            OkdeskCall::CreateIssue(new) => self.create_issue(new, look).await,
            OkdeskCall::CreateComment(new) => self.create_comment(new, look).await,
            OkdeskCall::CreateNote { issue, content } => {
                let Some(author) = self.note_author else {
                    return Err(CallError::Final(Failure {
                        kind: FailureKind::Forbidden,
                        field: Some("RATING_AUTHOR_ID".into()),
                        detail: "no employee is configured in whose name notes are written".into(),
                    }));
                };
                if let Some(look) = look
                    && let Some(found) = look.comment(*issue, author, content).await?
                {
                    return Ok(Reply::CommentCreated {
                        comment: found.id,
                        lost: Vec::new(),
                    });
                }
                let made = self
                    .client
                    .comments()
                    .create(*issue, content.clone(), author)
                    .private()
                    .await?;
                Ok(Reply::CommentCreated {
                    comment: made.id,
                    lost: Vec::new(),
                })
            }
            OkdeskCall::Rate { issue, score } => {
                self.client.issues().rate(*issue, rate(*score)).await?;
                Ok(Reply::Nothing)
            }
            OkdeskCall::SetAttribute { issue, code, value } => {
                let change = self.client.issues().change_parameters(*issue);
                change.custom(code.clone(), value.clone()).await?;
                Ok(Reply::Nothing)
            }
            OkdeskCall::ListIssues {
                contact,
                scope,
                page,
                ..
            } => {
                let all = self.client.issues().list().contacts([*contact]);
                let (issues, more) = self.page(all, *scope, *page).await?;
                Ok(Reply::Issues { issues, more })
            }
            OkdeskCall::ListCompanyIssues {
                reader,
                company,
                scope,
                page,
                ..
            } => {
                let all = self.client.issues().list().companies([*company]);
                // The right comes first: what may not be seen is not even read.
                let reader = self.contact(*reader).await?.into_iter().next();
                let all_may = self.rules.borrow().company_view == CompanyView::All;
                let may = reader.as_ref().is_some_and(|reader| {
                    let of_company = reader.company.as_ref().map(|now| now.id);
                    of_company == Some(*company) && (all_may || reader.company_issues)
                });
                let (issues, more) = match may {
                    true => self.page(all, *scope, *page).await?,
                    false => (Vec::new(), false),
                };
                Ok(Reply::CompanyIssues {
                    issues,
                    more,
                    reader,
                })
            }
            OkdeskCall::GetCompanyIssue { issue, reader, .. } => {
                let (issue, last_comment) = self.get_issue(*issue).await?;
                let own = issue.contact.as_ref().map(|client| client.id) == Some(*reader);
                let reader = match own {
                    true => None,
                    false => self.contact(*reader).await?.into_iter().next(),
                };
                Ok(Reply::CompanyIssue {
                    issue,
                    last_comment,
                    reader,
                })
            }
            OkdeskCall::GetIssue { issue, .. } => {
                let (issue, last_comment) = self.get_issue(*issue).await?;
                Ok(Reply::Issue {
                    issue,
                    last_comment,
                })
            }
            OkdeskCall::CreateLoginLink { contact } => {
                let link = self.client.session().login_link_for_contact(*contact);
                Ok(Reply::LoginLink(
                    link.expires_in(LINK_LIFE)
                        .one_time()
                        .await?
                        .as_str()
                        .to_owned(),
                ))
            }
            OkdeskCall::ChangeStatus { issue, to, comment } => {
                if begun.is_some()
                    && self.client.issues().get(*issue).await?.status_code() == Some(to)
                {
                    return Ok(Reply::Nothing);
                }
                let mut change = self.client.issues().change_status(*issue, to.clone());
                if let Some(comment) = comment {
                    change = change.comment(comment.clone()).public(false);
                }
                change.await?;
                Ok(Reply::Nothing)
            }
        }
    }

    /// Asks for each way a number is written, then compares whole numbers: Okdesk compares text.
    async fn find_contacts(&self, phone: &str) -> Result<Vec<FoundContact>, CallError> {
        let wanted = digits(phone);
        let mut found: Vec<Contact> = Vec::new();
        for spelling in spellings(&wanted) {
            found.extend(self.client.contacts().search().phone(spelling).await?);
        }
        // Numbers written with signs in between are found by their end, in the groups people write.
        let tail = |length: usize| wanted.get(wanted.len().checked_sub(length)?..);
        if let (Some(four), Some(two)) = (tail(4), tail(2)) {
            let tens = four.strip_suffix(two).unwrap_or_default();
            for end in [
                four.to_owned(),
                format!("{tens}-{two}"),
                format!("{tens} {two}"),
            ] {
                found.extend(self.client.contacts().search().text(end).await?);
            }
        }
        found.retain(|contact| contact.active != Some(false) && has_number(contact, &wanted));
        found.sort_by_key(|contact| contact.id);
        found.dedup_by_key(|contact| contact.id);
        Ok(found.into_iter().map(found_contact).collect())
    }

    /// A contact that is active; none otherwise. Searched for, because not every account reads one by its id.
    async fn contact(&self, id: ContactId) -> Result<Vec<FoundContact>, CallError> {
        let mut found = self.client.contacts().search().id(id).await?;
        found.retain(|contact| contact.id == id && contact.active != Some(false));
        Ok(found.into_iter().map(found_contact).collect())
    }

    async fn find_company(&self, inn: &str) -> Carried {
        let companies = self.client.companies();
        let found = match &self.inn {
            Some(code) => {
                companies
                    .list()
                    .custom(code.clone(), inn)
                    .into_pager()
                    .take_items(20)
                    .collect()
                    .await?
            }
            None => companies.search().text(inn.to_owned()).await?,
        };
        let company = found.into_iter().find(|company| {
            company.active != Some(false) && company.parameters.iter().any(|parameter| {
                self.inn.as_ref().is_none_or(|code| parameter.code == *code)
                    && matches!(&parameter.value, CustomValue::Text(value) if value.trim() == inn)
            })
        });
        Ok(Reply::Company(company.map(|company| Named {
            id: company.id,
            name: company.name,
        })))
    }

    async fn create_contact(&self, new: &NewContact, begun: Option<i64>) -> Carried {
        if begun.is_some() {
            let known = self.find_contacts(&new.phone).await?;
            if let Some(contact) = known.into_iter().next() {
                return Ok(Reply::ContactCreated(contact.id));
            }
        }
        let mut create = self
            .client
            .contacts()
            .create(new.first_name.clone(), new.last_name.clone())
            .phone(new.phone.clone());
        if let Some(patronymic) = &new.patronymic {
            create = create.patronymic(patronymic.clone());
        }
        if let Some(username) = &new.telegram_username {
            create = create.telegram_username(username.clone());
        }
        if let Some(company) = new.company {
            create = create.company(company);
        }
        if let Some(note) = &new.note {
            create = create.comment(note.clone());
        }
        Ok(Reply::ContactCreated(create.await?.id))
    }

    async fn maintenance_entities(&self, company: CompanyId) -> Carried {
        let list = self
            .client
            .maintenance_entities()
            .list()
            .companies([company]);
        let places = list.into_pager().take_items(PLACES).collect().await?;
        let places = places
            .into_iter()
            .filter(|place| place.active != Some(false));
        Ok(Reply::MaintenanceEntities(places.map(place).collect()))
    }

    async fn create_issue(&self, new: &NewIssue, look: Option<Look<'_>>) -> Carried {
        if let Some(look) = look
            && let Some(found) = look.issue(new).await?
        {
            return Ok(Reply::IssueCreated {
                lost: self.missing(&new.files, &found.attachments),
                issue: facts(found),
            });
        }
        let (uploads, lost) = self.fetch(&new.files).await?;
        let create = |uploads: &[okdesk_sdk::Upload], authored: bool| {
            let mut create = self
                .client
                .issues()
                .create(new.title.clone())
                .with_options(CallOptions::new().attempt_timeout(WRITE))
                .description(new.description.clone())
                .contact(new.contact)
                // Accounts differ in which of the two forms sets the client; else it would be nobody's issue.
                .client(new.company, Some(new.contact));
            if authored {
                create = create.author(Author::contact(new.contact));
            }
            if let Some(company) = new.company {
                create = create.company(company);
            }
            if let Some(place) = new.maintenance_entity {
                create = create.maintenance_entity(place);
            }
            uploads
                .iter()
                .fold(create, |create, upload| create.attach(upload.clone()))
        };
        let mut made = create(&uploads, true).await;
        // Naming the author takes an administrator's key; the issue is worth more than that.
        let authored = !made.as_ref().is_err_and(Error::is_forbidden);
        if !authored {
            made = create(&uploads, false).await;
        }
        let (made, lost) = match made {
            Err(e) if !uploads.is_empty() && is_about_files(&e) => {
                (create(&[], authored).await?, refused(&new.files, lost))
            }
            other => (other?, lost),
        };
        if made.contact.is_none() {
            tracing::warn!(
                issue = made.id.get(),
                "Okdesk did not take the client of a new issue"
            );
        }
        Ok(Reply::IssueCreated {
            issue: facts(made),
            lost,
        })
    }

    async fn create_comment(&self, new: &NewComment, look: Option<Look<'_>>) -> Carried {
        if let Some(look) = look
            && let Some(found) = look.comment(new.issue, new.author, &new.content).await?
        {
            return Ok(Reply::CommentCreated {
                comment: found.id,
                lost: self.missing(&new.files, &found.attachments),
            });
        }
        let (uploads, lost) = self.fetch(&new.files).await?;
        let create = |uploads: &[okdesk_sdk::Upload]| {
            let create = self
                .client
                .comments()
                .create(new.issue, new.content.clone(), new.author)
                .with_options(CallOptions::new().attempt_timeout(WRITE));
            uploads
                .iter()
                .fold(create, |create, upload| create.attach(upload.clone()))
        };
        let (made, lost) = match create(&uploads).await {
            Err(e) if !uploads.is_empty() && is_about_files(&e) => {
                (create(&[]).await?, refused(&new.files, lost))
            }
            other => (other?, lost),
        };
        Ok(Reply::CommentCreated {
            comment: made.id,
            lost,
        })
    }

    /// The files that an earlier try did not bring to Okdesk; nobody can say any more why.
    fn missing(&self, sent: &[IncomingFile], arrived: &[Attachment]) -> Vec<LostFile> {
        let mut unmatched: Vec<&str> = arrived
            .iter()
            .map(|file| file.attachment_file_name.as_str())
            .collect();
        if unmatched.len() >= sent.len() {
            return Vec::new();
        }
        let lost = sent.iter().filter(|file| {
            let found = unmatched.iter().position(|name| *name == file.name);
            found.map(|at| unmatched.remove(at)).is_none()
        });
        lost.map(|file| LostFile {
            name: file.name.clone(),
            reason: if file.size.is_some_and(|size| size > self.download_limit) {
                LostReason::TooLarge
            } else {
                LostReason::Refused
            },
        })
        .collect()
    }

    async fn fetch(
        &self,
        files: &[IncomingFile],
    ) -> Result<(Vec<okdesk_sdk::Upload>, Vec<LostFile>), CallError> {
        files::fetch(&self.api, files, self.download_limit).await
    }

    /// A page of open or closed issues, by the same word on statuses that everything else goes by.
    async fn page(
        &self,
        all: ListIssues,
        scope: Scope,
        page: u16,
    ) -> Result<(Vec<IssueFacts>, bool), CallError> {
        let rules = self.rules.borrow().clone();
        let mut all = all.into_pager().take_items(SEARCH);
        let mut skip = usize::from(page) * PAGE;
        let mut issues = Vec::with_capacity(PAGE);
        while let Some(issue) = all.next().await {
            let issue = issue?;
            let completed = issue
                .status
                .as_ref()
                .is_some_and(|status| rules.is_completed(&status.code));
            if completed != (scope == Scope::Closed) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
            } else if issues.len() == PAGE {
                return Ok((issues, true));
            } else {
                issues.push(summary(issue));
            }
        }
        Ok((issues, false))
    }

    async fn get_issue(&self, id: IssueId) -> Result<(IssueFacts, Option<LastComment>), CallError> {
        let issue = self.client.issues().get(id).await?;
        let comments = self.client.comments().list(id).await?;
        let last = comments
            .into_iter()
            .filter(|comment| comment.public)
            .max_by(|a, b| {
                // Ids grow with time where Okdesk does not tell it.
                a.published_at.cmp(&b.published_at).then(a.id.cmp(&b.id))
            });
        let last_comment = last.map(|comment| LastComment {
            author: comment.author.map(|author| author.name).unwrap_or_default(),
            content: comment.content,
        });
        Ok((facts(issue), last_comment))
    }
}

/// Files can be refused for themselves; the words are still worth carrying.
fn is_about_files(error: &Error) -> bool {
    error.status() == Some(413)
        || (error.is_validation()
            && error
                .field()
                .is_some_and(|field| field.contains("attachment")))
}

fn refused(files: &[IncomingFile], mut lost: Vec<LostFile>) -> Vec<LostFile> {
    for file in files {
        if !lost.iter().any(|known| known.name == file.name) {
            lost.push(LostFile {
                name: file.name.clone(),
                reason: LostReason::Refused,
            });
        }
    }
    lost
}

fn rate(score: Score) -> Rate {
    match score.get() {
        ..=2 => Rate::Bad,
        3 => Rate::Normal,
        _ => Rate::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_scores_become_three_rates() {
        let rates: Vec<_> = (1..=5).filter_map(Score::new).map(rate).collect();
        assert_eq!(
            rates,
            [Rate::Bad, Rate::Bad, Rate::Normal, Rate::Good, Rate::Good]
        );
    }
}
