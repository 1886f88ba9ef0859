//! How far the log has come, as this process knows: one watcher, on which every reader in the process waits.

use std::time::Duration;

use bootstrap::{Shutdown, db};
use diesel_async::SimpleAsyncConnection;
use futures::StreamExt;
use tokio::{sync::watch, time::timeout};
use tracing::warn;

use crate::log;

const CHANNEL: &str = "tidemark_log";
/// While notifications come, a look at the head guards against a lost one.
const POLL_LISTENING: Duration = Duration::from_secs(1);
/// While they don't, it is all there is.
pub(crate) const POLL_ALONE: Duration = Duration::from_millis(250);
/// A server that leaves a look at the head unanswered for so long is as good as gone.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The last position of the log that this process has heard of. Clones share it.
#[derive(Clone, Debug)]
pub struct Head(watch::Sender<i64>);

impl Default for Head {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Head {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn position(&self) -> i64 {
        *self.0.borrow()
    }

    /// Called by whatever learns of a position: the writer, a notification, a message. Lower ones change nothing. It is
    /// a wake-up, not a fact: readers ask the log how far it is.
    pub fn observe(&self, position: i64) {
        self.0.send_if_modified(|head| {
            let newer = position > *head;
            *head = position.max(*head);
            newer
        });
    }

    /// Waits until the log has gone beyond `position`; returns how far it is.
    pub async fn beyond(&self, position: i64) -> i64 {
        let mut head = self.0.subscribe();
        match head.wait_for(|head| *head > position).await {
            Ok(head) => *head,
            // The sender lives in `self`.
            Err(_) => position,
        }
    }

    /// Follows the log until the process stops: listens for notifications, polls beside them, reconnects by itself.
    pub async fn watch(&self, url: &str, shutdown: &Shutdown) {
        while !shutdown.is_requested() {
            if let Some(Err(error)) = shutdown.run_until(self.listen(url)).await {
                warn!(%error, "the head watcher lost the database, trying again");
                shutdown.sleep(POLL_ALONE).await;
            }
        }
    }

    async fn listen(&self, url: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut conn = db::connect(url).await?;
        timeout(ANSWER_TIMEOUT, conn.batch_execute(&format!("LISTEN {CHANNEL}"))).await??;
        loop {
            // Also right after LISTEN: what was appended before it was not notified.
            self.observe(timeout(ANSWER_TIMEOUT, log::head(&mut conn)).await??);
            let poll = tokio::time::sleep(POLL_LISTENING);
            tokio::pin!(poll);
            let mut notifications = std::pin::pin!(conn.notifications_stream());
            loop {
                tokio::select! {
                    notification = notifications.next() => match notification {
                        // Whoever may connect can notify: what is no position is not the writer's.
                        Some(notification) => self.observe(notification?.payload.parse().unwrap_or(0)),
                        None => return Err("the connection was closed".into()),
                    },
                    () = &mut poll => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_head_only_grows_and_wakes_who_waits() {
        let head = Head::new();
        head.observe(3);
        head.observe(2);
        assert_eq!(head.position(), 3);
        assert_eq!(head.beyond(2).await, 3);
        let waiting = tokio::spawn({
            let head = head.clone();
            async move { head.beyond(3).await }
        });
        head.observe(4);
        assert_eq!(waiting.await.unwrap(), 4);
    }
}
