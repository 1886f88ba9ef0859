//! Following the log: everything, once, in order, whatever happens to connections and other transactions.

use std::time::Duration;

use bootstrap::Tasks;
use diesel_async::SimpleAsyncConnection;
use messaging::Received;
use projections::{Batch, users::queries};
use test_support::TcpProxy;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    marks::{self, Marks, differences, note, written},
    scene::{PATIENCE, Scene, promoted, registered, renamed},
};

/// A runner's session that waits for a lock in the middle of a batch.
const RUNNER_WAITS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                            AND application_name LIKE 'tidemark marks/%' AND wait_event_type = 'Lock'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_are_as_the_log_says_and_every_change_is_told() {
    let scene = Scene::set().await;
    let mut notices = scene.bus.changes();
    scene.project(projections::all());
    let ada = Uuid::now_v7();
    scene.append_user(ada, &[registered(), promoted(0)]).await;
    scene.register(30).await;
    let last = scene.append_user(ada, &[renamed(1)]).await;
    scene.caught_up("users", last).await;
    scene.assert_users_are_as_decided().await;

    let (mut position, mut told) = (None, 0);
    while position != Some(last) {
        let received = timeout(PATIENCE, notices.next()).await.expect("a notice").expect("the bus");
        let Received::Item(notice) = received else { continue };
        let batch = Batch::from_notice(&notice).unwrap();
        assert_eq!(position.unwrap_or(batch.from), batch.from, "notices follow on each other");
        assert_eq!((notice.position, notice.build, batch.parked), (batch.to, 1, Some(0)));
        assert!(batch.changes.iter().all(|change| batch.from < change.position && change.position <= batch.to));
        told += batch.changes.iter().filter(|change| change.key != ada.to_string()).count();
        position = Some(batch.to);
    }
    assert_eq!(told, 30);
    let snapshot = queries::snapshot_of(&mut scene.connect().await, ada).await.unwrap();
    assert_eq!((snapshot.position, snapshot.rows.unwrap().position), (last, last));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_in_the_middle_of_a_batch_costs_a_repeat_and_nothing_else() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    let (proxy, url) = TcpProxy::in_front_of(scene.database.url()).await;
    let streams = [note(), note(), note()];
    for stream in &streams {
        scene.append(stream, vec![written(), written()]).await;
    }
    // The batch has moved the checkpoint and written nothing yet.
    let mut blocker = scene.connect().await;
    blocker.batch_execute("BEGIN; LOCK TABLE marks").await.unwrap();
    scene.projector(&url).start(&scene.tasks, vec![marks.projection()]);
    scene.until(RUNNER_WAITS, 1).await;
    proxy.cut();
    blocker.batch_execute("COMMIT").await.unwrap();

    let last = scene.append(&streams[0], vec![written()]).await;
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(differences(&scene).await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM parked").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lanes_keep_the_order_of_each_stream() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 3).await;
    scene.project(vec![marks.projection()]);
    let streams: Vec<_> = (0..24).map(|_| note()).collect();
    let mut last = 0;
    for _ in 0..10 {
        let round = streams.iter().map(|stream| scene.append(stream, vec![written(), written()]));
        last = futures::future::join_all(round).await.into_iter().max().unwrap();
    }
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(differences(&scene).await, 0);
    let lanes = "SELECT count(*) FROM checkpoints WHERE consumer = 'marks' AND position >=";
    assert_eq!(scene.number(&format!("{lanes} {last}")).await, 3);
    let used = "SELECT count(DISTINCT event_lane(stream_id, 3)) FROM marks";
    assert_eq!(scene.number(used).await, 3, "24 streams do not fall into fewer lanes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_commits_late_is_never_skipped() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    scene.project(vec![marks.projection()]);
    let first = scene.append(&note(), vec![written()]).await;
    scene.caught_up(marks::NAME, first).await;

    // A writer that has its position and does not commit, beside a transaction that holds a snapshot open.
    let (mut slow, mut old) = (scene.connect().await, scene.connect().await);
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM events").await.unwrap();
    slow.batch_execute("BEGIN").await.unwrap();
    let late = note();
    slow.batch_execute(&format!(
        "UPDATE log_head SET position = position + 1; INSERT INTO events SELECT position, gen_random_uuid(), '{late}', \
         1, 'note', 'note.written', 1, '{{}}', '{{}}', clock_timestamp() FROM log_head"
    ))
    .await
    .unwrap();
    let (quick, store) = (note(), scene.store.clone());
    let append =
        event_store::Append::to_stream(Uuid::now_v7(), quick.clone(), event_store::Expected::Any, vec![written()]);
    let quickly = tokio::spawn(async move { store.append(append).await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock' AND query LIKE '%append_events%'";
    scene.until(waits, 1).await;
    assert_eq!(scene.progress.position(marks::NAME), first);

    slow.batch_execute("COMMIT").await.unwrap();
    let last = timeout(PATIENCE, quickly).await.unwrap().unwrap().unwrap().last_position;
    assert_eq!(last, first + 2);
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(marks::marked(&scene, &[&late, &quick]).await, [1, 1]);
    assert_eq!(differences(&scene).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projector_that_is_asked_to_stop_leaves_its_lanes_to_the_next_at_once() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 2).await;
    let tasks = Tasks::new(scene.tasks.shutdown().child());
    let first = scene.projector(scene.database.url()).with_lease(Duration::from_secs(600));
    first.start(&tasks, vec![marks.projection()]);
    let before = scene.append(&note(), vec![written()]).await;
    scene.caught_up(marks::NAME, before).await;
    tasks.shutdown().request();
    assert!(tasks.join(PATIENCE).await);

    scene.project(vec![marks.projection()]);
    let after = scene.append(&note(), vec![written()]).await;
    scene.caught_up(marks::NAME, after).await;
    assert_eq!(differences(&scene).await, 0);
}
