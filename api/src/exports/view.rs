//! An export as its person sees it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::Row;

/// An export of one's own data.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportView {
    id: Uuid,
    #[schema(pattern = "^(pending|ready|failed)$", example = "ready")]
    state: String,
    /// Of the download, in bytes; `null` until it is ready.
    size_bytes: Option<i64>,
    requested_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    /// It is deleted then.
    expires_at: DateTime<Utc>,
}

impl From<Row> for ExportView {
    fn from(row: Row) -> Self {
        let Row { id, state, size_bytes, requested_at, finished_at, expires_at } = row;
        Self { id, state, size_bytes, requested_at, finished_at, expires_at }
    }
}
