//! What follows from what happens to collections: the indexes that they declare.

pub mod index_records;
pub mod reactions;

use event_store::EventStore;
use jobs::{CatchUp, Crons, Registry, Schedule, ScheduleError};

pub use index_records::{IndexRecords, TidyIndexes};

/// The queue of jobs that make indexes. One at a time; it is their own, since each may take minutes.
pub const INDEX_QUEUE: &str = "indexes";

/// What the jobs need that make indexes. Cheap to clone.
#[derive(Clone)]
pub struct Indexing {
    pub store: EventStore,
    /// Of the log's database, which has the records too.
    pub url: String,
}

/// Adds the handlers.
pub(crate) fn register(registry: Registry, indexing: Indexing) -> Registry {
    registry.with::<IndexRecords>(indexing.clone()).with::<TidyIndexes>(indexing)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let often = Schedule::cron("*/10 * * * *")?;
    Ok(crons.with("tidy_indexes", often, CatchUp::Latest, |_| TidyIndexes {}))
}
