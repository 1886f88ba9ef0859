//! The one statement that writes files: any number of rows, prepared once per connection.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::FileRow;

/// Rows by column. At most one per aggregate.
pub(super) struct Upsert<'a> {
    id: Vec<Uuid>,
    version: Vec<i64>,
    owner: Vec<Uuid>,
    name: Vec<&'a str>,
    content_type: Vec<&'a str>,
    size_bytes: Vec<i64>,
    sha256: Vec<&'a str>,
    temporary: Vec<bool>,
    records: Vec<i64>,
    unnamed_since: Vec<DateTime<Utc>>,
    created_at: Vec<DateTime<Utc>>,
    updated_at: Vec<DateTime<Utc>>,
    position: Vec<i64>,
    deleted: Vec<bool>,
}

impl<'a> Upsert<'a> {
    pub(super) fn of(rows: &'a [FileRow]) -> Self {
        Self {
            id: rows.iter().map(|row| row.id).collect(),
            version: rows.iter().map(|row| row.version).collect(),
            owner: rows.iter().map(|row| row.owner).collect(),
            name: rows.iter().map(|row| row.name.as_str()).collect(),
            content_type: rows.iter().map(|row| row.content_type.as_str()).collect(),
            size_bytes: rows.iter().map(|row| row.size_bytes).collect(),
            sha256: rows.iter().map(|row| row.sha256.as_str()).collect(),
            temporary: rows.iter().map(|row| row.temporary).collect(),
            records: rows.iter().map(|row| row.records).collect(),
            unnamed_since: rows.iter().map(|row| row.unnamed_since).collect(),
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
            "INSERT INTO files (id, version, owner, name, content_type, size_bytes, sha256, temporary, records, \
             unnamed_since, created_at, updated_at, position, deleted) SELECT id, version, owner, name, content_type, \
             size_bytes, sha256, temporary, records, unnamed_since, created_at, updated_at, position, deleted FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.id)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            version: BigInt, owner: SqlUuid, name: Text, content_type: Text, size_bytes: BigInt, sha256: Text,
            temporary: Bool, records: BigInt, unnamed_since: Timestamptz, created_at: Timestamptz, updated_at: Timestamptz, position: BigInt, deleted: Bool,
        );
        out.push_sql(
            ") AS r (id, version, owner, name, content_type, size_bytes, sha256, temporary, records, unnamed_since, \
             created_at, updated_at, position, deleted) ON CONFLICT (id) DO UPDATE SET version = excluded.version, \
             owner = excluded.owner, name = excluded.name, content_type = excluded.content_type, size_bytes = \
             excluded.size_bytes, sha256 = excluded.sha256, temporary = excluded.temporary, records = excluded.records, \
             unnamed_since = excluded.unnamed_since, created_at = excluded.created_at, updated_at = excluded.updated_at, \
             position = excluded.position, deleted = excluded.deleted",
        );
        Ok(())
    }
}
