//! The questions that are asked of the read model of files.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use uuid::Uuid;

use super::{FileRow, NAME};
use crate::{
    Snapshot,
    schema::{files, users},
    snapshot::{self, SnapshotQuery},
};

/// The file of this id, if it is there.
pub async fn find(conn: &mut Connection, id: Uuid) -> QueryResult<Option<FileRow>> {
    files::table
        .filter(files::id.eq(id))
        .filter(files::deleted.eq(false))
        .select(FileRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Files from the newest to the oldest, those of one owner or of everybody, at most `limit`, after the last one of the page
/// before. Ids are UUIDv7 and so ordered by time.
pub async fn page(
    conn: &mut Connection,
    owner: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<FileRow>> {
    let mut query = files::table
        .filter(files::deleted.eq(false))
        .filter(files::id.lt(after.unwrap_or(Uuid::max())))
        .order(files::id.desc())
        .limit(limit)
        .select(FileRow::as_select())
        .into_boxed();
    if let Some(owner) = owner {
        query = query.filter(files::owner.eq(owner));
    }
    query.load(conn).await
}

/// Temporary files that no record has named since this time or longer, the oldest first, at most `limit`, after the last one of the page
/// before.
pub async fn temporary_before(
    conn: &mut Connection,
    time: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Uuid>> {
    files::table
        .filter(files::id.gt(after.unwrap_or(Uuid::nil())))
        .filter(files::deleted.eq(false))
        .filter(files::temporary.eq(true))
        .filter(files::records.eq(0))
        .filter(files::unnamed_since.lt(time))
        .order(files::id)
        .limit(limit)
        .select(files::id)
        .load(conn)
        .await
}

/// Files of persons who were erased, at most `limit`.
pub async fn of_erased_owners(conn: &mut Connection, limit: i64) -> QueryResult<Vec<Uuid>> {
    files::table
        .inner_join(users::table.on(users::id.eq(files::owner)))
        .filter(files::deleted.eq(false))
        .filter(users::deleted.eq(true))
        .limit(limit)
        .select(files::id)
        .load(conn)
        .await
}

/// What has changed after a position, tombstones included, in the order of positions, at most `limit`.
pub async fn changed_after(conn: &mut Connection, position: i64, limit: i64) -> QueryResult<Vec<FileRow>> {
    files::table
        .filter(files::position.gt(position))
        .order(files::position)
        .limit(limit)
        .select(FileRow::as_select())
        .load(conn)
        .await
}

/// [`page`], and the position at which this was true.
pub async fn snapshot_page(
    conn: &mut Connection,
    owner: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Snapshot<Vec<FileRow>>> {
    snapshot(conn, move |conn| page(conn, owner, after, limit).boxed()).await
}

/// What has changed after a position of the files of some owners, or of everybody's, tombstones included, in the order of
/// positions, at most `limit`; and the position at which this was true.
pub async fn snapshot_changed_after(
    conn: &mut Connection,
    owners: Option<Vec<Uuid>>,
    position: i64,
    limit: i64,
) -> QueryResult<Snapshot<Vec<FileRow>>> {
    let mut query = files::table
        .filter(files::position.gt(position))
        .order(files::position)
        .limit(limit)
        .select(FileRow::as_select())
        .into_boxed();
    if let Some(owners) = owners {
        query = query.filter(files::owner.eq_any(owners));
    }
    snapshot(conn, move |conn| query.load(conn).boxed()).await
}

/// The file of this id, also its tombstone, and the position at which this was true.
pub async fn snapshot_of(conn: &mut Connection, id: Uuid) -> QueryResult<Snapshot<Option<FileRow>>> {
    let find = files::table.find(id).select(FileRow::as_select());
    snapshot(conn, move |conn| async move { find.first(conn).await.optional() }.boxed()).await
}

async fn snapshot<T, Q>(conn: &mut Connection, read: Q) -> QueryResult<Snapshot<T>>
where
    T: Send,
    Q: SnapshotQuery<T>,
{
    snapshot::take(conn, NAME, "files", read).await
}
