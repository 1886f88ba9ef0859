//! How a run ends, and what becomes of the job.

use std::time::Duration;

use jobs::{EnqueueOptions, JobState};

use crate::{
    probe::{Act, HastyProbe, KeyedProbe, Probe},
    world::World,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_and_is_completed() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Complete)).await;
    let job = world.until_state(id, JobState::Completed).await;
    assert_eq!((job.attempt, world.runs(id, "ended").await), (1, 1));
    assert!(job.finished_at.is_some() && job.lease_until.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_tried_again_after_its_backoff_and_then_discarded() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Fail)).await;
    let job = world.until_state(id, JobState::Discarded).await;
    assert_eq!((job.attempt, world.runs(id, "started").await), (3, 3));
    assert_eq!(job.last_error.as_deref(), Some("told_to_fail"));
    let backoff = "SELECT count(*) FROM (SELECT at - lag(at) OVER (ORDER BY n) AS waited FROM runs) AS gaps
        WHERE waited < interval '45 ms'";
    assert_eq!(world.count(backoff).await, 0, "50 ms less 10 % of jitter lie between runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_as_retrying_until_its_second_attempt_succeeds() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::FailOnce)).await;
    let job = world.until_state(id, JobState::Completed).await;
    assert_eq!(job.attempt, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_failed_attempt_and_the_worker_goes_on() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Panic)).await;
    let job = world.until_state(id, JobState::Discarded).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (3, Some("panicked")));
    let next = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(next, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_takes_too_long_is_a_failed_attempt() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(HastyProbe(Act::Hang)).await;
    let job = world.until_state(id, JobState::Discarded).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (2, Some("timed_out")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snooze_costs_no_attempt() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue(Probe(Act::Snooze(5))).await;
    let job = world.until_state(id, JobState::Completed).await;
    assert_eq!((job.attempt, world.runs(id, "started").await), (1, 6), "more runs than the three attempts allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_can_give_itself_up_or_cancel_itself() {
    let world = World::create().await;
    let _worker = world.start();
    let (discarded, cancelled) = (world.enqueue(Probe(Act::Discard)).await, world.enqueue(Probe(Act::Cancel)).await);
    let job = world.until_state(discarded, JobState::Discarded).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (1, Some("told_to_discard")));
    let job = world.until_state(cancelled, JobState::Cancelled).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (1, Some("told_to_cancel")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_payload_is_discarded_without_being_quoted() {
    let world = World::create().await;
    let _worker = world.start();
    let id = world.enqueue_with(Probe(Act::Complete), EnqueueOptions::default().after(Duration::from_secs(60))).await;
    world.execute("UPDATE jobs SET args = '{\"secret\": 1}', state = 'available', run_at = now()").await;
    let job = world.until_state(id, JobState::Discarded).await;
    assert_eq!(job.last_error.as_deref(), Some("bad_payload"));
    let next = world.enqueue(Probe(Act::Complete)).await;
    world.until_state(next, JobState::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_kind_waits_for_a_newer_worker_and_is_discarded_in_the_end() {
    let world = World::create().await;
    let mut config = world.config();
    config.unknown_kind_grace = Duration::from_millis(300);
    let paused = EnqueueOptions::default().after(Duration::from_secs(60));
    let id = world.enqueue_with(Probe(Act::Complete), paused).await;
    world.execute("UPDATE jobs SET kind = 'test.of_tomorrow', state = 'available', run_at = now()").await;
    let _worker = world.start_with(config);
    let job = world.until_state(id, JobState::Discarded).await;
    assert_eq!((job.attempt, job.last_error.as_deref()), (1, Some("unknown_kind")));
    assert!(job.finished_at.unwrap() - job.created_at >= chrono::TimeDelta::milliseconds(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_joins_the_trace_of_what_enqueued_it() {
    const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let world = World::create().await;
    let _worker = world.start();
    let given = world.enqueue_with(Probe(Act::Complete), EnqueueOptions::default().traceparent(TRACEPARENT)).await;
    let context = bootstrap::TraceContext::parse(TRACEPARENT).unwrap();
    let job = KeyedProbe { subject: "inherited".to_owned(), act: Act::Complete };
    let inherited = bootstrap::trace_context::scope(context, world.enqueue(job)).await;
    for id in [given, inherited] {
        assert_eq!(world.until_state(id, JobState::Completed).await.traceparent.as_deref(), Some(TRACEPARENT));
    }
    let in_trace = "SELECT count(*) FROM runs WHERE trace_id = '4bf92f3577b34da6a3ce929d0e0e4736'";
    assert_eq!(world.count(in_trace).await, 4, "start and end of both runs");
}
