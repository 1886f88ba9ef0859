//! Events that a handler does not digest: tried again one by one, and in the end parked with their stream.

use std::time::Duration;

use ::metrics::counter;
use bootstrap::{
    Shutdown,
    db::{Connection, ConnectionFailed},
};
use diesel_async::AsyncConnection;
use tokio::time::timeout;
use tracing::error;

use super::{
    Handler, Runner, checkpoint, parked,
    runner::{ANSWER_TIMEOUT, BatchError, Holding},
};
use crate::{RecordedEvent, log::Window, metrics::RETRIES};

const FIRST_RETRY: Duration = Duration::from_millis(100);

impl<H: Handler> Runner<H> {
    /// Finds the event that fails, tries it again with backoff, and parks its stream in the end. False when the lease
    /// was lost meanwhile.
    pub(super) async fn handle_one_by_one(
        &self,
        conn: &mut Connection,
        holding: &mut Holding,
        window: &Window,
        shutdown: &Shutdown,
    ) -> Result<bool, ConnectionFailed> {
        for event in &window.events {
            let single = Window { events: vec![event.clone()], upto: event.position };
            let mut attempt = 1;
            loop {
                match timeout(ANSWER_TIMEOUT, self.handle(conn, holding, &single)).await? {
                    Ok(()) => break,
                    Err(BatchError::Fenced) => return Ok(false),
                    Err(BatchError::Query(error)) => return Err(error.into()),
                    Err(BatchError::Handler(error)) if attempt >= self.settings.attempts => {
                        if !self.park(conn, holding, event, &error.to_string(), attempt).await? {
                            return Ok(false);
                        }
                        break;
                    }
                    Err(BatchError::Handler(_)) => {
                        counter!(RETRIES, "consumer" => self.settings.key.consumer.clone()).increment(1);
                        // The lease is renewed after each attempt.
                        let backoff = FIRST_RETRY.saturating_mul(4u32.saturating_pow(attempt - 1));
                        if !shutdown.sleep(backoff.min(holding.lease.ttl() / 3)).await {
                            return Ok(true);
                        }
                        attempt += 1;
                    }
                }
                if !timeout(ANSWER_TIMEOUT, holding.lease.renew(conn)).await?? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    async fn park(
        &self,
        conn: &mut Connection,
        holding: &mut Holding,
        event: &RecordedEvent,
        error: &str,
        attempts: u32,
    ) -> Result<bool, ConnectionFailed> {
        let key = &self.settings.key;
        error!(consumer = %key.lease_name(), stream = %event.stream_id, position = event.position, error, "parked");
        let (fence, from) = (holding.lease.fence(), holding.position);
        let moved = conn
            .transaction(async |conn| {
                let moved = checkpoint::advance(conn, key, fence, from, event.position).await?.is_some();
                if moved {
                    parked::park(conn, key, &event.stream_id, event.position, error, attempts).await?;
                }
                Ok::<_, diesel::result::Error>(moved)
            })
            .await?;
        holding.position = if moved { event.position } else { from };
        holding.parked.insert(event.stream_id.clone());
        Ok(moved)
    }
}
