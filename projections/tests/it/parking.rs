//! Events that cannot be digested: their streams stop, all others go on, and an operator decides.

use bootstrap::health::{Registry, State};
use messaging::Received;
use projections::{Batch, WaitError, health, parked, status};
use tokio::time::timeout;

use crate::{
    marks::{self, Marks, marked, note, sick, written},
    scene::{PATIENCE, Scene},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sick_event_parks_its_stream_and_the_others_go_on() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    scene.project(vec![marks.projection()]);
    let (well, ill) = (note(), note());
    scene.append(&ill, vec![written()]).await;
    let sick_at = scene.append(&ill, vec![sick()]).await;
    scene.append(&well, vec![written()]).await;
    scene.append(&ill, vec![written()]).await;
    let last = scene.append(&well, vec![written()]).await;

    let wait = |stream: &event_store::StreamId, position| {
        let (progress, stream) = (scene.progress.clone(), stream.clone());
        async move { progress.wait_for(marks::NAME, position, &[stream.as_str()], PATIENCE).await }
    };
    assert_eq!(wait(&well, last).await, Ok(()));
    assert_eq!(marked(&scene, &[&well, &ill]).await, [2, 1]);
    assert_eq!(wait(&ill, last).await, Err(WaitError::Parked));
    assert_eq!(wait(&ill, sick_at).await, Err(WaitError::Parked));
    assert_eq!(wait(&ill, sick_at - 1).await, Ok(()), "before the sick event all is well");

    let parked = parked::list(&mut scene.connect().await, marks::NAME, 10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!((parked[0].stream_id.as_str(), parked[0].position, parked[0].attempts), (ill.as_str(), sick_at, 3));
    let lanes = status::status(&mut scene.connect().await).await.unwrap();
    let lane = lanes.iter().find(|lane| lane.projection == marks::NAME).unwrap();
    assert_eq!((lane.position, lane.lag_events, lane.lag_seconds, lane.parked), (last, 0, 0.0, 1));
    let registry = Registry::new(scene.tasks.shutdown().clone());
    health::register(&registry, scene.pool.clone());
    assert_eq!(registry.report().await.status, State::Degraded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_retried_after_the_cure_misses_nothing() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 2).await;
    scene.project(vec![marks.projection()]);
    let ill = note();
    let last = scene.append(&ill, vec![written(), sick(), written()]).await;
    scene.caught_up_with_parked(last).await;

    let (mut conn, projection) = (scene.connect().await, marks.projection());
    let again = parked::retry(&mut conn, &projection, ill.as_str(), &scene.bus).await;
    assert!(matches!(again, Err(parked::Refused::FailedAgain { .. })), "{again:?}");
    assert_eq!(parked::list(&mut conn, marks::NAME, 10).await.unwrap()[0].attempts, 4, "the attempt is counted");

    marks.cure();
    let (before, _) = projections::snapshot::standing(&mut conn, marks::NAME).await.unwrap();
    let mut notices = scene.bus.changes();
    parked::retry(&mut conn, &projection, ill.as_str(), &scene.bus).await.unwrap();
    assert_eq!(marked(&scene, &[&ill]).await, [3]);
    let (after, _) = projections::snapshot::standing(&mut conn, marks::NAME).await.unwrap();
    assert_ne!(before.to_string(), after.to_string(), "rows have changed that no position finds");
    let batch = next_batch(&mut notices).await;
    assert_eq!(batch.epoch, after.to_string());

    let last = scene.append(&ill, vec![written()]).await;
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(marked(&scene, &[&ill]).await, [4]);
    let batch = next_batch(&mut notices).await;
    assert_eq!(batch.epoch, after.to_string(), "the runner has learned of it");
    let none = parked::retry(&mut conn, &projection, ill.as_str(), &scene.bus).await;
    assert!(matches!(none, Err(parked::Refused::NotParked)), "{none:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_skipped_is_left_out_and_what_came_after_it_is_not() {
    let scene = Scene::set().await;
    let marks = Marks::create(&scene, 1).await;
    scene.project(vec![marks.projection()]);
    let ill = note();
    let last = scene.append(&ill, vec![written(), sick(), written(), written()]).await;
    scene.caught_up_with_parked(last).await;
    let mut conn = scene.connect().await;
    parked::skip(&mut conn, &marks.projection(), ill.as_str(), &scene.bus).await.unwrap();
    assert_eq!(marked(&scene, &[&ill]).await, [3], "four events but the sick one");
    let last = scene.append(&ill, vec![written()]).await;
    scene.caught_up(marks::NAME, last).await;
    assert_eq!(marked(&scene, &[&ill]).await, [4]);
}

impl Scene {
    /// Waits until the checkpoint of every lane has passed a position, whatever was parked on the way.
    async fn caught_up_with_parked(&self, position: i64) {
        let behind = "SELECT count(*) FROM projection_builds b CROSS JOIN LATERAL generate_series(0, b.lanes - 1) l(lane) \
                      LEFT JOIN checkpoints c ON c.consumer = b.projection AND c.build = b.build AND c.lane = l.lane \
                      WHERE b.projection = 'marks' AND b.state = 'active' AND coalesce(c.position, 0) <";
        self.until(&format!("{behind} {position}"), 0).await;
    }
}

async fn next_batch(notices: &mut messaging::Subscription<std::sync::Arc<messaging::ChangeNotice>>) -> Batch {
    loop {
        let received = timeout(PATIENCE, notices.next()).await.expect("a notice").expect("the bus");
        if let Received::Item(notice) = received {
            return Batch::from_notice(&notice).unwrap();
        }
    }
}
