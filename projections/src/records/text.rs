//! A record whose content is carried as text, from the database to whoever reads it.

use chrono::{DateTime, Utc};
use diesel::{
    Queryable,
    deserialize::{self, FromSql, FromSqlRow},
    pg::{Pg, PgValue},
    sql_types::{BigInt, Jsonb, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

/// The columns of a [`TextRecord`].
pub(super) type Columns = (SqlUuid, BigInt, Jsonb, Timestamptz, Timestamptz, SqlUuid);
/// The same in SQL.
pub(super) const COLUMNS: &str = "id, version, data, created_at, updated_at, created_by";

/// `jsonb` travels as one version byte and the text (PostgreSQL's `jsonb_send`).
const JSONB_VERSION: u8 = 1;

/// A record as it is read.
#[derive(Clone, Debug, Queryable)]
pub struct TextRecord {
    pub id: Uuid,
    /// Of the record's stream.
    pub version: i64,
    pub data: JsonText,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Uuid,
}

/// What `jsonb` says as text, taken at its word.
#[derive(Clone, Debug, FromSqlRow)]
pub struct JsonText(String);

impl JsonText {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromSql<Jsonb, Pg> for JsonText {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            [JSONB_VERSION, text @ ..] => Ok(Self(String::from_utf8(text.to_vec())?)),
            _ => Err("unsupported jsonb encoding".into()),
        }
    }
}
