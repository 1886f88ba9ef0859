//! A consumer of the tests: it writes down what it handles, in the transaction of its checkpoint.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bootstrap::{
    Shutdown,
    db::{Connection, ConnectionFailed},
};
use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use event_store::{
    Head, RecordedEvent,
    consumer::{ConsumerKey, Handler, HandlerError, Runner, Settings, Standing},
};
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::scene::{Scene, soon, until};

/// Permits of an open gate.
pub(crate) const OPEN: u32 = 1_000_000;

/// What goes wrong with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Error,
    Statement,
    Panic,
}

/// Clones share faults and gate.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    faults: Arc<Mutex<HashMap<String, Fault>>>,
    /// Each batch takes one permit in the middle of its transaction.
    pub(crate) gate: Arc<Semaphore>,
    committed: Arc<Mutex<Vec<i64>>>,
}

impl Recorder {
    pub(crate) async fn new(scene: &Scene) -> Self {
        scene.run("CREATE TABLE seen (number bigserial PRIMARY KEY, position bigint NOT NULL)").await;
        Self { faults: Arc::default(), gate: Arc::new(Semaphore::new(OPEN as usize)), committed: Arc::default() }
    }

    pub(crate) fn fail(&self, stream: &str, fault: Fault) {
        self.faults.lock().unwrap().insert(stream.to_owned(), fault);
    }

    pub(crate) fn mend(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// Positions that were published after their commit.
    pub(crate) fn committed(&self) -> Vec<i64> {
        self.committed.lock().unwrap().clone()
    }
}

impl Handler for Recorder {
    type Effects = Vec<i64>;

    async fn handle(
        &self,
        conn: &mut Connection,
        _: Standing,
        events: &[RecordedEvent],
    ) -> Result<Vec<i64>, HandlerError> {
        assert!(!events.is_empty(), "no handler is called for nothing");
        for event in events {
            let fault = self.faults.lock().unwrap().get(&event.stream_id).copied();
            match fault {
                None => {}
                Some(Fault::Error) => return Err(HandlerError::Other("indigestible".to_owned())),
                Some(Fault::Statement) => {
                    sql_query("SELECT 1 / 0").execute(conn).await?;
                }
                Some(Fault::Panic) => panic!("a bug"),
            }
            let insert = sql_query("INSERT INTO seen (position) VALUES ($1)").bind::<BigInt, _>(event.position);
            insert.execute(conn).await?;
        }
        drop(self.gate.acquire().await);
        Ok(events.iter().map(|event| event.position).collect())
    }

    async fn committed(&self, effects: Vec<i64>, _: i64) {
        self.committed.lock().unwrap().extend(effects);
    }
}

pub(crate) fn settings() -> Settings {
    Settings { batch: 10, lease: Duration::from_secs(1), attempts: 2, ..Settings::new(ConsumerKey::new("recorder")) }
}

/// A runner in a process of its own, as far as anybody else can tell.
pub(crate) struct Running {
    pub(crate) shutdown: Shutdown,
    task: JoinHandle<Result<(), ConnectionFailed>>,
}

impl Running {
    pub(crate) fn start(scene: &Scene, handler: &Recorder, settings: Settings) -> Self {
        Self::over(scene.database.url(), scene.store.head(), handler, settings)
    }

    pub(crate) fn over(url: &str, head: &Head, handler: &Recorder, settings: Settings) -> Self {
        let runner = Runner { settings, handler: handler.clone(), head: head.clone(), url: url.to_owned() };
        let shutdown = Shutdown::new();
        let stop = shutdown.clone();
        Self { shutdown, task: tokio::spawn(async move { runner.run(&stop).await }) }
    }

    /// Waits for its own end, which comes with an error when it lost its connection.
    pub(crate) async fn ended(self) -> Result<(), ConnectionFailed> {
        soon("the runner ends", self.task).await.unwrap()
    }

    pub(crate) async fn stop(self) -> Result<(), ConnectionFailed> {
        self.shutdown.request();
        self.ended().await
    }
}

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = BigInt)]
    position: i64,
}

/// The positions that were handled, in the order in which they were.
pub(crate) async fn seen(scene: &Scene) -> Vec<i64> {
    let query = sql_query("SELECT position FROM seen ORDER BY number");
    let rows: Vec<Seen> = query.load(&mut scene.connect().await).await.unwrap();
    rows.into_iter().map(|row| row.position).collect()
}

pub(crate) async fn until_seen(scene: &Scene, positions: usize) {
    until("events are handled", async || seen(scene).await.len() >= positions).await;
}

pub(crate) async fn checkpoint(scene: &Scene) -> i64 {
    scene.count("SELECT coalesce(max(position), -1) AS count FROM checkpoints WHERE consumer = 'recorder'").await
}

pub(crate) async fn until_checkpoint(scene: &Scene, position: i64) {
    until("the checkpoint moves", async || checkpoint(scene).await >= position).await;
}
