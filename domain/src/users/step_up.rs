//! Proving again who one is, in a session that goes on with other tokens. That the proof was right is found out before.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    NotActive, User, UserEvent,
    events::{SignInMethod, SteppedUp},
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct StepUp {
    pub session_id: Uuid,
    /// How many refresh tokens the session had before the one that it has from now on.
    pub rotation: u32,
    pub method: SignInMethod,
    pub at: DateTime<Utc>,
}

impl Command for StepUp {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.active()?;
        let Self { session_id, rotation, method, at } = self;
        Ok(vec![UserEvent::SteppedUp(SteppedUp { session_id, rotation, method, at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{RenewedSession, fixtures::*, sign_out_everywhere::tests::signed_out_everywhere},
        *,
    };
    use crate::{Aggregate, testing::given};

    fn stepped_up(session: u128, rotation: u32, minutes: i64) -> UserEvent {
        let (session_id, method) = (id(session), SignInMethod::Totp);
        UserEvent::SteppedUp(SteppedUp { session_id, rotation, method, at: at(minutes) })
    }

    fn remembered(events: impl IntoIterator<Item = UserEvent>) -> Vec<(u128, u32)> {
        let user = events.into_iter().fold(User::default().apply(&ada_registered()), |user, event| user.apply(&event));
        let renewed = &user.active().unwrap().renewed_sessions;
        renewed.iter().map(|RenewedSession { session_id, rotation, .. }| (session_id.as_u128(), *rotation)).collect()
    }

    #[test]
    fn a_step_up_is_recorded() {
        let step_up = StepUp { session_id: id(1), rotation: 1, method: SignInMethod::Totp, at: at(1) };
        given([ada_registered()]).when(step_up.clone()).then([stepped_up(1, 1, 1)]);
        assert_needs_an_active_account(&step_up);
    }

    #[test]
    fn each_session_is_remembered_with_its_last_renewal_as_long_as_access_tokens_last() {
        assert_eq!(remembered([stepped_up(1, 1, 1), stepped_up(2, 1, 2), stepped_up(1, 2, 3)]), [(2, 1), (1, 2)]);
        assert_eq!(remembered([stepped_up(1, 1, 1), stepped_up(2, 1, 21)]), [(2, 1)]);
    }

    #[test]
    fn of_two_at_once_the_later_renewal_counts_whichever_was_written_last() {
        assert_eq!(remembered([stepped_up(1, 2, 1), stepped_up(1, 1, 1)]), [(1, 2)]);
    }

    #[test]
    fn the_last_thousand_are_remembered_and_none_once_all_are_over() {
        let many = || (0..1002).map(|session| stepped_up(session, 1, 1));
        assert_eq!(remembered(many()), (2..1002).map(|session| (session, 1)).collect::<Vec<_>>());
        assert_eq!(remembered(many().chain([signed_out_everywhere()])), []);
    }
}
