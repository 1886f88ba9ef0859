//! Hears of new work: wakes the queue's taker, the keeper, or stops a cancelled job.

use std::{pin::pin, sync::Arc};

use bootstrap::db::{self, Connection};
use diesel_async::SimpleAsyncConnection;
use futures::StreamExt;
use tracing::warn;

use crate::{held::StopReason, runtime::Runtime, statements::CHANNEL, store::RetryDelay};

/// Listens until nothing is held any more; connects again with backoff when the connection is lost.
pub(crate) async fn run(runtime: Arc<Runtime>) {
    let mut retry = RetryDelay::new();
    while !runtime.drained.is_requested() {
        let error = match runtime.drained.run_until(listen(&runtime, &mut retry)).await {
            Some(error) => error,
            None => break,
        };
        runtime.health.set_listening(false);
        let delay = retry.next();
        warn!(%error, delay_ms = delay.as_millis() as u64, "cannot listen for jobs, polling meanwhile");
        runtime.drained.sleep(delay).await;
    }
    runtime.health.set_listening(false);
}

/// Answers only when the connection could not be made or was lost.
async fn listen(runtime: &Runtime, retry: &mut RetryDelay) -> String {
    let mut conn: Connection = match db::connect(&runtime.config.database_url).await {
        Ok(conn) => conn,
        Err(error) => return error.to_string(),
    };
    if let Err(error) = conn.batch_execute(&format!("LISTEN {CHANNEL}")).await {
        return error.to_string();
    }
    retry.reset();
    runtime.health.set_listening(true);
    // What was announced before this connection listened is found by looking.
    runtime.look.notify_one();
    runtime.wake_all();
    let mut notifications = pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        match notification {
            Ok(notification) => hear(runtime, &notification.payload),
            Err(error) => return error.to_string(),
        }
    }
    "connection closed".to_owned()
}

fn hear(runtime: &Runtime, payload: &str) {
    match payload.split_once(' ') {
        Some(("queue", name)) => runtime.wake(name),
        Some(("cancel", id)) => {
            if let Ok(id) = id.parse() {
                runtime.held.stop_job(id, StopReason::Cancelled);
            }
        }
        // `due`, or a word of a newer version: a look is never wrong.
        Some(_) | None => runtime.look.notify_one(),
    }
}
