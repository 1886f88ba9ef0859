//! Noting that somebody tried to register with an address that is taken, so that its owner can be told.

use chrono::{DateTime, Utc};

use super::{User, UserEvent, events::RegistrationRepeated};
use crate::Command;

#[derive(Clone, Debug)]
pub struct NoteRepeatedRegistration {
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteRepeatedRegistrationRefused {
    #[error("no such user")]
    UnknownUser,
}

impl Command for NoteRepeatedRegistration {
    type Aggregate = User;
    type Refusal = NoteRepeatedRegistrationRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, Self::Refusal> {
        match user {
            User::Unknown => Err(NoteRepeatedRegistrationRefused::UnknownUser),
            User::Active(_) => Ok(vec![UserEvent::RegistrationRepeated(RegistrationRepeated { at: self.at })]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::register::tests::ada_registered, *};
    use crate::testing::given;

    #[test]
    fn the_owner_of_a_taken_address_gets_a_note() {
        let at = DateTime::UNIX_EPOCH;
        given([ada_registered()])
            .when(NoteRepeatedRegistration { at })
            .then([UserEvent::RegistrationRepeated(RegistrationRepeated { at })]);
    }

    #[test]
    fn nobody_is_told_when_nobody_is_there() {
        given([])
            .when(NoteRepeatedRegistration { at: DateTime::UNIX_EPOCH })
            .then_refused(NoteRepeatedRegistrationRefused::UnknownUser);
    }
}
