//! Makes a projection again beside the one that serves, and puts it in its place; or puts the former one back.
//!
//! The new build has its tables in a schema of its own, to which the rebuild's connections look first, so the same
//! `project` writes there. It is loaded with few indexes and without waiting for the disk, indexed when it is near the
//! head, and switched in one short transaction while the runners of the serving build stand still. Readers find a table
//! under the same name at every moment. What was replaced is kept until the next rebuild.

mod build_connection;
mod discard;
mod lease;
mod load;
mod progress;
mod switch;
mod tables;

use std::{sync::Arc, time::Duration};

use bootstrap::{Shutdown, db};
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, RunQueryDsl};
use event_store::{
    consumer::{StartAt, checkpoint},
    log,
};
use messaging::Bus;
use tracing::info;

use crate::{
    Batch, Projection,
    builds::{self, Build, BuildState},
    handler,
    schema::projection_builds,
    snapshot,
};
use load::Loading;

pub use discard::{cancel, discard_abandoned};
use progress::Reporter;
pub use progress::{Phase, RebuildProgress};

/// Events of a build that are projected in one transaction: short enough for the log's database.
const BATCH: i64 = 5_000;
/// Missing events below which the rest is projected in the transaction of the switch.
const NEAR: i64 = 1_000;
/// How often the switch is tried: it gives up its locks when readers would have to wait for it.
const SWITCH_ATTEMPTS: u32 = 30;
const SWITCH_PAUSE: Duration = Duration::from_millis(100);

/// Why a rebuild or rollback did not take place. The build that served still serves.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error("another rebuild of this projection is running")]
    AlreadyRunning,
    #[error("no former build is kept")]
    NothingKept,
    #[error("cancelled")]
    Cancelled,
    /// Another process has taken the work over, or cancelled it.
    #[error("the rebuild was taken away")]
    TakenAway,
    #[error("the tables were in use without a pause, so the builds could not be switched")]
    Busy,
    #[error("no connection: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// What a rebuild or rollback did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    pub build: i32,
    /// The build that served before; kept for a rollback.
    pub replaced: i32,
    /// Where the new build stood when it began to serve.
    pub position: i64,
    /// Streams that the new build could not digest.
    pub parked: i64,
    pub took: Duration,
}

/// What a rebuild works with.
#[derive(Clone, Debug)]
pub struct Rebuild {
    projection: Arc<dyn Projection>,
    url: String,
    bus: Arc<dyn Bus>,
    reporter: Reporter,
}

impl Rebuild {
    /// `url` leads to the log's database, `bus` to the processes that shall learn of the new build at once; others
    /// notice within 2 s.
    pub fn new(projection: Arc<dyn Projection>, url: impl Into<String>, bus: Arc<dyn Bus>) -> Self {
        let reporter = Reporter::new(projection.name());
        Self { projection, url: url.into(), bus, reporter }
    }

    /// How far it is, from now on; the last value stays.
    pub fn progress(&self) -> tokio::sync::watch::Receiver<RebuildProgress> {
        self.reporter.subscribe()
    }

    /// Makes a new build from the whole log and lets it serve. On a request to stop, or on an error, nothing of it
    /// remains; what a crash leaves behind is removed by the next rebuild or start of a projector.
    pub async fn run(&self, shutdown: &Shutdown) -> Result<Rebuilt, RebuildError> {
        self.under_lease(shutdown, async |fence| {
            let (build, serving) = self.create(fence).await?;
            self.reporter.begin(build.build, Phase::Loading);
            let prepared = shutdown.run_until(self.prepare(&build, fence, shutdown)).await;
            let loading = prepared.ok_or(RebuildError::Cancelled)??;
            self.put_in_place(loading, &build, BuildState::Building, &serving, shutdown).await
        })
        .await
    }

    /// Brings the build that served last up to date and lets it serve again.
    pub async fn roll_back(&self, shutdown: &Shutdown) -> Result<Rebuilt, RebuildError> {
        self.under_lease(shutdown, async |fence| {
            let mut conn = db::connect(&self.url).await?;
            let serving = builds::active(&mut conn, self.projection.name()).await?;
            let mut kept = builds::in_state(&mut conn, self.projection.name(), BuildState::Retired).await?;
            let build = kept.pop().ok_or(RebuildError::NothingKept)?;
            self.reporter.begin(build.build, Phase::CatchingUp);
            let opened = shutdown.run_until(Loading::open(self, &build, BuildState::Retired, fence)).await;
            let loading = opened.ok_or(RebuildError::Cancelled)??;
            self.put_in_place(loading, &build, BuildState::Retired, &serving, shutdown).await
        })
        .await
    }

