//! The database goes away and comes back; the worker waits and goes on by itself, and says so.

use std::time::Duration;

use bootstrap::db::Connection;
use diesel_async::SimpleAsyncConnection;
use jobs::{EnqueueOptions, JobState, admin, enqueue_all};
use test_support::TcpProxy;

use crate::{
    probe::{Act, Probe},
    world::{PATIENCE, World, eventually},
};

/// Ends every connection to the test's database but the one that says so, as a restart of the server would.
const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread")]
async fn connections_killed_during_the_work_lose_no_job() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let probes = (0..1_500).map(|_| Probe(Act::Complete));
    enqueue_all(&mut conn, probes, &EnqueueOptions::default().max_attempts(50)).await.unwrap();
    let worker = world.start();
    // The one connection that survives: the probes' own are killed too.
    let mut observer = world.conn().await;
    for round in 1..=5 {
        assert!(eventually(async || completed(&mut observer).await >= round * 100).await);
        observer.batch_execute(TERMINATE).await.unwrap();
    }
    assert!(eventually(async || completed(&mut observer).await == 1_500).await, "{:?}", worker.health.report());
    assert!(eventually(async || worker.health.report().listening).await);
    assert!(worker.health.is_healthy());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_shows_in_the_health_and_costs_a_running_job_nothing() {
    let world = World::create().await;
    let (proxy, through) = TcpProxy::in_front_of(world.database.url()).await;
    let mut config = world.config();
    config.database_url = through;
    let worker = world.start_with(config);
    assert!(eventually(async || worker.health.is_healthy() && worker.health.report().listening).await);
    // Its own statements go past the proxy: only the worker is cut off.
    let id = world.enqueue(Probe(Act::Await("go".to_owned()))).await;
    world.until_started(id, 1).await;
    proxy.refuse();
    assert!(eventually(async || !worker.health.is_healthy() && !worker.health.report().listening).await);
    world.open_gate("go").await;
    assert!(eventually(async || world.runs(id, "ended").await == 1).await);
    // The lease ends during the outage, and nobody else takes the job: its outcome still counts.
    assert!(eventually(async || world.job(id).await.lease_until.is_some_and(|at| at < chrono::Utc::now())).await);
    proxy.resume();
    let job = world.until_state(id, JobState::Completed).await;
    assert_eq!((job.attempt, world.runs(id, "started").await), (1, 1));
    assert!(eventually(async || worker.health.is_healthy()).await);
    let next = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(next, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_starts_before_its_database_waits_for_it() {
    let world = World::create().await;
    let (proxy, through) = TcpProxy::in_front_of(world.database.url()).await;
    proxy.refuse();
    let mut config = world.config();
    config.database_url = through;
    let worker = world.start_with(config);
    let id = world.enqueue(Probe(Act::Complete)).await;
    assert!(!worker.health.is_healthy());
    proxy.resume();
    world.until_state(id, JobState::Completed).await;
    assert!(worker.health.is_healthy());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_notifications_work_is_found_by_looking() {
    let world = World::create().await;
    let _worker = world.start();
    let first = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(first, JobState::Completed).await;
    let insert = "INSERT INTO jobs (id, kind, queue, args, state, max_attempts, run_at)
        SELECT gen_random_uuid(), kind, queue, args, 'available', max_attempts, now() FROM jobs";
    world.execute(insert).await;
    let mut conn = world.conn().await;
    assert!(eventually(async || completed(&mut conn).await == 2).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_worker_without_its_database_comes_too() {
    let world = World::create().await;
    let (proxy, through) = TcpProxy::in_front_of(world.database.url()).await;
    let mut config = world.config();
    config.database_url = through;
    config.grace = Duration::from_millis(200);
    let worker = world.start_with(config);
    let id = world.enqueue(Probe(Act::Await("never".to_owned()))).await;
    world.until_started(id, 1).await;
    proxy.refuse();
    worker.tasks.shutdown().request();
    assert!(worker.tasks.join(PATIENCE).await, "{:?}", worker.tasks.states());
}

async fn completed(conn: &mut Connection) -> i64 {
    let rows = admin::stats(conn).await.unwrap();
    rows.iter().filter(|row| row.state == JobState::Completed.as_str()).map(|row| row.jobs).sum()
}
