//! What the writer has to do: appends that wait, batches to be submitted again, and the time each of them has.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use ::metrics::gauge;
use bootstrap::Shutdown;
use tokio::{
    sync::{OwnedMutexGuard, mpsc},
    time::{Interval, MissedTickBehavior},
};

use super::{
    batch::{self, Batch, Touched},
    pending::Pending,
};
use crate::metrics::WAITING;

/// How exactly deadlines are kept.
const TICK: Duration = Duration::from_millis(250);

pub(super) struct Work {
    queue: OwnedMutexGuard<mpsc::Receiver<Pending>>,
    waiting: VecDeque<Pending>,
    /// Batches of which a submission failed; they go first, in order.
    again: VecDeque<Batch>,
    shutdown: Shutdown,
    tick: Interval,
}

impl Work {
    pub(super) fn new(queue: OwnedMutexGuard<mpsc::Receiver<Pending>>, shutdown: Shutdown) -> Self {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { queue, waiting: VecDeque::new(), again: VecDeque::new(), shutdown, tick }
    }

    /// Waits until there is something to do. False when the process stops and nothing waits any more.
    pub(super) async fn arrives(&mut self) -> bool {
        self.drain();
        if !self.waiting.is_empty() || !self.again.is_empty() {
            return true;
        }
        let first = tokio::select! {
            biased;
            first = self.queue.recv() => first,
            () = self.shutdown.requested() => {
                self.queue.close();
                self.queue.recv().await
            }
        };
        let arrived = first.is_some();
        self.waiting.extend(first);
        arrived
    }

    /// Waits for something else, and keeps the deadlines of what waits meanwhile.
    pub(super) async fn during<T>(&mut self, other: impl Future<Output = T>) -> T {
        tokio::pin!(other);
        loop {
            tokio::select! {
                biased;
                output = &mut other => return output,
                () = self.tick() => {}
            }
        }
    }

    /// Waits for the next moment at which deadlines are looked at, and answers those whose time is over.
    pub(super) async fn tick(&mut self) {
        self.tick.tick().await;
        self.drain();
        self.expire();
    }

    /// Takes what is to be committed next, if at least so many appends wait: nothing of what is `touched` by others already,
    /// unless it was sent before.
    pub(super) fn next_batch(&mut self, at_least: usize, touched: impl FnOnce() -> Touched) -> Option<Batch> {
        self.drain();
        if let Some(batch) = self.again.pop_front() {
            return Some(batch);
        }
        if self.waiting.len() < at_least {
            return None;
        }
        let batch = batch::take(&mut self.waiting, touched());
        gauge!(WAITING).set(self.waiting.len() as f64);
        (!batch.is_empty()).then_some(batch)
    }

    /// Has batches submitted again, before all others.
    pub(super) fn again(&mut self, batches: impl DoubleEndedIterator<Item = Batch>) {
        batches.rev().for_each(|batch| self.again.push_front(batch));
        self.expire();
    }

    /// Has one append submitted again, after all others that are.
    pub(super) fn again_alone(&mut self, pending: Pending) {
        self.again.push_back(vec![pending]);
    }

    /// Appends that wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.again.iter().map(Vec::len).sum::<usize>()
    }

    fn drain(&mut self) {
        while let Ok(pending) = self.queue.try_recv() {
            self.waiting.push_back(pending);
        }
    }

    fn expire(&mut self) {
        let now = Instant::now();
        for pending in self.waiting.iter_mut().chain(self.again.iter_mut().flatten()) {
            pending.expire(now, false);
        }
        self.waiting.retain(|pending| !pending.is_answered());
        self.again.iter_mut().for_each(|batch| batch.retain(|pending| !pending.is_answered()));
        self.again.retain(|batch| !batch.is_empty());
    }
}
