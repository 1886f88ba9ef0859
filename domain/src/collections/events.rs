//! What has happened to a collection, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{CollectionName, Definition};
use crate::{DecodeError, DomainEvent, EventName};

/// An event in the stream of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CollectionEvent {
    Defined(Defined),
    Changed(Changed),
    Deleted(Deleted),
}

/// `collection.defined`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defined {
    pub name: CollectionName,
    pub definition: Definition,
    pub at: DateTime<Utc>,
}

/// `collection.changed`, version 1: the whole definition as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub definition: Definition,
    pub at: DateTime<Utc>,
}

/// `collection.deleted`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub at: DateTime<Utc>,
}

impl CollectionEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const DEFINED: &'static str = "collection.defined";
    pub const CHANGED: &'static str = "collection.changed";
    pub const DELETED: &'static str = "collection.deleted";
}

impl DomainEvent for CollectionEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Defined(_) => Self::DEFINED,
            Self::Changed(_) => Self::CHANGED,
            Self::Deleted(_) => Self::DELETED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Defined(event) => to_raw_value(event),
            Self::Changed(event) => to_raw_value(event),
            Self::Deleted(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::DEFINED, 1) => serde_json::from_str(json).map(Self::Defined),
            (Self::CHANGED, 1) => serde_json::from_str(json).map(Self::Changed),
            (Self::DELETED, 1) => serde_json::from_str(json).map(Self::Deleted),
            (name, version) => return Err(DecodeError::unknown(name, version)),
        }
        .map_err(malformed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::{
        super::{CollectionId, OnDelete, Relation, Retention, define::tests::posts},
        *,
    };
    use crate::golden;

    #[test]
    fn every_shipped_event_has_the_shape_of_its_golden_file() {
        let (at, name) = (golden::at(), CollectionName::parse("posts").unwrap());
        let people = CollectionName::parse("people").unwrap();
        let target = CollectionId::from_uuid(Uuid::from_u128(7));
        let relation = Relation { target, collection: people, on_delete: OnDelete::SetNull };
        let relations = BTreeMap::from([("owner".to_owned(), relation)]);
        let history = Some(Retention::Days(30));
        let changed = Definition { unique: vec![], relations, history, ..posts() };
        golden::check(
            "collection",
            &[
                CollectionEvent::Defined(Defined { name, definition: posts(), at }),
                CollectionEvent::Changed(Changed { definition: changed, at }),
                CollectionEvent::Deleted(Deleted { at }),
            ],
        );
    }
}
