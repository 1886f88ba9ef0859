//! Names of the queue's metrics. Labels are bounded: kinds that are registered, queues that are served, fixed outcomes.

/// Gauge by `queue` and `state`: unfinished jobs.
pub const DEPTH: &str = "tidemark_jobs_depth_count";
/// Gauge by `queue`: how long the oldest job that could run now has waited.
pub const OLDEST_AGE: &str = "tidemark_jobs_oldest_age_seconds";
/// Histogram by `kind`: from start to end of a run.
pub const DURATION: &str = "tidemark_jobs_run_duration_seconds";
/// Counter by `kind` and `outcome`: runs that ended.
pub const RUNS: &str = "tidemark_jobs_runs_total";
/// Counter: outcomes refused because the job had been given to another worker.
pub const FENCED: &str = "tidemark_jobs_fenced_total";
/// Counter: jobs taken from workers whose lease ended.
pub const RESCUED: &str = "tidemark_jobs_rescued_total";
/// Counter: finished jobs deleted after their retention.
pub const PRUNED: &str = "tidemark_jobs_pruned_total";
/// Counter by `cron`: jobs enqueued on schedule.
pub const CRON_TICKS: &str = "tidemark_jobs_cron_ticks_total";
/// The `kind` label of jobs that no handler is registered for.
pub(crate) const UNKNOWN_KIND: &str = "unknown";
