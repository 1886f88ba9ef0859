//! What can be appended, and what comes of it.

use domain::{DomainEvent, EventName};
use uuid::Uuid;

use crate::{Idempotency, Metadata, RawJson, Replay, StreamId, json::fits_jsonb};

/// Bytes of payload in one append.
const MAX_SIZE: usize = 8 << 20;
/// Bytes, as many as SHA-256 makes.
const MAX_HASH_LENGTH: usize = 32;

/// One atomic append: all of its parts hold, or nothing is written.
#[derive(Clone, Debug)]
pub struct Append {
    /// UUIDv7, made at the edge. The same id is never appended twice.
    pub command_id: Uuid,
    /// At least one; no stream twice.
    pub streams: Vec<StreamAppend>,
    /// Streams to which nothing is appended, and which must have these versions: what was decided rests on them. None that
    /// stands in `streams`.
    pub unchanged: Vec<(StreamId, i64)>,
    /// Claims are released before they are taken; no claim twice.
    pub claims: Vec<ClaimChange>,
    pub idempotency: Option<Idempotency>,
    /// Status and ids from which the answer can be rendered again; kept with the idempotency key. No personal data.
    pub response: Option<RawJson>,
    pub metadata: Metadata,
}

/// Events for one stream.
#[derive(Clone, Debug)]
pub struct StreamAppend {
    pub stream: StreamId,
    pub expected: Expected,
    /// At least one.
    pub events: Vec<NewEvent>,
}

/// The version that the stream must have before the append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Any,
    /// 0 for a stream without events.
    Exactly(i64),
}

/// An event that has no position yet.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// UUIDv7.
    pub id: Uuid,
    pub name: EventName,
    pub payload: RawJson,
}

impl NewEvent {
    pub fn from_domain<E: DomainEvent>(event: &E) -> Result<Self, serde_json::Error> {
        Ok(Self { id: Uuid::now_v7(), name: event.name(), payload: RawJson(event.encode()?) })
    }
}

