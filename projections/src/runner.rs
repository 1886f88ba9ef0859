//! Runs every projection of the process: the lanes of whichever build is active.

use std::{sync::Arc, time::Duration};

use bootstrap::{Context, Shutdown, Tasks, db::Pool};
use event_store::{
    Head,
    consumer::{ConsumerKey, Runner, Settings},
    log::Filter,
};
use messaging::{
    Bus,
    relay::{self, Relay},
};
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::{
    Batch, Epoch, Projection,
    builds::{self, ActiveBuilds, Build},
    handler::{self, Projecting},
    health, projection, rebuild, snapshot,
};

/// After this time without a sign of life from a process, another one takes its lanes over.
const LEASE: Duration = Duration::from_secs(5);
/// How often a failing event is tried, within half a second, while the other streams of its lane wait.
const ATTEMPTS: u32 = 3;

/// Runs all projections, and the relay where the bus needs one, until the process is asked to stop.
pub async fn run(context: &Context, bus: Arc<dyn Bus>, head: Head) -> anyhow::Result<()> {
    start(context, bus, head).await?;
    context.shutdown.requested().await;
    Ok(())
}

/// Starts all projections, and the relay where the bus needs one, as tasks of the process. `head` must be watched by
/// somebody; see [`Head::watch`].
pub async fn start(context: &Context, bus: Arc<dyn Bus>, head: Head) -> anyhow::Result<()> {
    start_with(context, bus, head, vec![]).await
}

/// The same with projections of extensions beside the product's own.
pub async fn start_with(
    context: &Context,
    bus: Arc<dyn Bus>,
    head: Head,
    further: Vec<Arc<dyn Projection>>,
) -> anyhow::Result<()> {
    let (pool, url) = (context.database().await?, context.config.database_url()?.to_owned());
    health::register(&context.health, pool.clone());
    if bus.needs_relay() {
        start_relay(&context.tasks, bus.clone(), head.clone(), url.clone());
    }
    let projector = Projector::new(url, pool, head, bus);
    projector.start(&context.tasks, [projection::all(), further].concat());
    Ok(())
}

fn start_relay(tasks: &Tasks, bus: Arc<dyn Bus>, head: Head, url: String) {
    let relay = Relay { settings: relay::Settings::default(), bus, head, url };
    let shutdown = tasks.shutdown().clone();
    tasks.supervise("relay", move || relay::run(relay.clone(), shutdown.clone()));
}

/// What the projections of a process share.
#[derive(Clone)]
pub struct Projector {
    url: String,
    pool: Pool,
    head: Head,
    bus: Arc<dyn Bus>,
    builds: ActiveBuilds,
    lease: Duration,
}

impl std::fmt::Debug for Projector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Projector").field("head", &self.head).finish_non_exhaustive()
    }
}

impl Projector {
    /// `url` and `pool` lead to the log's database.
    pub fn new(url: String, pool: Pool, head: Head, bus: Arc<dyn Bus>) -> Self {
        Self { url, pool, head, bus, builds: ActiveBuilds::default(), lease: LEASE }
    }

    /// How long a process that stopped responding keeps its lanes; 5 s unless set here.
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// Runs these projections as supervised tasks.
    pub fn start(&self, tasks: &Tasks, projections: Vec<Arc<dyn Projection>>) {
        let (projector, shutdown) = (self.clone(), tasks.shutdown().clone());
        tasks.supervise("projections.builds", move || {
            let (projector, shutdown) = (projector.clone(), shutdown.clone());
            async move {
                projector.builds.follow(&projector.pool, &*projector.bus, &shutdown).await;
                Ok::<(), std::convert::Infallible>(())
            }
        });
        for projection in projections {
            let (projector, shutdown) = (self.clone(), tasks.shutdown().clone());
            tasks.supervise(format!("projection.{}", projection.name()), move || {
                let (projector, projection, shutdown) = (projector.clone(), projection.clone(), shutdown.clone());
                async move { projector.run(&projection, &shutdown).await }
            });
        }
    }

