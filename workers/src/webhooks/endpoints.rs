//! Servers of webhooks that are left alone for a while, each for itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use bootstrap::{Breaker, BreakerSettings, BreakerState, Permit};
use uuid::Uuid;

use crate::metrics::WEBHOOKS_LEFT_ALONE;

/// A delivery that is put off waits that long at least, and the longer the longer its server has been failing.
const SHORTEST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The deliveries of one webhook that are put off come again one after the other, this far apart, so that however many there
/// are, asking whether they may go costs those of others next to nothing.
const APART: Duration = Duration::from_millis(100);
/// None is put off for longer than that and half of its pause.
const FURTHEST: Duration = Duration::from_secs(3600);

/// What is known of each webhook whose last delivery has failed, and so of no more than there are webhooks. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    settings: BreakerSettings,
    servers: Arc<Mutex<HashMap<Uuid, Server>>>,
}

#[derive(Debug)]
struct Server {
    breaker: Breaker,
    /// Its first failure of those in a row.
    failing_since: Option<Instant>,
    /// When the last delivery comes again that was put off.
    last_turn: Option<Instant>,
}

/// The right to one delivery.
#[must_use]
pub(super) struct Admitted {
    endpoints: Endpoints,
    webhook: Uuid,
    permit: Permit,
}

impl Endpoints {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        gauge!(WEBHOOKS_LEFT_ALONE).set(0.0);
        Self { settings, servers: Arc::default() }
    }

    /// Lets a delivery through, or says how long to wait before asking again.
    pub(super) fn admit(&self, webhook: Uuid, now: Instant) -> Result<Admitted, Duration> {
        let mut servers = self.lock();
        let server = servers.entry(webhook).or_insert_with(|| Server::new(webhook, self.settings));
        let permit = server.breaker.admit(now).map_err(|remaining| server.put_off(remaining, now))?;
        Ok(Admitted { endpoints: self.clone(), webhook, permit })
    }

    /// How many are left alone, or are being tried again. One that could be tried is not left alone any more.
    pub(crate) fn left_alone(&self, now: Instant) -> usize {
        let is_left_alone = |server: &&Server| match server.breaker.state() {
            BreakerState::Closed(_) => false,
            BreakerState::HalfOpen => true,
            BreakerState::Open(until) => until > now,
        };
        let count = self.lock().values().filter(is_left_alone).count();
        gauge!(WEBHOOKS_LEFT_ALONE).set(count as f64);
        count
    }

    /// What was known of a webhook that is deleted or disabled.
    pub(super) fn forget(&self, webhook: Uuid) {
        self.lock().remove(&webhook);
        self.left_alone(Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    fn new(webhook: Uuid, settings: BreakerSettings) -> Self {
        let breaker = Breaker::of_many(format!("webhook {webhook}"), settings);
        Self { breaker, failing_since: None, last_turn: None }
    }

    /// How long a delivery waits that comes while the server is left alone.
    fn put_off(&mut self, remaining: Duration, now: Instant) -> Duration {
        let failing_for = self.failing_since.map_or(Duration::ZERO, |since| now - since);
        let pause = (failing_for / 4).clamp(SHORTEST_PAUSE, LONGEST_PAUSE).max(remaining);
        let behind_others = self.last_turn.map_or(now, |last| last + APART);
        let turn = (now + pause).max(behind_others).min(now + FURTHEST.max(pause));
        self.last_turn = Some(turn);
        turn - now + pause.mul_f64(rand::random::<f64>() / 2.0)
    }
}

impl Admitted {
    /// The server took the event.
    pub(super) fn succeeded(self) {
        self.permit.succeeded();
        self.endpoints.forget(self.webhook);
    }

    /// It did not, for whatever reason.
    pub(super) fn failed(self, now: Instant) {
        self.permit.failed(now);
        if let Some(server) = self.endpoints.lock().get_mut(&self.webhook) {
            server.failing_since.get_or_insert(now);
        }
        self.endpoints.left_alone(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOL_DOWN: Duration = Duration::from_secs(30);

    #[test]
    fn one_server_that_fails_is_left_alone_and_no_other() {
        let endpoints = Endpoints::new(BreakerSettings { failures: 2, cool_down: COOL_DOWN });
        let [failing, fine] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let now = Instant::now();
        for _ in 0..2 {
            endpoints.admit(failing, now).ok().unwrap().failed(now);
            endpoints.admit(fine, now).ok().unwrap().succeeded();
        }
        assert!(endpoints.admit(failing, now).is_err());
        assert!(endpoints.admit(fine, now).is_ok());
        assert_eq!(endpoints.left_alone(now), 1);
        assert_eq!(endpoints.left_alone(now + COOL_DOWN), 0, "nobody may come to try it");
        endpoints.admit(failing, now + COOL_DOWN).ok().unwrap().succeeded();
        assert_eq!(endpoints.left_alone(now), 0);
        assert!(endpoints.lock().keys().all(|webhook| *webhook == fine), "nothing is kept of one that works");
    }
    #[test]
    fn what_is_put_off_comes_again_one_after_the_other_and_later_the_longer_it_fails() {
        let endpoints = Endpoints::new(BreakerSettings { failures: 1, cool_down: Duration::from_secs(1) });
        let (webhook, now) = (Uuid::from_u128(1), Instant::now());
        endpoints.admit(webhook, now).ok().unwrap().failed(now);
        let pauses: Vec<_> = (0..1000).map(|_| endpoints.admit(webhook, now).err().unwrap()).collect();
        assert!(pauses.iter().all(|pause| *pause >= SHORTEST_PAUSE), "{pauses:?}");
        assert!(pauses.iter().filter(|pause| **pause < 2 * SHORTEST_PAUSE).count() <= 300 + 150, "{pauses:?}");
        let later = now + Duration::from_secs(12 * 3600);
        endpoints.admit(webhook, later).ok().unwrap().failed(later);
        assert!((LONGEST_PAUSE..=LONGEST_PAUSE * 3 / 2).contains(&endpoints.admit(webhook, later).err().unwrap()));
        let last = (0..100_000).map(|_| endpoints.admit(webhook, later).err().unwrap()).max().unwrap();
        assert!(last <= FURTHEST + LONGEST_PAUSE / 2, "{last:?}");
    }
}
