//! How much room the files of one person take. Every file that comes or goes is written down here in the same append, so
//! that two uploads at once do not both get the last of it.

pub mod events;
pub mod take;

use serde::{Deserialize, Serialize};

pub use events::FileSpaceEvent;
pub use take::{FreeSpace, TakeSpace, TakeSpaceRefused};

use crate::Aggregate;

/// The files of one person, counted. The stream has the person's id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSpace {
    pub files: u64,
    pub bytes: u64,
}

/// What one person may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub files: u64,
    pub bytes: u64,
}

impl FileSpace {
    /// Whether one more file of this size would be within the room.
    pub fn fits(&self, bytes: u64, room: Room) -> Result<(), TakeSpaceRefused> {
        if self.files >= room.files {
            return Err(TakeSpaceRefused::TooManyFiles { room });
        }
        if self.bytes.saturating_add(bytes) > room.bytes {
            return Err(TakeSpaceRefused::TooManyBytes { room, used: self.bytes });
        }
        Ok(())
    }
}

impl Aggregate for FileSpace {
    type Event = FileSpaceEvent;
    const CATEGORY: &'static str = "file_space";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &FileSpaceEvent) -> Self {
        match event {
            FileSpaceEvent::Taken(taken) => {
                Self { files: self.files.saturating_add(1), bytes: self.bytes.saturating_add(taken.bytes) }
            }
            FileSpaceEvent::Freed(freed) => {
                Self { files: self.files.saturating_sub(1), bytes: self.bytes.saturating_sub(freed.bytes) }
            }
        }
    }
}
