//! The read model of imports, and of what was wrong with their lines.

mod fold;
pub mod project;
pub mod queries;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::{import_errors, imports};

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "imports";

/// An import as the read model has it. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = imports, check_for_backend(diesel::pg::Pg))]
pub struct ImportRow {
    pub id: Uuid,
    /// Of the import's stream: what the next command may expect.
    pub version: i64,
    pub collection: Uuid,
    /// As it was when the import was started.
    pub collection_name: String,
    /// `ndjson` or `csv`.
    pub format: String,
    pub owner: Uuid,
    /// `open`, `finished` or `abandoned`.
    pub state: String,
    /// Of the content, done.
    pub received_bytes: i64,
    pub lines: i64,
    pub created: i64,
    pub refused: i64,
    /// Errors that are told.
    pub errors: i64,
    pub started_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: nobody is shown the import any more.
    pub deleted: bool,
}

/// One thing that was wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = import_errors, check_for_backend(diesel::pg::Pg))]
pub struct ImportErrorRow {
    pub import_id: Uuid,
    /// In the order in which they were told, from 1.
    pub number: i64,
    pub line: i64,
    pub pointer: String,
    pub code: String,
}
