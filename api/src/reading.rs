//! Reading from read models: late enough to see what the caller has written, and with the position that it reflects.

use std::time::Duration;

use bootstrap::db::Connection;
use event_store::log;
use projections::WaitError;

use crate::{
    error::{ApiError, ApiResult},
    records::ListPool,
    replica::Replica,
    state::AppState,
};

/// How long a read waits for a position.
const PATIENCE: Duration = Duration::from_secs(2);

impl AppState {
    /// Reads what a projection says at `after` or later, for these streams (all, when none is given), with a position
    /// that this reflects: on the read replica where there is one, it is far enough and it does not fail, else on the
    /// primary.
    pub async fn read<T>(
        &self,
        projection: &str,
        (after, streams): (Option<i64>, &[&str]),
        read: impl AsyncFn(&mut Connection) -> ApiResult<T>,
    ) -> ApiResult<(T, i64)> {
        if let Some(answer) = self.read_second_hand(projection, after, &read).await? {
            return Ok(answer);
        }
        let position = self.reflected(projection, after, streams).await?;
        Ok((read(&mut *self.pool.get().await?).await?, position))
    }

    /// The same on the read replica alone; nothing when the primary has to be asked.
    pub(crate) async fn read_second_hand<T>(
        &self,
        projection: &str,
        after: Option<i64>,
        read: impl AsyncFnOnce(&mut Connection) -> ApiResult<T>,
    ) -> ApiResult<Option<(T, i64)>> {
        let Some((replica, wanted)) = self.second_hand(projection, after).await? else { return Ok(None) };
        replica.read(projection, wanted, read).await.transpose()
    }

    /// Reads a list, which the database stops when it takes too long.
    pub(crate) async fn list<T>(
        &self,
        projection: &str,
        after: Option<i64>,
        read: impl AsyncFn(&mut Connection, &ListPool) -> ApiResult<T>,
    ) -> ApiResult<(T, i64)> {
        if let Some((replica, wanted)) = self.second_hand(projection, after).await?
            && let Some(answer) = replica.list(projection, wanted, &read).await
        {
            return answer;
        }
        self.list_first_hand(projection, after, read).await
    }

    /// The same without the read replica.
    pub(crate) async fn list_first_hand<T>(
        &self,
        projection: &str,
        after: Option<i64>,
        read: impl AsyncFnOnce(&mut Connection, &ListPool) -> ApiResult<T>,
    ) -> ApiResult<(T, i64)> {
        let position = self.reflected(projection, after, &[]).await?;
        Ok((read(&mut *self.lists.get().await?, &self.lists).await?, position))
    }

    /// The read replica, where there is one, with what is wanted of it: `after`, once it is known that there can be something
    /// at it, and where the projection is on the primary.
    async fn second_hand(
        &self,
        projection: &str,
        after: Option<i64>,
    ) -> ApiResult<Option<(&Replica, (Option<i64>, i64))>> {
        let Some(replica) = &self.replica else { return Ok(None) };
        if let Some(position) = after {
            self.refuse_beyond(position).await?;
        }
        let current = self.progress.current(projection).await;
        Ok(current.map(|current| (replica, (after, current))))
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
