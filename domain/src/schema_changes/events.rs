//! What has happened to the look at a collection's records, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    DecodeError, DomainEvent, EventName,
    collections::{ChangeId, CollectionId},
    records::RecordId,
};

/// An event in the stream of a change of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaChangeEvent {
    Advanced(Advanced),
    Swept(Swept),
}

/// `schema_change.advanced`, version 1: some records were looked at, those whose last change is at positions after `after` and
/// up to `upto`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    pub collection: CollectionId,
    pub change: ChangeId,
    pub after: i64,
    pub upto: i64,
    /// How many.
    pub records: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FoundProblem>,
    pub at: DateTime<Utc>,
}

/// One thing for which a record does not keep to the definition that is to be. Nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundProblem {
    pub record: RecordId,
    /// A JSON Pointer (RFC 6901) into the record as it would be.
    pub pointer: String,
    /// As in [`crate::collections::FieldProblem`].
    pub code: String,
}

/// `schema_change.swept`, version 1: what is of other generations than those that are read or made now can go, for records
/// whose positions are after `after` and up to `upto`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    pub collection: CollectionId,
    pub after: i64,
    pub upto: i64,
    /// The collection is deleted: what is of any generation can go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everything: bool,
    pub at: DateTime<Utc>,
}

impl SchemaChangeEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const ADVANCED: &'static str = "schema_change.advanced";
    pub const SWEPT: &'static str = "schema_change.swept";
}

impl DomainEvent for SchemaChangeEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Advanced(_) => Self::ADVANCED,
            Self::Swept(_) => Self::SWEPT,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Advanced(event) => to_raw_value(event),
            Self::Swept(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::ADVANCED, 1) => serde_json::from_str(json).map(Self::Advanced),
            (Self::SWEPT, 1) => serde_json::from_str(json).map(Self::Swept),
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
        let (at, collection) = (golden::at(), CollectionId::from_uuid(Uuid::from_u128(2)));
        let (change, record) = (ChangeId::from_uuid(Uuid::from_u128(30)), RecordId::from_uuid(Uuid::from_u128(20)));
        let findings = vec![FoundProblem { record, pointer: "/rank".to_owned(), code: "wrong_type".to_owned() }];
        let advanced = Advanced { collection, change, after: 3, upto: 9, records: 4, findings, at };
        golden::check(
            "schema_change",
            &[
                SchemaChangeEvent::Advanced(advanced),
                SchemaChangeEvent::Swept(Swept { collection, after: 3, upto: 9, everything: false, at }),
            ],
        );
    }

    #[test]
    fn that_everything_is_swept_is_written_and_read() {
        let collection = CollectionId::from_uuid(Uuid::from_u128(2));
        let swept = Swept { collection, after: 3, upto: 9, everything: true, at: golden::at() };
        let (event, written) =
            (SchemaChangeEvent::Swept(swept.clone()), SchemaChangeEvent::Swept(swept).encode().unwrap());
        assert!(written.get().contains("\"everything\":true"), "{written}");
        assert_eq!(SchemaChangeEvent::decode(SchemaChangeEvent::SWEPT, 1, &written).unwrap(), event);
    }
}
