//! Registering: an unknown user becomes an active one.

use chrono::{DateTime, Utc};

use super::{
    Locale, Request, User, UserEvent,
    events::{Registered, VerificationRequested},
};
use crate::{Command, Sealed};

/// Makes an account. That the address is free is claimed in the append's transaction, not decided here.
#[derive(Clone, Debug)]
pub struct RegisterUser {
    pub email: Sealed,
    pub password_hash: Sealed,
    pub display_name: Option<Sealed>,
    pub locale: Locale,
    /// By which the address is to be verified; `None` leaves that for later.
    pub verification: Option<Request>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterRefused {
    #[error("this user is registered already")]
    AlreadyRegistered,
}

impl Command for RegisterUser {
    type Aggregate = User;
    type Refusal = RegisterRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RegisterRefused> {
        match user {
            User::Unknown => {
                let Self { email, password_hash, display_name, locale, verification, at } = self;
                let registered = Registered { email, password_hash, display_name, locale, at };
                let asked = verification.map(|Request { id, expires_at }| {
                    UserEvent::VerificationRequested(VerificationRequested { request_id: id, expires_at, at })
                });
                Ok(std::iter::once(UserEvent::Registered(registered)).chain(asked).collect())
            }
            User::Active(_) | User::Suspended(_) | User::Erased => Err(RegisterRefused::AlreadyRegistered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn register_ada() -> RegisterUser {
        RegisterUser {
            email: sealed("ada"),
            password_hash: sealed("hash"),
            display_name: None,
            locale: Locale::En,
            verification: None,
            at: at(0),
        }
    }

    #[test]
    fn an_unknown_user_becomes_registered() {
        given([]).when(register_ada()).then([ada_registered()]);
    }

    #[test]
    fn the_address_is_to_be_verified_from_the_beginning() {
        let verification = Some(Request { id: id(1), expires_at: at(60) });
        let asked = VerificationRequested { request_id: id(1), expires_at: at(60), at: at(0) };
        given([])
            .when(RegisterUser { verification, ..register_ada() })
            .then([ada_registered(), UserEvent::VerificationRequested(asked)]);
    }

    #[test]
    fn a_registered_user_cannot_register_again() {
        given([ada_registered()]).when(register_ada()).then_refused(RegisterRefused::AlreadyRegistered);
        given([ada_registered(), suspended()]).when(register_ada()).then_refused(RegisterRefused::AlreadyRegistered);
    }

    #[test]
    fn an_erased_user_stays_erased() {
        given([ada_registered(), erased()]).when(register_ada()).then_refused(RegisterRefused::AlreadyRegistered);
    }
}
