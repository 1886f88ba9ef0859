//! Appends that wait, and those that may be committed together.

use std::{
    collections::{HashSet, VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    time::Instant,
};

use tokio::sync::oneshot;

use super::{resolve::Repeats, statement::Outcomes};
use crate::{Append, AppendError, Appended};

const MAX_APPENDS: usize = 512;
/// Bytes of payload.
const MAX_SIZE: usize = 1 << 20;

/// An append with somebody who waits for its answer.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) append: Append,
    pub(super) reply: oneshot::Sender<Result<Appended, AppendError>>,
    pub(super) deadline: Instant,
    /// Whether it was ever sent to the database.
    pub(super) submitted: bool,
}

/// Appends of which no two touch the same stream, claim, command or idempotency key.
#[derive(Debug, Default)]
pub(super) struct Batch(Vec<Pending>);

/// Takes the next batch from the front. What must wait for it stays, in order.
pub(super) fn take(waiting: &mut VecDeque<Pending>) -> Batch {
    let mut touched = HashSet::with_capacity(waiting.len().min(MAX_APPENDS) * 2);
    let (mut batch, mut kept, mut size) = (Vec::new(), VecDeque::new(), 0);
    while let Some(pending) = waiting.pop_front() {
        size += pending.append.size();
        // The first is taken whatever its size.
        if !batch.is_empty() && (batch.len() == MAX_APPENDS || size > MAX_SIZE) {
            waiting.push_front(pending);
            break;
        }
        // What an append that must wait touches is touched too: nobody overtakes it.
        if touch(&mut touched, &pending.append) {
            batch.push(pending);
        } else {
            size -= pending.append.size();
            kept.push_back(pending);
        }
    }
    kept.append(waiting);
    *waiting = kept;
    Batch(batch)
}

/// Adds all that an append touches; false when some of it was touched before. A collision of hashes only costs a wait.
fn touch(touched: &mut HashSet<u64>, append: &Append) -> bool {
    let mut fresh = touched.insert(hash(&(0, append.command_id)));
    if let Some(idempotency) = &append.idempotency {
        fresh &= touched.insert(hash(&(1, idempotency.key)));
    }
    for part in &append.streams {
        fresh &= touched.insert(hash(&(2, part.stream.as_str())));
    }
    for claim in &append.claims {
        fresh &= touched.insert(hash(&(3, claim.scope(), claim.key_hash())));
    }
    fresh
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn appends(&self) -> impl ExactSizeIterator<Item = &Append> + Clone {
        self.0.iter().map(|pending| &pending.append)
    }

    pub(super) fn append(&mut self, mut rest: Self) {
        self.0.append(&mut rest.0);
    }

    /// Keeps the first and returns the others.
    pub(super) fn split_after_first(&mut self) -> Self {
        Self(self.0.split_off(1.min(self.0.len())))
    }

    pub(super) fn mark_submitted(&mut self) {
        self.0.iter_mut().for_each(|pending| pending.submitted = true);
    }

    /// Answers those whose time is over.
    pub(super) fn drop_expired(&mut self) {
        let now = Instant::now();
        for pending in self.0.extract_if(.., |pending| pending.deadline <= now) {
            let error = if pending.submitted { AppendError::OutcomeUnknown } else { AppendError::Unavailable };
            reply(pending, Err(error));
        }
    }

    pub(super) fn answer_all(&mut self, error: &AppendError) {
        self.0.drain(..).for_each(|pending| reply(pending, Err(error.clone())));
    }

    pub(super) fn answer(&mut self, outcomes: Outcomes, mut repeats: Repeats) {
        for (index, (pending, outcome)) in self.0.drain(..).zip(outcomes.into_results()).enumerate() {
            let result = repeats.remove(&index).unwrap_or(outcome);
            reply(pending, result);
        }
    }
}

/// The caller may have gone; what was written stays written.
fn reply(pending: Pending, result: Result<Appended, AppendError>) {
    drop(pending.reply.send(result));
}

#[cfg(test)]
mod tests {
    use domain::EventName;
    use uuid::Uuid;

    use super::*;
    use crate::{Expected, NewEvent, RawJson, StreamId};

    fn pending(streams: &[u128]) -> Pending {
        let mut append = Append::to_stream(Uuid::now_v7(), StreamId::new("t", Uuid::nil()), Expected::Any, vec![]);
        let event = NewEvent {
            id: Uuid::now_v7(),
            name: EventName { name: "t.happened", version: 1 },
            payload: RawJson::from_serialize("x").unwrap(),
        };
        let part = append.streams.remove(0);
        for stream in streams {
            let stream = StreamId::new("t", Uuid::from_u128(*stream));
            append.streams.push(crate::StreamAppend { stream, events: vec![event.clone()], ..part.clone() });
        }
        Pending { append, reply: oneshot::channel().0, deadline: Instant::now(), submitted: false }
    }

    fn taken(waiting: &mut VecDeque<Pending>) -> Vec<Vec<u128>> {
        let streams = |append: &Append| append.streams.iter().map(|part| part.stream.id().as_u128()).collect();
        take(waiting).appends().map(streams).collect()
    }

    #[test]
    fn appends_that_share_a_stream_are_committed_one_after_the_other() {
        let mut waiting = VecDeque::from([pending(&[1]), pending(&[1]), pending(&[2]), pending(&[1])]);
        assert_eq!(taken(&mut waiting), [vec![1], vec![2]]);
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert!(waiting.is_empty());
    }

    #[test]
    fn nobody_overtakes_an_append_that_must_wait() {
        let mut waiting = VecDeque::from([pending(&[1]), pending(&[1, 2]), pending(&[2])]);
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert_eq!(taken(&mut waiting), [vec![1, 2]]);
        assert_eq!(taken(&mut waiting), [vec![2]]);
    }

    #[test]
    fn a_batch_is_bounded() {
        let mut waiting: VecDeque<Pending> = (0..600).map(|stream| pending(&[stream])).collect();
        assert_eq!(taken(&mut waiting).len(), MAX_APPENDS);
        assert_eq!(taken(&mut waiting).len(), 600 - MAX_APPENDS);
    }
}
