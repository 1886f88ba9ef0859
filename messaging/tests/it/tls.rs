//! The bus over TLS: a broker that cannot prove who it is gets no password and no event.
//!
//! The client trusts the authorities of the machine, which `SSL_CERT_FILE` stands for: so each case is a process of its
//! own, this test program started again.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::watch,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::{
    broker::PATIENCE,
    installation::{Installation, event, publish_until_confirmed},
};

const URL: &str = "MESSAGING_TLS_URL";

/// The other side: does nothing unless it was told of a broker.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_under_test() {
    let Ok(url) = std::env::var(URL) else { return };
    bootstrap::process::install_crypto();
    let installation = Installation::on_rabbitmq();
    publish_until_confirmed(&installation.rabbit(&url), &[event(1)]).await;
}

/// How many clients have accepted the certificate, and how many have not.
#[derive(Clone, Copy, Debug, Default)]
struct Handshakes {
    done: usize,
    broken_off: usize,
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../bootstrap/tests/fixtures").join(name)
}

/// The real broker behind TLS with a certificate for `localhost`.
async fn tls_in_front_of_the_broker() -> (u16, watch::Receiver<Handshakes>) {
    let chain = CertificateDer::pem_file_iter(fixture("server.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    let (seen, handshakes) = watch::channel(Handshakes::default());
    let seen = Arc::new(seen);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(client).await else {
                    return seen.send_modify(|seen| seen.broken_off += 1);
                };
                seen.send_modify(|seen| seen.done += 1);
                let mut server = TcpStream::connect(broker_address()).await.unwrap();
                drop(copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    (port, handshakes)
}

fn broker_address() -> String {
    let url = test_support::amqp_url();
    let (_, rest) = url.split_once("://").unwrap();
    let authority = rest.split('/').next().unwrap();
    authority.rsplit('@').next().unwrap().to_owned()
}

/// A process that publishes an event on a broker of this name, and trusts this authority.
fn publisher(host: &str, port: u16, authority: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "tls::the_process_under_test"]).env("SSL_CERT_FILE", fixture(authority));
    command.env_remove("SSL_CERT_DIR").env(URL, format!("amqps://guest:guest@{host}:{port}/%2f"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_to_a_broker_with_a_certificate_of_its_name_and_of_a_known_authority_only() {
    bootstrap::process::install_crypto();
    let (port, mut handshakes) = tls_in_front_of_the_broker().await;
    let published = timeout(PATIENCE + Duration::from_secs(10), publisher("localhost", port, "ca.pem").wait()).await;
    assert!(published.expect("it ends").unwrap().success());
    let before = *handshakes.borrow_and_update();
    assert!(before.done > 0 && before.broken_off == 0, "{before:?}");

    for (host, authority) in [("127.0.0.1", "ca.pem"), ("localhost", "server.pem")] {
        let before = *handshakes.borrow_and_update();
        let _publisher = publisher(host, port, authority);
        // It tries again and again.
        let tried = handshakes.wait_for(|seen| seen.broken_off >= before.broken_off + 3);
        let after = *timeout(PATIENCE, tried).await.expect("it tries").unwrap();
        assert_eq!(after.done, before.done, "{host}, {authority}");
    }
}
