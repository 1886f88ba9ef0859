//! Settings of the TCP connections that may become WebSockets: a client that is gone, or does not read, holds neither
//! memory nor a place for long.

use std::{any::Any, time::Duration};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{dev::Extensions, rt::net::TcpStream};
use socket2::{SockRef, TcpKeepalive};
use tracing::debug;

/// Sent bytes that are not acknowledged for this long, or a window that stays closed, end the connection (tcp(7)).
const USER_TIMEOUT: Duration = Duration::from_secs(30);
/// A peer that vanished without a word is noticed within two minutes, also where nothing is sent.
const KEEPALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(20));
/// Bytes that the kernel keeps unsent. What has left does not count, so throughput does not suffer; what has not waits
/// in our queue instead, where it can still be coalesced.
const UNSENT_BYTES: u32 = 64 * 1024;

/// To be called for every connection that the server accepts (`HttpServer::on_connect`).
pub fn prepare(connection: &dyn Any, _: &mut Extensions) {
    let encrypted = || connection.downcast_ref::<TlsStream<TcpStream>>().map(|stream| stream.get_ref().0);
    let Some(stream) = connection.downcast_ref::<TcpStream>().or_else(encrypted) else { return };
    let socket = SockRef::from(stream);
    let set = socket
        .set_tcp_keepalive(&KEEPALIVE)
        .and_then(|()| socket.set_tcp_user_timeout(Some(USER_TIMEOUT)))
        .and_then(|()| socket.set_tcp_notsent_lowat(UNSENT_BYTES));
    if let Err(error) = set {
        // The peer may be gone already.
        debug!(%error, "a connection's settings cannot be made");
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use bootstrap::config::Tls;
    use tokio::net::TcpListener;
    use tokio_rustls::{
        TlsAcceptor, TlsConnector,
        rustls::{
            ClientConfig, RootCertStore,
            crypto::aws_lc_rs,
            pki_types::{CertificateDer, ServerName, pem::PemObject},
        },
    };

    use super::*;
    use crate::tls::Certificate;

    fn fixture(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../bootstrap/tests/fixtures").join(name)
    }

    /// Both ends of a connection.
    async fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        (client.unwrap(), accepted.unwrap().0)
    }

    fn is_prepared(stream: &TcpStream) -> bool {
        let socket = SockRef::from(stream);
        socket.keepalive().unwrap() && socket.tcp_user_timeout().unwrap() == Some(USER_TIMEOUT)
    }

    #[tokio::test]
    async fn plain_and_encrypted_connections_are_prepared_alike() {
        let (_client, server) = connected().await;
        assert!(!is_prepared(&server));
        prepare(&server, &mut Extensions::new());
        assert!(is_prepared(&server));

        let files = Tls { certificate: fixture("server.pem"), key: fixture("server.key") };
        let acceptor = TlsAcceptor::from(Arc::new(Certificate::load(&files).unwrap().server_config().unwrap()));
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(fixture("ca.pem")).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let connector = TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()));
        let (client, server) = connected().await;
        let name = ServerName::try_from("localhost").unwrap();
        let (_client, server) = tokio::join!(connector.connect(name, client), acceptor.accept(server));
        let server: TlsStream<TcpStream> = server.unwrap().into();
        prepare(&server, &mut Extensions::new());
        assert!(is_prepared(server.get_ref().0));
    }
}
