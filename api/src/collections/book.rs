//! Collections by name as the log has them now, with their definitions ready for use.

use std::{sync::Arc, time::Duration};

use anyhow::anyhow;
use domain::collections::{Collection, CollectionId, CollectionName, Definition, Shape};
use event_store::EventStore;
use moka::sync::Cache;

use super::{name_claim, stream};
use crate::error::{ApiError, ApiResult};

/// A definition that was checked takes some ten kilobytes.
const REMEMBERED: u64 = 1_000;
/// As long as roles are remembered.
const RECENT: Duration = Duration::from_secs(1);

/// Finds collections. Clones share what is remembered.
#[derive(Clone)]
pub struct CollectionBook {
    events: EventStore,
    /// Where a name was seen last. Whether that is still so, the collection's stream tells: a name is free only once its
    /// collection is deleted.
    ids: Cache<CollectionName, CollectionId>,
    /// By stream and version, so that an entry is true for ever.
    shapes: Cache<(CollectionId, i64), Arc<Shape>>,
    recent: Cache<CollectionName, Found>,
}

/// A collection at one moment.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: CollectionId,
    pub name: CollectionName,
    pub shape: Arc<Shape>,
}

impl CollectionBook {
    pub fn new(events: EventStore) -> Self {
        let recent = Cache::builder().max_capacity(REMEMBERED).time_to_live(RECENT).build();
        Self { events, ids: Cache::new(REMEMBERED), shapes: Cache::new(REMEMBERED), recent }
    }

    /// The collection of this name, as the log had it a second ago or later: enough for queries, as a second is for roles.
    /// A query that follows a change in the same process sees it.
    pub async fn find_recent(&self, name: &CollectionName) -> ApiResult<Found> {
        if let Some(found) = self.recent.get(name) {
            return Ok(found);
        }
        let found = self.find(name).await?;
        self.recent.insert(name.clone(), found.clone());
        Ok(found)
    }

    /// After a command that changed the collection.
    pub(super) fn forget(&self, name: &CollectionName) {
        self.recent.invalidate(name);
    }

    /// The collection of this name, as the log has it now.
    pub async fn find(&self, name: &CollectionName) -> ApiResult<Found> {
        if let Some(id) = self.ids.get(name)
            && let Some(found) = self.load(name, id).await?
        {
            return Ok(found);
        }
        let id = self.id_of(name).await?;
        let found = self.load(name, id).await?.ok_or(ApiError::NotFound)?;
        self.ids.insert(name.clone(), id);
        Ok(found)
    }

    /// The id alone, also of a collection whose definition was never used.
    pub(super) async fn id_of(&self, name: &CollectionName) -> ApiResult<CollectionId> {
        let owner = self.events.claimed_by_any(name_claim::SCOPE, &[name_claim::hash(name)]).await?;
        owner.map(|stream| CollectionId::from_uuid(stream.id())).ok_or(ApiError::NotFound)
    }

    async fn load(&self, name: &CollectionName, id: CollectionId) -> ApiResult<Option<Found>> {
        let loaded = self.events.load::<Collection>(&stream(id)).await?;
        let Some(defined) = loaded.state.defined() else { return Ok(None) };
        let shape = self.shape((id, loaded.version), &defined.definition)?;
        Ok(Some(Found { id, name: name.clone(), shape }))
    }

    fn shape(&self, key: (CollectionId, i64), definition: &Definition) -> ApiResult<Arc<Shape>> {
        if let Some(shape) = self.shapes.get(&key) {
            return Ok(shape);
        }
        // It was checked before it was stored.
        let shape =
            Shape::of(definition).map_err(|_| ApiError::Internal(anyhow!("a stored definition is not valid")))?;
        let shape = Arc::new(shape);
        self.shapes.insert(key, Arc::clone(&shape));
        Ok(shape)
    }
}