    /// Follows one projection from build to build until the process stops, or until the database fails.
    async fn run(&self, projection: &Arc<dyn Projection>, shutdown: &Shutdown) -> anyhow::Result<()> {
        rebuild::discard_abandoned(&self.url, projection.name()).await?;
        let (mut build, ..) = self.standing(projection).await?;
        while !shutdown.is_requested() {
            let ended = self.run_build(projection, &build, shutdown).await;
            let (active, epoch, position) = self.standing(projection).await?;
            if active.build == build.build {
                ended?;
                continue;
            }
            if let Err(error) = ended {
                info!(projection = projection.name(), %error, "a lane ended with its build");
            }
            info!(projection = projection.name(), build = active.build, "another build serves from now on");
            self.announce(&active, epoch, position);
            build = active;
        }
        Ok(())
    }

    async fn standing(&self, projection: &Arc<dyn Projection>) -> anyhow::Result<(Build, Epoch, i64)> {
        let mut conn = self.pool.get().await?;
        loop {
            let build = builds::active(&mut conn, projection.name()).await?;
            let (epoch, position) = snapshot::standing(&mut conn, projection.name()).await?;
            // Otherwise another build has come between the two.
            if epoch.build == build.build {
                return Ok((build, epoch, position));
            }
        }
    }

    /// Runs all lanes of a build until the process stops, another build takes its place, or a lane fails.
    async fn run_build(
        &self,
        projection: &Arc<dyn Projection>,
        build: &Build,
        shutdown: &Shutdown,
    ) -> anyhow::Result<()> {
        let (stop, mut lanes) = (shutdown.child(), JoinSet::new());
        for lane in 0..build.lanes {
            let (runner, stop) = (self.runner(projection, build, lane), stop.clone());
            lanes.spawn(async move { runner.run(&stop).await });
        }
        let mut outcome = Ok(());
        let replaced = self.builds.replaced(projection.name(), build.build);
        tokio::pin!(replaced);
        loop {
            tokio::select! {
                ended = lanes.join_next() => match ended {
                    None => return outcome,
                    Some(Ok(Ok(()))) => {}
                    // One task, one fate: the others give their leases back before all start again.
                    Some(Ok(Err(error))) => {
                        stop.request();
                        outcome = outcome.and(Err(error.into()));
                    }
                    Some(Err(error)) => {
                        warn!(projection = projection.name(), %error, "a lane panicked");
                        stop.request();
                        outcome = outcome.and(Err(error.into()));
                    }
                },
                () = &mut replaced, if !stop.is_requested() => stop.request(),
            }
        }
    }

    fn runner(&self, projection: &Arc<dyn Projection>, build: &Build, lane: i16) -> Runner<Projecting> {
        let key = ConsumerKey { consumer: projection.name().to_owned(), build: build.build, lane };
        let settings = Settings {
            filter: filter(&**projection, lane, build.lanes),
            lease: self.lease,
            durable: false,
            attempts: ATTEMPTS,
            ..Settings::new(key.clone())
        };
        let handler = Projecting::new(projection.clone(), key, self.bus.clone());
        Runner { settings, handler, head: self.head.clone(), url: self.url.clone() }
    }

    /// Tells live clients that they follow another build now.
    fn announce(&self, build: &Build, epoch: Epoch, position: i64) {
        let batch = Batch::new(epoch.to_string(), position, position, None, vec![]);
        for lane in 0..build.lanes {
            let key = ConsumerKey { consumer: build.projection.clone(), build: build.build, lane };
            handler::publish(&*self.bus, &key, &batch);
        }
    }
}

/// The events of one lane.
pub(crate) fn filter(projection: &dyn Projection, lane: i16, lanes: i16) -> Filter {
    let categories = projection.categories().iter().map(|category| (*category).to_owned()).collect();
    Filter { categories: Some(categories), lane: (lanes > 1).then_some((lane, lanes)) }
}
