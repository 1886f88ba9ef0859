//! The promises of docs/jobs.md, each against real PostgreSQL, and those about dead workers against real processes.
#![expect(clippy::unwrap_used, reason = "a test fails at once")]
#![expect(clippy::expect_used, reason = "a test fails at once, with a message")]

mod administration;
mod cron;
mod drain;
mod enqueueing;
mod limits;
mod outages;
mod outcomes;
mod probe;
mod processes;
mod world;
