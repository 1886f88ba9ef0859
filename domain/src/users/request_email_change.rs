//! Asking for another address: it is mailed a token, and the user's once that comes back.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NotActive, User, UserEvent, events::EmailChangeRequested, requests::MAX_UNDOS};
use crate::{Command, Sealed};

/// Takes the place of an earlier request. That the new address is free is claimed when it is confirmed.
#[derive(Clone, Debug)]
pub struct RequestEmailChange {
    pub request_id: Uuid,
    /// The new address, sealed like the present one.
    pub email: Sealed,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestEmailChangeRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// The way back to each of the last addresses has to stay open for its time.
    #[error("the address was changed too often lately")]
    TooMany,
}

impl Command for RequestEmailChange {
    type Aggregate = User;
    type Refusal = RequestEmailChangeRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RequestEmailChangeRefused> {
        if user.active()?.requests.count_undos(self.at) >= MAX_UNDOS {
            return Err(RequestEmailChangeRefused::TooMany);
        }
        let Self { request_id, email, expires_at, at } = self;
        Ok(vec![UserEvent::EmailChangeRequested(EmailChangeRequested { request_id, email, expires_at, at })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{confirm_email_change::tests::email_changed, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn request(minutes: i64) -> RequestEmailChange {
        RequestEmailChange { request_id: id(1), email: sealed("new"), expires_at: at(60), at: at(minutes) }
    }

    /// To the address `new`; expires an hour after the beginning.
    pub(in crate::users) fn change_requested(request: u128) -> UserEvent {
        requested(request, 1)
    }

    fn requested(request: u128, minutes: i64) -> UserEvent {
        UserEvent::EmailChangeRequested(EmailChangeRequested {
            request_id: id(request),
            email: sealed("new"),
            expires_at: at(60),
            at: at(minutes),
        })
    }

    #[test]
    fn another_address_can_be_asked_for_again_and_again() {
        given([ada_registered()]).when(request(1)).then([change_requested(1)]);
        given([ada_registered(), change_requested(7)]).when(request(1)).then([change_requested(1)]);
    }

    #[test]
    fn there_are_no_more_changes_than_ways_back() {
        let changes = |count| (0..count).map(|number| email_changed(&format!("to{number}"), 10 + number));
        let changed = |count| std::iter::once(ada_registered()).chain(changes(count));
        given(changed(4)).when(request(1)).then([requested(1, 1)]);
        given(changed(5)).when(request(1)).then_refused(RequestEmailChangeRefused::TooMany);
        given(changed(5)).when(request(1000)).then([requested(1, 1000)]);
    }

    #[test]
    fn only_an_active_user_has_an_address_to_change() {
        assert_needs_an_active_account(&request(1));
    }
}
