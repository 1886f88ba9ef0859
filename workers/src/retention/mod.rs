//! What is deleted by age, on schedule, by one process of the installation. Finished jobs are pruned by their worker.

mod prune_commands;
mod prune_email_log;
mod prune_exports;
mod prune_sign_ins;

use bootstrap::db;
use jobs::{CatchUp, Crons, Registry, Schedule, ScheduleError};

pub use prune_commands::PruneCommands;
pub use prune_email_log::PruneEmailLog;
pub use prune_exports::PruneExports;
pub use prune_sign_ins::PruneSignIns;

/// The queue of work that nobody waits for.
pub const MAINTENANCE_QUEUE: &str = "maintenance";
/// Rows per statement, so that none holds its locks for long.
const BATCH: i64 = 1000;

/// Adds the handlers.
pub(crate) fn register(registry: Registry, pool: db::Pool) -> Registry {
    registry
        .with::<PruneCommands>(pool.clone())
        .with::<PruneExports>(pool.clone())
        .with::<PruneSignIns>(pool.clone())
        .with::<PruneEmailLog>(pool)
}

/// Adds the schedules: the quiet table daily, the others hourly.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let hourly = Schedule::cron("17 * * * *")?;
    let exports = Schedule::cron("27 * * * *")?;
    let sign_ins = Schedule::cron("37 * * * *")?;
    let daily = Schedule::cron("43 3 * * *")?;
    Ok(crons
        .with("prune_commands", hourly, CatchUp::Latest, |_| PruneCommands {})
        .with("prune_exports", exports, CatchUp::Latest, |_| PruneExports {})
        .with("prune_sign_ins", sign_ins, CatchUp::Latest, |_| PruneSignIns {})
        .with("prune_email_log", daily, CatchUp::Latest, |_| PruneEmailLog {}))
}
