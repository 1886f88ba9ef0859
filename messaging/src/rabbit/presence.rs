//! What an api process tells of who is there, on its way out: a bounded queue that holds nobody.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use lapin::options::BasicPublishOptions;
use tokio::sync::{Mutex, mpsc};

use super::{
    Shared, headers,
    session::{Session, in_order},
};
use crate::{BusError, metrics};

/// Messages that wait for the broker; more are dropped.
const CAPACITY: usize = 1024;
/// Messages put on the wire before waiting for the socket.
const BATCH: usize = 64;
/// Older news of who is there are none.
const TIME_TO_LIVE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Presence {
    queue: mpsc::Sender<Bytes>,
    waiting: Mutex<mpsc::Receiver<Bytes>>,
}

impl Presence {
    pub(super) fn new() -> Self {
        let (queue, waiting) = mpsc::channel(CAPACITY);
        Self { queue, waiting: Mutex::new(waiting) }
    }

    /// Queues a message, or drops it when the queue is full.
    pub(super) fn send(&self, message: Bytes) {
        if self.queue.try_send(message).is_err() {
            ::metrics::counter!(metrics::PRESENCE_DROPPED).increment(1);
        }
    }

    /// Puts queued messages on the wire until the channel fails.
    pub(super) async fn drain(&self, shared: &Shared, session: &Session) -> BusError {
        match self.try_drain(shared, session).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    async fn try_drain(&self, shared: &Shared, session: &Session) -> Result<Infallible, BusError> {
        let mut waiting = self.waiting.lock().await;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            waiting.recv_many(&mut batch, BATCH).await;
            let messages: Vec<Bytes> = std::mem::take(&mut batch);
            let writes = in_order(messages.iter().map(|message| {
                let (exchange, options) = (shared.names.presence.as_str().into(), BasicPublishOptions::default());
                let properties = headers::of_presence(TIME_TO_LIVE);
                session.hints.basic_publish(exchange, "".into(), options, message, properties)
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
        }
    }
}
