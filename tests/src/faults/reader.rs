//! A reader that tails the log from its beginning while it grows, and notes what it saw.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bootstrap::db::Connection;
use event_store::log;
use tokio::task::AbortHandle;
use uuid::Uuid;

/// Short: a late commit is missed only by a reader that is quick.
const LOOK_EVERY: Duration = Duration::from_millis(5);
const PAGE: i64 = 100;

/// Reads until it is dropped.
pub(super) struct Reader {
    noted: Arc<Mutex<Vec<(i64, Uuid)>>>,
    reading: AbortHandle,
}

impl Reader {
    pub(super) fn start(connection: Connection) -> Self {
        let noted = Arc::<Mutex<Vec<_>>>::default();
        let reading = tokio::spawn(read(connection, noted.clone())).abort_handle();
        Self { noted, reading }
    }

    /// Position and id of every event, as they were seen.
    pub(super) fn noted(&self) -> Vec<(i64, Uuid)> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

async fn read(mut connection: Connection, noted: Arc<Mutex<Vec<(i64, Uuid)>>>) {
    let (mut look, mut after) = (tokio::time::interval(LOOK_EVERY), 0);
    loop {
        look.tick().await;
        let events = log::tail(&mut connection, after, PAGE).await.expect("the log can be read");
        after = events.last().map_or(after, |event| event.position);
        let seen = events.iter().map(|event| (event.position, event.event_id));
        noted.lock().unwrap_or_else(PoisonError::into_inner).extend(seen);
    }
}
