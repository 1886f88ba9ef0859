//! Counters in Redis, which all processes share.

use std::{sync::Arc, time::Duration};

use bootstrap::{
    config::SecretKey,
    redis_pool::{self, Careful, NoAnswer},
};
use event_store::KeyedHash;
use redis::Script;

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
/// Redis answers in well under a millisecond; a request does not wait much longer for a number. Tests count what comes of
/// its answers, also where others keep the machine busy.
const TIMEOUT: Duration = Duration::from_millis(if cfg!(test) { 5_000 } else { 50 });
#[derive(Clone)]
pub(super) struct SharedCounters(Arc<Inner>);

struct Inner {
    redis: Careful,
    prefix: String,
    names: KeyedHash,
    script: Script,
}

impl SharedCounters {
    pub(super) fn new(pool: redis_pool::Pool, prefix: &str, secret: &SecretKey) -> Self {
        Self(Arc::new(Inner {
            redis: Careful::new(pool),
            prefix: format!("{prefix}:rate"),
            names: KeyedHash::derive(secret.expose(), "rate limit"),
            script: Script::new(COUNT),
        }))
    }

    /// Adds `requests` to the caller's counter; returns its value and when it ends.
    pub(super) async fn count(&self, key: &Key, requests: u32, window: Duration) -> Result<(u32, Duration), NoAnswer> {
        let mut call = self.0.script.key(self.name(key));
        call.arg(requests).arg(window.as_millis() as u64);
        let counted = self.0.redis.ask(TIMEOUT, async |conn| call.invoke_async::<(u64, u64)>(conn).await).await;
        let (used, rest) = counted?;
        Ok((u32::try_from(used).unwrap_or(u32::MAX), Duration::from_millis(rest)))
    }

    /// Whether Redis is not being asked for the moment.
    #[cfg(test)]
    pub(super) fn is_paused(&self) -> bool {
        self.0.redis.is_paused()
    }

    /// Holds no address, only its keyed hash.
    fn name(&self, (class, subject): &Key) -> String {
        let hash = self.0.names.hash(&[class.name().as_bytes(), &subject.to_be_bytes()]);
        let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}:{}:{hex}", self.0.prefix, class.name())
    }
}
