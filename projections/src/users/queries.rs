//! The questions that are asked of the read model of users.

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, OptionalExtension, PgArrayExpressionMethods, QueryDsl, QueryResult, SelectableHelper, dsl::sql,
    sql_types::Bool,
};
use diesel_async::RunQueryDsl;
use domain::{roles::RoleName, users::Status};
use futures::FutureExt;
use uuid::Uuid;

use super::{NAME, UserRow};
use crate::{
    Condition, Snapshot,
    schema::users,
    snapshot::{self, SnapshotQuery},
};

/// The user of this id, unless gone.
pub async fn find(conn: &mut Connection, id: Uuid) -> QueryResult<Option<UserRow>> {
    users::table
        .filter(users::id.eq(id))
        .filter(users::deleted.eq(false))
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The user of this id, also the tombstone of one who is gone.
pub async fn find_with_removed(conn: &mut Connection, id: Uuid) -> QueryResult<Option<UserRow>> {
    users::table.find(id).select(UserRow::as_select()).first(conn).await.optional()
}

/// Users from the newest to the oldest, at most `limit`, after the last one of the page before. Ids are UUIDv7 and so
/// ordered by time.
pub async fn page(conn: &mut Connection, after: Option<Uuid>, limit: i64) -> QueryResult<Vec<UserRow>> {
    let before = after.unwrap_or(Uuid::max());
    users::table
        .filter(users::id.lt(before))
        .filter(users::deleted.eq(false))
        .order(users::id.desc())
        .limit(limit)
        .select(UserRow::as_select())
        .load(conn)
        .await
}

/// Which users a list has; `None` means all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub id: Option<Uuid>,
    /// Those who are erased are in no list.
    pub status: Option<Status>,
    pub role: Option<RoleName>,
    /// Over the fields that [`super::fields`] declares.
    pub condition: Option<domain::expressions::Filter>,
}

/// In which order a list has them, by the time of their registration: ids are UUIDv7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// The users of a list, at most `limit`, after the last one of the page before.
pub async fn list(
    conn: &mut Connection,
    filter: &Filter,
    order: Order,
    after: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<UserRow>> {
    let mut query =
        users::table.filter(users::deleted.eq(false)).limit(limit).select(UserRow::as_select()).into_boxed();
    query = match order {
        Order::NewestFirst => query.filter(users::id.lt(after.unwrap_or(Uuid::max()))).order(users::id.desc()),
        Order::OldestFirst => query.filter(users::id.gt(after.unwrap_or(Uuid::nil()))).order(users::id.asc()),
    };
    if let Some(id) = filter.id {
        query = query.filter(users::id.eq(id));
    }
    // Literally: the planner uses the index of the few only where it sees that they are meant.
    match filter.status {
        Some(Status::Active) => query = query.filter(sql::<Bool>("status = 'active'")),
        Some(Status::Suspended) => query = query.filter(sql::<Bool>("status = 'suspended'")),
        Some(Status::Erased) => query = query.filter(sql::<Bool>("status = 'erased'")),
        None => {}
    }
    if let Some(role) = &filter.role {
        query = query.filter(users::roles.contains(vec![role.as_str()]));
        if *role != RoleName::MEMBER {
            query = query.filter(sql::<Bool>("roles <> '{member}'"));
        }
    }
    if let Some(condition) = &filter.condition {
        query = query.filter(Condition::of(condition, "users"));
    }
    query.load(conn).await
}

/// What has changed after a position, tombstones included, in the order of positions, at most `limit`. An answer
/// shorter than that is complete up to the checkpoint; otherwise ask again from its last position.
pub async fn changed_after(conn: &mut Connection, position: i64, limit: i64) -> QueryResult<Vec<UserRow>> {
    users::table
        .filter(users::position.gt(position))
        .order(users::position)
        .limit(limit)
        .select(UserRow::as_select())
        .load(conn)
        .await
}

/// One user, and the position at which this was true.
pub async fn snapshot_of(conn: &mut Connection, id: Uuid) -> QueryResult<Snapshot<Option<UserRow>>> {
    snapshot(conn, move |conn| find(conn, id).boxed()).await
}

/// [`changed_after`], and the position at which this was true.
pub async fn snapshot_changed_after(
    conn: &mut Connection,
    position: i64,
    limit: i64,
) -> QueryResult<Snapshot<Vec<UserRow>>> {
    snapshot(conn, move |conn| changed_after(conn, position, limit).boxed()).await
}

/// Whatever `read` reads of users, all of it as it was at one position. Keep it short: the tables cannot be switched to
/// another build meanwhile.
pub async fn snapshot<T, Q>(conn: &mut Connection, read: Q) -> QueryResult<Snapshot<T>>
where
    T: Send,
    Q: SnapshotQuery<T>,
{
    snapshot::take(conn, NAME, "users", read).await
}
