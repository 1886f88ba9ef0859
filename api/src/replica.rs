//! Queries that a hot standby answers, once it is known to be far enough.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::counter;
use actix_web::ResponseError;
use bootstrap::db::{Connection, Pool, PoolError, Pooled};
use projections::snapshot;
use tokio::time::error::Elapsed;
use tracing::warn;
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    metrics::REPLICA_READS,
    records::ListPool,
};

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
    left_until: Option<Instant>,
    seen: HashMap<String, Seen>,
}

/// A connection to the standby, and a position that what is read there reflects.
struct Reading {
    conn: Pooled,
    position: i64,
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

    /// Reads from the standby what a projection says at `after` or later, with a position that this reflects; `None`
    /// when the primary has to be asked: the standby is behind, away, or fails. `current` is where the projection is on
    /// the primary.
    pub async fn read<T>(
        &self,
        projection: &str,
        (after, current): (Option<i64>, i64),
        read: impl AsyncFnOnce(&mut Connection) -> ApiResult<T>,
    ) -> Option<ApiResult<(T, i64)>> {
        let answer = async {
            let connect = async || self.pool.get().await;
            let Reading { mut conn, position } = self.reading(connect, projection, after, current).await?;
            let answer = tokio::time::timeout(PATIENCE, read(&mut conn)).await;
            self.unless_it_was_silent(answer, conn, position)
        };
        counted(answer.await)
    }

    /// The same for a list, which the database stops when it takes too long; the standby has a little more time for that.
    pub(crate) async fn list<T>(
        &self,
        projection: &str,
        (after, current): (Option<i64>, i64),
        read: impl AsyncFnOnce(&mut Connection, &ListPool) -> ApiResult<T>,
    ) -> Option<ApiResult<(T, i64)>> {
        let answer = async {
            let connect = async || self.lists.get().await;
            let Reading { mut conn, position } = self.reading(connect, projection, after, current).await?;
            let patience = self.lists.time_out() + PATIENCE;
            let answer = tokio::time::timeout(patience, read(&mut conn, &self.lists)).await;
            self.unless_it_was_silent(answer, conn, position)
        };
        counted(answer.await)
    }

    fn unless_it_was_silent<T>(
        &self,
        answer: Result<ApiResult<T>, Elapsed>,
        conn: Pooled,
        position: i64,
    ) -> Option<ApiResult<(T, i64)>> {
        let Ok(answer) = answer else {
            // Whoever gets the connection next would wait for the same.
            drop(Pooled::take(conn));
            self.leave("no answer in time");
            return None;
        };
        self.unless_it_failed(answer, position)
    }

    /// A standby stops queries that are in the way of what it replays, and can go at any time: the primary answers
    /// those.
    fn unless_it_failed<T>(&self, answer: ApiResult<T>, position: i64) -> Option<ApiResult<(T, i64)>> {
        match answer {
            Err(ApiError::Internal(cause)) => {
                self.leave(format_args!("{cause:#}"));
                None
            }
            Err(error) if error.status_code().is_server_error() => {
                self.leave(&error);
                None
            }
            answer => Some(answer.map(|read| (read, position))),
        }
    }

    async fn reading(
        &self,
        connect: impl AsyncFnOnce() -> Result<Pooled, PoolError>,
        projection: &str,
        after: Option<i64>,
        current: i64,
    ) -> Option<Reading> {
        if self.is_left() {
            return None;
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(connect, projection, after, current)).await;
        asked
            .unwrap_or_else(|_| Err(anyhow::anyhow!("no answer in time")))
            .inspect_err(|error| self.leave(error))
            .ok()
            .flatten()
    }

    fn leave(&self, error: impl Display) {
        warn!(%error, "the read replica does not answer: the primary is asked for now");
        self.state().left_until = Some(Instant::now() + PAUSE);
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

    fn is_left(&self) -> bool {
        self.state().left_until.is_some_and(|until| Instant::now() < until)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn counted<T>(answer: Option<T>) -> Option<T> {
    let by = if answer.is_some() { "replica" } else { "primary" };
    counter!(REPLICA_READS, "answered_by" => by).increment(1);
    answer
}
