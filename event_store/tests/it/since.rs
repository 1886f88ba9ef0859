//! What has become of streams since a position: what is asked for and no more, and nothing where that is too much.

use event_store::{
    Expected, StreamId,
    since::{self, Most},
};

use crate::scene::{Scene, append, stream};

const PLENTY: Most = Most { events: 100, bytes: 100_000 };

/// Versions by stream.
async fn versions(scene: &Scene, streams: &[&StreamId], position: i64, most: Most) -> Option<Vec<Vec<i64>>> {
    let mut conn = scene.connect().await;
    let wanted: Vec<StreamId> = streams.iter().map(|stream| (*stream).clone()).collect();
    let events = since::of_streams(&mut conn, &wanted, position, most).await.unwrap()?;
    assert!(events.is_sorted_by_key(|event| event.position));
    let of = |stream: &&StreamId| {
        let own = events.iter().filter(|event| event.stream_id == stream.as_str());
        own.map(|event| event.stream_version).collect()
    };
    Some(streams.iter().map(of).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_the_state_at_the_position_and_all_after_it_are_read() {
    let scene = Scene::new().await;
    let (old, new, untouched) = (stream(), stream(), stream());
    scene.store.append(append(&old, Expected::Any, 5)).await.unwrap();
    scene.store.append(append(&untouched, Expected::Any, 4)).await.unwrap();
    let position = scene.store.append(append(&old, Expected::Any, 1)).await.unwrap().last_position;
    scene.store.append(append(&new, Expected::Any, 2)).await.unwrap();
    scene.store.append(append(&old, Expected::Any, 2)).await.unwrap();

    let streams = [&old, &new, &untouched, &stream()];
    let found = versions(&scene, &streams, position, PLENTY).await.unwrap();
    assert_eq!(found, [vec![1, 6, 7, 8], vec![1, 2], vec![1, 4], vec![]]);
    let all = versions(&scene, &streams, 0, PLENTY).await.unwrap();
    assert_eq!(all, [(1..=8).collect(), vec![1, 2], (1..=4).collect(), vec![]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_is_not_read_at_all() {
    let scene = Scene::new().await;
    let long = stream();
    scene.store.append(append(&long, Expected::Any, 20)).await.unwrap();
    assert!(versions(&scene, &[&long], 0, Most { events: 20, ..PLENTY }).await.is_some());
    assert!(versions(&scene, &[&long], 0, Most { events: 19, ..PLENTY }).await.is_none());
    assert!(versions(&scene, &[&long], 0, Most { bytes: 10, ..PLENTY }).await.is_none());
    assert!(versions(&scene, &[&long], 19, Most { events: 3, ..PLENTY }).await.is_some());
}
