//! Idempotency: which command wrote what, and the answer that a repeat gets.

use bootstrap::db::Connection;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    RawJson,
    schema::{commands, events},
};

/// A client's key, scoped to caller and route, and what it was sent with. Both are HMACs: neither tells anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    pub(crate) key: Uuid,
    pub(crate) fingerprint: Uuid,
}

impl Idempotency {
    /// `key` is the hash of caller, route and the client's key; `fingerprint` that of the request's body: the same key
    /// with another body is refused. 128 bits of each are kept.
    pub fn new(key: [u8; 32], fingerprint: [u8; 32]) -> Self {
        Self { key: first_half(key), fingerprint: first_half(fingerprint) }
    }
}

fn first_half(hash: [u8; 32]) -> Uuid {
    let [half, _] = hash.as_chunks::<16>().0 else { return Uuid::nil() };
    Uuid::from_bytes(*half)
}

/// What the first command under this key was answered with.
#[derive(Clone, Debug)]
pub struct Replay {
    pub response: Option<RawJson>,
}

/// A command that is in the log.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = commands, check_for_backend(diesel::pg::Pg))]
pub(crate) struct RecordedCommand {
    pub(crate) command_id: Uuid,
    pub(crate) fingerprint: Option<Uuid>,
    pub(crate) first_position: i64,
    pub(crate) last_position: i64,
    pub(crate) response: Option<RawJson>,
}

/// Finds a command by its id or by its idempotency key.
pub(crate) async fn find(
    conn: &mut Connection,
    command_id: Uuid,
    key: Option<Uuid>,
) -> QueryResult<Option<RecordedCommand>> {
    commands::table
        .filter(commands::command_id.eq(command_id).or(commands::idempotency_key.eq(key)))
        .select(RecordedCommand::as_select())
        .first(conn)
        .await
        .optional()
}

/// The version that each stream had after a command, in the order in which the command wrote them.
pub(crate) async fn versions(conn: &mut Connection, command: &RecordedCommand) -> QueryResult<Vec<(String, i64)>> {
    let rows: Vec<(String, i64)> = events::table
        .filter(events::position.between(command.first_position, command.last_position))
        .order(events::position)
        .select((events::stream_id, events::stream_version))
        .load(conn)
        .await?;
    let mut versions: Vec<(String, i64)> = vec![];
    for (stream, version) in rows {
        match versions.iter_mut().find(|(known, _)| *known == stream) {
            Some(known) => known.1 = version,
            None => versions.push((stream, version)),
        }
    }
    Ok(versions)
}

/// Forgets commands older than `before` (the time in their id), at most `limit`; returns how many.
pub async fn prune(conn: &mut Connection, before: Uuid, limit: i64) -> QueryResult<usize> {
    let old: Vec<Uuid> = commands::table
        .filter(commands::command_id.lt(before))
        .order(commands::command_id)
        .limit(limit)
        .select(commands::command_id)
        .load(conn)
        .await?;
    diesel::delete(commands::table.filter(commands::command_id.eq_any(old))).execute(conn).await
}
