//! Registering somebody whose address needs no mail to be verified: an operator answers for it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Locale, RegisterUser, User, UserEvent, events::EmailVerified, register::RegisterRefused};
use crate::{Command, Sealed};

/// Makes an account whose address is verified, both or neither. That the address is free is claimed in the append's
/// transaction, not decided here.
#[derive(Clone, Debug)]
pub struct RegisterVerifiedUser {
    pub email: Sealed,
    pub password_hash: Sealed,
    pub locale: Locale,
    /// Names the verification, which nobody was mailed.
    pub request_id: Uuid,
    pub at: DateTime<Utc>,
}

impl Command for RegisterVerifiedUser {
    type Aggregate = User;
    type Refusal = RegisterRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RegisterRefused> {
        let Self { email, password_hash, locale, request_id, at } = self;
        let register = RegisterUser { email, password_hash, display_name: None, locale, verification: None, at };
        let mut events = register.decide(user)?;
        events.push(UserEvent::EmailVerified(EmailVerified { request_id, at }));
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::{Aggregate, testing::given};

    fn register_ada() -> RegisterVerifiedUser {
        RegisterVerifiedUser {
            email: sealed("ada"),
            password_hash: sealed("hash"),
            locale: Locale::En,
            request_id: id(1),
            at: at(0),
        }
    }

    #[test]
    fn the_address_is_verified_from_the_beginning() {
        let verified = || UserEvent::EmailVerified(EmailVerified { request_id: id(1), at: at(0) });
        given([]).when(register_ada()).then([ada_registered(), verified()]);
        let user = [ada_registered(), verified()].iter().fold(User::default(), Aggregate::apply);
        assert!(user.active().unwrap().email_verified);
    }

    #[test]
    fn nobody_is_registered_twice() {
        given([ada_registered()]).when(register_ada()).then_refused(RegisterRefused::AlreadyRegistered);
        given([ada_registered(), erased()]).when(register_ada()).then_refused(RegisterRefused::AlreadyRegistered);
    }
}
