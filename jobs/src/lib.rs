//! Durable background jobs on PostgreSQL: enqueued in the caller's transaction, executed by apalis workers.
//!
//! A [`Job`] is a serialisable value that knows how to run. [`enqueue`] writes it into the `jobs` table with whatever
//! else the caller's transaction does. A [`Worker`] takes jobs of named queues, holds a lease on each while it runs,
//! and settles it: completed, retrying, scheduled again, discarded or cancelled. docs/jobs.md states the promises.

pub mod admin;
pub mod metrics;

mod backoff;
mod config;
mod cron;
mod enqueue;
mod executor;
mod health;
mod held;
mod job;
mod keeper;
mod listener;
mod observer;
mod persistence;
mod pruner;
mod registry;
mod runtime;
mod schedule;
mod schema;
mod settler;
mod state;
mod statements;
mod store;
mod taker;
mod worker;

pub use backoff::Backoff;
pub use config::{Retention, WorkerConfig};
pub use cron::{CatchUp, Crons};
pub use enqueue::{EnqueueOptions, Enqueued, enqueue, enqueue_all};
pub use health::{HealthReport, JobsHealth};
pub use job::{Job, JobContext, JobError, JobId, JobResult};
pub use registry::Registry;
pub use schedule::{Schedule, ScheduleError};
pub use state::{JobState, UniqueWindow};
pub use worker::{Worker, WorkerError};
