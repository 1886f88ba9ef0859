//! Background jobs: enqueued in bulk, executed as no-ops, and started on an idle worker.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use bootstrap::{Shutdown, Tasks};
use jobs::{EnqueueOptions, Job, JobContext, JobResult, Registry, Worker, WorkerConfig, enqueue, enqueue_all};
use serde::{Deserialize, Serialize};
use test_support::TestDatabase;
use tokio::sync::Notify;

use crate::report::{Report, quantile_ms};

const SCENARIO: &str = "jobs";
const QUEUE: &str = "bench";
const BULK: u64 = 200_000;
const IDLE_PUSHES: usize = 300;
/// Between two pushes to an idle worker; long enough for it to have gone to sleep.
const IDLE_PAUSE: Duration = Duration::from_millis(15);
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
struct Finished {
    count: Arc<AtomicU64>,
    goal: u64,
    reached: Arc<Notify>,
}

/// Does nothing but count.
#[derive(Serialize, Deserialize)]
struct NoOp;

impl Job for NoOp {
    type State = Finished;
    const KIND: &'static str = "bench_no_op";
    const QUEUE: &'static str = QUEUE;

    async fn run(self, ctx: JobContext<Finished>) -> JobResult {
        if ctx.state.count.fetch_add(1, Ordering::Relaxed) + 1 == ctx.state.goal {
            ctx.state.reached.notify_one();
        }
        Ok(())
    }
}

type Waits = Arc<(Mutex<Vec<Duration>>, Notify, Instant)>;

/// Records how long it waited for its start.
#[derive(Serialize, Deserialize)]
struct Timed {
    /// Nanoseconds since the scenario's start.
    pushed_at: u64,
}

impl Job for Timed {
    type State = Waits;
    const KIND: &'static str = "bench_timed";
    const QUEUE: &'static str = QUEUE;

    async fn run(self, ctx: JobContext<Waits>) -> JobResult {
        let (waits, started, epoch) = &*ctx.state;
        let wait = epoch.elapsed().saturating_sub(Duration::from_nanos(self.pushed_at));
        waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(wait);
        started.notify_one();
        Ok(())
    }
}

pub(crate) async fn run(report: &mut Report) -> anyhow::Result<()> {
    bulk(report).await?;
    idle(report).await
}

async fn bulk(report: &mut Report) -> anyhow::Result<()> {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let started = Instant::now();
    let created = enqueue_all(&mut conn, (0..BULK).map(|_| NoOp), &EnqueueOptions::default()).await?;
    ensure!(created == BULK, "{created} of {BULK} jobs were enqueued");
    let rate = BULK as f64 / started.elapsed().as_secs_f64();
    report.add_with_target(SCENARIO, "enqueued in bulk", rate, "jobs/s", Some(">= 50000"));

    let finished = Finished { count: Arc::default(), goal: BULK, reached: Arc::default() };
    let tasks = Tasks::new(Shutdown::new());
    let config = WorkerConfig::new(database.url(), "bench").queue(QUEUE, 512);
    let started = Instant::now();
    Worker::new(config, Registry::new().with::<NoOp>(finished.clone())).start(&tasks)?;
    tokio::time::timeout(PATIENCE, finished.reached.notified()).await?;
    let rate = BULK as f64 / started.elapsed().as_secs_f64();
    report.add_with_target(SCENARIO, "no-op jobs executed, one process", rate, "jobs/s", Some(">= 30000"));
    stop(tasks).await
}

async fn idle(report: &mut Report) -> anyhow::Result<()> {
    let database = TestDatabase::create().await;
    let waits: Waits = Arc::new((Mutex::default(), Notify::new(), Instant::now()));
    let tasks = Tasks::new(Shutdown::new());
    let config = WorkerConfig::new(database.url(), "bench").queue(QUEUE, 16);
    Worker::new(config, Registry::new().with::<Timed>(waits.clone())).start(&tasks)?;
    let mut conn = database.connect().await;
    for _ in 0..IDLE_PUSHES {
        tokio::time::sleep(IDLE_PAUSE).await;
        let job = Timed { pushed_at: u64::try_from(waits.2.elapsed().as_nanos())? };
        enqueue(&mut conn, &job, &EnqueueOptions::default()).await?;
        tokio::time::timeout(PATIENCE, waits.1.notified()).await?;
    }
    let mut waited = std::mem::take(&mut *waits.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    let p50 = quantile_ms(&mut waited, 0.5);
    report.add_with_target(SCENARIO, "idle push to start, p50", p50, "ms", Some("<= 3"));
    report.add_with_target(SCENARIO, "idle push to start, p99", quantile_ms(&mut waited, 0.99), "ms", Some("<= 10"));
    stop(tasks).await
}

async fn stop(tasks: Tasks) -> anyhow::Result<()> {
    tasks.shutdown().request();
    ensure!(tasks.join(Duration::from_secs(10)).await, "the worker did not stop");
    Ok(())
}
