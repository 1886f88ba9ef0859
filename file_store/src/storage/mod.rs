//! The object store: a directory or a bucket, every operation with an end in time.

mod half_written;
mod place;
mod writer;

use std::{
    ops::Range,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use ::metrics::{counter, histogram};
use bootstrap::{
    Breaker, BreakerSettings, BreakerState, config,
    health::{Impact, Outcome, Registry},
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use tracing::warn;

use crate::{
    Key, StorageError,
    metrics::{BREAKER_STATE, READ, REFUSED, STORAGE_SECONDS},
};

pub use writer::Writer;

/// Longer than all tries of one operation together.
const PATIENCE: Duration = Duration::from_secs(30);
/// People wait for it, so it is tried again soon.
const BREAKER: BreakerSettings = BreakerSettings { failures: 5, cool_down: Duration::from_secs(5) };
/// Content that no file has, for health.
const NOTHING: &str = "content/00/nothing";

/// Reads and writes content. Clones share connections and breaker.
#[derive(Clone, Debug)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    breaker: Breaker,
    /// Bytes that are read or written with one operation.
    read_piece: u64,
    write_piece: usize,
    /// Where it is one.
    directory: Option<PathBuf>,
}

/// Something that lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub key: Key,
    pub size: u64,
    pub modified_at: DateTime<Utc>,
}

impl Storage {
    /// Connects to nothing yet, and makes no directory before there is something to write.
    pub fn open(place: &config::FilesPlace) -> Result<Self, StorageError> {
        let place = place::open(place).map_err(StorageError::Failed)?;
        Ok(Self {
            store: place.store,
            breaker: Breaker::new("the object store", BREAKER_STATE, BREAKER),
            read_piece: place.read_piece,
            write_piece: place.write_piece,
            directory: place.directory,
        })
    }

    /// Begins to write content, which is there, and durable, once the writer has finished.
    pub fn writer(&self, key: &Key) -> Writer {
        Writer::new(self.clone(), key.path())
    }

    /// Writes content that is in memory.
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<(), StorageError> {
        let mut writer = self.writer(key);
        writer.write(bytes).await?;
        writer.finish().await
    }

    /// A piece of content, in memory.
    pub async fn read(&self, key: &Key, range: Range<u64>) -> Result<Bytes, StorageError> {
        let path = key.path();
        let bytes = self.guarded("read", self.store.get_range(&path, range)).await?;
        counter!(READ).increment(bytes.len() as u64);
        Ok(bytes)
    }

    /// Content piece by piece, each read when it is asked for.
    pub fn stream(&self, key: &Key, range: Range<u64>) -> impl Stream<Item = Result<Bytes, StorageError>> + use<> {
        let (storage, key) = (self.clone(), key.clone());
        stream::try_unfold(range.start, move |at| {
            let (storage, key) = (storage.clone(), key.clone());
            async move {
                if at >= range.end {
                    return Ok(None);
                }
                let next = at.saturating_add(storage.read_piece).min(range.end);
                Ok(Some((storage.read(&key, at..next).await?, next)))
            }
        })
    }

    /// Removes content; nothing happens when there is none.
    pub async fn delete(&self, key: &Key) -> Result<(), StorageError> {
        let path = key.path();
        match self.guarded("delete", self.store.delete(&path)).await {
            Ok(()) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Everything of one kind, in no order.
    pub fn list(&self, kind: &str) -> impl Stream<Item = Result<Listed, StorageError>> + use<> {
        let (storage, listing) = (self.clone(), self.store.list(Some(&Path::from(kind))));
        stream::try_unfold(listing, move |mut listing| {
            let storage = storage.clone();
            async move {
                let next = storage.guarded("list", async { listing.next().await.transpose() }).await?;
                Ok(next.map(|found| (found, listing)))
            }
        })
        .map_ok(|found| Listed {
            key: Key::of_path(&found.location),
            size: found.size,
            modified_at: found.last_modified,
        })
    }

    /// Removes what processes have left half written that were killed before this time; says how much. That of a bucket its own
    /// rules remove.
    pub async fn remove_half_written(&self, before: DateTime<Utc>) -> Result<usize, StorageError> {
        let Some(directory) = self.directory.clone() else { return Ok(0) };
        let failed = |error| object_store::Error::Generic { store: "directory", source: error };
        let removed = tokio::task::spawn_blocking(move || half_written::remove(&directory, before.into()));
        let removed = removed.await.map_err(|error| StorageError::Failed(failed(Box::new(error))))?;
        removed.map_err(|error| StorageError::Failed(failed(Box::new(error))))
    }

    /// `files`: the object store answers. Without it everything but the content of files works.
    pub fn watch(&self, registry: &Registry) {
        let storage = self.clone();
        registry.register("files", Impact::Partial, move || {
            let storage = storage.clone();
            async move { storage.check().await }
        });
    }

    async fn check(&self) -> Outcome {
        if let BreakerState::Open(until) = self.breaker.state()
            && until > Instant::now()
        {
            return Outcome::down("the object store does not do what it should, and is left alone for a while");
        }
        match self.guarded("check", self.store.head(&Path::from(NOTHING))).await {
            Ok(_) | Err(StorageError::NotFound) => Outcome::up(),
            Err(StorageError::LeftAlone { .. }) => Outcome::degraded("the object store is being tried again"),
            Err(StorageError::TimedOut | StorageError::Failed(_)) => Outcome::down("the object store cannot be used"),
        }
    }

    pub(crate) async fn guarded<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, StorageError> {
        let permit = self.breaker.admit(Instant::now()).map_err(|retry_after| {
            counter!(REFUSED).increment(1);
            StorageError::LeftAlone { retry_after }
        })?;
        let started = Instant::now();
        let done = tokio::time::timeout(PATIENCE, work).await;
        let (outcome, done) = match done {
            Ok(Ok(done)) => ("done", Ok(done)),
            Ok(Err(object_store::Error::NotFound { .. })) => ("absent", Err(StorageError::NotFound)),
            Ok(Err(error)) => ("failed", Err(StorageError::Failed(error))),
            Err(_) => ("timed_out", Err(StorageError::TimedOut)),
        };
        histogram!(STORAGE_SECONDS, "operation" => operation, "outcome" => outcome).record(started.elapsed());
        match &done {
            Ok(_) | Err(StorageError::NotFound) => permit.succeeded(),
            Err(error) => {
                warn!(operation, %error, "the object store did not do what it was asked");
                permit.failed(Instant::now());
            }
        }
        done
    }
}
