//! Which era of all sessions it is, read from the log and remembered for a second: whatever was signed in to in an
//! earlier one is over.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::{
    Aggregate,
    sessions::{AllSessions, SESSIONS_STREAM},
};
use event_store::{EventStore, ReadError, StreamId};
use tokio::sync::Mutex;

/// As long as standings are remembered: all sessions end as soon as those of one user.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);

/// The era of the installation. Clones share what is remembered.
#[derive(Clone)]
pub struct Eras {
    events: EventStore,
    known: Arc<RwLock<Known>>,
    /// Held by whoever reads: when the second is over, all callers at once would.
    reading: Arc<Mutex<()>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    era: u32,
    /// It was true then, or later.
    read_at: Option<Instant>,
}

impl Eras {
    pub fn new(events: EventStore) -> Self {
        Self { events, known: Arc::default(), reading: Arc::default() }
    }

    /// At most one second old.
    pub async fn current(&self) -> Result<u32, ReadError> {
        if let Some(era) = self.fresh() {
            return Ok(era);
        }
        let _turn = self.reading.lock().await;
        match self.fresh() {
            Some(era) => Ok(era),
            None => self.read().await,
        }
    }

    /// Reads the log. From then on [`Self::current`] tells it too.
    pub async fn refresh(&self) -> Result<u32, ReadError> {
        let _turn = self.reading.lock().await;
        self.read().await
    }

    /// Where it is said that all sessions have ended.
    pub fn stream() -> StreamId {
        StreamId::new(AllSessions::CATEGORY, SESSIONS_STREAM)
    }

    async fn read(&self) -> Result<u32, ReadError> {
        let read_at = Some(Instant::now());
        let era = self.events.load::<AllSessions>(&Self::stream()).await?.state.era;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known { era, read_at };
        Ok(era)
    }

    fn fresh(&self) -> Option<u32> {
        let known = *self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.read_at.is_some_and(|at| at.elapsed() < REMEMBERED_FOR).then_some(known.era)
    }
}
