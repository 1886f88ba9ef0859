//! Waiting until a projection has come as far as a command wrote, so that callers read what they have written.

mod known;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::{counter, histogram};
use bootstrap::{
    Shutdown, Tasks,
    db::{Connection, Pool},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, dsl::exists};
use diesel_async::RunQueryDsl;
use messaging::{Bus, Received};
use serde::Deserialize;
use tokio::sync::Mutex;
use tracing::{debug, warn};

use crate::{
    metrics::{WAIT_POLLS, WAIT_SECONDS},
    schema::{event_lane, parked},
    snapshot::Lanes,
    standing::{self, LaneStanding},
};
use known::{Known, Lane, Standing};

/// How long a caller waits for a notice before it looks itself; doubles up to [`LONGEST_POLL`].
const FIRST_POLL: Duration = Duration::from_millis(20);
const LONGEST_POLL: Duration = Duration::from_millis(100);
/// What was heard is believed for so long after a look: a server that has crashed meanwhile may stand further back.
const TRUST: Duration = Duration::from_secs(1);
/// Callers that want to look at the same time share one look.
const SHARED_LOOK: Duration = Duration::from_millis(10);

/// How far the projections are, as this process knows. Clones share it.
#[derive(Clone, Debug)]
pub struct Progress(Arc<Inner>);

struct Inner {
    pool: Pool,
    known: Known,
    /// When somebody last tried to look at a projection.
    looked: Mutex<HashMap<String, Instant>>,
    /// When a projection was last seen.
    seen: StdMutex<HashMap<String, Instant>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("known", &self.known).finish_non_exhaustive()
    }
}

/// Why a caller cannot read what it has written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// The projection has not come so far in time.
    #[error("the projection is at position {position}")]
    Lag { position: i64 },
    /// The projection could not digest a stream, so no waiting helps: an operator has to look at it.
    #[error("a stream is parked")]
    Parked,
}

/// As much of a notice's body as is needed here.
#[derive(Default, Deserialize)]
struct Peek {
    parked: Option<i64>,
    fence: Option<i64>,
}

impl Progress {
    /// Follows the change notices of `bus` in a supervised task.
    pub fn start(tasks: &Tasks, pool: Pool, bus: &Arc<dyn Bus>) -> Self {
        let progress = Self(Arc::new(Inner {
            pool,
            known: Known::default(),
            looked: Mutex::default(),
            seen: StdMutex::default(),
        }));
        tasks.supervise("projections.progress", {
            let (progress, bus, shutdown) = (progress.clone(), bus.clone(), tasks.shutdown().clone());
            move || {
                let (progress, bus, shutdown) = (progress.clone(), bus.clone(), shutdown.clone());
                async move {
                    progress.follow(&*bus, &shutdown).await;
                    Ok::<(), std::convert::Infallible>(())
                }
            }
        });
        progress
    }

    /// The position that all lanes of a projection have reached, as far as this process has heard; 0 when it has heard
    /// nothing yet.
    pub fn position(&self, projection: &str) -> i64 {
        self.0.known.position(projection)
    }

    /// The position that all lanes have reached, as the database said within the last second, or notices since; `None`
    /// where nothing is known of it and the database does not answer soon.
    pub async fn current(&self, projection: &str) -> Option<i64> {
        if !self.is_trusted(projection) {
            drop(tokio::time::timeout(TRUST, self.look_or_wait(projection)).await);
        }
        self.0.known.standing(projection).map(|_| self.position(projection))
    }

