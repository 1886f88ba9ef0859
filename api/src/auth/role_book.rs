//! What each role permits right now, read from the log and remembered for a second.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use bootstrap::config::SecondFactor;
use domain::{
    Aggregate,
    roles::{Offer, Permissions, ROLES_STREAM, RoleName, Roles},
};
use event_store::{EventStore, ReadError, StreamId};
use tokio::sync::Mutex;

use super::is_demanded;

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
pub struct KnownRoles {
    known: Arc<RwLock<Known>>,
    second_factor: SecondFactor,
    /// Of extensions.
    offers: Arc<[Offer]>,
}

/// What roles permit at one moment.
#[derive(Clone, Debug)]
pub struct LatestRoles {
    roles: Arc<Roles>,
    second_factor: SecondFactor,
    offers: Arc<[Offer]>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    roles: Arc<Roles>,
    version: i64,
    /// What is known was true then, or later.
    read_at: Option<Instant>,
}

impl RoleBook {
    /// `second_factor` says of whom one is demanded.
    pub fn new(events: EventStore, second_factor: SecondFactor) -> Self {
        let known = KnownRoles { second_factor, ..KnownRoles::default() };
        Self { events, known, reading: Arc::default() }
    }

    /// With permissions that extensions offer.
    #[must_use]
    pub fn offering(mut self, offers: Vec<Offer>) -> Self {
        self.known.offers = offers.into();
        self
    }

    /// The permissions that extensions offer.
    pub fn offers(&self) -> &[Offer] {
        &self.known.offers
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
        Ok(self.current().await?.permissions_offered(roles, self.offers()))
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
    pub fn latest(&self) -> LatestRoles {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        LatestRoles {
            roles: Arc::clone(&known.roles),
            second_factor: self.second_factor,
            offers: Arc::clone(&self.offers),
        }
    }

    fn fresh(&self) -> Option<Arc<Roles>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.read_at.is_some_and(|at| at.elapsed() < REMEMBERED_FOR).then(|| Arc::clone(&known.roles))
    }

    fn set(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl LatestRoles {
    /// What the holder of these roles may do, who has a second factor or not: nothing without one that is demanded.
    pub fn permissions_of(&self, roles: &[RoleName], has_second_factor: bool) -> Permissions {
        let permissions = self.roles.permissions_offered(roles, &self.offers);
        let is_missing = !has_second_factor && is_demanded(self.second_factor, &permissions);
        if is_missing { Permissions::default() } else { permissions }
    }
}
