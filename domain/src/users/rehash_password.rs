//! Replacing the hash of a password by another one of the same password. That the password was right is found out before.

use chrono::{DateTime, Utc};

use super::{User, UserEvent, change_password::ChangePasswordRefused, events::PasswordRehashed};
use crate::{Command, Sealed};

#[derive(Clone, Debug)]
pub struct RehashPassword {
    /// The hash that the password was found to be right by.
    pub verified: Sealed,
    pub password_hash: Sealed,
    pub at: DateTime<Utc>,
}

impl Command for RehashPassword {
    type Aggregate = User;
    type Refusal = ChangePasswordRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, ChangePasswordRefused> {
        if user.active()?.password_hash != self.verified {
            return Err(ChangePasswordRefused::Changed);
        }
        let rehashed = PasswordRehashed { password_hash: self.password_hash, at: self.at };
        Ok(vec![UserEvent::PasswordRehashed(rehashed)])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{change_password::tests::password_changed, fixtures::*},
        *,
    };
    use crate::{Aggregate, testing::given};

    fn rehash() -> RehashPassword {
        RehashPassword { verified: sealed("hash"), password_hash: sealed("anew"), at: at(1) }
    }

    fn password_rehashed() -> UserEvent {
        UserEvent::PasswordRehashed(PasswordRehashed { password_hash: sealed("anew"), at: at(1) })
    }

    #[test]
    fn a_hash_can_be_made_anew_once() {
        given([ada_registered()]).when(rehash()).then([password_rehashed()]);
        given([ada_registered(), password_rehashed()]).when(rehash()).then_refused(ChangePasswordRefused::Changed);
    }

    #[test]
    fn a_new_password_is_not_overwritten_by_the_old_one() {
        given([ada_registered(), password_changed()]).when(rehash()).then_refused(ChangePasswordRefused::Changed);
    }

    #[test]
    fn what_the_password_began_goes_on() {
        let before = User::default().apply(&ada_registered());
        let after = before.clone().apply(&password_rehashed());
        let (before, after) = (before.active().unwrap(), after.active().unwrap());
        assert_eq!(after.password_hash, sealed("anew"));
        assert_eq!((after.generation, after.sessions_generation), (before.generation, before.sessions_generation));
        assert_eq!(after.requests, before.requests);
    }

    #[test]
    fn only_an_active_user_has_a_password() {
        assert_needs_an_active_account(&rehash());
    }
}
