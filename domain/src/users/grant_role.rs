//! Granting a role to a user.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::RoleGranted};
use crate::{Command, roles::RoleName};

/// Whether there is such a role is not decided here: one that is not there permits nothing.
#[derive(Clone, Debug)]
pub struct GrantRole {
    pub role: RoleName,
    pub at: DateTime<Utc>,
}

impl Command for GrantRole {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        if user.active()?.roles.contains(&self.role) {
            return Ok(vec![]);
        }
        Ok(vec![UserEvent::RoleGranted(RoleGranted { role: self.role, at: self.at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn grant_admin() -> GrantRole {
        GrantRole { role: RoleName::ADMIN, at: at(1) }
    }

    pub(in crate::users) fn admin_granted() -> UserEvent {
        UserEvent::RoleGranted(RoleGranted { role: RoleName::ADMIN, at: at(1) })
    }

    #[test]
    fn a_member_can_become_an_admin() {
        given([ada_registered()]).when(grant_admin()).then([admin_granted()]);
    }

    #[test]
    fn a_role_is_granted_once() {
        given([ada_registered(), admin_granted()]).when(grant_admin()).then([]);
    }

    #[test]
    fn only_an_active_user_gets_a_role() {
        assert_needs_an_active_account(&grant_admin());
    }
}
