//! Noting that somebody tried to register with an address that is taken, so that its owner can be told.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::RegistrationRepeated};
use crate::Command;

/// Done for a suspended account too: whoever tries to register learns nothing of it, not even by the time it takes.
#[derive(Clone, Debug)]
pub struct NoteRepeatedRegistration {
    pub at: DateTime<Utc>,
}

impl Command for NoteRepeatedRegistration {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        user.present()?;
        Ok(vec![UserEvent::RegistrationRepeated(RegistrationRepeated { at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    #[test]
    fn the_owner_of_a_taken_address_gets_a_note() {
        let noted = || UserEvent::RegistrationRepeated(RegistrationRepeated { at: at(1) });
        given([ada_registered()]).when(NoteRepeatedRegistration { at: at(1) }).then([noted()]);
        given([ada_registered(), suspended()]).when(NoteRepeatedRegistration { at: at(1) }).then([noted()]);
    }

    #[test]
    fn nobody_is_told_when_nobody_is_there() {
        given([]).when(NoteRepeatedRegistration { at: at(1) }).then_refused(NotActive::UnknownUser);
        given([ada_registered(), erased()])
            .when(NoteRepeatedRegistration { at: at(1) })
            .then_refused(NotActive::Erased);
    }
}
