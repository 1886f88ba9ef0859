//! What every aggregate, event and command is, and how events are stored and read again.

use std::fmt::{Debug, Display};

use serde_json::value::RawValue;

/// State folded from one stream of events.
pub trait Aggregate: Clone + Default + Send + Sync + 'static {
    type Event: DomainEvent;

    /// Names the kind of stream, such as `user`: the prefix of stream ids and the `category` of events.
    const CATEGORY: &'static str;
    /// Raised whenever the shape of the serialised state changes; snapshots of another version are ignored.
    const STATE_VERSION: i16;

    /// The state after `event`. Total: an event that was stored is always applied.
    #[must_use]
    fn apply(self, event: &Self::Event) -> Self;
}

/// A wish to change one aggregate.
pub trait Command: Clone + Send + 'static {
    type Aggregate: Aggregate;
    type Refusal: Debug + Display + Send + 'static;

    /// The events that fulfil this command, none when there is nothing to change.
    fn decide(self, state: &Self::Aggregate) -> Result<Vec<<Self::Aggregate as Aggregate>::Event>, Self::Refusal>;
}

/// The stored name of an event and the version of its payload's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventName {
    /// Such as `user.registered`. Never changes once shipped.
    pub name: &'static str,
    /// Counts from 1; older versions are upcast when read.
    pub version: i16,
}

/// An event that can be stored as JSON and read again, also in the shapes of earlier versions.
pub trait DomainEvent: Clone + Debug + Send + Sync + Sized + 'static {
    fn name(&self) -> EventName;

    /// The payload as JSON, in the current version's shape.
    fn encode(&self) -> Result<Box<RawValue>, serde_json::Error>;

    /// Reads a payload of any version that was ever shipped.
    fn decode(name: &str, version: i16, payload: &RawValue) -> Result<Self, DecodeError>;
}

/// Why a stored event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("unknown event {name} version {version}")]
    Unknown { name: String, version: i16 },
    #[error("malformed payload of {name} version {version}: {source}")]
    Malformed { name: String, version: i16, source: serde_json::Error },
}

impl DecodeError {
    pub fn unknown(name: &str, version: i16) -> Self {
        Self::Unknown { name: name.to_owned(), version }
    }

    /// For `map_err` on the parser's error.
    pub fn malformed(name: &str, version: i16) -> impl FnOnce(serde_json::Error) -> Self {
        let name = name.to_owned();
        move |source| Self::Malformed { name, version, source }
    }
}
