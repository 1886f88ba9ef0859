//! Beginning with a second factor: a secret was made and is shown.

use chrono::{DateTime, Utc};

use super::{NotActive, Totp, User, UserEvent, events::TotpEnrolled};
use crate::{Command, Sealed};

/// Takes the place of a secret that was not confirmed.
#[derive(Clone, Debug)]
pub struct EnrolTotp {
    pub secret: Sealed,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolTotpRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    #[error("a second factor is on already")]
    AlreadyOn,
}

impl Command for EnrolTotp {
    type Aggregate = User;
    type Refusal = EnrolTotpRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, EnrolTotpRefused> {
        match user.active()?.totp {
            Totp::Off | Totp::Enrolled { .. } => {
                Ok(vec![UserEvent::TotpEnrolled(TotpEnrolled { secret: self.secret, at: self.at })])
            }
            Totp::On { .. } => Err(EnrolTotpRefused::AlreadyOn),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{confirm_totp::tests::totp_confirmed, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn enrol() -> EnrolTotp {
        EnrolTotp { secret: sealed("secret"), at: at(1) }
    }

    pub(in crate::users) fn totp_enrolled() -> UserEvent {
        UserEvent::TotpEnrolled(TotpEnrolled { secret: sealed("secret"), at: at(1) })
    }

    #[test]
    fn a_second_factor_is_begun_until_one_is_on() {
        given([ada_registered()]).when(enrol()).then([totp_enrolled()]);
        given([ada_registered(), totp_enrolled()]).when(enrol()).then([totp_enrolled()]);
        given([ada_registered(), totp_enrolled(), totp_confirmed()])
            .when(enrol())
            .then_refused(EnrolTotpRefused::AlreadyOn);
    }

    #[test]
    fn only_an_active_user_gets_a_second_factor() {
        assert_needs_an_active_account(&enrol());
    }
}
