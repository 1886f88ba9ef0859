//! The worker role against a real PostgreSQL and a real mail server.

#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod alerts;
mod delivery;
mod directory;
mod erasure;
mod exports;
mod faults;
mod files;
mod imports;
mod indexes;
mod installation;
mod links;
mod privacy;
mod program;
mod reactions;
mod retention;
mod schema_changes;
mod tls;
mod webhooks;
mod worker_process;
