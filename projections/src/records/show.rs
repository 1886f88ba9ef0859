//! The statements of records by their ids, which also tell the version of their collection: one query answers whether the
//! rules that it was asked with are those of this moment.

use bootstrap::db::Connection;
use diesel::{
    QueryResult, Queryable,
    deserialize::FromSqlRow,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnectionCore, RunQueryDsl};
use domain::{Aggregate, collections::Collection, collections::CollectionId, expressions::Filter};
use event_store::StreamId;
use futures::TryStreamExt;
use uuid::Uuid;

use super::text::TextRecord;
use crate::Condition;

/// What is known of a record.
#[derive(Clone, Debug, Default, Queryable)]
pub struct Shown {
    /// `None` when there is no such collection.
    pub collection_version: Option<i64>,
    /// That is read; `None` is the first.
    pub generation: Option<i32>,
    /// The record, if it is there and of this collection; with the position of its last event.
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

/// Records of any collections, each for itself and in the order in which they are asked for; whoever asks has to apply the
/// rules. All are of one moment.
pub async fn show(conn: &Connection, wanted: &[(CollectionId, Uuid)]) -> QueryResult<Vec<Shown>> {
    let rows: Vec<_> = AsyncConnectionCore::load(&mut &*conn, Show::of(wanted)).await?.try_collect().await?;
    let mut shown = vec![Shown::default(); wanted.len()];
    for row in &rows {
        let (number, one): (i64, Shown) = FromSqlRow::<<Show as Query>::SqlType, Pg>::build_from_row(row)
            .map_err(diesel::result::Error::DeserializationError)?;
        if let Some(place) = usize::try_from(number - 1).ok().and_then(|number| shown.get_mut(number)) {
            *place = one;
        }
    }
    Ok(shown)
}

/// Some of the records of a collection that are `visible`.
pub async fn show_some(
    conn: &mut Connection,
    collection: CollectionId,
    ids: &[Uuid],
    visible: &Filter,
) -> QueryResult<ShownSome> {
    let stream = StreamId::new(Collection::CATEGORY, collection.as_uuid());
    let condition = match visible.constant() {
        Some(true) => None,
        Some(false) | None => Some(Condition::of(visible, "records")),
    };
    let query = ShowVisible { stream: stream.as_str(), collection: collection.as_uuid(), ids, condition };
    let shown: Vec<Shown> = query.load(conn).await?;
    let (collection_version, generation) =
        shown.iter().map(|shown| (shown.collection_version, shown.generation)).next().unwrap_or_default();
    let records = shown.into_iter().filter_map(|shown| shown.record).map(|(record, _)| record).collect();
    Ok(ShownSome { collection_version, generation, records })
}

type Record = (SqlUuid, BigInt, Jsonb, Timestamptz, Timestamptz, SqlUuid);
type ShownColumns = (Nullable<BigInt>, Nullable<Integer>, Nullable<(Record, BigInt)>);

/// What [`Record`] is, and the position.
const RECORD: &str = "records.id, records.version, records.data, records.created_at, records.updated_at, \
                      records.created_by, records.position";

struct Show {
    /// Each collection once, with its stream.
    collections: Vec<Uuid>,
    streams: Vec<String>,
    /// By record.
    collection_of: Vec<Uuid>,
    ids: Vec<Uuid>,
}

impl Show {
    fn of(wanted: &[(CollectionId, Uuid)]) -> Self {
        let collection_of: Vec<Uuid> = wanted.iter().map(|(collection, _)| collection.as_uuid()).collect();
        let mut collections = collection_of.clone();
        collections.sort();
        collections.dedup();
        let stream = |id: &Uuid| StreamId::new(Collection::CATEGORY, *id).as_str().to_owned();
        let streams = collections.iter().map(stream).collect();
        Self { collections, streams, collection_of, ids: wanted.iter().map(|(_, id)| *id).collect() }
    }
}

impl QueryId for Show {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Show {
    type SqlType = (BigInt, ShownColumns);
}

impl QueryFragment<Pg> for Show {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH definitions AS MATERIALIZED (SELECT known.collection, (SELECT max(stream_version) FROM events WHERE \
             stream_id = known.stream) AS version, (SELECT generation FROM record_generations AS read WHERE \
             read.collection = known.collection) AS generation FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.collections)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.streams)?;
        out.push_sql(
            ") AS known (collection, stream)) SELECT wanted.number, definitions.version, definitions.generation, ",
        );
        out.push_sql(RECORD);
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.collection_of)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(
            ") WITH ORDINALITY AS wanted (collection, id, number) JOIN definitions USING (collection) LEFT JOIN records ON \
             records.id = wanted.id AND records.generation = coalesce(definitions.generation, 0) AND records.collection = \
             wanted.collection AND NOT records.deleted",
        );
        Ok(())
    }
}

struct ShowVisible<'a> {
    /// Of the collection.
    stream: &'a str,
    collection: Uuid,
    ids: &'a [Uuid],
    condition: Option<Condition>,
}

impl QueryId for ShowVisible<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for ShowVisible<'_> {
    type SqlType = ShownColumns;
}

impl QueryFragment<Pg> for ShowVisible<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT definition.version, definition.generation, ");
        out.push_sql(RECORD);
        out.push_sql(" FROM (SELECT (SELECT max(stream_version) FROM events WHERE stream_id = ");
        out.push_bind_param::<Text, _>(self.stream)?;
        out.push_sql(") AS version, (SELECT generation FROM record_generations WHERE collection = ");
        out.push_bind_param::<SqlUuid, _>(&self.collection)?;
        out.push_sql(") AS generation) AS definition LEFT JOIN records ON records.id = ANY(");
        out.push_bind_param::<Array<SqlUuid>, _>(self.ids)?;
        out.push_sql(") AND records.collection = ");
        out.push_bind_param::<SqlUuid, _>(&self.collection)?;
        out.push_sql(" AND records.generation = coalesce(definition.generation, 0) AND NOT records.deleted");
        if let Some(condition) = &self.condition {
            out.push_sql(" AND ");
            condition.walk_ast(out.reborrow())?;
        }
        Ok(())
    }
}
