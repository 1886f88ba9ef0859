//! What waits to be sent on one connection: bounded; under pressure only the last state of each record is kept.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Instant,
};

use super::Rendered;

/// Changes that wait at most, in number and in bytes.
pub(crate) const MAX_CHANGES: usize = 256;
pub(crate) const MAX_BYTES: usize = 1024 * 1024;
/// Other messages that wait at most: the answers to a burst of requests, and a reset of every subscription.
const MAX_FRAMES: usize = 192;
/// Loading goes on once no more than this waits.
const ROOM_CHANGES: usize = MAX_CHANGES / 2;
const ROOM_BYTES: usize = 64 * 1024;

/// One message.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Complete.
    Frame(String),
    Change(Waiting),
}

/// A change that waits to be sent on one subscription.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The subscription, see [`super::subscription::Subscription`].
    pub(crate) serial: u64,
    /// Where the subscription is once this was sent.
    pub(crate) upto: i64,
    pub(crate) change: Arc<Rendered>,
    /// When the process learned of it.
    pub(crate) since: Instant,
}

/// Nothing can be added, and nothing coalesced: the client is too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    entries: VecDeque<Entry>,
    changes: usize,
    bytes: usize,
    /// No record waits twice, so there is no use in looking for repeats.
    coalesced: bool,
}

impl Queue {
    pub(crate) fn push_frame(&mut self, frame: String) -> Result<(), Full> {
        if self.entries.len() - self.changes >= MAX_FRAMES {
            return Err(Full);
        }
        self.bytes += frame.len();
        self.entries.push_back(Entry::Frame(frame));
        Ok(())
    }

    /// Adds a change; returns how many others it replaced.
    pub(crate) fn push_change(&mut self, waiting: Waiting) -> Result<u64, Full> {
        if self.fits(&waiting) {
            self.append(waiting);
            return Ok(0);
        }
        let coalesced = self.coalesce();
        let replaced = self.place_of(waiting.serial, &waiting.change);
        match replaced {
            Some(place) => self.replace(place, waiting),
            None if self.fits(&waiting) => self.append(waiting),
            None => return Err(Full),
        }
        let is_too_much = self.bytes > MAX_BYTES && self.changes > 1;
        if is_too_much { Err(Full) } else { Ok(coalesced + u64::from(replaced.is_some())) }
    }

    pub(crate) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        match &entry {
            Entry::Frame(frame) => self.bytes -= frame.len(),
            Entry::Change(waiting) => {
                self.changes -= 1;
                self.bytes -= waiting.change.size();
            }
        }
        if self.entries.is_empty() {
            // A burst leaves no memory behind.
            self.entries.shrink_to(0);
        }
        Some(entry)
    }

    /// Whether a loading subscription may add more.
    pub(crate) fn has_room(&self) -> bool {
        self.changes <= ROOM_CHANGES && self.bytes <= ROOM_BYTES
    }

    /// Drops the changes of one subscription.
    pub(crate) fn forget(&mut self, serial: u64) {
        self.retain_changes(|waiting| waiting.serial != serial);
    }

    /// Drops all changes; what else was to be said is kept.
    pub(crate) fn forget_all(&mut self) {
        self.retain_changes(|_| false);
    }

    /// A record that is too large for the queue has it for itself.
    fn fits(&self, waiting: &Waiting) -> bool {
        let is_alone = self.changes == 0 && self.bytes <= ROOM_BYTES;
        self.changes < MAX_CHANGES && (self.bytes + waiting.change.size() <= MAX_BYTES || is_alone)
    }

    fn append(&mut self, waiting: Waiting) {
        self.changes += 1;
        self.bytes += waiting.change.size();
        self.coalesced = false;
        self.entries.push_back(Entry::Change(waiting));
    }

    /// Keeps the last state of each record in the place of its first one; returns how many entries went.
    fn coalesce(&mut self) -> u64 {
        if std::mem::replace(&mut self.coalesced, true) {
            return 0;
        }
        let before = self.entries.len();
        let mut places = HashMap::with_capacity(before);
        let mut kept: VecDeque<Entry> = VecDeque::with_capacity(before);
        for entry in self.entries.drain(..) {
            match entry {
                Entry::Frame(frame) => kept.push_back(Entry::Frame(frame)),
                Entry::Change(waiting) => match places.get(&(waiting.serial, waiting.change.key)) {
                    Some(place) => replace_in(&mut kept, *place, waiting),
                    None => {
                        places.insert((waiting.serial, waiting.change.key), kept.len());
                        kept.push_back(Entry::Change(waiting));
                    }
                },
            }
        }
        self.entries = kept;
        self.count();
        (before - self.entries.len()) as u64
    }

    fn place_of(&self, serial: u64, change: &Rendered) -> Option<usize> {
        self.entries.iter().position(|entry| match entry {
            Entry::Change(waiting) => waiting.serial == serial && waiting.change.key == change.key,
            Entry::Frame(_) => false,
        })
    }

    fn replace(&mut self, place: usize, waiting: Waiting) {
        replace_in(&mut self.entries, place, waiting);
        self.count();
    }

    fn retain_changes(&mut self, keep: impl Fn(&Waiting) -> bool) {
        self.entries.retain(|entry| match entry {
            Entry::Change(waiting) => keep(waiting),
            Entry::Frame(_) => true,
        });
        self.count();
    }

    fn count(&mut self) {
        (self.changes, self.bytes) = (0, 0);
        for entry in &self.entries {
            match entry {
                Entry::Frame(frame) => self.bytes += frame.len(),
                Entry::Change(waiting) => {
                    self.changes += 1;
                    self.bytes += waiting.change.size();
                }
            }
        }
    }
}

