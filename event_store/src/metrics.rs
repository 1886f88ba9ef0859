//! Names of the metrics of this crate.

/// Batches committed.
pub const BATCHES: &str = "tidemark_append_batches_total";
/// Appends per batch.
pub const BATCH_SIZE: &str = "tidemark_append_batch_appends";
/// From the first byte sent to the answer, in seconds.
pub const BATCH_SECONDS: &str = "tidemark_append_batch_seconds";
/// Appends that wait for a batch.
pub const WAITING: &str = "tidemark_append_waiting_appends";
/// Snapshots that were not written because the queue was full or the database away.
pub const SNAPSHOTS_DROPPED: &str = "tidemark_snapshots_dropped_total";
/// Events between a consumer's checkpoint and the head, by consumer and lane.
pub const LAG_EVENTS: &str = "tidemark_consumer_lag_events";
/// Age of the newest event handled while the consumer is behind, in seconds; 0 when it has caught up.
pub const LAG_SECONDS: &str = "tidemark_consumer_lag_seconds";
/// The position of a consumer, by consumer and lane.
pub const CONSUMED: &str = "tidemark_consumer_position_total";
/// Streams that a consumer has parked.
pub const PARKED: &str = "tidemark_consumer_parked_streams";
/// Single events that were tried again.
pub const RETRIES: &str = "tidemark_consumer_retries_total";
