//! The read model of files.

mod fold;
pub mod project;
pub mod queries;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use domain::Sealed;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::files;

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "files";

/// A file as the read model has it. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = files, check_for_backend(diesel::pg::Pg))]
pub struct FileRow {
    pub id: Uuid,
    /// Of the file's stream: what the next command may expect.
    pub version: i64,
    pub owner: Uuid,
    /// Sealed for the purpose `file.name`.
    pub name: String,
    pub content_type: String,
    pub size_bytes: i64,
    /// 64 hexadecimal digits.
    pub sha256: String,
    pub temporary: bool,
    /// How many name it.
    pub records: i64,
    /// Since when none names it, where none does.
    pub unnamed_since: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: the file is gone.
    pub deleted: bool,
}

impl FileRow {
    pub fn sealed_name(&self) -> Sealed {
        Sealed::from_ciphertext(self.name.clone())
    }
}
