//! Changing the password, signed in. That the old one was right is found out before.

use chrono::{DateTime, Utc};

use super::{
    NotActive, User, UserEvent,
    events::{ChangedBy, PasswordChanged},
};
use crate::{Command, Sealed};

#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The hash that the old password was found to be right by.
    pub verified: Sealed,
    pub password_hash: Sealed,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangePasswordRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// What was shown to be the password is none any more.
    #[error("the password was changed in the meantime")]
    Changed,
}

impl Command for ChangePassword {
    type Aggregate = User;
    type Refusal = ChangePasswordRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, ChangePasswordRefused> {
        if user.active()?.password_hash != self.verified {
            return Err(ChangePasswordRefused::Changed);
        }
        let changed = PasswordChanged { password_hash: self.password_hash, by: ChangedBy::Owner, at: self.at };
        Ok(vec![UserEvent::PasswordChanged(changed)])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    fn change() -> ChangePassword {
        ChangePassword { verified: sealed("hash"), password_hash: sealed("new"), at: at(1) }
    }

    pub(in crate::users) fn password_changed() -> UserEvent {
        UserEvent::PasswordChanged(PasswordChanged { password_hash: sealed("new"), by: ChangedBy::Owner, at: at(1) })
    }

    #[test]
    fn a_password_can_be_changed() {
        given([ada_registered()]).when(change()).then([password_changed()]);
    }

    #[test]
    fn of_two_who_know_the_old_password_one_changes_it() {
        given([ada_registered(), password_changed()]).when(change()).then_refused(ChangePasswordRefused::Changed);
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
