//! What has happened to a collection, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{ChangeId, CollectionName, Definition, Proposal};
use crate::{DecodeError, DomainEvent, EventName};

/// An event in the stream of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CollectionEvent {
    Defined(Defined),
    Changed(Changed),
    Deleted(Deleted),
    ChangeProposed(ChangeProposed),
    ChangeAccepted(ChangeAccepted),
    ChangeRefused(ChangeRefused),
    ChangeWithdrawn(ChangeWithdrawn),
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

/// `collection.change_proposed`, version 1: what the definition is to be, once all records were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeProposed {
    #[serde(flatten)]
    pub proposal: Box<Proposal>,
    pub at: DateTime<Utc>,
}

/// `collection.change_accepted`, version 1: the whole definition as it is from now on, for contents of a new generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeAccepted {
    pub change: ChangeId,
    pub generation: i32,
    pub definition: Definition,
    /// How many were looked at.
    pub records: i64,
    pub at: DateTime<Utc>,
}

/// `collection.change_refused`, version 1: records do not keep to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRefused {
    pub change: ChangeId,
    /// How many were looked at.
    pub records: i64,
    pub findings: i64,
    pub at: DateTime<Utc>,
}

/// `collection.change_withdrawn`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeWithdrawn {
    pub change: ChangeId,
    pub at: DateTime<Utc>,
}

impl CollectionEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const DEFINED: &'static str = "collection.defined";
    pub const CHANGED: &'static str = "collection.changed";
    pub const DELETED: &'static str = "collection.deleted";
    pub const CHANGE_PROPOSED: &'static str = "collection.change_proposed";
    pub const CHANGE_ACCEPTED: &'static str = "collection.change_accepted";
    pub const CHANGE_REFUSED: &'static str = "collection.change_refused";
    pub const CHANGE_WITHDRAWN: &'static str = "collection.change_withdrawn";
}

impl DomainEvent for CollectionEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Defined(_) => Self::DEFINED,
            Self::Changed(_) => Self::CHANGED,
            Self::Deleted(_) => Self::DELETED,
            Self::ChangeProposed(_) => Self::CHANGE_PROPOSED,
            Self::ChangeAccepted(_) => Self::CHANGE_ACCEPTED,
            Self::ChangeRefused(_) => Self::CHANGE_REFUSED,
            Self::ChangeWithdrawn(_) => Self::CHANGE_WITHDRAWN,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Defined(event) => to_raw_value(event),
            Self::Changed(event) => to_raw_value(event),
            Self::Deleted(event) => to_raw_value(event),
            Self::ChangeProposed(event) => to_raw_value(event),
            Self::ChangeAccepted(event) => to_raw_value(event),
            Self::ChangeRefused(event) => to_raw_value(event),
            Self::ChangeWithdrawn(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::DEFINED, 1) => serde_json::from_str(json).map(Self::Defined),
            (Self::CHANGED, 1) => serde_json::from_str(json).map(Self::Changed),
            (Self::DELETED, 1) => serde_json::from_str(json).map(Self::Deleted),
            (Self::CHANGE_PROPOSED, 1) => serde_json::from_str(json).map(Self::ChangeProposed),
            (Self::CHANGE_ACCEPTED, 1) => serde_json::from_str(json).map(Self::ChangeAccepted),
            (Self::CHANGE_REFUSED, 1) => serde_json::from_str(json).map(Self::ChangeRefused),
            (Self::CHANGE_WITHDRAWN, 1) => serde_json::from_str(json).map(Self::ChangeWithdrawn),
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
        let (change, definition) = (ChangeId::from_uuid(Uuid::from_u128(30)), Definition { unique: vec![], ..posts() });
        let upcasts = [("rank", Some("int(record.title)")), ("slug", None)];
        let upcasts = upcasts.map(|(name, text)| (name.to_owned(), text.map(str::to_owned))).into();
        let (before, after) = (posts(), definition.clone());
        let proposal = Box::new(Proposal { change, generation: 1, before, definition: after, upcasts });
        golden::check(
            "collection",
            &[
                CollectionEvent::Defined(Defined { name, definition: posts(), at }),
                CollectionEvent::Changed(Changed { definition: changed, at }),
                CollectionEvent::Deleted(Deleted { at }),
                CollectionEvent::ChangeProposed(ChangeProposed { proposal, at }),
                CollectionEvent::ChangeAccepted(ChangeAccepted { change, generation: 1, definition, records: 7, at }),
                CollectionEvent::ChangeRefused(ChangeRefused { change, records: 7, findings: 2, at }),
                CollectionEvent::ChangeWithdrawn(ChangeWithdrawn { change, at }),
            ],
        );
    }
}
