//! A worker process: its tasks, and the order in which they stop.

use std::{sync::Arc, time::Duration};

use apalis::prelude::WorkerBuilder;
use bootstrap::Tasks;
use tracing::{info, warn};

use crate::{
    Crons, JobsHealth, Registry, WorkerConfig, executor,
    held::{Held, StopReason},
    keeper, listener, observer,
    persistence::QueueBackend,
    pruner,
    runtime::{Queue, Runtime},
    settler,
    store::Store,
    taker,
};

/// How long runs that were stopped may take to be settled, when the grace is over and before the process gives up.
const SETTLE_LIMIT: Duration = Duration::from_secs(5);

/// Why a worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("a worker serves at least one queue")]
    NoQueue,
    #[error("a lease lasts at least 100 ms")]
    LeaseTooShort,
    #[error("cannot make the worker's connection pool: {0}")]
    Pool(#[from] diesel_async::pooled_connection::deadpool::BuildError),
}

/// Takes and runs the jobs of its queues.
#[derive(Debug)]
pub struct Worker {
    config: WorkerConfig,
    registry: Registry,
    crons: Crons,
}

impl Worker {
    pub fn new(config: WorkerConfig, registry: Registry) -> Self {
        Self { config, registry, crons: Crons::new() }
    }

    pub fn crons(self, crons: Crons) -> Self {
        Self { crons, ..self }
    }

    /// Starts the worker as supervised tasks. The database need not be up: the worker waits for it.
    ///
    /// When `tasks` is told to stop, nothing more is taken, running jobs have the grace to finish, and the rest is given
    /// back without charging an attempt. So `Tasks::join` must wait longer than the grace.
    pub fn start(self, tasks: &Tasks) -> Result<JobsHealth, WorkerError> {
        if self.config.queues.is_empty() {
            return Err(WorkerError::NoQueue);
        }
        if self.config.lease < Duration::from_millis(100) {
            return Err(WorkerError::LeaseTooShort);
        }
        let health = JobsHealth::new();
        let store = Store::new(&self.config.database_url, self.config.connections.max(2), health.clone())?;
        let shutdown = tasks.shutdown().clone();
        let runtime = Arc::new(Runtime::new(self.config, self.registry, self.crons, store, health.clone(), shutdown));
        supervise(tasks, "jobs.settle", &runtime, settler::run);
        supervise(tasks, "jobs.keep", &runtime, keeper::run);
        supervise(tasks, "jobs.listen", &runtime, listener::run);
        supervise(tasks, "jobs.prune", &runtime, pruner::run);
        supervise(tasks, "jobs.observe", &runtime, observer::run);
        supervise(tasks, "jobs.drain", &runtime, drain);
        for queue in runtime.queues.values() {
            let name = &queue.name;
            let taken_for = queue.clone();
            supervise(tasks, format!("jobs.take.{name}"), &runtime, move |runtime| {
                taker::run(runtime, taken_for.clone())
            });
            let run_for = queue.clone();
            supervise(tasks, format!("jobs.run.{name}"), &runtime, move |runtime| work(runtime, run_for.clone()));
        }
        Ok(health)
    }
}

fn supervise<F>(
    tasks: &Tasks,
    name: impl Into<String>,
    runtime: &Arc<Runtime>,
    task: impl Fn(Arc<Runtime>) -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = runtime.clone();
    tasks.supervise(name, move || {
        let run = task(runtime.clone());
        async move {
            run.await;
            Ok::<(), std::convert::Infallible>(())
        }
    });
}

/// The queue's apalis worker; it ends when the process stops and its last run has ended.
async fn work(runtime: Arc<Runtime>, queue: Arc<Queue>) {
    let name = format!("{}/{}", runtime.config.name, queue.name);
    let (shutdown, executing) = (runtime.shutdown.clone(), runtime.clone());
    let worker = WorkerBuilder::new(name)
        .backend(QueueBackend::new(runtime, queue))
        .build(move |held: Held| executor::execute(executing.clone(), held));
    let stopping = async move {
        shutdown.requested().await;
        Ok::<(), std::io::Error>(())
    };
    if let Err(error) = worker.run_until(stopping).await {
        warn!(%error, "a queue's worker ended with an error");
    }
}

/// Waits for the process to stop; then lets jobs finish, stops those that do not, and ends the remaining tasks.
async fn drain(runtime: Arc<Runtime>) {
    runtime.shutdown.requested().await;
    runtime.held.close();
    let grace = runtime.config.grace;
    info!(jobs = runtime.health.report().held, grace_s = grace.as_secs(), "finishing the jobs that run");
    if tokio::time::timeout(grace, runtime.held.emptied()).await.is_err() {
        warn!(jobs = runtime.health.report().held, "giving unfinished jobs back");
        runtime.held.stop_all(StopReason::Drained);
        if tokio::time::timeout(SETTLE_LIMIT, runtime.held.emptied()).await.is_err() {
            warn!(jobs = runtime.health.report().held, "left jobs to the end of their lease");
        }
    }
    runtime.drained.request();
}
