//! The read model of collections.

mod fold;
pub mod project;
pub mod queries;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::collections;

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "collections";

/// A collection as the read model has it. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = collections, check_for_backend(diesel::pg::Pg))]
pub struct CollectionRow {
    pub id: Uuid,
    /// Of the collection's stream: what the next command may expect.
    pub version: i64,
    pub name: String,
    /// As [`domain::collections::Definition`] is written.
    pub definition: Value,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: the collection is gone.
    pub deleted: bool,
}
