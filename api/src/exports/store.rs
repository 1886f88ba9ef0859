//! The statements on the table of exports that the API makes.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper, sql_query,
    sql_types::Text,
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use crate::schema::exports;

/// Of one person at a time: each takes a while to build, and some room.
pub(super) const MAX_EXPORTS: usize = 3;

/// An export without its content.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = exports, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) state: String,
    pub(super) size_bytes: Option<i64>,
    pub(super) requested_at: DateTime<Utc>,
    pub(super) finished_at: Option<DateTime<Utc>>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Enters an export that is to be built. `Err` is the time at which there is room for one more.
pub(super) async fn reserve(
    conn: &mut Connection,
    id: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<Result<Row, DateTime<Utc>>> {
    conn.transaction(async |conn| {
        // Requests of one person are counted one after the other.
        sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(format!("exports.{user}"))
            .execute(conn)
            .await?;
        let kept = of_user(conn, user, now).await?;
        if let Some(oldest) = kept.iter().map(|row| row.expires_at).min().filter(|_| kept.len() >= MAX_EXPORTS) {
            return Ok(Err(oldest));
        }
        let row = diesel::insert_into(exports::table)
            .values((
                exports::id.eq(id),
                exports::user_id.eq(user),
                exports::state.eq("pending"),
                exports::requested_at.eq(now),
                exports::expires_at.eq(expires_at),
            ))
            .returning(Row::as_returning())
            .get_result(conn)
            .await?;
        Ok(Ok(row))
    })
    .await
}

/// Takes back what [`reserve`] entered.
pub(super) async fn cancel(conn: &mut Connection, id: Uuid) -> QueryResult<()> {
    diesel::delete(exports::table.find(id)).execute(conn).await?;
    Ok(())
}

/// The exports of a person that have not expired, newest first.
pub(super) async fn of_user(conn: &mut Connection, user: Uuid, now: DateTime<Utc>) -> QueryResult<Vec<Row>> {
    exports::table
        .filter(exports::user_id.eq(user))
        .filter(exports::expires_at.gt(now))
        .order(exports::id.desc())
        .select(Row::as_select())
        .load(conn)
        .await
}

/// A person's own export, unless it has expired.
pub(super) async fn find(conn: &mut Connection, id: Uuid, user: Uuid, now: DateTime<Utc>) -> QueryResult<Option<Row>> {
    exports::table
        .find(id)
        .filter(exports::user_id.eq(user))
        .filter(exports::expires_at.gt(now))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()
}

/// The sealed content of a person's own export, unless it has expired; `Some(None)` while there is none.
pub(super) async fn content(
    conn: &mut Connection,
    id: Uuid,
    user: Uuid,
    now: DateTime<Utc>,
) -> QueryResult<Option<Option<String>>> {
    exports::table
        .find(id)
        .filter(exports::user_id.eq(user))
        .filter(exports::expires_at.gt(now))
        .select(exports::content)
        .first(conn)
        .await
        .optional()
}