/// The later state goes out in the earlier one's place. It takes over that place's position too: whatever waits between
/// the two has not been sent by then.
fn replace_in(entries: &mut VecDeque<Entry>, place: usize, later: Waiting) {
    if let Some(Entry::Change(earlier)) = entries.get_mut(place) {
        earlier.change = later.change;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;

    fn waiting(serial: u64, key: u128, position: i64) -> Waiting {
        sized(serial, key, position, 10)
    }

    fn sized(serial: u64, key: u128, position: i64, bytes: usize) -> Waiting {
        let body = Bytes::from(vec![b'x'; bytes]);
        let change = Rendered { key: Uuid::from_u128(key), position, version: position, removed: false, body };
        Waiting { serial, upto: position, change: Arc::new(change), since: Instant::now() }
    }

    fn drain(queue: &mut Queue) -> Vec<(u64, u128, i64, i64)> {
        std::iter::from_fn(|| queue.pop())
            .filter_map(|entry| match entry {
                Entry::Change(w) => Some((w.serial, w.change.key.as_u128(), w.change.position, w.upto)),
                Entry::Frame(_) => None,
            })
            .collect()
    }

    #[test]
    fn without_pressure_every_state_is_sent() {
        let mut queue = Queue::default();
        for position in 1..=3 {
            assert_eq!(queue.push_change(waiting(1, 7, position)), Ok(0));
        }
        assert_eq!(drain(&mut queue), [(1, 7, 1, 1), (1, 7, 2, 2), (1, 7, 3, 3)]);
        assert_eq!((queue.changes, queue.bytes), (0, 0));
    }

    #[test]
    fn under_pressure_the_last_state_of_each_record_remains() {
        let mut queue = Queue::default();
        for position in 1..=10_000 {
            queue.push_change(waiting(1, (position % 100) as u128, position)).unwrap();
        }
        let sent = drain(&mut queue);
        let mut last = HashMap::new();
        for (_, key, position, upto) in &sent {
            assert!(upto <= position);
            last.insert(*key, *position);
        }
        assert!(sent.len() <= MAX_CHANGES);
        assert!(sent.is_sorted_by_key(|(_, _, _, upto)| *upto), "positions only grow");
        for key in 0..100 {
            assert_eq!(last[&key], if key == 0 { 10_000 } else { 9_900 + key as i64 });
        }
    }

    #[test]
    fn records_of_different_subscriptions_are_not_mixed() {
        let mut queue = Queue::default();
        for position in 1..=1000 {
            queue.push_change(waiting(position as u64 % 2, 7, position)).unwrap();
        }
        let sent = drain(&mut queue);
        assert_eq!(sent.iter().filter(|(serial, ..)| *serial == 0).map(|sent| sent.2).max(), Some(1000));
        assert_eq!(sent.iter().filter(|(serial, ..)| *serial == 1).map(|sent| sent.2).max(), Some(999));
    }

    #[test]
    fn too_many_different_records_are_refused() {
        let mut queue = Queue::default();
        for key in 0..MAX_CHANGES {
            queue.push_change(waiting(1, key as u128, key as i64)).unwrap();
        }
        assert_eq!(queue.push_change(waiting(1, 9999, 9999)), Err(Full));
        queue.forget(1);
        assert_eq!((queue.changes, queue.bytes), (0, 0));
    }

    #[test]
    fn too_many_bytes_are_refused_too() {
        let mut queue = Queue::default();
        queue.push_change(sized(1, 1, 1, MAX_BYTES - 100)).unwrap();
        assert_eq!(queue.push_change(waiting(1, 2, 2)), Err(Full));
        assert_eq!(queue.push_change(waiting(1, 1, 3)), Ok(1), "the smaller state replaces the large one");
        assert_eq!(queue.push_change(waiting(1, 2, 4)), Ok(0));
    }

    #[test]
    fn a_record_that_is_larger_than_the_queue_is_sent_alone() {
        let mut queue = Queue::default();
        assert_eq!(queue.push_change(sized(1, 1, 1, 2 * MAX_BYTES)), Ok(0));
        assert!(!queue.has_room());
        assert_eq!(queue.push_change(waiting(1, 2, 2)), Err(Full));
        assert_eq!(queue.push_change(sized(1, 1, 3, 3 * MAX_BYTES)), Ok(1));
        assert_eq!(drain(&mut queue), [(1, 1, 3, 1)]);
    }

    #[test]
    fn frames_are_kept_when_changes_are_dropped_and_bounded() {
        let mut queue = Queue::default();
        for _ in 0..MAX_FRAMES {
            queue.push_frame("frame".to_owned()).unwrap();
        }
        queue.push_change(waiting(1, 1, 1)).unwrap();
        assert_eq!(queue.push_frame("frame".to_owned()), Err(Full));
        queue.forget_all();
        assert_eq!(queue.entries.len(), MAX_FRAMES);
    }
}
