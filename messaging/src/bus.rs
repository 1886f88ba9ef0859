//! What every bus promises, whichever way it carries its messages.

use std::{fmt::Debug, sync::Arc};

use bootstrap::health::Outcome;
use bytes::Bytes;
use futures::future::BoxFuture;

use crate::{ChangeNotice, CloudEvent, Subscription};

/// Carries four kinds of message: events for the outside world, change notices for the api replicas, what these tell each
/// other of who is there, and wake-ups for readers of the log. Held by one contract test over all implementations.
pub trait Bus: Debug + Send + Sync {
    /// Whether events leave the process, so that one process of the installation must run the relay.
    fn needs_relay(&self) -> bool;

    /// Publishes events in the given order and waits until all are confirmed or one is not. Ends by itself within the
    /// publish time-out. Subscribers of [`Self::wakeups`] learn of the last event's position.
    ///
    /// The first call claims the right to publish for this bus; until [`Self::step_down`], or until this bus loses its
    /// connection, the other buses of the installation are refused with [`BusError::NotMyTurn`].
    fn publish_events<'a>(&'a self, events: &'a [CloudEvent]) -> BoxFuture<'a, Published>;

    /// Gives up the right to publish events, after what was published so far.
    fn step_down(&self) -> BoxFuture<'_, ()>;

    /// Sends a notice to every subscriber in every process. Never waits: what cannot be sent is dropped, and the
    /// subscribers that miss it receive [`crate::Received::Interrupted`].
    fn publish_change(&self, notice: ChangeNotice);

    /// The change notices of all processes from now on.
    fn changes(&self) -> Subscription<Arc<ChangeNotice>>;

    /// Sends what an api process knows of who is there to every subscriber in every process. Never waits, and may be lost
    /// without a trace: whoever depends on it numbers what it sends.
    fn publish_presence(&self, message: Bytes);

    /// What all processes tell of who is there, from now on; what one of them sends comes in order.
    fn presence(&self) -> Subscription<Bytes>;

    /// Positions that the log has reached, from now on. Intermediate ones may be left out, the newest is not.
    fn wakeups(&self) -> Subscription<i64>;

    /// How the bus is, for health. The system goes on in every state.
    fn state(&self) -> BusState;
}

/// How far a call of [`Bus::publish_events`] came.
#[derive(Debug)]
pub struct Published {
    /// How many events, counted from the first, are confirmed without a gap. Later ones may have been published too.
    pub confirmed: usize,
    /// Why the next one is not confirmed; `None` when all are.
    pub failure: Option<BusError>,
}

impl Published {
    pub(crate) fn all(events: &[CloudEvent]) -> Self {
        Self { confirmed: events.len(), failure: None }
    }
}

/// The condition of a bus, worst last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BusState {
    Up,
    /// Connected, but the broker takes no messages for now, for the reason it gave (memory or disk alarm).
    Blocked(String),
    /// Not connected; it is being tried again.
    Down(String),
}

/// For health: what the system does without the broker, it does later or more slowly. Without the broker's own words,
/// which may name users and hosts.
impl From<BusState> for Outcome {
    fn from(state: BusState) -> Self {
        match state {
            BusState::Up => Self::up(),
            BusState::Blocked(_) => Self::degraded("the broker takes no messages: it is short of memory or disk"),
            BusState::Down(_) => Self::degraded("not connected to the broker"),
        }
    }
}

/// Why something could not be published.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("not connected to the broker")]
    NotConnected,
    #[error("the broker takes no messages: {0}")]
    Blocked(String),
    #[error("the broker did not answer in time")]
    TimedOut,
    /// A queue that is bound to the exchange refused the message, usually because it is full.
    #[error("the broker refused a message")]
    Refused,
    /// Neither a queue nor the exchange for unroutable messages took it: somebody deleted part of the topology.
    #[error("the broker had no place for a message")]
    Returned,
    #[error("another process publishes events")]
    NotMyTurn,
    #[error("a message cannot be put on the wire: {0}")]
    Unpublishable(String),
    #[error("broker: {0}")]
    Broker(#[from] lapin::Error),
    /// Something on the connection failed in a way that leaves it in doubt; another is made.
    #[error("the connection was given up")]
    GivenUp,
    /// Without the URL, which holds a password.
    #[error("the broker's URL must be of the form amqp://user:password@host:port/vhost")]
    InvalidUrl,
}
