//! Asking for the mail by which an address is verified.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NotActive, User, UserEvent, events::VerificationRequested};
use crate::Command;

/// Takes the place of an earlier request.
#[derive(Clone, Debug)]
pub struct RequestVerification {
    pub request_id: Uuid,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestVerificationRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    #[error("the address is verified already")]
    AlreadyVerified,
}

impl Command for RequestVerification {
    type Aggregate = User;
    type Refusal = RequestVerificationRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RequestVerificationRefused> {
        if user.active()?.email_verified {
            return Err(RequestVerificationRefused::AlreadyVerified);
        }
        let Self { request_id, expires_at, at } = self;
        Ok(vec![UserEvent::VerificationRequested(VerificationRequested { request_id, expires_at, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{events::EmailVerified, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn request() -> RequestVerification {
        RequestVerification { request_id: id(1), expires_at: at(60), at: at(1) }
    }

    /// Expires an hour after the beginning.
    pub(in crate::users) fn verification_requested(request: u128) -> UserEvent {
        UserEvent::VerificationRequested(VerificationRequested {
            request_id: id(request),
            expires_at: at(60),
            at: at(1),
        })
    }

    #[test]
    fn verification_can_be_asked_for_again_and_again() {
        given([ada_registered()]).when(request()).then([verification_requested(1)]);
        given([ada_registered(), verification_requested(7)]).when(request()).then([verification_requested(1)]);
    }

    #[test]
    fn a_verified_address_is_not_verified_again() {
        let verified = UserEvent::EmailVerified(EmailVerified { request_id: id(7), at: at(2) });
        given([ada_registered(), verified]).when(request()).then_refused(RequestVerificationRefused::AlreadyVerified);
    }

    #[test]
    fn only_an_active_user_is_verified() {
        assert_needs_an_active_account(&request());
    }
}
