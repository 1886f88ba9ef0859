//! Signing in: the audit trail's record of a session's beginning.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    NotActive, User, UserEvent,
    events::{SignInMethod, SignedIn},
};
use crate::Command;

#[derive(Clone, Debug)]
pub struct SignIn {
    pub session_id: Uuid,
    pub method: SignInMethod,
    pub at: DateTime<Utc>,
}

impl Command for SignIn {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.active()?;
        let Self { session_id, method, at } = self;
        Ok(vec![UserEvent::SignedIn(SignedIn { session_id, method, at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn sign_in() -> SignIn {
        SignIn { session_id: id(1), method: SignInMethod::Totp, at: at(1) }
    }

    #[test]
    fn signing_in_is_recorded() {
        let signed_in = SignedIn { session_id: id(1), method: SignInMethod::Totp, at: at(1) };
        given([ada_registered()]).when(sign_in()).then([UserEvent::SignedIn(signed_in)]);
    }

    #[test]
    fn only_an_active_user_signs_in() {
        assert_needs_an_active_account(&sign_in());
    }
}
