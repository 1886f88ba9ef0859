//! Changing the address to one that was shown to be the user's, with the token that was mailed to it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Request, RequestRefused, User, UserEvent, events::EmailChanged};
use crate::Command;

/// That the new address is free is claimed in the append's transaction, not decided here.
#[derive(Clone, Debug)]
pub struct ConfirmEmailChange {
    pub request_id: Uuid,
    /// Of the way back that the old address is mailed.
    pub undo_request_id: Uuid,
    pub undo_expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

impl Command for ConfirmEmailChange {
    type Aggregate = User;
    type Refusal = RequestRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RequestRefused> {
        let change = user.active()?.requests.email_change.as_ref();
        let change = change.ok_or(RequestRefused::NoSuchRequest)?;
        Request::confirm(Some(&change.request), self.request_id, self.at)?;
        Ok(vec![UserEvent::EmailChanged(EmailChanged {
            email: change.email.clone(),
            undo_request_id: self.undo_request_id,
            undo_expires_at: self.undo_expires_at,
            at: self.at,
        })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{
            fixtures::*, request_email_change::tests::change_requested, request_password_reset::tests::reset_requested,
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    fn confirm(request: u128, minutes: i64) -> ConfirmEmailChange {
        ConfirmEmailChange {
            request_id: id(request),
            undo_request_id: id(9),
            undo_expires_at: at(1000),
            at: at(minutes),
        }
    }

    /// The way back expires at 1000 minutes.
    pub(in crate::users) fn email_changed(email: &str, undo: u128) -> UserEvent {
        UserEvent::EmailChanged(EmailChanged {
            email: sealed(email),
            undo_request_id: id(undo),
            undo_expires_at: at(1000),
            at: at(59),
        })
    }

    #[test]
    fn a_pending_request_changes_the_address_once() {
        given([ada_registered(), change_requested(1)]).when(confirm(1, 59)).then([email_changed("new", 9)]);
        given([ada_registered(), change_requested(1), email_changed("new", 9)])
            .when(confirm(1, 59))
            .then_refused(RequestRefused::NoSuchRequest);
    }

    #[test]
    fn only_the_last_request_counts_and_only_in_time() {
        given([ada_registered()]).when(confirm(1, 2)).then_refused(RequestRefused::NoSuchRequest);
        given([ada_registered(), change_requested(1), change_requested(2)])
            .when(confirm(1, 2))
            .then_refused(RequestRefused::NoSuchRequest);
        given([ada_registered(), change_requested(1)]).when(confirm(1, 60)).then_refused(RequestRefused::Expired);
    }

    #[test]
    fn the_new_address_is_verified_and_the_old_ones_tokens_are_void() {
        let events = [ada_registered(), reset_requested(3), change_requested(1), email_changed("new", 9)];
        let user = events.iter().fold(User::default(), |user, event| user.apply(event));
        let account = user.active().unwrap();
        assert_eq!((&account.email, account.email_verified), (&sealed("new"), true));
        assert_eq!((&account.requests.password_reset, &account.requests.email_change), (&None, &None));
        assert_eq!(account.requests.email_undo(id(9)).unwrap().email, sealed("ada"));
        assert_eq!(account.generation, 0, "whoever changed it goes on");
    }

    #[test]
    fn only_an_active_user_has_an_address_to_change() {
        assert_needs_an_active_account(&confirm(1, 2));
    }
}
