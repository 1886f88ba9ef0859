//! What has happened to a file, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{ContentType, Deletion, Digest};
use crate::{DecodeError, DomainEvent, EventName, Sealed, records::RecordId, users::UserId};

/// An event in the stream of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileEvent {
    Created(Created),
    Renamed(Renamed),
    Linked(Linked),
    Unlinked(Unlinked),
    Deleted(Deleted),
}

/// `file.created`, version 1. The content is in the object store by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    pub owner: UserId,
    pub name: Sealed,
    /// As the content shows it.
    pub content_type: ContentType,
    pub size: u64,
    pub sha256: Digest,
    pub key: String,
    pub temporary: bool,
    pub at: DateTime<Utc>,
}

/// `file.renamed`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    pub name: Sealed,
    pub at: DateTime<Utc>,
}

/// `file.linked`, version 1: a record names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    pub record: RecordId,
    pub at: DateTime<Utc>,
}

/// `file.unlinked`, version 1: the record does not name it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlinked {
    pub record: RecordId,
    pub at: DateTime<Utc>,
}

/// `file.deleted`, version 1. Its content goes after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub why: Deletion,
    pub at: DateTime<Utc>,
}

impl FileEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const CREATED: &'static str = "file.created";
    pub const RENAMED: &'static str = "file.renamed";
    pub const LINKED: &'static str = "file.linked";
    pub const UNLINKED: &'static str = "file.unlinked";
    pub const DELETED: &'static str = "file.deleted";
}

impl DomainEvent for FileEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Created(_) => Self::CREATED,
            Self::Renamed(_) => Self::RENAMED,
            Self::Linked(_) => Self::LINKED,
            Self::Unlinked(_) => Self::UNLINKED,
            Self::Deleted(_) => Self::DELETED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Created(event) => to_raw_value(event),
            Self::Renamed(event) => to_raw_value(event),
            Self::Linked(event) => to_raw_value(event),
            Self::Unlinked(event) => to_raw_value(event),
            Self::Deleted(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::CREATED, 1) => serde_json::from_str(json).map(Self::Created),
            (Self::RENAMED, 1) => serde_json::from_str(json).map(Self::Renamed),
            (Self::LINKED, 1) => serde_json::from_str(json).map(Self::Linked),
            (Self::UNLINKED, 1) => serde_json::from_str(json).map(Self::Unlinked),
            (Self::DELETED, 1) => serde_json::from_str(json).map(Self::Deleted),
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
        let (at, name) = (golden::at(), Sealed::from_ciphertext("s1.name".to_owned()));
        golden::check(
            "file",
            &[
                FileEvent::Created(Created {
                    owner: UserId::from_uuid(Uuid::from_u128(1)),
                    name: name.clone(),
                    content_type: ContentType::parse("image/png").unwrap(),
                    size: 67,
                    sha256: Digest::from_bytes([171; 32]),
                    key: "content/00000000-0000-0000-0000-000000000002".to_owned(),
                    temporary: false,
                    at,
                }),
                FileEvent::Renamed(Renamed { name, at }),
                FileEvent::Linked(Linked { record: RecordId::from_uuid(Uuid::from_u128(3)), at }),
                FileEvent::Unlinked(Unlinked { record: RecordId::from_uuid(Uuid::from_u128(3)), at }),
                FileEvent::Deleted(Deleted { why: Deletion::Asked, at }),
            ],
        );
    }
}
