//! Queues, concurrency, pausing, limits over all workers.

use std::time::Duration;

use jobs::{EnqueueOptions, JobState, admin};

use crate::{
    probe::{Act, LimitedProbe, Probe},
    world::{World, eventually},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_runs_no_more_jobs_at_once_than_it_may() {
    let world = World::create().await;
    let _worker = world.start_with(world.config().queue("default", 3));
    for _ in 0..10 {
        world.enqueue(Probe(Act::Await("go".to_owned()))).await;
    }
    assert!(eventually(async || started(&world).await == 3).await);
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'running'").await, 3);
    world.open_gate("go").await;
    world.until_quiet().await;
    assert_eq!(most_at_once(&world).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_runs_no_more_often_at_once_than_its_limit_over_all_workers() {
    let world = World::create().await;
    for _ in 0..12 {
        world.enqueue(LimitedProbe(Act::Await("go".to_owned()))).await;
    }
    let _workers = [world.start(), world.start(), world.start()];
    let other = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(other, JobState::Completed).await;
    assert!(eventually(async || world.count("SELECT count(*) FROM jobs WHERE state = 'running'").await == 2).await);
    world.open_gate("go").await;
    world.until_quiet().await;
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'completed'").await, 13);
    let limited =
        "WITH running AS (SELECT r.n, sum(CASE phase WHEN 'started' THEN 1 ELSE -1 END) OVER (ORDER BY r.n) AS c
            FROM runs r JOIN jobs j ON j.id = r.job_id WHERE j.kind = 'test.limited')
        SELECT max(c) AS count FROM running";
    assert_eq!(world.count(limited).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_do_not_wait_for_each_other() {
    let world = World::create().await;
    let _worker = world.start_with(world.config().queue("default", 1).queue("mail", 1));
    let stuck = world.enqueue(Probe(Act::Await("never".to_owned()))).await;
    world.until_started(stuck, 1).await;
    let mail = world.enqueue_with(Probe(Act::Complete), EnqueueOptions::default().queue("mail")).await;
    world.until_state(mail, JobState::Completed).await;
    assert_eq!(world.job(stuck).await.state, "running");
    world.open_gate("never").await;
    world.until_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_stops_in_every_worker_until_it_is_resumed() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let config = world.config().queue("mail", 4);
    let _workers = [world.start_with(config.clone()), world.start_with(config)];
    admin::pause(&mut conn, "default").await.unwrap();
    let paused = world.enqueue(Probe(Act::Complete)).await;
    // The other queue is served meanwhile, over a time in which the paused one would have been looked at.
    for _ in 0..3 {
        let delay = EnqueueOptions::default().queue("mail").after(Duration::from_millis(250));
        let mail = world.enqueue_with(Probe(Act::Complete), delay).await;
        world.until_state(mail, JobState::Completed).await;
    }
    assert_eq!(world.job(paused).await.state, "available");
    admin::resume(&mut conn, "default").await.unwrap();
    world.until_state(paused, JobState::Completed).await;
}

async fn started(world: &World) -> i64 {
    world.count("SELECT count(*) FROM runs WHERE phase = 'started'").await
}

async fn most_at_once(world: &World) -> i64 {
    world
        .count(
            "SELECT max(c) AS count FROM (SELECT sum(CASE phase WHEN 'started' THEN 1 ELSE -1 END) OVER (ORDER BY n)
            AS c FROM runs) AS running",
        )
        .await
}
