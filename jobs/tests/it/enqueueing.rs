//! Enqueueing: transactions, keys and their windows, bulk, order.

use std::time::Duration;

use diesel::{QueryResult, result::Error};
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use jobs::{EnqueueOptions, Enqueued, JobState, UniqueWindow, enqueue, enqueue_all};

use crate::{
    probe::{Act, KeyedProbe, Probe, created},
    world::World,
};

fn keyed(subject: &str) -> KeyedProbe {
    KeyedProbe { subject: subject.to_owned(), act: Act::Complete }
}

fn later() -> EnqueueOptions {
    EnqueueOptions::default().after(Duration::from_secs(60))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolled_back_transaction_leaves_no_job_and_no_key() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let rolled_back: QueryResult<()> = conn
        .transaction(async |conn| {
            let enqueued = enqueue(conn, &keyed("ada"), &EnqueueOptions::default()).await?;
            assert!(matches!(enqueued, Enqueued::Created(_)));
            Err(Error::RollbackTransaction)
        })
        .await;
    assert_eq!(rolled_back, Err(Error::RollbackTransaction));
    assert_eq!(world.count("SELECT count(*) FROM jobs").await, 0);
    let again = enqueue(&mut conn, &keyed("ada"), &EnqueueOptions::default()).await.unwrap();
    assert!(matches!(again, Enqueued::Created(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_not_seen_before_its_transaction_commits() {
    let world = World::create().await;
    let _worker = world.start();
    let mut conn = world.conn().await;
    conn.batch_execute("BEGIN").await.unwrap();
    let id = created(enqueue(&mut conn, &Probe(Act::Complete), &EnqueueOptions::default()).await.unwrap());
    // Enqueued later and done sooner: the worker was awake meanwhile.
    let other = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(other, JobState::Completed).await;
    assert_eq!(world.runs(id, "started").await, 0);
    conn.batch_execute("COMMIT").await.unwrap();
    world.until_state(id, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_with_one_key_one_is_created() {
    let world = World::create().await;
    let attempts = (0..100).map(|_| async {
        let mut conn = world.pool.get().await.unwrap();
        enqueue(&mut conn, &keyed("ada"), &later()).await.unwrap()
    });
    let results = futures::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| matches!(result, Enqueued::Created(_))).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_held_until_the_end_is_free_again_after_it() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let id = world.enqueue(KeyedProbe { subject: "ada".to_owned(), act: Act::Await("ada".to_owned()) }).await;
    let worker = world.start();
    world.until_started(id, 1).await;
    let while_running = enqueue(&mut conn, &keyed("ada"), &EnqueueOptions::default()).await.unwrap();
    assert_eq!(while_running, Enqueued::Duplicate);
    world.open_gate("ada").await;
    world.until_state(id, JobState::Completed).await;
    let after = world.enqueue(keyed("ada")).await;
    world.until_state(after, JobState::Completed).await;
    drop(worker);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_held_until_taken_lets_work_in_that_arrives_during_the_run() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let window = EnqueueOptions::default().window(UniqueWindow::UntilTaken);
    let job = KeyedProbe { subject: "ada".to_owned(), act: Act::Await("ada".to_owned()) };
    let id = world.enqueue_with(job, window.clone()).await;
    assert_eq!(enqueue(&mut conn, &keyed("ada"), &window).await.unwrap(), Enqueued::Duplicate);
    let _worker = world.start();
    world.until_started(id, 1).await;
    let second = world.enqueue_with(keyed("ada"), window).await;
    world.until_state(second, JobState::Completed).await;
    world.open_gate("ada").await;
    world.until_state(id, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_held_for_a_time_outlasts_its_job_and_then_expires() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let window = EnqueueOptions::default().window(UniqueWindow::For(Duration::from_secs(3_600)));
    let _worker = world.start();
    let id = world.enqueue_with(keyed("ada"), window.clone()).await;
    world.until_state(id, JobState::Completed).await;
    assert_eq!(enqueue(&mut conn, &keyed("ada"), &window).await.unwrap(), Enqueued::Duplicate);
    world.execute("UPDATE jobs SET key_until = now() - interval '1 s'").await;
    assert!(matches!(enqueue(&mut conn, &keyed("ada"), &window).await.unwrap(), Enqueued::Created(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_held_forever_outlasts_its_job() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let window = EnqueueOptions::default().window(UniqueWindow::Forever);
    let _worker = world.start();
    let id = world.enqueue_with(keyed("ada"), window.clone()).await;
    world.until_state(id, JobState::Completed).await;
    assert_eq!(enqueue(&mut conn, &keyed("ada"), &window).await.unwrap(), Enqueued::Duplicate);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_jobs_are_enqueued_at_once_and_each_runs_once() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let subjects = (0..5_000).map(|n| keyed(&format!("subject {}", n % 4_500)));
    let new = enqueue_all(&mut conn, subjects, &EnqueueOptions::default()).await.unwrap();
    assert_eq!(new, 4_500, "equal keys in one call count once");
    let (first, second) = (world.start(), world.start());
    world.until_quiet().await;
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'completed'").await, 4_500);
    assert_eq!(world.count("SELECT count(*) FROM runs WHERE phase = 'started'").await, 4_500);
    drop((first, second));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_priority_runs_first_and_the_oldest_among_equals() {
    let world = World::create().await;
    let mut expected = Vec::new();
    for (priority, rank) in [(0, 2), (5, 0), (-5, 4), (0, 3), (5, 1)] {
        let options = EnqueueOptions::default().priority(priority);
        expected.push((rank, world.enqueue_with(Probe(Act::Complete), options).await));
    }
    expected.sort_unstable();
    let _worker = world.start_with(world.config().queue("default", 1));
    world.until_quiet().await;
    for (rank, id) in expected {
        let before = format!(
            "SELECT count(*) FROM runs WHERE phase = 'started'
            AND n < (SELECT n FROM runs WHERE phase = 'started' AND job_id = '{id}')"
        );
        assert_eq!(world.count(&before).await, rank);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_job_runs_soon_after_it_is_due_and_not_before() {
    let world = World::create().await;
    let mut config = world.config();
    config.poll = Duration::from_secs(60);
    let _worker = world.start_with(config);
    let first = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(first, JobState::Completed).await;
    let delay = EnqueueOptions::default().after(Duration::from_secs(1));
    let id = world.enqueue_with(Probe(Act::Complete), delay).await;
    assert_eq!(world.job(id).await.state, "scheduled");
    let job = world.until_state(id, JobState::Completed).await;
    let waited = job.taken_at.unwrap() - job.created_at;
    assert!(waited >= chrono::TimeDelta::seconds(1) && waited.num_seconds() < 30, "{waited}");
}
