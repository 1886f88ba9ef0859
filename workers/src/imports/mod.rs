//! What follows a large import; the end of imports that nobody goes on with, and of what is told of old ones.

pub mod analyze_records;
pub mod reactions;
pub mod sweep;

use event_store::EventStore;
use jobs::{CatchUp, Crons, Registry, Schedule, ScheduleError};

pub use analyze_records::AnalyzeRecords;
pub use sweep::SweepImports;

use crate::collections::Indexing;

/// Adds the handlers.
pub(crate) fn register(registry: Registry, events: EventStore, indexing: Indexing) -> Registry {
    registry.with::<SweepImports>(events).with::<AnalyzeRecords>(indexing)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let hourly = Schedule::cron("47 * * * *")?;
    Ok(crons.with("sweep_imports", hourly, CatchUp::Latest, |_| SweepImports {}))
}
