//! A circuit breaker: after repeated trouble with a server it is left alone for a while, then tried with one request.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use tracing::{info, warn};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one request is let through.
    pub cool_down: Duration,
}

/// Whether requests go through.
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
pub struct Breaker {
    /// Such as `the mail server`.
    server: Cow<'static, str>,
    /// The name of the gauge that shows the state, where it has one of its own.
    gauge: Option<&'static str>,
    settings: BreakerSettings,
    state: Arc<Mutex<BreakerState>>,
}

/// The right to one request. Dropped without a verdict, as when the request was cancelled, it changes nothing.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    breaker: Breaker,
    probe: bool,
}

impl Breaker {
    /// Of a server that log lines call so, with a gauge of this name: 0 closed, 1 half open, 2 open.
    pub fn new(server: &'static str, gauge: &'static str, settings: BreakerSettings) -> Self {
        Self::with(server.into(), Some(gauge), settings)
    }

    /// Of one server among many, without a gauge of its own. Log lines show `server`: an id, and no address that is secret.
    pub fn of_many(server: String, settings: BreakerSettings) -> Self {
        Self::with(server.into(), None, settings)
    }

    fn with(server: Cow<'static, str>, gauge: Option<&'static str>, settings: BreakerSettings) -> Self {
        Self { server, gauge, settings, state: Arc::new(Mutex::new(BreakerState::Closed(0))) }
    }

    pub fn state(&self) -> BreakerState {
        *self.lock()
    }

    /// Lets a request through, or says how long to wait before asking again.
    pub fn admit(&self, now: Instant) -> Result<Permit, Duration> {
        let mut state = self.lock();
        let probe = match *state {
            BreakerState::Closed(_) => false,
            BreakerState::Open(until) if until > now => return Err(until - now),
            BreakerState::Open(_) => true,
            // Somebody is finding out.
            BreakerState::HalfOpen => return Err(self.settings.cool_down / 4),
        };
        if probe {
            info!(server = &*self.server, "trying it again");
            self.set(&mut state, BreakerState::HalfOpen);
        }
        drop(state);
        Ok(Permit { breaker: self.clone(), probe })
    }

    fn set(&self, state: &mut BreakerState, to: BreakerState) {
        *state = to;
        let Some(gauge) = self.gauge else { return };
        gauge!(gauge).set(match to {
            BreakerState::Closed(_) => 0.0,
            BreakerState::HalfOpen => 1.0,
            BreakerState::Open(_) => 2.0,
        });
    }

    fn lock(&self) -> MutexGuard<'_, BreakerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// The server answered, whatever it said.
    pub fn succeeded(mut self) {
        self.probe = false;
        let mut state = self.breaker.lock();
        if !matches!(*state, BreakerState::Closed(_)) {
            info!(server = &*self.breaker.server, "it answers again");
        }
        self.breaker.set(&mut state, BreakerState::Closed(0));
    }

    /// The server could not be reached, or did not do its part.
    pub fn failed(mut self, now: Instant) {
        let was_probe = std::mem::take(&mut self.probe);
        let BreakerSettings { failures: limit, cool_down } = self.breaker.settings;
        let mut state = self.breaker.lock();
        match *state {
            BreakerState::Closed(failures) if failures + 1 < limit => {
                self.breaker.set(&mut state, BreakerState::Closed(failures + 1));
            }
            BreakerState::Closed(_) => {
                let (server, cool_down_s) = (&*self.breaker.server, cool_down.as_secs_f64());
                warn!(server, failures = limit, cool_down_s, "leaving it alone");
                self.breaker.set(&mut state, BreakerState::Open(now + cool_down));
            }
            BreakerState::HalfOpen if was_probe => self.breaker.set(&mut state, BreakerState::Open(now + cool_down)),
            // A request from before it opened: what is known is newer.
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
                self.breaker.set(&mut state, BreakerState::Open(Instant::now()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOL_DOWN: Duration = Duration::from_secs(60);

    fn breaker() -> Breaker {
        Breaker::new("a server", "test_breaker_state", BreakerSettings { failures: 2, cool_down: COOL_DOWN })
    }

    fn opened(now: Instant) -> Breaker {
        let breaker = breaker();
        (0..2).for_each(|_| breaker.admit(now).unwrap().failed(now));
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let (breaker, now) = (breaker(), Instant::now());
        breaker.admit(now).unwrap().failed(now);
        breaker.admit(now).unwrap().succeeded();
        breaker.admit(now).unwrap().failed(now);
        assert_eq!(breaker.state(), BreakerState::Closed(1));
        breaker.admit(now).unwrap().failed(now);
        assert_eq!(breaker.admit(now + Duration::from_secs(20)).unwrap_err(), Duration::from_secs(40));
    }

    #[test]
    fn one_request_is_let_through_after_the_cool_down_and_closes_it() {
        let now = Instant::now();
        let breaker = opened(now);
        let probe = breaker.admit(now + COOL_DOWN).unwrap();
        assert_eq!(breaker.admit(now + COOL_DOWN).unwrap_err(), COOL_DOWN / 4);
        probe.succeeded();
        assert_eq!(breaker.state(), BreakerState::Closed(0));
    }

    #[test]
    fn a_failed_probe_opens_it_again() {
        let now = Instant::now();
        let breaker = opened(now);
        let later = now + COOL_DOWN;
        breaker.admit(later).unwrap().failed(later);
        assert_eq!(breaker.state(), BreakerState::Open(later + COOL_DOWN));
    }

    #[test]
    fn a_cancelled_probe_makes_room_for_the_next() {
        let now = Instant::now();
        let breaker = opened(now);
        drop(breaker.admit(now + COOL_DOWN).unwrap());
        assert!(breaker.admit(now + COOL_DOWN).is_ok());
    }

    #[test]
    fn a_late_failure_does_not_open_it_for_longer() {
        let (breaker, now) = (breaker(), Instant::now());
        let late = breaker.admit(now).unwrap();
        (0..2).for_each(|_| breaker.admit(now).unwrap().failed(now));
        late.failed(now + COOL_DOWN / 2);
        assert_eq!(breaker.state(), BreakerState::Open(now + COOL_DOWN));
    }

    #[test]
    fn one_of_many_is_left_alone_like_a_single_one() {
        let now = Instant::now();
        let breaker = Breaker::of_many("7".to_owned(), BreakerSettings { failures: 1, cool_down: COOL_DOWN });
        breaker.admit(now).unwrap().failed(now);
        assert_eq!(breaker.admit(now).unwrap_err(), COOL_DOWN);
    }
}
