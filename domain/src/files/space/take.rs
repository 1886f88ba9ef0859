//! Taking room for a file, and giving it back.

use chrono::{DateTime, Utc};

use super::{
    FileSpace, FileSpaceEvent, Room,
    events::{Freed, Taken},
};
use crate::{Command, files::FileId};

/// Executed together with the creation of the file.
#[derive(Clone, Debug)]
pub struct TakeSpace {
    pub file: FileId,
    pub bytes: u64,
    pub room: Room,
    pub at: DateTime<Utc>,
}

/// Together with the deletion of the file.
#[derive(Clone, Debug)]
pub struct FreeSpace {
    pub file: FileId,
    pub bytes: u64,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeSpaceRefused {
    #[error("there may be at most {} files", room.files)]
    TooManyFiles { room: Room },
    #[error("{used} of {} bytes are taken", room.bytes)]
    TooManyBytes { room: Room, used: u64 },
}

impl Command for TakeSpace {
    type Aggregate = FileSpace;
    type Refusal = TakeSpaceRefused;

    fn decide(self, space: &FileSpace) -> Result<Vec<FileSpaceEvent>, TakeSpaceRefused> {
        space.fits(self.bytes, self.room)?;
        Ok(vec![FileSpaceEvent::Taken(Taken { file: self.file, bytes: self.bytes, at: self.at })])
    }
}

impl FreeSpace {
    /// Depends on nothing: that the file is there to be deleted, the file says.
    pub fn event(self) -> FileSpaceEvent {
        FileSpaceEvent::Freed(Freed { file: self.file, bytes: self.bytes, at: self.at })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::given;

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn file(number: u128) -> FileId {
        FileId::from_uuid(Uuid::from_u128(number))
    }

    fn take(bytes: u64, room: Room) -> TakeSpace {
        TakeSpace { file: file(9), bytes, room, at: AT }
    }

    fn taken(number: u128, bytes: u64) -> FileSpaceEvent {
        FileSpaceEvent::Taken(Taken { file: file(number), bytes, at: AT })
    }

    #[test]
    fn room_is_taken_as_long_as_there_is_some() {
        let room = Room { files: 3, bytes: 100 };
        given([taken(1, 60)]).when(take(40, room)).then([taken(9, 40)]);
        let full = TakeSpaceRefused::TooManyBytes { room, used: 60 };
        given([taken(1, 60)]).when(take(41, room)).then_refused(full);
        given([taken(1, 60)]).when(take(u64::MAX, room)).then_refused(full);
        let many = TakeSpaceRefused::TooManyFiles { room };
        given((1..4).map(|number| taken(number, 0))).when(take(0, room)).then_refused(many);
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let room = Room { files: 1, bytes: 100 };
        let freed = FreeSpace { file: file(1), bytes: 60, at: AT }.event();
        given([taken(1, 60), freed]).when(take(100, room)).then([taken(9, 100)]);
    }
}
