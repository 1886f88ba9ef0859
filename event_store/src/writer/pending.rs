//! One append that waits, with all that the writer needs of it made ready on its caller's time.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Instant,
};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{Append, AppendError, Appended, ClaimChange, RawJson, StreamId};

/// Payload that counts as one more append in the queue's bound.
const WEIGHT_SIZE: usize = 4 << 10;

/// An append with somebody who waits for its answer.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) append: Append,
    pub(super) metadata: RawJson,
    /// Hashes of all that the append changes. A collision only costs a wait.
    pub(super) changes: Vec<u64>,
    /// The same for what it looks at and leaves as it is.
    pub(super) looks_at: Vec<u64>,
    /// Bytes of payload.
    pub(super) size: usize,
    /// `None` once it was answered.
    reply: Option<oneshot::Sender<Result<Appended, AppendError>>>,
    deadline: Instant,
    /// Whether a submission ended in such a way that it may have been committed.
    pub(super) maybe_written: bool,
    /// How often the server refused it alone, for a reason that nobody knows.
    pub(super) rejections: u32,
    /// Its place in the queue's bound, given back when it is dropped.
    _room: Option<OwnedSemaphorePermit>,
}

impl Pending {
    pub(super) fn new(
        append: Append,
        reply: oneshot::Sender<Result<Appended, AppendError>>,
        deadline: Instant,
    ) -> Result<Self, AppendError> {
        let metadata = append.check()?;
        let (changes, looks_at, size) = (changes(&append), looks_at(&append), append.size());
        Ok(Self {
            append,
            metadata,
            changes,
            looks_at,
            size,
            reply: Some(reply),
            deadline,
            maybe_written: false,
            rejections: 0,
            _room: None,
        })
    }

    /// What it counts for in the queue's bound.
    pub(super) fn weight(&self) -> u32 {
        1 + (self.size / WEIGHT_SIZE) as u32
    }

    /// Keeps its place in the queue's bound until it is dropped.
    pub(super) fn holding(self, room: OwnedSemaphorePermit) -> Self {
        Self { _room: Some(room), ..self }
    }

    /// The caller may have gone; what was written stays written.
    pub(super) fn answer(&mut self, result: Result<Appended, AppendError>) {
        if let Some(reply) = self.reply.take() {
            drop(reply.send(result));
        }
    }

    /// Answers it when its time is over: `in_flight` tells whether it is being submitted at this moment.
    pub(super) fn expire(&mut self, now: Instant, in_flight: bool) {
        if self.deadline <= now {
            let unknown = in_flight || self.maybe_written;
            self.answer(Err(if unknown { AppendError::OutcomeUnknown } else { AppendError::Unavailable }));
        }
    }

    pub(super) fn is_answered(&self) -> bool {
        self.reply.is_none()
    }
}

fn changes(append: &Append) -> Vec<u64> {
    let command = std::iter::once(hash(&(0, append.command_id)));
    let key = append.idempotency.as_ref().map(|idempotency| hash(&(1, idempotency.key)));
    let streams = append.streams.iter().map(|part| hash(&(2, part.stream.as_str())));
    let claims = append.claims.iter().map(|claim| match claim {
        ClaimChange::Take { .. }
        | ClaimChange::Release { .. }
        | ClaimChange::LetGo { .. }
        | ClaimChange::Transfer { .. } => hash(&(3, claim.scope(), claim.key_hash())),
        ClaimChange::Unheld { scope, stream } => held(scope, stream),
    });
    command.chain(key).chain(streams).chain(claims).collect()
}

/// Any number of appends may look at the same at once; whoever changes it waits for them, and they for it.
fn looks_at(append: &Append) -> Vec<u64> {
    let streams = append.unchanged.iter().map(|(stream, _)| hash(&(2, stream.as_str())));
    let holders = append.claims.iter().filter_map(|claim| match claim {
        ClaimChange::Take { scope, stream, .. } => Some(held(scope, stream)),
        ClaimChange::Transfer { scope, to, .. } => Some(held(scope, to)),
        ClaimChange::Release { .. } | ClaimChange::LetGo { .. } | ClaimChange::Unheld { .. } => None,
    });
    streams.chain(holders).collect()
}

/// All claims of a scope that a stream holds.
fn held(scope: &str, stream: &StreamId) -> u64 {
    hash(&(4, scope, stream.as_str()))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
