//! A record as expressions see it.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{collections::Data, expressions::canonical_timestamp};

/// The fields of a record's content, and beside them what every record has.
pub fn seen(id: Uuid, data: Data, created_at: DateTime<Utc>, updated_at: DateTime<Utc>, created_by: Uuid) -> Data {
    let mut seen = data;
    seen.insert("id".to_owned(), Value::String(id.to_string()));
    seen.insert("created_at".to_owned(), Value::String(canonical_timestamp(created_at)));
    seen.insert("updated_at".to_owned(), Value::String(canonical_timestamp(updated_at)));
    seen.insert("created_by".to_owned(), Value::String(created_by.to_string()));
    seen
}

impl super::Contents {
    /// The record of this id with these contents.
    pub fn seen(&self, id: super::RecordId) -> Data {
        seen(id.as_uuid(), self.data.clone(), self.created_at, self.updated_at, self.created_by.as_uuid())
    }
}
