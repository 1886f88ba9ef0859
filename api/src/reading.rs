//! Reading from read models: late enough to see what the caller has written, and with the position that it reflects.

use std::time::Duration;

use bootstrap::db::Pooled;
use event_store::log;
use projections::WaitError;

use crate::{
    error::{ApiError, ApiResult},
    records::ListPool,
    state::AppState,
};

/// How long a read waits for a position.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection to read with, and a position that what is read reflects.
pub struct Reading {
    pub conn: Pooled,
    pub position: i64,
}

impl AppState {
    /// A connection to read what a projection says at `after` or later, on the read replica where there is one and it
    /// is far enough.
    pub async fn reading(&self, projection: &str, after: Option<i64>, streams: &[&str]) -> ApiResult<Reading> {
        if let Some(replica) = &self.replica {
            if let Some(position) = after {
                self.refuse_beyond(position).await?;
            }
            let current = self.progress.position(projection);
            if let Some(reading) = replica.reading(projection, after, current).await {
                return Ok(reading);
            }
        }
        let position = self.reflected(projection, after, streams).await?;
        Ok(Reading { conn: self.pool.get().await?, position })
    }

    /// The same for a list, which the database stops when it takes too long.
    pub(crate) async fn listing(&self, projection: &str, after: Option<i64>) -> ApiResult<(Reading, &ListPool)> {
        if let Some(replica) = &self.replica {
            if let Some(position) = after {
                self.refuse_beyond(position).await?;
            }
            let current = self.progress.position(projection);
            if let Some(listing) = replica.listing(projection, after, current).await {
                return Ok(listing);
            }
        }
        self.listing_first_hand(projection, after).await
    }

    /// The same without the read replica.
    pub(crate) async fn listing_first_hand(
        &self,
        projection: &str,
        after: Option<i64>,
    ) -> ApiResult<(Reading, &ListPool)> {
        let position = self.reflected(projection, after, &[]).await?;
        Ok((Reading { conn: self.lists.get().await?, position }, &self.lists))
    }

    /// Waits until a projection reflects `after` for these streams (all, when none is given). Returns a position that
    /// whatever is read from now on reflects.
    pub async fn reflected(&self, projection: &str, after: Option<i64>, streams: &[&str]) -> ApiResult<i64> {
        match after {
            Some(position) => {
                self.refuse_beyond(position).await?;
                self.progress.wait_for(projection, position, streams, PATIENCE).await?;
            }
            // Nothing was heard of the projection yet, so it has to be looked up once. Where it cannot be, the read is
            // answered all the same: it asked for no position.
            None if self.progress.position(projection) == 0 => {
                drop(self.progress.wait_for(projection, 0, streams, PATIENCE).await);
            }
            None => {}
        }
        Ok(self.progress.position(projection))
    }

    /// Nobody can have been given a position that the log does not have, unless by an earlier life of it: there is
    /// nothing to wait for.
    async fn refuse_beyond(&self, position: i64) -> ApiResult<()> {
        let head = self.events.head();
        if position > head.position() {
            head.observe(log::head(&mut *self.pool.get().await?).await?);
        }
        if position > head.position() { Err(ApiError::BeyondTheLog { head: head.position() }) } else { Ok(()) }
    }
}

impl From<WaitError> for ApiError {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Lag { .. } => Self::ProjectionLag,
            WaitError::Parked => Self::ProjectionParked,
        }
    }
}
