//! Live updates: `GET /v1/live`, a WebSocket on which clients follow the read models. See docs/live.md.

mod admission;
mod audience;
mod connection;
mod definitions;
mod endings;
mod epochs;
mod finding;
mod handshake;
mod hub;
mod inbound;
mod load;
pub mod metrics;
mod peer;
mod presence;
mod protocol;
mod queue;
mod records_rule;
mod registry;
mod rendered;
mod roles;
mod sign_in;
mod socket;
mod source;
mod subscription;
mod told;
mod topic;
mod topic_name;
mod topics;
mod write;

use std::{sync::Arc, time::Duration};

use bootstrap::{Context, db};
use event_store::{EventStore, SubjectKeys};
use messaging::Bus;
use tokio::sync::Semaphore;

use admission::{Admission, Admissions};
use definitions::Definitions;
use endings::Endings;
use epochs::Epochs;
pub use handshake::connect;
use hub::Hub;
use presence::Presence;
use rendered::Rendered;
pub use socket::prepare;

use crate::{
    auth::{Eras, RoleBook},
    collections::CollectionBook,
};

/// What a client that found no free place is told to wait at least.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(5);
/// The part of the grace time over which connections are closed; the rest is for what they still have to do.
const DRAIN_PART: f64 = 0.6;

/// The live updates of one process: a hub per projection.
pub struct Live {
    hubs: Vec<Arc<Hub>>,
    endings: Arc<Endings>,
    definitions: Arc<Definitions>,
    epochs: Epochs,
    presence: Arc<Presence>,
    admissions: Admissions,
    turns: Arc<Semaphore>,
    drain_time: Duration,
}

/// What live updates are made of.
pub struct Parts<'a> {
    pub bus: &'a Arc<dyn Bus>,
    pub pool: &'a db::Pool,
    pub keys: &'a SubjectKeys,
    pub events: &'a EventStore,
    pub roles: &'a RoleBook,
    pub eras: &'a Eras,
    pub collections: &'a CollectionBook,
}

impl Live {
    /// Starts the hubs among the tasks of `context`.
    pub fn start(context: &Context, parts: &Parts<'_>) -> Self {
        let Parts { bus, pool, keys, events, roles, eras, collections } = *parts;
        let users = Hub::new(topics::users::Users::new(pool.clone(), keys.clone()));
        let records = Hub::new(topics::records::Records::new(pool.clone()));
        let files = Hub::new(topics::files::Files::new(pool.clone(), keys.clone()));
        let imports = Hub::new(topics::imports::Imports::new(pool.clone()));
        let mut hubs = vec![users, files, Arc::clone(&records), imports];
        for hub in &hubs {
            let (hub, bus, shutdown) = (Arc::clone(hub), Arc::clone(bus), context.shutdown.clone());
            context.tasks.supervise(format!("live {}", hub.source().projection()), move || {
                let (hub, bus, shutdown) = (Arc::clone(&hub), Arc::clone(&bus), shutdown.clone());
                async move { hub.run(&*bus, &shutdown).await }
            });
        }
        let presence = Presence::new(Arc::clone(bus));
        hubs.push(start_presence(context, &presence));
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
        let definitions = Arc::new(Definitions::new(events.clone(), pool.clone(), collections.clone(), records));
        context.tasks.supervise("live collections", {
            let (definitions, shutdown) = (Arc::clone(&definitions), context.shutdown.clone());
            move || {
                let (definitions, shutdown) = (Arc::clone(&definitions), shutdown.clone());
                async move { definitions.follow(&shutdown).await }
            }
        });
        Self {
            hubs,
            endings,
            definitions,
            presence,
            epochs: Epochs::new(&context.config.secrets.token_key),
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

    fn definitions(&self) -> Arc<Definitions> {
        Arc::clone(&self.definitions)
    }

    fn presence(&self) -> &Arc<Presence> {
        &self.presence
    }

    fn epochs(&self) -> Epochs {
        self.epochs.clone()
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

/// Starts to tell and hear who is there, and the hub that follows it.
fn start_presence(context: &Context, presence: &Arc<Presence>) -> Arc<Hub> {
    let hub = Hub::new(presence::Members::new(Arc::clone(presence)));
    context.tasks.supervise("live presence", {
        let (presence, shutdown) = (Arc::clone(presence), context.shutdown.clone());
        move || {
            let (presence, shutdown) = (Arc::clone(&presence), shutdown.clone());
            async move { presence.follow(&shutdown).await }
        }
    });
    context.tasks.supervise("live rooms", {
        let (hub, presence, shutdown) = (Arc::clone(&hub), Arc::clone(presence), context.shutdown.clone());
        move || {
            let (hub, presence, shutdown) = (Arc::clone(&hub), Arc::clone(&presence), shutdown.clone());
            async move { hub.run(presence.changes(), &shutdown).await }
        }
    });
    hub
}
