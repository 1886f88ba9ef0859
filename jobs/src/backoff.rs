//! How long a failed job waits before it is tried again.

use std::time::Duration;

const POLYNOMIAL_BASE: Duration = Duration::from_secs(15);
/// A delay is spread by this share of itself in both directions, so that jobs which failed together do not return
/// together.
const JITTER: f64 = 0.1;

/// The waiting time after a failed attempt, before jitter of ±10 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// attempt⁴ + 15 s: 16 s, 31 s, 96 s … about 5 days over 20 attempts. The default.
    Polynomial,
    /// Doubles from `first` up to `longest`.
    Exponential { first: Duration, longest: Duration },
    /// The n-th entry after the n-th attempt; the last one for all later attempts.
    Steps(&'static [Duration]),
}

impl Backoff {
    /// The delay after `attempt` (1 for the first), without jitter.
    pub fn delay(&self, attempt: u16) -> Duration {
        let attempt = attempt.max(1);
        match self {
            Self::Polynomial => Duration::from_secs(u64::from(attempt).pow(4)).saturating_add(POLYNOMIAL_BASE),
            Self::Exponential { first, longest } => {
                let doublings = u32::from(attempt - 1).min(31);
                first.saturating_mul(1 << doublings).min(*longest)
            }
            Self::Steps(steps) => {
                let step = steps.get(usize::from(attempt) - 1).or_else(|| steps.last());
                step.copied().unwrap_or(POLYNOMIAL_BASE)
            }
        }
    }

    /// The delay after `attempt`, spread by a random share of up to 10 %.
    pub(crate) fn jittered(&self, attempt: u16) -> Duration {
        self.delay(attempt).mul_f64(1.0 + rand::random_range(-JITTER..=JITTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_fourth_power_of_the_attempt_and_15_seconds() {
        let seconds: Vec<_> = (1..=4).map(|attempt| Backoff::Polynomial.delay(attempt).as_secs()).collect();
        assert_eq!(seconds, [16, 31, 96, 271]);
    }

    #[test]
    fn exponential_backoff_stops_at_the_longest() {
        let backoff = Backoff::Exponential { first: Duration::from_secs(1), longest: Duration::from_secs(10) };
        let seconds: Vec<_> = [1, 2, 3, 4, 5, u16::MAX].map(|attempt| backoff.delay(attempt).as_secs()).to_vec();
        assert_eq!(seconds, [1, 2, 4, 8, 10, 10]);
    }

    #[test]
    fn the_last_step_serves_all_later_attempts() {
        const STEPS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(300)];
        let backoff = Backoff::Steps(&STEPS);
        let seconds: Vec<_> = [1, 2, 3, 99].map(|attempt| backoff.delay(attempt).as_secs()).to_vec();
        assert_eq!(seconds, [5, 300, 300, 300]);
    }

    #[test]
    fn jitter_stays_within_a_tenth() {
        for _ in 0..1_000 {
            let delay = Backoff::Polynomial.jittered(1).as_secs_f64();
            assert!((14.4..=17.6).contains(&delay), "{delay}");
        }
    }
}