    async fn create(&self, fence: i64) -> Result<(Build, Build), RebuildError> {
        let mut conn = db::connect(&self.url).await?;
        let name = self.projection.name();
        let serving = builds::active(&mut conn, name).await?;
        let head = log::head(&mut conn).await?;
        let build = conn
            .transaction(async |conn| {
                let build = insert_build(conn, name, self.projection.lanes(), head).await?;
                tables::create(conn, &*self.projection, build.build).await?;
                // All of a build is there at once, so that whoever removes it finds every part.
                for lane in 0..build.lanes {
                    checkpoint::take_over(conn, &load::key(&build, lane), fence, StartAt::Beginning).await?;
                }
                Ok::<_, diesel::result::Error>(build)
            })
            .await?;
        info!(projection = name, build = build.build, head, "a new build is begun");
        Ok((build, serving))
    }

    /// Loads the tables and then indexes them.
    async fn prepare(&self, build: &Build, fence: i64, shutdown: &Shutdown) -> Result<Loading<'_>, RebuildError> {
        let mut loading = Loading::open(self, build, BuildState::Building, fence).await?;
        loading.catch_up(shutdown, NEAR).await?;
        self.reporter.enter(Phase::Indexing);
        let mut conn = build_connection::open(&self.url, self.projection.name(), build, BuildState::Building).await?;
        tables::finish(&mut conn, &*self.projection, build.build).await?;
        Ok(loading)
    }

    /// Catches up and switches, again and again until both succeed. The switch itself is not interrupted.
    async fn put_in_place(
        &self,
        mut loading: Loading<'_>,
        build: &Build,
        state: BuildState,
        serving: &Build,
        shutdown: &Shutdown,
    ) -> Result<Rebuilt, RebuildError> {
        let mut conn = build_connection::open(&self.url, self.projection.name(), build, state).await?;
        for _ in 0..SWITCH_ATTEMPTS {
            self.reporter.enter(Phase::CatchingUp);
            loading.catch_up(shutdown, NEAR).await?;
            self.reporter.enter(Phase::Switching);
            if let Some(position) = switch::attempt(&mut conn, &loading, build, state, serving).await? {
                self.reporter.finish(position);
                let parked = loading.parked();
                self.announce(&mut conn, build).await?;
                discard::older(&mut conn, self.projection.name(), serving.build).await?;
                info!(projection = self.projection.name(), build = build.build, position, "a new build serves");
                let (build, replaced) = (build.build, serving.build);
                return Ok(Rebuilt { build, replaced, position, parked, took: self.reporter.elapsed() });
            }
            if !shutdown.sleep(SWITCH_PAUSE).await {
                return Err(RebuildError::Cancelled);
            }
        }
        Err(RebuildError::Busy)
    }

    /// Live clients learn that they look at another build now.
    async fn announce(&self, conn: &mut db::Connection, build: &Build) -> QueryResult<()> {
        let (epoch, position) = snapshot::standing(conn, self.projection.name()).await?;
        let batch = Batch::new(epoch.to_string(), position, position, None, vec![]);
        (0..build.lanes).for_each(|lane| handler::publish(&*self.bus, &load::key(build, lane), &batch));
        Ok(())
    }
}

async fn insert_build(conn: &mut db::Connection, name: &str, lanes: i16, head: i64) -> QueryResult<Build> {
    let newest: Option<i32> = projection_builds::table
        .filter(projection_builds::projection.eq(name))
        .select(diesel::dsl::max(projection_builds::build))
        .first(conn)
        .await?;
    diesel::insert_into(projection_builds::table)
        .values((
            projection_builds::projection.eq(name),
            projection_builds::build.eq(newest.unwrap_or(0) + 1),
            projection_builds::state.eq(BuildState::Building.as_str()),
            projection_builds::lanes.eq(lanes),
            projection_builds::target.eq(head),
        ))
        .returning(<Build as diesel::SelectableHelper<diesel::pg::Pg>>::as_returning())
        .get_result(conn)
        .await
}
