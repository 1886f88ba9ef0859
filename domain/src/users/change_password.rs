//! Changing the password, signed in. That the old one was right is found out before.

use chrono::{DateTime, Utc};

use super::{
    NotActive, User, UserEvent,
    events::{ChangedBy, PasswordChanged},
};
use crate::{Command, Sealed};

#[derive(Clone, Debug)]
pub struct ChangePassword {
    pub password_hash: Sealed,
    pub at: DateTime<Utc>,
}

impl Command for ChangePassword {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.active()?;
        let changed = PasswordChanged { password_hash: self.password_hash, by: ChangedBy::Owner, at: self.at };
        Ok(vec![UserEvent::PasswordChanged(changed)])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    fn change() -> ChangePassword {
        ChangePassword { password_hash: sealed("new"), at: at(1) }
    }

    pub(in crate::users) fn password_changed() -> UserEvent {
        UserEvent::PasswordChanged(PasswordChanged { password_hash: sealed("new"), by: ChangedBy::Owner, at: at(1) })
    }

    #[test]
    fn a_password_can_be_changed() {
        given([ada_registered()]).when(change()).then([password_changed()]);
    }

    #[test]
    fn a_new_password_ends_what_the_old_one_began() {
        let user = User::default().apply(&ada_registered()).apply(&password_changed());
        let account = user.active().unwrap();
        assert_eq!(account.password_hash, sealed("new"));
        assert_eq!((account.generation, account.sessions_generation), (1, 1));
    }

    #[test]
    fn only_an_active_user_has_a_password_to_change() {
        assert_needs_an_active_account(&change());
    }
}
