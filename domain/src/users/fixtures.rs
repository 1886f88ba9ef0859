//! What tests of users begin with.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    Locale, NotActive, User, UserEvent,
    events::{Erased, Registered, Suspended},
};
use crate::{Command, Sealed, testing::given};

pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn sealed(text: &str) -> Sealed {
    Sealed::from_ciphertext(text.to_owned())
}

pub(super) fn ada_registered() -> UserEvent {
    UserEvent::Registered(Registered {
        email: sealed("ada"),
        password_hash: sealed("hash"),
        display_name: None,
        locale: Locale::En,
        at: at(0),
    })
}

pub(super) fn suspended() -> UserEvent {
    UserEvent::Suspended(Suspended { at: at(0) })
}

pub(super) fn erased() -> UserEvent {
    UserEvent::Erased(Erased { at: at(0) })
}

/// Fails unless the command is refused wherever there is no active account.
#[track_caller]
pub(super) fn assert_needs_an_active_account<C>(command: &C)
where
    C: Command<Aggregate = User>,
    C::Refusal: From<NotActive> + PartialEq,
{
    given([]).when(command.clone()).then_refused(NotActive::UnknownUser.into());
    given([ada_registered(), suspended()]).when(command.clone()).then_refused(NotActive::Suspended.into());
    given([ada_registered(), erased()]).when(command.clone()).then_refused(NotActive::Erased.into());
}
