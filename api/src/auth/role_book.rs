//! What each role permits right now, read from the log and remembered for a second.

use std::{sync::Arc, time::Duration};

use domain::{
    Aggregate,
    roles::{Permissions, ROLES_STREAM, RoleName, Roles},
};
use event_store::{EventStore, ReadError, StreamId};
use moka::sync::Cache;
use tokio::sync::Mutex;

/// As long as standings are remembered: a changed role is felt as soon as a granted one.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);

/// The roles of the installation. Clones share what is remembered.
#[derive(Clone)]
pub struct RoleBook {
    events: EventStore,
    remembered: Cache<(), Arc<Roles>>,
    /// Held by whoever reads: when the second is over, all callers at once would.
    reading: Arc<Mutex<()>>,
}

impl RoleBook {
    pub fn new(events: EventStore) -> Self {
        let remembered = Cache::builder().max_capacity(1).time_to_live(REMEMBERED_FOR).build();
        Self { events, remembered, reading: Arc::default() }
    }

    /// At most one second old.
    pub async fn current(&self) -> Result<Arc<Roles>, ReadError> {
        if let Some(roles) = self.remembered.get(&()) {
            return Ok(roles);
        }
        let _turn = self.reading.lock().await;
        if let Some(roles) = self.remembered.get(&()) {
            return Ok(roles);
        }
        let roles = self.events.load::<Roles>(&Self::stream()).await?.state;
        let roles = Arc::new(roles);
        self.remembered.insert((), Arc::clone(&roles));
        Ok(roles)
    }

    /// What the holder of these roles may do.
    pub async fn permissions_of(&self, roles: &[RoleName]) -> Result<Permissions, ReadError> {
        Ok(self.current().await?.permissions_of(roles))
    }

    /// Where roles are defined.
    pub fn stream() -> StreamId {
        StreamId::new(Roles::CATEGORY, ROLES_STREAM)
    }
}
