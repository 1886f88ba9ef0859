//! The read model of records, those of all collections.

mod fold;
pub mod following;
mod generations;
pub mod indexes;
pub mod list;
pub mod project;
pub mod queries;
mod search;
pub mod show;
mod text;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use text::{JsonText, TextRecord};

use crate::{Change, schema::records};

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "records";

/// A record as the read model has it. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = records, check_for_backend(diesel::pg::Pg))]
pub struct RecordRow {
    pub id: Uuid,
    pub collection: Uuid,
    /// Of the record's stream: what the next command may expect.
    pub version: i64,
    /// The content, an object in canonical form.
    pub data: Value,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Uuid,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: the record is gone.
    pub deleted: bool,
    /// Of the content; see [`domain::collections::Evolution`].
    #[serde(default, skip_serializing_if = "is_first")]
    pub generation: i32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_first(generation: &i32) -> bool {
    *generation == 0
}

/// The collection of the record that a change is of. Of one that is gone its last row tells; `None` where the projection did
/// not tell that.
pub fn collection_of(change: &Change) -> Result<Option<Uuid>, serde_json::Error> {
    #[derive(Deserialize)]
    struct InCollection {
        collection: Uuid,
    }
    let known = change.row.as_ref().or_else(|| change.before.as_ref()?.as_ref());
    let row = known.map(|row| serde_json::from_str::<InCollection>(row.get())).transpose()?;
    Ok(row.map(|row| row.collection))
}
