//! Which of the appends that wait may be committed together.

use std::collections::{HashSet, VecDeque};

use super::pending::Pending;

const MAX_APPENDS: usize = 512;
/// Bytes of payload.
const MAX_SIZE: usize = 1 << 20;

/// Appends of which no two touch the same stream, claim, command or idempotency key.
pub(super) type Batch = Vec<Pending>;

/// Takes the next batch from the front. What must wait for it, or for what is `touched` already, stays, in order.
pub(super) fn take(waiting: &mut VecDeque<Pending>, mut touched: HashSet<u64>) -> Batch {
    let (mut batch, mut kept, mut size) = (Batch::with_capacity(waiting.len().min(MAX_APPENDS)), VecDeque::new(), 0);
    while let Some(pending) = waiting.pop_front() {
        // The first is taken whatever its size.
        if !batch.is_empty() && (batch.len() == MAX_APPENDS || size + pending.size > MAX_SIZE) {
            waiting.push_front(pending);
            break;
        }
        // What an append that must wait touches is touched too: nobody overtakes it.
        if touch(&mut touched, &pending) {
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

/// Adds all that an append touches; false when some of it was touched before.
fn touch(touched: &mut HashSet<u64>, pending: &Pending) -> bool {
    let before = touched.len();
    touched.extend(&pending.touched);
    touched.len() == before + pending.touched.len()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use domain::EventName;
    use tokio::sync::oneshot;
    use uuid::Uuid;

    use super::*;
    use crate::{Append, Expected, NewEvent, RawJson, StreamId};

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
        let touched = if flying.is_empty() { HashSet::new() } else { pending(flying).touched.into_iter().collect() };
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
