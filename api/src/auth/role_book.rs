//! What each role permits right now, read from the log and remembered for a second.

use std::{
    collections::HashMap,
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
/// Sets of roles whose permissions are remembered.
const REMEMBERED_SETS: usize = 1_000;

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
    /// What sets of them permit, as far as somebody has asked.
    permitted: Arc<RwLock<HashMap<Vec<RoleName>, Arc<Permissions>>>>,
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
        self.fresh().await.map(|known| known.roles)
    }

    async fn fresh(&self) -> Result<Known, ReadError> {
        if let Some(known) = self.known.fresh() {
            return Ok(known);
        }
        let _turn = self.reading.lock().await;
        match self.known.fresh() {
            Some(known) => Ok(known),
            None => self.read().await,
        }
    }

    /// Reads the log; returns the version of what is known from now on.
    pub async fn refresh(&self) -> Result<i64, ReadError> {
        let _turn = self.reading.lock().await;
        self.read().await.map(|known| known.version)
    }

    /// What the holder of these roles may do.
    pub async fn permissions_of(&self, roles: &[RoleName]) -> Result<Arc<Permissions>, ReadError> {
        Ok(self.fresh().await?.permissions_of(roles, self.offers()))
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
        let known = Known { roles: Arc::new(loaded.state), version: loaded.version, read_at, ..Known::default() };
        Ok(self.known.set(known))
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

    fn fresh(&self) -> Option<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.read_at.is_some_and(|at| at.elapsed() < REMEMBERED_FOR).then(|| known.clone())
    }

    /// Returns what is known from now on.
    fn set(&self, mut read: Known) -> Known {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.version == read.version {
            read.permitted = Arc::clone(&known.permitted);
        }
        *known = read;
        known.clone()
    }
}

impl Known {
    fn permissions_of(&self, roles: &[RoleName], offers: &[Offer]) -> Arc<Permissions> {
        if let Some(permissions) = self.permitted.read().unwrap_or_else(PoisonError::into_inner).get(roles) {
            return Arc::clone(permissions);
        }
        let permissions = Arc::new(self.roles.permissions_offered(roles, offers));
        let mut permitted = self.permitted.write().unwrap_or_else(PoisonError::into_inner);
        if permitted.len() >= REMEMBERED_SETS {
            permitted.clear();
        }
        permitted.insert(roles.to_vec(), Arc::clone(&permissions));
        permissions
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
