//! Projections on a real PostgreSQL: what they make of events, and that no fault makes them miss or double one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod catching_up;
mod expressions;
mod files;
mod folding;
mod generations;
mod happenings;
mod imports;
mod lists;
mod marks;
mod parking;
mod processes;
mod rebuilding;
mod records;
mod rolling_back;
mod scene;
mod switching;
mod takeover;
mod waiting;
mod webhooks;
