//! Going back to an earlier address with the token that was mailed to it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Request, RequestRefused, User, UserEvent, events::EmailChangeUndone};
use crate::Command;

#[derive(Clone, Debug)]
pub struct UndoEmailChange {
    pub request_id: Uuid,
    pub at: DateTime<Utc>,
}

impl Command for UndoEmailChange {
    type Aggregate = User;
    type Refusal = RequestRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RequestRefused> {
        let undo = user.active()?.requests.email_undo(self.request_id);
        let undo = undo.ok_or(RequestRefused::NoSuchRequest)?;
        Request::confirm(Some(&undo.request), self.request_id, self.at)?;
        let (request_id, email) = (self.request_id, undo.email.clone());
        Ok(vec![UserEvent::EmailChangeUndone(EmailChangeUndone { request_id, email, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            change_password::tests::password_changed, confirm_email_change::tests::email_changed, fixtures::*,
            sign_out_everywhere::tests::signed_out_everywhere,
        },
        *,
    };
    use crate::{Aggregate, testing::given};

    fn undo(request: u128, minutes: i64) -> UndoEmailChange {
        UndoEmailChange { request_id: id(request), at: at(minutes) }
    }

    fn undone(request: u128, email: &str) -> UserEvent {
        UserEvent::EmailChangeUndone(EmailChangeUndone { request_id: id(request), email: sealed(email), at: at(99) })
    }

    #[test]
    fn a_change_is_undone_once_and_in_time() {
        let changed = || [ada_registered(), email_changed("new", 1)];
        given(changed()).when(undo(1, 99)).then([undone(1, "ada")]);
        given(changed().into_iter().chain([undone(1, "ada")]))
            .when(undo(1, 99))
            .then_refused(RequestRefused::NoSuchRequest);
        given(changed()).when(undo(1, 1000)).then_refused(RequestRefused::Expired);
        given(changed()).when(undo(2, 99)).then_refused(RequestRefused::NoSuchRequest);
    }

    #[test]
    fn a_thief_cannot_close_the_way_back() {
        for raise in [password_changed(), signed_out_everywhere()] {
            given([ada_registered(), email_changed("thief", 1), raise, email_changed("other", 2)])
                .when(undo(1, 99))
                .then([undone(1, "ada")]);
        }
    }

    #[test]
    fn going_back_closes_the_ways_that_came_later_and_ends_all_sessions() {
        let events = [ada_registered(), email_changed("old", 1), email_changed("thief", 2), email_changed("other", 3)];
        let user = events.iter().fold(User::default(), |user, event| user.apply(event)).apply(&undone(2, "old"));
        let account = user.active().unwrap();
        assert_eq!((&account.email, account.email_verified), (&sealed("old"), true));
        assert_eq!((account.generation, account.sessions_generation), (1, 1));
        assert!(account.requests.email_undo(id(3)).is_none() && account.requests.email_undo(id(2)).is_none());
        assert_eq!(account.requests.email_undo(id(1)).unwrap().email, sealed("ada"));
    }

    #[test]
    fn only_an_active_user_has_an_address_to_go_back_to() {
        assert_needs_an_active_account(&undo(1, 99));
    }
}
