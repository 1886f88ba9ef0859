//! Where a request comes from: the peer, or what a trusted proxy says.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{self, HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// One customer usually has a /64 of IPv6 addresses (RFC 6177), so it counts as one address.
const IPV6_CUSTOMER: u128 = !0 << 64;

/// A client's address. It is personal data: it is counted by and hashed, never logged or stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// What counts as one client: the address itself, or its /64.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & IPV6_CUSTOMER)),
        }
    }

    /// The client behind `peer`. Headers count only from trusted peers, and only the part that trusted proxies have
    /// written: the last address in the chain that is not a trusted proxy itself.
    ///
    /// A proxy that writes one of the two headers passes the other on as the client forged it. When both are there and
    /// disagree, neither is believed.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let peer = Self::new(peer);
        let is_trusted = |address: Self| trusted.iter().any(|proxy| Self::new(*proxy) == address);
        if !is_trusted(peer) {
            return peer;
        }
        let client = |chain: Vec<Option<Self>>| {
            let mut nearest = peer;
            for hop in chain.into_iter().rev() {
                match hop {
                    Some(hop) if is_trusted(hop) => nearest = hop,
                    Some(hop) => return hop,
                    // What cannot be read ends the part that is known.
                    None => return nearest,
                }
            }
            nearest
        };
        match (chain(headers, &header::FORWARDED, for_parameter), chain(headers, &X_FORWARDED_FOR, |hop| Some(hop))) {
            (None, None) => peer,
            (Some(one), None) | (None, Some(one)) => client(one),
            (Some(one), Some(other)) => {
                let (one, other) = (client(one), client(other));
                if one == other { one } else { peer }
            }
        }
    }
}

/// Not shown by accident.
impl std::fmt::Debug for ClientAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientAddress(…)")
    }
}

/// The hops that a header lists, nearest last; `None` without the header.
fn chain(
    headers: &HeaderMap,
    name: &HeaderName,
    address: fn(&str) -> Option<&str>,
) -> Option<Vec<Option<ClientAddress>>> {
    let values: Vec<_> = headers.get_all(name).map(|value| value.to_str().unwrap_or_default()).collect();
    let hops = || values.iter().flat_map(|value| value.split(','));
    (!values.is_empty()).then(|| hops().map(|hop| address(hop).and_then(parse)).collect())
}

/// The `for` parameter of one element of a `Forwarded` header (RFC 7239).
fn for_parameter(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })
}

/// An address with or without quotes, brackets and port.
fn parse(text: &str) -> Option<ClientAddress> {
    let text = text.trim().trim_matches('"');
    let address = match text.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next()?,
        // One colon is a port; more of them are an IPv6 address.
        None if text.matches(':').count() == 1 => text.split(':').next()?,
        None => text,
    };
    address.parse().ok().map(ClientAddress::new)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(peer: &str, headers: &[(HeaderName, &str)], trusted: &[&str]) -> IpAddr {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        let trusted: Vec<_> = trusted.iter().map(|text| ip(text)).collect();
        ClientAddress::of(ip(peer), &headers.collect(), &trusted).0
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_says() {
        let forged = [(X_FORWARDED_FOR, "192.0.2.1"), (header::FORWARDED, "for=192.0.2.1")];
        assert_eq!(client("203.0.113.9", &forged, &["10.0.0.1"]), ip("203.0.113.9"));
    }

    #[test]
    fn the_last_untrusted_hop_is_the_client() {
        let proxies = ["10.0.0.1", "10.0.0.2"];
        for chain in ["198.51.100.7", "192.0.2.1, 198.51.100.7", "192.0.2.1, 198.51.100.7:4711, 10.0.0.2"] {
            assert_eq!(client("10.0.0.1", &[(X_FORWARDED_FOR, chain)], &proxies), ip("198.51.100.7"), "{chain}");
        }
        let forwarded = [(header::FORWARDED, r#"for=192.0.2.1, For="[2001:db8::7]:4711";proto=https"#)];
        assert_eq!(client("10.0.0.1", &forwarded, &proxies), ip("2001:db8::7"));
    }

    /// A client that gets a victim's address blocked by sending it through a proxy that writes the other header.
    #[test]
    fn headers_that_disagree_are_not_believed() {
        let headers = [(header::FORWARDED, "for=192.0.2.1"), (X_FORWARDED_FOR, "198.51.100.7")];
        assert_eq!(client("10.0.0.1", &headers, &["10.0.0.1"]), ip("10.0.0.1"));
        let headers = [(header::FORWARDED, "for=198.51.100.7"), (X_FORWARDED_FOR, "198.51.100.7")];
        assert_eq!(client("10.0.0.1", &headers, &["10.0.0.1"]), ip("198.51.100.7"));
    }

    #[test]
    fn what_cannot_be_read_counts_as_the_proxy() {
        for chain in ["", "unknown", "_hidden", "192.0.2.1, nonsense"] {
            assert_eq!(client("10.0.0.1", &[(X_FORWARDED_FOR, chain)], &["10.0.0.1"]), ip("10.0.0.1"), "{chain}");
        }
    }

    #[test]
    fn a_customer_has_one_network() {
        let network = |text| ClientAddress::new(ip(text)).network();
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::4"), network("2001:db8:1:3::4"));
        assert_eq!(network("::ffff:192.0.2.1"), ip("192.0.2.1"));
    }
}
