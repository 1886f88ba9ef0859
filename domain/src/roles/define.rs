//! Defining a role.

use chrono::{DateTime, Utc};

use super::{Permission, RoleDescription, RoleName, Roles, RolesEvent, events::Defined, sorted};
use crate::Command;

/// Every caller's rights are worked out from these, and all of them are kept in memory.
const MAX_ROLES: usize = 200;

#[derive(Clone, Debug)]
pub struct DefineRole {
    pub role: RoleName,
    pub description: RoleDescription,
    pub permissions: Vec<Permission>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefineRoleRefused {
    #[error("there is a role of this name already")]
    AlreadyDefined,
    #[error("this role is built in")]
    BuiltIn,
    /// Whoever still holds the deleted role would gain by the new one.
    #[error("a role of this name was deleted; its name is not given again")]
    NameUsed,
    #[error("there are 200 roles already")]
    TooMany,
}

impl Command for DefineRole {
    type Aggregate = Roles;
    type Refusal = DefineRoleRefused;

    fn decide(self, roles: &Roles) -> Result<Vec<RolesEvent>, DefineRoleRefused> {
        if self.role.is_built_in() {
            return Err(DefineRoleRefused::BuiltIn);
        }
        if roles.defined.contains_key(&self.role) {
            return Err(DefineRoleRefused::AlreadyDefined);
        }
        if roles.deleted.contains(&self.role) {
            return Err(DefineRoleRefused::NameUsed);
        }
        if roles.defined.len() >= MAX_ROLES {
            return Err(DefineRoleRefused::TooMany);
        }
        let permissions = sorted(self.permissions);
        let event = Defined { role: self.role, description: self.description, permissions, at: self.at };
        Ok(vec![RolesEvent::Defined(event)])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::delete::tests::support_deleted, *};
    use crate::testing::given;

    pub(in crate::roles) fn permissions(texts: &[&str]) -> Vec<Permission> {
        texts.iter().map(|text| Permission::parse(text).unwrap()).collect()
    }

    fn define(role: &str) -> DefineRole {
        DefineRole {
            role: RoleName::parse(role).unwrap(),
            description: RoleDescription::default(),
            permissions: permissions(&["users:read:all", "audit:read:all", "users:read:all"]),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn defined(role: &str) -> RolesEvent {
        RolesEvent::Defined(Defined {
            role: RoleName::parse(role).unwrap(),
            description: RoleDescription::default(),
            permissions: permissions(&["audit:read:all", "users:read:all"]),
            at: DateTime::UNIX_EPOCH,
        })
    }

    pub(in crate::roles) fn support_defined() -> RolesEvent {
        defined("support")
    }

    #[test]
    fn a_role_is_defined_with_its_permissions_sorted() {
        given([]).when(define("support")).then([support_defined()]);
    }

    #[test]
    fn a_name_is_given_once() {
        given([support_defined()]).when(define("support")).then_refused(DefineRoleRefused::AlreadyDefined);
        given([support_defined(), support_deleted()]).when(define("support")).then_refused(DefineRoleRefused::NameUsed);
    }

    #[test]
    fn built_in_roles_are_there_already() {
        for role in ["admin", "member"] {
            given([]).when(define(role)).then_refused(DefineRoleRefused::BuiltIn);
        }
    }

    #[test]
    fn there_are_at_most_200_roles() {
        let many = || (0..200).map(|number| defined(&format!("role{number}")));
        given(many()).when(define("support")).then_refused(DefineRoleRefused::TooMany);
        given(many().skip(1)).when(define("support")).then([support_defined()]);
    }
}
