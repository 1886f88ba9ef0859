//! A circuit breaker: after repeated trouble the object store is left alone for a while, then tried with one operation.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use tracing::{info, warn};

use crate::metrics::BREAKER_STATE;

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it stays open before one operation is let through.
const COOL_DOWN: Duration = Duration::from_secs(5);

/// Whether operations go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// They do; so many have failed in a row.
    Closed(u32),
    /// One does, and decides.
    HalfOpen,
    /// None does until this time.
    Open(Instant),
}

/// Clones share the state.
#[derive(Clone, Debug)]
pub(crate) struct Breaker(Arc<Mutex<BreakerState>>);

/// The right to one operation. Dropped without a verdict, as when the operation was cancelled, it changes nothing.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(BreakerState::Closed(0))))
    }

    pub(crate) fn state(&self) -> BreakerState {
        *self.lock()
    }

    /// Lets an operation through, or says how long to wait before asking again.
    pub(crate) fn admit(&self, now: Instant) -> Result<Permit, Duration> {
        let mut state = self.lock();
        let probe = match *state {
            BreakerState::Closed(_) => false,
            BreakerState::Open(until) if until > now => return Err(until - now),
            BreakerState::Open(_) => true,
            // Somebody is finding out.
            BreakerState::HalfOpen => return Err(COOL_DOWN / 4),
        };
        if probe {
            info!("trying the object store again");
            set(&mut state, BreakerState::HalfOpen);
        }
        drop(state);
        Ok(Permit { breaker: self.clone(), probe })
    }

    fn lock(&self) -> MutexGuard<'_, BreakerState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The store answered, whatever it said.
    pub(crate) fn succeeded(mut self) {
        self.probe = false;
        let mut state = self.breaker.lock();
        if !matches!(*state, BreakerState::Closed(_)) {
            info!("the object store answers again");
        }
        set(&mut state, BreakerState::Closed(0));
    }

    /// The store could not be reached, or did not do its part.
    pub(crate) fn failed(mut self, now: Instant) {
        let was_probe = std::mem::take(&mut self.probe);
        let mut state = self.breaker.lock();
        match *state {
            BreakerState::Closed(failures) if failures + 1 < FAILURES => {
                set(&mut state, BreakerState::Closed(failures + 1));
            }
            BreakerState::Closed(_) => {
                warn!(failures = FAILURES, cool_down_s = COOL_DOWN.as_secs_f64(), "leaving the object store alone");
                set(&mut state, BreakerState::Open(now + COOL_DOWN));
            }
            BreakerState::HalfOpen if was_probe => set(&mut state, BreakerState::Open(now + COOL_DOWN)),
            // An operation from before it opened: what is known is newer.
            BreakerState::HalfOpen | BreakerState::Open(_) => {}
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.probe {
            let mut state = self.breaker.lock();
            if *state == BreakerState::HalfOpen {
                // The next one may try at once.
                set(&mut state, BreakerState::Open(Instant::now()));
            }
        }
    }
}

fn set(state: &mut BreakerState, to: BreakerState) {
    *state = to;
    gauge!(BREAKER_STATE).set(match to {
        BreakerState::Closed(_) => 0.0,
        BreakerState::HalfOpen => 1.0,
        BreakerState::Open(_) => 2.0,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::new();
        (0..FAILURES).for_each(|_| breaker.admit(now).unwrap().failed(now));
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let (breaker, now) = (Breaker::new(), Instant::now());
        for _ in 0..3 {
            (1..FAILURES).for_each(|_| breaker.admit(now).unwrap().failed(now));
            breaker.admit(now).unwrap().succeeded();
        }
        assert_eq!(breaker.state(), BreakerState::Closed(0));
        assert_eq!(opened(now).admit(now).unwrap_err(), COOL_DOWN);
    }

    #[test]
    fn one_operation_is_let_through_after_the_cool_down_and_decides() {
        let now = Instant::now();
        let (breaker, later) = (opened(now), now + COOL_DOWN);
        let probe = breaker.admit(later).unwrap();
        assert_eq!(breaker.admit(later).unwrap_err(), COOL_DOWN / 4);
        probe.failed(later);
        assert_eq!(breaker.state(), BreakerState::Open(later + COOL_DOWN));
        drop(breaker.admit(later + COOL_DOWN).unwrap());
        breaker.admit(later + COOL_DOWN).expect("a probe that was cancelled makes room").succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed(0));
    }
}
