//! Stopping: what runs may finish, what does not is given back free of charge.

use std::time::Duration;

use jobs::JobState;

use crate::{
    probe::{Act, Probe},
    world::World,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_long_job_finishes_while_the_worker_drains() {
    let world = World::create().await;
    let worker = world.start();
    let id = world.enqueue(Probe(Act::Await("go".to_owned()))).await;
    world.until_started(id, 1).await;
    worker.tasks.shutdown().request();
    let late = world.enqueue(Probe(Act::Complete)).await;
    // Longer than the lease: it is renewed while draining, or the other worker would take the job.
    let other = world.start_with(world.config().queue("default", 1));
    world.until_state(late, JobState::Completed).await;
    let lease = world.job(id).await.lease_until;
    assert!(
        crate::world::eventually(async || world.job(id).await.lease_until > lease.map(|at| at + world.config().lease))
            .await
    );
    world.open_gate("go").await;
    worker.drain().await;
    let job = world.job(id).await;
    assert_eq!((job.state.as_str(), job.attempt, world.runs(id, "ended").await), ("completed", 1, 1));
    drop(other);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_finished_after_the_grace_is_given_back_without_a_charge() {
    let world = World::create().await;
    let mut config = world.config().queue("default", 2);
    config.grace = Duration::from_millis(200);
    config.lease = Duration::from_secs(30);
    let worker = world.start_with(config);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.enqueue(Probe(Act::AwaitOnce("never".to_owned()))).await);
    }
    world.until_started(ids[0], 1).await;
    world.until_started(ids[1], 1).await;
    worker.drain().await;
    for id in &ids {
        let job = world.job(*id).await;
        assert_eq!((job.state.as_str(), job.attempt), ("available", 0));
    }
    assert_eq!(worker.health.report().held, 0);
    world.open_gate("never").await;
    let next = world.start();
    for id in ids {
        world.until_state(id, JobState::Completed).await;
    }
    drop(next);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_under_load_loses_and_repeats_nothing() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let probes = (0..2_000).map(|_| Probe(Act::Complete));
    jobs::enqueue_all(&mut conn, probes, &jobs::EnqueueOptions::default()).await.unwrap();
    let mut config = world.config();
    config.lease = Duration::from_secs(30);
    for _ in 0..5 {
        let worker = world.start_with(config.clone());
        let before = world.count("SELECT count(*) FROM runs").await;
        assert!(crate::world::eventually(async || world.count("SELECT count(*) FROM runs").await > before).await);
        worker.drain().await;
        assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'running'").await, 0);
    }
    let last = world.start_with(config);
    world.until_quiet().await;
    assert_eq!(world.count("SELECT count(*) FROM jobs WHERE state = 'completed' AND attempt = 1").await, 2_000);
    assert_eq!(world.count("SELECT count(*) FROM runs WHERE phase = 'started'").await, 2_000);
    drop(last);
}
