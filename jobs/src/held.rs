//! The jobs this process holds: taken, perhaps running, not yet settled.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::{JobId, JobsHealth, runtime::Queue};

/// One taken job on its way through the executor. Its slot of the queue is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) id: JobId,
    pub(crate) take: i32,
    pub(crate) kind: String,
    pub(crate) args: String,
    pub(crate) attempt: u16,
    pub(crate) max_attempts: u16,
    pub(crate) traceparent: Option<String>,
    /// Since it was enqueued, when it was taken.
    pub(crate) age: Duration,
    /// Counts against a limit over all processes.
    pub(crate) gated: bool,
    pub(crate) queue: Arc<Queue>,
    pub(crate) stop: Arc<Stop>,
    pub(crate) _slot: OwnedSemaphorePermit,
}

/// Why a run is ended from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// An operator cancelled the job.
    Cancelled = 1,
    /// The lease ended and another worker has the job.
    Lost = 2,
    /// The process stops and its grace is over.
    Drained = 3,
}

/// The signal that ends one run; the first reason counts.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    token: CancellationToken,
    reason: AtomicU8,
}

impl Stop {
    pub(crate) fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    pub(crate) fn request(&self, reason: StopReason) {
        let first = self.reason.compare_exchange(0, reason as u8, Ordering::SeqCst, Ordering::SeqCst);
        if first.is_ok() {
            self.token.cancel();
        }
    }

    pub(crate) async fn requested(&self) -> StopReason {
        self.token.cancelled().await;
        match self.reason.load(Ordering::SeqCst) {
            1 => StopReason::Cancelled,
            2 => StopReason::Lost,
            _ => StopReason::Drained,
        }
    }
}

pub(crate) type Key = (JobId, i32);

/// All held jobs of the process, for leases, cancelling and draining.
#[derive(Debug)]
pub(crate) struct HeldSet {
    inner: Mutex<Inner>,
    emptied: Notify,
    health: JobsHealth,
}

#[derive(Debug, Default)]
struct Inner {
    jobs: HashMap<Key, Entry>,
    /// Statements under way whose jobs are not in `jobs` yet.
    taking: usize,
    closed: bool,
}

#[derive(Debug)]
struct Entry {
    renewed: Instant,
    stop: Arc<Stop>,
}

impl HeldSet {
    pub(crate) fn new(health: JobsHealth) -> Self {
        Self { inner: Mutex::default(), emptied: Notify::new(), health }
    }

    /// Announces that jobs are about to be taken; false once the set is closed, and then none may be.
    pub(crate) fn begin_take(&self) -> bool {
        let mut inner = self.lock();
        if !inner.closed {
            inner.taking += 1;
        }
        !inner.closed
    }

    /// The end of what [`HeldSet::begin_take`] announced. Leases are counted from before the statement was sent.
    pub(crate) fn end_take(&self, since: Instant, taken: &[Held]) {
        let mut inner = self.lock();
        inner.taking -= 1;
        for held in taken {
            inner.jobs.insert((held.id, held.take), Entry { renewed: since, stop: held.stop.clone() });
        }
        self.changed(&inner);
    }

    /// Forgets jobs that are settled, or lost.
    pub(crate) fn remove(&self, keys: impl IntoIterator<Item = Key>) {
        let mut inner = self.lock();
        for key in keys {
            inner.jobs.remove(&key);
        }
        self.changed(&inner);
    }

    /// The jobs whose lease was taken or renewed at least `age` ago, in the order of their ids.
    pub(crate) fn older_than(&self, age: Duration) -> Vec<Key> {
        let inner = self.lock();
        let mut keys: Vec<_> =
            inner.jobs.iter().filter(|(_, entry)| entry.renewed.elapsed() >= age).map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys
    }

    pub(crate) fn renewed(&self, since: Instant, keys: impl IntoIterator<Item = Key>) {
        let mut inner = self.lock();
        for key in keys {
            if let Some(entry) = inner.jobs.get_mut(&key) {
                entry.renewed = since;
            }
        }
    }

    pub(crate) fn stop(&self, key: Key, reason: StopReason) {
        if let Some(entry) = self.lock().jobs.get(&key) {
            entry.stop.request(reason);
        }
    }

    /// Stops every take of this job that the process holds.
    pub(crate) fn stop_job(&self, id: JobId, reason: StopReason) {
        self.lock().jobs.iter().filter(|((held, _), _)| *held == id).for_each(|(_, entry)| entry.stop.request(reason));
    }

    pub(crate) fn stop_all(&self, reason: StopReason) {
        self.lock().jobs.values().for_each(|entry| entry.stop.request(reason));
    }

    /// From now on nothing is taken.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// Resolves when nothing is held and nothing is being taken.
    pub(crate) async fn emptied(&self) {
        loop {
            let changed = self.emptied.notified();
            {
                let inner = self.lock();
                if inner.jobs.is_empty() && inner.taking == 0 {
                    return;
                }
            }
            changed.await;
        }
    }

    fn changed(&self, inner: &Inner) {
        self.health.set_held(inner.jobs.len());
        if inner.closed && inner.jobs.is_empty() && inner.taking == 0 {
            self.emptied.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
