//! What follows from what happens to collections: the indexes that they declare, the look at their records for changes to which
//! these may not keep, and the end of what was in them.

pub mod check_records;
pub mod empty_collection;
pub mod index_records;
pub mod reactions;
pub mod sweep_records;

use std::time::{Duration, Instant};

use domain::collections::ChangeId;
use event_store::{EventStore, record_claims};
use jobs::{CatchUp, Crons, JobError, JobResult, Registry, Schedule, ScheduleError};
use projections::{records, snapshot};
use tracing::warn;

pub use check_records::CheckRecords;
pub use empty_collection::EmptyCollection;
pub use index_records::{IndexRecords, TidyIndexes};
pub use sweep_records::SweepRecords;

/// The queue of jobs that make indexes. One at a time; it is their own, since each may take minutes.
pub const INDEX_QUEUE: &str = "indexes";
/// The queue of jobs that look at all records of a collection.
pub const CHANGE_QUEUE: &str = "changes";

/// How long a job waits for the read model before it lets others have their turn.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Claims that are dropped in one go.
const CLAIMS: i64 = 1_000;

/// What the jobs need that make indexes or look at records. Cheap to clone.
#[derive(Clone)]
pub struct Indexing {
    pub store: EventStore,
    /// Of the log's database, which has the records too.
    pub url: String,
}

/// Adds the handlers.
pub(crate) fn register(registry: Registry, indexing: Indexing) -> Registry {
    registry
        .with::<CheckRecords>(indexing.clone())
        .with::<SweepRecords>(indexing.clone())
        .with::<EmptyCollection>(indexing.clone())
        .with::<IndexRecords>(indexing.clone())
        .with::<TidyIndexes>(indexing)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let often = Schedule::cron("*/10 * * * *")?;
    Ok(crons.with("tidy_indexes", often, CatchUp::Latest, |_| TidyIndexes {}))
}

/// Waits until the read model of records has come as far, with all of them; false when it takes longer than a while.
pub(crate) async fn caught_up(store: &EventStore, position: i64) -> Result<bool, JobError> {
    let started = Instant::now();
    loop {
        let standing = snapshot::lanes(&mut *store.pool().get().await?, records::NAME).await?;
        if standing.parked > 0 {
            warn!(parked = standing.parked, "records that the read model could not digest are in the way");
            return Ok(false);
        }
        if standing.position() >= position {
            return Ok(true);
        }
        if started.elapsed() > PATIENCE {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Lets go of what was taken for a change that was not accepted.
async fn drop_claims(store: &EventStore, change: ChangeId) -> JobResult {
    let beginning = record_claims::era(change);
    loop {
        let dropped = store.drop_claims_beginning(record_claims::SCOPE, &beginning, CLAIMS).await;
        if dropped.map_err(|_| JobError::failed("log_unavailable"))? == 0 {
            return Ok(());
        }
    }
}
