//! A reader that follows the log never skips what commits late. The same reader is shown to skip without the head's lock.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use bootstrap::db::Connection;
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use event_store::{Expected, log};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{
    checked_log,
    scene::{Scene, append, soon, stream, until},
};

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    position: i64,
}

/// Follows `table` by position, as every consumer does, until it is told to stop; then once more. Returns what it saw.
struct Reader {
    stop: Arc<AtomicBool>,
    /// The last position it has seen.
    last: Arc<AtomicI64>,
    seen: JoinHandle<Vec<i64>>,
}

impl Reader {
    fn follow(mut conn: Connection, table: &'static str) -> Self {
        let (stop, last) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let (stopped, reached) = (stop.clone(), last.clone());
        let seen = tokio::spawn(async move {
            let mut seen: Vec<i64> = vec![];
            loop {
                let last_round = AtomicBool::load(&stopped, Ordering::SeqCst);
                let after = seen.last().copied().unwrap_or(0);
                let next =
                    sql_query(format!("SELECT position FROM {table} WHERE position > {after} ORDER BY position"));
                let rows: Vec<Position> = next.load(&mut conn).await.unwrap();
                seen.extend(rows.iter().map(|row| row.position));
                reached.store(seen.last().copied().unwrap_or(0), Ordering::SeqCst);
                if last_round && rows.is_empty() {
                    return seen;
                }
            }
        });
        Self { stop, last, seen }
    }

    async fn end(self) -> Vec<i64> {
        self.stop.store(true, Ordering::SeqCst);
        soon("the reader ends", self.seen).await.unwrap()
    }
}

