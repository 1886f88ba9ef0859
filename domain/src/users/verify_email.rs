//! Verifying an address with the token that was mailed to it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Request, RequestRefused, User, UserEvent, events::EmailVerified};
use crate::Command;

#[derive(Clone, Debug)]
pub struct VerifyEmail {
    pub request_id: Uuid,
    pub at: DateTime<Utc>,
}

impl Command for VerifyEmail {
    type Aggregate = User;
    type Refusal = RequestRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RequestRefused> {
        let account = user.active()?;
        // People follow a link twice, and so do programs that look into their mail before them.
        if account.verified_by == Some(self.request_id) {
            return Ok(vec![]);
        }
        Request::confirm(account.requests.verification.as_ref(), self.request_id, self.at)?;
        Ok(vec![UserEvent::EmailVerified(EmailVerified { request_id: self.request_id, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{fixtures::*, request_verification::tests::verification_requested},
        *,
    };
    use crate::testing::given;

    fn verify(request: u128, minutes: i64) -> VerifyEmail {
        VerifyEmail { request_id: id(request), at: at(minutes) }
    }

    fn verified(request: u128) -> UserEvent {
        UserEvent::EmailVerified(EmailVerified { request_id: id(request), at: at(59) })
    }

    #[test]
    fn a_pending_request_verifies_the_address_once() {
        given([ada_registered(), verification_requested(1)]).when(verify(1, 59)).then([verified(1)]);
        given([ada_registered(), verification_requested(1), verified(1)]).when(verify(1, 99)).then([]);
    }

    #[test]
    fn only_the_last_request_counts_and_only_in_time() {
        given([ada_registered()]).when(verify(1, 2)).then_refused(RequestRefused::NoSuchRequest);
        given([ada_registered(), verification_requested(1), verification_requested(2)])
            .when(verify(1, 2))
            .then_refused(RequestRefused::NoSuchRequest);
        given([ada_registered(), verification_requested(1)]).when(verify(1, 60)).then_refused(RequestRefused::Expired);
    }

    #[test]
    fn only_an_active_user_is_verified() {
        assert_needs_an_active_account(&verify(1, 2));
    }
}
