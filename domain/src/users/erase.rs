//! Erasing a user: the last step, when the person's key is destroyed.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::Erased};
use crate::Command;

/// Does not know who asks: that administrators do not lock themselves out is seen to before.
#[derive(Clone, Debug)]
pub struct EraseUser {
    pub at: DateTime<Utc>,
}

impl Command for EraseUser {
    type Aggregate = User;
    /// Only for there never having been an account: each step of an erasure can be repeated.
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        match user {
            User::Active(_) | User::Suspended(_) => Ok(vec![UserEvent::Erased(Erased { at: self.at })]),
            User::Erased => Ok(vec![]),
            User::Unknown => Err(NotActive::UnknownUser),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    #[test]
    fn active_and_suspended_users_are_erased_once() {
        given([ada_registered()]).when(EraseUser { at: at(0) }).then([erased()]);
        given([ada_registered(), suspended()]).when(EraseUser { at: at(0) }).then([erased()]);
        given([ada_registered(), erased()]).when(EraseUser { at: at(1) }).then([]);
    }

    #[test]
    fn nothing_is_left_and_nothing_comes_after() {
        let user = User::default().apply(&ada_registered()).apply(&erased());
        assert_eq!(user, User::Erased);
        assert_eq!(user.apply(&ada_registered()), User::Erased);
    }

    #[test]
    fn who_never_was_cannot_be_erased() {
        given([]).when(EraseUser { at: at(1) }).then_refused(NotActive::UnknownUser);
    }
}
