//! Keeps the process's leases, and looks at the queue: lost jobs, due jobs, cron ticks. All of it in one query at most
//! every poll interval while nothing happens.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use tracing::{info, warn};

use crate::{
    cron::CronClock,
    held::{Key, StopReason},
    metrics,
    runtime::Runtime,
    statements::{Renew, Tick, TickRow},
    store::{RetryDelay, StoreError},
};

const RENEWALS_PER_STATEMENT: usize = 1_000;
const MOST_PER_LOOK: i64 = 5_000;
/// Announcements of due jobs that arrive together are answered by one look.
const LEAST_BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Runs until nothing is held any more, also while the process drains.
pub(crate) async fn run(runtime: Arc<Runtime>) {
    let mut keeper = Keeper {
        next_look: Instant::now(),
        retry: RetryDelay::new(),
        crons: CronClock::new(runtime.clone()),
        runtime: runtime.clone(),
    };
    while !runtime.drained.is_requested() {
        if !keeper.renew().await {
            // A look would take back from this process, too, what it could not renew.
            keeper.next_look = Instant::now() + keeper.retry.next();
        } else if Instant::now() >= keeper.next_look && !runtime.shutdown.is_requested() {
            keeper.look().await;
        }
        let wait = runtime.config.lease / 6;
        let wait = if runtime.shutdown.is_requested() {
            wait
        } else {
            wait.min(keeper.next_look.saturating_duration_since(Instant::now()))
        };
        let asked = async {
            tokio::select! {
                () = runtime.look.notified() => true,
                () = tokio::time::sleep(wait) => false,
            }
        };
        if runtime.drained.run_until(asked).await == Some(true) {
            tokio::time::sleep(LEAST_BETWEEN_LOOKS).await;
            keeper.next_look = Instant::now();
        }
    }
}

struct Keeper {
    runtime: Arc<Runtime>,
    next_look: Instant,
    retry: RetryDelay,
    crons: CronClock,
}

impl Keeper {
    /// Renews each lease when a third of it has passed, so short jobs are never renewed; false where that cannot be done now.
    async fn renew(&mut self) -> bool {
        let keys = self.runtime.held.older_than(self.runtime.config.lease / 3);
        for keys in keys.chunks(RENEWALS_PER_STATEMENT) {
            let since = Instant::now();
            match self.renew_some(keys).await {
                Ok(kept) => self.runtime.held.renewed(since, kept),
                Err(error) => {
                    warn!(%error, jobs = keys.len(), "cannot renew leases");
                    return false;
                }
            }
        }
        true
    }

    async fn renew_some(&self, keys: &[Key]) -> Result<HashSet<Key>, StoreError> {
        let (ids, takes): (Vec<_>, Vec<_>) = keys.iter().copied().unzip();
        let lease_seconds = self.runtime.config.lease.as_secs_f64();
        let statement = Renew { lease_seconds, ids: &ids, takes: &takes };
        let rows: Vec<(uuid::Uuid, i32, bool)> = self.runtime.store.load(statement).await?;
        for (id, take, _) in rows.iter().filter(|row| row.2) {
            self.runtime.held.stop((*id, *take), StopReason::Cancelled);
        }
        let kept: HashSet<Key> = rows.into_iter().map(|(id, take, _)| (id, take)).collect();
        for key in keys.iter().filter(|key| !kept.contains(*key)) {
            self.runtime.held.stop(*key, StopReason::Lost);
        }
        Ok(kept)
    }

    async fn look(&mut self) {
        let queues: Vec<String> = self.runtime.queues.keys().cloned().collect();
        let rows: Result<Vec<TickRow>, _> =
            self.runtime.store.load(Tick { queues: &queues, most: MOST_PER_LOOK }).await;
        let wait = match rows {
            Ok(rows) => {
                self.retry.reset();
                self.act_on(&rows).await
            }
            Err(error) => {
                let delay = self.retry.next();
                warn!(%error, delay_ms = delay.as_millis() as u64, "cannot look at the queue");
                delay
            }
        };
        self.next_look = Instant::now() + wait.min(self.runtime.config.poll);
    }

    /// Wakes the queues that have work; answers how long nothing else is expected.
    async fn act_on(&mut self, rows: &[TickRow]) -> Duration {
        for (queue, has_work, ..) in rows {
            if *has_work {
                self.runtime.wake(queue);
            }
        }
        let Some((_, _, now, rescued, due, next_due)) = rows.first() else { return self.runtime.config.poll };
        if *rescued > 0 {
            info!(rescued, "took jobs back from workers whose lease ended");
            ::metrics::counter!(metrics::RESCUED).increment(rescued.unsigned_abs());
        }
        if rescued.max(due) >= &MOST_PER_LOOK {
            return Duration::ZERO;
        }
        let next_due = next_due.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let next_tick = self.tick_crons(*now).await;
        // A little later than due, for the row to be due by the database's clock too.
        let next = next_due.into_iter().chain(next_tick).min().map(|wait| wait + Duration::from_millis(2));
        next.unwrap_or(Duration::MAX)
    }

    async fn tick_crons(&mut self, now: DateTime<Utc>) -> Option<Duration> {
        match self.crons.tick(now).await {
            Ok(next) => next,
            Err(error) => {
                warn!(%error, "cannot enqueue cron jobs");
                Some(self.retry.next())
            }
        }
    }
}
