//! Granting a role to a user.

use chrono::{DateTime, Utc};

use super::{Role, User, UserEvent, events::RoleGranted};
use crate::Command;

#[derive(Clone, Debug)]
pub struct GrantRole {
    pub role: Role,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantRoleRefused {
    #[error("no such user")]
    UnknownUser,
}

impl Command for GrantRole {
    type Aggregate = User;
    type Refusal = GrantRoleRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, GrantRoleRefused> {
        match user {
            User::Unknown => Err(GrantRoleRefused::UnknownUser),
            User::Active(account) if account.roles.contains(&self.role) => Ok(vec![]),
            User::Active(_) => Ok(vec![UserEvent::RoleGranted(RoleGranted { role: self.role, at: self.at })]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::register::tests::ada_registered, *};
    use crate::testing::given;

    fn grant_admin() -> GrantRole {
        GrantRole { role: Role::Admin, at: DateTime::UNIX_EPOCH }
    }

    fn admin_granted() -> UserEvent {
        UserEvent::RoleGranted(RoleGranted { role: Role::Admin, at: DateTime::UNIX_EPOCH })
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
    fn an_unknown_user_gets_no_role() {
        given([]).when(grant_admin()).then_refused(GrantRoleRefused::UnknownUser);
    }
}
