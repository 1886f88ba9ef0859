//! Suspending an account: nothing can be done by it until it is reactivated.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::Suspended};
use crate::Command;

/// Does not know who asks: that administrators do not lock themselves out is seen to before.
#[derive(Clone, Debug)]
pub struct SuspendUser {
    pub at: DateTime<Utc>,
}

impl Command for SuspendUser {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        match user {
            User::Active(_) => Ok(vec![UserEvent::Suspended(Suspended { at: self.at })]),
            User::Suspended(_) => Ok(vec![]),
            User::Unknown => Err(NotActive::UnknownUser),
            User::Erased => Err(NotActive::Erased),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    #[test]
    fn an_account_is_suspended_once() {
        given([ada_registered()]).when(SuspendUser { at: at(0) }).then([suspended()]);
        given([ada_registered(), suspended()]).when(SuspendUser { at: at(1) }).then([]);
    }

    #[test]
    fn a_suspended_account_has_no_session_left() {
        let user = User::default().apply(&ada_registered()).apply(&suspended());
        let account = user.account().unwrap();
        assert_eq!((account.generation, account.sessions_generation), (1, 1));
    }

    #[test]
    fn without_an_account_there_is_nothing_to_suspend() {
        given([]).when(SuspendUser { at: at(1) }).then_refused(NotActive::UnknownUser);
        given([ada_registered(), erased()]).when(SuspendUser { at: at(1) }).then_refused(NotActive::Erased);
    }
}
