//! Writes the outcomes of runs, all that are waiting in one statement, until the database has accepted or refused them.

use std::{sync::Arc, time::Duration};

use tracing::warn;

use crate::{
    JobId, JobState,
    held::{Held, Key},
    job::stored_reason,
    metrics,
    runtime::{Queue, Runtime},
    statements::{Complete, Settle, Wake},
    store::{RetryDelay, StoreError},
};

const MOST_PER_STATEMENT: usize = 1_000;

/// What is to be written about one run.
#[derive(Debug)]
pub(crate) struct Settlement {
    id: JobId,
    take: i32,
    state: JobState,
    /// The attempt is not charged.
    refunded: bool,
    delay: Duration,
    error: Option<String>,
    gated: bool,
    queue: Arc<Queue>,
}

impl Settlement {
    fn new(held: &Held, state: JobState) -> Self {
        Self {
            id: held.id,
            take: held.take,
            state,
            refunded: false,
            delay: Duration::ZERO,
            error: None,
            gated: held.gated,
            queue: held.queue.clone(),
        }
    }

    pub(crate) fn completed(held: &Held) -> Self {
        Self::new(held, JobState::Completed)
    }

    pub(crate) fn retrying(held: &Held, error: &str, delay: Duration) -> Self {
        Self { delay, error: Some(stored_reason(error)), ..Self::new(held, JobState::Retrying) }
    }

    pub(crate) fn scheduled(held: &Held, delay: Duration) -> Self {
        Self { delay, refunded: true, ..Self::new(held, JobState::Scheduled) }
    }

    pub(crate) fn discarded(held: &Held, error: &str) -> Self {
        Self { error: Some(stored_reason(error)), ..Self::new(held, JobState::Discarded) }
    }

    pub(crate) fn cancelled(held: &Held, error: &str) -> Self {
        Self { error: Some(stored_reason(error)), ..Self::new(held, JobState::Cancelled) }
    }

    pub(crate) fn released(held: &Held) -> Self {
        Self { refunded: true, ..Self::new(held, JobState::Available) }
    }

    pub(crate) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn key(&self) -> Key {
        (self.id, self.take)
    }
}

/// Runs until nothing is held any more.
pub(crate) async fn run(runtime: Arc<Runtime>) {
    let mut waiting = runtime.settling.lock().await;
    let mut batch = Vec::new();
    while runtime.drained.run_until(waiting.recv_many(&mut batch, MOST_PER_STATEMENT)).await.is_some() {
        // In the order of ids, as leases are renewed, so that two statements never wait for each other.
        batch.sort_unstable_by_key(Settlement::key);
        let (completed, others): (Vec<_>, Vec<_>) =
            batch.drain(..).partition(|settlement: &Settlement| settlement.state == JobState::Completed);
        write(&runtime, &completed, complete).await;
        write(&runtime, &others, settle).await;
    }
}

/// Tries until the database has answered. The leases are renewed meanwhile, so an outage costs no second run.
async fn write<F>(runtime: &Runtime, settlements: &[Settlement], statement: F)
where
    F: AsyncFn(&Runtime, &[Settlement]) -> Result<usize, StoreError>,
{
    let mut retry = RetryDelay::new();
    while !settlements.is_empty() && !runtime.drained.is_requested() {
        match statement(runtime, settlements).await {
            Ok(accepted) => return accept(runtime, settlements, accepted).await,
            Err(error) => {
                let delay = retry.next();
                warn!(%error, jobs = settlements.len(), delay_ms = delay.as_millis() as u64, "cannot settle jobs");
                runtime.drained.sleep(delay).await;
            }
        }
    }
}

async fn complete(runtime: &Runtime, settlements: &[Settlement]) -> Result<usize, StoreError> {
    let (ids, takes): (Vec<_>, Vec<_>) = settlements.iter().map(Settlement::key).unzip();
    runtime.store.execute(Complete { ids: &ids, takes: &takes }).await
}

async fn settle(runtime: &Runtime, settlements: &[Settlement]) -> Result<usize, StoreError> {
    let (ids, takes): (Vec<_>, Vec<_>) = settlements.iter().map(Settlement::key).unzip();
    let states: Vec<_> = settlements.iter().map(|settlement| settlement.state.as_str()).collect();
    let refunds: Vec<_> = settlements.iter().map(|settlement| i16::from(settlement.refunded)).collect();
    let delays: Vec<_> = settlements.iter().map(|settlement| settlement.delay.as_secs_f64()).collect();
    let errors: Vec<_> = settlements.iter().map(|settlement| settlement.error.clone()).collect();
    let statement =
        Settle { ids: &ids, takes: &takes, states: &states, refunds: &refunds, delays: &delays, errors: &errors };
    runtime.store.execute(statement).await
}

async fn accept(runtime: &Runtime, settlements: &[Settlement], accepted: usize) {
    let fenced = settlements.len().saturating_sub(accepted) as u64;
    if fenced > 0 {
        warn!(fenced, "outcomes refused: these jobs were given to another worker");
        ::metrics::counter!(metrics::FENCED).increment(fenced);
        runtime.health.count_fenced(fenced);
    }
    runtime.held.remove(settlements.iter().map(Settlement::key));
    wake_followers(runtime, settlements).await;
}

/// Settling can make work: a free place behind a gate, a job given back, a short delay.
async fn wake_followers(runtime: &Runtime, settlements: &[Settlement]) {
    let mut given_back = Vec::new();
    for settlement in settlements {
        if settlement.gated {
            settlement.queue.wake.notify_one();
        }
        match settlement.state {
            JobState::Available if !given_back.contains(&settlement.queue.name.as_str()) => {
                given_back.push(settlement.queue.name.as_str());
            }
            JobState::Scheduled | JobState::Retrying if settlement.delay < runtime.config.poll => {
                runtime.look.notify_one();
            }
            JobState::Scheduled | JobState::Retrying | JobState::Available | JobState::Running => {}
            JobState::Completed | JobState::Discarded | JobState::Cancelled => {}
        }
    }
    // Others find these jobs at their next look should this fail.
    if !given_back.is_empty()
        && let Err(error) = runtime.store.execute(Wake { queues: &given_back }).await
    {
        warn!(%error, "cannot announce jobs that were given back");
    }
}
