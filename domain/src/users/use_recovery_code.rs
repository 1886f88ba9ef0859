//! Signing in with a recovery code in the place of the second factor: each counts once.

use chrono::{DateTime, Utc};

use super::{NotActive, Totp, User, UserEvent, events::RecoveryCodeUsed};
use crate::Command;

#[derive(Clone, Debug)]
pub struct UseRecoveryCode {
    /// Its keyed hash.
    pub code: String,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UseRecoveryCodeRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// Wrong, used, or replaced.
    #[error("no such recovery code")]
    NoSuchCode,
}

impl Command for UseRecoveryCode {
    type Aggregate = User;
    type Refusal = UseRecoveryCodeRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, UseRecoveryCodeRefused> {
        match &user.active()?.totp {
            Totp::On { recovery_codes, .. } if recovery_codes.contains(&self.code) => {
                Ok(vec![UserEvent::RecoveryCodeUsed(RecoveryCodeUsed { code: self.code, at: self.at })])
            }
            Totp::On { .. } | Totp::Off | Totp::Enrolled { .. } => Err(UseRecoveryCodeRefused::NoSuchCode),
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

    fn use_code(code: &str) -> UseRecoveryCode {
        UseRecoveryCode { code: code.to_owned(), at: at(3) }
    }

    fn used(code: &str) -> UserEvent {
        UserEvent::RecoveryCodeUsed(RecoveryCodeUsed { code: code.to_owned(), at: at(3) })
    }

    #[test]
    fn each_code_counts_once() {
        given([ada_registered(), totp_enrolled(), totp_confirmed()]).when(use_code("code1")).then([used("code1")]);
        given([ada_registered(), totp_enrolled(), totp_confirmed(), used("code1")])
            .when(use_code("code1"))
            .then_refused(UseRecoveryCodeRefused::NoSuchCode);
        given([ada_registered(), totp_enrolled(), totp_confirmed(), used("code1")])
            .when(use_code("code2"))
            .then([used("code2")]);
    }

    #[test]
    fn a_wrong_code_and_one_without_a_second_factor_are_refused_alike() {
        given([ada_registered(), totp_enrolled(), totp_confirmed()])
            .when(use_code("code3"))
            .then_refused(UseRecoveryCodeRefused::NoSuchCode);
        given([ada_registered()]).when(use_code("code1")).then_refused(UseRecoveryCodeRefused::NoSuchCode);
    }

    #[test]
    fn only_an_active_user_has_recovery_codes() {
        assert_needs_an_active_account(&use_code("code1"));
    }
}
