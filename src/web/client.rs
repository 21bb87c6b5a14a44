//! Where a request comes from: the address of the connection, or what a trusted proxy says it is.
//!
//! The address is used to slow down guessing and is written nowhere. [`ClientAddr::keyed`] is what tables keep.

use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::site::Site;

/// The other end of the connection, as the accept loop saw it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Where a request comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientAddr(pub IpAddr);

impl std::fmt::Debug for ClientAddr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientAddr")
    }
}

impl ClientAddr {
    /// Reads the address: the last hop in X-Forwarded-For that is not a trusted proxy, when a trusted proxy sent it.
    pub fn read(headers: &HeaderMap, peer: Option<Peer>, trusted: &[IpAddr]) -> ClientAddr {
        let direct = peer.map_or(IpAddr::from([0, 0, 0, 0]), |Peer(addr)| addr.ip().to_canonical());
        if !trusted.contains(&direct) {
            return ClientAddr(direct);
        }
        let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<IpAddr> =
            hops.flat_map(|line| line.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
        ClientAddr(hops.into_iter().rev().find(|hop| !trusted.contains(hop)).unwrap_or(direct))
    }

    /// A keyed hash of the address, good for counting and for nothing else. An IPv6 home is its first 64 bits.
    pub fn keyed(self, site: &Site) -> Vec<u8> {
        site.keys.service("failed-try").hmac(&[b"address", &self.home()]).to_vec()
    }

    /// What all devices of one home share.
    pub(super) fn home(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
        }
    }
}

impl FromRequestParts<Site> for ClientAddr {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<ClientAddr, std::convert::Infallible> {
        let peer = parts.extensions.get::<Peer>().copied();
        Ok(ClientAddr::read(&parts.headers, peer, &site.config.settings.trusted_proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().expect("a header value"));
        let trusted: Vec<IpAddr> = trusted.iter().map(|ip| ip.parse().expect("an address")).collect();
        let peer = Peer(SocketAddr::new(peer.parse().expect("an address"), 9));
        ClientAddr::read(&headers, Some(peer), &trusted).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(read("192.0.2.9", "198.51.100.7", &[]), "192.0.2.9");
        assert_eq!(read("127.0.0.1", "198.51.100.7", &["127.0.0.1"]), "198.51.100.7");
        assert_eq!(read("127.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.1", &["127.0.0.1", "10.0.0.1"]), "198.51.100.7");
        assert_eq!(read("127.0.0.1", "nonsense", &["127.0.0.1"]), "127.0.0.1");
    }
}
