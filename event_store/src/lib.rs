//! The event log on PostgreSQL: appends in gapless order, aggregates, claims, idempotency, and consumers that tail it.

pub mod aggregates;
pub mod append;
mod cipher;
pub mod commands;
pub mod consumer;
pub mod execute;
pub mod head;
pub mod json;
pub mod keyed_hash;
pub mod log;
pub mod metadata;
pub mod metrics;
pub mod one_time_token;
mod schema;
pub mod signing_keys;
mod snapshots;
mod store;
mod stream;
pub mod subject_keys;
mod writer;

pub use append::{Append, AppendError, Appended, ClaimChange, Expected, NewEvent, StreamAppend};
pub use commands::{Idempotency, Replay};
pub use execute::{ExecuteError, Executed, Execution};
pub use head::Head;
pub use json::RawJson;
pub use keyed_hash::KeyedHash;
pub use log::RecordedEvent;
pub use metadata::Metadata;
pub use one_time_token::{OneTimeTokens, Purpose};
pub use signing_keys::SigningKeys;
pub use store::{EventStore, Options, ReadError};
pub use stream::StreamId;
pub use subject_keys::{SubjectKey, SubjectKeys};
