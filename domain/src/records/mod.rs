//! Records: what an application keeps, each an aggregate of its own.

pub mod change;
pub mod create;
pub mod delete;
pub mod difference;
pub mod events;
pub mod let_go;
pub mod merge_patch;
pub mod replace;
pub mod restore;
mod seen;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use change::ChangeRecord;
pub use create::CreateRecord;
pub use delete::DeleteRecord;
pub use difference::{Difference, difference};
pub use events::RecordEvent;
pub use let_go::LetGoOfRecord;
pub use merge_patch::merge_patch;
pub use replace::ReplaceRecord;
pub use restore::RestoreRecord;
pub use seen::seen;

use crate::{
    Aggregate,
    collections::{CollectionId, Data},
    users::UserId,
};

/// Identifies a record. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(Uuid);

impl RecordId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// A record of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    #[default]
    Unknown,
    Present(Contents),
    /// With what it was last: it can be restored.
    Deleted(Contents),
}

/// A record as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    pub collection: CollectionId,
    /// As the collection's schema wants it, in canonical form.
    pub data: Data,
    /// Of the content; see [`crate::collections::Evolution`].
    pub generation: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: UserId,
    pub updated_at: DateTime<Utc>,
}

impl Record {
    /// The record as it is, if it is there.
    pub fn contents(&self) -> Option<&Contents> {
        match self {
            Self::Present(contents) => Some(contents),
            Self::Unknown | Self::Deleted(_) => None,
        }
    }

    /// The record as it is, or as it was last, if it is of this collection.
    pub fn last_of(&self, collection: CollectionId) -> Option<&Contents> {
        match self {
            Self::Present(contents) | Self::Deleted(contents) => {
                Some(contents).filter(|contents| contents.collection == collection)
            }
            Self::Unknown => None,
        }
    }

    /// The record, if it is there and of this collection.
    pub fn of(&self, collection: CollectionId) -> Option<&Contents> {
        self.contents().filter(|contents| contents.collection == collection)
    }
}

impl Aggregate for Record {
    type Event = RecordEvent;
    const CATEGORY: &'static str = "record";
    const STATE_VERSION: i16 = 3;

    fn apply(self, event: &RecordEvent) -> Self {
        match (event, self) {
            (RecordEvent::Created(created), _) => Self::Present(Contents {
                collection: created.collection,
                data: created.data.clone(),
                generation: created.generation,
                created_at: created.at,
                created_by: created.by,
                updated_at: created.at,
            }),
            (RecordEvent::Changed(changed), Self::Present(before)) => {
                let (data, generation) = (changed.data.clone(), changed.generation);
                Self::Present(Contents { data, generation, updated_at: changed.at, ..before })
            }
            (RecordEvent::Restored(restored), Self::Present(before) | Self::Deleted(before)) => {
                let (data, generation) = (restored.data.clone(), restored.generation);
                Self::Present(Contents { data, generation, updated_at: restored.at, ..before })
            }
            (RecordEvent::Deleted(_), Self::Present(last)) => Self::Deleted(last),
            (RecordEvent::Changed(_) | RecordEvent::Deleted(_), gone @ (Self::Unknown | Self::Deleted(_)))
            | (RecordEvent::Restored(_), gone @ Self::Unknown) => gone,
        }
    }
}
