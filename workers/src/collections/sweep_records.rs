//! Has removed what nobody reads any more once a change of a collection has ended: rows of a former generation, or of one that
//! was not to be, and the claims that were taken for a change that was not accepted.

use std::time::{Duration, Instant};

use chrono::Utc;
use domain::{
    Aggregate,
    collections::{ChangeId, CollectionId},
    schema_changes::{SchemaChange, Sweep},
};
use event_store::{EventStore, ExecuteError, StreamId};
use jobs::{Job, JobContext, JobError, JobResult};
use projections::records::queries;
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{CHANGE_QUEUE, Indexing};
use crate::system::{as_system, log_failure};

/// Records whose rows are removed in one go.
const PAGE: i64 = 500;
/// How long this goes on before others have their turn.
const SHIFT: Duration = Duration::from_secs(20);
/// Until the read model has come further.
const PAUSE: Duration = Duration::from_secs(2);

/// After one change of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepRecords {
    pub collection: Uuid,
    pub change: Uuid,
    /// Of the event that has ended it.
    pub position: i64,
    pub is_accepted: bool,
}

impl Job for SweepRecords {
    const KIND: &'static str = "collections.sweep_records";
    const QUEUE: &'static str = CHANGE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(300);
    const PRIORITY: i16 = -1;

    type State = Indexing;

    fn key(&self) -> Option<String> {
        Some(self.change.to_string())
    }

    async fn run(self, ctx: JobContext<Indexing>) -> JobResult {
        let span = info_span!("collections.sweep_records", collection = %self.collection, change = %self.change);
        self.sweep(&ctx.state.store).instrument(span).await
    }
}

impl SweepRecords {
    async fn sweep(&self, store: &EventStore) -> JobResult {
        if !self.is_accepted {
            // Nobody takes any of them now: who would rests on the definition as it was while the change was pending.
            super::drop_claims(store, ChangeId::from_uuid(self.change)).await?;
        }
        let mut sweeping = Sweeping::new(store, self.change, CollectionId::from_uuid(self.collection), self.position);
        while let Some(rows) = sweeping.next().await? {
            sweeping.remove(rows, false).await?;
        }
        Ok(())
    }
}

/// Removing rows, page by page; how far that is, is in the log.
pub(super) struct Sweeping<'a> {
    store: &'a EventStore,
    stream: StreamId,
    collection: CollectionId,
    /// Rows that have changed here last, or before.
    position: i64,
    started: Instant,
    /// Where the read model has to be.
    needed: i64,
}

/// Rows whose positions are after one and up to another.
pub(super) type Rows = (i64, i64);

impl<'a> Sweeping<'a> {
    /// `stream` is the one that tells how far this is.
    pub(super) fn new(store: &'a EventStore, stream: Uuid, collection: CollectionId, position: i64) -> Self {
        let stream = StreamId::new(SchemaChange::CATEGORY, stream);
        Self { store, stream, collection, position, started: Instant::now(), needed: position }
    }

    /// The next rows, which may have been returned before where this was interrupted; `None` when none are left.
    pub(super) async fn next(&self) -> Result<Option<Rows>, JobError> {
        if self.started.elapsed() > SHIFT {
            return Err(JobError::snoozed(Duration::ZERO));
        }
        if !super::caught_up(self.store, self.needed).await? {
            return Err(JobError::snoozed(PAUSE));
        }
        let swept = self.store.load::<SchemaChange>(&self.stream).await;
        let after = swept.map_err(|_| JobError::failed("log_unavailable"))?.state.swept;
        let mut conn = self.store.pool().get().await?;
        let upto = queries::some_after(&mut conn, self.collection, (after, self.position), PAGE).await?;
        Ok(upto.map(|upto| (after, upto)))
    }

    /// Has them removed: those that nobody reads any more, or everything.
    pub(super) async fn remove(&mut self, (after, upto): Rows, everything: bool) -> JobResult {
        let command = Sweep { collection: self.collection, after, upto, everything, at: Utc::now() };
        match EventStore::execute(self.store, &self.stream, command, as_system()).await {
            Ok(done) => self.needed = done.position.unwrap_or(self.needed),
            // Somebody else was faster.
            Err(ExecuteError::Refused(_)) => {}
            Err(error) => return Err(log_failure(&error)),
        }
        Ok(())
    }
}
