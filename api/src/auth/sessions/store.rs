//! Every statement on the table of sessions.

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable,
    Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::sessions;

/// A session as it is kept.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) generation: i32,
    pub(super) refresh_hash: Vec<u8>,
    pub(super) previous_hash: Option<Vec<u8>>,
    pub(super) rotations: i32,
    pub(super) rotated_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
    pub(super) authenticated_at: DateTime<Utc>,
    pub(super) idle_expires_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) mode: String,
    pub(super) device: Option<String>,
    pub(super) place: Option<String>,
    pub(super) ended_at: Option<DateTime<Utc>>,
}

pub(super) async fn insert(conn: &mut Connection, row: &Row) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(row).execute(conn).await?;
    Ok(())
}

pub(super) async fn find(conn: &mut Connection, id: Uuid) -> QueryResult<Option<Row>> {
    sessions::table.find(id).select(Row::as_select()).first(conn).await.optional()
}

/// The sessions of a user that are not over, the one seen last first. `from` is the first generation that counts.
pub(super) async fn of_user(
    conn: &mut Connection,
    user: Uuid,
    from: i32,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::generation.ge(from)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::idle_expires_at.gt(now).and(sessions::expires_at.gt(now)))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select(Row::as_select())
        .limit(limit)
        .load(conn)
        .await
}

/// Exchanges the token that counts for its successor, in one step: of many who come with it at once, one gets the row.
/// `None` when it is not the one that counts, or the session is over.
pub(super) async fn rotate(
    conn: &mut Connection,
    id: Uuid,
    (old, new): (&[u8], &[u8]),
    idle_expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<Option<Row>> {
    let current = sessions::table
        .filter(sessions::id.eq(id).and(sessions::refresh_hash.eq(old)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::idle_expires_at.gt(now).and(sessions::expires_at.gt(now)));
    diesel::update(current)
        .set((
            sessions::refresh_hash.eq(new),
            sessions::previous_hash.eq(old),
            sessions::rotations.eq(sessions::rotations + 1),
            sessions::rotated_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::idle_expires_at.eq(idle_expires_at),
        ))
        .returning(Row::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Replaces the token that counts, whichever it is, and takes the session over into a generation. `None` when somebody
/// else has changed the session since it was `rotations` tokens long, or it is over.
pub(super) async fn renew(
    conn: &mut Connection,
    id: Uuid,
    rotations: i32,
    new: &[u8],
    generation: i32,
    proved_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<Option<Row>> {
    let current = sessions::table
        .filter(sessions::id.eq(id).and(sessions::rotations.eq(rotations)))
        .filter(sessions::ended_at.is_null());
    diesel::update(current)
        .set((
            sessions::refresh_hash.eq(new),
            sessions::previous_hash.eq(None::<Vec<u8>>),
            sessions::rotations.eq(sessions::rotations + 1),
            sessions::rotated_at.eq(now),
            sessions::last_seen_at.eq(now),
            proved_at.map(|at| sessions::authenticated_at.eq(at)),
            sessions::generation.eq(generation),
        ))
        .returning(Row::as_returning())
        .get_result(conn)
        .await
        .optional()
}

pub(super) async fn end(conn: &mut Connection, id: Uuid, now: DateTime<Utc>) -> QueryResult<()> {
    let current = sessions::table.find(id).filter(sessions::ended_at.is_null());
    diesel::update(current).set(sessions::ended_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// Ends the sessions of a user that were begun before this generation.
pub(super) async fn end_before(
    conn: &mut Connection,
    user: Uuid,
    generation: i32,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let current = sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::generation.lt(generation)))
        .filter(sessions::ended_at.is_null());
    diesel::update(current).set(sessions::ended_at.eq(now)).execute(conn).await?;
    Ok(())
}
