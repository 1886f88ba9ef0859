//! A database of its own for each test, workers on it, and ways to wait for what should happen.

use std::time::Duration;

use bootstrap::{
    Shutdown, Tasks,
    db::{Connection, Pool},
};
use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use jobs::{
    Crons, EnqueueOptions, Job, JobId, JobState, JobsHealth, Registry, Worker, WorkerConfig, admin, admin::JobView,
    enqueue,
};
use test_support::TestDatabase;

use crate::probe::{HastyProbe, KeyedProbe, LimitedProbe, Probe, created};

/// Long enough for a busy machine; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) pool: Pool,
}

/// A worker in this process; it ends with the value.
pub(crate) struct RunningWorker {
    pub(crate) tasks: Tasks,
    pub(crate) health: JobsHealth,
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        self.tasks.shutdown().request();
    }
}

impl RunningWorker {
    /// Stops as on SIGTERM, and waits until everything has ended.
    pub(crate) async fn drain(&self) {
        self.tasks.shutdown().request();
        assert!(self.tasks.join(PATIENCE).await, "the worker ends: {:?}", self.tasks.states());
    }
}

impl World {
    pub(crate) async fn create() -> Self {
        let database = TestDatabase::create().await;
        let pool = database.pool(8);
        let ddl = "CREATE TABLE runs (n bigserial, job_id uuid, attempt smallint, phase text, pid bigint,
                trace_id text, at timestamptz DEFAULT clock_timestamp());
            CREATE TABLE gates (name text PRIMARY KEY)";
        database.connect().await.batch_execute(ddl).await.unwrap();
        Self { database, pool }
    }

    pub(crate) async fn conn(&self) -> Connection {
        self.database.connect().await
    }

    /// Short leases and looks, so that what depends on them happens within the test.
    pub(crate) fn config(&self) -> WorkerConfig {
        quick_config(self.database.url())
    }

    pub(crate) fn start(&self) -> RunningWorker {
        self.start_with(self.config())
    }

    pub(crate) fn start_with(&self, config: WorkerConfig) -> RunningWorker {
        self.start_crons(config, Crons::new())
    }

    pub(crate) fn start_crons(&self, config: WorkerConfig, crons: Crons) -> RunningWorker {
        let tasks = Tasks::new(Shutdown::new());
        let health = Worker::new(config, registry(&self.pool)).crons(crons).start(&tasks).unwrap();
        RunningWorker { tasks, health }
    }

    pub(crate) async fn enqueue<J: Job>(&self, job: J) -> JobId {
        self.enqueue_with(job, EnqueueOptions::default()).await
    }

    pub(crate) async fn enqueue_with<J: Job>(&self, job: J, options: EnqueueOptions) -> JobId {
        created(enqueue(&mut self.pool.get().await.unwrap(), &job, &options).await.unwrap())
    }

    pub(crate) async fn job(&self, id: JobId) -> JobView {
        admin::show(&mut self.pool.get().await.unwrap(), id).await.unwrap().expect("the job exists")
    }

    pub(crate) async fn until_state(&self, id: JobId, state: JobState) -> JobView {
        let mut last = None;
        let reached = eventually(async || {
            let job = self.job(id).await;
            let reached = job.state == state.as_str();
            last = Some(job);
            reached
        });
        let reached = reached.await;
        assert!(reached, "the job becomes {state}: {last:?}");
        last.unwrap()
    }

    /// Waits until the job has begun its n-th run.
    pub(crate) async fn until_started(&self, id: JobId, runs: i64) {
        let started = eventually(async || self.runs(id, "started").await >= runs).await;
        assert!(started, "run {runs} starts: {:?}", self.job(id).await);
    }

    pub(crate) async fn runs(&self, id: JobId, phase: &str) -> i64 {
        count_runs(&mut self.pool.get().await.unwrap(), id, phase).await
    }

    pub(crate) async fn open_gate(&self, gate: &str) {
        let query = sql_query("INSERT INTO gates VALUES ($1)").bind::<sql_types::Text, _>(gate);
        query.execute(&mut self.pool.get().await.unwrap()).await.unwrap();
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.pool.get().await.unwrap().batch_execute(sql).await.unwrap();
    }

    /// The single number that `sql` selects as `count`.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        let row: Count = sql_query(sql).get_result(&mut self.pool.get().await.unwrap()).await.unwrap();
        row.count
    }

    /// Waits until nothing can run or runs.
    pub(crate) async fn until_quiet(&self) {
        let quiet = eventually(async || admin::busy(&mut self.pool.get().await.unwrap()).await.unwrap() == 0).await;
        assert!(quiet, "the queue becomes quiet");
    }
}

pub(crate) fn quick_config(url: &str) -> WorkerConfig {
    let mut config = WorkerConfig::new(url, "worker");
    config.lease = Duration::from_secs(1);
    config.poll = Duration::from_millis(500);
    config.grace = Duration::from_secs(10);
    config
}

pub(crate) fn registry(pool: &Pool) -> Registry {
    Registry::new()
        .with::<Probe>(pool.clone())
        .with::<HastyProbe>(pool.clone())
        .with::<LimitedProbe>(pool.clone())
        .with::<KeyedProbe>(pool.clone())
}

/// Asks until the answer is yes, or patience ends.
pub(crate) async fn eventually(mut condition: impl AsyncFnMut() -> bool) -> bool {
    let asked = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.is_ok()
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    count: i64,
}

pub(crate) async fn count_runs(conn: &mut Connection, id: JobId, phase: &str) -> i64 {
    let query = sql_query("SELECT count(*) AS count FROM runs WHERE job_id = $1 AND phase = $2");
    let query = query.bind::<sql_types::Uuid, _>(id).bind::<sql_types::Text, _>(phase);
    query.get_result::<Count>(conn).await.unwrap().count
}
