//! Live updates: `GET /v1/live`, a WebSocket on which clients follow the read models. See docs/live.md.

mod admission;
mod connection;
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
use event_store::SubjectKeys;
use messaging::Bus;
use tokio::sync::Semaphore;

use admission::{Admission, Admissions};
pub use handshake::connect;
use hub::Hub;
use rendered::Rendered;
pub use socket::prepare;

use crate::auth::RoleBook;

/// What a client that found no free place is told to wait at least.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(5);
/// The part of the grace time over which connections are closed; the rest is for what they still have to do.
const DRAIN_PART: f64 = 0.6;

/// The live updates of one process: a hub per projection.
pub struct Live {
    hubs: Vec<Arc<Hub>>,
    admissions: Admissions,
    turns: Arc<Semaphore>,
    drain_time: Duration,
}

impl Live {
    /// Starts the hubs among the tasks of `context`.
    pub fn start(context: &Context, bus: &Arc<dyn Bus>, pool: &db::Pool, keys: &SubjectKeys, roles: &RoleBook) -> Self {
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
        Self {
            hubs,
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

    /// Bounds how many subscriptions read from the database at the same time.
    fn turns(&self) -> Arc<Semaphore> {
        Arc::clone(&self.turns)
    }

    /// The time over which connections are closed when the process stops.
    fn drain_time(&self) -> Duration {
        self.drain_time
    }
}
