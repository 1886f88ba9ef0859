//! The statements that write imports and errors: any number of rows, each prepared once per connection.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{ImportErrorRow, ImportRow};

/// Rows by column. At most one per aggregate.
pub(super) struct Upsert<'a> {
    id: Vec<Uuid>,
    version: Vec<i64>,
    collection: Vec<Uuid>,
    collection_name: Vec<&'a str>,
    format: Vec<&'a str>,
    owner: Vec<Uuid>,
    state: Vec<&'a str>,
    received_bytes: Vec<i64>,
    lines: Vec<i64>,
    created: Vec<i64>,
    refused: Vec<i64>,
    errors: Vec<i64>,
    started_at: Vec<DateTime<Utc>>,
    updated_at: Vec<DateTime<Utc>>,
    position: Vec<i64>,
    deleted: Vec<bool>,
}

impl<'a> Upsert<'a> {
    pub(super) fn of(rows: &'a [ImportRow]) -> Self {
        Self {
            id: rows.iter().map(|row| row.id).collect(),
            version: rows.iter().map(|row| row.version).collect(),
            collection: rows.iter().map(|row| row.collection).collect(),
            collection_name: rows.iter().map(|row| row.collection_name.as_str()).collect(),
            format: rows.iter().map(|row| row.format.as_str()).collect(),
            owner: rows.iter().map(|row| row.owner).collect(),
            state: rows.iter().map(|row| row.state.as_str()).collect(),
            received_bytes: rows.iter().map(|row| row.received_bytes).collect(),
            lines: rows.iter().map(|row| row.lines).collect(),
            created: rows.iter().map(|row| row.created).collect(),
            refused: rows.iter().map(|row| row.refused).collect(),
            errors: rows.iter().map(|row| row.errors).collect(),
            started_at: rows.iter().map(|row| row.started_at).collect(),
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
            "INSERT INTO imports (id, version, collection, collection_name, format, owner, state, received_bytes, \
             lines, created, refused, errors, started_at, updated_at, position, deleted) SELECT id, version, \
             collection, collection_name, format, owner, state, received_bytes, lines, created, refused, errors, \
             started_at, updated_at, position, deleted FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.id)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            version: BigInt, collection: SqlUuid, collection_name: Text, format: Text, owner: SqlUuid, state:
            Text, received_bytes: BigInt, lines: BigInt, created: BigInt, refused: BigInt, errors: BigInt,
            started_at: Timestamptz, updated_at: Timestamptz, position: BigInt, deleted: Bool,
        );
        out.push_sql(
            ") AS r (id, version, collection, collection_name, format, owner, state, received_bytes, lines, \
             created, refused, errors, started_at, updated_at, position, deleted) ON CONFLICT (id) DO UPDATE SET \
             version = excluded.version, collection = excluded.collection, collection_name = \
             excluded.collection_name, format = excluded.format, owner = excluded.owner, state = excluded.state, \
             received_bytes = excluded.received_bytes, lines = excluded.lines, created = excluded.created, \
             refused = excluded.refused, errors = excluded.errors, started_at = excluded.started_at, updated_at = \
             excluded.updated_at, position = excluded.position, deleted = excluded.deleted",
        );
        Ok(())
    }
}

/// Errors by column.
pub(super) struct InsertErrors<'a> {
    import_id: Vec<Uuid>,
    number: Vec<i64>,
    line: Vec<i64>,
    pointer: Vec<&'a str>,
    code: Vec<&'a str>,
}

impl<'a> InsertErrors<'a> {
    pub(super) fn of(rows: &'a [ImportErrorRow]) -> Self {
        Self {
            import_id: rows.iter().map(|row| row.import_id).collect(),
            number: rows.iter().map(|row| row.number).collect(),
            line: rows.iter().map(|row| row.line).collect(),
            pointer: rows.iter().map(|row| row.pointer.as_str()).collect(),
            code: rows.iter().map(|row| row.code.as_str()).collect(),
        }
    }
}

impl QueryId for InsertErrors<'_> {
    type QueryId = InsertErrors<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for InsertErrors<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO import_errors (import_id, number, line, pointer, code) \
             SELECT import_id, number, line, pointer, code FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.import_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.number)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.line)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.pointer)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.code)?;
        out.push_sql(") AS r (import_id, number, line, pointer, code) ON CONFLICT (import_id, number) DO NOTHING");
        Ok(())
    }
}
