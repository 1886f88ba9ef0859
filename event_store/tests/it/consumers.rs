//! Consumers: one at a time, each event once and in order, whoever is killed, stopped or restored.

use std::time::Duration;

use event_store::{
    Expected, StreamId,
    consumer::{
        ConsumerKey, Lease, Settings, StartAt,
        checkpoint::{advance, read, take_over},
    },
    log::Filter,
};
use test_support::TcpProxy;

use crate::{
    recorder::{OPEN, Recorder, Running, checkpoint, seen, settings, until_checkpoint, until_seen},
    scene::{Scene, append, count, stream, until},
};

async fn append_some(scene: &Scene, streams: &[StreamId], events: usize) {
    for number in 0..events {
        scene.store.append(append(&streams[number % streams.len()], Expected::Any, 1)).await.unwrap();
    }
}

fn streams() -> Vec<StreamId> {
    (0..4).map(|_| stream()).collect()
}

fn in_order(positions: i64) -> Vec<i64> {
    (1..=positions).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_handled_once_and_in_order_by_one_of_many() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let runners = [0, 1, 2].map(|_| Running::start(&scene, &recorder, settings()));
    append_some(&scene, &streams(), 55).await;
    until_seen(&scene, 55).await;
    for runner in runners {
        runner.stop().await.unwrap();
    }
    assert_eq!(seen(&scene).await, in_order(55));
    assert_eq!(recorder.committed(), in_order(55));
    assert_eq!(checkpoint(&scene).await, 55);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_in_an_orderly_way_is_followed_at_once() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let patient = Settings { lease: Duration::from_secs(3600), ..settings() };
    append_some(&scene, &streams(), 5).await;
    let first = Running::start(&scene, &recorder, patient.clone());
    until_seen(&scene, 5).await;
    first.stop().await.unwrap();
    append_some(&scene, &streams(), 5).await;
    let second = Running::start(&scene, &recorder, patient);
    until_seen(&scene, 10).await;
    second.stop().await.unwrap();
    assert_eq!(seen(&scene).await, in_order(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_stopped_beyond_its_lease_writes_nothing_more() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    append_some(&scene, &streams(), 30).await;
    let slow = Running::over(&url, scene.store.head(), &recorder, settings());
    until_seen(&scene, 30).await;
    // Nothing that it says reaches the server any more, as if it were stopped; it believes in its lease.
    proxy.pause();
    let heir = Running::start(&scene, &recorder, settings());
    append_some(&scene, &streams(), 30).await;
    until_seen(&scene, 60).await;
    proxy.resume();
    append_some(&scene, &streams(), 30).await;
    until_seen(&scene, 90).await;
    for runner in [slow, heir] {
        runner.stop().await.unwrap();
    }
    assert_eq!(seen(&scene).await, in_order(90));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_heir_waits_for_a_transaction_that_is_still_open() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    append_some(&scene, &streams(), 10).await;
    let held = recorder.gate.clone().acquire_many_owned(OPEN).await.unwrap();
    let slow = Running::start(&scene, &recorder, settings());
    let in_transaction = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                          AND application_name LIKE 'tidemark recorder%' AND state = 'idle in transaction'";
    until("it is in the middle of a batch", async || scene.count(in_transaction).await == 1).await;
    let heir = Running::start(&scene, &recorder, settings());
    // The lease runs out; the heir takes it, and waits for the checkpoint.
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name LIKE 'tidemark recorder%' AND wait_event_type = 'Lock'";
    until("the heir waits", async || scene.count(waits).await == 1).await;
    drop(held);
    append_some(&scene, &streams(), 10).await;
    until_seen(&scene, 20).await;
    for runner in [slow, heir] {
        runner.stop().await.unwrap();
    }
    assert_eq!(seen(&scene).await, in_order(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_whose_backend_is_killed_ends_and_its_next_run_goes_on() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let streams = streams();
    for round in 1..=4 {
        let runner = Running::start(&scene, &recorder, settings());
        append_some(&scene, &streams, 20).await;
        until_seen(&scene, 20 * round - 15).await;
        let killed = count(
            &mut scene.connect().await,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND application_name LIKE 'tidemark recorder%'",
        )
        .await;
        assert_eq!(killed, 1);
        // It may be waiting for events; the renewal of its lease tells it.
        runner.ended().await.unwrap_err();
    }
    let last = Running::start(&scene, &recorder, settings());
    until_seen(&scene, 80).await;
    last.stop().await.unwrap();
    assert_eq!(seen(&scene).await, in_order(80));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_has_one_holder_and_its_number_grows() {
    let scene = Scene::new().await;
    let mut conn = scene.connect().await;
    let key = ConsumerKey::new("recorder");
    let (name, long) = (key.lease_name(), Duration::from_secs(3600));
    let first = Lease::acquire(&mut conn, &name, "one", long).await.unwrap().unwrap();
    assert!(Lease::acquire(&mut conn, &name, "two", long).await.unwrap().is_none());
    let taken = take_over(&mut conn, &key, first.fence(), StartAt::Beginning).await.unwrap();
    assert_eq!((taken.position, taken.fence), (0, first.fence()));
    assert!(advance(&mut conn, &key, first.fence(), 0, 5).await.unwrap().is_some());
    assert!(advance(&mut conn, &key, first.fence(), 0, 5).await.unwrap().is_none(), "it is at 5");

    scene.run("UPDATE leases SET expires_at = now()").await;
    let second = Lease::acquire(&mut conn, &name, "two", long).await.unwrap().unwrap();
    assert!(second.fence() > first.fence());
    assert!(!first.renew(&mut conn).await.unwrap());
    assert!(second.renew(&mut conn).await.unwrap());
    take_over(&mut conn, &key, second.fence(), StartAt::Beginning).await.unwrap();
    assert!(advance(&mut conn, &key, first.fence(), 5, 6).await.unwrap().is_none(), "fenced off");
    assert!(advance(&mut conn, &key, second.fence(), 5, 6).await.unwrap().is_some());
    second.release(&mut conn).await.unwrap();
    assert!(Lease::acquire(&mut conn, &name, "three", long).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_starts_at_the_head_and_again_there_after_a_restore() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let from_head = Settings { start_at: StartAt::Head, ..settings() };
    append_some(&scene, &streams(), 3).await;
    let runner = Running::start(&scene, &recorder, from_head.clone());
    until_checkpoint(&scene, 3).await;
    append_some(&scene, &streams(), 2).await;
    until_seen(&scene, 2).await;
    runner.stop().await.unwrap();
    // Missed while nobody ran, but not lost:
    append_some(&scene, &streams(), 2).await;
    let runner = Running::start(&scene, &recorder, from_head.clone());
    until_seen(&scene, 4).await;
    runner.stop().await.unwrap();
    // Another life of the log: what is in it has been reacted to, in this life or in the last.
    append_some(&scene, &streams(), 2).await;
    scene.run("UPDATE log_incarnation SET incarnation = gen_random_uuid()").await;
    let runner = Running::start(&scene, &recorder, from_head);
    until_checkpoint(&scene, 9).await;
    append_some(&scene, &streams(), 1).await;
    until_seen(&scene, 5).await;
    runner.stop().await.unwrap();
    assert_eq!(seen(&scene).await, [4, 5, 6, 7, 10]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_goes_on_after_a_restore_where_it_was_restored() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    append_some(&scene, &streams(), 3).await;
    let runner = Running::start(&scene, &recorder, settings());
    until_seen(&scene, 3).await;
    runner.stop().await.unwrap();
    scene.run("UPDATE log_incarnation SET incarnation = gen_random_uuid()").await;
    append_some(&scene, &streams(), 3).await;
    let runner = Running::start(&scene, &recorder, settings());
    until_seen(&scene, 6).await;
    runner.stop().await.unwrap();
    assert_eq!(seen(&scene).await, in_order(6));
    let restored = read(&mut scene.connect().await, &ConsumerKey::new("recorder")).await.unwrap().unwrap();
    assert_eq!(restored.incarnation, event_store::log::incarnation(&mut scene.connect().await).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn lanes_share_the_log_and_each_keeps_its_streams_in_order() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let runners = [0, 1, 2].map(|lane| {
        let key = ConsumerKey { lane, ..ConsumerKey::new("recorder") };
        let filter = Filter { categories: Some(vec!["thing".to_owned()]), lane: Some((lane, 3)) };
        Running::start(&scene, &recorder, Settings { key, filter, ..settings() })
    });
    append_some(&scene, &(0..12).map(|_| stream()).collect::<Vec<_>>(), 60).await;
    until_seen(&scene, 60).await;
    let all_at_head = "SELECT count(*) FROM checkpoints WHERE consumer = 'recorder' AND position = 60";
    until("all lanes are at the head", async || scene.count(all_at_head).await == 3).await;
    for runner in runners {
        runner.stop().await.unwrap();
    }
    let mut all = seen(&scene).await;
    let disorder = "SELECT count(*) FROM (SELECT s.position, lag(s.position) OVER (PARTITION BY e.stream_id ORDER BY \
                    s.number) AS before FROM seen s JOIN events e USING (position)) x WHERE before > position";
    assert_eq!(scene.count(disorder).await, 0);
    all.sort_unstable();
    assert_eq!(all, in_order(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn hearsay_of_a_higher_head_makes_nobody_skip() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    append_some(&scene, &streams(), 3).await;
    let everything = Running::start(&scene, &recorder, settings());
    until_seen(&scene, 3).await;
    // As a message does that outlived a restore of the log.
    scene.store.head().observe(5000);
    append_some(&scene, &streams(), 3).await;
    until_seen(&scene, 6).await;
    everything.stop().await.unwrap();
    let filter = Filter { categories: Some(vec!["thing".to_owned()]), lane: None };
    let filtered = Running::start(&scene, &recorder, Settings { filter, ..settings() });
    append_some(&scene, &streams(), 3).await;
    until_seen(&scene, 9).await;
    filtered.stop().await.unwrap();
    assert_eq!((seen(&scene).await, checkpoint(&scene).await), (in_order(9), 9));
}
