//! The plan for a log that outgrows one table: `events` partitioned by ranges of positions. Appends and readers need no
//! change. What is given up is the global uniqueness of (stream_id, stream_version); the head's lock keeps it true.

use event_store::{AppendError, Expected, log};

use crate::{
    checked_log,
    scene::{Scene, append, stream},
};

/// Each unique constraint of a partitioned table must hold the position.
const PARTITION: &str = "
    ALTER TABLE events RENAME TO events_before;
    CREATE TABLE events (
        LIKE events_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
        PRIMARY KEY (position),
        UNIQUE (stream_id, stream_version, position)
    ) PARTITION BY RANGE (position);
    CREATE INDEX events_by_id ON events (event_id);
    CREATE INDEX ON events (category, position);
    ALTER TABLE events_before ADD CONSTRAINT positions CHECK (position >= 1 AND position < 101);
    ALTER TABLE events ATTACH PARTITION events_before FOR VALUES FROM (1) TO (101);
    CREATE TABLE events_101 PARTITION OF events FOR VALUES FROM (101) TO (201);
    CREATE TABLE events_201 PARTITION OF events FOR VALUES FROM (201) TO (100000);";

#[tokio::test(flavor = "multi_thread")]
async fn a_partitioned_log_is_appended_to_and_read_like_any_other() {
    let scene = Scene::new().await;
    let streams: Vec<_> = (0..6).map(|_| stream()).collect();
    // What was there before stays where it is and becomes the first partition.
    for stream in &streams {
        scene.store.append(append(stream, Expected::Exactly(0), 5)).await.unwrap();
    }
    scene.run(PARTITION).await;

    let stores = [scene.another_store(), scene.another_store()];
    let callers = (0..12).map(|caller| {
        let (store, streams) = (stores[caller % 2].clone(), streams.clone());
        tokio::spawn(async move {
            for number in 0..30 {
                let append = append(&streams[(caller + number) % 6], Expected::Any, 1);
                store.append(append).await.unwrap();
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let events = scene.events().await;
    assert_eq!(events.len(), 30 + 12 * 30);
    checked_log::check(&events);
    for partition in ["events_before", "events_101", "events_201"] {
        assert!(scene.count(&format!("SELECT count(*) FROM {partition}")).await > 90, "{partition} holds its part");
    }
    let mut conn = scene.connect().await;
    let across = log::stream(&mut conn, streams[0].as_str(), 0, 1000).await.unwrap();
    let versions: Vec<i64> = across.iter().map(|event| event.stream_version).collect();
    assert_eq!(versions, (1..=across.len() as i64).collect::<Vec<_>>());
    let refused = stores[0].append(append(&streams[0], Expected::Exactly(1), 1)).await.unwrap_err();
    assert_eq!(refused, AppendError::Conflict { stream: streams[0].clone(), actual: across.len() as i64 });
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_alone_would_let_a_version_stand_twice() {
    let scene = Scene::new().await;
    let insert = |position: i64| {
        format!(
            "INSERT INTO events SELECT {position}, gen_random_uuid(), 'thing-x', 1, 'thing', 'thing.happened', 1, \
             '{{}}', '{{}}', now()"
        )
    };
    let mut conn = scene.connect().await;
    let mut run = async |sql: &str| diesel_async::SimpleAsyncConnection::batch_execute(&mut conn, sql).await;
    run(&insert(1)).await.unwrap();
    run(&insert(2)).await.unwrap_err();
    run(PARTITION).await.unwrap();
    // Past the head's lock the schema no longer refuses it, once it is in another partition.
    run(&insert(2)).await.unwrap_err();
    run(&insert(150)).await.unwrap();
}
