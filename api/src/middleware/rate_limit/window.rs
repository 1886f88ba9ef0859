//! One caller's count in the current window, as one process knows it.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Window {
    ends: Instant,
    /// Permits taken from Redis and not spent yet.
    permits: u32,
    /// What was left in Redis when permits were taken last; 0 with no permits left means that there are none there.
    left: Option<u32>,
    /// Requests counted in this process alone.
    alone: u32,
    /// Those of them that Redis has not heard of.
    uncounted: u32,
}

impl Window {
    pub(super) fn new(now: Instant, length: Duration) -> Self {
        Self { ends: now + length, permits: 0, left: None, alone: 0, uncounted: 0 }
    }

    /// Begins a new window where this one has ended.
    pub(super) fn renew(&mut self, now: Instant, length: Duration) {
        if self.ends <= now {
            *self = Self::new(now, length);
        }
    }

    pub(super) fn ends_in(&self, now: Instant) -> Duration {
        self.ends.saturating_duration_since(now)
    }

    /// Spends a permit; returns how many requests are left, here and in Redis.
    pub(super) fn spend(&mut self) -> Option<u32> {
        self.permits = self.permits.checked_sub(1)?;
        Some(self.permits.saturating_add(self.left.unwrap_or(0)))
    }

    /// Whether Redis has nothing left before the window ends.
    pub(super) fn is_exhausted(&self) -> bool {
        self.permits == 0 && self.left == Some(0)
    }

    /// Takes permits over from Redis, where `left` remain until the window ends.
    pub(super) fn grant(&mut self, permits: u32, left: u32, ends: Instant) {
        self.permits = self.permits.saturating_add(permits);
        self.left = Some(left);
        self.ends = ends;
    }

    /// Counts a request in this process alone; returns how many are left.
    pub(super) fn count(&mut self, quota: u32) -> Option<u32> {
        let left = quota.checked_sub(self.alone)?.checked_sub(1)?;
        self.alone += 1;
        self.uncounted += 1;
        Some(left)
    }

    /// How many requests have to be made known to Redis.
    pub(super) fn take_uncounted(&mut self) -> u32 {
        std::mem::take(&mut self.uncounted)
    }

    /// Gives back what could not be made known.
    pub(super) fn add_uncounted(&mut self, requests: u32) {
        self.uncounted = self.uncounted.saturating_add(requests);
    }
}