/// A batch of another process as a statement: one event to a new stream.
fn batch() -> String {
    let (command, event, stream) = (Uuid::now_v7(), Uuid::now_v7(), stream());
    format!(
        "SELECT append_events(ARRAY['{command}']::uuid[], ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY[NULL]::jsonb[], \
         ARRAY[1], ARRAY[1], ARRAY['{stream}'], ARRAY[0]::bigint[], ARRAY[1], ARRAY[1], ARRAY[1], ARRAY['{stream}'], \
         ARRAY['thing'], ARRAY['{event}']::uuid[], ARRAY['thing.happened'], ARRAY[1]::smallint[], ARRAY['{{}}']::jsonb[], \
         ARRAY['{{}}']::jsonb[], ARRAY[]::integer[], ARRAY[]::smallint[], ARRAY[]::text[], ARRAY[]::bytea[], \
         ARRAY[]::text[], ARRAY[]::text[])"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_committer_is_never_skipped() {
    let scene = Scene::new().await;
    scene.store.append(append(&stream(), Expected::Any, 1)).await.unwrap();
    let reader = Reader::follow(scene.connect().await, "events");

    // Another process has written position 2 and has not committed; whoever comes later must not be seen before.
    let mut slow = scene.connect().await;
    slow.batch_execute("BEGIN").await.unwrap();
    slow.batch_execute(&batch()).await.unwrap();
    let later = tokio::spawn({
        let store = scene.store.clone();
        async move { store.append(append(&stream(), Expected::Any, 1)).await.unwrap() }
    });
    scene.until_writers_wait(1).await;
    assert_eq!(scene.events().await.len(), 1);
    slow.batch_execute("COMMIT").await.unwrap();
    assert_eq!(later.await.unwrap().first_position, 3);
    assert_eq!(reader.end().await, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_committer_that_rolls_back_leaves_no_gap() {
    let scene = Scene::new().await;
    let mut slow = scene.connect().await;
    slow.batch_execute("BEGIN").await.unwrap();
    slow.batch_execute(&batch()).await.unwrap();
    let later = tokio::spawn({
        let store = scene.store.clone();
        async move { store.append(append(&stream(), Expected::Any, 1)).await.unwrap() }
    });
    scene.until_writers_wait(1).await;
    slow.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(later.await.unwrap().first_position, 1);
    checked_log::check(&scene.events().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_heads_lock_the_same_reader_skips() {
    let scene = Scene::new().await;
    scene.run("CREATE TABLE naive (position bigserial PRIMARY KEY); INSERT INTO naive DEFAULT VALUES").await;
    let reader = Reader::follow(scene.connect().await, "naive");
    let mut slow = scene.connect().await;
    slow.batch_execute("BEGIN; INSERT INTO naive DEFAULT VALUES").await.unwrap();
    scene.run("INSERT INTO naive DEFAULT VALUES").await;
    until("the reader is past the slow one", async || AtomicI64::load(&reader.last, Ordering::SeqCst) == 3).await;
    slow.batch_execute("COMMIT").await.unwrap();
    assert_eq!(scene.count("SELECT count(*) FROM naive").await, 3);
    assert_eq!(reader.end().await, [1, 3], "position 2 is never seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_under_load_sees_exactly_the_final_order() {
    let scene = Scene::new().await;
    let reader = Reader::follow(scene.connect().await, "events");
    let stores = [scene.store.clone(), scene.another_store(), scene.another_store()];
    let streams: Arc<Vec<_>> = Arc::new((0..10).map(|_| stream()).collect());
    let callers = (0..24).map(|caller| {
        let (store, streams) = (stores[caller % 3].clone(), streams.clone());
        tokio::spawn(async move {
            for number in 0..25 {
                let append = append(&streams[(caller + number) % 10], Expected::Any, 1 + number % 3);
                store.append(append).await.unwrap();
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let events = scene.events().await;
    checked_log::check(&events);
    assert_eq!(reader.end().await, (1..=events.len() as i64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_passes_over_nothing_that_the_log_does_not_have() {
    let scene = Scene::new().await;
    let mut conn = scene.connect().await;
    scene.store.append(append(&stream(), Expected::Any, 3)).await.unwrap();
    let nothing_of_it = log::Filter { categories: Some(vec!["other".to_owned()]), lane: None };
    for (filter, upto) in [(log::Filter::default(), 3), (nothing_of_it.clone(), 3)] {
        // Somebody said that the log is at 900, as a message of an earlier life of the log may.
        let window = log::window(&mut conn, &filter, 0, 900, 100).await.unwrap();
        assert_eq!(window.upto, upto);
        assert_eq!(log::window(&mut conn, &filter, 3, 900, 100).await.unwrap().upto, 3);
        assert_eq!(log::window(&mut conn, &filter, 0, 2, 100).await.unwrap().upto, 2);
    }
    let lanes = [0, 1].map(|lane| log::Filter { categories: None, lane: Some((lane, 2)) });
    let mut seen = vec![];
    for filter in &lanes {
        seen.extend(log::window(&mut conn, filter, 0, 900, 2).await.unwrap().events);
        seen.extend(log::window(&mut conn, filter, 2, 900, 2).await.unwrap().events);
    }
    assert_eq!(seen.len(), 3, "each stream is in one lane");
}

#[tokio::test(flavor = "multi_thread")]
async fn single_events_are_found_by_position_by_version_and_by_time() {
    let scene = Scene::new().await;
    let mut conn = scene.connect().await;
    assert_eq!(log::before(&mut conn, chrono::Utc::now()).await.unwrap(), 0);
    let (first, second) = (stream(), stream());
    for stream in [&first, &second, &first, &first, &second] {
        scene.store.append(append(stream, Expected::Any, 1)).await.unwrap();
    }
    let wanted = [(first.as_str(), 3), (second.as_str(), 2), (second.as_str(), 3)];
    let found = log::versions(&mut conn, &wanted).await.unwrap();
    let mut positions: Vec<_> = found.iter().map(|event| event.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, [4, 5]);
    for event in scene.events().await {
        let at = log::at(&mut conn, event.position).await.unwrap().unwrap();
        assert_eq!(at.event_id, event.event_id);
        assert_eq!(log::before(&mut conn, at.recorded_at).await.unwrap(), event.position - 1);
    }
    assert!(log::at(&mut conn, 6).await.unwrap().is_none());
    assert_eq!(log::before(&mut conn, chrono::Utc::now()).await.unwrap(), 5);
}
