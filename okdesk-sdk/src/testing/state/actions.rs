//! What can be done to an issue, by Okdesk's rules. Each action leaves a [`Happening`] behind.

use jiff::{SignedDuration, Timestamp};

use super::attachments::{NewFile, Owner};
use super::custom::{self, AttributeOwner, Values};
use super::dictionaries::FIRST_LINE_GROUP;
use super::events::{Assignment, Happening, IssueEvent, What};
use super::issues::{Comment, Issue, TimeEntry};
use super::people::Actor;
use super::refusal::{ABSENT, BAD_VALUE, BLANK, Mistakes, NO_RECORD, Refusal};
use super::{Account, next_in};
use crate::testing::dialect::Switch;
use crate::testing::params::Params;

/// What a new issue is made of; everything but the title may be left out.
#[derive(Default)]
pub(crate) struct NewIssue {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) company_id: Option<u64>,
    pub(crate) contact_id: Option<u64>,
    pub(crate) maintenance_entity_id: Option<u64>,
    pub(crate) agreement_id: Option<u64>,
    pub(crate) parent_id: Option<u64>,
    pub(crate) assignee_id: Option<u64>,
    pub(crate) group_id: Option<u64>,
    pub(crate) observer_ids: Vec<u64>,
    pub(crate) observer_group_ids: Vec<u64>,
    pub(crate) contact_observer_ids: Vec<u64>,
    pub(crate) equipment_ids: Vec<u64>,
    pub(crate) kind: Option<String>,
    pub(crate) priority: Option<String>,
    pub(crate) deadline_at: Option<Timestamp>,
    pub(crate) start_execution_until: Option<Timestamp>,
    pub(crate) planned_execution_in_minutes: Option<f64>,
    pub(crate) custom_parameters: Option<Params>,
    pub(crate) files: Vec<NewFile>,
}

#[derive(Default)]
pub(crate) struct NewStatus {
    pub(crate) code: Option<String>,
    pub(crate) delay_to: Option<Timestamp>,
    pub(crate) comment: Option<String>,
    pub(crate) comment_public: bool,
    pub(crate) custom_parameters: Option<Params>,
    pub(crate) time_entries: Vec<NewTimeEntry>,
    pub(crate) skip_webhooks: bool,
}

pub(crate) struct NewTimeEntry {
    pub(crate) employee_id: u64,
    pub(crate) spent_time: f64,
    pub(crate) logged_at: Timestamp,
    pub(crate) comment: Option<String>,
    pub(crate) custom_parameters: Option<Params>,
}

impl Account {
    pub(crate) fn happened(&mut self, author: Actor, what: What) {
        self.happenings.push(Happening { author, what });
    }

