//! Supervised background tasks: restarted with backoff when they fail, awaited on shutdown.

use std::{
    collections::BTreeMap,
    fmt::Display,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, error, info_span};

use crate::Shutdown;

const FIRST_RESTART_DELAY: Duration = Duration::from_millis(100);
const LONGEST_RESTART_DELAY: Duration = Duration::from_secs(10);
/// A task that ran this long before it failed starts again at the first delay.
const STABLE_AFTER: Duration = Duration::from_secs(30);

/// What a supervised task is doing, for health and tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskState {
    Running,
    /// Failed with this error and waits to be started again.
    Restarting(String),
    Stopped,
}

/// The background tasks of one process. Clones share the same set.
#[derive(Clone, Debug)]
pub struct Tasks {
    shutdown: Shutdown,
    tracker: TaskTracker,
    states: Arc<Mutex<BTreeMap<String, TaskState>>>,
}

impl Tasks {
    pub fn new(shutdown: Shutdown) -> Self {
        Self { shutdown, tracker: TaskTracker::new(), states: Arc::default() }
    }

    pub fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Runs `start()` until it returns `Ok` or the process stops. After an error or a panic it is started again with
    /// exponential backoff (0.1 to 10 s). The task itself must return soon after `shutdown` is requested.
    pub fn supervise<S, F, E>(&self, name: impl Into<String>, mut start: S)
    where
        S: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        let (name, tasks) = (name.into(), self.clone());
        let span = info_span!(parent: None, "task", task = %name);
        let supervision = async move {
            let mut delay = FIRST_RESTART_DELAY;
            while !tasks.shutdown.is_requested() {
                tasks.set(&name, TaskState::Running);
                let started = Instant::now();
                let failure = match AssertUnwindSafe(start()).catch_unwind().await {
                    Ok(Ok(())) => break,
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "panicked".to_owned(),
                };
                if started.elapsed() >= STABLE_AFTER {
                    delay = FIRST_RESTART_DELAY;
                }
                error!(task = %name, error = %failure, delay_ms = delay.as_millis() as u64, "task failed, restarting");
                tasks.set(&name, TaskState::Restarting(failure));
                tasks.shutdown.sleep(delay).await;
                delay = (delay * 2).min(LONGEST_RESTART_DELAY);
            }
            tasks.set(&name, TaskState::Stopped);
        };
        self.tracker.spawn(supervision.instrument(span));
    }

    /// The state of every task by name.
    pub fn states(&self) -> BTreeMap<String, TaskState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until every task has ended, at most `grace`. False when some task was still running then.
    pub async fn join(&self, grace: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(grace, self.tracker.wait()).await.is_ok()
    }

    fn set(&self, name: &str, state: TaskState) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), state);
    }
}
