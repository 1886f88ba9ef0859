//! Switching a second factor on, which ends all sessions. That a code of the secret was right is found out before.

use chrono::{DateTime, Utc};

use super::{
    NotActive, Totp, User, UserEvent,
    events::{SignedOutEverywhere, TotpConfirmed},
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct ConfirmTotp {
    /// Keyed hashes.
    pub recovery_codes: Vec<String>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmTotpRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    #[error("no second factor was begun")]
    NotEnrolled,
    #[error("a second factor is on already")]
    AlreadyOn,
}

impl Command for ConfirmTotp {
    type Aggregate = User;
    type Refusal = ConfirmTotpRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, ConfirmTotpRefused> {
        match user.active()?.totp {
            Totp::Off => Err(ConfirmTotpRefused::NotEnrolled),
            Totp::Enrolled { .. } => {
                let Self { recovery_codes, at } = self;
                Ok(vec![
                    UserEvent::TotpConfirmed(TotpConfirmed { recovery_codes, at }),
                    UserEvent::SignedOutEverywhere(SignedOutEverywhere { at }),
                ])
            }
            Totp::On { .. } => Err(ConfirmTotpRefused::AlreadyOn),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{enrol_totp::tests::totp_enrolled, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn codes() -> Vec<String> {
        vec!["code1".to_owned(), "code2".to_owned()]
    }

    fn confirm() -> ConfirmTotp {
        ConfirmTotp { recovery_codes: codes(), at: at(2) }
    }

    /// With the recovery codes `code1` and `code2`.
    pub(in crate::users) fn totp_confirmed() -> UserEvent {
        UserEvent::TotpConfirmed(TotpConfirmed { recovery_codes: codes(), at: at(2) })
    }

    #[test]
    fn a_second_factor_that_was_begun_is_switched_on_once() {
        let all_out = UserEvent::SignedOutEverywhere(SignedOutEverywhere { at: at(2) });
        given([ada_registered(), totp_enrolled()]).when(confirm()).then([totp_confirmed(), all_out]);
        given([ada_registered(), totp_enrolled(), totp_confirmed()])
            .when(confirm())
            .then_refused(ConfirmTotpRefused::AlreadyOn);
    }

    #[test]
    fn without_a_secret_there_is_nothing_to_switch_on() {
        given([ada_registered()]).when(confirm()).then_refused(ConfirmTotpRefused::NotEnrolled);
    }

    #[test]
    fn only_an_active_user_gets_a_second_factor() {
        assert_needs_an_active_account(&confirm());
    }
}
