//! Connections to Redis, which may vanish at any time: every wait is short, callers go on without.

use std::time::Duration;

pub use deadpool_redis::Pool;

use crate::config::Dsn;

/// Redis answers in well under a millisecond, or it is not worth waiting for.
const TIMEOUT: Duration = Duration::from_millis(500);

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
