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
        let (started, mut needed) = (Instant::now(), self.position);
        let (collection, stream) = (CollectionId::from_uuid(self.collection), self.stream());
        while started.elapsed() < SHIFT {
            if !super::caught_up(store, needed).await? {
                return Err(JobError::snoozed(PAUSE));
            }
            let state =
                store.load::<SchemaChange>(&stream).await.map_err(|_| JobError::failed("log_unavailable"))?.state;
            let range = (state.swept, self.position);
            let upto = queries::some_after(&mut *store.pool().get().await?, collection, range, PAGE).await?;
            let Some(upto) = upto else { return Ok(()) };
            let command = Sweep { collection, after: state.swept, upto, at: Utc::now() };
            match EventStore::execute(store, &stream, command, as_system()).await {
                Ok(done) => needed = done.position.unwrap_or(needed),
                Err(ExecuteError::Refused(_)) => {}
                Err(error) => return Err(log_failure(&error)),
            }
        }
        Err(JobError::snoozed(Duration::ZERO))
    }

    fn stream(&self) -> StreamId {
        StreamId::new(SchemaChange::CATEGORY, self.change)
    }
}
