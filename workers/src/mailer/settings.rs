//! How the mailer treats the mail server.

use std::time::Duration;

use bootstrap::BreakerSettings;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailerSettings {
    /// For one mail from connecting to the server's last answer. A server that takes longer may have taken the mail, and
    /// gets it again.
    pub send_timeout: Duration,
    pub breaker: BreakerSettings,
}

impl Default for MailerSettings {
    fn default() -> Self {
        let breaker = BreakerSettings { failures: 5, cool_down: Duration::from_secs(30) };
        Self { send_timeout: Duration::from_secs(60), breaker }
    }
}
