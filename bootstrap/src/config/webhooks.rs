//! How webhooks are delivered, and where to.

use std::time::Duration;

use super::source::Source;
use crate::network_guard::Network;

/// The calling of servers that users name.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// What may be called although it is not public, and with any port.
    pub allowed_networks: Vec<Network>,
    /// Deliveries at the same time in one process.
    pub concurrency: usize,
    /// A webhook whose deliveries have only failed for so long is disabled.
    pub give_up_after: Duration,
    /// How long deliveries are kept.
    pub retention_days: u32,
}

pub(super) fn read(source: &mut Source) -> Webhooks {
    let networks = "a list of networks, such as 10.1.0.0/16, fd00::/8";
    let hours: u64 = source.number("webhooks.give_up_hours", 120, 1..=24 * 30);
    Webhooks {
        allowed_networks: source.list("webhooks.allowed_networks", networks),
        concurrency: source.number("webhooks.concurrency", 16, 1..=1_000),
        give_up_after: Duration::from_secs(hours * 3600),
        retention_days: source.number("webhooks.retention_days", 30, 1..=365),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Config, config::ConfigError};

    fn loaded(name: &str, value: &str) -> Result<Config, ConfigError> {
        let variable = (format!("TIDEMARK_WEBHOOKS__{name}"), value.to_owned());
        Config::from_sources(&toml::Table::new(), [variable])
    }

    #[test]
    fn networks_are_a_list_and_nothing_else_is_one() {
        let networks = loaded("ALLOWED_NETWORKS", "10.1.0.0/16, fd00::/8,127.0.0.1").unwrap().webhooks.allowed_networks;
        assert_eq!(format!("{networks:?}"), "[10.1.0.0/16, fd00::/8, 127.0.0.1/32]");
        for text in ["10.1.2.3/16", "inside", "10.0.0.0/8;fd00::/8", "*"] {
            let error = loaded("ALLOWED_NETWORKS", text).unwrap_err().to_string();
            assert!(error.contains("webhooks.allowed_networks"), "{error}");
        }
    }

    #[test]
    fn a_webhook_is_given_up_after_five_days() {
        assert_eq!(loaded("CONCURRENCY", "4").unwrap().webhooks.give_up_after.as_secs(), 5 * 24 * 3600);
        assert!(loaded("GIVE_UP_HOURS", "0").is_err() && loaded("CONCURRENCY", "0").is_err());
    }
}
