//! What has happened to the room that a person's files take, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{DecodeError, DomainEvent, EventName, files::FileId};

/// An event in the stream of a person's room for files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSpaceEvent {
    Taken(Taken),
    Freed(Freed),
}

/// `file_space.taken`, version 1: by a file that was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub file: FileId,
    pub bytes: u64,
    pub at: DateTime<Utc>,
}

/// `file_space.freed`, version 1: by a file that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    pub file: FileId,
    pub bytes: u64,
    pub at: DateTime<Utc>,
}

impl FileSpaceEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const TAKEN: &'static str = "file_space.taken";
    pub const FREED: &'static str = "file_space.freed";
}

impl DomainEvent for FileSpaceEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Taken(_) => Self::TAKEN,
            Self::Freed(_) => Self::FREED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Taken(event) => to_raw_value(event),
            Self::Freed(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::TAKEN, 1) => serde_json::from_str(json).map(Self::Taken),
            (Self::FREED, 1) => serde_json::from_str(json).map(Self::Freed),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::golden;

    #[test]
    fn every_shipped_event_has_the_shape_of_its_golden_file() {
        let (file, at) = (FileId::from_uuid(Uuid::from_u128(2)), golden::at());
        let taken = FileSpaceEvent::Taken(Taken { file, bytes: 67, at });
        golden::check("file_space", &[taken, FileSpaceEvent::Freed(Freed { file, bytes: 67, at })]);
    }
}
