//! Switching the second factor off, which ends all sessions, or dropping one that was begun.

use chrono::{DateTime, Utc};

use super::{
    NotActive, Totp, User, UserEvent,
    events::{SignedOutEverywhere, TotpDisabled},
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct DisableTotp {
    pub at: DateTime<Utc>,
}

impl Command for DisableTotp {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        let Self { at } = self;
        let (disabled, all_out) = (TotpDisabled { at }, SignedOutEverywhere { at });
        match user.active()?.totp {
            Totp::Off => Ok(vec![]),
            Totp::Enrolled { .. } => Ok(vec![UserEvent::TotpDisabled(disabled)]),
            Totp::On { .. } => Ok(vec![UserEvent::TotpDisabled(disabled), UserEvent::SignedOutEverywhere(all_out)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{confirm_totp::tests::totp_confirmed, enrol_totp::tests::totp_enrolled, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn disabled() -> UserEvent {
        UserEvent::TotpDisabled(TotpDisabled { at: at(3) })
    }

    #[test]
    fn a_second_factor_is_switched_off_once() {
        let disable = || DisableTotp { at: at(3) };
        given([ada_registered(), totp_enrolled()]).when(disable()).then([disabled()]);
        let all_out = UserEvent::SignedOutEverywhere(SignedOutEverywhere { at: at(3) });
        given([ada_registered(), totp_enrolled(), totp_confirmed()]).when(disable()).then([disabled(), all_out]);
        given([ada_registered(), totp_enrolled(), totp_confirmed(), disabled()]).when(disable()).then([]);
        given([ada_registered()]).when(disable()).then([]);
    }

    #[test]
    fn only_an_active_user_has_a_second_factor() {
        assert_needs_an_active_account(&DisableTotp { at: at(3) });
    }
}
