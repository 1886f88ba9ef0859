//! The one statement that writes collections: any number of rows, prepared once per connection.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use serde_json::Value;
use uuid::Uuid;

use super::CollectionRow;

/// Rows by column. At most one per aggregate.
pub(super) struct Upsert<'a> {
    id: Vec<Uuid>,
    version: Vec<i64>,
    name: Vec<&'a str>,
    definition: Vec<&'a Value>,
    created_at: Vec<DateTime<Utc>>,
    updated_at: Vec<DateTime<Utc>>,
    position: Vec<i64>,
    deleted: Vec<bool>,
}

impl<'a> Upsert<'a> {
    pub(super) fn of(rows: &'a [CollectionRow]) -> Self {
        Self {
            id: rows.iter().map(|row| row.id).collect(),
            version: rows.iter().map(|row| row.version).collect(),
            name: rows.iter().map(|row| row.name.as_str()).collect(),
            definition: rows.iter().map(|row| &row.definition).collect(),
            created_at: rows.iter().map(|row| row.created_at).collect(),
            updated_at: rows.iter().map(|row| row.updated_at).collect(),
            position: rows.iter().map(|row| row.position).collect(),
            deleted: rows.iter().map(|row| row.deleted).collect(),
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
            "INSERT INTO collections (id, version, name, definition, created_at, updated_at, position, deleted) \
             SELECT id, version, name, definition, created_at, updated_at, position, deleted FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.id)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            version: BigInt, name: Text, definition: Jsonb, created_at: Timestamptz, updated_at: Timestamptz, position: BigInt, deleted: Bool,
        );
        out.push_sql(
            ") AS r (id, version, name, definition, created_at, updated_at, position, deleted) ON CONFLICT (id) \
             DO UPDATE SET version = excluded.version, name = excluded.name, definition = excluded.definition, \
             created_at = excluded.created_at, updated_at = excluded.updated_at, position = excluded.position, \
             deleted = excluded.deleted",
        );
        Ok(())
    }
}
