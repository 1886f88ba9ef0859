//! Giving a suspended account back to its user.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::Reactivated};
use crate::Command;

#[derive(Clone, Debug)]
pub struct ReactivateUser {
    pub at: DateTime<Utc>,
}

impl Command for ReactivateUser {
    type Aggregate = User;
    /// Never for being suspended.
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        match user {
            User::Suspended(_) => Ok(vec![UserEvent::Reactivated(Reactivated { at: self.at })]),
            User::Active(_) => Ok(vec![]),
            User::Unknown => Err(NotActive::UnknownUser),
            User::Erased => Err(NotActive::Erased),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    fn reactivated() -> UserEvent {
        UserEvent::Reactivated(Reactivated { at: at(1) })
    }

    #[test]
    fn a_suspended_account_is_reactivated_once() {
        let reactivate = || ReactivateUser { at: at(1) };
        given([ada_registered(), suspended()]).when(reactivate()).then([reactivated()]);
        given([ada_registered(), suspended(), reactivated()]).when(reactivate()).then([]);
        given([ada_registered()]).when(reactivate()).then([]);
    }

    #[test]
    fn tokens_from_before_a_suspension_stay_refused() {
        let user = User::default().apply(&ada_registered()).apply(&suspended()).apply(&reactivated());
        assert_eq!(user.active().unwrap().generation, 1);
    }

    #[test]
    fn without_an_account_there_is_nothing_to_reactivate() {
        given([]).when(ReactivateUser { at: at(1) }).then_refused(NotActive::UnknownUser);
        given([ada_registered(), erased()]).when(ReactivateUser { at: at(1) }).then_refused(NotActive::Erased);
    }
}
