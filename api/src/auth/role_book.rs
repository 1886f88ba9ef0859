//! What each role permits right now, read from the log and remembered for a second.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::{
    Aggregate,
    roles::{Permissions, ROLES_STREAM, RoleName, Roles},
};
use event_store::{EventStore, ReadError, StreamId};
use tokio::sync::Mutex;

/// As long as standings are remembered: a changed role is felt as soon as a granted one.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);

/// The roles of the installation. Clones share what is remembered.
#[derive(Clone)]
pub struct RoleBook {
    events: EventStore,
    known: KnownRoles,
    /// Held by whoever reads: when the second is over, all callers at once would.
    reading: Arc<Mutex<()>>,
}

/// The roles as this process has last read them; whoever has this can look without waiting. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct KnownRoles(Arc<RwLock<Known>>);

#[derive(Clone, Debug, Default)]
struct Known {
    roles: Arc<Roles>,
    version: i64,
    /// What is known was true then, or later.
    read_at: Option<Instant>,
}

impl RoleBook {
    pub fn new(events: EventStore) -> Self {
        Self { events, known: KnownRoles::default(), reading: Arc::default() }
    }

    /// At most one second old.
    pub async fn current(&self) -> Result<Arc<Roles>, ReadError> {
        if let Some(roles) = self.known.fresh() {
            return Ok(roles);
        }
        let _turn = self.reading.lock().await;
        match self.known.fresh() {
            Some(roles) => Ok(roles),
            None => self.read().await.map(|known| known.roles),
        }
    }

    /// Reads the log; returns the version of what is known from now on.
    pub async fn refresh(&self) -> Result<i64, ReadError> {
        let _turn = self.reading.lock().await;
        self.read().await.map(|known| known.version)
    }

    /// What the holder of these roles may do.
    pub async fn permissions_of(&self, roles: &[RoleName]) -> Result<Permissions, ReadError> {
        Ok(self.current().await?.permissions_of(roles))
    }

    /// What was read last, whenever that was.
    pub fn known(&self) -> &KnownRoles {
        &self.known
    }

    /// Where roles are defined.
    pub fn stream() -> StreamId {
        StreamId::new(Roles::CATEGORY, ROLES_STREAM)
    }

    async fn read(&self) -> Result<Known, ReadError> {
        let read_at = Some(Instant::now());
        let loaded = self.events.load::<Roles>(&Self::stream()).await?;
        let known = Known { roles: Arc::new(loaded.state), version: loaded.version, read_at };
        self.known.set(known.clone());
        Ok(known)
    }
}

impl KnownRoles {
    pub fn latest(&self) -> Arc<Roles> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).roles)
    }

    fn fresh(&self) -> Option<Arc<Roles>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.read_at.is_some_and(|at| at.elapsed() < REMEMBERED_FOR).then(|| Arc::clone(&known.roles))
    }

    fn set(&self, known: Known) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}
