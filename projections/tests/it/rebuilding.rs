//! Rebuilds: the same content again, made beside the tables that serve, and nothing left of one that was given up.

use std::sync::Arc;

use bootstrap::Shutdown;
use event_store::StreamId;
use projections::{
    Projection, parked,
    rebuild::{self, Phase, Rebuild, RebuildError, Rebuilt},
    users::project::Users,
};
use tokio::task::JoinHandle;

use crate::{
    marks::{self, Marks, differences, marked, note, sick, written},
    scene::{Scene, promoted, registered_as, renamed},
};

/// Tables, rows and leases of builds other than the first.
const TRACES: &str = "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname ~ '^(build|retired)_') \
                      + (SELECT count(*) FROM projection_builds WHERE build > 1) \
                      + (SELECT count(*) FROM checkpoints WHERE build > 1) + (SELECT count(*) FROM parked WHERE build > 1)";

impl Scene {
    pub(crate) fn rebuild(&self, projection: Arc<dyn Projection>) -> Rebuild {
        Rebuild::new(projection, self.database.url(), self.bus.clone())
    }

    pub(crate) async fn rebuilt(&self, projection: Arc<dyn Projection>) -> Rebuilt {
        self.rebuild(projection).run(&Shutdown::new()).await.expect("rebuilt")
    }

    /// Users with a history each.
    pub(crate) async fn histories(&self, users: i64) -> i64 {
        let history = |number| [registered_as(number), promoted(number), renamed(number), renamed(number + 1)];
        let appends = (0..users).map(|number| {
            let events = history(number);
            async move { self.append_user(uuid::Uuid::now_v7(), &events).await }
        });
        futures::future::join_all(appends).await.into_iter().max().unwrap()
    }
}

