//! Imports: records of a collection that come in as lines of a file, and how far that is.

pub mod abandon;
pub mod advance;
pub mod events;
pub mod finish;
pub mod format;
pub mod line_error;
pub mod remove;
pub mod start;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use abandon::{AbandonImport, Abandonment};
pub use advance::AdvanceImport;
pub use events::ImportEvent;
pub use finish::FinishImport;
pub use format::ImportFormat;
pub use line_error::{LineError, MOST_ERRORS};
pub use remove::RemoveImport;
pub use start::StartImport;

use crate::{
    Aggregate,
    collections::{CollectionId, CollectionName},
    users::UserId,
};

/// Scope of the claims that open imports hold, by which they are counted.
pub const OPEN: &str = "import.open";

/// Identifies an import. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportId(Uuid);

impl ImportId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// An import. Its records are aggregates of their own, appended together with what is said of them here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Import {
    #[default]
    Unknown,
    Open(Box<Progress>),
    Finished(Box<Progress>),
    Abandoned(Box<Progress>),
    /// Too old to be shown.
    Removed,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub collection: CollectionId,
    /// As it was called when the import was started.
    pub collection_name: CollectionName,
    pub format: ImportFormat,
    pub by: UserId,
    /// What the first line of a CSV says, once it was read.
    pub columns: Option<Vec<String>>,
    pub reached: Reached,
    /// Errors that were told, of [`MOST_ERRORS`].
    pub told: u64,
    pub started_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What has been done of the content. All of it is in the log: what comes again is passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// From the beginning of the content.
    pub bytes: u64,
    /// Ends of lines within these bytes.
    pub lines: u64,
    /// Records that were created.
    pub created: u64,
    /// Lines of which no record was made.
    pub refused: u64,
}

/// Why nothing can be added to an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpen {
    #[error("there is no such import")]
    UnknownImport,
    #[error("the import is finished")]
    Finished,
    #[error("the import was given up")]
    Abandoned,
}

impl Import {
    /// The import, if it goes on.
    pub fn open(&self) -> Result<&Progress, NotOpen> {
        match self {
            Self::Open(progress) => Ok(progress),
            Self::Finished(_) => Err(NotOpen::Finished),
            Self::Abandoned(_) => Err(NotOpen::Abandoned),
            Self::Unknown | Self::Removed => Err(NotOpen::UnknownImport),
        }
    }

    /// The import, whether it goes on or not; `None` when nothing is to be seen of it.
    pub fn progress(&self) -> Option<&Progress> {
        match self {
            Self::Open(progress) | Self::Finished(progress) | Self::Abandoned(progress) => Some(progress),
            Self::Unknown | Self::Removed => None,
        }
    }

    /// As clients see it; `None` when nothing is to be seen of it.
    pub fn state(&self) -> Option<&'static str> {
        match self {
            Self::Open(_) => Some("open"),
            Self::Finished(_) => Some("finished"),
            Self::Abandoned(_) => Some("abandoned"),
            Self::Unknown | Self::Removed => None,
        }
    }
}

impl Aggregate for Import {
    type Event = ImportEvent;
    const CATEGORY: &'static str = "import";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &ImportEvent) -> Self {
        match (event, self) {
            (_, Self::Removed) | (ImportEvent::Removed(_), _) => Self::Removed,
            (ImportEvent::Started(started), _) => Self::Open(Box::new(Progress {
                collection: started.collection,
                collection_name: started.collection_name.clone(),
                format: started.format,
                by: started.by,
                columns: None,
                reached: Reached::default(),
                told: 0,
                started_at: started.at,
                updated_at: started.at,
            })),
            (ImportEvent::Advanced(advanced), Self::Open(before)) => {
                let columns = advanced.columns.clone().or(before.columns);
                let told = before.told + advanced.errors.len() as u64;
                let (reached, updated_at) = (advanced.reached, advanced.at);
                Self::Open(Box::new(Progress { columns, reached, told, updated_at, ..*before }))
            }
            (ImportEvent::Finished(finished), Self::Open(before)) => {
                Self::Finished(Box::new(Progress { updated_at: finished.at, ..*before }))
            }
            (ImportEvent::Abandoned(abandoned), Self::Open(before)) => {
                Self::Abandoned(Box::new(Progress { updated_at: abandoned.at, ..*before }))
            }
            (
                ImportEvent::Advanced(_) | ImportEvent::Finished(_) | ImportEvent::Abandoned(_),
                ended @ (Self::Unknown | Self::Finished(_) | Self::Abandoned(_)),
            ) => ended,
        }
    }
}
