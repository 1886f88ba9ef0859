//! Tests of the bus and the relay against a real broker and a real database.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails at once, with a message")]

mod broker;
mod contract;
mod external_consumer;
mod faults;
mod installation;
mod relay;
mod scene;
mod tls;
mod topology;
