//! The one statement that writes records: any number of rows, prepared once per connection.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Timestamptz, Uuid as SqlUuid},
};
use serde_json::Value;
use uuid::Uuid;

use super::RecordRow;

/// Rows by column. At most one per aggregate and generation.
pub(super) struct Upsert<'a> {
    id: Vec<Uuid>,
    collection: Vec<Uuid>,
    version: Vec<i64>,
    data: Vec<&'a Value>,
    created_at: Vec<DateTime<Utc>>,
    updated_at: Vec<DateTime<Utc>>,
    created_by: Vec<Uuid>,
    position: Vec<i64>,
    deleted: Vec<bool>,
    generation: Vec<i32>,
}

impl<'a> Upsert<'a> {
    pub(super) fn of(rows: &[&'a RecordRow]) -> Self {
        Self {
            id: rows.iter().map(|row| row.id).collect(),
            collection: rows.iter().map(|row| row.collection).collect(),
            version: rows.iter().map(|row| row.version).collect(),
            data: rows.iter().map(|row| &row.data).collect(),
            created_at: rows.iter().map(|row| row.created_at).collect(),
            updated_at: rows.iter().map(|row| row.updated_at).collect(),
            created_by: rows.iter().map(|row| row.created_by).collect(),
            position: rows.iter().map(|row| row.position).collect(),
            deleted: rows.iter().map(|row| row.deleted).collect(),
            generation: rows.iter().map(|row| row.generation).collect(),
        }
    }
}

impl QueryId for Upsert<'_> {
    // A type without lifetimes names the statement, so that diesel keeps it prepared.
    type QueryId = Upsert<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Upsert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO records (id, collection, version, data, created_at, updated_at, created_by, position, \
             deleted, generation) SELECT id, collection, version, data, created_at, updated_at, created_by, position, \
             deleted, generation FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.id)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            collection: SqlUuid, version: BigInt, data: Jsonb, created_at: Timestamptz, updated_at: Timestamptz, created_by: SqlUuid, position: BigInt, deleted: Bool, generation: Integer,
        );
        out.push_sql(
            ") AS r (id, collection, version, data, created_at, updated_at, created_by, position, deleted, generation) ON \
             CONFLICT (id, generation) DO UPDATE SET collection = excluded.collection, version = excluded.version, data = \
             excluded.data, created_at = excluded.created_at, updated_at = excluded.updated_at, created_by = \
             excluded.created_by, position = excluded.position, deleted = excluded.deleted",
        );
        Ok(())
    }
}
