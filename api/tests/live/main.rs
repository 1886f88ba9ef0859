//! Live updates through real WebSockets, a real PostgreSQL, the real projection.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails at once, with a message")]

mod app;
#[path = "../it/captured_log.rs"]
mod captured_log;
mod client;
mod crowd;
mod documents;
mod drain;
mod ended_sessions;
mod files;
mod following;
mod gaps;
#[expect(dead_code, reason = "what is said in other ways than the API's is for the tests of HTTP")]
#[path = "../it/client.rs"]
mod http;
mod imports;
mod limits;
mod presence;
mod records;
mod resuming;
mod revoked_keys;
mod rights;
mod second_factor;
mod security_log;
mod signing_in;
mod slow;
