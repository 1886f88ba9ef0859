//! Which servers may be called that users name: public ones on the ports of the web, and what the operator allows.
//!
//! Checked twice: a URL when it is set and before each call ([`NetworkGuard::check_url`], which sees literal addresses),
//! and every address that a name resolves to, by whoever connects ([`NetworkGuard::check_address`]).

mod network;

use std::{net::IpAddr, sync::Arc};

use url::{Host, Url};

use crate::Config;

pub use network::Network;
use network::is_public;

/// Ports that may be called anywhere.
const WEB: [u16; 2] = [80, 443];

/// Why a server is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    #[error("the URL must start with https://")]
    Scheme,
    #[error("the URL names no host")]
    Host,
    #[error("only the ports 80 and 443 are called")]
    Port,
    #[error("the address is not a public one")]
    Address,
}

/// Where a port may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// 80 and 443: at any public address.
    Web,
    /// Another one: at addresses that the operator allows.
    Other,
}

/// What may be called. Cheap to clone.
#[derive(Clone, Debug)]
pub struct NetworkGuard {
    /// Not public, or with any port, and called nevertheless.
    allowed: Arc<[Network]>,
    https_only: bool,
}

impl Ports {
    pub fn of(port: u16) -> Self {
        if WEB.contains(&port) { Self::Web } else { Self::Other }
    }
}

impl NetworkGuard {
    pub fn new(allowed: Vec<Network>, https_only: bool) -> Self {
        Self { allowed: allowed.into(), https_only }
    }

    /// For webhooks: HTTPS only outside development.
    pub fn for_webhooks(config: &Config) -> Self {
        Self::new(config.webhooks.allowed_networks.clone(), !config.environment.is_development())
    }

    /// What the text of a URL shows; says which ports it is about. What a name resolves to is not looked up.
    pub fn check_url(&self, url: &Url) -> Result<Ports, Forbidden> {
        match url.scheme() {
            "https" => {}
            "http" if !self.https_only => {}
            _ => return Err(Forbidden::Scheme),
        }
        let ports = Ports::of(url.port_or_known_default().ok_or(Forbidden::Port)?);
        match url.host().ok_or(Forbidden::Host)? {
            Host::Ipv4(address) => self.check_address(address.into(), ports)?,
            Host::Ipv6(address) => self.check_address(address.into(), ports)?,
            // Which address it is shows when it is called.
            Host::Domain(_) if ports == Ports::Other && self.allowed.is_empty() => return Err(Forbidden::Port),
            Host::Domain(_) => {}
        }
        Ok(ports)
    }

    /// For each address before it is connected to.
    pub fn check_address(&self, address: IpAddr, ports: Ports) -> Result<(), Forbidden> {
        // Connecting to `::ffff:192.0.2.1` is connecting to `192.0.2.1`.
        let reached = address.to_canonical();
        if self.allowed.iter().any(|network| network.contains(address) || network.contains(reached)) {
            return Ok(());
        }
        match ports {
            _ if !is_public(address) => Err(Forbidden::Address),
            Ports::Web => Ok(()),
            Ports::Other => Err(Forbidden::Port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str], https_only: bool) -> NetworkGuard {
        NetworkGuard::new(allowed.iter().map(|text| text.parse().unwrap()).collect(), https_only)
    }

    fn check(guard: &NetworkGuard, url: &str) -> Result<Ports, Forbidden> {
        guard.check_url(&Url::parse(url).unwrap())
    }

    #[test]
    fn names_and_public_addresses_are_called_on_the_ports_of_the_web() {
        let guard = guard(&[], true);
        for url in ["https://example.org/hook", "https://example.org:80", "https://93.184.216.34", "https://[2606::1]/"]
        {
            assert_eq!(check(&guard, url), Ok(Ports::Web), "{url}");
        }
        for url in ["https://example.org:8443", "https://93.184.216.34:22"] {
            assert_eq!(check(&guard, url), Err(Forbidden::Port), "{url}");
        }
        for url in ["http://example.org", "ftp://example.org", "file:///etc/passwd"] {
            assert_eq!(check(&guard, url), Err(Forbidden::Scheme), "{url}");
        }
    }

    #[test]
    fn a_literal_address_is_seen_however_it_is_written() {
        let guard = guard(&[], false);
        let written = [
            "http://127.0.0.1",
            "http://127.1",
            "http://2130706433",
            "http://0x7f.0.0.1",
            "http://0177.0.0.1",
            "http://127.0.0.1.",
            "http://%31%32%37.0.0.1",
            "http://１２７.0.0.1",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
            "http://[::127.0.0.1]",
            "http://[::ffff:7f00:1]",
            "http://[64:ff9b::7f00:1]",
            "http://0",
        ];
        for url in written {
            assert_eq!(check(&guard, url), Err(Forbidden::Address), "{url}");
        }
    }

    #[test]
    fn what_the_operator_allows_is_called_with_any_port_and_nothing_else_is() {
        let guard = guard(&["10.1.0.0/16", "fd00:1::/32", "127.0.0.1"], false);
        for url in ["http://10.1.2.3:9000", "http://[fd00:1::7]:81", "http://127.0.0.1:1", "http://[::ffff:10.1.0.1]:2"]
        {
            assert!(check(&guard, url).is_ok(), "{url}");
        }
        for url in ["http://10.2.0.1", "http://[fd00:2::7]", "http://127.0.0.2", "http://[::ffff:10.2.0.1]"] {
            assert_eq!(check(&guard, url), Err(Forbidden::Address), "{url}");
        }
        // A name with another port may be one of those inside; a public address then is not.
        assert_eq!(check(&guard, "http://inside.example:9000"), Ok(Ports::Other));
        assert_eq!(guard.check_address([93, 184, 216, 34].into(), Ports::Other), Err(Forbidden::Port));
    }
}
