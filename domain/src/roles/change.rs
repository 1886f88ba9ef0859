//! Changing what a role permits or says about itself.

use chrono::{DateTime, Utc};

use super::{Permission, RoleDescription, RoleName, Roles, RolesEvent, events::Changed, sorted};
use crate::Command;

/// A field that is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct ChangeRole {
    pub role: RoleName,
    pub description: Option<RoleDescription>,
    pub permissions: Option<Vec<Permission>>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRoleRefused {
    #[error("no such role")]
    UnknownRole,
    #[error("this role is built in")]
    BuiltIn,
}

impl Command for ChangeRole {
    type Aggregate = Roles;
    type Refusal = ChangeRoleRefused;

    fn decide(self, roles: &Roles) -> Result<Vec<RolesEvent>, ChangeRoleRefused> {
        if self.role.is_built_in() {
            return Err(ChangeRoleRefused::BuiltIn);
        }
        let definition = roles.defined.get(&self.role).ok_or(ChangeRoleRefused::UnknownRole)?;
        let description = self.description.unwrap_or_else(|| definition.description.clone());
        let permissions = self.permissions.map_or_else(|| definition.permissions.clone(), sorted);
        if description == definition.description && permissions == definition.permissions {
            return Ok(vec![]);
        }
        Ok(vec![RolesEvent::Changed(Changed { role: self.role, description, permissions, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            define::tests::{permissions, support_defined},
            delete::tests::support_deleted,
        },
        *,
    };
    use crate::testing::given;

    fn change(role: &str, description: Option<&str>, new: Option<&[&str]>) -> ChangeRole {
        ChangeRole {
            role: RoleName::parse(role).unwrap(),
            description: description.map(|text| RoleDescription::parse(text).unwrap()),
            permissions: new.map(permissions),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn changed(description: &str, new: &[&str]) -> RolesEvent {
        RolesEvent::Changed(Changed {
            role: RoleName::parse("support").unwrap(),
            description: RoleDescription::parse(description).unwrap(),
            permissions: permissions(new),
            at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        given([support_defined()])
            .when(change("support", Some("Answers"), None))
            .then([changed("Answers", &["audit:read:all", "users:read:all"])]);
        given([support_defined(), changed("Answers", &[])])
            .when(change("support", None, Some(&["users:read:own"])))
            .then([changed("Answers", &["users:read:own"])]);
    }

    #[test]
    fn nothing_happens_when_nothing_changes() {
        let same: &[&str] = &["users:read:all", "audit:read:all"];
        given([support_defined()]).when(change("support", Some(""), Some(same))).then([]);
    }

    #[test]
    fn only_a_defined_role_is_changed() {
        given([]).when(change("support", None, None)).then_refused(ChangeRoleRefused::UnknownRole);
        given([support_defined(), support_deleted()])
            .when(change("support", None, Some(&[])))
            .then_refused(ChangeRoleRefused::UnknownRole);
        given([]).when(change("admin", None, Some(&[]))).then_refused(ChangeRoleRefused::BuiltIn);
    }
}
