//! One issue, as far as figures need it.

use crate::reaction::Issue;
use crate::telegram::Score;
use jiff::Timestamp;
use okdesk_sdk::model::IssueId;
use url::Url;

/// One issue: a row of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub number: IssueId,
    /// Where employees and clients find it.
    pub link: Option<String>,
    /// Its title.
    pub title: String,
    /// Name of its type.
    pub kind: Option<String>,
    /// Name of the client's company.
    pub company: Option<String>,
    /// Name of the responsible employee, or of the group.
    pub assignee: Option<String>,
    /// Name of its status.
    pub status: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When an employee first answered in public.
    pub first_answer: Option<Timestamp>,
    /// When it was completed; none while it is open, also after a reopening.
    pub completed: Option<Timestamp>,
    /// Each time it returned from a completed status.
    pub reopened: Vec<Timestamp>,
    /// The rating of its latest completion.
    pub rating: Option<Score>,
    /// When that was given.
    pub rated: Option<Timestamp>,
    /// Why, in the client's words.
    pub reason: Option<String>,
    /// The client's rating in the portal, on Okdesk's own scale; never mixed with the other.
    pub portal_rating: Option<String>,
}

impl Record {
    /// The same with its address in the account.
    #[must_use]
    pub fn linked(mut self, account: &Url) -> Self {
        self.link = account
            .join(&format!("/issues/{}", self.number))
            .map(String::from)
            .ok();
        self
    }
}

/// The records of the issues that still exist; `account` is the address of the Okdesk account, where there is one.
pub fn records<'a>(
    issues: impl IntoIterator<Item = &'a Issue>,
    account: Option<&Url>,
) -> impl Iterator<Item = Record> {
    issues
        .into_iter()
        .filter(|issue| !issue.deleted)
        .map(move |issue| match account {
            Some(account) => Record::from(issue).linked(account),
            None => Record::from(issue),
        })
}

impl From<&Issue> for Record {
    fn from(issue: &Issue) -> Self {
        let facts = &issue.facts;
        let rating = issue.rating.as_ref();
        // A status that only the configuration calls completed leaves Okdesk's own field empty.
        let completed = facts
            .completed_at
            .as_ref()
            .and_then(|at| at.to_jiff())
            .or(issue
                .completed
                .then_some(issue.moments.completed_at)
                .flatten()
                .and_then(moment));
        Self {
            number: facts.id,
            link: None,
            title: facts.title.clone(),
            kind: facts.kind.clone().and_then(named),
            company: facts.company.as_ref().and_then(|c| named(c.name.clone())),
            assignee: facts.assignee.clone().and_then(named),
            status: facts.status.name.clone(),
            created: facts.created_at.as_ref().and_then(|at| at.to_jiff()),
            first_answer: issue.moments.first_answer_at.and_then(moment),
            completed,
            reopened: issue
                .moments
                .reopened_at
                .iter()
                .copied()
                .filter_map(moment)
                .collect(),
            rating: rating.map(|r| r.score),
            rated: rating.and_then(|r| moment(r.at)),
            reason: rating.and_then(|r| r.reason.clone()).and_then(named),
            portal_rating: issue.portal_rating.clone().and_then(named),
        }
    }
}

fn moment(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}

fn named(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}