/// A change of who holds a unique value. The hash is 32 bytes or fewer; what it hashes is the caller's affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimChange {
    /// Fails when another stream holds the claim.
    Take { scope: &'static str, key_hash: Vec<u8>, stream: StreamId },
    /// Fails when another stream holds the claim; nothing happens when nobody does.
    Release { scope: &'static str, key_hash: Vec<u8>, stream: StreamId },
    /// Gives the claim back if the stream holds it; otherwise nothing happens.
    LetGo { scope: &'static str, key_hash: Vec<u8>, stream: StreamId },
    /// Fails unless `from` holds the claim.
    Transfer { scope: &'static str, key_hash: Vec<u8>, from: StreamId, to: StreamId },
    /// Changes nothing; fails when the stream holds a claim of this scope that this append neither releases nor transfers.
    Unheld { scope: &'static str, stream: StreamId },
}

impl ClaimChange {
    pub fn scope(&self) -> &'static str {
        match self {
            Self::Take { scope, .. }
            | Self::Release { scope, .. }
            | Self::LetGo { scope, .. }
            | Self::Transfer { scope, .. }
            | Self::Unheld { scope, .. } => scope,
        }
    }

    /// Empty where it is about all claims of a stream.
    pub fn key_hash(&self) -> &[u8] {
        match self {
            Self::Take { key_hash, .. }
            | Self::Release { key_hash, .. }
            | Self::LetGo { key_hash, .. }
            | Self::Transfer { key_hash, .. } => key_hash,
            Self::Unheld { .. } => &[],
        }
    }

    /// What stands once in an append: a claim, or all of those of a stream.
    fn subject(&self) -> (&'static str, &[u8], &str) {
        match self {
            Self::Take { .. } | Self::Release { .. } | Self::LetGo { .. } | Self::Transfer { .. } => {
                (self.scope(), self.key_hash(), "")
            }
            Self::Unheld { stream, .. } => (self.scope(), &[], stream.as_str()),
        }
    }
}

/// An append that is durable.
#[derive(Clone, Debug)]
pub struct Appended {
    pub command_id: Uuid,
    pub first_position: i64,
    pub last_position: i64,
    /// The stream's version after the append, for each stream in the order of the append.
    pub versions: Vec<i64>,
    /// Set when an earlier call had appended this command, or another one under the same idempotency key.
    pub replay: Option<Replay>,
}

/// Why nothing was appended, or, for `OutcomeUnknown` alone, why it can't be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    #[error("{stream} is at version {actual}")]
    Conflict { stream: StreamId, actual: i64 },
    /// `claim` is the index in [`Append::claims`]; `owner` holds it. Nobody does when a transfer finds it free, and where
    /// a stream was to hold none.
    #[error("claim {claim} is held by {owner:?}")]
    ClaimTaken { claim: usize, owner: Option<String> },
    #[error("the idempotency key was used for another request")]
    IdempotencyMismatch,
    /// The append breaks a rule of [`Append`] or holds what PostgreSQL refuses.
    #[error("invalid append: {0}")]
    Invalid(String),
    /// The writer's queue is full: try again later.
    #[error("too many appends are waiting")]
    Overloaded,
    /// The database could not be reached in time; nothing was written.
    #[error("the log is not available")]
    Unavailable,
    /// The database was lost while it was writing. Repeating the same command id, or the same idempotency key, tells.
    #[error("the outcome of the append is unknown")]
    OutcomeUnknown,
}

impl Append {
    /// Events for one stream; further parts can be set on the fields.
    pub fn to_stream(command_id: Uuid, stream: StreamId, expected: Expected, events: Vec<NewEvent>) -> Self {
        Self {
            command_id,
            streams: vec![StreamAppend { stream, expected, events }],
            unchanged: vec![],
            claims: vec![],
            idempotency: None,
            response: None,
            metadata: Metadata::default(),
        }
    }

    /// Checks the rules that hold within one append, so that a breach never reaches a batch with others. Returns the
    /// metadata as it is stored.
    pub(crate) fn check(&self) -> Result<RawJson, AppendError> {
        let invalid = |what: &str| Err(AppendError::Invalid(what.to_owned()));
        if self.streams.is_empty() || self.streams.iter().any(|part| part.events.is_empty()) {
            return invalid("every stream of an append needs at least one event");
        }
        if self.size() > MAX_SIZE {
            return invalid("the events of an append may have 8 MiB");
        }
        let unchanged = self.unchanged.iter().map(|(stream, _)| stream.as_str());
        if has_repeats(self.streams.iter().map(|part| part.stream.as_str()).chain(unchanged)) {
            return invalid("a stream stands twice in one append");
        }
        if has_repeats(self.claims.iter().map(ClaimChange::subject)) {
            return invalid("a claim stands twice in one append: transfer it instead");
        }
        if self.claims.iter().any(|claim| claim.key_hash().len() > MAX_HASH_LENGTH) {
            return invalid("a claim's hash may have 32 bytes");
        }
        let metadata =
            RawJson::from_serialize(&self.metadata).map_err(|error| AppendError::Invalid(error.to_string()))?;
        let documents = self.streams.iter().flat_map(|part| &part.events).map(|event| &event.payload);
        if !documents.chain(&self.response).chain([&metadata]).all(|json| fits_jsonb(&json.0)) {
            return invalid("JSON that PostgreSQL can't hold: U+0000, half a surrogate pair, a huge number, too deep");
        }
        Ok(metadata)
    }

    pub(crate) fn event_count(&self) -> usize {
        self.streams.iter().map(|part| part.events.len()).sum()
    }

    /// Bytes of payload, for the batch's limit.
    pub(crate) fn size(&self) -> usize {
        self.streams.iter().flat_map(|part| &part.events).map(|event| event.payload.get().len()).sum()
    }
}

fn has_repeats<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut items: Vec<T> = items.collect();
    let all = items.len();
    items.sort_unstable();
    items.dedup();
    items.len() < all
}
