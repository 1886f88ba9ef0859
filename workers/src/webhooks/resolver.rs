//! Looks names up for deliveries, and gives only addresses away that may be called.

use bootstrap::{NetworkGuard, network_guard::Ports};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// Asked at every connection: what a name meant when the webhook was made says nothing of what it means now.
pub(super) struct GuardedResolver {
    pub(super) guard: NetworkGuard,
    /// Which the connections are for.
    pub(super) ports: Ports,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, ports) = (self.guard.clone(), self.ports);
        Box::pin(async move {
            let (mut allowed, mut refused) = (Vec::new(), None);
            for found in lookup_host((name.as_str(), 0)).await? {
                match guard.check_address(found.ip(), ports) {
                    Ok(()) => allowed.push(found),
                    Err(forbidden) => refused = Some(forbidden),
                }
            }
            match refused.filter(|_| allowed.is_empty()) {
                Some(forbidden) => Err(forbidden.into()),
                None => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use bootstrap::network_guard::Forbidden;

    use super::*;

    async fn resolved(allowed: &[&str], ports: Ports) -> Result<Vec<SocketAddr>, Option<Forbidden>> {
        let allowed = allowed.iter().map(|text| text.parse().unwrap()).collect();
        let resolver = GuardedResolver { guard: NetworkGuard::new(allowed, false), ports };
        let found = resolver.resolve("localhost".parse().unwrap()).await;
        found.map(Iterator::collect).map_err(|error| error.downcast_ref::<Forbidden>().copied())
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_followed() {
        assert_eq!(resolved(&[], Ports::Web).await, Err(Some(Forbidden::Address)));
        assert_eq!(resolved(&["10.0.0.0/8"], Ports::Other).await, Err(Some(Forbidden::Address)));
    }

    #[tokio::test]
    async fn a_name_leads_where_the_operator_allows() {
        let found = resolved(&["127.0.0.0/8"], Ports::Other).await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|address| address.ip().is_loopback() && address.is_ipv4()));
    }
}
