//! The questions that are asked of the read model of records.

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper,
    dsl::{exists, select},
};
use diesel_async::RunQueryDsl;
use domain::collections::CollectionId;
use uuid::Uuid;

use super::{RecordRow, generations::serving};
use crate::schema::{record_generations, records};

/// The record of this id, if it is there and of this collection.
pub async fn find(conn: &mut Connection, collection: CollectionId, id: Uuid) -> QueryResult<Option<RecordRow>> {
    records::table
        .filter(records::id.eq(id))
        .filter(serving())
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .select(RecordRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Whether a collection has any record.
pub async fn any(conn: &mut Connection, collection: CollectionId) -> QueryResult<bool> {
    let present = records::table
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .filter(serving())
        .select(records::id);
    select(exists(present)).get_result(conn).await
}

/// The generation of a collection's records that is read.
pub async fn generation(conn: &mut Connection, collection: CollectionId) -> QueryResult<i32> {
    let row: Option<i32> = record_generations::table
        .find(collection.as_uuid())
        .select(record_generations::generation)
        .first(conn)
        .await
        .optional()?;
    Ok(row.unwrap_or(0))
}

/// The records of a collection, also those that are gone, whose last change is at a position after `after` and up to `upto`:
/// in the order of these, at most `limit`.
pub async fn changed_between(
    conn: &mut Connection,
    collection: CollectionId,
    (after, upto): (i64, i64),
    limit: i64,
) -> QueryResult<Vec<RecordRow>> {
    records::table
        .filter(serving())
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::position.gt(after))
        .filter(records::position.le(upto))
        .order(records::position)
        .limit(limit)
        .select(RecordRow::as_select())
        .load(conn)
        .await
}

/// The records of a collection, of whatever generation, whose positions are after `after` and up to `upto`.
pub async fn ids_between(
    conn: &mut Connection,
    collection: CollectionId,
    (after, upto): (i64, i64),
) -> QueryResult<Vec<Uuid>> {
    records::table
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::position.gt(after))
        .filter(records::position.le(upto))
        .select(records::id)
        .distinct()
        .load(conn)
        .await
}

/// The position of the last one of so many records of a collection, of whatever generation, whose positions are after `after`
/// and up to `upto`; `None` when there is none.
pub async fn some_after(
    conn: &mut Connection,
    collection: CollectionId,
    (after, upto): (i64, i64),
    limit: i64,
) -> QueryResult<Option<i64>> {
    let positions: Vec<i64> = records::table
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::position.gt(after))
        .filter(records::position.le(upto))
        .order(records::position)
        .limit(limit)
        .select(records::position)
        .load(conn)
        .await?;
    Ok(positions.last().copied())
}
