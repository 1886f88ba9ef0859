//! What has happened to a record, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    DecodeError, DomainEvent, EventName,
    collections::{CollectionId, Data},
    users::UserId,
};

/// An event in the stream of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordEvent {
    Created(Created),
    Changed(Changed),
    Deleted(Deleted),
    Restored(Restored),
}

/// `record.created`, version 1, and 2 where the content is of a later generation than the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    pub collection: CollectionId,
    pub data: Data,
    pub by: UserId,
    pub at: DateTime<Utc>,
    /// Of the content; see [`crate::collections::Evolution`].
    #[serde(default, skip_serializing_if = "is_first")]
    pub generation: i32,
}

/// `record.changed`, version 1, and 2 where the content is of a later generation than the first: the whole content as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub data: Data,
    pub by: UserId,
    pub at: DateTime<Utc>,
    /// Of the content; see [`crate::collections::Evolution`].
    #[serde(default, skip_serializing_if = "is_first")]
    pub generation: i32,
}

/// `record.deleted`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub by: UserId,
    pub at: DateTime<Utc>,
}

/// `record.restored`, version 1, and 2 where the content is of a later generation than the first: the whole content as it is
/// from now on, as it was once. The record may have been deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    pub data: Data,
    pub by: UserId,
    pub at: DateTime<Utc>,
    /// Of the content; see [`crate::collections::Evolution`].
    #[serde(default, skip_serializing_if = "is_first")]
    pub generation: i32,
}

impl RecordEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const CREATED: &'static str = "record.created";
    pub const CHANGED: &'static str = "record.changed";
    pub const DELETED: &'static str = "record.deleted";
    pub const RESTORED: &'static str = "record.restored";

    /// The same with a content of this generation.
    #[must_use]
    pub fn of_generation(self, generation: i32) -> Self {
        match self {
            Self::Created(event) => Self::Created(Created { generation, ..event }),
            Self::Changed(event) => Self::Changed(Changed { generation, ..event }),
            Self::Restored(event) => Self::Restored(Restored { generation, ..event }),
            deleted @ Self::Deleted(_) => deleted,
        }
    }

    /// Of the content that it brings.
    fn generation(&self) -> i32 {
        match self {
            Self::Created(event) => event.generation,
            Self::Changed(event) => event.generation,
            Self::Restored(event) => event.generation,
            Self::Deleted(_) => FIRST,
        }
    }
}

/// Of contents that no change of a definition has converted.
const FIRST: i32 = 0;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_first(generation: &i32) -> bool {
    *generation == FIRST
}

impl DomainEvent for RecordEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Created(_) => Self::CREATED,
            Self::Changed(_) => Self::CHANGED,
            Self::Deleted(_) => Self::DELETED,
            Self::Restored(_) => Self::RESTORED,
        };
        // Who knows nothing of generations must not take a content for one of the first.
        EventName { name, version: if self.generation() == FIRST { 1 } else { 2 } }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Created(event) => to_raw_value(event),
            Self::Changed(event) => to_raw_value(event),
            Self::Deleted(event) => to_raw_value(event),
            Self::Restored(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::CREATED, 1 | 2) => serde_json::from_str(json).map(Self::Created),
            (Self::CHANGED, 1 | 2) => serde_json::from_str(json).map(Self::Changed),
            (Self::DELETED, 1) => serde_json::from_str(json).map(Self::Deleted),
            (Self::RESTORED, 1 | 2) => serde_json::from_str(json).map(Self::Restored),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::golden;

    #[test]
    fn every_shipped_event_has_the_shape_of_its_golden_file() {
        let (at, by) = (golden::at(), UserId::from_uuid(Uuid::from_u128(1)));
        let collection = CollectionId::from_uuid(Uuid::from_u128(2));
        let data = json!({"title": "A", "tags": ["x"], "rank": 3}).as_object().unwrap().clone();
        let created = RecordEvent::Created(Created { collection, data: data.clone(), by, at, generation: 0 });
        let changed = RecordEvent::Changed(Changed { data: data.clone(), by, at, generation: 0 });
        let restored = RecordEvent::Restored(Restored { data, by, at, generation: 0 });
        golden::check(
            "record",
            &[
                created.clone(),
                changed.clone(),
                RecordEvent::Deleted(Deleted { by, at }),
                restored.clone(),
                created.of_generation(3),
                changed.of_generation(3),
                restored.of_generation(3),
            ],
        );
    }
}
