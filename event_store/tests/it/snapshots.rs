//! Snapshots: written beside the requests, used, ignored by builds with another shape of state. Long streams.

use event_store::{EventStore, Execution, Options, StreamId};
use uuid::Uuid;

use crate::{
    account::{Account, Deposit, account},
    scene::{Scene, until},
};

async fn deposit<const STATE: i16>(store: &EventStore, stream: &StreamId, times: usize) {
    let command = Deposit::<STATE> { cents: 1, times };
    store.execute(stream, command, Execution::new(Uuid::now_v7())).await.unwrap();
}

async fn until_snapshot(scene: &Scene, version: i64, state_version: i16) {
    let query =
        format!("SELECT count(*) FROM snapshots WHERE stream_version = {version} AND state_version = {state_version}");
    until("a snapshot", async || scene.count(&query).await == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_written_and_saves_reading_what_is_in_it() {
    let scene = Scene::with(Options { snapshot_every: 10, ..Options::default() }).await;
    let stream = account();
    for _ in 0..9 {
        deposit::<1>(&scene.store, &stream, 1).await;
    }
    assert_eq!(scene.count("SELECT count(*) FROM snapshots").await, 0);
    deposit::<1>(&scene.store, &stream, 3).await;
    until_snapshot(&scene, 12, 1).await;

    // What the snapshot says is believed: nobody reads the events before it.
    scene.run("UPDATE snapshots SET state = jsonb_set(state, '{cents}', '1000')").await;
    deposit::<1>(&scene.store, &stream, 1).await;
    let loaded = scene.another_store().load::<Account>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents, loaded.state.deposits), (13, 1001, 13));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_another_shape_is_ignored_and_replaced() {
    let scene = Scene::with(Options { snapshot_every: 10, ..Options::default() }).await;
    let stream = account();
    deposit::<1>(&scene.store, &stream, 10).await;
    until_snapshot(&scene, 10, 1).await;
    scene.run("UPDATE snapshots SET state = jsonb_set(state, '{cents}', '1000')").await;

    let newer_build = scene.another_store();
    let loaded = newer_build.load::<Account<2>>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents), (10, 10));
    // A load that had to read much writes a snapshot too; another_store has the default interval.
    deposit::<2>(&newer_build, &stream, 90).await;
    until_snapshot(&scene, 100, 2).await;
    // The older build goes on, without it.
    let loaded = scene.another_store().load::<Account<1>>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents), (100, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_build_replaces_a_snapshot_of_the_same_version() {
    let scene = Scene::with(Options { snapshot_every: 10, cached_aggregates: 0 }).await;
    let stream = account();
    deposit::<1>(&scene.store, &stream, 10).await;
    until_snapshot(&scene, 10, 1).await;
    scene.store.load::<Account<2>>(&stream).await.unwrap();
    until_snapshot(&scene, 10, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_snapshot_is_as_good_as_none() {
    let scene = Scene::with(Options { snapshot_every: 5, ..Options::default() }).await;
    let stream = account();
    deposit::<1>(&scene.store, &stream, 5).await;
    until_snapshot(&scene, 5, 1).await;
    scene.run("UPDATE snapshots SET state = '\"nonsense\"'").await;
    let loaded = scene.another_store().load::<Account>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents), (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_stream_is_loaded_page_by_page() {
    let scene = Scene::with(Options { snapshot_every: i64::MAX, ..Options::default() }).await;
    let stream = account();
    for _ in 0..5 {
        deposit::<1>(&scene.store, &stream, 700).await;
    }
    let cold = scene.another_store();
    let loaded = cold.load::<Account>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.deposits), (3500, 3500));
    // Reading it was dear enough to be worth a snapshot.
    until_snapshot(&scene, 3500, 1).await;
    assert_eq!(scene.store.load::<Account>(&account()).await.unwrap().version, 0);
}
