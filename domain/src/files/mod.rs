//! Files that people have uploaded: what is known of each. Their content lies in an object store.

pub mod content_type;
pub mod create;
pub mod delete;
pub mod digest;
pub mod events;
pub mod link;
pub mod name;
pub mod rename;
pub mod space;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use content_type::ContentType;
pub use create::CreateFile;
pub use delete::{DeleteFile, Deletion};
pub use digest::Digest;
pub use events::FileEvent;
pub use link::{LinkFile, UnlinkFile};
pub use name::FileName;
pub use rename::RenameFile;
pub use space::{FileSpace, FileSpaceEvent, FreeSpace, Room, TakeSpace};

use crate::{Aggregate, Sealed, records::RecordId, users::UserId};

/// Identifies a file. UUIDv7, made at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileId(Uuid);

impl FileId {
    pub fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for FileId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A file. Its content never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum File {
    #[default]
    Unknown,
    Present(Box<Kept>),
    Deleted,
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub owner: UserId,
    pub name: Sealed,
    pub content_type: ContentType,
    /// In bytes.
    pub size: u64,
    pub sha256: Digest,
    /// Where the content is in the object store.
    pub key: String,
    /// To be deleted by itself unless something keeps it.
    pub temporary: bool,
    /// Records that name it, written by its owner.
    pub records: BTreeSet<RecordId>,
    /// Since when no record names it, where none does.
    pub unnamed_since: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Kept {
    /// Whether it is deleted when it is old enough.
    pub fn goes_by_itself(&self) -> bool {
        self.temporary && self.records.is_empty()
    }
}

impl File {
    /// The file, if it is there.
    pub fn kept(&self) -> Option<&Kept> {
        match self {
            Self::Present(kept) => Some(kept.as_ref()),
            Self::Unknown | Self::Deleted => None,
        }
    }
}

impl Aggregate for File {
    type Event = FileEvent;
    const CATEGORY: &'static str = "file";
    const STATE_VERSION: i16 = 1;

    fn apply(self, event: &FileEvent) -> Self {
        match (event, self) {
            (_, Self::Deleted) | (FileEvent::Deleted(_), _) => Self::Deleted,
            (FileEvent::Created(created), _) => Self::Present(Box::new(Kept {
                owner: created.owner,
                name: created.name.clone(),
                content_type: created.content_type.clone(),
                size: created.size,
                sha256: created.sha256,
                key: created.key.clone(),
                temporary: created.temporary,
                records: BTreeSet::new(),
                unnamed_since: created.at,
                created_at: created.at,
                updated_at: created.at,
            })),
            (FileEvent::Renamed(renamed), Self::Present(before)) => {
                Self::Present(Box::new(Kept { name: renamed.name.clone(), updated_at: renamed.at, ..*before }))
            }
            (FileEvent::Linked(linked), Self::Present(mut kept)) => {
                kept.records.insert(linked.record);
                Self::Present(kept)
            }
            (FileEvent::Unlinked(unlinked), Self::Present(mut kept)) => {
                kept.records.remove(&unlinked.record);
                kept.unnamed_since = unlinked.at;
                Self::Present(kept)
            }
            (FileEvent::Renamed(_) | FileEvent::Linked(_) | FileEvent::Unlinked(_), Self::Unknown) => Self::Unknown,
        }
    }
}
