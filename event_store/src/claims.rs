//! Claims as such: who holds one, and moving them to other hashes when the key of their hashes is replaced.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName, sql_query,
    sql_types::{Array, BigInt, Binary, Nullable, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::{EventStore, ReadError, StreamId, schema::claims};

/// Takes the lock of appends, which wait from then on. Where the client stops, the server gives the lock back long before
/// the writers of others give up.
const LOCK_APPENDS: &str = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '2s'; \
                            SET LOCAL idle_in_transaction_session_timeout = '2s'; \
                            SELECT position FROM log_head WHERE id = 1 FOR UPDATE";

/// What another stream holds under the new hash already is left where it is.
const MOVE: &str = "
WITH m AS (SELECT * FROM unnest($2, $3) AS m (old, new)),
held AS (
    SELECT m.old, m.new, c.stream_id, other.stream_id AS holder
    FROM m
    JOIN claims c ON c.scope = $1 AND c.key_hash = m.old
    JOIN claims other ON other.scope = $1 AND other.key_hash = m.new AND other.stream_id <> c.stream_id),
gone AS (
    DELETE FROM claims c USING m
    WHERE c.scope = $1 AND c.key_hash = m.old AND NOT EXISTS (SELECT FROM held WHERE held.old = m.old)
    RETURNING m.old, m.new, c.stream_id),
made AS (
    INSERT INTO claims (scope, key_hash, stream_id) SELECT $1, new, stream_id FROM gone ON CONFLICT DO NOTHING)
SELECT old, new, stream_id, NULL AS holder FROM gone
UNION ALL SELECT old, new, stream_id, holder FROM held";

const DROP: &str = "
DELETE FROM claims c USING unnest($2, $3, $4) AS d (hash, stream_id, version)
WHERE c.scope = $1 AND c.key_hash = d.hash AND c.stream_id = d.stream_id
  AND NOT EXISTS (SELECT FROM events e WHERE e.stream_id = d.stream_id AND e.stream_version > d.version)";

/// A hash has 32 bytes at most, so what begins so lies between the beginning and the beginning with 32 times 255.
const DROP_BEGINNING: &str = "
DELETE FROM claims c USING (SELECT key_hash FROM claims
    WHERE scope = $1 AND key_hash BETWEEN $2 AND $2 || decode(repeat('ff', 32), 'hex') ORDER BY key_hash LIMIT $3) d
WHERE c.scope = $1 AND c.key_hash = d.key_hash";

const DROP_BEGINNING_WITH_ANY: &str = "
DELETE FROM claims c USING unnest($2) AS b (beginning)
WHERE c.scope = $1 AND c.key_hash BETWEEN b.beginning AND b.beginning || decode(repeat('ff', 32), 'hex')";

const DROP_HELD: &str = "DELETE FROM claims WHERE scope = $1 AND stream_id = ANY($2)";

/// A claim that is to be found under another hash from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMove {
    pub from: Vec<u8>,
    pub to: Vec<u8>,
}

/// What has become of claims that were to be moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many were there and are under the new hash now.
    pub moved: u64,
    /// Those that stay as they were.
    pub held: Vec<HeldClaim>,
}

/// A claim of `stream` that cannot move: `holder` has one under the new hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldClaim {
    pub claim: ClaimMove,
    pub stream: StreamId,
    pub holder: StreamId,
}

/// A claim that `stream` has had no use for since it had this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UselessClaim {
    pub hash: Vec<u8>,
    pub stream: StreamId,
    pub version: i64,
}

#[derive(QueryableByName)]
struct MovedRow {
    #[diesel(sql_type = Binary)]
    old: Vec<u8>,
    #[diesel(sql_type = Binary)]
    new: Vec<u8>,
    #[diesel(sql_type = Text)]
    stream_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    holder: Option<String>,
}

impl EventStore {
    /// The stream that holds one of these claims, all of which are about one thing: in one look, so that a claim which is
    /// moved from one to another meanwhile is found.
    pub async fn claimed_by_any(&self, scope: &str, hashes: &[Vec<u8>]) -> Result<Option<StreamId>, ReadError> {
        let mut conn = self.pool.get().await?;
        let stream: Option<String> = claims::table
            .filter(claims::scope.eq(scope))
            .filter(claims::key_hash.eq_any(hashes))
            .select(claims::stream_id)
            .first(&mut conn)
            .await
            .optional()?;
        Ok(stream.as_deref().and_then(StreamId::parse))
    }

