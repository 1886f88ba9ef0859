//! The one statement that writes webhooks: any number of rows, prepared once per connection.

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::WebhookRow;

/// Rows by column. At most one per aggregate.
pub(super) struct Upsert<'a> {
    id: Vec<Uuid>,
    version: Vec<i64>,
    url: Vec<&'a str>,
    /// Joined by commas: arrays of arrays must be rectangular.
    events: Vec<String>,
    collection: Vec<Option<Uuid>>,
    collection_name: Vec<Option<&'a str>>,
    filter: Vec<Option<&'a str>>,
    description: Vec<&'a str>,
    disabled: Vec<Option<&'a str>>,
    created_by: Vec<Uuid>,
    created_at: Vec<DateTime<Utc>>,
    updated_at: Vec<DateTime<Utc>>,
    position: Vec<i64>,
    deleted: Vec<bool>,
}

impl<'a> Upsert<'a> {
    pub(super) fn of(rows: &'a [WebhookRow]) -> Self {
        Self {
            id: rows.iter().map(|row| row.id).collect(),
            version: rows.iter().map(|row| row.version).collect(),
            url: rows.iter().map(|row| row.url.as_str()).collect(),
            events: rows.iter().map(|row| row.events.join(",")).collect(),
            collection: rows.iter().map(|row| row.collection).collect(),
            collection_name: rows.iter().map(|row| row.collection_name.as_deref()).collect(),
            filter: rows.iter().map(|row| row.filter.as_deref()).collect(),
            description: rows.iter().map(|row| row.description.as_str()).collect(),
            disabled: rows.iter().map(|row| row.disabled.as_deref()).collect(),
            created_by: rows.iter().map(|row| row.created_by).collect(),
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
            "INSERT INTO webhooks (id, version, url, events, collection, collection_name, filter, description, \
             disabled, created_by, created_at, updated_at, position, deleted) SELECT id, version, url, \
             string_to_array(events, ','), collection, collection_name, filter, description, disabled, \
             created_by, created_at, updated_at, position, deleted FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.id)?;
        macro_rules! bind {
            ($($field:ident: $type:ty),* $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<Array<$type>, _>(&self.$field)?;
            )*};
        }
        bind!(
            version: BigInt, url: Text, events: Text, collection: Nullable<SqlUuid>,
            collection_name: Nullable<Text>, filter: Nullable<Text>, description: Text, disabled:
            Nullable<Text>, created_by: SqlUuid, created_at: Timestamptz, updated_at: Timestamptz,
            position: BigInt, deleted: Bool,
        );
        out.push_sql(
            ") AS r (id, version, url, events, collection, collection_name, filter, description, disabled, \
             created_by, created_at, updated_at, position, deleted) ON CONFLICT (id) DO UPDATE SET version = \
             excluded.version, url = excluded.url, events = excluded.events, collection = excluded.collection, \
             collection_name = excluded.collection_name, filter = excluded.filter, description = \
             excluded.description, disabled = excluded.disabled, created_by = excluded.created_by, created_at = \
             excluded.created_at, updated_at = excluded.updated_at, position = excluded.position, deleted = \
             excluded.deleted",
        );
        Ok(())
    }
}
