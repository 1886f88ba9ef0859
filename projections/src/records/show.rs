//! The statement of records by their ids, which also tells the version of their collection: one query answers whether the
//! rules that it was asked with are those of this moment.

use bootstrap::db::Connection;
use diesel::{
    QueryResult, Queryable,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{Aggregate, collections::Collection, collections::CollectionId, expressions::Filter};
use event_store::StreamId;
use uuid::Uuid;

use super::text::TextRecord;
use crate::Condition;

/// What is known of a record.
#[derive(Clone, Debug, Queryable)]
pub struct Shown {
    /// `None` when there is no such collection.
    pub collection_version: Option<i64>,
    /// That is read; `None` is the first.
    pub generation: Option<i32>,
    /// The record, if it is there, of this collection, and visible; with the position of its last event.
    pub record: Option<(TextRecord, i64)>,
}

/// What is known of several records.
#[derive(Clone, Debug)]
pub struct ShownSome {
    /// `None` when there is no such collection.
    pub collection_version: Option<i64>,
    /// That is read; `None` is the first.
    pub generation: Option<i32>,
    /// Those that are there, of this collection, and visible, in no order.
    pub records: Vec<TextRecord>,
}

/// One of the records of a collection that are `visible`.
pub async fn show(conn: &mut Connection, collection: CollectionId, id: Uuid, visible: &Filter) -> QueryResult<Shown> {
    let stream = StreamId::new(Collection::CATEGORY, collection.as_uuid());
    Show::new(&stream, collection, Which::One(id), visible).get_result(conn).await
}

/// Some of the records of a collection that are `visible`.
pub async fn show_some(
    conn: &mut Connection,
    collection: CollectionId,
    ids: &[Uuid],
    visible: &Filter,
) -> QueryResult<ShownSome> {
    let stream = StreamId::new(Collection::CATEGORY, collection.as_uuid());
    let shown: Vec<Shown> = Show::new(&stream, collection, Which::Some(ids), visible).load(conn).await?;
    let (collection_version, generation) =
        shown.iter().map(|shown| (shown.collection_version, shown.generation)).next().unwrap_or_default();
    let records = shown.into_iter().filter_map(|shown| shown.record).map(|(record, _)| record).collect();
    Ok(ShownSome { collection_version, generation, records })
}

enum Which<'a> {
    One(Uuid),
    Some(&'a [Uuid]),
}

struct Show<'a> {
    /// Of the collection.
    stream: &'a str,
    collection: Uuid,
    which: Which<'a>,
    condition: Option<Condition>,
}

impl<'a> Show<'a> {
    fn new(stream: &'a StreamId, collection: CollectionId, which: Which<'a>, visible: &Filter) -> Self {
        let condition = match visible.constant() {
            Some(true) => None,
            Some(false) | None => Some(Condition::of(visible, "records")),
        };
        Self { stream: stream.as_str(), collection: collection.as_uuid(), which, condition }
    }
}

impl QueryId for Show<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

type Record = (SqlUuid, BigInt, Jsonb, Timestamptz, Timestamptz, SqlUuid);

impl Query for Show<'_> {
    type SqlType = (Nullable<BigInt>, Nullable<Integer>, Nullable<(Record, BigInt)>);
}

impl QueryFragment<Pg> for Show<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT definition.version, definition.generation, records.id, records.version, records.data, records.created_at, records.updated_at, \
             records.created_by, records.position FROM (SELECT (SELECT max(stream_version) FROM events \
             WHERE stream_id = ",
        );
        out.push_bind_param::<Text, _>(self.stream)?;
        out.push_sql(") AS version, (SELECT generation FROM record_generations WHERE collection = ");
        out.push_bind_param::<SqlUuid, _>(&self.collection)?;
        out.push_sql(") AS generation) AS definition LEFT JOIN records ON records.id = ");
        match &self.which {
            Which::One(id) => out.push_bind_param::<SqlUuid, _>(id)?,
            Which::Some(ids) => {
                out.push_sql("ANY(");
                out.push_bind_param::<Array<SqlUuid>, _>(ids)?;
                out.push_sql(")");
            }
        }
        out.push_sql(" AND records.collection = ");
        out.push_bind_param::<SqlUuid, _>(&self.collection)?;
        out.push_sql(" AND records.generation = coalesce(definition.generation, 0) AND NOT records.deleted");
        if let Some(condition) = &self.condition {
            out.push_sql(" AND ");
            condition.walk_ast(out.reborrow())?;
        }
        Ok(())
    }
}
