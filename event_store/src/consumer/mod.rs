//! Consumers: whatever follows the log from a checkpoint of its own, in order, one process at a time per lane.

pub mod checkpoint;
mod gauges;
pub mod lease;
mod pace;
pub mod parked;
mod poison;
mod runner;

use std::{future::Future, time::Duration};

use bootstrap::db::Connection;

pub use checkpoint::{Checkpoint, ConsumerKey, StartAt};
pub use lease::Lease;
pub use runner::Runner;

use crate::{RecordedEvent, log::Filter};

/// What a consumer does with events.
pub trait Handler: Send + Sync + 'static {
    /// What is handed from the transaction to [`Handler::committed`], such as changes to be published.
    type Effects: Send + Default;

    /// Applies a batch in the transaction that also moves the checkpoint. Nothing else may be touched: the batch may be
    /// rolled back and handled again. While `standing` stays the same, so does all that is bound to the checkpoint.
    fn handle(
        &self,
        conn: &mut Connection,
        standing: Standing,
        events: &[RecordedEvent],
    ) -> impl Future<Output = Result<Self::Effects, HandlerError>> + Send;

    /// Called after the commit. A crash in between skips it: effects that must not be lost belong in the transaction.
    fn committed(&self, effects: Self::Effects, position: i64) -> impl Future<Output = ()> + Send {
        let _ = (effects, position);
        async {}
    }
}

/// What the checkpoint says beside the position, locked until the end of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Raised by whoever takes the consumer over.
    pub fence: i64,
    /// Raised whenever a stream is parked or released, or a consumer's build is exchanged: see [`checkpoint::touch`].
    pub generation: i64,
}

/// Why a batch could not be handled.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    #[error(transparent)]
    Decode(#[from] domain::DecodeError),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    #[error("{0}")]
    Other(String),
}

/// How a consumer runs.
#[derive(Clone, Debug)]
pub struct Settings {
    pub key: ConsumerKey,
    pub filter: Filter,
    pub start_at: StartAt,
    /// Events per transaction.
    pub batch: i64,
    /// After this time without renewal another process takes over.
    pub lease: Duration,
    /// Read models can be made again from the log, so they need not wait for the disk. Never for anything else.
    pub durable: bool,
    /// How often a failing event is tried before its stream is parked.
    pub attempts: u32,
}

impl Settings {
    /// Durable, from the beginning, a thousand events at a time.
    pub fn new(key: ConsumerKey) -> Self {
        Self {
            key,
            filter: Filter::default(),
            start_at: StartAt::Beginning,
            batch: 1000,
            lease: Duration::from_secs(10),
            durable: true,
            attempts: 4,
        }
    }
}