    /// Looks where a projection is; what this process knows of it is then not less. Nobody is told of events that a
    /// projection passes over, so what was heard may be behind.
    pub async fn look(&self, projection: &str) -> anyhow::Result<Lanes> {
        let mut conn = self.0.pool.get().await?;
        let before = self.0.known.standing(projection);
        let read = standing::read(&mut conn, projection).await?;
        self.0.known.replace(projection, before.as_ref(), heard(&read));
        self.seen().insert(projection.to_owned(), Instant::now());
        Ok(read.into())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<String, Instant>> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_trusted(&self, projection: &str) -> bool {
        self.seen().get(projection).is_some_and(|at| at.elapsed() < TRUST)
    }

    /// Waits until `projection` has handled everything up to `position` in the lanes of `streams`, or in all lanes when
    /// no stream is given.
    pub async fn wait_for(
        &self,
        projection: &str,
        position: i64,
        streams: &[&str],
        timeout: Duration,
    ) -> Result<(), WaitError> {
        let started = Instant::now();
        let waited = tokio::time::timeout(timeout, self.reach(projection, position, streams)).await;
        let result = waited.unwrap_or_else(|_| Err(WaitError::Lag { position: self.position(projection) }));
        let outcome = match &result {
            Ok(()) => "reached",
            Err(WaitError::Lag { .. }) => "lag",
            Err(WaitError::Parked) => "parked",
        };
        let labels = [("projection", projection.to_owned()), ("outcome", outcome.to_owned())];
        histogram!(WAIT_SECONDS, &labels).record(started.elapsed());
        result
    }

    async fn reach(&self, projection: &str, position: i64, streams: &[&str]) -> Result<(), WaitError> {
        if !self.is_trusted(projection) {
            self.look_or_wait(projection).await;
        }
        let mut changes = self.0.known.subscribe();
        let (mut pause, mut seen) = (FIRST_POLL, None);
        let mut look_at = Instant::now();
        loop {
            changes.mark_unchanged();
            let standing = self.0.known.standing(projection);
            if let Some(standing) = &standing {
                let lanes = self.lanes_of(standing, streams).await;
                if standing.has_reached(&lanes, position) {
                    return self.refuse_parked(projection, standing, &lanes, position, streams).await;
                }
            }
            if seen != standing {
                // Something came, so that nobody needs to look.
                look_at = if standing.is_some() { Instant::now() + FIRST_POLL } else { look_at };
                (seen, pause) = (standing, FIRST_POLL);
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { std::future::pending::<()>().await },
                () = tokio::time::sleep_until(look_at.into()) => {
                    self.look_or_wait(projection).await;
                    look_at = Instant::now() + pause;
                    pause = (pause * 2).min(LONGEST_POLL);
                }
            }
        }
    }

    /// The lanes to wait for; all of them when it can't be known.
    async fn lanes_of(&self, standing: &Standing, streams: &[&str]) -> Vec<usize> {
        let all = (0..standing.lanes.len()).collect();
        if standing.lanes.len() <= 1 || streams.is_empty() {
            return all;
        }
        match self.ask_lanes(standing.lanes.len() as i32, streams).await {
            Ok(lanes) => lanes.into_iter().map(|lane| lane as usize).collect(),
            Err(error) => {
                debug!(%error, "the lanes of streams cannot be asked for");
                all
            }
        }
    }

    async fn ask_lanes(&self, lanes: i32, streams: &[&str]) -> anyhow::Result<BTreeSet<i32>> {
        let mut conn = self.0.pool.get().await?;
        let mut found = BTreeSet::new();
        for stream in streams {
            found.insert(diesel::select(event_lane(*stream, lanes)).get_result(&mut conn).await?);
        }
        Ok(found)
    }

    /// The lanes are far enough; but they go on without a stream that is parked.
    async fn refuse_parked(
        &self,
        projection: &str,
        standing: &Standing,
        lanes: &[usize],
        position: i64,
        streams: &[&str],
    ) -> Result<(), WaitError> {
        if standing.is_clean(lanes, position) {
            return Ok(());
        }
        let parked = async {
            let mut conn = self.0.pool.get().await?;
            anyhow::Ok(any_parked(&mut conn, projection, standing.build, position, streams).await?)
        };
        match parked.await {
            Ok(false) => Ok(()),
            Ok(true) => Err(WaitError::Parked),
            Err(error) => {
                warn!(%error, "parked streams cannot be read");
                Err(WaitError::Lag { position: self.position(projection) })
            }
        }
    }

    async fn look_or_wait(&self, projection: &str) {
        let mut looked = self.0.looked.lock().await;
        let is_shared = looked.get(projection).is_some_and(|at| at.elapsed() < SHARED_LOOK);
        if is_shared && self.0.known.standing(projection).is_some() {
            return;
        }
        counter!(WAIT_POLLS).increment(1);
        if let Err(error) = self.look(projection).await {
            debug!(%error, "checkpoints cannot be read");
        }
        looked.insert(projection.to_owned(), Instant::now());
    }

    async fn follow(&self, bus: &dyn Bus, shutdown: &Shutdown) {
        let mut notices = bus.changes();
        while let Some(Some(received)) = shutdown.run_until(notices.next()).await {
            // What was missed is looked up by those who wait for it.
            let Received::Item(notice) = received else { continue };
            let Peek { parked, fence } = serde_json::from_slice(&notice.body).unwrap_or_default();
            let clean = if parked == Some(0) { notice.position } else { 0 };
            let lane = Lane { position: notice.position, clean, fence: fence.unwrap_or(0) };
            let taken = self.0.known.advance(&notice.projection, notice.build, notice.lane, fence, lane);
            if !taken && let Err(error) = self.look(&notice.projection).await {
                debug!(%error, "a new build cannot be looked at");
            }
        }
    }
}

/// What the database says, in the form in which notices are kept.
fn heard(read: &standing::Standing) -> Standing {
    let clean = |lane: &LaneStanding| if lane.parked == 0 { lane.position } else { 0 };
    let lane = |lane: &LaneStanding| Lane { position: lane.position, clean: clean(lane), fence: lane.fence };
    let lanes = read.lanes.iter().map(lane).collect();
    Standing { build: read.epoch.build, lanes }
}

/// Whether one of these streams (or any, when none is given) is parked at or before a position.
async fn any_parked(
    conn: &mut Connection,
    projection: &str,
    build: i32,
    position: i64,
    streams: &[&str],
) -> QueryResult<bool> {
    let of_build = parked::consumer.eq(projection).and(parked::build.eq(build)).and(parked::position.le(position));
    if streams.is_empty() {
        return diesel::select(exists(parked::table.filter(of_build))).get_result(conn).await;
    }
    let of_streams = of_build.and(parked::stream_id.eq_any(streams));
    diesel::select(exists(parked::table.filter(of_streams))).get_result(conn).await
}
