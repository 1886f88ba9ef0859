//! Queries that a hot standby answers, once it is known to be far enough.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::counter;
use bootstrap::db::{Pool, PoolError, Pooled};
use projections::snapshot;
use tracing::warn;
use uuid::Uuid;

use crate::{metrics::REPLICA_READS, reading::Reading, records::ListPool};

/// What was seen of the standby serves all requests for so long. It does not go back, so what was seen stays true.
const SEEN: Duration = Duration::from_millis(20);
/// A standby that is slower than that is no help.
const PATIENCE: Duration = Duration::from_millis(500);
/// How far behind a query may be that asks for no position.
const OLDEST: Duration = Duration::from_secs(1);
/// After a failure nobody asks for this long, so that requests do not wait one after the other.
const PAUSE: Duration = Duration::from_secs(2);

/// A standby of the log's database.
pub struct Replica {
    pool: Pool,
    /// For lists, whose statements are stopped.
    lists: ListPool,
    /// Of the log; a standby of another database would tell of another log.
    incarnation: Uuid,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    paused_until: Option<Instant>,
    seen: HashMap<String, Seen>,
}

/// A projection on the standby.
#[derive(Clone, Copy, Debug)]
struct Seen {
    at: Instant,
    position: i64,
    is_clean: bool,
    /// When it was last as far as on the primary.
    level: Option<Instant>,
}

impl Replica {
    /// `incarnation` is the log's, as the primary has it.
    pub fn new(pool: Pool, lists: ListPool, incarnation: Uuid) -> Self {
        Self { pool, lists, incarnation, state: Mutex::default() }
    }

    /// To read from the standby what a projection says at `after` or later; `None` when the primary has to be asked:
    /// the standby is behind or away. `current` is where the projection is on the primary.
    pub async fn reading(&self, projection: &str, after: Option<i64>, current: i64) -> Option<Reading> {
        self.counted(async || self.pool.get().await, projection, after, current).await
    }

    /// The same on a connection for lists.
    pub(crate) async fn listing(
        &self,
        projection: &str,
        after: Option<i64>,
        current: i64,
    ) -> Option<(Reading, &ListPool)> {
        let reading = self.counted(async || self.lists.get().await, projection, after, current).await;
        Some((reading?, &self.lists))
    }

    async fn counted(
        &self,
        connect: impl AsyncFnOnce() -> Result<Pooled, PoolError>,
        projection: &str,
        after: Option<i64>,
        current: i64,
    ) -> Option<Reading> {
        let reading = self.try_reading(connect, projection, after, current).await;
        let outcome = if reading.is_some() { "replica" } else { "primary" };
        counter!(REPLICA_READS, "answered_by" => outcome).increment(1);
        reading
    }

    async fn try_reading(
        &self,
        connect: impl AsyncFnOnce() -> Result<Pooled, PoolError>,
        projection: &str,
        after: Option<i64>,
        current: i64,
    ) -> Option<Reading> {
        if self.is_paused() {
            return None;
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(connect, projection, after, current)).await;
        match asked.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer in time"))) {
            Ok(reading) => reading,
            Err(error) => {
                warn!(%error, "the read replica does not answer: the primary is asked for now");
                self.state().paused_until = Some(Instant::now() + PAUSE);
                None
            }
        }
    }

    async fn ask(
        &self,
        connect: impl AsyncFnOnce() -> Result<Pooled, PoolError>,
        projection: &str,
        after: Option<i64>,
        current: i64,
    ) -> anyhow::Result<Option<Reading>> {
        let mut conn = connect().await?;
        let seen = match self.seen(projection) {
            Some(seen) if after.is_none_or(|after| seen.position >= after) => seen,
            Some(_) | None => self.look(&mut conn, projection, current).await?,
        };
        let is_far_enough = match after {
            // Where a stream is parked, the primary knows whether it matters.
            Some(after) => seen.position >= after && seen.is_clean,
            None => seen.level.is_some_and(|at| at.elapsed() < OLDEST),
        };
        Ok(is_far_enough.then_some(Reading { conn, position: seen.position }))
    }

    /// What was seen a moment ago.
    fn seen(&self, projection: &str) -> Option<Seen> {
        self.state().seen.get(projection).copied().filter(|seen| seen.at.elapsed() < SEEN)
    }

    async fn look(&self, conn: &mut Pooled, projection: &str, current: i64) -> anyhow::Result<Seen> {
        let at = Instant::now();
        let lanes = snapshot::lanes(conn, projection).await?;
        anyhow::ensure!(lanes.epoch.incarnation == self.incarnation, "it is of another log");
        let position = lanes.position();
        let mut state = self.state();
        let before = state.seen.get(projection).and_then(|seen| seen.level);
        let level = if position >= current { Some(at) } else { before };
        let seen = Seen { at, position, is_clean: lanes.parked == 0, level };
        state.seen.insert(projection.to_owned(), seen);
        Ok(seen)
    }

    fn is_paused(&self) -> bool {
        self.state().paused_until.is_some_and(|until| Instant::now() < until)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
