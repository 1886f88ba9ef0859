//! What an operator can do.

use std::time::Duration;

use jobs::{
    EnqueueOptions, JobState,
    admin::{self, Changed, JobFilter},
};

use crate::{
    probe::{Act, Probe},
    world::{World, eventually},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_stopped_when_it_is_cancelled() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Hang)).await;
    world.until_started(id, 1).await;
    assert_eq!(admin::cancel(&mut conn, id).await.unwrap(), Changed::Requested);
    let job = world.until_state(id, JobState::Cancelled).await;
    assert_eq!(job.last_error.as_deref(), Some("cancelled_by_operator"));
    assert_eq!(admin::cancel(&mut conn, id).await.unwrap(), Changed::NotPossible(JobState::Cancelled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_to_cancel_is_heard_without_notifications_too() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Hang)).await;
    world.until_started(id, 1).await;
    world.execute("UPDATE jobs SET cancel_requested = true").await;
    world.until_state(id, JobState::Cancelled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_is_cancelled_at_once_and_can_be_retried() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let later = EnqueueOptions::default().after(Duration::from_secs(3_600));
    let id = world.enqueue_with(Probe(Act::Complete), later).await;
    assert_eq!(admin::cancel(&mut conn, id).await.unwrap(), Changed::Done);
    assert_eq!(world.job(id).await.state, "cancelled");
    let _worker = world.start();
    assert_eq!(admin::retry(&mut conn, id).await.unwrap(), Changed::Done);
    world.until_state(id, JobState::Completed).await;
    let unknown = uuid::Uuid::now_v7();
    assert_eq!(admin::cancel(&mut conn, unknown).await.unwrap(), Changed::NotFound);
    assert_eq!(admin::retry(&mut conn, unknown).await.unwrap(), Changed::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_job_that_is_retried_gets_one_more_attempt() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Fail)).await;
    world.until_state(id, JobState::Discarded).await;
    assert_eq!(admin::retry(&mut conn, id).await.unwrap(), Changed::Done);
    world.until_started(id, 4).await;
    let job = world.until_state(id, JobState::Discarded).await;
    assert_eq!((job.attempt, job.max_attempts), (4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_list_join_without_gap_or_repeat() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    let later = EnqueueOptions::default().after(Duration::from_secs(3_600));
    let mut ids = Vec::new();
    for n in 0..25 {
        let options = if n % 5 == 0 { later.clone().queue("mail") } else { later.clone() };
        ids.push(world.enqueue_with(Probe(Act::Complete), options).await);
    }
    ids.reverse();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = admin::list(&mut conn, &JobFilter::default(), after, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        listed.extend(page.iter().map(|job| job.id));
    }
    assert_eq!(listed, ids);
    let filter = |state, queue: &str| JobFilter { state, queue: Some(queue.to_owned()), kind: None };
    let mail = admin::list(&mut conn, &filter(Some(JobState::Scheduled), "mail"), None, 100).await.unwrap();
    assert_eq!(mail.len(), 5);
    assert!(admin::list(&mut conn, &filter(Some(JobState::Running), "mail"), None, 100).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn stats_count_by_queue_and_state_and_show_paused_queues() {
    let world = World::create().await;
    let mut conn = world.conn().await;
    for queue in ["default", "default", "mail"] {
        world.enqueue_with(Probe(Act::Complete), EnqueueOptions::default().queue(queue)).await;
    }
    admin::pause(&mut conn, "mail").await.unwrap();
    admin::pause(&mut conn, "webhooks").await.unwrap();
    let stats = admin::stats(&mut conn).await.unwrap();
    let shown: Vec<_> =
        stats.iter().map(|row| (row.queue.as_str(), row.state.as_str(), row.jobs, row.paused)).collect();
    let expected =
        [("default", "available", 2, false), ("mail", "available", 1, true), ("webhooks", "available", 0, true)];
    assert_eq!(shown, expected);
    assert!(stats[0].oldest_seconds.is_some_and(|age| age >= 0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_jobs_are_pruned_after_their_retention() {
    let world = World::create().await;
    let mut config = world.config();
    config.prune_every = Duration::from_millis(100);
    config.retention.completed = Duration::from_secs(3_600);
    let (done, failed) = (world.enqueue(Probe(Act::Complete)).await, world.enqueue(Probe(Act::Discard)).await);
    let later = EnqueueOptions::default().after(Duration::from_secs(3_600));
    let waiting = world.enqueue_with(Probe(Act::Complete), later).await;
    let _worker = world.start_with(config);
    world.until_state(done, JobState::Completed).await;
    world.until_state(failed, JobState::Discarded).await;
    world.execute("UPDATE jobs SET finished_at = finished_at - interval '2 hours' WHERE finished_at IS NOT NULL").await;
    let mut conn = world.conn().await;
    assert!(eventually(async || admin::show(&mut conn, done).await.unwrap().is_none()).await);
    assert_eq!(world.job(failed).await.state, "discarded", "discarded jobs are kept longer");
    assert_eq!(world.job(waiting).await.state, "scheduled");
}
