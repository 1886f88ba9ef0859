//! Commands: decided on the current state, again when another process was faster, once when they come twice.

use event_store::{
    AppendError, ExecuteError, Execution, Expected, Idempotency, NewEvent, Options, RawJson, StreamAppend, StreamId,
};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::{
    account::{Account, AccountEvent, Close, Deposit, IsClosed, account, deposit},
    checked_log,
    scene::{Scene, soon},
};

fn new() -> Execution {
    Execution::new(Uuid::now_v7())
}

fn keyed(key: u8, body: u8) -> Execution {
    Execution {
        idempotency: Some(Idempotency::new([key; 32], [body; 32])),
        response: Some(RawJson::from_serialize(&json!({ "status": 200 })).unwrap()),
        ..new()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_decided_appended_and_its_state_returned() {
    let scene = Scene::new().await;
    let stream = account();
    let done = scene.store.execute(&stream, deposit(5), new()).await.unwrap();
    assert_eq!((done.version, done.position), (1, Some(1)));
    assert_eq!(done.state, Some(Account { cents: 5, deposits: 1, closed: false }));
    let loaded = scene.another_store().load::<Account>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents), (1, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_of_two_processes_on_one_stream_are_decided_again_until_they_fit() {
    let scene = Scene::new().await;
    let stores = [scene.store.clone(), scene.another_store()];
    let stream = account();
    let commands = (0..60).map(|number| {
        let (store, stream) = (stores[number % 2].clone(), stream.clone());
        async move { store.execute(&stream, deposit(1), new()).await.unwrap().version }
    });
    let mut versions = soon("all commands", join_all(commands)).await;
    versions.sort_unstable();
    assert_eq!(versions, (1..=60).collect::<Vec<_>>());
    let loaded = stores[0].load::<Account>(&stream).await.unwrap();
    assert_eq!((loaded.version, loaded.state.cents), (60, 60));
    checked_log::check(&scene.events().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_from_a_stale_cache_is_looked_at_again() {
    let scene = Scene::new().await;
    let other = scene.another_store();
    let stream = account();
    scene.store.execute(&stream, deposit(1), new()).await.unwrap();
    other.execute(&stream, Close, new()).await.unwrap();
    // Decided on what this process remembers it would be accepted: the append finds out.
    let refused = scene.store.execute(&stream, deposit(1), new()).await.unwrap_err();
    assert!(matches!(refused, ExecuteError::Refused(IsClosed)), "{refused}");
    // And the other way round: what is remembered refuses, or finds nothing to do; what is true now does not.
    let stream = account();
    scene.store.execute(&stream, deposit(1), new()).await.unwrap();
    other.execute(&stream, deposit(1), new()).await.unwrap();
    let nothing = scene.store.execute(&stream, Deposit::<1> { cents: 1, times: 0 }, new()).await.unwrap();
    assert_eq!((nothing.version, nothing.position), (2, None));
    assert_eq!(nothing.state, Some(Account { cents: 2, deposits: 2, closed: false }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_that_a_caller_has_seen_must_be_current() {
    let scene = Scene::new().await;
    let other = scene.another_store();
    let stream = account();
    let if_match = |version| Execution { expected: Some(version), ..new() };
    scene.store.execute(&stream, deposit(1), if_match(0)).await.unwrap();
    other.execute(&stream, deposit(1), if_match(1)).await.unwrap();
    // Version 1 is what this process remembers.
    for seen in [0, 1, 3] {
        let refused = scene.store.execute(&stream, deposit(1), if_match(seen)).await.unwrap_err();
        assert!(matches!(refused, ExecuteError::VersionMismatch { actual: 2 }), "{seen}: {refused}");
    }
    assert_eq!(scene.store.execute(&stream, deposit(1), if_match(2)).await.unwrap().version, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_the_first_answer_however_the_state_has_changed() {
    let scene = Scene::new().await;
    let stream = account();
    let first = scene.store.execute(&stream, deposit(1), keyed(1, 1)).await.unwrap();
    assert!(first.replay.is_none());
    scene.store.execute(&stream, Close, new()).await.unwrap();
    for store in [&scene.store, &scene.another_store()] {
        let repeat = store.execute(&stream, deposit(1), keyed(1, 1)).await.unwrap();
        assert_eq!((repeat.version, repeat.position, repeat.state), (1, Some(1), None));
        assert_eq!(repeat.replay.unwrap().response.unwrap().get(), r#"{"status": 200}"#);
        let refused = store.execute(&stream, deposit(1), keyed(1, 2)).await.unwrap_err();
        assert!(matches!(refused, ExecuteError::Append(AppendError::IdempotencyMismatch)), "{refused}");
    }
    assert_eq!(scene.events().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_id_changes_neither_the_log_nor_what_is_remembered() {
    let scene = Scene::new().await;
    let stream = account();
    let execution = new();
    scene.store.execute(&stream, deposit(7), execution.clone()).await.unwrap();
    scene.store.execute(&stream, deposit(1), new()).await.unwrap();
    // As a caller does that heard "outcome unknown": at once, after a refusal would come, and over another process.
    for store in [&scene.store, &scene.another_store()] {
        let repeat = store.execute(&stream, deposit(7), execution.clone()).await.unwrap();
        assert_eq!((repeat.version, repeat.position, repeat.state), (1, Some(1), None));
        let next = store.execute(&stream, deposit(0), new()).await.unwrap();
        assert_eq!(next.state.unwrap().cents, 8, "the state was not folded twice");
    }
    scene.store.execute(&stream, Close, new()).await.unwrap();
    let repeat = scene.store.execute(&stream, deposit(7), execution).await.unwrap();
    assert_eq!((repeat.version, repeat.replay.is_some()), (1, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn hot_streams_within_one_process_make_no_conflicts() {
    let scene = Scene::with(Options { cached_aggregates: 0, ..Options::default() }).await;
    let stream = account();
    let commands = (0..100).map(|_| scene.store.execute(&stream, deposit(1), new()));
    for done in soon("all commands", join_all(commands)).await {
        done.unwrap();
    }
    let events = scene.events().await;
    assert_eq!(events.len(), 100);
    assert_eq!(events[99].decode::<AccountEvent>().unwrap(), AccountEvent::Deposited { cents: 1 });
}

/// An event of another stream, which is at this version.
fn opened(stream: &StreamId, version: i64) -> StreamAppend {
    let event = NewEvent::from_domain(&AccountEvent::Deposited { cents: 3 }).unwrap();
    StreamAppend { stream: stream.clone(), expected: Expected::Exactly(version), events: vec![event] }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_beside_a_commands_own_are_appended_with_them_or_not_at_all() {
    let scene = Scene::new().await;
    let (stream, beside) = (account(), account());
    let execution = |version| Execution { beside: vec![opened(&beside, version)], ..new() };
    scene.store.execute(&stream, deposit(5), execution(0)).await.unwrap();
    assert_eq!(scene.store.load::<Account>(&beside).await.unwrap().state.cents, 3);
    // The other stream is further than the caller knows: that is not decided anew.
    let refused = scene.store.execute(&stream, deposit(5), execution(0)).await.unwrap_err();
    assert!(
        matches!(&refused, ExecuteError::Append(AppendError::Conflict { stream, .. }) if *stream == beside),
        "{refused}"
    );
    let versions = [&stream, &beside].map(|stream| scene.store.load::<Account>(stream));
    assert_eq!(join_all(versions).await.into_iter().map(|loaded| loaded.unwrap().version).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_decided_again_with_the_events_beside_it() {
    let scene = Scene::new().await;
    let other = scene.another_store();
    let (stream, streams) = (account(), [account(), account()]);
    scene.store.execute(&stream, deposit(1), new()).await.unwrap();
    other.execute(&stream, deposit(1), new()).await.unwrap();
    // Version 1 is what this process remembers.
    let execution = Execution { beside: streams.iter().map(|stream| opened(stream, 0)).collect(), ..new() };
    assert_eq!(scene.store.execute(&stream, deposit(1), execution).await.unwrap().version, 3);
    assert_eq!(scene.events().await.len(), 5);
}
