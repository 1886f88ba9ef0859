//! A file as those see it who may.

use chrono::{DateTime, Utc};
use domain::files::{FileId, Kept};
use event_store::{SubjectKey, SubjectKeys};
use file_store::NAME;
use projections::files::FileRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiResult;

/// What is known of a file. Its content is at `/v1/files/{id}/content`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileView {
    pub id: Uuid,
    /// As in the ETag.
    pub version: i64,
    #[schema(example = "report.pdf")]
    pub name: String,
    /// As the content shows it, whatever was said of it.
    #[schema(example = "application/pdf")]
    pub content_type: String,
    pub size_bytes: u64,
    /// In hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// The user who uploaded it.
    pub owner: Uuid,
    /// Whether it goes by itself.
    pub temporary: bool,
    /// How many records name it: as long as one does, it does not go by itself.
    pub records: u64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl FileView {
    pub fn of(id: FileId, version: i64, kept: &Kept, name: String) -> Self {
        Self {
            id: id.as_uuid(),
            version,
            name,
            content_type: kept.content_type.to_string(),
            size_bytes: kept.size,
            sha256: kept.sha256.to_string(),
            owner: kept.owner.as_uuid(),
            temporary: kept.temporary,
            records: kept.records.len() as u64,
            created_at: kept.created_at,
            updated_at: kept.updated_at,
        }
    }

    /// Opens what the log keeps sealed.
    pub async fn open(id: FileId, version: i64, kept: &Kept, keys: &SubjectKeys) -> ApiResult<Self> {
        let name = keys.open(kept.owner.as_uuid(), NAME, &kept.name).await?;
        Ok(Self::of(id, version, kept, name))
    }

    /// The same for a page of rows, with one query for their keys at most. Files of whoever was erased are left out.
    pub async fn open_all(rows: Vec<FileRow>, keys: &SubjectKeys) -> ApiResult<Vec<Self>> {
        let mut owners: Vec<Uuid> = rows.iter().map(|row| row.owner).collect();
        owners.sort_unstable();
        owners.dedup();
        let keys = keys.get_many(&owners).await?;
        rows.into_iter().filter_map(|row| keys.get(&row.owner).map(|key| Self::open_row(row, key))).collect()
    }

    /// Opens what the read model keeps sealed.
    pub(crate) fn open_row(row: FileRow, key: &SubjectKey) -> ApiResult<Self> {
        Ok(Self {
            id: row.id,
            version: row.version,
            name: key.open(NAME, &row.sealed_name())?,
            content_type: row.content_type,
            size_bytes: row.size_bytes.unsigned_abs(),
            sha256: row.sha256,
            owner: row.owner,
            temporary: row.temporary,
            records: row.records.unsigned_abs(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
