//! What was in a collection that is deleted goes too: the rows of its records, what these hold, and their part in files.
//!
//! Nothing is written to these records any more, since appends rest on the definition. Their own streams stay as they are.

use std::time::Duration;

use domain::{Aggregate, collections::CollectionId, records::Record};
use event_store::{
    EventStore, StreamId,
    record_claims::{REFERENCE, SCOPE},
};
use jobs::{Job, JobContext, JobError, JobResult};
use projections::records::queries;
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{CHANGE_QUEUE, Indexing, sweep_records::Sweeping};
use crate::files::link_record;

/// After the end of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptyCollection {
    pub collection: Uuid,
    /// Of the event that has ended it.
    pub position: i64,
}

impl Job for EmptyCollection {
    const KIND: &'static str = "collections.empty_collection";
    const QUEUE: &'static str = CHANGE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(300);
    const PRIORITY: i16 = -1;

    type State = Indexing;

    fn key(&self) -> Option<String> {
        Some(self.collection.to_string())
    }

    async fn run(self, ctx: JobContext<Indexing>) -> JobResult {
        let span = info_span!("collections.empty_collection", collection = %self.collection);
        self.empty(&ctx.state.store).instrument(span).await
    }
}

impl EmptyCollection {
    async fn empty(&self, store: &EventStore) -> JobResult {
        let collection = CollectionId::from_uuid(self.collection);
        let mut sweeping = Sweeping::new(store, self.collection, collection, self.position);
        while let Some(rows) = sweeping.next().await? {
            let ids = queries::ids_between(&mut *store.pool().get().await?, collection, rows).await?;
            link_record::let_go_of_all(store, &ids).await?;
            drop_claims(store, &ids).await?;
            sweeping.remove(rows, true).await?;
        }
        Ok(())
    }
}

/// The values that are theirs alone, and the references that lead from them to others. Those that lead to them come from the
/// same collection, and go with its records: one to which relations of others lead is not deleted.
async fn drop_claims(store: &EventStore, ids: &[Uuid]) -> JobResult {
    let streams: Vec<StreamId> = ids.iter().map(|id| StreamId::new(Record::CATEGORY, *id)).collect();
    let held = store.drop_claims_held(SCOPE, &streams).await;
    held.map_err(|_| JobError::failed("log_unavailable"))?;
    let sources: Vec<&[u8]> = ids.iter().map(|id| id.as_bytes().as_slice()).collect();
    let from_them = store.drop_claims_beginning_with_any(REFERENCE, &sources).await;
    from_them.map_err(|_| JobError::failed("log_unavailable"))?;
    Ok(())
}
