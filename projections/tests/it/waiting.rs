//! Reading what one has written: waiting for a projection, with and without notices.

use std::{sync::Arc, time::Duration};

use messaging::{Bus, InProcessBus};
use projections::{Progress, WaitError, users::queries};
use uuid::Uuid;

use crate::{
    marks::{self, Marks, note, written},
    scene::{PATIENCE, Scene, registered},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_reads_what_was_written() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let mut conn = scene.connect().await;
    for _ in 0..20 {
        let user = Uuid::now_v7();
        let position = scene.append_user(user, &[registered()]).await;
        let stream = format!("user-{user}");
        scene.progress.wait_for("users", position, &[&stream], PATIENCE).await.unwrap();
        assert!(queries::find(&mut conn, user).await.unwrap().is_some());
        assert!(scene.progress.position("users") >= position);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_notices_the_checkpoints_are_looked_at() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    // A bus on which nobody ever says anything.
    let silence: Arc<dyn Bus> = Arc::new(InProcessBus::new());
    let progress = Progress::start(&scene.tasks, scene.pool.clone(), &silence);
    assert_eq!(progress.position("users"), 0);
    let position = scene.register(3).await;
    progress.wait_for("users", position, &[], PATIENCE).await.unwrap();
    assert!(progress.position("users") >= position);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_in_vain_is_told_how_far_the_projection_is() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let position = scene.register(2).await;
    scene.caught_up("users", position).await;
    let early = scene.progress.wait_for("users", position + 1, &[], Duration::from_millis(150)).await;
    assert_eq!(early, Err(WaitError::Lag { position }));
    let unknown = scene.progress.wait_for("nothing", 1, &[], Duration::from_millis(50)).await;
    assert_eq!(unknown, Err(WaitError::Lag { position: 0 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_lanes_of_the_streams_are_waited_for() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 2).await;
    let lane = async |stream: &event_store::StreamId| scene.number(&format!("event_lane('{stream}', 2)")).await;
    let (mut slow, mut quick) = (note(), note());
    while lane(&slow).await != 0 {
        slow = note();
    }
    while lane(&quick).await != 1 {
        quick = note();
    }
    // Lane 0 belongs to a process that never works.
    scene.run("INSERT INTO leases VALUES ('marks/1/0', 'somebody', 1, 'infinity')").await;
    scene.project(vec![marks.projection()]);
    scene.append(&slow, vec![written()]).await;
    let position = scene.append(&quick, vec![written()]).await;
    scene.progress.wait_for(marks::NAME, position, &[quick.as_str()], PATIENCE).await.unwrap();
    let lag = Err(WaitError::Lag { position: 0 });
    let patience = Duration::from_millis(150);
    assert_eq!(scene.progress.wait_for(marks::NAME, position, &[slow.as_str()], patience).await, lag);
    assert_eq!(scene.progress.wait_for(marks::NAME, position, &[], patience).await, lag);
}