    pub(crate) fn create_issue(&mut self, new: NewIssue, author: Actor) -> Result<u64, Refusal> {
        let mut mistakes = Mistakes::default();
        let title = match new.title.filter(|title| !title.trim().is_empty()) {
            Some(title) if title.chars().count() <= 255 => title,
            Some(_) => {
                mistakes.add(
                    "title",
                    "слишком большой длины (не может быть больше чем 255 символов)",
                );
                String::new()
            }
            None => {
                mistakes.add("title", BLANK);
                String::new()
            }
        };
        let company_id = new.company_id.or_else(|| {
            // A contact brings its company along.
            new.contact_id
                .and_then(|id| self.contacts.get(&id))
                .and_then(|contact| contact.company_id)
        });
        let refers = [
            (
                "company_id",
                new.company_id,
                self.companies.contains_key(&new.company_id.unwrap_or(0)),
            ),
            (
                "contact_id",
                new.contact_id,
                self.contacts.contains_key(&new.contact_id.unwrap_or(0)),
            ),
            (
                "maintenance_entity_id",
                new.maintenance_entity_id,
                self.maintenance_entities
                    .contains_key(&new.maintenance_entity_id.unwrap_or(0)),
            ),
            (
                "agreement_id",
                new.agreement_id,
                self.agreements.contains_key(&new.agreement_id.unwrap_or(0)),
            ),
            (
                "parent_id",
                new.parent_id,
                self.issue(new.parent_id.unwrap_or(0)).is_ok(),
            ),
        ];
        for (field, id, known) in refers {
            if id.is_some() && !known {
                mistakes.add(field, NO_RECORD);
            }
        }
        self.check_people(
            "observer_ids",
            &new.observer_ids,
            |account, id| account.employees.contains_key(&id),
            &mut mistakes,
        );
        self.check_people(
            "contact_observer_ids",
            &new.contact_observer_ids,
            |account, id| account.contacts.contains_key(&id),
            &mut mistakes,
        );
        self.check_people(
            "equipment_ids",
            &new.equipment_ids,
            |account, id| account.equipments.contains_key(&id),
            &mut mistakes,
        );
        let kind = self.pick_type(new.kind, &mut mistakes);
        let priority = match new.priority {
            Some(code) if self.dictionaries.priority(&code).is_some() => code,
            Some(_) => {
                mistakes.add("priority", BAD_VALUE);
                String::new()
            }
            None => self.default_priority(),
        };
        let assignment = self.default_assignment(
            &new.assignee_id,
            &new.group_id,
            company_id,
            new.maintenance_entity_id,
        );
        if let Err(message) = self.check_assignment(assignment) {
            mistakes.add(message.0, message.1);
        }
        let mut parameters = Values::default();
        let attributes = custom::applicable(&self.attributes, AttributeOwner::Issue, Some(&kind));
        custom::write(
            &mut parameters,
            new.custom_parameters.as_ref(),
            attributes,
            true,
            &mut mistakes,
        );
        mistakes.check()?;

        let id = next_in(&self.issues);
        let now = self.now;
        let status = self.first_status();
        let rate_id = self.next.service_wide();
        self.issues.insert(
            id,
            Issue {
                id,
                title,
                description: new.description.unwrap_or_default(),
                created_at: now,
                updated_at: now,
                completed_at: None,
                deadline_at: new
                    .deadline_at
                    .or_else(|| now.checked_add(SignedDuration::from_hours(24)).ok()),
                start_execution_until: new.start_execution_until,
                planned_reaction_at: now.checked_add(SignedDuration::from_mins(60)).ok(),
                reacted_at: None,
                delayed_to: None,
                source: match author {
                    Actor::Contact(_) => "from_contact",
                    _ => "from_employee",
                }
                .to_owned(),
                planned_execution_in_minutes: new.planned_execution_in_minutes,
                company_id,
                contact_id: new.contact_id,
                maintenance_entity_id: new.maintenance_entity_id,
                agreement_id: new.agreement_id,
                parent_id: new.parent_id,
                assignee_id: assignment.employee_id,
                group_id: assignment.group_id,
                coexecutor_ids: Vec::new(),
                observer_ids: new.observer_ids,
                contact_observer_ids: new.contact_observer_ids,
                observer_group_ids: new.observer_group_ids,
                equipment_ids: new.equipment_ids,
                kind,
                priority,
                status: status.clone(),
                old_status: None,
                status_log: vec![(status, now)],
                rate_id,
                rate: None,
                address: None,
                coordinates: None,
                parameters,
                author,
                without_answer: true,
                comments: Vec::new(),
                time_entries: Vec::new(),
                services: Vec::new(),
                check_list: Vec::new(),
                deleted: false,
                merged_into: None,
            },
        );
        for file in new.files {
            self.store_file(Owner::Issue(id), None, file);
        }
        self.happened(author, What::Issue(id, IssueEvent::Created));
        Ok(id)
    }

    pub(crate) fn update_issue(
        &mut self,
        id: u64,
        title: Option<Option<String>>,
        description: Option<Option<String>>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let issue = self.issue_mut(id)?;
        match title {
            Some(None) => return Err(Refusal::field("title", BLANK)),
            Some(Some(title)) => issue.title = title,
            None => {}
        }
        if let Some(description) = description {
            issue.description = description.unwrap_or_default();
        }
        issue.updated_at = now;
        Ok(())
    }

    pub(crate) fn comment(
        &mut self,
        id: u64,
        content: Option<String>,
        public: bool,
        author: Actor,
        files: Vec<NewFile>,
    ) -> Result<u64, Refusal> {
        self.issue(id)?;
        let mut mistakes = Mistakes::default();
        let content = mistakes.require("content", content);
        if !self.actor_exists(author) {
            mistakes.add("author_id", NO_RECORD);
        }
        mistakes.check()?;
        let comment_id =
            self.add_comment(id, content.unwrap_or_default(), public, author, files)?;
        self.happened(
            author,
            What::Issue(id, IssueEvent::Commented { comment_id }),
        );
        Ok(comment_id)
    }

