//! The API over HTTP, on real PostgreSQL: each test serves an application of its own on a port of its own.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

mod accounts;
mod administration;
mod api_keys;
mod app;
mod audit;
mod bad_input;
mod captured_log;
mod cast;
mod client;
mod collections;
mod erasure;
mod exports;
mod faults;
mod files;
mod health;
mod keys;
mod limits;
mod login;
mod me;
mod openapi;
mod permissions;
mod records;
mod register;
mod replacing_secrets;
mod revocation;
mod roles;
mod security_log;
mod security_txt;
mod server;
mod sessions;
mod tls;
mod users;
