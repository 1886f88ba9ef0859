//! Group commit: one task per process takes all appends that wait and commits them in one transaction.
//!
//! Why: an append on its own pays a flush of the WAL and, to keep positions gapless, waits for everybody else's. A batch
//! pays both once. Measured in docs/event-store.md.

mod batch;
mod connection;
mod failure;
mod outcomes;
mod pending;
mod pipeline;
mod resolve;
mod statement;
mod work;

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::Shutdown;
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};
use tracing::warn;

use self::{pending::Pending, work::Work};
use crate::{Append, AppendError, Appended, Head};

/// Appends that may be without an answer; one more is refused with [`AppendError::Overloaded`]. A large one counts for
/// several, so that this also bounds the memory they take: see [`Pending::weight`].
const ROOM: u32 = 4096;
/// How long an append may wait for its answer in all, a lost database included.
const DEADLINE: Duration = Duration::from_secs(10);
/// Between two attempts to reach a lost database; the first follows at once.
const FIRST_RETRY: Duration = Duration::from_millis(50);
const LONGEST_RETRY: Duration = Duration::from_secs(1);

/// The way to the writer. Clones share the queue.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Pending>,
    room: Arc<Semaphore>,
}

/// The writer's end of the queue, to be given to [`run`]. It outlives a writer that failed.
#[derive(Clone, Debug)]
pub(crate) struct Queue(Arc<Mutex<mpsc::Receiver<Pending>>>);

impl Writer {
    pub(crate) fn new() -> (Self, Queue) {
        let (queue, receiver) = mpsc::channel(ROOM as usize);
        (Self { queue, room: Arc::new(Semaphore::new(ROOM as usize)) }, Queue(Arc::new(Mutex::new(receiver))))
    }

    pub(crate) async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (reply, answer) = oneshot::channel();
        let pending = Pending::new(append, reply, Instant::now() + DEADLINE)?;
        let room = self.room.clone().try_acquire_many_owned(pending.weight()).map_err(|_| AppendError::Overloaded)?;
        self.queue.try_send(pending.holding(room)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => AppendError::Unavailable,
        })?;
        // The writer answers everything it took; it is gone without an answer only when its task was destroyed.
        answer.await.unwrap_or(Err(AppendError::OutcomeUnknown))
    }
}

/// Serves the queue until the process stops and all that waits has been answered.
pub(crate) async fn run(queue: Queue, url: String, head: Head, shutdown: Shutdown) -> Result<(), Infallible> {
    let mut work = Work::new(queue.0.lock_owned().await, shutdown);
    let mut retry = Duration::ZERO;
    while work.arrives().await {
        let failure = match work.during(connection::open_all(&url)).await {
            Ok(connections) => {
                let ended = pipeline::run(&connections, &mut work, &head).await;
                if ended.progress {
                    retry = Duration::ZERO;
                }
                ended.failure
            }
            Err(failure) => Some(failure),
        };
        if let Some(failure) = failure {
            warn!(error = %failure, waiting = work.len(), "the log is not available, trying again");
            work.during(tokio::time::sleep(retry)).await;
            retry = (retry * 2).clamp(FIRST_RETRY, LONGEST_RETRY);
        }
    }
    Ok(())
}
