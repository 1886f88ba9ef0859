//! The end of imports that nobody goes on with, and of what is told of old ones.

pub mod sweep;

use event_store::EventStore;
use jobs::{CatchUp, Crons, Registry, Schedule, ScheduleError};

pub use sweep::SweepImports;

/// Adds the handlers.
pub(crate) fn register(registry: Registry, events: EventStore) -> Registry {
    registry.with::<SweepImports>(events)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let hourly = Schedule::cron("47 * * * *")?;
    Ok(crons.with("sweep_imports", hourly, CatchUp::Latest, |_| SweepImports {}))
}
