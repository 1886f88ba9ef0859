//! Names of the metrics of kept answers; docs/operations.md explains them.

/// Answers looked for, by `kind` (record, list) and `outcome`: hit, miss, stale, away (the store does not answer),
/// doubt (it is not known what has changed).
pub const LOOKUPS: &str = "tidemark_cache_lookups_total";
