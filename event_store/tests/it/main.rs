//! The event store against a real PostgreSQL: every promise of docs/event-store.md, also while things fail.
#![expect(clippy::unwrap_used, reason = "a test fails at once")]

mod account;
mod append;
mod checked_log;
mod claims;
mod consumers;
mod erasure;
mod execute;
mod head;
mod history;
mod idempotency;
mod kills;
mod lost_answers;
mod master_keys;
mod model;
mod order;
mod parking;
mod partitions;
mod passing_over;
mod pressure;
mod recorder;
mod resting;
mod scene;
mod signing_keys;
mod since;
mod snapshots;
mod subject_keys;
mod together;
mod upcasting;
