//! Makes the indexes that a collection declares, and drops those that it does not declare any more.

use std::time::Duration;

use bootstrap::db::{self, Connection};
use diesel_async::SimpleAsyncConnection;
use domain::{
    Aggregate,
    collections::{Collection, CollectionId, Defined, FieldProblem, Shape},
};
use event_store::StreamId;
use jobs::{Job, JobContext, JobError, JobResult};
use projections::{
    collections,
    records::{
        self,
        indexes::{self, IndexError},
    },
    snapshot,
};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span, warn};
use uuid::Uuid;

use super::{INDEX_QUEUE, Indexing};

/// An index of some ten million records takes minutes.
const TIMEOUT: Duration = Duration::from_secs(2 * 3600);
/// Until another process is done, or the read model has come as far as the definition.
const PAUSE: Duration = Duration::from_secs(2);
/// Collections that are looked at with one query.
const PAGE: i64 = 100;

/// For the definition of one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRecords {
    pub collection: Uuid,
    /// Of the event that has defined it so, or deleted it.
    pub position: i64,
}

impl Job for IndexRecords {
    const KIND: &'static str = "collections.index_records";
    const QUEUE: &'static str = INDEX_QUEUE;
    const TIMEOUT: Duration = TIMEOUT;

    type State = Indexing;

    fn key(&self) -> Option<String> {
        Some(format!("{}/{}", self.collection, self.position))
    }

    async fn run(self, ctx: JobContext<Indexing>) -> JobResult {
        let span = info_span!("collections.index_records", collection = %self.collection);
        self.index(&ctx.state).instrument(span).await
    }
}

impl IndexRecords {
    async fn index(self, indexing: &Indexing) -> JobResult {
        let collection = CollectionId::from_uuid(self.collection);
        let shapes = indexing.shapes(collection).await?;
        let mut conn = indexing.connect().await?;
        // What a record had before may be longer than an index takes.
        if snapshot::standing(&mut conn, records::NAME).await?.1 < self.position {
            return Err(JobError::snoozed(PAUSE));
        }
        indexes::sync(&mut conn, collection, &shapes).await.map_err(failure)?;
        Ok(())
    }
}

/// Sees to it that all collections have their indexes, on schedule: whatever was cut off, and read models that were made
/// again while an index was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TidyIndexes {}

impl Job for TidyIndexes {
    const KIND: &'static str = "collections.tidy_indexes";
    const QUEUE: &'static str = INDEX_QUEUE;
    const TIMEOUT: Duration = TIMEOUT;

    type State = Indexing;

    async fn run(self, ctx: JobContext<Indexing>) -> JobResult {
        let mut conn = ctx.state.connect().await?;
        let mut last = None;
        loop {
            let rows = collections::queries::page(&mut conn, last.as_deref(), PAGE).await?;
            for row in &rows {
                let reached = snapshot::standing(&mut conn, records::NAME).await?.1;
                let collection = CollectionId::from_uuid(row.id);
                let shapes = ctx.state.shapes(collection).await?;
                if reached >= row.position && !shapes.is_empty() {
                    indexes::sync(&mut conn, collection, &shapes).await.map_err(failure)?;
                }
            }
            match rows.last() {
                Some(row) if rows.len() as i64 == PAGE => last = Some(row.name.clone()),
                Some(_) | None => break,
            }
        }
        drop_abandoned(&ctx.state, &mut conn).await
    }
}

async fn drop_abandoned(indexing: &Indexing, conn: &mut Connection) -> JobResult {
    for owner in indexes::owners(conn).await? {
        let stream = StreamId::new(Collection::CATEGORY, owner.as_uuid());
        let loaded =
            indexing.store.load::<Collection>(&stream).await.map_err(|_| JobError::failed("log_unavailable"))?;
        if loaded.state.defined().is_none() {
            indexes::sync(conn, owner, &[]).await.map_err(failure)?;
        }
    }
    Ok(())
}

impl Indexing {
    /// The definition of what is read, and of what a pending change makes; none of a collection that is gone.
    async fn shapes(&self, collection: CollectionId) -> Result<Vec<Shape>, JobError> {
        let stream = StreamId::new(Collection::CATEGORY, collection.as_uuid());
        let loaded = self.store.load::<Collection>(&stream).await.map_err(|_| JobError::failed("log_unavailable"))?;
        let Some(Defined { definition, evolution, .. }) = loaded.state.defined() else { return Ok(vec![]) };
        let pending = evolution.pending.as_ref().map(|pending| (&pending.definition, pending.generation));
        let known = [(definition, evolution.generation)].into_iter().chain(pending);
        let shapes = known.map(|(definition, generation)| Ok(Shape::of(definition)?.of_generation(generation)));
        let shapes: Result<_, Vec<FieldProblem>> = shapes.collect();
        shapes.map_err(|_| {
            warn!(collection = %collection.as_uuid(), "a stored definition cannot be read");
            JobError::failed("not_readable")
        })
    }

    /// A connection of the job's own: making an index may take longer than statements of the pool may, and ends when the
    /// job does.
    pub(crate) async fn connect(&self) -> Result<Connection, JobError> {
        let mut conn = db::connect(&self.url).await.map_err(|_| JobError::failed("database_unavailable"))?;
        conn.batch_execute(
            "SET application_name = 'tidemark indexes'; SET client_connection_check_interval = '1s'; \
             SET maintenance_work_mem = '128MB'",
        )
        .await?;
        Ok(conn)
    }
}

fn failure(error: IndexError) -> JobError {
    match error {
        IndexError::Busy => JobError::snoozed(PAUSE),
        IndexError::Query(error) => {
            warn!(%error, "an index cannot be made or dropped");
            error.into()
        }
    }
}
