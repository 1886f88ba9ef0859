//! The questions that are asked of the read model of records.

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper,
    dsl::{exists, select},
};
use diesel_async::RunQueryDsl;
use domain::{collections::CollectionId, expressions::Filter};
use uuid::Uuid;

use super::RecordRow;
use crate::{Condition, schema::records};

/// In which order a list has records, by the time of their creation: ids are UUIDv7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// The record of this id, if it is there and of this collection.
pub async fn find(conn: &mut Connection, collection: CollectionId, id: Uuid) -> QueryResult<Option<RecordRow>> {
    records::table
        .filter(records::id.eq(id))
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .select(RecordRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The records of a list, at most `limit`, after the last one of the page before.
pub async fn list(
    conn: &mut Connection,
    collection: CollectionId,
    filter: &Filter,
    order: Order,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<RecordRow>> {
    let mut query = records::table
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .limit(limit)
        .select(RecordRow::as_select())
        .into_boxed();
    query = match order {
        Order::NewestFirst => query.filter(records::id.lt(after.unwrap_or(Uuid::max()))).order(records::id.desc()),
        Order::OldestFirst => query.filter(records::id.gt(after.unwrap_or(Uuid::nil()))).order(records::id.asc()),
    };
    match filter.constant() {
        Some(true) => {}
        Some(false) => return Ok(vec![]),
        None => query = query.filter(Condition::of(filter, "records")),
    }
    query.load(conn).await
}

/// Whether a collection has any record.
pub async fn any(conn: &mut Connection, collection: CollectionId) -> QueryResult<bool> {
    let present = records::table
        .filter(records::collection.eq(collection.as_uuid()))
        .filter(records::deleted.eq(false))
        .select(records::id);
    select(exists(present)).get_result(conn).await
}

/// What has changed after a position, tombstones included, in the order of positions, at most `limit`.
pub async fn changed_after(conn: &mut Connection, position: i64, limit: i64) -> QueryResult<Vec<RecordRow>> {
    records::table
        .filter(records::position.gt(position))
        .order(records::position)
        .limit(limit)
        .select(RecordRow::as_select())
        .load(conn)
        .await
}
