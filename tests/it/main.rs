//! The whole system, tested as one: every role, on real servers.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod app;
mod boundaries;
mod faults;
mod files;
mod privacy;
mod reading;
mod schema_changes;
mod users;
