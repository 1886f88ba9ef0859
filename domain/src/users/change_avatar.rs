//! Choosing the picture by which a user is shown.

use chrono::{DateTime, Utc};

use super::{NotActive, User, UserEvent, events::AvatarChanged};
use crate::{Command, files::FileId};

/// Executed together with the creation of the file.
#[derive(Clone, Debug)]
pub struct ChangeAvatar {
    pub file: FileId,
    pub at: DateTime<Utc>,
}

impl Command for ChangeAvatar {
    type Aggregate = User;
    type Refusal = NotActive;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, NotActive> {
        let replaced = user.active()?.avatar;
        Ok(vec![UserEvent::AvatarChanged(AvatarChanged { file: self.file, replaced, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn file(number: u128) -> FileId {
        FileId::from_uuid(id(number))
    }

    fn changed(number: u128, replaced: Option<u128>) -> UserEvent {
        UserEvent::AvatarChanged(AvatarChanged { file: file(number), replaced: replaced.map(file), at: at(1) })
    }

    #[test]
    fn a_picture_takes_the_place_of_the_one_before() {
        let change = |number| ChangeAvatar { file: file(number), at: at(1) };
        given([ada_registered()]).when(change(1)).then([changed(1, None)]);
        given([ada_registered(), changed(1, None)]).when(change(2)).then([changed(2, Some(1))]);
        given([ada_registered(), changed(1, None), changed(2, Some(1))]).when(change(3)).then([changed(3, Some(2))]);
    }

    #[test]
    fn only_an_active_user_is_shown_by_a_picture() {
        assert_needs_an_active_account(&ChangeAvatar { file: file(1), at: at(1) });
    }
}
