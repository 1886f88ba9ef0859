//! The event store of one process.

use bootstrap::{Shutdown, Tasks, db};

use crate::{
    Append, AppendError, Appended, Head, StreamId,
    aggregates::Aggregates,
    log,
    snapshots::{self, Snapshots},
    writer::{self, Writer},
};

/// What can be set when a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Aggregates kept in memory; 0 keeps none.
    pub cached_aggregates: usize,
    /// A snapshot is written each time a stream has grown by this many events.
    pub snapshot_every: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self { cached_aggregates: 10_000, snapshot_every: 100 }
    }
}

/// Appends to the log, loads from it, executes commands. Clones share writer, caches and head.
#[derive(Clone)]
pub struct EventStore {
    pub(crate) pool: db::Pool,
    pub(crate) head: Head,
    pub(crate) writer: Writer,
    pub(crate) aggregates: Aggregates,
    pub(crate) snapshots: Snapshots,
    pub(crate) options: Options,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("no connection: {0}")]
    Pool(#[from] db::PoolError),
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
    #[error(transparent)]
    Decode(#[from] domain::DecodeError),
}

impl EventStore {
    /// Starts the writer and the snapshot task of this process. `head` must be watched by somebody; see [`Head::watch`].
    ///
    /// The writer outlives the request to stop until it has answered everything that was queued.
    pub fn open(url: &str, pool: db::Pool, head: Head, tasks: &Tasks, options: Options) -> Self {
        let (writer, queue) = Writer::new();
        let (snapshots, pending) = Snapshots::new();
        let shutdown: Shutdown = tasks.shutdown().clone();
        tasks.supervise("event_store.writer", {
            let (url, head, shutdown) = (url.to_owned(), head.clone(), shutdown.clone());
            move || writer::run(queue.clone(), url.clone(), head.clone(), shutdown.clone())
        });
        tasks.supervise("event_store.snapshots", {
            let pool = pool.clone();
            move || snapshots::run(pending.clone(), pool.clone(), shutdown.clone())
        });
        let aggregates = Aggregates::new(options.cached_aggregates);
        Self { pool, head, writer, aggregates, snapshots, options }
    }

    /// Appends atomically and durably. See [`AppendError`] for what may come instead.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.writer.append(append).await
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    pub fn pool(&self) -> &db::Pool {
        &self.pool
    }

    /// The version of a stream; 0 when it has no events.
    pub(crate) async fn version(&self, stream: &StreamId) -> Result<i64, ReadError> {
        let mut conn = self.pool.get().await?;
        Ok(log::stream_version(&mut conn, stream.as_str()).await?)
    }
}
