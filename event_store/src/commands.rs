//! Idempotency: which command wrote what, and the answer that a repeat gets.

use bootstrap::db::Connection;
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{RawJson, schema::commands};

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
#[derive(Clone, Debug)]
pub(crate) struct RecordedCommand {
    pub(crate) command_id: Uuid,
    fingerprint: Option<Uuid>,
    pub(crate) first_position: i64,
    pub(crate) last_position: i64,
    pub(crate) response: Option<RawJson>,
    /// The version that each stream had after the command, in the order in which the command wrote them.
    pub(crate) streams: Vec<(String, i64)>,
}

impl RecordedCommand {
    /// Whether it was sent with the same body as the repeat.
    pub(crate) fn has_fingerprint_of(&self, repeat: Option<&Idempotency>) -> bool {
        self.fingerprint == repeat.map(|used| used.fingerprint)
    }
}

type Row = (i32, Uuid, Option<Uuid>, i64, i64, Option<RawJson>, Vec<String>, Vec<i64>);

/// Finds commands by their id, or else by their idempotency key; one answer for each, in order.
pub(crate) async fn find(
    mut conn: &Connection,
    keys: impl ExactSizeIterator<Item = (Uuid, Option<Uuid>)>,
) -> QueryResult<Vec<Option<RecordedCommand>>> {
    let mut found = vec![None; keys.len()];
    let (commands, keys) = keys.unzip();
    let rows: Vec<Row> = Find { commands, keys }.get_results(&mut conn).await?;
    for (index, command_id, fingerprint, first_position, last_position, response, streams, versions) in rows {
        let streams = streams.into_iter().zip(versions).collect();
        if let Some(place) = found.get_mut(index as usize - 1) {
            *place =
                Some(RecordedCommand { command_id, fingerprint, first_position, last_position, response, streams });
        }
    }
    Ok(found)
}

struct Find {
    commands: Vec<Uuid>,
    keys: Vec<Option<Uuid>>,
}

impl QueryId for Find {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Find {
    type SqlType = (Integer, SqlUuid, Nullable<SqlUuid>, BigInt, BigInt, Nullable<Jsonb>, Array<Text>, Array<BigInt>);
}

impl QueryFragment<Pg> for Find {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT a.i::integer, c.command_id, c.fingerprint, f.position, f.position + c.events - 1, c.response, \
             s.streams, s.versions FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.commands)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.keys)?;
        out.push_sql(
            ") WITH ORDINALITY a(command, key, i) \
             CROSS JOIN LATERAL ( \
                 (SELECT 1 AS rank, x.* FROM commands x WHERE x.command_id = a.command) UNION ALL \
                 (SELECT 2 AS rank, x.* FROM commands x WHERE x.idempotency_key = a.key) ORDER BY rank LIMIT 1 \
             ) c \
             JOIN events f ON f.event_id = c.first_event \
             CROSS JOIN LATERAL ( \
                 SELECT array_agg(e.stream_id::text ORDER BY e.first) AS streams, \
                        array_agg(e.version ORDER BY e.first) AS versions \
                 FROM (SELECT x.stream_id, max(x.stream_version) AS version, min(x.position) AS first FROM events x \
                       WHERE x.position BETWEEN f.position AND f.position + c.events - 1 GROUP BY x.stream_id) e \
             ) s",
        );
        Ok(())
    }
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
