//! API keys: each belongs to one person and has exactly that person's rights.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Account;
use super::dictionaries::ADMINISTRATOR_ROLE;
use super::issues::Issue;
use super::people::Actor;
use super::refusal::Refusal;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) token: String,
    pub(crate) owner: Actor,
    /// Operations (`issues.deadline_change`) this key's role lacks.
    pub(crate) denied: Vec<String>,
}

/// A link that signs its reader in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LoginLink {
    pub(crate) code: String,
    pub(crate) user: Actor,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) one_time: bool,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    /// Also without a key.
    Public,
    Contact,
    Employee,
    Administrator,
}

impl Account {
    pub(crate) fn key(&self, token: Option<&str>) -> Result<&Key, Refusal> {
        self.keys
            .iter()
            .find(|key| Some(key.token.as_str()) == token)
            .filter(|key| match key.owner {
                Actor::Employee(id) => self.employees.get(&id).is_some_and(|person| person.active),
                Actor::Contact(id) => self.contacts.get(&id).is_some_and(|person| person.active),
                Actor::System => true,
            })
            .ok_or(Refusal::Unauthorized)
    }

    pub(crate) fn right_of(&self, actor: Actor) -> Right {
        match actor {
            Actor::System => Right::Administrator,
            Actor::Contact(_) => Right::Contact,
            Actor::Employee(id) => match self.employees.get(&id) {
                Some(person) if person.role_ids.contains(&ADMINISTRATOR_ROLE) => {
                    Right::Administrator
                }
                _ => Right::Employee,
            },
        }
    }

    /// The key of this person, made now if there is none.
    pub(crate) fn key_for(&mut self, owner: Actor) -> String {
        if let Some(key) = self.keys.iter().find(|key| key.owner == owner) {
            return key.token.clone();
        }
        let token = secret();
        self.keys.push(Key {
            token: token.clone(),
            owner,
            denied: Vec::new(),
        });
        token
    }

    pub(crate) fn owner_of_login(
        &self,
        login: Option<&str>,
        password: Option<&str>,
    ) -> Option<Actor> {
        let (login, password) = (Some(login?), Some(password?));
        let fits = |has: &Option<String>, secret: &Option<String>| {
            has.as_deref() == login && secret.as_deref() == password
        };
        let employee = self
            .employees
            .values()
            .find(|one| one.active && fits(&one.login, &one.password));
        let contact = self
            .contacts
            .values()
            .find(|one| one.active && fits(&one.login, &one.password));
        employee
            .map(|one| Actor::Employee(one.id))
            .or(contact.map(|one| Actor::Contact(one.id)))
    }

    pub(crate) fn make_login_link(
        &mut self,
        user: Actor,
        minutes: Option<i64>,
        one_time: bool,
    ) -> String {
        let code = secret();
        let expires_at = minutes.and_then(|minutes| {
            self.now
                .checked_add(SignedDuration::from_mins(minutes))
                .ok()
        });
        self.login_links.push(LoginLink {
            code: code.clone(),
            user,
            expires_at,
            one_time,
        });
        code
    }

    /// Who is signed in by the link; a one-time link is used up.
    pub(crate) fn follow_login_link(&mut self, code: &str) -> Option<Actor> {
        let at = self.login_links.iter().position(|link| link.code == code)?;
        let link = &self.login_links[at];
        if link
            .expires_at
            .is_some_and(|expires_at| expires_at < self.now)
        {
            return None;
        }
        let user = link.user;
        if link.one_time {
            self.login_links.remove(at);
        }
        Some(user)
    }

    /// Contacts see their own issues and, with the access level for it, those of their company.
    pub(crate) fn is_visible_to(&self, issue: &Issue, actor: Actor) -> bool {
        let Actor::Contact(id) = actor else {
            return true;
        };
        let Some(contact) = self.contacts.get(&id) else {
            return false;
        };
        issue.contact_id == Some(id)
            || issue.author == actor
            || (contact.company_id.is_some()
                && issue.company_id == contact.company_id
                && contact
                    .access_level
                    .iter()
                    .any(|level| level.contains("company_issues")))
    }

    pub(crate) fn may_see(&self, issue_id: u64, actor: Actor) -> Result<(), Refusal> {
        if self.is_visible_to(self.issue(issue_id)?, actor) {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }
}

/// A text nobody guesses.
pub(crate) fn secret() -> String {
    std::iter::repeat_with(|| format!("{:016x}", fastrand::u64(..)))
        .take(3)
        .collect()
}
