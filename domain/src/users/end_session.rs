//! Ending one session; access tokens of it are refused from then on.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    NotActive, User, UserEvent,
    events::{EndReason, SessionEnded},
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct EndSession {
    pub session_id: Uuid,
    pub reason: EndReason,
    pub at: DateTime<Utc>,
}

impl Command for EndSession {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        let ended = &user.active()?.ended_sessions;
        if ended.iter().any(|session| session.session_id == self.session_id) {
            return Ok(vec![]);
        }
        let Self { session_id, reason, at } = self;
        Ok(vec![UserEvent::SessionEnded(SessionEnded { session_id, reason, at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{fixtures::*, sign_out_everywhere::tests::signed_out_everywhere},
        *,
    };
    use crate::{Aggregate, testing::given};

    fn end(session: u128) -> EndSession {
        EndSession { session_id: id(session), reason: EndReason::SignedOut, at: at(1) }
    }

    fn ended(session: u128, minutes: i64) -> UserEvent {
        let (session_id, reason) = (id(session), EndReason::SignedOut);
        UserEvent::SessionEnded(SessionEnded { session_id, reason, at: at(minutes) })
    }

    fn remembered(events: impl IntoIterator<Item = UserEvent>) -> Vec<u128> {
        let user = events.into_iter().fold(User::default().apply(&ada_registered()), |user, event| user.apply(&event));
        user.active().unwrap().ended_sessions.iter().map(|session| session.session_id.as_u128()).collect()
    }

    #[test]
    fn a_session_is_ended_once() {
        given([ada_registered()]).when(end(1)).then([ended(1, 1)]);
        given([ada_registered(), ended(1, 1)]).when(end(1)).then([]);
    }

    #[test]
    fn an_ended_session_is_remembered_as_long_as_its_access_tokens_last() {
        assert_eq!(remembered([ended(1, 1), ended(2, 20)]), [1, 2]);
        assert_eq!(remembered([ended(1, 1), ended(2, 21)]), [2]);
    }

    #[test]
    fn the_last_thousand_are_remembered_and_none_once_all_are_over() {
        let many = || (0..1002).map(|session| ended(session, 1));
        assert_eq!(remembered(many()), (2..1002).collect::<Vec<_>>());
        assert_eq!(remembered(many().chain([signed_out_everywhere()])), []);
    }

    #[test]
    fn only_an_active_user_has_sessions() {
        assert_needs_an_active_account(&end(1));
    }
}
