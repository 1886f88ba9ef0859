//! TLS of the public port: version 1.3 only, with a certificate that is read again when it changes.

use std::{
    convert::Infallible,
    fs, io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use ::metrics::counter;
use bootstrap::{
    Tasks,
    config::{self, Problem},
};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::TLS13,
};
use sha2::{Digest, Sha256};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::Mutex,
};
use tracing::{error, info};
use zeroize::Zeroizing;

use crate::metrics::CERTIFICATE_RELOADS;

const CERTIFICATE: &str = "http.tls_cert";
const KEY: &str = "http.tls_key";
/// How often the files are looked at without a signal.
const CHECK_EVERY: Duration = Duration::from_secs(60);

/// What new connections are shown; those that are open stay as they are. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    files: config::Tls,
    current: Arc<Current>,
}

#[derive(Debug)]
struct Current(RwLock<Pair>);

/// A certificate with its key, and a hash of the files that they came from.
#[derive(Clone, Debug)]
struct Pair {
    certified: Arc<CertifiedKey>,
    digest: [u8; 32],
}

impl Certificate {
    /// Reads the files, which must hold a chain and the key of its first certificate.
    pub(crate) fn load(files: &config::Tls) -> Result<Self, Problem> {
        Ok(Self { files: files.clone(), current: Arc::new(Current(RwLock::new(Pair::read(files)?))) })
    }

    /// For the server, which adds the protocols that it speaks (ALPN: `h2`, `http/1.1`).
    pub(crate) fn server_config(&self) -> Result<ServerConfig, rustls::Error> {
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_protocol_versions(&[&TLS13])?.with_no_client_auth();
        Ok(config.with_cert_resolver(Arc::clone(&self.current) as Arc<dyn ResolvesServerCert>))
    }

    /// Reads the files again on SIGHUP, and when they have changed. What cannot be used is logged, and the former
    /// certificate stays.
    pub(crate) fn follow(&self, tasks: &Tasks) -> io::Result<()> {
        // From now on: until a signal has a handler, it ends the process.
        let hangup = Arc::new(Mutex::new(signal(SignalKind::hangup())?));
        let (certificate, shutdown) = (self.clone(), tasks.shutdown().clone());
        tasks.supervise("certificate", move || {
            let (certificate, hangup, shutdown) = (certificate.clone(), Arc::clone(&hangup), shutdown.clone());
            async move {
                let mut hangup = hangup.lock().await;
                while shutdown.run_until(due(&mut hangup)).await.is_some() {
                    certificate.refresh().await;
                }
                Ok::<_, Infallible>(())
            }
        });
        Ok(())
    }

    async fn refresh(&self) {
        let files = self.files.clone();
        let read = tokio::task::spawn_blocking(move || Pair::read(&files)).await;
        let outcome = match read {
            Ok(Ok(pair)) if pair.digest == self.current.get().digest => return,
            Ok(Ok(pair)) => {
                self.current.replace(pair);
                info!("new connections get the new certificate");
                "loaded"
            }
            Ok(Err(problem)) => {
                error!(%problem, "the certificate was not read again");
                "refused"
            }
            Err(panicked) => {
                error!(error = %panicked, "the certificate was not read again");
                "refused"
            }
        };
        counter!(CERTIFICATE_RELOADS, "outcome" => outcome).increment(1);
    }
}

async fn due(hangup: &mut Signal) {
    tokio::select! {
        _ = hangup.recv() => {}
        () = tokio::time::sleep(CHECK_EVERY) => {}
    }
}

impl Current {
    fn get(&self) -> Pair {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, pair: Pair) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = pair;
    }
}

impl ResolvesServerCert for Current {
    /// The same for every name: what the server is called is the proxy's or the DNS's affair.
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get().certified)
    }
}

impl Pair {
    fn read(files: &config::Tls) -> Result<Self, Problem> {
        let chain = read(CERTIFICATE, &files.certificate)?;
        let key = read(KEY, &files.key)?;
        let digest = Sha256::new().chain_update(Sha256::digest(&*chain)).chain_update(Sha256::digest(&*key));
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
            .collect::<Result<_, _>>()
            .map_err(|_| Problem::new(CERTIFICATE, "must hold certificates in PEM"))?;
        let key = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|_| Problem::new(KEY, "must hold a private key in PEM, without a password"))?;
        let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|error| Problem::new(KEY, format!("does not belong to {CERTIFICATE}: {error}")))?;
        Ok(Self { certified: Arc::new(certified), digest: digest.finalize().into() })
    }
}

fn read(setting: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let unreadable = |error: io::Error| Problem::new(setting, format!("cannot be read: {}", error.kind()));
    fs::read(path).map(Zeroizing::new).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn fixture(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../bootstrap/tests/fixtures").join(name)
    }

    fn refusal(certificate: &str, key: &str) -> String {
        let files = config::Tls { certificate: fixture(certificate), key: fixture(key) };
        Certificate::load(&files).unwrap_err().to_string()
    }

    #[test]
    fn files_that_cannot_be_used_are_refused_by_the_name_of_their_setting() {
        assert_eq!(refusal("none.pem", "server.key"), "http.tls_cert (TLS_CERT): cannot be read: entity not found");
        let no_certificate = refusal("server.key", "server.key");
        assert!(
            no_certificate.starts_with("http.tls_key (TLS_KEY): does not belong to http.tls_cert"),
            "{no_certificate}"
        );
        let no_key = "http.tls_key (TLS_KEY): must hold a private key in PEM, without a password";
        assert_eq!(refusal("server.pem", "server.pem"), no_key);
        let of_another = refusal("ca.pem", "server.key");
        assert!(of_another.starts_with("http.tls_key (TLS_KEY): does not belong to http.tls_cert"), "{of_another}");
    }

    #[test]
    fn only_the_newest_version_of_tls_is_offered_and_nothing_is_taken_early() {
        let files = config::Tls { certificate: fixture("server.pem"), key: fixture("server.key") };
        let config = Certificate::load(&files).unwrap().server_config().unwrap();
        // Early data can be replayed by whoever recorded it (RFC 8446, section 8).
        assert_eq!(config.max_early_data_size, 0);
        assert!(config.alpn_protocols.is_empty(), "the server adds its own");
    }
}
