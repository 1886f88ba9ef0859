//! What a worker says about itself, at the cost of reading a few atomics.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use chrono::{DateTime, Utc};

/// A cheap handle to a worker's condition; clones show the same one.
#[derive(Clone, Debug)]
pub struct JobsHealth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    failing: AtomicBool,
    failure: Mutex<Option<(DateTime<Utc>, String)>>,
    listening: AtomicBool,
    held: AtomicUsize,
    fenced: AtomicU64,
}

/// The condition of a worker at one moment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HealthReport {
    /// The last statement succeeded. False also until the first one has.
    pub healthy: bool,
    /// Notifications arrive; without them work is found by polling only.
    pub listening: bool,
    /// Jobs taken and not settled.
    pub held: usize,
    /// Outcomes refused since the start because the job had been given to another worker.
    pub fenced: u64,
    /// Since when the database is out of reach, and why.
    pub failing_since: Option<DateTime<Utc>>,
    pub error: Option<String>,
}

impl JobsHealth {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            failing: AtomicBool::new(true),
            failure: Mutex::new(Some((Utc::now(), "starting".to_owned()))),
            listening: AtomicBool::new(false),
            held: AtomicUsize::new(0),
            fenced: AtomicU64::new(0),
        }))
    }

    pub fn is_healthy(&self) -> bool {
        !self.0.failing.load(Ordering::Relaxed)
    }

    pub fn report(&self) -> HealthReport {
        let failure = self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (failing_since, error) = failure.unzip();
        HealthReport {
            healthy: error.is_none(),
            listening: self.0.listening.load(Ordering::Relaxed),
            held: self.0.held.load(Ordering::Relaxed),
            fenced: self.0.fenced.load(Ordering::Relaxed),
            failing_since,
            error,
        }
    }

    pub(crate) fn succeeded(&self) {
        if self.0.failing.swap(false, Ordering::Relaxed) {
            *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    pub(crate) fn failed(&self, error: String) {
        let mut failure = self.0.failure.lock().unwrap_or_else(PoisonError::into_inner);
        let since = failure.take().map_or_else(Utc::now, |(since, _)| since);
        *failure = Some((since, error));
        self.0.failing.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_listening(&self, listening: bool) {
        self.0.listening.store(listening, Ordering::Relaxed);
    }

    pub(crate) fn set_held(&self, held: usize) {
        self.0.held.store(held, Ordering::Relaxed);
    }

    pub(crate) fn count_fenced(&self, jobs: u64) {
        self.0.fenced.fetch_add(jobs, Ordering::Relaxed);
    }
}
