//! An import as those see it whose it is.

use chrono::{DateTime, Utc};
use domain::imports::{Import, ImportId};
use projections::imports::ImportRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How far an import is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportView {
    pub id: Uuid,
    /// As in the ETag.
    pub version: i64,
    /// The name of the collection, as it was when the import was started.
    pub collection: String,
    pub format: ImportFormatName,
    pub state: ImportState,
    /// Bytes of the content that are done: where to go on.
    #[schema(minimum = 0)]
    pub received_bytes: u64,
    /// Ends of lines within these bytes: the next line has this number and one.
    #[schema(minimum = 0)]
    pub lines: u64,
    /// Records that were created.
    #[schema(minimum = 0)]
    pub created: u64,
    /// Lines of which no record was made.
    #[schema(minimum = 0)]
    pub refused: u64,
    /// Errors that are told, 1,000 at most.
    #[schema(minimum = 0, maximum = 1000)]
    pub errors: u64,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// In which form the content comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormatName {
    Ndjson,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Content is coming, or is going to come.
    Open,
    Finished,
    /// The rest is not going to come.
    Abandoned,
}

impl ImportView {
    /// `None` for what nobody is shown.
    pub(super) fn of(id: ImportId, version: i64, import: &Import) -> Option<Self> {
        let (progress, reached) = (import.progress()?, import.progress()?.reached);
        Some(Self {
            id: id.as_uuid(),
            version,
            collection: progress.collection_name.to_string(),
            format: ImportFormatName::of(progress.format.as_str()),
            state: ImportState::of(import.state()?),
            received_bytes: reached.bytes,
            lines: reached.lines,
            created: reached.created,
            refused: reached.refused,
            errors: progress.told,
            created_by: progress.by.as_uuid(),
            created_at: progress.started_at,
            updated_at: progress.updated_at,
        })
    }

    pub(crate) fn of_row(row: ImportRow) -> Self {
        // Never negative.
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Self {
            id: row.id,
            version: row.version,
            format: ImportFormatName::of(&row.format),
            state: ImportState::of(&row.state),
            collection: row.collection_name,
            received_bytes: count(row.received_bytes),
            lines: count(row.lines),
            created: count(row.created),
            refused: count(row.refused),
            errors: count(row.errors),
            created_by: row.owner,
            created_at: row.started_at,
            updated_at: row.updated_at,
        }
    }
}

impl ImportFormatName {
    fn of(text: &str) -> Self {
        if text == "csv" { Self::Csv } else { Self::Ndjson }
    }
}

impl ImportState {
    fn of(text: &str) -> Self {
        match text {
            "finished" => Self::Finished,
            "abandoned" => Self::Abandoned,
            _ => Self::Open,
        }
    }
}
