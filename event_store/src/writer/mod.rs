//! Group commit: one task per process takes all appends that wait and commits them in one transaction.
//!
//! Why: an append on its own pays a flush of the WAL and, to keep positions gapless, waits for everybody else's. A batch
//! pays both once. Measured in docs/event-store.md.

mod batch;
mod resolve;
mod statement;

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use ::metrics::{counter, gauge, histogram};
use bootstrap::{Shutdown, db};
use diesel_async::SimpleAsyncConnection;
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot};
use tracing::warn;

use self::{
    batch::{Batch, Pending},
    statement::BatchFailure,
};
use crate::{
    Append, AppendError, Appended, Head,
    metrics::{BATCH_SECONDS, BATCH_SIZE, BATCHES, WAITING},
};

/// Appends that may wait for a batch; one more is refused with [`AppendError::Overloaded`].
const QUEUE: usize = 4096;
/// How long an append may take in all, waiting for a lost database included.
const DEADLINE: Duration = Duration::from_secs(10);
const FIRST_RETRY: Duration = Duration::from_millis(50);
const LONGEST_RETRY: Duration = Duration::from_secs(1);
/// The server gives up on a batch after this time, so that a stopped client cannot hold the head for others.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// The client gives up a little later: by then the connection is as good as lost.
const CALL_TIMEOUT: Duration = Duration::from_secs(6);

/// The way to the writer. Clones share the queue.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Pending>,
}

/// The writer's end of the queue, to be given to [`run`]. It outlives a writer that failed.
#[derive(Clone, Debug)]
pub(crate) struct Queue(Arc<Mutex<mpsc::Receiver<Pending>>>);

impl Writer {
    pub(crate) fn new() -> (Self, Queue) {
        let (queue, receiver) = mpsc::channel(QUEUE);
        (Self { queue }, Queue(Arc::new(Mutex::new(receiver))))
    }

    pub(crate) async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        append.check()?;
        let (reply, answer) = oneshot::channel();
        let pending = Pending { append, reply, deadline: Instant::now() + DEADLINE, submitted: false };
        self.queue.try_send(pending).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => AppendError::Unavailable,
        })?;
        // The writer answers everything it took; it is gone without an answer only when its task was destroyed.
        answer.await.unwrap_or(Err(AppendError::OutcomeUnknown))
    }
}

/// Serves the queue until the process stops and all that waits has been answered.
pub(crate) async fn run(queue: Queue, url: String, head: Head, shutdown: Shutdown) -> Result<(), Infallible> {
    let queue = queue.0.lock_owned().await;
    let mut writer = Loop { queue, waiting: VecDeque::new(), url, conn: None, head, retry: FIRST_RETRY };
    while writer.fill(&shutdown).await {
        let batch = batch::take(&mut writer.waiting);
        gauge!(WAITING).set((writer.waiting.len() + writer.queue.len()) as f64);
        writer.commit(batch).await;
    }
    Ok(())
}

struct Loop {
    queue: OwnedMutexGuard<mpsc::Receiver<Pending>>,
    waiting: VecDeque<Pending>,
    url: String,
    conn: Option<db::Connection>,
    head: Head,
    retry: Duration,
}

impl Loop {
    /// Takes what is queued; waits when there is nothing. False when the process stops and nothing waits any more.
    async fn fill(&mut self, shutdown: &Shutdown) -> bool {
        if self.waiting.is_empty() {
            let first = tokio::select! {
                biased;
                first = self.queue.recv() => first,
                () = shutdown.requested() => {
                    self.queue.close();
                    self.queue.recv().await
                }
            };
            match first {
                Some(first) => self.waiting.push_back(first),
                None => return false,
            }
        }
        while self.waiting.len() < QUEUE {
            match self.queue.try_recv() {
                Ok(pending) => self.waiting.push_back(pending),
                Err(_) => break,
            }
        }
        true
    }

    /// Submits the batch until every append in it is answered. Submitting again is always safe: the function knows each
    /// command id that has been committed, and a transaction that still runs holds the head's lock, so the second
    /// submission waits for its outcome.
    async fn commit(&mut self, mut batch: Batch) {
        let mut single = false;
        loop {
            batch.drop_expired();
            if batch.is_empty() {
                return;
            }
            let rest = if single { batch.split_after_first() } else { Batch::default() };
            match self.submit(&mut batch).await {
                Ok(()) => batch = rest,
                Err(BatchFailure::Refused(error)) if batch.len() == 1 => {
                    batch.answer_all(&AppendError::Invalid(error));
                    batch = rest;
                }
                // One append spoils the batch: find it by submitting each alone.
                Err(BatchFailure::Refused(error)) => {
                    warn!(%error, appends = batch.len(), "a batch was refused, submitting its appends one by one");
                    single = true;
                    batch.append(rest);
                }
                Err(BatchFailure::Passing(error)) => {
                    warn!(%error, appends = batch.len(), "the log is not available, trying again");
                    self.conn = None;
                    batch.append(rest);
                    tokio::time::sleep(self.retry).await;
                    self.retry = (self.retry * 2).min(LONGEST_RETRY);
                }
            }
        }
    }

    async fn submit(&mut self, batch: &mut Batch) -> Result<(), BatchFailure> {
        let started = Instant::now();
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(connect(&self.url).await.map_err(BatchFailure::passing)?),
        };
        batch.mark_submitted();
        let outcomes = tokio::time::timeout(CALL_TIMEOUT, statement::append(conn, batch))
            .await
            .map_err(BatchFailure::passing)??;
        let resolved = resolve::repeats(conn, batch, &outcomes).await.map_err(BatchFailure::passing)?;
        if let Some(head) = outcomes.head() {
            self.head.observe(head);
        }
        self.retry = FIRST_RETRY;
        counter!(BATCHES).increment(1);
        histogram!(BATCH_SIZE).record(batch.len() as f64);
        histogram!(BATCH_SECONDS).record(started.elapsed().as_secs_f64());
        batch.answer(outcomes, resolved);
        Ok(())
    }
}

async fn connect(url: &str) -> Result<db::Connection, diesel::result::Error> {
    let mut conn =
        db::connect(url).await.map_err(|error| diesel::result::Error::QueryBuilderError(error.to_string().into()))?;
    // Plans are made once, on tables that may be empty: without these settings a plan for an empty table stays.
    let timeout = STATEMENT_TIMEOUT.as_millis();
    conn.batch_execute(&format!(
        "SET application_name = 'tidemark writer'; SET default_transaction_isolation = 'read committed'; \
         SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
         SET jit = off; SET lock_timeout = {timeout}; SET statement_timeout = {timeout}"
    ))
    .await?;
    Ok(conn)
}
