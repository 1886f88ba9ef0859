//! Which of many streams and claims there are: one question for all of them.

use std::collections::HashSet;

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use crate::{
    EventStore, ReadError, StreamId,
    schema::{claims, events},
};

impl EventStore {
    /// Those of these streams that have events. None of them loses its events again.
    pub async fn existing(&self, streams: &[StreamId]) -> Result<HashSet<StreamId>, ReadError> {
        if streams.is_empty() {
            return Ok(HashSet::new());
        }
        let names: Vec<&str> = streams.iter().map(StreamId::as_str).collect();
        let found: Vec<String> = events::table
            .filter(events::stream_id.eq_any(names))
            .filter(events::stream_version.eq(1))
            .select(events::stream_id)
            .load(&mut self.pool.get().await?)
            .await?;
        Ok(found.iter().filter_map(|name| StreamId::parse(name)).collect())
    }

    /// Those of these claims of a scope that somebody holds at this moment.
    pub async fn held_of(&self, scope: &str, hashes: &[Vec<u8>]) -> Result<HashSet<Vec<u8>>, ReadError> {
        if hashes.is_empty() {
            return Ok(HashSet::new());
        }
        let held: Vec<Vec<u8>> = claims::table
            .filter(claims::scope.eq(scope))
            .filter(claims::key_hash.eq_any(hashes))
            .select(claims::key_hash)
            .load(&mut self.pool.get().await?)
            .await?;
        Ok(held.into_iter().collect())
    }
}
