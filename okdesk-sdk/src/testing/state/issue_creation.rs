//! Opening an issue: what it is made of, and what Okdesk adds by itself.

use jiff::{SignedDuration, Timestamp};

use super::attachments::{NewFile, Owner};
use super::custom::{self, AttributeOwner, Values};
use super::dictionaries::FIRST_LINE_GROUP;
use super::events::{Assignment, IssueEvent, What};
use super::issues::Issue;
use super::people::Actor;
use super::refusal::{BAD_VALUE, BLANK, Mistakes, NO_RECORD, Refusal};
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

impl Account {
    pub(crate) fn create_issue(&mut self, new: NewIssue, author: Actor) -> Result<u64, Refusal> {
        let mut mistakes = Mistakes::default();
        let title = match new.title.filter(|title| !title.trim().is_empty()) {
            Some(title) if title.chars().count() <= 255 || self.speaks(Switch::LongTitles) => title,
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
                child_ids: Vec::new(),
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
                attachment_ids: Vec::new(),
                comments: Vec::new(),
                time_entries: Vec::new(),
                services: Vec::new(),
                check_list: Vec::new(),
                deleted: false,
                merged_into: None,
            },
        );
        if let Some(parent) = new.parent_id.and_then(|id| self.issues.get_mut(&id)) {
            parent.child_ids.push(id);
        }
        for file in new.files {
            self.store_file(Owner::Issue(id), None, file);
        }
        self.happened(author, What::Issue(id, IssueEvent::Created));
        Ok(id)
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
