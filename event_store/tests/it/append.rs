//! Versions, conflicts, several streams at once, and what is refused.

use diesel_async::SimpleAsyncConnection;
use event_store::{Append, AppendError, ClaimChange, Expected, Metadata, RawJson, StreamAppend};
use futures::future::join_all;
use serde_json::{json, value::RawValue};
use uuid::Uuid;

use crate::scene::{Scene, append, event, stream};

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_counts_its_versions_from_one_and_the_log_its_positions() {
    let scene = Scene::new().await;
    let (one, other) = (stream(), stream());
    let first = scene.store.append(append(&one, Expected::Exactly(0), 2)).await.unwrap();
    let second = scene.store.append(append(&other, Expected::Exactly(0), 1)).await.unwrap();
    let third = scene.store.append(append(&one, Expected::Exactly(2), 3)).await.unwrap();
    assert_eq!((first.first_position, first.last_position, first.versions.as_slice()), (1, 2, [2].as_slice()));
    assert_eq!((second.first_position, second.last_position, second.versions.as_slice()), (3, 3, [1].as_slice()));
    assert_eq!((third.first_position, third.last_position, third.versions.as_slice()), (4, 6, [5].as_slice()));
    assert!(first.replay.is_none());
    assert_eq!(scene.store.head().position(), 6);

    let events = scene.events().await;
    let seen: Vec<_> = events.iter().map(|event| (event.position, event.stream_version)).collect();
    assert_eq!(seen, [(1, 1), (2, 2), (3, 1), (4, 3), (5, 4), (6, 5)]);
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
    assert_eq!((events[0].category.as_str(), events[0].aggregate_id()), ("thing", Some(one.id())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_names_the_stream_and_its_version() {
    let scene = Scene::new().await;
    let (known, new) = (stream(), stream());
    scene.store.append(append(&known, Expected::Exactly(0), 3)).await.unwrap();
    let refused = scene.store.append(append(&known, Expected::Exactly(2), 1)).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: known.clone(), actual: 3 });
    let refused = scene.store.append(append(&new, Expected::Exactly(1), 1)).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: new.clone(), actual: 0 });

    // Of several parts the first that fails is named.
    let mut atomic = append(&stream(), Expected::Exactly(0), 1);
    atomic.streams.push(StreamAppend { stream: new.clone(), expected: Expected::Exactly(7), events: vec![event()] });
    atomic.streams.push(StreamAppend { stream: known, expected: Expected::Exactly(7), events: vec![event()] });
    let refused = scene.store.append(atomic).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: new, actual: 0 });
    assert_eq!(scene.events().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_expects_any_version_is_never_refused() {
    let scene = Scene::new().await;
    let stream = stream();
    let appends = (0..40).map(|_| scene.store.append(append(&stream, Expected::Any, 1)));
    let mut versions: Vec<i64> = join_all(appends).await.into_iter().map(|done| done.unwrap().versions[0]).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=40).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_streams_are_appended_all_or_none() {
    let scene = Scene::new().await;
    let (one, other) = (stream(), stream());
    let both = |expected_of_other| {
        let mut both = append(&one, Expected::Any, 2);
        both.streams.push(StreamAppend {
            stream: other.clone(),
            expected: Expected::Exactly(expected_of_other),
            events: vec![event()],
        });
        both
    };
    let done = scene.store.append(both(0)).await.unwrap();
    assert_eq!((done.first_position, done.last_position, done.versions), (1, 3, vec![2, 1]));
    let refused = scene.store.append(both(0)).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: other.clone(), actual: 1 });
    assert_eq!(scene.events().await.len(), 3);
    assert_eq!(scene.store.append(both(1)).await.unwrap().versions, [4, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_rule_is_refused_before_it_reaches_a_batch() {
    let scene = Scene::new().await;
    let fine = || append(&stream(), Expected::Any, 1);
    let with_payload = |payload: &str| {
        let mut append = fine();
        append.streams[0].events[0].payload = RawJson(RawValue::from_string(payload.to_owned()).unwrap());
        append
    };
    let hash = vec![1; 32];
    let take = ClaimChange::Take { scope: "name", key_hash: hash.clone(), stream: stream() };
    let long = ClaimChange::Take { scope: "name", key_hash: vec![1; 33], stream: stream() };
    let twice = fine();
    let nul_actor = Metadata { actor: Some("a\0b".to_owned()), ..Metadata::default() };
    let breaches = [
        Append { streams: vec![], ..fine() },
        Append { streams: vec![StreamAppend { events: vec![], ..fine().streams.remove(0) }], ..fine() },
        Append { streams: [twice.streams.clone(), twice.streams].concat(), ..fine() },
        Append { claims: vec![take.clone(), take], ..fine() },
        Append { claims: vec![long], ..fine() },
        Append { response: Some(RawJson::from_serialize("\0").unwrap()), ..fine() },
        Append { metadata: nul_actor, ..fine() },
        with_payload(r#"{"text": "nul: \u0000"}"#),
        with_payload(r#"{"text": "half a pair: \ud83c"}"#),
        with_payload(r#"{"number": 1e1000000}"#),
        with_payload(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))),
        with_payload(&json!("x".repeat(9 << 20)).to_string()),
    ];
    // The head is held: whatever reached a batch would wait.
    let held = scene.hold_head().await;
    for (index, breach) in breaches.into_iter().enumerate() {
        let refused = scene.store.append(breach).await.unwrap_err();
        assert!(matches!(refused, AppendError::Invalid(_)), "{index}: {refused}");
    }
    drop(held);
    assert_eq!(scene.store.append(fine()).await.unwrap().first_position, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_append_leaves_the_others_of_its_batch() {
    let scene = Scene::new().await;
    let known = event();
    let mut first = append(&stream(), Expected::Exactly(0), 1);
    first.streams[0].events = vec![known.clone()];
    scene.store.append(first).await.unwrap();

    // While one batch waits for the head, the next collects: twenty good appends and one whose event id is not unique.
    let mut held = scene.hold_head().await;
    let blocked = tokio::spawn({
        let store = scene.store.clone();
        async move { store.append(append(&stream(), Expected::Exactly(0), 1)).await }
    });
    scene.until_writers_wait(1).await;
    let mut appends: Vec<_> = (0..21).map(|_| append(&stream(), Expected::Exactly(0), 1)).collect();
    appends[10].streams[0].events = vec![known];
    let submitted = join_all(appends.into_iter().map(|append| scene.store.append(append)));
    let (results, ()) = tokio::join!(submitted, async { held.batch_execute("COMMIT").await.unwrap() });
    blocked.await.unwrap().unwrap();
    for (index, result) in results.into_iter().enumerate() {
        match result {
            Ok(_) => assert_ne!(index, 10),
            Err(AppendError::Invalid(_)) => assert_eq!(index, 10),
            Err(error) => panic!("{index}: {error}"),
        }
    }
    assert_eq!(scene.count("SELECT count(*) FROM events").await, 22);
    assert_eq!(scene.count("SELECT position AS count FROM log_head").await, 22);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_whose_commit_fails_is_not_acknowledged() {
    let scene = Scene::new().await;
    let (doomed, fine) = (stream(), stream());
    // The server answers the statement with its row, and fails only afterwards, in the commit.
    scene
        .run(&format!(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
             CREATE CONSTRAINT TRIGGER doomed AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW \
             WHEN (NEW.stream_id = '{doomed}') EXECUTE FUNCTION fail()"
        ))
        .await;
    let refused = scene.store.append(append(&doomed, Expected::Any, 1)).await.unwrap_err();
    assert_eq!(refused, AppendError::OutcomeUnknown);
    assert_eq!(scene.store.append(append(&fine, Expected::Any, 1)).await.unwrap().first_position, 1);
    assert_eq!(scene.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_is_stored_with_every_event_of_an_append() {
    let scene = Scene::new().await;
    let metadata = Metadata {
        correlation_id: Some(Uuid::now_v7()),
        causation_id: Some(Uuid::now_v7()),
        actor: Some("system".to_owned()),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        client: Some("api".to_owned()),
    };
    let two = Append { metadata: metadata.clone(), ..append(&stream(), Expected::Any, 2) };
    scene.store.append(two).await.unwrap();
    for event in scene.events().await {
        assert_eq!(event.metadata(), metadata);
    }
}
