//! What the integration tests share with the long runs: clients of the API, and the harness that injects faults.
#![expect(clippy::expect_used, reason = "a test fails at once, with a message")]

pub mod access;
pub mod faults;
pub mod feed;
pub mod http;
pub mod live;
pub mod wait;
