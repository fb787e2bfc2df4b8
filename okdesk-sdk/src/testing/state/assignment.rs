//! Who is responsible for an issue.

use super::Account;
use super::events::{Assignment, IssueEvent, What};
use super::people::Actor;
use super::refusal::{NO_RECORD, Refusal};

impl Account {
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

    /// The group must be one of the employee's.
    pub(super) fn check_assignment(
        &self,
        asked: Assignment,
    ) -> Result<(), (&'static str, &'static str)> {
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
}
