//! Collections by name as the log has them now, with their definitions ready for use.

use std::{sync::Arc, time::Duration};

use domain::collections::{Collection, CollectionId, CollectionName, Defined, Shape};
use event_store::{EventStore, log};
use moka::sync::Cache;

use projections::records::queries;

use super::{evolved::Evolved, name_claim, stream};
use crate::error::{ApiError, ApiResult};

/// A definition that was checked takes some ten kilobytes.
const REMEMBERED: u64 = 1_000;
/// As long as roles are remembered.
const LATELY: Duration = Duration::from_secs(1);

/// Finds collections. Clones share what is remembered.
#[derive(Clone)]
pub struct CollectionBook {
    events: EventStore,
    /// What a name meant last. Whether that is still so, the collection's stream tells: a name is free only once its
    /// collection is deleted.
    latest: Cache<CollectionName, Found>,
    /// By stream and version, so that an entry is true for ever.
    evolved: Cache<(CollectionId, i64), Arc<Evolved>>,
    /// Those that were held against the log within the last second.
    held: Cache<CollectionName, ()>,
}

/// A collection at one moment.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: CollectionId,
    pub name: CollectionName,
    /// Of the collection's stream.
    pub version: i64,
    /// Of the contents that are written now; where records are read, of those that are read.
    pub shape: Arc<Shape>,
    pub evolved: Arc<Evolved>,
}

/// How something is looked at that others may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// As this process remembers it, which may be of yesterday: for what is appended only if it has not changed since.
    Remembered,
    /// As the log has it now.
    Current,
}

impl CollectionBook {
    pub fn new(events: EventStore) -> Self {
        let held = Cache::builder().max_capacity(REMEMBERED).time_to_live(LATELY).build();
        let weigh = |_: &(CollectionId, i64), evolved: &Arc<Evolved>| evolved.definitions();
        let evolved = Cache::builder().max_capacity(REMEMBERED).weigher(weigh).build();
        Self { events, latest: Cache::new(REMEMBERED), evolved, held }
    }

    /// The collection of this name, as the log has it now.
    pub async fn find(&self, name: &CollectionName) -> ApiResult<Found> {
        if let Some(known) = self.latest.get(name) {
            if self.is_current(&known).await? {
                return Ok(known);
            }
            if let Some(found) = self.by_id(known.id, Sight::Current).await? {
                return Ok(found);
            }
        }
        let id = self.id_of(name).await?;
        self.by_id(id, Sight::Current).await?.ok_or(ApiError::NotFound)
    }

    /// The collection of this name.
    pub async fn look(&self, name: &CollectionName, sight: Sight) -> ApiResult<Found> {
        let known = match sight {
            Sight::Remembered => self.latest.get(name),
            Sight::Current => None,
        };
        match known {
            Some(known) => Ok(known),
            None => self.find(name).await,
        }
    }

    /// The same as it was at most a second ago, as it is with roles: for answers that are not held against the log.
    pub async fn lately(&self, name: &CollectionName) -> ApiResult<Found> {
        if self.held.contains_key(name)
            && let Some(known) = self.latest.get(name)
        {
            return Ok(known);
        }
        let found = self.find(name).await?;
        self.held.insert(name.clone(), ());
        Ok(found)
    }

    /// The collection of this id, unless it is gone.
    pub async fn by_id(&self, id: CollectionId, sight: Sight) -> ApiResult<Option<Found>> {
        let loaded = match sight {
            Sight::Remembered => self.events.recent::<Collection>(&stream(id)).await?,
            Sight::Current => self.events.load::<Collection>(&stream(id)).await?,
        };
        let Some(defined) = loaded.state.defined() else { return Ok(None) };
        let evolved = self.evolved((id, loaded.version), defined)?;
        let shape = Arc::clone(&evolved.shape);
        let found = Found { id, name: defined.name.clone(), version: loaded.version, shape, evolved };
        if sight == Sight::Current {
            self.latest.insert(found.name.clone(), found.clone());
        }
        Ok(Some(found))
    }

    /// The collection of this name, as the log has it now, for whoever reads records: by the definition of the generation
    /// that is read, which is `told` where the answer to a query has told it.
    pub async fn read(&self, name: &CollectionName, told: Option<i32>) -> ApiResult<Found> {
        let found = self.find(name).await?;
        self.as_read(found, told).await
    }

    /// The same by its id; `None` once the collection is deleted.
    pub(crate) async fn read_by_id(&self, id: CollectionId) -> ApiResult<Option<Found>> {
        match self.by_id(id, Sight::Current).await? {
            Some(found) => self.as_read(found, None).await.map(Some),
            None => Ok(None),
        }
    }

    /// Of a collection whose records were never converted, those of the first generation are read.
    async fn as_read(&self, found: Found, told: Option<i32>) -> ApiResult<Found> {
        let generation = match told {
            Some(generation) => generation,
            None if found.shape.generation() == 0 => return Ok(found),
            None => queries::generation(&mut *self.events.pool().get().await?, found.id).await?,
        };
        // Otherwise the definition is older than what is read, or has changed twice since: whoever comes again finds another.
        let shape = found.evolved.shape_of(generation).ok_or(ApiError::ProjectionLag)?;
        Ok(Found { shape, ..found })
    }

    /// The id alone, also of a collection whose definition was never used.
    pub(super) async fn id_of(&self, name: &CollectionName) -> ApiResult<CollectionId> {
        let owner = self.events.claimed_by_any(name_claim::SCOPE, &[name_claim::hash(name)]).await?;
        owner.map(|stream| CollectionId::from_uuid(stream.id())).ok_or(ApiError::NotFound)
    }

    /// Whether nothing has happened to the collection since.
    async fn is_current(&self, known: &Found) -> ApiResult<bool> {
        let mut conn = self.events.pool().get().await?;
        Ok(log::stream_version(&mut conn, stream(known.id).as_str()).await? == known.version)
    }

    fn evolved(&self, key: (CollectionId, i64), defined: &Defined) -> ApiResult<Arc<Evolved>> {
        if let Some(known) = self.evolved.get(&key) {
            return Ok(known);
        }
        let evolved = Arc::new(Evolved::of(&defined.definition, &defined.evolution)?);
        self.evolved.insert(key, Arc::clone(&evolved));
        Ok(evolved)
    }
}

impl Found {
    /// Whether records are read by an older definition than what is written.
    pub(crate) fn is_behind(&self) -> bool {
        self.shape.generation() != self.evolved.shape.generation()
    }

    /// Whether nothing has changed that matters to whoever reads records.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let place = |found: &Self| (found.id, found.version, found.shape.generation());
        place(self) == place(other)
    }
}
