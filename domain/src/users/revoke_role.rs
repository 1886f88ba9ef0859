//! Taking a role from a user.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::RoleRevoked};
use crate::{Command, roles::RoleName};

#[derive(Clone, Debug)]
pub struct RevokeRole {
    pub role: RoleName,
    pub at: DateTime<Utc>,
}

impl Command for RevokeRole {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        if !user.active()?.roles.contains(&self.role) {
            return Ok(vec![]);
        }
        Ok(vec![UserEvent::RoleRevoked(RoleRevoked { role: self.role, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{fixtures::*, grant_role::tests::admin_granted},
        *,
    };
    use crate::testing::given;

    fn revoke_admin() -> RevokeRole {
        RevokeRole { role: RoleName::ADMIN, at: at(2) }
    }

    fn admin_revoked() -> UserEvent {
        UserEvent::RoleRevoked(RoleRevoked { role: RoleName::ADMIN, at: at(2) })
    }

    #[test]
    fn an_admin_can_become_a_member_again() {
        given([ada_registered(), admin_granted()]).when(revoke_admin()).then([admin_revoked()]);
    }

    #[test]
    fn a_role_that_is_not_held_is_not_taken() {
        given([ada_registered()]).when(revoke_admin()).then([]);
        given([ada_registered(), admin_granted(), admin_revoked()]).when(revoke_admin()).then([]);
    }

    #[test]
    fn only_an_active_user_loses_a_role() {
        assert_needs_an_active_account(&revoke_admin());
    }
}
