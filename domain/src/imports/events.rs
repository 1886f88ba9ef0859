//! What has happened to an import, as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Abandonment, ImportFormat, LineError, Reached};
use crate::{
    DecodeError, DomainEvent, EventName,
    collections::{CollectionId, CollectionName},
    users::UserId,
};

/// An event in the stream of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportEvent {
    Started(Started),
    Advanced(Advanced),
    Finished(Finished),
    Abandoned(Abandoned),
    Removed(Removed),
}

/// `import.started`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    pub collection: CollectionId,
    pub collection_name: CollectionName,
    pub format: ImportFormat,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

/// `import.advanced`, version 1: some lines are done. The records that they made were created in the same append.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advanced {
    /// In all, this step included.
    pub reached: Reached,
    /// What the first line of a CSV says, in the step that has read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Of the lines of this step, as long as there are not too many in all.
    pub errors: Vec<LineError>,
    pub at: DateTime<Utc>,
}

/// `import.finished`, version 1: the content has come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// In all.
    pub reached: Reached,
    pub at: DateTime<Utc>,
}

/// `import.abandoned`, version 1: the rest of the content is not going to come. What has come of it stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abandoned {
    pub why: Abandonment,
    pub at: DateTime<Utc>,
}

/// `import.removed`, version 1: nobody is shown any more that it was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub at: DateTime<Utc>,
}

impl ImportEvent {
    /// Stored names, for consumers that subscribe to some of them.
    pub const STARTED: &'static str = "import.started";
    pub const ADVANCED: &'static str = "import.advanced";
    pub const FINISHED: &'static str = "import.finished";
    pub const ABANDONED: &'static str = "import.abandoned";
    pub const REMOVED: &'static str = "import.removed";
}

impl DomainEvent for ImportEvent {
    fn name(&self) -> EventName {
        let name = match self {
            Self::Started(_) => Self::STARTED,
            Self::Advanced(_) => Self::ADVANCED,
            Self::Finished(_) => Self::FINISHED,
            Self::Abandoned(_) => Self::ABANDONED,
            Self::Removed(_) => Self::REMOVED,
        };
        EventName { name, version: 1 }
    }

    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match self {
            Self::Started(event) => to_raw_value(event),
            Self::Advanced(event) => to_raw_value(event),
            Self::Finished(event) => to_raw_value(event),
            Self::Abandoned(event) => to_raw_value(event),
            Self::Removed(event) => to_raw_value(event),
        }
    }

    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError> {
        let malformed = DecodeError::malformed(name, version);
        let json = payload.get();
        match (name, version) {
            (Self::STARTED, 1) => serde_json::from_str(json).map(Self::Started),
            (Self::ADVANCED, 1) => serde_json::from_str(json).map(Self::Advanced),
            (Self::FINISHED, 1) => serde_json::from_str(json).map(Self::Finished),
            (Self::ABANDONED, 1) => serde_json::from_str(json).map(Self::Abandoned),
            (Self::REMOVED, 1) => serde_json::from_str(json).map(Self::Removed),
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
        let (at, reached) = (golden::at(), Reached { bytes: 120, lines: 3, created: 1, refused: 1 });
        golden::check(
            "import",
            &[
                ImportEvent::Started(Started {
                    collection: CollectionId::from_uuid(Uuid::from_u128(2)),
                    collection_name: CollectionName::parse("posts").unwrap(),
                    format: ImportFormat::Csv,
                    by: UserId::from_uuid(Uuid::from_u128(1)),
                    at,
                }),
                ImportEvent::Advanced(Advanced {
                    reached,
                    columns: Some(vec!["title".to_owned()]),
                    errors: vec![LineError { line: 3, pointer: "/title".to_owned(), code: "too_long".to_owned() }],
                    at,
                }),
                ImportEvent::Finished(Finished { reached, at }),
                ImportEvent::Abandoned(Abandoned { why: Abandonment::Asked, at }),
                ImportEvent::Removed(Removed { at }),
            ],
        );
    }

    #[test]
    fn a_step_that_read_no_first_line_says_nothing_of_columns() {
        let step = Advanced { reached: Reached::default(), columns: None, errors: vec![], at: golden::at() };
        let text = ImportEvent::Advanced(step).encode().unwrap().get().to_owned();
        assert!(!text.contains("columns"), "{text}");
    }
}
