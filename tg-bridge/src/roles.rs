//! Who may do more with the bot than its clients: by account, as the settings have it.

use crate::telegram::UserId;
use std::collections::BTreeMap;

/// What somebody may do beside being a client. Who may more may also less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Answers clients.
    Operator,
    /// Also sees figures and decides on claims.
    Admin,
    /// Also decides about the bridge itself.
    Owner,
}

/// The roles of accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(BTreeMap<UserId, Role>);

impl Roles {
    /// Whether this person may do what takes such a role.
    pub fn allow(&self, user: UserId, role: Role) -> bool {
        self.0.get(&user).is_some_and(|own| *own >= role)
    }

    /// Everybody who may do what takes such a role.
    pub fn allowed(&self, role: Role) -> impl Iterator<Item = UserId> {
        self.0
            .iter()
            .filter(move |(_, own)| **own >= role)
            .map(|(user, _)| *user)
    }
}

/// Of several roles of one person the highest counts.
impl FromIterator<(UserId, Role)> for Roles {
    fn from_iter<T: IntoIterator<Item = (UserId, Role)>>(given: T) -> Self {
        let mut roles = BTreeMap::<_, Role>::new();
        for (user, role) in given {
            let own = roles.entry(user).or_insert(role);
            *own = role.max(*own);
        }
        Self(roles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_holds_the_lower_ones() {
        let roles: Roles = [
            (UserId(1), Role::Owner),
            (UserId(1), Role::Operator),
            (UserId(2), Role::Operator),
        ]
        .into_iter()
        .collect();
        assert!(roles.allow(UserId(1), Role::Admin));
        assert!(roles.allow(UserId(2), Role::Operator));
        assert!(!roles.allow(UserId(2), Role::Admin));
        assert!(!roles.allow(UserId(3), Role::Operator));
        assert!(roles.allowed(Role::Admin).eq([UserId(1)]));
    }
}
