//! The queue as an apalis backend: apalis drives the workers, this feeds them taken jobs.
//!
//! Taking, settling and renewing are tasks of their own and not futures that apalis polls, for three reasons found in
//! its source: it drops a fetch under way when it closes (jobs taken by it would be lost until their lease ends), it
//! delivers outcomes only while it is not draining, and an error from a poll ends the worker.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use apalis::prelude::{Backend, Task, TaskBuilder, TaskId, WorkerContext};
use apalis_core::{
    backend::{
        BackendConfig,
        finalize::Ephemeral,
        persistence::{Persisted, Persistence, TaskEvent},
    },
    layers::Identity,
};
use futures::future;

use crate::{
    WorkerConfig,
    held::Held,
    runtime::{Queue, Runtime},
};

/// Leases are renewed by the keeper, for jobs and not for workers; apalis' own heartbeat has nothing to do.
const HEARTBEAT: Duration = Duration::from_secs(3_600);

/// apalis panics when it is given an id twice at once, and a job that was lost can be taken again while its first run
/// still ends. So apalis knows takes by these numbers, and not jobs by their ids.
static TAKES: AtomicU64 = AtomicU64::new(1);

#[derive(Clone, Debug)]
pub(crate) struct QueuePersistence {
    runtime: Arc<Runtime>,
    queue: Arc<Queue>,
}

impl QueuePersistence {
    async fn release(&self, tasks: Vec<Task<Held>>) -> u64 {
        let released = tasks.len() as u64;
        for task in tasks {
            self.runtime.release(&task.args).await;
        }
        released
    }
}

impl Persistence for QueuePersistence {
    /// Arguments stay as they are: they are decoded where the kind is known, and a bad payload is an outcome.
    type Compact = Held;
    type Response = ();
    type Error = Infallible;

    async fn register(&mut self, _: &WorkerContext) -> Result<(), Infallible> {
        Ok(())
    }

    async fn heartbeat(&mut self, _: &WorkerContext) -> Result<(), Infallible> {
        Ok(())
    }

    /// Waits for the next taken job. One at a time, so that none sits in a buffer when the worker stops; taking itself
    /// is in batches. Nothing is lost when this future is dropped.
    async fn fetch_next(&mut self, _: &WorkerContext) -> Result<Vec<Task<Held>>, Infallible> {
        let Some(held) = self.queue.unstarted.lock().await.recv().await else { return future::pending().await };
        let id = TaskId::from_int(TAKES.fetch_add(1, Ordering::Relaxed));
        Ok(vec![TaskBuilder::new(held).task_id(id).build()])
    }

    async fn reenqueue_abandoned(&mut self, tasks: Vec<Task<Held>>, _: &WorkerContext) -> Result<u64, Infallible> {
        Ok(self.release(tasks).await)
    }

    /// The executor hands outcomes to the settler itself; no layer sends events here.
    async fn handle_events(&mut self, _: Vec<TaskEvent<()>>, _: &WorkerContext) -> Result<(), Infallible> {
        Ok(())
    }

    /// What apalis pushes are jobs it was given: they go back. New jobs come through [`crate::enqueue`].
    async fn push_tasks(&mut self, tasks: Vec<Task<Held>>) -> Result<(), Infallible> {
        self.release(tasks).await;
        Ok(())
    }
}

/// The backend of one queue's apalis worker.
#[derive(Debug)]
pub(crate) struct QueueBackend(Persisted<QueuePersistence>);

impl QueueBackend {
    pub(crate) fn new(runtime: Arc<Runtime>, queue: Arc<Queue>) -> Self {
        Self(Persisted::new(QueuePersistence { runtime, queue }))
    }
}

impl Backend for QueueBackend {
    type Task = Task<Held>;
    type Error = Infallible;

    fn poll_ready(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx, worker, HEARTBEAT)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Infallible>>> {
        self.0.poll_next(cx, worker)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), Infallible>> {
        self.0.poll_close(cx, worker)
    }
}

impl BackendConfig for QueueBackend {
    type Args = Held;
    type Id = u64;
    type Kind = Ephemeral;
    type Config = WorkerConfig;
    type Layer = Identity;

    fn config(&self) -> &WorkerConfig {
        &self.0.runtime.config
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
