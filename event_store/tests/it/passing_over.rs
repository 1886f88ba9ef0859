//! Lanes of which most of the log is none of their business.

use event_store::{
    Expected, StreamId,
    consumer::{
        ConsumerKey, Settings, StartAt,
        checkpoint::{pass_over, read, take_over},
    },
    log::Filter,
};

use crate::{
    recorder::{Recorder, Running, checkpoint, seen, settings, until_seen},
    scene::{Scene, append, stream, until},
};

fn only_streams_of_scenes() -> Filter {
    Filter { categories: Some(vec![stream().category().to_owned()]), lane: None }
}

fn other(number: u128) -> StreamId {
    StreamId::new("other", uuid::Uuid::from_u128(number))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_passes_over_what_is_not_for_it_and_hears_of_what_is() {
    let scene = Scene::new().await;
    let recorder = Recorder::new(&scene).await;
    let settings = Settings { filter: only_streams_of_scenes(), ..settings() };
    let runner = Running::start(&scene, &recorder, settings);
    for number in 0..200 {
        scene.store.append(append(&other(number), Expected::Any, 1)).await.unwrap();
    }
    until("it stands at the head", async || checkpoint(&scene).await == 200).await;
    scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    scene.store.append(append(&other(1_000), Expected::Any, 1)).await.unwrap();
    until_seen(&scene, 1).await;
    until("it stands at the head", async || checkpoint(&scene).await == 202).await;
    runner.stop().await.unwrap();
    assert_eq!((seen(&scene).await, recorder.committed()), (vec![201], vec![201]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_passes_over_nothing_that_its_lane_wants_nor_what_the_log_does_not_have() {
    let scene = Scene::new().await;
    let mut conn = scene.connect().await;
    let (key, filter) = (ConsumerKey::new("lane"), only_streams_of_scenes());
    take_over(&mut conn, &key, 1, StartAt::Beginning).await.unwrap();
    scene.store.append(append(&other(1), Expected::Any, 3)).await.unwrap();
    // 4 is for the lane.
    scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    scene.store.append(append(&other(2), Expected::Any, 2)).await.unwrap();
    let mut pass = async |fence, from, upto| pass_over(&mut conn, &key, fence, &filter, from, upto).await.unwrap();
    assert_eq!(pass(1, 0, 4).await, None, "there is something for it");
    assert_eq!(pass(2, 0, 3).await, None, "somebody else has it");
    assert_eq!(pass(1, 1, 3).await, None, "it stands elsewhere");
    assert_eq!(pass(1, 0, 2).await, Some(2));
    assert_eq!(pass(1, 2, 3).await, Some(3));
    assert_eq!(pass(1, 3, 900).await, None);
    assert_eq!(read(&mut conn, &key).await.unwrap().unwrap().position, 3);
    take_over(&mut conn, &key, 2, StartAt::Beginning).await.unwrap();
    let everything_else = Filter { categories: Some(vec!["nothing".to_owned()]), lane: Some((0, 2)) };
    let mut pass = async |from, upto| pass_over(&mut conn, &key, 2, &everything_else, from, upto).await.unwrap();
    // As a message says that outlived a restore of the log.
    assert_eq!(pass(3, 900).await, Some(6));
    assert_eq!(pass(6, 900).await, None);
}
