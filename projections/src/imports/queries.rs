//! The questions that are asked of the read model of imports.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use uuid::Uuid;

use super::{ImportErrorRow, ImportRow, NAME};
use crate::{
    Snapshot,
    schema::{import_errors, imports},
    snapshot::{self, SnapshotQuery},
};

/// Imports from the newest to the oldest, those of one owner or of everybody, at most `limit`, after the last one of the
/// page before. Ids are UUIDv7 and so ordered by time.
pub async fn page(
    conn: &mut Connection,
    owner: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<ImportRow>> {
    let mut query = imports::table
        .filter(imports::deleted.eq(false))
        .filter(imports::id.lt(after.unwrap_or(Uuid::max())))
        .order(imports::id.desc())
        .limit(limit)
        .select(ImportRow::as_select())
        .into_boxed();
    if let Some(owner) = owner {
        query = query.filter(imports::owner.eq(owner));
    }
    query.load(conn).await
}

/// What was wrong with lines of an import, in the order in which it was told, at most `limit`, after the last one of the page before.
pub async fn errors(
    conn: &mut Connection,
    import: Uuid,
    after: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<ImportErrorRow>> {
    import_errors::table
        .filter(import_errors::import_id.eq(import))
        .filter(import_errors::number.gt(after.unwrap_or(0)))
        .order(import_errors::number)
        .limit(limit)
        .select(ImportErrorRow::as_select())
        .load(conn)
        .await
}

/// Imports to which nothing has happened since this time or longer, the oldest first, at most `limit`: those that are open, or those
/// that are over.
pub async fn untouched_since(
    conn: &mut Connection,
    time: DateTime<Utc>,
    open: bool,
    limit: i64,
) -> QueryResult<Vec<Uuid>> {
    let query = imports::table
        .filter(imports::deleted.eq(false))
        .filter(imports::updated_at.lt(time))
        .order(imports::updated_at)
        .limit(limit)
        .select(imports::id)
        .into_boxed();
    let query = if open { query.filter(imports::state.eq("open")) } else { query.filter(imports::state.ne("open")) };
    query.load(conn).await
}

/// One import, also its tombstone, and the position at which it was so.
pub async fn snapshot_of(conn: &mut Connection, id: Uuid) -> QueryResult<Snapshot<Option<ImportRow>>> {
    let find = imports::table.find(id).select(ImportRow::as_select());
    snapshot(conn, move |conn| async move { find.first(conn).await.optional() }.boxed()).await
}

/// What has changed after a position, tombstones included, in the order of positions, at most `limit`.
pub async fn snapshot_changed_after(
    conn: &mut Connection,
    position: i64,
    limit: i64,
) -> QueryResult<Snapshot<Vec<ImportRow>>> {
    let query = imports::table
        .filter(imports::position.gt(position))
        .order(imports::position)
        .limit(limit)
        .select(ImportRow::as_select());
    snapshot(conn, move |conn| query.load(conn).boxed()).await
}

async fn snapshot<T, Q>(conn: &mut Connection, read: Q) -> QueryResult<Snapshot<T>>
where
    T: Send,
    Q: SnapshotQuery<T>,
{
    snapshot::take(conn, NAME, "imports", read).await
}
