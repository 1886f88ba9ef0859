//! The builds of each projection: which one serves, which is being made, which are kept.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bootstrap::{
    Shutdown,
    db::{Connection, Pool},
};
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use messaging::{Bus, Received};
use tokio::sync::watch;
use tracing::warn;

use crate::schema::projection_builds;

/// What a build is there for. Stored as text, see the migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildState {
    Building,
    Active,
    Retired,
    Dropped,
}

impl BuildState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Dropped => "dropped",
        }
    }

    /// The schema of a build's tables in this state; `None` when it has none.
    pub(crate) fn schema(self, projection: &str, build: i32) -> Option<String> {
        match self {
            Self::Building => Some(format!("build_{projection}_{build}")),
            Self::Active => Some("public".to_owned()),
            Self::Retired => Some(format!("retired_{projection}_{build}")),
            Self::Dropped => None,
        }
    }
}

/// One build of a projection.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = projection_builds, check_for_backend(diesel::pg::Pg))]
pub struct Build {
    pub projection: String,
    pub build: i32,
    pub lanes: i16,
    pub resets: i32,
    pub started_at: DateTime<Utc>,
}

/// The build that serves.
pub async fn active(conn: &mut Connection, projection: &str) -> QueryResult<Build> {
    in_state(conn, projection, BuildState::Active).await?.pop().ok_or(diesel::result::Error::NotFound)
}

/// The builds in a state, oldest first.
pub async fn in_state(conn: &mut Connection, projection: &str, state: BuildState) -> QueryResult<Vec<Build>> {
    projection_builds::table
        .filter(projection_builds::projection.eq(projection))
        .filter(projection_builds::state.eq(state.as_str()))
        .order(projection_builds::build)
        .select(Build::as_select())
        .load(conn)
        .await
}

/// How often a process looks for a build that another process has put in place. Where events flow, the first of them
/// tells earlier.
const LOOK: Duration = Duration::from_secs(4);

/// The active builds as this process knows them. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActiveBuilds(Arc<watch::Sender<HashMap<String, i32>>>);

impl ActiveBuilds {
    /// Resolves once a projection is known to have another active build than this one.
    pub(crate) async fn replaced(&self, projection: &str, build: i32) {
        let mut builds = self.0.subscribe();
        let is_other = |builds: &HashMap<String, i32>| builds.get(projection).is_some_and(|known| *known != build);
        if builds.wait_for(is_other).await.is_ok() {
            return;
        }
        // Never: the sender lives in `self`.
        std::future::pending().await
    }

    /// Looks every 4 s, and whenever a notice names an unknown build, until the process stops.
    pub(crate) async fn follow(&self, pool: &Pool, bus: &dyn Bus, shutdown: &Shutdown) {
        let mut notices = bus.changes();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.requested() => return,
                _ = look.tick() => {}
                received = notices.next() => match received {
                    Some(Received::Item(notice)) if self.is_news(&notice.projection, notice.build) => {}
                    Some(Received::Item(_) | Received::Interrupted) => continue,
                    None => return,
                },
            }
            if let Err(error) = self.look(pool).await {
                warn!(%error, "the active builds cannot be read");
            }
        }
    }

    fn is_news(&self, projection: &str, build: i32) -> bool {
        self.0.borrow().get(projection).is_none_or(|known| *known != build)
    }

    async fn look(&self, pool: &Pool) -> anyhow::Result<()> {
        let mut conn = pool.get().await?;
        let builds: Vec<(String, i32)> = projection_builds::table
            .filter(projection_builds::state.eq(BuildState::Active.as_str()))
            .select((projection_builds::projection, projection_builds::build))
            .load(&mut conn)
            .await?;
        let builds: HashMap<String, i32> = builds.into_iter().collect();
        self.0.send_if_modified(|known| {
            let changed = *known != builds;
            *known = builds;
            changed
        });
        Ok(())
    }
}
