//! Claims as such: who holds one, and moving them to other hashes when the key of their hashes is replaced.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, sql_query,
    sql_types::{Array, Binary, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl};

use crate::{EventStore, ReadError, StreamId, schema::claims};

/// A claim that is to be found under another hash from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMove {
    pub from: Vec<u8>,
    pub to: Vec<u8>,
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

    /// Moves claims, all or none; returns how many were there. One that is gone by now stays gone, and where its stream
    /// holds both, one is left. Appends wait meanwhile, so none of them sees or leaves half of it.
    pub async fn move_claims(&self, scope: &str, moves: &[ClaimMove]) -> Result<u64, ReadError> {
        let mut conn = self.pool.get().await?;
        let (from, to): (Vec<&[u8]>, Vec<&[u8]>) =
            moves.iter().map(|one| (one.from.as_slice(), one.to.as_slice())).unzip();
        let moved = conn
            .transaction(async |conn| {
                // The lock of appends.
                sql_query("SELECT position FROM log_head WHERE id = 1 FOR UPDATE").execute(conn).await?;
                sql_query(
                    "WITH m AS (SELECT * FROM unnest($2, $3) AS m (old, new)), \
                     gone AS (DELETE FROM claims c USING m WHERE c.scope = $1 AND c.key_hash = m.old \
                              RETURNING m.new, c.stream_id), \
                     made AS (INSERT INTO claims (scope, key_hash, stream_id) SELECT $1, new, stream_id FROM gone \
                              ON CONFLICT DO NOTHING) \
                     SELECT 1 FROM gone",
                )
                .bind::<Text, _>(scope)
                .bind::<Array<Binary>, _>(&from)
                .bind::<Array<Binary>, _>(&to)
                .execute(conn)
                .await
            })
            .await?;
        Ok(moved as u64)
    }
}
