//! The questions of those who follow a collection live: each with the position at which its answer was true.

use bootstrap::db::Connection;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use domain::expressions::Filter;
use futures::FutureExt;
use uuid::Uuid;

use super::{NAME, RecordRow, generations::serving};
use crate::{
    Condition, Snapshot,
    schema::records,
    snapshot::{self, SnapshotQuery},
};

/// The records of a collection, or of all, that match, from the newest to the oldest, at most `limit`, after the last one
/// of the page before. Ids are UUIDv7 and so ordered by time.
pub async fn page(
    conn: &mut Connection,
    collection: Option<Uuid>,
    filter: &Filter,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Snapshot<Vec<RecordRow>>> {
    let mut query = records::table
        .filter(serving())
        .filter(records::deleted.eq(false))
        .filter(records::id.lt(after.unwrap_or(Uuid::max())))
        .order(records::id.desc())
        .limit(limit)
        .select(RecordRow::as_select())
        .into_boxed();
    if let Some(collection) = collection {
        query = query.filter(records::collection.eq(collection));
    }
    match filter.constant() {
        Some(true) => {}
        Some(false) => query = query.limit(0),
        None => query = query.filter(Condition::of(filter, "records")),
    }
    snapshot(conn, move |conn| query.load(conn).boxed()).await
}

/// What has changed after a position in some collections, or in all, tombstones included, in the order of positions, at
/// most `limit`.
pub async fn changed(
    conn: &mut Connection,
    collections: Option<Vec<Uuid>>,
    position: i64,
    limit: i64,
) -> QueryResult<Snapshot<Vec<RecordRow>>> {
    let mut query = records::table
        .filter(serving())
        .filter(records::position.gt(position))
        .order(records::position)
        .limit(limit)
        .select(RecordRow::as_select())
        .into_boxed();
    if let Some(collections) = collections {
        query = query.filter(records::collection.eq_any(collections));
    }
    snapshot(conn, move |conn| query.load(conn).boxed()).await
}

/// The record of this id, also its tombstone.
pub async fn one(conn: &mut Connection, id: Uuid) -> QueryResult<Snapshot<Option<RecordRow>>> {
    let find = records::table.filter(records::id.eq(id)).filter(serving()).select(RecordRow::as_select());
    snapshot(conn, move |conn| async move { find.first(conn).await.optional() }.boxed()).await
}

async fn snapshot<T, Q>(conn: &mut Connection, read: Q) -> QueryResult<Snapshot<T>>
where
    T: Send,
    Q: SnapshotQuery<T>,
{
    snapshot::take(conn, NAME, "records", read).await
}
