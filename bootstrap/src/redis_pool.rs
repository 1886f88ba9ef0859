//! Connections to Redis, which may vanish at any time: every wait is short, callers go on without.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use deadpool_redis::redis::RedisError;
pub use deadpool_redis::{Connection, Pool};
use tracing::warn;

use crate::config::Dsn;

/// Redis answers in well under a millisecond, or it is not worth waiting for.
const TIMEOUT: Duration = Duration::from_millis(500);

/// After a failure nobody asks for this long, so that requests do not wait one after the other.
const PAUSE: Duration = Duration::from_secs(1);

/// Asks Redis on the way to an answer that can be given without it.
pub struct Careful {
    pool: Pool,
    started: Instant,
    /// Milliseconds after `started`.
    paused_until: AtomicU64,
}

/// Redis did not answer, or is not being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

impl Careful {
    pub fn new(pool: Pool) -> Self {
        Self { pool, started: Instant::now(), paused_until: AtomicU64::new(0) }
    }

    /// One question, for at most `patience`. After one that failed, nothing is asked for a while.
    pub async fn ask<T>(
        &self,
        patience: Duration,
        question: impl AsyncFnOnce(&mut Connection) -> Result<T, RedisError>,
    ) -> Result<T, NoAnswer> {
        if self.is_paused() {
            return Err(NoAnswer);
        }
        let asked = async {
            // Apart, since making a connection takes 7 KB: every request would carry them, and few ask.
            let conn = Box::pin(self.pool.get());
            let mut conn = conn.await.map_err(|error| error.to_string())?;
            question(&mut conn).await.map_err(|error| error.to_string())
        };
        let answered = tokio::time::timeout(patience, asked).await;
        answered.unwrap_or_else(|_| Err("no answer in time".to_owned())).map_err(|error| {
            warn!(error, "Redis is not available: it is done without it for now");
            let until = self.started.elapsed() + PAUSE;
            self.paused_until.store(until.as_millis() as u64, Ordering::Relaxed);
            NoAnswer
        })
    }

    /// Whether Redis is not being asked for the moment.
    pub fn is_paused(&self) -> bool {
        self.paused_until.load(Ordering::Relaxed) > self.started.elapsed().as_millis() as u64
    }
}

/// Why a pool cannot be built; nothing is connected yet.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the Redis URL: {0}")]
pub struct RedisPoolError(String);

/// A pool of at most `size` connections. Nothing is opened until the first use.
pub fn pool(url: &Dsn, size: usize) -> Result<Pool, RedisPoolError> {
    let refused = |error: &dyn std::error::Error| RedisPoolError(error.to_string());
    let builder = deadpool_redis::Config::from_url(url.expose()).builder().map_err(|error| refused(&error))?;
    builder
        .max_size(size)
        .wait_timeout(Some(TIMEOUT))
        .create_timeout(Some(TIMEOUT))
        .recycle_timeout(Some(TIMEOUT))
        .runtime(deadpool_redis::Runtime::Tokio1)
        .build()
        .map_err(|error| refused(&error))
}
