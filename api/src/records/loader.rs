//! Reads single records, together with those that others ask for at the same time: one statement for all that wait.
//!
//! Whoever asks alone is answered at once. Under load a statement has as many records as were asked for while the one
//! before was on its way, so what it costs to send, plan and answer one is shared.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ::metrics::histogram;
use bootstrap::{
    Shutdown, Tasks,
    db::{self, Connection},
};
use diesel_async::SimpleAsyncConnection;
use domain::collections::CollectionId;
use projections::records::show::{self, Shown};
use tokio::{
    sync::{Mutex, mpsc, oneshot, watch},
    time::timeout,
};
use uuid::Uuid;

use crate::metrics::LOADED_TOGETHER;

/// While one waits for the database, the other gathers.
const CONNECTIONS: usize = 2;
/// Records of one statement.
const MOST: usize = 64;
/// Records that wait; who comes then reads by themselves.
const QUEUE: usize = 1_024;
/// Statements are planned once, whatever tables were like then.
const SETTINGS: &str = "SET application_name = 'tidemark records'; SET plan_cache_mode = force_generic_plan; \
                        SET enable_seqscan = off; SET jit = off; SET statement_timeout = '5s'";
/// A little later than the database ends a statement, nobody waits for it any more.
const ANSWER_TIME: Duration = Duration::from_secs(6);

/// Clones share the connections.
#[derive(Clone)]
pub struct RecordLoader {
    queue: mpsc::Sender<Wanted>,
    /// Connections that are open.
    open: Arc<AtomicUsize>,
    /// Whether anybody has asked: a process that reads no records needs no connections.
    asked: watch::Sender<bool>,
}

struct Wanted {
    record: (CollectionId, Uuid),
    answer: oneshot::Sender<Shown>,
}

impl RecordLoader {
    /// Opens connections of its own to `url` once somebody asks, as supervised tasks.
    pub fn start(tasks: &Tasks, url: &str) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (waiting, open) = (Arc::new(Mutex::new(waiting)), Arc::new(AtomicUsize::new(0)));
        let asked = watch::Sender::new(false);
        for number in 0..CONNECTIONS {
            let (waiting, open, url) = (Arc::clone(&waiting), Arc::clone(&open), url.to_owned());
            let (asked, shutdown) = (asked.subscribe(), tasks.shutdown().clone());
            tasks.supervise(format!("records.loader.{number}"), move || {
                let (waiting, open, url) = (Arc::clone(&waiting), Arc::clone(&open), url.clone());
                let (asked, shutdown) = (asked.clone(), shutdown.clone());
                async move {
                    match shutdown.run_until(connect_once_asked(asked, &url)).await.flatten() {
                        Some(conn) => run(&conn?, &waiting, &open, &shutdown).await,
                        None => Ok(()),
                    }
                }
            });
        }
        Self { queue, open, asked }
    }

    /// The record as it is now, or later; `None` when it has to be read otherwise.
    pub(super) async fn load(&self, collection: CollectionId, id: Uuid) -> Option<Shown> {
        if self.open.load(Ordering::Relaxed) == 0 {
            self.asked.send_if_modified(|asked| !std::mem::replace(asked, true));
            return None;
        }
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Wanted { record: (collection, id), answer }).ok()?;
        timeout(ANSWER_TIME, answered).await.ok()?.ok()
    }
}

/// Counts a connection as long as it is open.
struct Open<'a>(&'a AtomicUsize);

impl<'a> Open<'a> {
    fn count(open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// `None` when nobody can ask any more.
async fn connect_once_asked(
    mut asked: watch::Receiver<bool>,
    url: &str,
) -> Option<Result<Connection, db::ConnectionFailed>> {
    drop(asked.wait_for(|asked| *asked).await.ok()?);
    Some(connect(url).await)
}

async fn connect(url: &str) -> Result<Connection, db::ConnectionFailed> {
    let mut conn = db::connect(url).await?;
    timeout(ANSWER_TIME, conn.batch_execute(SETTINGS)).await??;
    Ok(conn)
}

async fn run(
    conn: &Connection,
    waiting: &Mutex<mpsc::Receiver<Wanted>>,
    open: &AtomicUsize,
    shutdown: &Shutdown,
) -> Result<(), db::ConnectionFailed> {
    let _open = Open::count(open);
    let mut batch = Vec::with_capacity(MOST);
    while let Some(taken @ 1..) = shutdown.run_until(take(waiting, &mut batch)).await {
        histogram!(LOADED_TOGETHER).record(taken as f64);
        let records: Vec<_> = batch.iter().map(|wanted| wanted.record).collect();
        // Whoever is not answered reads by themselves.
        let shown = timeout(ANSWER_TIME, show::show(conn, &records)).await??;
        for (wanted, shown) in batch.drain(..).zip(shown) {
            // Who has gone away meanwhile needs no answer.
            let _gone = wanted.answer.send(shown);
        }
    }
    Ok(())
}

/// All that waits, at least one; how many that is. None comes any more once it is 0.
async fn take(waiting: &Mutex<mpsc::Receiver<Wanted>>, batch: &mut Vec<Wanted>) -> usize {
    waiting.lock().await.recv_many(batch, MOST).await
}
