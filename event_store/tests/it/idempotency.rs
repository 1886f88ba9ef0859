//! A command that comes twice: over the same or another process, at once or later, under its id or a client's key.

use event_store::{Append, AppendError, Appended, Expected, Idempotency, RawJson, StreamId, commands};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::scene::{Scene, append, stream};

fn keyed(stream: &StreamId, expected: Expected, key: u8, body: u8) -> Append {
    Append {
        idempotency: Some(Idempotency::new([key; 32], [body; 32])),
        response: Some(RawJson::from_serialize(&json!({ "status": 201 })).unwrap()),
        ..append(stream, expected, 1)
    }
}

fn response(appended: &Appended) -> Option<serde_json::Value> {
    let response = appended.replay.as_ref()?.response.as_ref()?;
    serde_json::from_str(response.get()).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_key_gets_what_the_first_got() {
    let scene = Scene::new().await;
    let stream = stream();
    let first = scene.store.append(keyed(&stream, Expected::Exactly(0), 1, 1)).await.unwrap();
    assert!(first.replay.is_none());
    // Also after the stream has moved on, and over another process.
    scene.store.append(append(&stream, Expected::Exactly(1), 1)).await.unwrap();
    for store in [&scene.store, &scene.another_store()] {
        let repeat = store.append(keyed(&stream, Expected::Exactly(0), 1, 1)).await.unwrap();
        assert_eq!(repeat.command_id, first.command_id);
        assert_eq!((repeat.first_position, repeat.last_position), (1, 1));
        assert_eq!(repeat.versions, [1]);
        assert_eq!(response(&repeat), Some(json!({ "status": 201 })));
    }
    assert_eq!(scene.events().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_another_body_is_refused() {
    let scene = Scene::new().await;
    let stream = stream();
    scene.store.append(keyed(&stream, Expected::Any, 1, 1)).await.unwrap();
    let refused = scene.store.append(keyed(&stream, Expected::Any, 1, 2)).await.unwrap_err();
    assert_eq!(refused, AppendError::IdempotencyMismatch);
    assert_eq!(scene.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_repeats_over_two_processes_one_is_written() {
    let scene = Scene::new().await;
    let stores = [scene.store.clone(), scene.another_store()];
    let stream = stream();
    let repeats = (0..24).map(|number| {
        let (store, append) = (stores[number % 2].clone(), keyed(&stream, Expected::Any, 1, 1));
        async move { store.append(append).await.unwrap() }
    });
    let results = join_all(repeats).await;
    assert_eq!(scene.events().await.len(), 1);
    assert_eq!(results.iter().filter(|done| done.replay.is_none()).count(), 1);
    assert!(results.iter().all(|done| done.command_id == results[0].command_id && done.versions == [1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_remembered() {
    let scene = Scene::new().await;
    let stream = stream();
    let early = keyed(&stream, Expected::Exactly(1), 1, 1);
    let refused = scene.store.append(early.clone()).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: stream.clone(), actual: 0 });
    assert_eq!(scene.count("SELECT count(*) FROM commands").await, 0);
    scene.store.append(append(&stream, Expected::Any, 1)).await.unwrap();
    let done = scene.store.append(early).await.unwrap();
    assert_eq!((done.versions, done.replay.is_none()), (vec![2], true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_id_is_never_appended_twice() {
    let scene = Scene::new().await;
    let (one, other) = (stream(), stream());
    let mut command = append(&one, Expected::Any, 2);
    command.streams.push(append(&other, Expected::Any, 1).streams.remove(0));
    let first = scene.store.append(command.clone()).await.unwrap();
    for store in [&scene.store, &scene.another_store()] {
        let repeat = store.append(command.clone()).await.unwrap();
        assert_eq!((repeat.first_position, repeat.last_position), (first.first_position, first.last_position));
        assert_eq!(repeat.versions, first.versions);
        assert!(repeat.replay.is_some(), "an earlier call had appended it");
    }
    assert_eq!(scene.events().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_and_new_appends_share_a_batch() {
    let scene = Scene::new().await;
    let old: Vec<_> = (0..10).map(|key| keyed(&stream(), Expected::Any, key, 1)).collect();
    for append in &old {
        scene.store.append(append.clone()).await.unwrap();
    }
    let mut held = scene.hold_head().await;
    let blocked = scene.store.append(append(&stream(), Expected::Any, 1));
    let mixed: Vec<_> = old.iter().flat_map(|repeat| [repeat.clone(), append(&stream(), Expected::Any, 1)]).collect();
    let mixed = async {
        scene.until_writers_wait(1).await;
        let submitted = join_all(mixed.into_iter().map(|append| scene.store.append(append)));
        let release = async { diesel_async::SimpleAsyncConnection::batch_execute(&mut held, "COMMIT").await.unwrap() };
        tokio::join!(submitted, release).0
    };
    let (blocked, results) = tokio::join!(blocked, mixed);
    assert_eq!(blocked.unwrap().first_position, 11);
    let mut new: Vec<i64> = vec![];
    for (index, result) in results.into_iter().enumerate() {
        let done = result.unwrap();
        assert_eq!(done.replay.is_some(), index % 2 == 0, "{index}");
        match index % 2 {
            0 => assert_eq!(done.first_position, index as i64 / 2 + 1),
            _ => new.push(done.first_position),
        }
    }
    assert_eq!(new, (12..=21).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn old_commands_are_forgotten_by_the_time_in_their_id() {
    let scene = Scene::new().await;
    let old = keyed(&stream(), Expected::Any, 1, 1);
    scene.store.append(old).await.unwrap();
    let border = Uuid::now_v7();
    scene.store.append(keyed(&stream(), Expected::Any, 2, 1)).await.unwrap();
    let mut conn = scene.connect().await;
    assert_eq!(commands::prune(&mut conn, border, 100).await.unwrap(), 1);
    assert_eq!(commands::prune(&mut conn, border, 100).await.unwrap(), 0);
    assert_eq!(scene.count("SELECT count(*) FROM commands").await, 1);
}
