//! Workers that die or stop as processes do: killed, aborted by a job, stopped for longer than their lease.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use bootstrap::{Shutdown, Tasks, db};
use jobs::{
    EnqueueOptions, JobState, Worker,
    admin::{self, Changed},
};

use crate::{
    probe::{Act, Probe},
    world::{World, eventually, quick_config, registry},
};

/// Set for a process that is to be a worker on the database of this URL.
const WORKER_OF: &str = "TIDEMARK_TEST_JOBS_WORKER_OF";

/// A worker process under the same name as every other one. It is killed with the value.
struct WorkerProcess(Child);

impl WorkerProcess {
    fn start(world: &World) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["processes::this_process_is_a_worker_when_it_is_told_to_be", "--exact", "--nocapture"]);
        command.env(WORKER_OF, world.database.url()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.0.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    async fn has_ended(&mut self) -> bool {
        eventually(async || self.0.try_wait().unwrap().is_some()).await
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The other tests start this one in a process of its own; by itself it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn this_process_is_a_worker_when_it_is_told_to_be() {
    let Ok(url) = std::env::var(WORKER_OF) else { return };
    let tasks = Tasks::new(Shutdown::new());
    let pool = db::pool(&url, 4).unwrap();
    let _health = Worker::new(quick_config(&url), registry(&pool)).start(&tasks).unwrap();
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_killed_worker_are_taken_again_by_one_of_the_same_name() {
    let world = World::create().await;
    let killed = WorkerProcess::start(&world);
    let id = world.enqueue(Probe(Act::AwaitOnce("never".to_owned()))).await;
    world.until_started(id, 1).await;
    killed.signal("-KILL");
    let restarted = WorkerProcess::start(&world);
    let job = world.until_state(id, JobState::Completed).await;
    assert_eq!((job.attempt, world.runs(id, "started").await, world.runs(id, "ended").await), (2, 2, 1));
    drop((killed, restarted));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_killed_again_and_again_lose_no_job() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let probes = (0..3_000).map(|_| Probe(Act::Complete));
    jobs::enqueue_all(&mut conn, probes, &EnqueueOptions::default().max_attempts(50)).await.unwrap();
    for round in 1..=3 {
        let worker = WorkerProcess::start(&world);
        let completed = "SELECT count(*) FROM jobs WHERE state = 'completed'";
        assert!(eventually(async || world.count(completed).await >= round * 300).await);
        worker.signal("-KILL");
    }
    let _last = world.start();
    world.until_quiet().await;
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'completed'").await, 3_000);
    assert_eq!(world.count("SELECT count(DISTINCT job_id) AS count FROM runs WHERE phase = 'started'").await, 3_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_worker_ends_as_discarded() {
    let world = World::create().await;
    let deadly = world.enqueue_with(Probe(Act::Abort), EnqueueOptions::default().max_attempts(2)).await;
    for run in 1..=2 {
        let mut worker = WorkerProcess::start(&world);
        world.until_started(deadly, run).await;
        assert!(worker.has_ended().await);
    }
    let _worker = world.start();
    let job = world.until_state(deadly, JobState::Discarded).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (2, Some("lease_ended")));
    let next = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(next, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_stopped_for_longer_than_its_lease_changes_nothing_when_it_wakes_up() {
    let world = World::create().await;
    let sleeper = WorkerProcess::start(&world);
    let id = world.enqueue(Probe(Act::AwaitOnce("go".to_owned()))).await;
    world.until_started(id, 1).await;
    sleeper.signal("-STOP");
    let other = world.start();
    let done = world.until_state(id, JobState::Completed).await;
    assert_eq!(done.attempt, 2);
    other.drain().await;
    world.open_gate("go").await;
    sleeper.signal("-CONT");
    // It lives and works, so it has had its chance to settle the job it lost.
    for _ in 0..3 {
        let next = world.enqueue(Probe(Act::Complete)).await;
        world.until_state(next, JobState::Completed).await;
    }
    let job = world.job(id).await;
    assert_eq!((job.state.as_str(), job.attempt, job.finished_at), ("completed", 2, done.finished_at));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_asked_to_stop_is_cancelled_though_its_worker_died() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let killed = WorkerProcess::start(&world);
    let id = world.enqueue(Probe(Act::Hang)).await;
    world.until_started(id, 1).await;
    killed.signal("-STOP");
    assert_eq!(admin::cancel(&mut conn, id).await.unwrap(), Changed::Requested);
    killed.signal("-KILL");
    let _worker = world.start();
    assert_eq!(world.until_state(id, JobState::Cancelled).await.attempt, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_under_a_take_that_was_lost_is_refused() {
    let world = World::create().await;
    let mut config = world.config();
    config.lease = Duration::from_secs(30);
    let worker = world.start_with(config);
    for act in [Act::Await("go".to_owned()), Act::AwaitOnce("go".to_owned())] {
        let id = world.enqueue(Probe(act)).await;
        world.until_started(id, 1).await;
    }
    // As if another worker, of the same name, had taken both jobs.
    world.execute("UPDATE jobs SET take = take + 1, lease_until = now() + interval '1 minute'").await;
    world.open_gate("go").await;
    assert!(eventually(async || worker.health.report().fenced == 2).await);
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'running' AND finished_at IS NULL").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_job_is_stopped_in_the_worker_that_lost_it() {
    let world = World::create().await;
    let worker = world.start();
    let id = world.enqueue(Probe(Act::Hang)).await;
    world.until_started(id, 1).await;
    world.execute("UPDATE jobs SET take = take + 1, lease_until = now() + interval '1 minute'").await;
    assert!(eventually(async || worker.health.report().held == 0).await);
    let mut conn = world.conn().await;
    assert_eq!(admin::show(&mut conn, id).await.unwrap().unwrap().state, "running", "it is the other one's");
}
