//! Live updates: `GET /v1/live`, a WebSocket on which clients follow the read models. See docs/live.md.

mod admission;
mod connection;
mod endings;
mod handshake;
mod hub;
mod inbound;
mod load;
pub mod metrics;
mod peer;
mod protocol;
mod queue;
mod registry;
mod rendered;
mod roles;
mod sign_in;
mod socket;
mod source;
mod subscription;
mod topic;
mod topics;
mod write;

use std::{sync::Arc, time::Duration};

use bootstrap::{Context, db};
use event_store::{EventStore, SubjectKeys};
use messaging::Bus;
use tokio::sync::Semaphore;

use admission::{Admission, Admissions};
use endings::Endings;
pub use handshake::connect;
use hub::Hub;
use rendered::Rendered;
pub use socket::prepare;

use crate::auth::{Eras, RoleBook};

/// What a client that found no free place is told to wait at least.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(5);
/// The part of the grace time over which connections are closed; the rest is for what they still have to do.
const DRAIN_PART: f64 = 0.6;

/// The live updates of one process: a hub per projection.
pub struct Live {
    hubs: Vec<Arc<Hub>>,
    endings: Arc<Endings>,
    admissions: Admissions,
    turns: Arc<Semaphore>,
    drain_time: Duration,
}

impl Live {
    /// Starts the hubs among the tasks of `context`.
    pub fn start(
        context: &Context,
        bus: &Arc<dyn Bus>,
        pool: &db::Pool,
        keys: &SubjectKeys,
        events: &EventStore,
        roles: &RoleBook,
        eras: &Eras,
    ) -> Self {
        let hubs = vec![Hub::new(topics::users::Users::new(pool.clone(), keys.clone()))];
        for hub in &hubs {
            let (hub, bus, shutdown) = (Arc::clone(hub), Arc::clone(bus), context.shutdown.clone());
            context.tasks.supervise(format!("live {}", hub.source().projection()), move || {
                let (hub, bus, shutdown) = (Arc::clone(&hub), Arc::clone(&bus), shutdown.clone());
                async move { hub.run(&*bus, &shutdown).await }
            });
        }
        context.tasks.supervise("live roles", {
            let (hubs, roles, shutdown) = (hubs.clone(), roles.clone(), context.shutdown.clone());
            move || roles::follow(roles.clone(), hubs.clone(), shutdown.clone())
        });
        let endings = Arc::new(Endings::new(events.clone(), pool.clone(), eras.clone(), hubs.clone()));
        context.tasks.supervise("live endings", {
            let (endings, shutdown) = (Arc::clone(&endings), context.shutdown.clone());
            move || {
                let (endings, shutdown) = (Arc::clone(&endings), shutdown.clone());
                async move { endings.follow(&shutdown).await }
            }
        });
        Self {
            hubs,
            endings,
            admissions: Admissions::new(context.config.limits.live_connections),
            // Half of the connections: whoever reconnects does not keep requests waiting.
            turns: Arc::new(Semaphore::new((context.config.database.pool_size / 2).max(1))),
            drain_time: context.config.shutdown_grace.mul_f64(DRAIN_PART),
        }
    }

    fn admit(&self) -> Option<Admission> {
        self.admissions.admit()
    }

    fn hub(&self, projection: &str) -> Option<Arc<Hub>> {
        self.hubs.iter().find(|hub| hub.source().projection() == projection).cloned()
    }

    fn endings(&self) -> &Endings {
        &self.endings
    }

    /// Bounds how many subscriptions read from the database at the same time.
    fn turns(&self) -> Arc<Semaphore> {
        Arc::clone(&self.turns)
    }

    /// The time over which connections are closed when the process stops.
    fn drain_time(&self) -> Duration {
        self.drain_time
    }
}
