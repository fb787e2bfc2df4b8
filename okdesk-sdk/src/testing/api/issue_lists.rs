//! `issues/count` (which answers with ids) and `issues/list`; their filters have different names.

use super::filter::{Codes, Ids, Period};
use super::paging::Numbered;
use super::{Answer, Call, operations};
use crate::testing::json::{Json, issues as json};
use crate::testing::params::Params;
use crate::testing::state::Account;
use crate::testing::state::custom;
use crate::testing::state::issues::Issue;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{Mistakes, Refusal};

operations! {
    "issues.count", GET "issues/count", Contact => count;
    "issues.list", GET "issues/list", Contact => list;
}

type Filter<'a> = Box<dyn Fn(&Account, &Issue) -> bool + 'a>;

fn count(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let filter = count_filter(call.account, call.params)?;
    let ids = visible(call)
        .filter(|issue| filter(call.account, issue))
        .map(|issue| issue.id);
    Ok(Json::list(ids).into())
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let filter = list_filter(call.account, call.params)?;
    let page = Numbered::read(call.account, call.params)?;
    let sorting = call.params.map("sorting");
    let field = sorting.and_then(|sorting| sorting.text("field"));
    let forward = sorting
        .and_then(|sorting| sorting.text("direction"))
        .as_deref()
        == Some("forward");
    let found = visible(call).filter(|issue| filter(call.account, issue));
    let issues: Vec<&Issue> = match field.as_deref() {
        Some("updated_at") => {
            let mut all: Vec<&Issue> = found.collect();
            all.sort_by_key(|issue| (issue.updated_at, issue.id));
            if !forward {
                all.reverse();
            }
            page.of(all.into_iter())
        }
        // Ids grow with the time of creation.
        _ if forward => page.of(found),
        _ => page.of(found.rev()),
    };
    let keys: Option<Vec<String>> = call
        .params
        .map("fields")
        .and_then(|fields| fields.text("issue"))
        .map(|keys| keys.split(',').map(|key| key.trim().to_owned()).collect());
    Ok(Json::list(issues.into_iter().map(|issue| match &keys {
        Some(keys) => json::element_of(call.account, issue, keys),
        None => json::element(call.account, issue),
    }))
    .into())
}

fn visible<'a>(call: &'a Call<'_>) -> impl DoubleEndedIterator<Item = &'a Issue> {
    call.account
        .live_issues()
        .filter(|issue| call.account.is_visible_to(issue, call.actor))
}

/// What both filters share.
struct Common<'a> {
    companies: Ids,
    contacts: Ids,
    assignees: Ids,
    created: Period,
    completed: Period,
    updated: Period,
    custom: Option<&'a Params>,
}

impl<'a> Common<'a> {
    fn read(account: &Account, params: &'a Params, mistakes: &mut Mistakes) -> Self {
        Self {
            companies: Ids::read(params, "company_ids", mistakes),
            contacts: Ids::read(params, "contact_ids", mistakes),
            assignees: Ids::read(params, "assignee_ids", mistakes),
            created: Period::of_issues(account, params, "created", mistakes),
            completed: Period::of_issues(account, params, "completed", mistakes),
            updated: Period::of_issues(account, params, "updated", mistakes),
            custom: params.map("custom_parameters"),
        }
    }

    fn accept(&self, issue: &Issue) -> bool {
        self.companies.accept(issue.company_id)
            && self.contacts.accept(issue.contact_id)
            && self.assignees.accept(issue.assignee_id)
            && self.created.accept(Some(issue.created_at))
            && self.completed.accept(issue.completed_at)
            && self.updated.accept(Some(issue.updated_at))
            && custom::matches(&issue.parameters, self.custom)
    }
}

