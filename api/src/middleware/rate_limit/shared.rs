//! Counters in Redis, which all processes share.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bootstrap::{config::SecretKey, redis_pool};
use event_store::KeyedHash;
use redis::Script;
use tracing::warn;

use super::Key;

/// Adds to a counter that lives as long as its window; returns the count and the rest of the window in milliseconds.
const COUNT: &str = r"
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    rest = tonumber(ARGV[2])
end
return {used, rest}
";
/// Redis answers in well under a millisecond; a request does not wait much longer for a number.
const TIMEOUT: Duration = Duration::from_millis(50);
/// After a failure nobody asks for this long, so that requests do not wait one after the other.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct SharedCounters(Arc<Inner>);

struct Inner {
    pool: redis_pool::Pool,
    prefix: String,
    names: KeyedHash,
    script: Script,
    started: Instant,
    /// Milliseconds after `started`.
    paused_until: AtomicU64,
}

/// Redis did not answer, or is not being asked.
#[derive(Debug)]
pub(super) struct NoAnswer;

impl SharedCounters {
    pub(super) fn new(pool: redis_pool::Pool, prefix: &str, secret: &SecretKey) -> Self {
        Self(Arc::new(Inner {
            pool,
            prefix: format!("{prefix}:rate"),
            names: KeyedHash::derive(secret.expose(), "rate limit"),
            script: Script::new(COUNT),
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
        }))
    }

    /// Adds `requests` to the caller's counter; returns its value and when it ends.
    pub(super) async fn count(&self, key: &Key, requests: u32, window: Duration) -> Result<(u32, Duration), NoAnswer> {
        if self.is_paused() {
            return Err(NoAnswer);
        }
        let counted = tokio::time::timeout(TIMEOUT, self.invoke(key, requests, window)).await;
        match counted.map_err(|_| "no answer in time".to_owned()).and_then(|counted| counted) {
            Ok((used, rest)) => Ok((u32::try_from(used).unwrap_or(u32::MAX), Duration::from_millis(rest))),
            Err(error) => {
                warn!(error, "requests are counted in this process alone: Redis is not available");
                let until = self.0.started.elapsed() + PAUSE;
                self.0.paused_until.store(until.as_millis() as u64, Ordering::Relaxed);
                Err(NoAnswer)
            }
        }
    }

    /// Whether Redis is not being asked for the moment.
    pub(super) fn is_paused(&self) -> bool {
        self.0.paused_until.load(Ordering::Relaxed) > self.0.started.elapsed().as_millis() as u64
    }

    async fn invoke(&self, key: &Key, requests: u32, window: Duration) -> Result<(u64, u64), String> {
        let mut conn = self.0.pool.get().await.map_err(|error| error.to_string())?;
        let mut call = self.0.script.key(self.name(key));
        call.arg(requests).arg(window.as_millis() as u64);
        call.invoke_async(&mut conn).await.map_err(|error| error.to_string())
    }

    /// Holds no address, only its keyed hash.
    fn name(&self, (class, subject): &Key) -> String {
        let hash = self.0.names.hash(&[class.name().as_bytes(), &subject.to_be_bytes()]);
        let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}:{}:{hex}", self.0.prefix, class.name())
    }
}
