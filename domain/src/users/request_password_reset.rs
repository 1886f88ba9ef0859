//! Asking for the mail by which a forgotten password is set anew.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NotActive, User, UserEvent, events::PasswordResetRequested};
use crate::Command;

/// Takes the place of an earlier request.
#[derive(Clone, Debug)]
pub struct RequestPasswordReset {
    pub request_id: Uuid,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

impl Command for RequestPasswordReset {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.active()?;
        let Self { request_id, expires_at, at } = self;
        Ok(vec![UserEvent::PasswordResetRequested(PasswordResetRequested { request_id, expires_at, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn request() -> RequestPasswordReset {
        RequestPasswordReset { request_id: id(1), expires_at: at(60), at: at(1) }
    }

    /// Expires an hour after the beginning.
    pub(in crate::users) fn reset_requested(request: u128) -> UserEvent {
        UserEvent::PasswordResetRequested(PasswordResetRequested {
            request_id: id(request),
            expires_at: at(60),
            at: at(1),
        })
    }

    #[test]
    fn a_reset_can_be_asked_for_again_and_again() {
        given([ada_registered()]).when(request()).then([reset_requested(1)]);
        given([ada_registered(), reset_requested(7)]).when(request()).then([reset_requested(1)]);
    }

    #[test]
    fn only_an_active_user_has_a_password_to_reset() {
        assert_needs_an_active_account(&request());
    }
}
