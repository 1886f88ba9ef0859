//! Several processes, one lane: one works, and when it dies or sleeps another goes on, exactly where it stopped.

use std::{sync::Arc, time::Duration};

use bootstrap::{Shutdown, Tasks};
use projections::Projection;
use test_support::TcpProxy;
use tokio::runtime::{Builder, Runtime};

use crate::{
    marks::{self, Marks, differences, note, written},
    scene::{Scene, until},
};

const FENCE: &str = "SELECT coalesce(max(fence), 0) FROM checkpoints WHERE consumer = 'marks'";

/// A process that can be killed: what it had begun ends there, and nothing is given back.
struct Process(Option<Runtime>);

impl Process {
    fn start(scene: &Scene, url: &str, projection: Arc<dyn Projection>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (projector, _entered) = (scene.projector(url), runtime.enter());
        projector.start(&Tasks::new(Shutdown::new()), vec![projection]);
        Self(Some(runtime))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_one_works_and_the_other_takes_over_when_it_is_killed() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    let first = Process::start(&scene, scene.database.url(), marks.projection());
    scene.until(FENCE, 1).await;
    let _second = Process::start(&scene, scene.database.url(), marks.projection());
    let streams: Vec<_> = (0..5).map(|_| note()).collect();
    let mut last = 0;
    for _ in 0..40 {
        for stream in &streams {
            last = scene.append(stream, vec![written()]).await;
        }
    }
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(scene.number(FENCE).await, 1, "nobody else has worked");

    drop(first);
    for stream in &streams {
        last = scene.append(stream, vec![written()]).await;
    }
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(scene.number(FENCE).await, 2);
    assert_eq!(differences(&scene).await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM parked").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_slept_through_its_lease_writes_nothing_when_it_wakes() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let _sleeper = Process::start(&scene, &url, marks.projection());
    let stream = note();
    let before = scene.append(&stream, vec![written()]).await;
    scene.caught_up(marks::NAME, before).await;

    proxy.pause();
    // It hears of these, and what it sends waits in the middle of nowhere.
    let meanwhile = scene.append(&stream, vec![written(), written()]).await;
    let _successor = Process::start(&scene, scene.database.url(), marks.projection());
    scene.caught_up(marks::NAME, meanwhile).await;
    assert_eq!(scene.number(FENCE).await, 2);

    proxy.resume();
    let after = scene.append(&stream, vec![written()]).await;
    scene.caught_up(marks::NAME, after).await;
    // The sleeper looks for a free lease again, in vain.
    let acquired = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND application_name LIKE 'tidemark marks/%' AND query LIKE 'INSERT INTO leases%'";
    let mut conn = scene.connect().await;
    until("the sleeper is awake", async || crate::scene::number(&mut conn, acquired).await >= 1).await;
    assert_eq!(scene.number(FENCE).await, 2);
    assert_eq!(differences(&scene).await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM parked").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lanes_of_a_projection_are_spread_over_processes_that_come_and_go() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 4).await;
    let streams: Vec<_> = (0..12).map(|_| note()).collect();
    let mut last = 0;
    for _ in 0..3 {
        let process = Process::start(&scene, scene.database.url(), marks.projection());
        let round = streams.iter().map(|stream| scene.append(stream, vec![written()]));
        last = futures::future::join_all(round).await.into_iter().max().unwrap();
        tokio::time::timeout(Duration::from_secs(20), scene.caught_up(marks::NAME, last)).await.unwrap();
        drop(process);
    }
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(differences(&scene).await, 0);
}
