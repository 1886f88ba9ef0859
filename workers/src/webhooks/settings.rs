//! How deliveries treat the servers they go to.

use std::time::Duration;

use bootstrap::BreakerSettings;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliverySettings {
    /// For one delivery, from looking its server up to the end of the answer. A server that takes longer may have taken the
    /// event, and gets it again.
    pub timeout: Duration,
    /// Of one webhook each.
    pub breaker: BreakerSettings,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        let breaker = BreakerSettings { failures: 5, cool_down: Duration::from_secs(30) };
        Self { timeout: Duration::from_secs(15), breaker }
    }
}
