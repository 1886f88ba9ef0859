//! What clients can subscribe to, and who may.

use domain::roles::{self, Permissions, RoleName};
use projections::users;
use uuid::Uuid;

use super::{
    protocol::{ErrorCode, Refusal},
    source::Scope,
};

/// The rights of a connection's user, as far as topics ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) user_id: Uuid,
    /// Of the user's record when these were the roles.
    pub(crate) version: i64,
    pub(crate) roles: Vec<RoleName>,
    /// Of these roles; none while a second factor is missing that is demanded of the user.
    pub(crate) permissions: Permissions,
    /// Whether the user has one.
    pub(crate) second_factor: bool,
    /// The user's own authentication generation, in which the connection's token was issued.
    pub(crate) generation: u32,
    /// The era in which it was.
    pub(crate) era: u32,
}

/// A topic as one user subscribes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    /// As clients write it.
    pub(crate) name: &'static str,
    /// The projection that has its records.
    pub(crate) projection: &'static str,
    pub(crate) scope: Scope,
    rule: Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The records of the user themselves, for whoever may read their own.
    Own,
    /// Everything, for whoever may read everybody's.
    All,
}

impl Rights {
    fn may_read_users(&self, whose: roles::Scope) -> bool {
        self.permissions.allow("users", "read", whose)
    }
}

impl Topic {
    /// The topic of this name for this user, if there is one and the user may see it.
    pub(crate) fn of(id: u64, name: &str, rights: &Rights) -> Result<Self, Refusal> {
        let topic = match name {
            "users/me" => {
                Self { name: "users/me", projection: users::NAME, scope: Scope::One(rights.user_id), rule: Rule::Own }
            }
            "users" => Self { name: "users", projection: users::NAME, scope: Scope::All, rule: Rule::All },
            _ => return Err(Refusal::new(id, ErrorCode::UnknownTopic, "there is no such topic")),
        };
        if !topic.is_open_to(rights) {
            return Err(Refusal::new(id, ErrorCode::Forbidden, "you may not see this topic"));
        }
        Ok(topic)
    }

    /// Whether the topic as such may be seen.
    pub(crate) fn is_open_to(&self, rights: &Rights) -> bool {
        match self.rule {
            Rule::Own => self.scope == Scope::One(rights.user_id) && rights.may_read_users(roles::Scope::Own),
            Rule::All => rights.may_read_users(roles::Scope::All),
        }
    }

    /// Whether this record may be seen, its removal included. Asked for every message.
    pub(crate) fn shows(&self, key: Uuid, rights: &Rights) -> bool {
        let is_meant = match self.scope {
            Scope::All => true,
            Scope::One(own) => own == key,
        };
        is_meant && self.is_open_to(rights)
    }
}

#[cfg(test)]
mod tests {
    use domain::roles::{Permission, Roles};

    use super::*;

    fn rights(user_id: u128, roles: &[RoleName]) -> Rights {
        let permissions = Roles::default().permissions_of(roles);
        let (user_id, roles) = (Uuid::from_u128(user_id), roles.to_vec());
        Rights { user_id, version: 1, roles, permissions, second_factor: false, generation: 0, era: 0 }
    }

    #[test]
    fn everybody_sees_their_own_record_and_no_other() {
        let ada = rights(1, &[RoleName::MEMBER]);
        let topic = Topic::of(1, "users/me", &ada).unwrap();
        assert!(topic.shows(Uuid::from_u128(1), &ada));
        assert!(!topic.shows(Uuid::from_u128(2), &ada));
        assert!(!topic.shows(Uuid::from_u128(1), &rights(2, &[RoleName::ADMIN])));
    }

    #[test]
    fn only_administrators_see_all_users() {
        let member = rights(1, &[RoleName::MEMBER]);
        assert_eq!(Topic::of(1, "users", &member).unwrap_err().code, ErrorCode::Forbidden);
        let admin = rights(1, &[RoleName::MEMBER, RoleName::ADMIN]);
        let topic = Topic::of(1, "users", &admin).unwrap();
        assert!(topic.shows(Uuid::from_u128(2), &admin));
        assert!(!topic.shows(Uuid::from_u128(1), &member), "the role is asked for again with every message");
    }

    #[test]
    fn what_counts_is_the_permission_and_not_the_name_of_the_role() {
        let may = |text: &str| {
            let permissions = [Permission::parse(text).unwrap()].into_iter().collect();
            Rights { permissions, ..rights(1, &[]) }
        };
        assert!(Topic::of(1, "users", &may("users:read:all")).is_ok());
        for text in ["users:read:own", "users:update:all", "audit:read:all"] {
            assert_eq!(Topic::of(1, "users", &may(text)).unwrap_err().code, ErrorCode::Forbidden, "{text}");
        }
        assert_eq!(Topic::of(1, "users/me", &rights(1, &[])).unwrap_err().code, ErrorCode::Forbidden);
    }

    #[test]
    fn other_topics_do_not_exist() {
        let admin = rights(1, &[RoleName::ADMIN]);
        for name in ["", "user", "users/", "users/00000000-0000-0000-0000-000000000001", "USERS", "users/me/"] {
            assert_eq!(Topic::of(1, name, &admin).unwrap_err().code, ErrorCode::UnknownTopic, "{name}");
        }
    }
}
