//! A database of its own for each test, stores on it, and waiting for a condition instead of for a time.

use std::time::{Duration, Instant};

use bootstrap::{Shutdown, Tasks, db::Connection};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::EventName;
use event_store::{Append, EventStore, Expected, Head, NewEvent, Options, RawJson, RecordedEvent, StreamId, log};
use serde_json::json;
use test_support::TestDatabase;
use uuid::Uuid;

/// Long enough for a busy machine; a condition that comes true ends the wait at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Scene {
    // Before the database: a store that still runs would keep it from being dropped in silence.
    tasks: Tasks,
    pub(crate) store: EventStore,
    pub(crate) database: TestDatabase,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let database = TestDatabase::create().await;
        let tasks = Tasks::new(Shutdown::new());
        let store = EventStore::open(database.url(), database.pool(4), Head::new(), &tasks, options);
        Self { tasks, store, database }
    }

    /// The store of another process on the same log: it shares nothing with the first.
    pub(crate) fn another_store(&self) -> EventStore {
        self.store_over(self.database.url())
    }

    /// A store whose writer connects through `url`.
    pub(crate) fn store_over(&self, url: &str) -> EventStore {
        EventStore::open(url, self.database.pool(4), Head::new(), &self.tasks, Options::default())
    }

    pub(crate) async fn connect(&self) -> Connection {
        self.database.connect().await
    }

    /// A connection on which a transaction holds the head, as a slow batch of another process does.
    pub(crate) async fn hold_head(&self) -> Connection {
        let mut conn = self.connect().await;
        conn.batch_execute("BEGIN; SELECT position FROM log_head WHERE id = 1 FOR UPDATE").await.unwrap();
        conn
    }

    /// Waits until so many writers wait for the head.
    pub(crate) async fn until_writers_wait(&self, writers: i64) {
        let mut conn = self.connect().await;
        until("writers wait for the head", async || {
            count(
                &mut conn,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'tidemark writer' AND wait_event_type = 'Lock'",
            )
            .await
                >= writers
        })
        .await;
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        log::tail(&mut self.connect().await, 0, 1_000_000).await.unwrap()
    }

    pub(crate) async fn count(&self, query: &str) -> i64 {
        count(&mut self.connect().await, query).await
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.connect().await.batch_execute(sql).await.unwrap();
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.tasks.shutdown().request();
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The answer to a query of one column named `count`.
pub(crate) async fn count(conn: &mut Connection, query: &str) -> i64 {
    sql_query(query).get_result::<Count>(conn).await.unwrap().count
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What must come to an end soon.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("waited in vain: {what}"),
    }
}

pub(crate) fn stream() -> StreamId {
    StreamId::new("thing", Uuid::now_v7())
}

pub(crate) fn event() -> NewEvent {
    event_with(&json!({ "text": "ahoy" }))
}

pub(crate) fn event_with(payload: &serde_json::Value) -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        name: EventName { name: "thing.happened", version: 1 },
        payload: RawJson::from_serialize(payload).unwrap(),
    }
}

/// An append of so many events.
pub(crate) fn append(stream: &StreamId, expected: Expected, events: usize) -> Append {
    let events = (0..events).map(|_| event()).collect();
    Append::to_stream(Uuid::now_v7(), stream.clone(), expected, events)
}
