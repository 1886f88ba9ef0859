//! Ending all sessions of a user.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::SignedOutEverywhere};
use crate::Command;

#[derive(Clone, Debug)]
pub struct SignOutEverywhere {
    pub at: DateTime<Utc>,
}

impl Command for SignOutEverywhere {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.active()?;
        Ok(vec![UserEvent::SignedOutEverywhere(SignedOutEverywhere { at: self.at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    pub(in crate::users) fn signed_out_everywhere() -> UserEvent {
        UserEvent::SignedOutEverywhere(SignedOutEverywhere { at: at(1) })
    }

    #[test]
    fn all_sessions_are_ended_each_time_it_is_asked() {
        given([ada_registered()]).when(SignOutEverywhere { at: at(1) }).then([signed_out_everywhere()]);
        let twice = [ada_registered(), signed_out_everywhere(), signed_out_everywhere()];
        let user = twice.iter().fold(User::default(), |user, event| user.apply(event));
        let account = user.active().unwrap();
        assert_eq!((account.generation, account.sessions_generation), (2, 2));
    }

    #[test]
    fn only_an_active_user_has_sessions() {
        assert_needs_an_active_account(&SignOutEverywhere { at: at(1) });
    }
}
