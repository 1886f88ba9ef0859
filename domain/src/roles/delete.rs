//! Deleting a role: whoever holds it loses what it permits.

use chrono::{DateTime, Utc};

use super::{RoleName, Roles, RolesEvent, events::Deleted};
use crate::Command;

#[derive(Clone, Debug)]
pub struct DeleteRole {
    pub role: RoleName,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeleteRoleRefused {
    #[error("no such role")]
    UnknownRole,
    #[error("this role is built in")]
    BuiltIn,
}

impl Command for DeleteRole {
    type Aggregate = Roles;
    type Refusal = DeleteRoleRefused;

    fn decide(self, roles: &Roles) -> Result<Vec<RolesEvent>, DeleteRoleRefused> {
        if self.role.is_built_in() {
            return Err(DeleteRoleRefused::BuiltIn);
        }
        if !roles.defined.contains_key(&self.role) {
            return Err(DeleteRoleRefused::UnknownRole);
        }
        Ok(vec![RolesEvent::Deleted(Deleted { role: self.role, at: self.at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::define::tests::support_defined, *};
    use crate::testing::given;

    fn delete(role: &str) -> DeleteRole {
        DeleteRole { role: RoleName::parse(role).unwrap(), at: DateTime::UNIX_EPOCH }
    }

    pub(in crate::roles) fn support_deleted() -> RolesEvent {
        RolesEvent::Deleted(Deleted { role: RoleName::parse("support").unwrap(), at: DateTime::UNIX_EPOCH })
    }

    #[test]
    fn a_defined_role_can_be_deleted_once() {
        given([support_defined()]).when(delete("support")).then([support_deleted()]);
        given([support_defined(), support_deleted()])
            .when(delete("support"))
            .then_refused(DeleteRoleRefused::UnknownRole);
    }

    #[test]
    fn built_in_and_unknown_roles_cannot_be_deleted() {
        given([]).when(delete("member")).then_refused(DeleteRoleRefused::BuiltIn);
        given([]).when(delete("support")).then_refused(DeleteRoleRefused::UnknownRole);
    }
}