/// Starts a rebuild of notes that stands still while it loads, until the gate is opened.
async fn standing_still(scene: &Scene, marks: &Marks) -> (JoinHandle<Result<Rebuilt, RebuildError>>, Shutdown) {
    let (rebuild, shutdown) = (scene.rebuild(marks.projection()), Shutdown::new());
    marks.shut();
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { rebuild.run(&shutdown).await }
    });
    // In the projection, so after the look at the build; right after BEGIN it would hold nothing yet.
    let loading = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name = 'tidemark rebuild marks' AND state = 'idle in transaction' \
                   AND query LIKE 'SELECT c.fence, b.resets%'";
    scene.until(loading, 1).await;
    (running, shutdown)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_makes_the_same_rows_again() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    let last = scene.histories(300).await;
    scene.caught_up("users", last).await;
    let content = "SELECT hashtextextended(string_agg(u::text, ',' ORDER BY id), 0) FROM users u";
    let before = scene.number(content).await;
    // Whatever has become of the rows.
    scene.run("UPDATE users SET email = 'spoiled', roles = '{}' WHERE version > 0").await;
    let rebuild = scene.rebuild(Arc::new(Users));
    let progress = rebuild.progress();
    let rebuilt = rebuild.run(&Shutdown::new()).await.unwrap();
    assert_eq!((rebuilt.build, rebuilt.replaced, rebuilt.position, rebuilt.parked), (2, 1, last, 0));
    assert_eq!(scene.number(content).await, before);
    let progress = progress.borrow().clone();
    assert_eq!((progress.phase, progress.position, progress.target), (Phase::Finished, last, last));
    assert!(progress.events_per_second > 0.0);

    let indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = 'users' AND schemaname =";
    assert_eq!(scene.number(&format!("{indexes} 'public'")).await, 4);
    assert_eq!(scene.number(&format!("{indexes} 'retired_users_1'")).await, 4);
    let more = scene.histories(20).await;
    scene.caught_up("users", more).await;
    scene.assert_users_are_as_decided().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rebuilds_follow_on_each_other_and_keep_one_former_build() {
    let scene = Scene::set().await;
    scene.project(projections::all());
    scene.histories(5).await;
    for build in 2..5 {
        assert_eq!(scene.rebuilt(Arc::new(Users)).await.build, build);
    }
    let kept = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^(build|retired)_'";
    assert_eq!(scene.number(kept).await, 1);
    assert_eq!(scene.number("SELECT count(*) FROM projection_builds WHERE state = 'dropped'").await, 2);
    let last = scene.histories(5).await;
    scene.caught_up("users", last).await;
    scene.assert_users_are_as_decided().await;
    // The migration takes the schemas of builds with it.
    scene.run(include_str!("../../../migrations/2026-11-23-000002_create_users/down.sql")).await;
    assert_eq!(scene.number(kept).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_may_change_the_number_of_lanes() {
    let scene = Scene::set().await;
    let one = Marks::create(&scene, 1).await;
    scene.project(vec![one.projection()]);
    let streams: Vec<StreamId> = (0..8).map(|_| note()).collect();
    for stream in &streams {
        scene.append(stream, vec![written(), written()]).await;
    }
    scene.rebuilt(one.with_lanes(3).projection()).await;
    let mut last = 0;
    for stream in &streams {
        last = scene.append(stream, vec![written()]).await;
    }
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(differences(&scene).await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM checkpoints WHERE consumer = 'marks' AND build = 2").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_parks_what_it_cannot_digest_and_a_cure_helps_later() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    let (well, ill) = (note(), note());
    scene.append(&ill, vec![written(), sick(), written()]).await;
    let last = scene.append(&well, vec![written()]).await;
    let rebuilt = scene.rebuilt(marks.projection()).await;
    assert_eq!((rebuilt.position, rebuilt.parked), (last, 1));
    assert_eq!(marked(&scene, &[&well, &ill]).await, [1, 1]);
    marks.cure();
    let mut conn = scene.connect().await;
    parked::retry(&mut conn, &marks.projection(), ill.as_str(), &scene.bus).await.unwrap();
    scene.project(vec![marks.projection()]);
    let last = scene.append(&ill, vec![written()]).await;
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(differences(&scene).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_rebuild_leaves_no_trace() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 2).await;
    scene.append(&note(), vec![written()]).await;
    let (running, shutdown) = standing_still(&scene, &marks).await;
    assert!(scene.number(TRACES).await > 0);
    shutdown.request();
    assert!(matches!(running.await.unwrap(), Err(RebuildError::Cancelled)));
    assert_eq!(scene.number(TRACES).await, 0);
    marks.open();
    assert_eq!(scene.rebuilt(marks.projection()).await.build, 2);
    assert_eq!(differences(&scene).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_can_be_cancelled_from_elsewhere() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    scene.append(&note(), vec![written()]).await;
    let (running, _shutdown) = standing_still(&scene, &marks).await;
    let second = scene.rebuild(marks.projection()).run(&Shutdown::new()).await;
    assert!(matches!(second, Err(RebuildError::AlreadyRunning)), "{second:?}");
    let mut conn = scene.connect().await;
    let cancelling = tokio::spawn(async move { rebuild::cancel(&mut conn, marks::NAME).await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM checkpoints%'";
    scene.until(waits, 1).await;
    marks.open();
    assert!(cancelling.await.unwrap().unwrap());
    assert!(running.await.unwrap().is_err());
    assert_eq!(scene.number(TRACES).await, 0);
    assert!(!rebuild::cancel(&mut scene.connect().await, marks::NAME).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crashed_rebuild_has_left_is_removed_when_its_lease_has_run_out() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    scene.append(&note(), vec![written()]).await;
    let (running, _shutdown) = standing_still(&scene, &marks).await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    rebuild::discard_abandoned(scene.database.url(), marks::NAME).await.unwrap();
    assert!(scene.number(TRACES).await > 0, "its lease is still good");
    scene.run("UPDATE leases SET expires_at = clock_timestamp() WHERE name = 'rebuild/marks'").await;
    rebuild::discard_abandoned(scene.database.url(), marks::NAME).await.unwrap();
    assert_eq!(scene.number(TRACES).await, 0);
}
