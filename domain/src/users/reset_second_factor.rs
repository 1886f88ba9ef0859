//! Taking the second factor off an account whose owner has lost it and all recovery codes: an operator's doing, who has
//! made sure who is asking.

use chrono::{DateTime, Utc};

use super::{NotActive, Totp, User, UserEvent, events::SecondFactorReset};
use crate::Command;

/// Ends all sessions, too: who has lost a telephone may have lost more with it.
#[derive(Clone, Debug)]
pub struct ResetSecondFactor {
    pub at: DateTime<Utc>,
}

impl Command for ResetSecondFactor {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        match user.active()?.totp {
            Totp::Off => Ok(vec![]),
            Totp::Enrolled { .. } | Totp::On { .. } => {
                Ok(vec![UserEvent::SecondFactorReset(SecondFactorReset { at: self.at })])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{confirm_totp::tests::totp_confirmed, enrol_totp::tests::totp_enrolled, fixtures::*},
        *,
    };
    use crate::{Aggregate, testing::given};

    fn reset() -> UserEvent {
        UserEvent::SecondFactorReset(SecondFactorReset { at: at(3) })
    }

    #[test]
    fn a_second_factor_is_taken_off_once() {
        let command = || ResetSecondFactor { at: at(3) };
        given([ada_registered(), totp_enrolled()]).when(command()).then([reset()]);
        given([ada_registered(), totp_enrolled(), totp_confirmed()]).when(command()).then([reset()]);
        given([ada_registered(), totp_enrolled(), totp_confirmed(), reset()]).when(command()).then([]);
        given([ada_registered()]).when(command()).then([]);
    }

    #[test]
    fn with_it_all_sessions_are_over() {
        let before = [ada_registered(), totp_enrolled(), totp_confirmed()];
        let user = before.iter().chain([&reset()]).fold(User::default(), Aggregate::apply);
        let account = user.account().unwrap();
        assert_eq!((account.totp.is_on(), account.generation, account.sessions_generation), (false, 1, 1));
    }

    #[test]
    fn only_an_active_user_has_a_second_factor() {
        assert_needs_an_active_account(&ResetSecondFactor { at: at(3) });
    }
}
