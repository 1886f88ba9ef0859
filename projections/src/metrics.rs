//! Names of the metrics of this crate. Lag and parked streams are the event store's `tidemark_consumer_…`.

/// Events projected (counter, label `projection`).
pub const EVENTS: &str = "tidemark_projection_events_total";
/// Rows changed (counter, label `projection`).
pub const CHANGES: &str = "tidemark_projection_changes_total";
/// Events that a rebuild in this process has done (gauge, label `projection`).
pub const REBUILD_POSITION: &str = "tidemark_projection_rebuild_position_events";
/// The head that a rebuild in this process is heading for (gauge, label `projection`).
pub const REBUILD_TARGET: &str = "tidemark_projection_rebuild_target_events";
/// Speed of a rebuild in this process since it began (gauge, label `projection`).
pub const REBUILD_RATE: &str = "tidemark_projection_rebuild_rate_events_per_second";
/// Seconds for which callers waited for a projection (histogram, labels `projection` and `outcome`).
pub const WAIT_SECONDS: &str = "tidemark_projection_wait_seconds";
/// Looks at checkpoints, because callers waited and no notice came (counter).
pub const WAIT_POLLS: &str = "tidemark_projection_wait_polls_total";
