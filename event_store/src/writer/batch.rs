//! Which of the appends that wait may be committed together.

use std::collections::{HashSet, VecDeque};

use super::pending::Pending;

const MAX_APPENDS: usize = 512;
/// Bytes of payload.
const MAX_SIZE: usize = 1 << 20;

/// Appends of which none changes a stream, claim, command or idempotency key that another one touches.
pub(super) type Batch = Vec<Pending>;

/// What appends touch.
#[derive(Debug, Default)]
pub(super) struct Touched {
    changed: HashSet<u64>,
    /// What others may look at too, and nobody may change.
    looked_at: HashSet<u64>,
}

impl Touched {
    /// Adds all that an append touches; false when some of it is in the way of what was touched before.
    pub(super) fn add(&mut self, pending: &Pending) -> bool {
        let changes = pending.changes.iter();
        let looks = pending.looks_at.iter();
        let free = changes.clone().all(|hash| !self.changed.contains(hash) && !self.looked_at.contains(hash))
            && looks.clone().all(|hash| !self.changed.contains(hash));
        self.changed.extend(changes);
        self.looked_at.extend(looks);
        free
    }
}

/// Takes the next batch from the front. What must wait for it, or for what is `touched` already, stays, in order.
pub(super) fn take(waiting: &mut VecDeque<Pending>, mut touched: Touched) -> Batch {
    let (mut batch, mut kept, mut size) = (Batch::with_capacity(waiting.len().min(MAX_APPENDS)), VecDeque::new(), 0);
    while let Some(pending) = waiting.pop_front() {
        // The first is taken whatever its size.
        if !batch.is_empty() && (batch.len() == MAX_APPENDS || size + pending.size > MAX_SIZE) {
            waiting.push_front(pending);
            break;
        }
        // What an append that must wait touches is touched too: nobody overtakes it.
        if touched.add(&pending) {
            size += pending.size;
            batch.push(pending);
        } else {
            kept.push_back(pending);
        }
    }
    kept.append(waiting);
    *waiting = kept;
    batch
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use domain::EventName;
    use tokio::sync::oneshot;
    use uuid::Uuid;

    use super::*;
    use crate::{Append, ClaimChange, Expected, NewEvent, RawJson, StreamId};

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
        Pending::new(append, oneshot::channel().0, Instant::now()).unwrap()
    }

    fn taken(waiting: &mut VecDeque<Pending>) -> Vec<Vec<u128>> {
        taken_beside(waiting, &[])
    }

    fn taken_beside(waiting: &mut VecDeque<Pending>, flying: &[u128]) -> Vec<Vec<u128>> {
        let streams = |append: &Append| append.streams.iter().map(|part| part.stream.id().as_u128()).collect();
        let mut touched = Touched::default();
        if !flying.is_empty() {
            touched.add(&pending(flying));
        }
        take(waiting, touched).iter().map(|pending| streams(&pending.append)).collect()
    }

    #[test]
    fn appends_that_share_a_stream_are_committed_one_after_the_other() {
        let mut waiting = VecDeque::from([pending(&[1]), pending(&[1]), pending(&[2]), pending(&[1])]);
        assert_eq!(taken(&mut waiting), [vec![1], vec![2]]);
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert!(waiting.is_empty());
    }

    /// Appends to one stream what rests on others.
    fn resting(stream: u128, on: &[u128]) -> Pending {
        let Pending { mut append, .. } = pending(&[stream]);
        append.unchanged = on.iter().map(|on| (StreamId::new("t", Uuid::from_u128(*on)), 1)).collect();
        Pending::new(append, oneshot::channel().0, Instant::now()).unwrap()
    }

    #[test]
    fn appends_that_look_at_one_stream_are_committed_together_and_apart_from_one_that_changes_it() {
        let mut waiting = VecDeque::from([resting(1, &[9]), resting(2, &[9]), pending(&[9]), resting(3, &[9])]);
        assert_eq!(taken(&mut waiting), [vec![1], vec![2]]);
        assert_eq!(taken(&mut waiting), [vec![9]]);
        assert_eq!(taken(&mut waiting), [vec![3]]);
    }

    #[test]
    fn taking_a_claim_for_a_stream_waits_for_one_that_wants_it_to_hold_none() {
        let scope = "t.held";
        let claiming = |stream: u128, claim: ClaimChange| {
            let Pending { mut append, .. } = pending(&[stream]);
            append.claims = vec![claim];
            Pending::new(append, oneshot::channel().0, Instant::now()).unwrap()
        };
        let holder = StreamId::new("t", Uuid::from_u128(9));
        let take = |hash: u8| ClaimChange::Take { scope, key_hash: vec![hash], stream: holder.clone() };
        let unheld = ClaimChange::Unheld { scope, stream: holder.clone() };
        let mut waiting = VecDeque::from([claiming(1, take(1)), claiming(2, take(2)), claiming(3, unheld)]);
        assert_eq!(taken(&mut waiting), [vec![1], vec![2]]);
        assert_eq!(taken(&mut waiting), [vec![3]]);
    }

    #[test]
    fn nobody_overtakes_an_append_that_must_wait() {
        let mut waiting = VecDeque::from([pending(&[1]), pending(&[1, 2]), pending(&[2])]);
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert_eq!(taken(&mut waiting), [vec![1, 2]]);
        assert_eq!(taken(&mut waiting), [vec![2]]);
    }

    #[test]
    fn what_touches_a_batch_on_its_way_waits_for_it() {
        let mut waiting = VecDeque::from([pending(&[1]), pending(&[2]), pending(&[1, 3]), pending(&[3])]);
        assert_eq!(taken_beside(&mut waiting, &[1]), [vec![2]]);
        assert_eq!(taken_beside(&mut waiting, &[1]), Vec::<Vec<u128>>::new());
        assert_eq!(taken(&mut waiting), [vec![1]]);
        assert_eq!(taken(&mut waiting), [vec![1, 3]]);
    }

    #[test]
    fn a_batch_is_bounded() {
        let mut waiting: VecDeque<Pending> = (0..600).map(|stream| pending(&[stream])).collect();
        assert_eq!(taken(&mut waiting).len(), MAX_APPENDS);
        assert_eq!(taken(&mut waiting).len(), 600 - MAX_APPENDS);
    }
}
