//! Aggregates in memory: recently used ones, and one command at a time on each.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use domain::Aggregate;
use quick_cache::sync::Cache;
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use crate::{EventStore, StreamId, log, snapshots, store::ReadError};

/// Events folded per query.
const PAGE: i64 = 1000;

/// An aggregate at a version of its stream.
#[derive(Clone, Debug, Default)]
pub struct Loaded<A> {
    pub state: A,
    pub version: i64,
}

/// What one process remembers. An entry may be stale: the expected version of the append finds that out.
#[derive(Clone, Debug)]
pub(crate) struct Aggregates {
    /// Every command writes to it, so it is one that keeps no account of writes to be worked off later.
    cache: Arc<Cache<StreamId, Arc<dyn Any + Send + Sync>>>,
    locks: Arc<Mutex<HashMap<StreamId, Weak<tokio::sync::Mutex<()>>>>>,
}

/// Dead locks are swept once the table has this many entries.
const SWEEP_AT: usize = 4096;

impl Aggregates {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { cache: Arc::new(Cache::new(capacity)), locks: Arc::default() }
    }

    pub(crate) fn get<A: Aggregate>(&self, stream: &StreamId) -> Option<Loaded<A>> {
        self.cache.get(stream)?.downcast_ref::<Loaded<A>>().cloned()
    }

    pub(crate) fn put<A: Aggregate>(&self, stream: &StreamId, loaded: Loaded<A>) {
        self.cache.insert(stream.clone(), Arc::new(loaded));
    }

    pub(crate) fn forget(&self, stream: &StreamId) {
        self.cache.remove(stream);
    }

    /// Queues commands on one stream within the process. Without it, ten hot streams made four conflicts for each
    /// success; with it none, and 2.4 times the rate.
    pub(crate) async fn lock(&self, stream: &StreamId) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            if locks.len() >= SWEEP_AT {
                locks.retain(|_, lock| lock.strong_count() > 0);
            }
            match locks.get(stream).and_then(Weak::upgrade) {
                Some(lock) => lock,
                None => {
                    let lock = Arc::new(tokio::sync::Mutex::new(()));
                    locks.insert(stream.clone(), Arc::downgrade(&lock));
                    lock
                }
            }
        };
        lock.lock_owned().await
    }
}

impl EventStore {
    /// The aggregate as the log has it now.
    pub async fn load<A>(&self, stream: &StreamId) -> Result<Loaded<A>, ReadError>
    where
        A: Aggregate + Serialize + DeserializeOwned,
    {
        // Apart, since reading takes more than 2 KB: every command would carry them, and few have to read.
        Box::pin(self.read(stream)).await
    }

    async fn read<A>(&self, stream: &StreamId) -> Result<Loaded<A>, ReadError>
    where
        A: Aggregate + Serialize + DeserializeOwned,
    {
        let mut conn = self.pool.get().await?;
        // A cached state saves reading what is in it; what came after it is read like the tail of a snapshot.
        let mut loaded = match self.aggregates.get::<A>(stream) {
            Some(cached) => cached,
            None => snapshots::load(&mut conn, stream).await?.unwrap_or_default(),
        };
        let snapshot_version = loaded.version;
        loop {
            let events = log::stream(&mut conn, stream.as_str(), loaded.version, PAGE).await?;
            let full = events.len() as i64 == PAGE;
            for event in events {
                loaded.state = loaded.state.apply(&event.decode()?);
                loaded.version = event.stream_version;
            }
            if !full {
                break;
            }
        }
        if loaded.version > 0 {
            self.remember(stream, &loaded, snapshot_version);
        }
        Ok(loaded)
    }

    /// The aggregate as it was right after one of its events; `None` when the stream does not have that event.
    pub async fn load_as_of<A: Aggregate>(&self, stream: &StreamId, event_id: Uuid) -> Result<Option<A>, ReadError> {
        let mut conn = self.pool.get().await?;
        let mut loaded = Loaded::<A>::default();
        loop {
            let events = log::stream(&mut conn, stream.as_str(), loaded.version, PAGE).await?;
            if events.is_empty() {
                return Ok(None);
            }
            for event in events {
                loaded.state = loaded.state.apply(&event.decode()?);
                loaded.version = event.stream_version;
                if event.event_id == event_id {
                    return Ok(Some(loaded.state));
                }
            }
        }
    }

    /// The aggregate as this process last saw it, from the log only when it does not remember it. May be stale: for hints,
    /// not for answers.
    pub async fn recent<A>(&self, stream: &StreamId) -> Result<Loaded<A>, ReadError>
    where
        A: Aggregate + Serialize + DeserializeOwned,
    {
        self.recall(stream, &mut Source::Cache).await
    }

    /// The aggregate from memory when that will do and it is there, else from the log; says which. May be stale.
    pub(crate) async fn recall<A>(&self, stream: &StreamId, source: &mut Source) -> Result<Loaded<A>, ReadError>
    where
        A: Aggregate + Serialize + DeserializeOwned,
    {
        match self.aggregates.get(stream) {
            Some(cached) if *source == Source::Cache => Ok(cached),
            Some(_) | None => {
                *source = Source::Log;
                self.load(stream).await
            }
        }
    }

    /// Keeps a state in memory, and has a snapshot written when the stream passed another multiple of the interval.
    pub(crate) fn remember<A>(&self, stream: &StreamId, loaded: &Loaded<A>, previous_version: i64)
    where
        A: Aggregate + Serialize,
    {
        let every = self.options.snapshot_every.max(1);
        if loaded.version / every > previous_version / every {
            self.snapshots.offer(stream, loaded);
        }
        self.aggregates.put(stream, loaded.clone());
    }
}

/// Where a state came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Cache,
    Log,
}
