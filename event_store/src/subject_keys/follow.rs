//! Hearing that keys were destroyed by other processes.

use std::{convert::Infallible, time::Duration};

use bootstrap::{Tasks, db};
use diesel_async::SimpleAsyncConnection;
use futures::StreamExt;
use tokio::time::timeout;
use uuid::Uuid;

use super::{CHANNEL, SubjectKeys};

/// A connection on which nothing comes is looked at this often: a lost one would be silent, too.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// A server that leaves that unanswered for so long is as good as gone.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

type ListenError = Box<dyn std::error::Error + Send + Sync>;

impl SubjectKeys {
    /// Forgets destroyed keys as soon as any process has destroyed them, until the process stops; without it within a
    /// minute. `url` leads to the keys' database.
    pub fn follow(&self, url: &str, tasks: &Tasks) {
        let (keys, url, shutdown) = (self.clone(), url.to_owned(), tasks.shutdown().clone());
        tasks.supervise("subject_keys.follow", move || {
            let (keys, url, shutdown) = (keys.clone(), url.clone(), shutdown.clone());
            async move {
                match shutdown.run_until(keys.listen(&url)).await {
                    Some(Err(error)) => Err(error),
                    None => Ok(()),
                }
            }
        });
    }

    async fn listen(&self, url: &str) -> Result<Infallible, ListenError> {
        let mut conn = db::connect(url).await?;
        timeout(ANSWER_TIMEOUT, conn.batch_execute(&format!("LISTEN {CHANNEL}"))).await??;
        // What was destroyed before nobody has told.
        self.cache.forget_all();
        loop {
            timeout(ANSWER_TIMEOUT, conn.batch_execute("SELECT 1")).await??;
            let look = tokio::time::sleep(LOOK_EVERY);
            tokio::pin!(look);
            let mut notifications = std::pin::pin!(conn.notifications_stream());
            loop {
                tokio::select! {
                    notification = notifications.next() => match notification {
                        Some(notification) => match Uuid::parse_str(&notification?.payload) {
                            Ok(subject) => self.cache.forget(subject),
                            // Whoever may connect can notify.
                            Err(_) => self.cache.forget_all(),
                        },
                        None => return Err("the connection was closed".into()),
                    },
                    () = &mut look => break,
                }
            }
        }
    }
}
