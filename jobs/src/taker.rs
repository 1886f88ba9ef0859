//! Takes jobs of one queue, as many at once as it has free slots, and hands them to the queue's apalis worker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::OwnedSemaphorePermit;
use tracing::warn;

use crate::{
    held::{Held, Stop},
    runtime::{Queue, Runtime},
    statements::{Take, TakeGated, TakenRow},
    store::{RetryDelay, StoreError},
};

/// Jobs per statement. Larger batches gain nothing (measured) and make others wait longer for the rows' locks.
const MOST_PER_STATEMENT: usize = 500;

/// Where a statement takes from: the plain lane, or that of a kind with a limit.
type Lane = Option<(&'static str, u32)>;

/// Runs until the process stops taking. Work under way is finished first, so no job is taken and forgotten.
pub(crate) async fn run(runtime: Arc<Runtime>, queue: Arc<Queue>) {
    let mut taker = Taker { runtime: runtime.clone(), queue: queue.clone(), retry: RetryDelay::new(), turn: 0 };
    queue.wake.notify_one();
    while runtime.shutdown.run_until(queue.wake.notified()).await.is_some() {
        while let Some(slots) = taker.free_slots().await {
            if !taker.take_round(slots).await {
                break;
            }
        }
    }
    return_unstarted(&runtime, &queue).await;
}

struct Taker {
    runtime: Arc<Runtime>,
    queue: Arc<Queue>,
    retry: RetryDelay,
    /// Which lane goes first; it changes each round, so a busy lane leaves slots for the others.
    turn: usize,
}

impl Taker {
    /// At least one free slot, as soon as there is one, and all others that are free then. `None` when stopping.
    async fn free_slots(&self) -> Option<OwnedSemaphorePermit> {
        let slots = &self.queue.slots;
        let mut first = self.runtime.shutdown.run_until(slots.clone().acquire_owned()).await?.ok()?;
        let more = slots.available_permits().min(MOST_PER_STATEMENT - 1);
        if let Ok(others) = slots.clone().try_acquire_many_owned(u32::try_from(more).unwrap_or(0)) {
            first.merge(others);
        }
        Some(first)
    }

    /// Takes from every lane; false when each has given all it had.
    async fn take_round(&mut self, mut slots: OwnedSemaphorePermit) -> bool {
        let lanes = self.queue.gates.len() + 1;
        self.turn = (self.turn + 1) % lanes;
        let mut more = false;
        for offset in 0..lanes {
            let lane = (self.turn + offset) % lanes;
            let lane = lane.checked_sub(1).and_then(|gate| self.queue.gates.get(gate).copied());
            let free = slots.num_permits();
            if free == 0 {
                return true;
            }
            match self.take(lane, &mut slots).await {
                Ok(taken) => more |= taken == free,
                Err(error) => {
                    let delay = self.retry.next();
                    warn!(queue = %self.queue.name, %error, delay_ms = delay.as_millis() as u64, "cannot take jobs");
                    return self.runtime.shutdown.sleep(delay).await;
                }
            }
            self.retry.reset();
        }
        more
    }

    async fn take(&self, lane: Lane, slots: &mut OwnedSemaphorePermit) -> Result<usize, StoreError> {
        if !self.runtime.held.begin_take() {
            return Ok(0);
        }
        let since = Instant::now();
        let rows = self.load(lane, slots.num_permits()).await;
        let mut taken: Vec<_> = rows.as_ref().map_or_else(|_| Vec::new(), |rows| self.hold(rows, lane, slots));
        self.runtime.held.end_take(since, &taken);
        rows?;
        let count = taken.len();
        for held in taken.drain(..) {
            // The channel has room for every slot, and its receiver lives as long as the queue.
            let _ = self.queue.taken.send(held).await;
        }
        Ok(count)
    }

    async fn load(&self, lane: Lane, most: usize) -> Result<Vec<TakenRow>, StoreError> {
        let (store, config) = (&self.runtime.store, &self.runtime.config);
        let (queue, worker) = (self.queue.name.as_str(), config.name.as_str());
        let (most, lease_seconds) = (i64::try_from(most).unwrap_or(1), config.lease.as_secs_f64());
        let mut rows: Vec<TakenRow> = match lane {
            None => store.load(Take { queue, most, worker, lease_seconds }).await?,
            Some((gate, slots)) => {
                let slots = i64::from(slots);
                store.load(TakeGated { queue, gate, slots, most, worker, lease_seconds }).await?
            }
        };
        // The order of RETURNING is that of the table.
        rows.sort_unstable_by_key(|row| (std::cmp::Reverse(row.6), row.0));
        Ok(rows)
    }

    fn hold(&self, rows: &[TakenRow], lane: Lane, slots: &mut OwnedSemaphorePermit) -> Vec<Held> {
        let held = |row: &TakenRow| {
            let (id, take, kind, args, attempt, max_attempts, _, traceparent, age) = row.clone();
            Some(Held {
                id,
                take,
                kind,
                args,
                attempt: attempt.unsigned_abs(),
                max_attempts: max_attempts.unsigned_abs(),
                traceparent,
                age: Duration::try_from_secs_f64(age).unwrap_or_default(),
                gated: lane.is_some(),
                queue: self.queue.clone(),
                stop: Arc::new(Stop::default()),
                _slot: slots.split(1)?,
            })
        };
        rows.iter().filter_map(held).collect()
    }
}

/// Gives back what was taken and not started when the process was told to stop.
async fn return_unstarted(runtime: &Runtime, queue: &Queue) {
    let mut unstarted = queue.unstarted.lock().await;
    while let Ok(held) = unstarted.try_recv() {
        runtime.release(&held).await;
    }
}
