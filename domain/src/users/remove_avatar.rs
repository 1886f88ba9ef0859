//! A user is shown by no picture any more: because the user wants that, or because the file is gone.

use std::convert::Infallible;

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::AvatarRemoved};
use crate::{Command, files::FileId};

#[derive(Clone, Debug)]
pub struct RemoveAvatar {
    pub at: DateTime<Utc>,
}

/// A file was deleted. Of whom it was no picture, nothing changes.
#[derive(Clone, Debug)]
pub struct ForgetAvatar {
    pub file: FileId,
    pub at: DateTime<Utc>,
}

impl Command for RemoveAvatar {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        let removed = |file| UserEvent::AvatarRemoved(AvatarRemoved { file, at: self.at });
        Ok(user.active()?.avatar.map(removed).into_iter().collect())
    }
}

impl Command for ForgetAvatar {
    type Aggregate = User;
    type Refusal = Infallible;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, Infallible> {
        let shown = user.account().and_then(|account| account.avatar).filter(|shown| *shown == self.file);
        Ok(shown.map(|file| UserEvent::AvatarRemoved(AvatarRemoved { file, at: self.at })).into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{events::AvatarChanged, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn file(number: u128) -> FileId {
        FileId::from_uuid(id(number))
    }

    fn changed(number: u128) -> UserEvent {
        UserEvent::AvatarChanged(AvatarChanged { file: file(number), replaced: None, at: at(0) })
    }

    fn removed(number: u128) -> UserEvent {
        UserEvent::AvatarRemoved(AvatarRemoved { file: file(number), at: at(1) })
    }

    #[test]
    fn a_picture_is_removed_once() {
        let remove = || RemoveAvatar { at: at(1) };
        given([ada_registered()]).when(remove()).then([]);
        given([ada_registered(), changed(1)]).when(remove()).then([removed(1)]);
        given([ada_registered(), changed(1), removed(1)]).when(remove()).then([]);
    }

    #[test]
    fn a_file_that_is_gone_is_forgotten_where_it_was_the_picture() {
        let forget = |number| ForgetAvatar { file: file(number), at: at(1) };
        given([ada_registered(), changed(1)]).when(forget(1)).then([removed(1)]);
        given([ada_registered(), changed(1), suspended()]).when(forget(1)).then([removed(1)]);
        given([ada_registered(), changed(1)]).when(forget(2)).then([]);
        given([ada_registered(), changed(1), removed(1)]).when(forget(1)).then([]);
        given([ada_registered(), changed(1), erased()]).when(forget(1)).then([]);
        given([]).when(forget(1)).then([]);
    }

    #[test]
    fn only_an_active_user_has_a_picture_to_remove() {
        assert_needs_an_active_account(&RemoveAvatar { at: at(1) });
    }
}
