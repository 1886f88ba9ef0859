//! Setting a forgotten password anew with the token that was mailed to the address.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Request, RequestRefused, User, UserEvent,
    events::{ChangedBy, PasswordChanged},
};
use crate::{Command, Sealed};

#[derive(Clone, Debug)]
pub struct ResetPassword {
    pub request_id: Uuid,
    pub password_hash: Sealed,
    pub at: DateTime<Utc>,
}

impl Command for ResetPassword {
    type Aggregate = User;
    type Refusal = RequestRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RequestRefused> {
        let pending = user.active()?.requests.password_reset.as_ref();
        Request::confirm(pending, self.request_id, self.at)?;
        let changed = PasswordChanged { password_hash: self.password_hash, by: ChangedBy::Reset, at: self.at };
        Ok(vec![UserEvent::PasswordChanged(changed)])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            change_password::tests::password_changed, fixtures::*, request_password_reset::tests::reset_requested,
            sign_out_everywhere::tests::signed_out_everywhere,
        },
        *,
    };
    use crate::testing::given;

    fn reset(request: u128, minutes: i64) -> ResetPassword {
        ResetPassword { request_id: id(request), password_hash: sealed("new"), at: at(minutes) }
    }

    #[test]
    fn a_pending_request_sets_the_password_once() {
        let changed = || {
            UserEvent::PasswordChanged(PasswordChanged {
                password_hash: sealed("new"),
                by: ChangedBy::Reset,
                at: at(59),
            })
        };
        given([ada_registered(), reset_requested(1)]).when(reset(1, 59)).then([changed()]);
        given([ada_registered(), reset_requested(1), changed()])
            .when(reset(1, 59))
            .then_refused(RequestRefused::NoSuchRequest);
    }

    #[test]
    fn only_the_last_request_counts_and_only_in_time() {
        given([ada_registered()]).when(reset(1, 2)).then_refused(RequestRefused::NoSuchRequest);
        given([ada_registered(), reset_requested(1), reset_requested(2)])
            .when(reset(1, 2))
            .then_refused(RequestRefused::NoSuchRequest);
        given([ada_registered(), reset_requested(1)]).when(reset(1, 60)).then_refused(RequestRefused::Expired);
    }

    #[test]
    fn a_request_is_void_in_a_new_generation() {
        for raise in [password_changed(), signed_out_everywhere()] {
            given([ada_registered(), reset_requested(1), raise])
                .when(reset(1, 2))
                .then_refused(RequestRefused::NoSuchRequest);
        }
    }

    #[test]
    fn only_an_active_user_has_a_password_to_reset() {
        assert_needs_an_active_account(&reset(1, 2));
    }
}
