//! How slowly an upload may come.

use std::time::{Duration, Instant};

/// Between two chunks, and before the first.
const PAUSE: Duration = Duration::from_secs(30);
/// On the whole, after the first pause.
const BYTES_PER_SECOND: u64 = 4 << 10;

/// Measures one upload: a sender who drips bytes to keep a place taken is left behind.
#[derive(Debug)]
pub(crate) struct Pace {
    begun: Instant,
    received: u64,
}

impl Pace {
    pub(crate) fn begin(now: Instant) -> Self {
        Self { begun: now, received: 0 }
    }

    pub(crate) fn took(&mut self, bytes: usize) {
        self.received = self.received.saturating_add(bytes as u64);
    }

    /// How long to wait for the next chunk.
    pub(crate) fn patience(&self, now: Instant) -> Duration {
        let due = PAUSE + Duration::from_secs(self.received / BYTES_PER_SECOND);
        (self.begun + due).saturating_duration_since(now).min(PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_sender_has_all_the_time_and_one_who_drips_has_not() {
        let begun = Instant::now();
        let mut pace = Pace::begin(begun);
        assert_eq!(pace.patience(begun), PAUSE);
        assert_eq!(pace.patience(begun + Duration::from_secs(29)), Duration::from_secs(1));
        pace.took(1);
        assert_eq!(pace.patience(begun + PAUSE), Duration::ZERO);
        pace.took(100 * BYTES_PER_SECOND as usize);
        assert_eq!(pace.patience(begun + PAUSE), PAUSE);
    }
}