fn list_filter<'a>(account: &Account, params: &'a Params) -> Result<Filter<'a>, Refusal> {
    let mut mistakes = Mistakes::default();
    let common = Common::read(account, params, &mut mistakes);
    let ids = Ids::read(params, "ids", &mut mistakes);
    let entities = Ids::read(params, "service_object_ids", &mut mistakes);
    let categories = Ids::read(params, "company_category_ids", &mut mistakes);
    mistakes.check()?;
    let statuses = Codes::read(params, "status_codes");
    let not_statuses = Codes::read(params, "status_codes_not");
    let priorities = Codes::read(params, "priority_codes");
    let types = Codes::read(params, "type_codes");
    let without_answer = params.flag("without_answer");
    Ok(Box::new(move |account, issue| {
        common.accept(issue)
            && ids.accept(Some(issue.id))
            && entities.accept(issue.maintenance_entity_id)
            && (!categories.is_given() || categories.accept(account.category_of(issue.company_id)))
            && statuses.accept(&issue.status)
            && !not_statuses.refuse(&issue.status)
            && priorities.accept(&issue.priority)
            && types.accept(&issue.kind)
            && without_answer.is_none_or(|wanted| wanted == issue.without_answer)
    }))
}

fn count_filter<'a>(account: &Account, params: &'a Params) -> Result<Filter<'a>, Refusal> {
    let mut mistakes = Mistakes::default();
    let common = Common::read(account, params, &mut mistakes);
    let groups = Ids::read(params, "assignee_group_ids", &mut mistakes);
    let agreements = Ids::read(params, "agreement_ids", &mut mistakes);
    let employees = Ids::read(params, "author_employee_ids", &mut mistakes);
    let contacts = Ids::read(params, "author_contact_ids", &mut mistakes);
    let entities = Ids::read(params, "maintenance_entity_ids", &mut mistakes);
    let equipments = Ids::read(params, "equipment_ids", &mut mistakes);
    let period = |name, mistakes: &mut Mistakes| Period::of_issues(account, params, name, mistakes);
    let reacted = period("reacted", &mut mistakes);
    let deadline = period("deadline", &mut mistakes);
    let start = period("start_execution", &mut mistakes);
    let reaction = period("planned_reaction", &mut mistakes);
    mistakes.check()?;
    let statuses = Codes::read(params, "status");
    let not_statuses = Codes::read(params, "status_not");
    let priorities = Codes::read(params, "priority");
    let types = Codes::read(params, "type");
    let rates = Codes::read(params, "rate");
    let opened = params.flag("opened");
    let overdue = params.flag("overdue").unwrap_or(false);
    let overdue_reaction = params.flag("overdue_reaction").unwrap_or(false);
    Ok(Box::new(move |account, issue| {
        // The two kinds of authors widen each other.
        let author = match issue.author {
            _ if !employees.is_given() && !contacts.is_given() => true,
            Actor::Employee(id) => employees.is_given() && employees.accept(Some(id)),
            Actor::Contact(id) => contacts.is_given() && contacts.accept(Some(id)),
            Actor::System => false,
        };
        let is_open = issue.completed_at.is_none();
        author
            && common.accept(issue)
            && groups.accept(issue.group_id)
            && agreements.accept(issue.agreement_id)
            && entities.accept(issue.maintenance_entity_id)
            && equipments.accept_any(&issue.equipment_ids)
            && reacted.accept(issue.reacted_at)
            && deadline.accept(issue.deadline_at)
            && start.accept(issue.start_execution_until)
            && reaction.accept(issue.planned_reaction_at)
            && statuses.accept(&issue.status)
            && !not_statuses.refuse(&issue.status)
            && priorities.accept(&issue.priority)
            && types.accept(&issue.kind)
            && rates.accept(issue.rate.as_deref().unwrap_or("0"))
            && opened.is_none_or(|wanted| wanted == is_open)
            && (!overdue
                || issue
                    .deadline_at
                    .is_some_and(|at| at < issue.completed_at.unwrap_or(account.now)))
            && (!overdue_reaction
                || issue
                    .planned_reaction_at
                    .is_some_and(|at| at < issue.reacted_at.unwrap_or(account.now)))
    }))
}
