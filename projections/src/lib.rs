//! Read models: made from the log in lanes, watched by those who wait for them, rebuilt beside the ones that serve.

pub mod builds;
pub mod changes;
pub mod collections;
mod condition;
pub mod epoch;
pub mod files;
mod guard;
mod handler;
pub mod health;
pub mod imports;
pub mod metrics;
pub mod parked;
pub mod progress;
mod projection;
pub mod rebuild;
pub mod records;
pub mod rows;
mod runner;
mod schema;
pub mod snapshot;
mod standing;
pub mod status;
pub mod users;
pub mod webhooks;

pub use changes::{Batch, Change, Op};
pub use condition::Condition;
pub use epoch::Epoch;
pub use progress::{Progress, WaitError};
pub use projection::{Projection, all, by_name};
pub use runner::{Projector, run, start, start_with};
pub use snapshot::Snapshot;
