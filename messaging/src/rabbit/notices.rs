//! Change notices on their way out: a bounded queue that never holds a projection, numbered so that losses show.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use lapin::options::BasicPublishOptions;
use tokio::{
    sync::{Mutex, mpsc},
    time::MissedTickBehavior,
};
use uuid::Uuid;

use super::{
    Shared, headers,
    session::{Session, in_order},
};
use crate::{BusError, ChangeNotice, metrics};

/// Notices that wait for the broker; more are dropped. Enough for a short reconnection under load.
const CAPACITY: usize = 4096;
/// Notices put on the wire before waiting for the socket.
const BATCH: usize = 64;
/// How soon subscribers learn of a loss when no notice follows it.
const CONFESSION_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Notices {
    /// Names this bus to the subscribers: positions in its sequence mean nothing beside another's.
    publisher: Uuid,
    queue: mpsc::Sender<ChangeNotice>,
    waiting: Mutex<mpsc::Receiver<ChangeNotice>>,
    dropped: AtomicI64,
    sequence: AtomicI64,
}

impl Notices {
    pub(super) fn new() -> Self {
        let (queue, waiting) = mpsc::channel(CAPACITY);
        let (dropped, sequence) = (AtomicI64::new(0), AtomicI64::new(0));
        Self { publisher: Uuid::new_v4(), queue, waiting: Mutex::new(waiting), dropped, sequence }
    }

    /// Queues a notice, or drops it when the queue is full.
    pub(super) fn send(&self, notice: ChangeNotice) {
        ::metrics::counter!(metrics::CHANGES_PUBLISHED).increment(1);
        if self.queue.try_send(notice).is_err() {
            ::metrics::counter!(metrics::CHANGES_DROPPED).increment(1);
            self.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Puts queued notices on the wire until the channel fails. First and after a loss it says how far it is, so that
    /// subscribers see a gap even when nothing follows.
    pub(super) async fn drain(&self, shared: &Shared, session: &Session) -> BusError {
        match self.try_drain(shared, session).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    async fn try_drain(&self, shared: &Shared, session: &Session) -> Result<std::convert::Infallible, BusError> {
        let mut waiting = self.waiting.lock().await;
        let mut confession = tokio::time::interval(CONFESSION_INTERVAL);
        confession.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(BATCH);
        self.publish(shared, session, &[None]).await?;
        loop {
            tokio::select! {
                _ = waiting.recv_many(&mut batch, BATCH) => {
                    let notices: Vec<_> = batch.drain(..).map(Some).collect();
                    self.publish(shared, session, &notices).await?;
                }
                _ = confession.tick() => {
                    if self.dropped.load(Ordering::SeqCst) > 0 {
                        self.publish(shared, session, &[None]).await?;
                    }
                }
            }
        }
    }

    async fn publish(
        &self,
        shared: &Shared,
        session: &Session,
        notices: &[Option<ChangeNotice>],
    ) -> Result<(), BusError> {
        let mut messages = Vec::with_capacity(notices.len());
        for notice in notices {
            // Whatever was dropped leaves a gap in the sequence before the next one.
            let step = 1 + self.dropped.swap(0, Ordering::SeqCst);
            let sequence = self.sequence.fetch_add(step, Ordering::SeqCst) + step;
            let key = headers::short(notice.as_ref().map_or("", |notice| &notice.projection))?;
            messages.push((key, headers::of_notice(self.publisher, sequence, notice.as_ref()), notice));
        }
        let writes = in_order(messages.into_iter().map(|(key, properties, notice)| {
            let body = notice.as_ref().map_or(&[] as &[u8], |notice| &notice.body);
            let (exchange, options) = (shared.names.changes.as_str().into(), BasicPublishOptions::default());
            session.hints.basic_publish(exchange, key, options, body, properties)
        }))
        .await;
        for mut write in writes {
            // An alarm of the broker holds the socket for as long as it lasts; anything else has a limit.
            loop {
                match tokio::time::timeout(shared.settings.publish_timeout, &mut write).await {
                    Ok(written) => break drop(written?),
                    Err(_) if session.blocked() => {}
                    Err(_) => return Err(BusError::TimedOut),
                }
            }
        }
        Ok(())
    }
}
