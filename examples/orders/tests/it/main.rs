//! Orders from placing to their end: over HTTP, PostgreSQL, SMTP, and a payment provider that misbehaves.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod compensating;
mod documented;
mod kills;
mod paying;
mod placing;
mod program;
mod provider;
mod shop;
