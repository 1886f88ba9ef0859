//! Registering: an unknown user becomes an active one.

use chrono::{DateTime, Utc};

use super::{Locale, User, UserEvent, events::Registered};
use crate::{Command, Sealed};

/// Makes an account. That the address is free is claimed in the append's transaction, not decided here.
#[derive(Clone, Debug)]
pub struct RegisterUser {
    pub email: Sealed,
    pub password_hash: Sealed,
    pub display_name: Option<Sealed>,
    pub locale: Locale,
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
            User::Unknown => Ok(vec![UserEvent::Registered(Registered {
                email: self.email,
                password_hash: self.password_hash,
                display_name: self.display_name,
                locale: self.locale,
                at: self.at,
            })]),
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
            at: at(0),
        }
    }

    #[test]
    fn an_unknown_user_becomes_registered() {
        given([]).when(register_ada()).then([ada_registered()]);
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
