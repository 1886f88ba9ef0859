//! One subscription of a connection: loading first, then live.

use std::{sync::Arc, time::Instant};

use super::{
    Rendered,
    queue::{MAX_BYTES, MAX_CHANGES, Waiting},
    topic::Topic,
};

/// What the server knows of a subscription, beside what waits to be sent.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// The client's name for it.
    pub(crate) id: u64,
    /// Ours: unique in the process, so that a late change never meets another subscription of the same id.
    pub(crate) serial: u64,
    pub(crate) topic: Topic,
    pub(crate) phase: Phase,
    /// Everything up to here has been queued.
    pub(crate) queued: i64,
    /// Everything up to here has been handed to the connection: the next message's `prev`.
    pub(crate) sent: i64,
}

#[derive(Debug)]
pub(crate) enum Phase {
    /// Changes wait until the records that they change have been sent.
    Loading(Buffer),
    Live,
}

/// Changes that happen while a subscription loads: the last state of each record.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    changes: Vec<Waiting>,
    bytes: usize,
    /// More happened than fits: the read model has to be asked again.
    overflowed: bool,
}

impl Subscription {
    pub(crate) fn new(id: u64, serial: u64, topic: Topic) -> Self {
        Self { id, serial, topic, phase: Phase::Loading(Buffer::default()), queued: 0, sent: 0 }
    }

    /// The change as it waits; `None` when it has been queued before.
    pub(crate) fn waiting(&mut self, change: &Arc<Rendered>, upto: i64, since: Instant) -> Option<Waiting> {
        if change.position <= self.queued {
            return None;
        }
        self.queued = upto.max(self.queued);
        Some(Waiting { serial: self.serial, upto: self.queued, change: Arc::clone(change), since })
    }
}

impl Buffer {
    pub(crate) fn push(&mut self, waiting: Waiting) {
        if self.overflowed {
            return;
        }
        if let Some(earlier) = self.changes.iter_mut().find(|earlier| earlier.change.key == waiting.change.key) {
            self.bytes = self.bytes - earlier.change.size() + waiting.change.size();
            earlier.change = waiting.change;
        } else {
            self.bytes += waiting.change.size();
            self.changes.push(waiting);
        }
        if self.changes.len() > MAX_CHANGES || self.bytes > MAX_BYTES {
            *self = Self { overflowed: true, ..Self::default() };
        }
    }

    /// What happened beyond `position`, in order; `None` when that is not known any more.
    pub(crate) fn beyond(self, position: i64) -> Option<Vec<Waiting>> {
        if self.overflowed {
            return None;
        }
        Some(self.changes.into_iter().filter(|waiting| waiting.change.position > position).collect())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;

    fn waiting(key: u128, position: i64) -> Waiting {
        let body = Bytes::from_static(b"body");
        let change = Rendered { key: Uuid::from_u128(key), position, version: position, removed: false, body };
        Waiting { serial: 1, upto: position, change: Arc::new(change), since: Instant::now() }
    }

    #[test]
    fn what_the_snapshot_holds_is_dropped_and_the_rest_kept_in_order() {
        let mut buffer = Buffer::default();
        for position in 1..=9 {
            buffer.push(waiting(position as u128, position));
        }
        let beyond: Vec<i64> = buffer.beyond(6).unwrap().iter().map(|waiting| waiting.change.position).collect();
        assert_eq!(beyond, [7, 8, 9]);
    }

    #[test]
    fn the_last_state_of_a_record_is_kept() {
        let mut buffer = Buffer::default();
        for position in 1..=10_000 {
            buffer.push(waiting(7, position));
        }
        let beyond = buffer.beyond(9_999).unwrap();
        assert_eq!((beyond.len(), beyond[0].change.position), (1, 10_000));
    }

    #[test]
    fn a_buffer_that_overflowed_says_so() {
        let mut buffer = Buffer::default();
        for position in 0..=MAX_CHANGES as i64 {
            buffer.push(waiting(position as u128, position));
        }
        buffer.push(waiting(1, 9_999));
        assert!(buffer.beyond(0).is_none());
        assert!(Buffer::default().beyond(0).is_some_and(|changes| changes.is_empty()));
    }
}
