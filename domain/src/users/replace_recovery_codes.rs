//! Making new recovery codes in the place of all earlier ones, which ends all sessions.

use chrono::{DateTime, Utc};

use super::{
    NotActive, User, UserEvent,
    events::{RecoveryCodesReplaced, SignedOutEverywhere},
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct ReplaceRecoveryCodes {
    /// Keyed hashes.
    pub recovery_codes: Vec<String>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceRecoveryCodesRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    #[error("no second factor is on")]
    NotOn,
}

impl Command for ReplaceRecoveryCodes {
    type Aggregate = User;
    type Refusal = ReplaceRecoveryCodesRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, ReplaceRecoveryCodesRefused> {
        if !user.active()?.totp.is_on() {
            return Err(ReplaceRecoveryCodesRefused::NotOn);
        }
        let Self { recovery_codes, at } = self;
        Ok(vec![
            UserEvent::RecoveryCodesReplaced(RecoveryCodesReplaced { recovery_codes, at }),
            UserEvent::SignedOutEverywhere(SignedOutEverywhere { at }),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            UseRecoveryCode, confirm_totp::tests::totp_confirmed, enrol_totp::tests::totp_enrolled, fixtures::*,
            use_recovery_code::UseRecoveryCodeRefused,
        },
        *,
    };
    use crate::testing::given;

    fn replace() -> ReplaceRecoveryCodes {
        ReplaceRecoveryCodes { recovery_codes: vec!["code3".to_owned()], at: at(3) }
    }

    #[test]
    fn new_codes_take_the_place_of_the_old_ones() {
        let replaced = || {
            let recovery_codes = vec!["code3".to_owned()];
            UserEvent::RecoveryCodesReplaced(RecoveryCodesReplaced { recovery_codes, at: at(3) })
        };
        let all_out = UserEvent::SignedOutEverywhere(SignedOutEverywhere { at: at(3) });
        given([ada_registered(), totp_enrolled(), totp_confirmed()]).when(replace()).then([replaced(), all_out]);
        given([ada_registered(), totp_enrolled(), totp_confirmed(), replaced()])
            .when(UseRecoveryCode { code: "code1".to_owned(), at: at(4) })
            .then_refused(UseRecoveryCodeRefused::NoSuchCode);
    }

    #[test]
    fn without_a_second_factor_there_are_no_recovery_codes() {
        given([ada_registered()]).when(replace()).then_refused(ReplaceRecoveryCodesRefused::NotOn);
        given([ada_registered(), totp_enrolled()]).when(replace()).then_refused(ReplaceRecoveryCodesRefused::NotOn);
    }

    #[test]
    fn only_an_active_user_has_recovery_codes() {
        assert_needs_an_active_account(&replace());
    }
}
