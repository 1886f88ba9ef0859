//! RabbitMQ and Redis over TLS: whoever cannot prove to be the server gets no password and no data.
//!
//! The clients trust the authorities of the machine, which `SSL_CERT_FILE` stands for: so each case is a process of its
//! own, this test program started again.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bootstrap::{
    Shutdown,
    config::Dsn,
    health::{self, Registry},
    process, redis_pool,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    process::Command,
};
use tokio_rustls::TlsAcceptor;

const REDIS: &str = "BOOTSTRAP_TLS_REDIS";
const BROKER: &str = "BOOTSTRAP_TLS_BROKER";

/// The other side: does nothing unless it was told of servers.
#[tokio::test]
async fn the_process_under_test() {
    let (Ok(redis), Ok(broker)) = (std::env::var(REDIS), std::env::var(BROKER)) else { return };
    process::install_crypto();
    let registry = Registry::new(Shutdown::new());
    health::redis(&registry, redis_pool::pool(&Dsn::parse(&redis, &["rediss"]).unwrap(), 1).unwrap());
    health::broker(&registry, &Dsn::parse(&broker, &["amqps"]).unwrap());
    let report = registry.report().await;
    println!("redis {:?}, broker {:?}.", report.checks["redis"].state, report.checks["broker"].state);
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A real server behind TLS with a certificate for `localhost`.
struct Behind {
    port: u16,
    /// Connections on which the client was satisfied with the certificate.
    trusted: Arc<AtomicUsize>,
}

impl Behind {
    async fn tls(server: String) -> Self {
        let chain = CertificateDer::pem_file_iter(fixture("server.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, trusted) = (listener.local_addr().unwrap().port(), Arc::<AtomicUsize>::default());
        let counted = Arc::clone(&trusted);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, server, counted) = (acceptor.clone(), server.clone(), Arc::clone(&counted));
                tokio::spawn(async move {
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    counted.fetch_add(1, Ordering::SeqCst);
                    let mut server = TcpStream::connect(server).await.unwrap();
                    drop(copy_bidirectional(&mut client, &mut server).await);
                });
            }
        });
        Self { port, trusted }
    }

    fn trusted(&self) -> usize {
        self.trusted.load(Ordering::SeqCst)
    }
}

fn server(variable: &str, default: &str) -> url::Url {
    url::Url::parse(&std::env::var(variable).unwrap_or_else(|_| default.to_owned())).unwrap()
}

fn address(url: &url::Url, port: u16) -> String {
    format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(port))
}

/// What a process that trusts this authority says of the servers under this name.
async fn said(host: &str, authority: &str, redis: &Behind, broker: &Behind) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_process_under_test", "--nocapture"]).env("SSL_CERT_FILE", fixture(authority));
    command.env_remove("SSL_CERT_DIR").env(REDIS, format!("rediss://{host}:{}", redis.port));
    command.env(BROKER, format!("amqps://guest:guest@{host}:{}/%2f", broker.port));
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.find("redis ").map(|at| line[at..].to_owned())).unwrap_or(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_and_redis_have_to_show_a_certificate_of_their_name_and_of_a_known_authority() {
    process::install_crypto();
    let redis = server("TIDEMARK_TEST_REDIS_URL", "redis://127.0.0.1:6379");
    let broker = server("TIDEMARK_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f");
    let redis = Behind::tls(address(&redis, 6379)).await;
    let broker = Behind::tls(address(&broker, 5672)).await;
    assert_eq!(said("localhost", "ca.pem", &redis, &broker).await, "redis Up, broker Up.");
    let trusted = (redis.trusted(), broker.trusted());
    assert!(trusted.0 > 0 && trusted.1 > 0, "{trusted:?}");
    for (host, authority) in [("127.0.0.1", "ca.pem"), ("localhost", "server.pem")] {
        let said = said(host, authority, &redis, &broker).await;
        assert_eq!(said, "redis Down, broker Down.", "{host}, {authority}");
    }
    assert_eq!((redis.trusted(), broker.trusted()), trusted, "nothing was said to a server that is another");
}
