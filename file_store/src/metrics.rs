//! Names of the metrics of this crate.

/// How long the object store took for an operation, by `operation` and `outcome`: done, absent, failed, timed_out.
pub const STORAGE_SECONDS: &str = "tidemark_files_storage_seconds";
/// Operations that were not tried because the object store had failed too often.
pub const REFUSED: &str = "tidemark_files_storage_refused_total";
/// The way to the object store: 0 closed (in use), 1 half open (being tried), 2 open (left alone for a while).
pub const BREAKER_STATE: &str = "tidemark_files_breaker_state";
/// Bytes of content written to the object store.
pub const WRITTEN: &str = "tidemark_files_written_bytes_total";
/// Bytes of content read from it.
pub const READ: &str = "tidemark_files_read_bytes_total";
