//! What was wrong with a line: where and of which kind, and nothing of what stood there.

use serde::{Deserialize, Serialize};

/// Errors of one import that are kept; the others are counted only.
pub const MOST_ERRORS: u64 = 1_000;

/// One thing that was wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineError {
    /// In which the record begins; counts from 1.
    pub line: u64,
    /// A JSON Pointer into the record, made of names that the schema has and of numbers.
    pub pointer: String,
    /// Stable, for programs.
    pub code: String,
}