    /// The claims of a scope that a stream holds, at most `limit`.
    pub async fn held_by(&self, stream: &StreamId, scope: &str, limit: i64) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut conn = self.pool.get().await?;
        let held = claims::table
            .filter(claims::stream_id.eq(stream.as_str()))
            .filter(claims::scope.eq(scope))
            .order(claims::key_hash)
            .limit(limit)
            .select(claims::key_hash)
            .load(&mut conn)
            .await?;
        Ok(held)
    }

    /// The claims of a scope after this hash, in the order of hashes; at most `limit`.
    pub async fn claims_after(
        &self,
        scope: &str,
        hash: &[u8],
        limit: i64,
    ) -> Result<Vec<(Vec<u8>, StreamId)>, ReadError> {
        let mut conn = self.pool.get().await?;
        let rows: Vec<(Vec<u8>, String)> = claims::table
            .filter(claims::scope.eq(scope))
            .filter(claims::key_hash.gt(hash))
            .order(claims::key_hash)
            .limit(limit)
            .select((claims::key_hash, claims::stream_id))
            .load(&mut conn)
            .await?;
        Ok(rows.into_iter().filter_map(|(hash, stream)| Some((hash, StreamId::parse(&stream)?))).collect())
    }

    /// Moves claims, each to another hash, in one transaction. One that is gone by now stays gone, where its stream holds
    /// both one is left, and where another stream holds the new one both stay. Appends wait meanwhile, so none of them
    /// sees or leaves half of it.
    pub async fn move_claims(&self, scope: &str, moves: &[ClaimMove]) -> Result<Moved, ReadError> {
        let (from, to): (Vec<&[u8]>, Vec<&[u8]>) =
            moves.iter().map(|one| (one.from.as_slice(), one.to.as_slice())).unzip();
        let query = sql_query(MOVE).bind::<Text, _>(scope);
        let query = query.bind::<Array<Binary>, _>(&from).bind::<Array<Binary>, _>(&to);
        let mut conn = self.pool.get().await?;
        let rows: Vec<MovedRow> = conn
            .transaction(async |conn| {
                conn.batch_execute(LOCK_APPENDS).await?;
                query.load(conn).await
            })
            .await?;
        let moved = rows.iter().filter(|row| row.holder.is_none()).count() as u64;
        Ok(Moved { moved, held: rows.into_iter().filter_map(MovedRow::held).collect() })
    }

    /// Lets go of claims whose hashes begin so and which nobody takes any more, at most `limit`; returns how many those were.
    pub async fn drop_claims_beginning(&self, scope: &str, with: &[u8], limit: i64) -> Result<u64, ReadError> {
        let query = sql_query(DROP_BEGINNING).bind::<Text, _>(scope).bind::<Binary, _>(with).bind::<BigInt, _>(limit);
        Ok(query.execute(&mut *self.pool.get().await?).await? as u64)
    }

    /// The same for all whose hashes begin with any of these.
    pub async fn drop_claims_beginning_with_any(&self, scope: &str, with: &[&[u8]]) -> Result<u64, ReadError> {
        let query = sql_query(DROP_BEGINNING_WITH_ANY).bind::<Text, _>(scope).bind::<Array<Binary>, _>(with);
        Ok(query.execute(&mut *self.pool.get().await?).await? as u64)
    }

    /// Lets go of all that streams to which nobody writes any more hold in a scope; returns how many claims those were.
    pub async fn drop_claims_held(&self, scope: &str, streams: &[StreamId]) -> Result<u64, ReadError> {
        let streams: Vec<&str> = streams.iter().map(StreamId::as_str).collect();
        let query = sql_query(DROP_HELD).bind::<Text, _>(scope).bind::<Array<Text>, _>(streams);
        Ok(query.execute(&mut *self.pool.get().await?).await? as u64)
    }

    /// Lets go of claims whose streams have not changed since; returns how many those were. Appends wait meanwhile.
    pub async fn drop_claims(&self, scope: &str, claims: &[UselessClaim]) -> Result<u64, ReadError> {
        let hashes: Vec<&[u8]> = claims.iter().map(|claim| claim.hash.as_slice()).collect();
        let (streams, versions): (Vec<String>, Vec<i64>) =
            claims.iter().map(|claim| (claim.stream.to_string(), claim.version)).unzip();
        let query = sql_query(DROP).bind::<Text, _>(scope).bind::<Array<Binary>, _>(&hashes);
        let query = query.bind::<Array<Text>, _>(&streams).bind::<Array<BigInt>, _>(&versions);
        let mut conn = self.pool.get().await?;
        let dropped = conn
            .transaction(async |conn| {
                conn.batch_execute(LOCK_APPENDS).await?;
                query.execute(conn).await
            })
            .await?;
        Ok(dropped as u64)
    }
}

impl MovedRow {
    fn held(self) -> Option<HeldClaim> {
        let (stream, holder) = (StreamId::parse(&self.stream_id)?, StreamId::parse(&self.holder?)?);
        Some(HeldClaim { claim: ClaimMove { from: self.old, to: self.new }, stream, holder })
    }
}
