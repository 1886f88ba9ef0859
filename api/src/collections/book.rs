//! Collections by name as the log has them now, with their definitions ready for use.

use std::sync::Arc;

use anyhow::anyhow;
use domain::collections::{Collection, CollectionId, CollectionName, Definition, Shape};
use event_store::EventStore;
use moka::sync::Cache;

use super::{name_claim, stream};
use crate::error::{ApiError, ApiResult};

/// A definition that was checked takes some ten kilobytes.
const REMEMBERED: u64 = 1_000;

/// Finds collections. Clones share what is remembered.
#[derive(Clone)]
pub struct CollectionBook {
    events: EventStore,
    /// Where a name was seen last. Whether that is still so, the collection's stream tells: a name is free only once its
    /// collection is deleted.
    ids: Cache<CollectionName, CollectionId>,
    /// By stream and version, so that an entry is true for ever.
    shapes: Cache<(CollectionId, i64), Arc<Shape>>,
}

/// A collection at one moment.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: CollectionId,
    pub name: CollectionName,
    /// Of its stream.
    pub version: i64,
    pub shape: Arc<Shape>,
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
        Self { events, ids: Cache::new(REMEMBERED), shapes: Cache::new(REMEMBERED) }
    }

    /// The collection of this name, as the log has it now.
    pub async fn find(&self, name: &CollectionName) -> ApiResult<Found> {
        self.look(name, Sight::Current).await
    }

    /// The collection of this name.
    pub async fn look(&self, name: &CollectionName, sight: Sight) -> ApiResult<Found> {
        if let Some(id) = self.ids.get(name)
            && let Some(found) = self.by_id(id, sight).await?
        {
            return Ok(found);
        }
        let id = self.id_of(name).await?;
        let found = self.by_id(id, Sight::Current).await?.ok_or(ApiError::NotFound)?;
        self.ids.insert(name.clone(), id);
        Ok(found)
    }

    /// The collection of this id, unless it is gone.
    pub async fn by_id(&self, id: CollectionId, sight: Sight) -> ApiResult<Option<Found>> {
        let loaded = match sight {
            Sight::Remembered => self.events.recent::<Collection>(&stream(id)).await?,
            Sight::Current => self.events.load::<Collection>(&stream(id)).await?,
        };
        let Some(defined) = loaded.state.defined() else { return Ok(None) };
        let shape = self.shape((id, loaded.version), &defined.definition)?;
        Ok(Some(Found { id, name: defined.name.clone(), version: loaded.version, shape }))
    }

    /// The id alone, also of a collection whose definition was never used.
    pub(super) async fn id_of(&self, name: &CollectionName) -> ApiResult<CollectionId> {
        let owner = self.events.claimed_by_any(name_claim::SCOPE, &[name_claim::hash(name)]).await?;
        owner.map(|stream| CollectionId::from_uuid(stream.id())).ok_or(ApiError::NotFound)
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
