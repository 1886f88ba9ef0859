//! The API over HTTP, on real PostgreSQL: each test serves an application of its own on a port of its own.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod app;
mod bad_input;
mod client;
mod faults;
mod health;
mod keys;
mod limits;
mod login;
mod me;
mod openapi;
mod permissions;
mod register;
mod revocation;
mod server;
mod tls;
mod users;
