//! A record as those see it who may.

use chrono::{DateTime, Utc};
use domain::{
    collections::Data,
    records::{Contents, RecordId},
};
use projections::records::RecordRow;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A record: what the server says of it, and beside that the fields that its collection declares.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordView {
    pub id: Uuid,
    /// As in the ETag.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// The user who created it.
    pub created_by: Uuid,
    #[serde(flatten)]
    #[schema(ignore)]
    pub fields: Data,
}

impl RecordView {
    pub fn of(id: RecordId, version: i64, contents: Contents) -> Self {
        Self {
            id: id.as_uuid(),
            version,
            created_at: contents.created_at,
            updated_at: contents.updated_at,
            created_by: contents.created_by.as_uuid(),
            fields: contents.data,
        }
    }

    pub fn of_row(row: RecordRow) -> Self {
        let fields = if let Value::Object(fields) = row.data { fields } else { Data::new() };
        Self {
            id: row.id,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            fields,
        }
    }

    /// As rules see it.
    pub fn seen(&self) -> Data {
        domain::records::seen(self.id, self.fields.clone(), self.created_at, self.updated_at, self.created_by)
    }
}