    fn add_comment(
        &mut self,
        id: u64,
        content: String,
        public: bool,
        author: Actor,
        files: Vec<NewFile>,
    ) -> Result<u64, Refusal> {
        let comment_id = self.next.service_wide();
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.comments.push(Comment {
            id: comment_id,
            content,
            public,
            published_at: now,
            author,
        });
        issue.updated_at = now;
        match author {
            Actor::Contact(_) => issue.without_answer = true,
            Actor::Employee(_) if public => {
                issue.without_answer = false;
                issue.reacted_at = issue.reacted_at.or(Some(now));
            }
            _ => {}
        }
        for mut file in files {
            // A file is as public as the comment it came with.
            file.is_public = file.is_public && public;
            self.store_file(Owner::Issue(id), Some(comment_id), file);
        }
        Ok(comment_id)
    }

    pub(crate) fn change_status(
        &mut self,
        id: u64,
        new: NewStatus,
        author: Actor,
    ) -> Result<(), Refusal> {
        let issue = self.issue(id)?;
        let mut mistakes = Mistakes::default();
        let code = mistakes.require("code", new.code);
        let Some(code) = code else {
            return mistakes.check();
        };
        let Some(status) = self.dictionaries.status(&code) else {
            return Err(Refusal::field("code", BAD_VALUE));
        };
        let allowed = self
            .dictionaries
            .status(&issue.status)
            .is_none_or(|old| old.leads_to.is_empty() || old.leads_to.contains(&code));
        if issue.status == code || !allowed {
            mistakes.add("code", "Переход в указанный статус запрещён");
        }
        if status.delay_required && new.delay_to.is_none() {
            mistakes.add("delay_to", ABSENT);
        }
        if status.comment_required && new.comment.is_none() {
            mistakes.add("comment", ABSENT);
        }
        let delayed_to = if status.delay_required {
            new.delay_to
        } else {
            None
        };
        let is_done = status.is_final || code == "completed";
        let mut values = issue.parameters.clone();
        let attributes =
            custom::applicable(&self.attributes, AttributeOwner::Issue, Some(&issue.kind));
        let changes = custom::write(
            &mut values,
            new.custom_parameters.as_ref(),
            attributes,
            false,
            &mut mistakes,
        );
        mistakes.check()?;

        let old_assignment = self.assignment_of(id)?;
        let mut time_entry_ids = Vec::new();
        for entry in new.time_entries {
            time_entry_ids.push(self.log_time(id, entry)?);
        }
        let comment_id = match new.comment {
            Some(comment) => {
                Some(self.add_comment(id, comment, new.comment_public, author, Vec::new())?)
            }
            None => None,
        };
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.status, code.clone());
        issue.old_status = Some(old.clone());
        issue.status_log.push((code.clone(), now));
        issue.delayed_to = delayed_to;
        issue.completed_at = if is_done {
            issue.completed_at.or(Some(now))
        } else {
            None
        };
        issue.reacted_at = issue.reacted_at.or(Some(now));
        issue.updated_at = now;
        issue.parameters = values;
        if new.skip_webhooks {
            return Ok(());
        }
        self.happened(
            author,
            What::Issue(
                id,
                IssueEvent::StatusChanged {
                    old,
                    new: code,
                    comment_id,
                    parameters: changes.into_iter().map(|change| change.code).collect(),
                    time_entry_ids,
                    old_assignment,
                },
            ),
        );
        if let Some(comment_id) =
            comment_id.filter(|_| self.speaks(Switch::StatusCommentFiresNewComment))
        {
            self.happened(
                author,
                What::Issue(id, IssueEvent::Commented { comment_id }),
            );
        }
        Ok(())
    }

    /// Employee and group as asked; both absent clears them.
    pub(crate) fn assign(
        &mut self,
        id: u64,
        new: Assignment,
        author: Actor,
    ) -> Result<(), Refusal> {
        let old = self.assignment_of(id)?;
        self.check_assignment(new)
            .map_err(|(field, message)| Refusal::field(field, message))?;
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.assignee_id = new.employee_id;
        issue.group_id = new.group_id;
        issue.updated_at = now;
        if old != new {
            self.happened(author, What::Issue(id, IssueEvent::Assigned { old }));
        }
        Ok(())
    }

    pub(crate) fn assignment_of(&self, id: u64) -> Result<Assignment, Refusal> {
        let issue = self.issue(id)?;
        Ok(Assignment {
            group_id: issue.group_id,
            employee_id: issue.assignee_id,
        })
    }

    pub(crate) fn set_deadline(
        &mut self,
        id: u64,
        at: Option<Timestamp>,
        author: Actor,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.deadline_at, at);
        issue.updated_at = now;
        if old != at {
            self.happened(
                author,
                What::Issue(
                    id,
                    IssueEvent::DeadlineMoved {
                        old,
                        auto_recount: false,
                    },
                ),
            );
        }
        Ok(())
    }

    pub(crate) fn set_type(
        &mut self,
        id: u64,
        code: Option<String>,
        author: Actor,
    ) -> Result<(), Refusal> {
        self.issue(id)?;
        let code = code.ok_or_else(|| Refusal::field("code", ABSENT))?;
        if self.dictionaries.issue_type(&code).is_none() {
            return Err(Refusal::field("code", BAD_VALUE));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.kind, code);
        issue.updated_at = now;
        if old != issue.kind {
            self.happened(author, What::Issue(id, IssueEvent::TypeChanged { old }));
        }
        Ok(())
    }

    pub(crate) fn set_priority(
        &mut self,
        id: u64,
        code: Option<String>,
        author: Actor,
    ) -> Result<(), Refusal> {
        self.issue(id)?;
        let code = code.ok_or_else(|| Refusal::field("code", ABSENT))?;
        if self.dictionaries.priority(&code).is_none() {
            return Err(Refusal::field("code", BAD_VALUE));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        let old = std::mem::replace(&mut issue.priority, code);
        issue.updated_at = now;
        if old != issue.priority {
            self.happened(author, What::Issue(id, IssueEvent::PriorityChanged { old }));
        }
        Ok(())
    }

    pub(crate) fn set_issue_parameters(
        &mut self,
        id: u64,
        given: Option<&Params>,
        author: Actor,
    ) -> Result<(), Refusal> {
        let issue = self.issue(id)?;
        let mut mistakes = Mistakes::default();
        mistakes.require("custom_parameters", given);
        let mut values = issue.parameters.clone();
        let attributes =
            custom::applicable(&self.attributes, AttributeOwner::Issue, Some(&issue.kind));
        let changes = custom::write(&mut values, given, attributes, false, &mut mistakes);
        mistakes.check()?;
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.parameters = values;
        issue.updated_at = now;
        if !changes.is_empty() {
            self.happened(
                author,
                What::Issue(id, IssueEvent::ParametersChanged(changes)),
            );
        }
        Ok(())
    }

    pub(crate) fn rate(
        &mut self,
        id: u64,
        rate: Option<String>,
        author: Actor,
    ) -> Result<(), Refusal> {
        self.issue(id)?;
        let rate = rate.ok_or_else(|| Refusal::field("rate", ABSENT))?;
        if !["bad", "normal", "good"].contains(&rate.as_str()) {
            return Err(Refusal::field("rate", BAD_VALUE));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.rate = Some(rate);
        issue.updated_at = now;
        self.happened(author, What::Issue(id, IssueEvent::Rated));
        Ok(())
    }

    pub(crate) fn add_files(
        &mut self,
        id: u64,
        files: Vec<NewFile>,
        author: Actor,
    ) -> Result<Vec<u64>, Refusal> {
        let now = self.now;
        self.issue_mut(id)?.updated_at = now;
        let attachment_ids: Vec<u64> = files
            .into_iter()
            .map(|file| self.store_file(Owner::Issue(id), None, file))
            .collect();
        let event = IssueEvent::FilesAdded {
            attachment_ids: attachment_ids.clone(),
        };
        self.happened(author, What::Issue(id, event));
        Ok(attachment_ids)
    }

    pub(crate) fn set_coexecutor(
        &mut self,
        id: u64,
        employee_id: u64,
        on: bool,
        author: Actor,
    ) -> Result<(), Refusal> {
        if !self.employees.contains_key(&employee_id) {
            return Err(Refusal::field("employee_id", NO_RECORD));
        }
        let now = self.now;
        let issue = self.issue_mut(id)?;
        if issue.coexecutor_ids.contains(&employee_id) == on {
            return Ok(());
        }
        issue.updated_at = now;
        let event = if on {
            issue.coexecutor_ids.push(employee_id);
            IssueEvent::CoexecutorAdded { employee_id }
        } else {
            issue.coexecutor_ids.retain(|known| *known != employee_id);
            IssueEvent::CoexecutorRemoved { employee_id }
        };
        self.happened(author, What::Issue(id, event));
        Ok(())
    }

    pub(crate) fn log_time(&mut self, id: u64, new: NewTimeEntry) -> Result<u64, Refusal> {
        let mut parameters = Values::default();
        let mut mistakes = Mistakes::default();
        let attributes = custom::applicable(&self.attributes, AttributeOwner::TimeEntry, None);
        custom::write(
            &mut parameters,
            new.custom_parameters.as_ref(),
            attributes,
            true,
            &mut mistakes,
        );
        mistakes.check()?;
        let entry_id = self.next.service_wide();
        let now = self.now;
        let issue = self.issue_mut(id)?;
        issue.time_entries.push(TimeEntry {
            id: entry_id,
            comment: new.comment,
            spent_time: new.spent_time,
            logged_at: new.logged_at,
            created_at: now,
            employee_id: new.employee_id,
            parameters,
        });
        issue.updated_at = now;
        Ok(entry_id)
    }

    pub(crate) fn delete_issue(&mut self, id: u64, author: Actor) -> Result<(), Refusal> {
        self.issue_mut(id)?.deleted = true;
        self.happened(author, What::Issue(id, IssueEvent::Deleted));
        Ok(())
    }

    /// Merging leaves a comment in the issue that remains, and that comment is told of.
    pub(crate) fn merge_issue(&mut self, id: u64, into: u64, author: Actor) -> Result<(), Refusal> {
        self.issue(into)?;
        let merged = self.issue_mut(id)?;
        merged.merged_into = Some(into);
        let content = format!(
            "Комментарий добавлен при объединении заявок <span class=\"in-comment-issue\">#{id} {}</span>",
            merged.title
        );
        self.comment(into, Some(content), false, author, Vec::new())?;
        Ok(())
    }

    fn first_status(&self) -> String {
        let codes = &self.dictionaries.statuses;
        codes
            .iter()
            .find(|status| status.code == "opened")
            .or(codes.first())
            .map_or_else(String::new, |status| status.code.clone())
    }

    fn default_priority(&self) -> String {
        let all = &self.dictionaries.priorities;
        all.iter()
            .find(|one| one.default)
            .or(all.first())
            .map_or_else(String::new, |one| one.code.clone())
    }

    fn pick_type(&self, asked: Option<String>, mistakes: &mut Mistakes) -> String {
        let types = &self.dictionaries.types;
        let usual = || {
            let usual = types.iter().find(|kind| kind.default).or(types.first());
            usual.map_or_else(String::new, |kind| kind.code.clone())
        };
        match asked {
            Some(code) if self.speaks(Switch::IssueTypeIgnored) && !code.is_empty() => usual(),
            Some(code) if self.dictionaries.issue_type(&code).is_some() => code,
            Some(_) => {
                mistakes.add("type", BAD_VALUE);
                usual()
            }
            None => usual(),
        }
    }

    /// Who gets a new issue: as asked, else the object's or the company's usual one, else the first line.
    fn default_assignment(
        &self,
        asked: &Option<u64>,
        group: &Option<u64>,
        company: Option<u64>,
        entity: Option<u64>,
    ) -> Assignment {
        if asked.is_some() || group.is_some() {
            let group_id = group.or_else(|| {
                self.employees
                    .get(&asked.unwrap_or(0))
                    .and_then(|person| person.group_ids.first().copied())
            });
            return Assignment {
                group_id,
                employee_id: *asked,
            };
        }
        let entity = entity.and_then(|id| self.maintenance_entities.get(&id));
        let company = company.and_then(|id| self.companies.get(&id));
        let employee_id = entity
            .and_then(|entity| entity.default_assignee_id)
            .or_else(|| company.and_then(|company| company.default_assignee_id));
        let group_id = entity
            .and_then(|entity| entity.default_assignee_group_id)
            .or_else(|| company.and_then(|company| company.default_assignee_group_id))
            .or_else(|| {
                employee_id.and_then(|id| self.employees.get(&id)?.group_ids.first().copied())
            })
            .unwrap_or(FIRST_LINE_GROUP);
        Assignment {
            group_id: Some(group_id),
            employee_id,
        }
    }

    /// The group must be one of the employee's.
    fn check_assignment(&self, asked: Assignment) -> Result<(), (&'static str, &'static str)> {
        if asked
            .group_id
            .is_some_and(|id| self.dictionaries.group(id).is_none())
        {
            return Err(("group_id", NO_RECORD));
        }
        let Some(id) = asked.employee_id else {
            return Ok(());
        };
        let Some(person) = self.employees.get(&id) else {
            return Err(("assignee_id", NO_RECORD));
        };
        match asked.group_id {
            Some(group) if person.group_ids.contains(&group) => Ok(()),
            None if person.group_ids.is_empty() => Ok(()),
            _ => Err(("group_id", "сотрудник не входит в группу")),
        }
    }

    fn check_people(
        &self,
        field: &str,
        ids: &[u64],
        known: impl Fn(&Self, u64) -> bool,
        mistakes: &mut Mistakes,
    ) {
        for (at, id) in ids.iter().enumerate() {
            if !known(self, *id) {
                mistakes.add(format!("{field}.{at}"), NO_RECORD);
            }
        }
    }
}
