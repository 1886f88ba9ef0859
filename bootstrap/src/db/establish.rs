//! Opens one connection as its URL asks: plain or TLS, named, with settings of the session.

use std::{sync::Arc, time::Duration};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::CertificateDer, pki_types::pem::PemObject};
use tokio::sync::OnceCell;
use tokio_postgres::{NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use super::APPLICATION_NAME;

/// Data that the server does not acknowledge for so long means that it, or the way to it, is gone.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);

/// The roots of this machine, read once: there are more than a hundred of them.
static NATIVE_ROOTS: OnceCell<Arc<RootCertStore>> = OnceCell::const_new();

pub(super) async fn establish(url: &str, settings: &str) -> ConnectionResult<AsyncPgConnection> {
    let (url, tls) = split_tls(url)?;
    let mut config: tokio_postgres::Config = url.parse().map_err(refused)?;
    config.tcp_user_timeout(UNACKNOWLEDGED);
    if config.get_application_name().is_none() {
        config.application_name(APPLICATION_NAME.get().map_or("tidemark", String::as_str));
    }
    if !settings.is_empty() {
        let options = [settings, config.get_options().unwrap_or_default()].join(" ");
        config.options(options.trim());
    }
    match tls {
        Tls::Off => {
            config.ssl_mode(SslMode::Disable);
            let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
        Tls::Verified { roots } => {
            config.ssl_mode(SslMode::Require);
            let connector = MakeRustlsConnect::new(client_config(roots.as_deref()).await?);
            let (client, connection) = config.connect(connector).await.map_err(failed)?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Tls {
    Off,
    /// With the roots in this PEM file, or the machine's.
    Verified {
        roots: Option<String>,
    },
}

/// Takes `sslmode` and `sslrootcert` out of the URL: the driver knows only some of their values. `prefer` and `allow`
/// are refused, since an attacker on the way decides what they come to.
fn split_tls(text: &str) -> ConnectionResult<(String, Tls)> {
    if !text.contains("ssl") {
        return Ok((text.to_owned(), Tls::Off));
    }
    let mut url = Url::parse(text).map_err(|_| ConnectionError::InvalidConnectionUrl("not a URL".to_owned()))?;
    let (mut mode, mut roots, mut others) = (None, None, Vec::new());
    for (name, value) in url.query_pairs().into_owned() {
        match name.as_str() {
            "sslmode" => mode = Some(value),
            "sslrootcert" => roots = Some(value).filter(|path| path != "system"),
            _ => others.push((name, value)),
        }
    }
    url.set_query(None);
    if !others.is_empty() {
        // Percent-encoding, because the driver does not read a plus sign as a space.
        let pairs: Vec<_> = others.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        url.set_query(Some(&pairs.join("&")));
    }
    match mode.as_deref() {
        None | Some("disable") => Ok((url.into(), Tls::Off)),
        Some("require" | "verify-ca" | "verify-full") => Ok((url.into(), Tls::Verified { roots })),
        Some(_) => Err(ConnectionError::InvalidConnectionUrl(
            "sslmode must be disable, require, verify-ca or verify-full".to_owned(),
        )),
    }
}

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

async fn client_config(roots: Option<&str>) -> ConnectionResult<ClientConfig> {
    let roots = match roots {
        Some(path) => Arc::new(roots_of_file(path)?),
        None => Arc::clone(NATIVE_ROOTS.get_or_try_init(native_roots).await?),
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(refused)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn roots_of_file(path: &str) -> ConnectionResult<RootCertStore> {
    let unreadable = |_| ConnectionError::BadConnection(format!("no certificates can be read from {path}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
        roots.add(certificate.map_err(unreadable)?).map_err(refused)?;
    }
    Ok(roots)
}

async fn native_roots() -> ConnectionResult<Arc<RootCertStore>> {
    let loaded = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await.map_err(refused)?;
    let mut roots = RootCertStore::empty();
    // Machines carry old roots that rustls does not take; the others still count.
    let (added, _ignored) = roots.add_parsable_certificates(loaded.certs);
    if added == 0 {
        return Err(ConnectionError::BadConnection("this machine has no root certificates for TLS".to_owned()));
    }
    Ok(Arc::new(roots))
}

fn refused(error: impl std::error::Error) -> ConnectionError {
    ConnectionError::BadConnection(error.to_string())
}

/// The driver's own text is only a category; the reason is in its source.
fn failed(error: tokio_postgres::Error) -> ConnectionError {
    let reason = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
    ConnectionError::BadConnection(format!("{error}{reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_tls_is_left_as_it_is() {
        let url = "postgres://ada:p%20w@127.0.0.1:5432/log?application_name=x";
        assert_eq!(split_tls(url).unwrap(), (url.to_owned(), Tls::Off));
    }

    #[test]
    fn tls_settings_are_taken_out_and_others_kept() {
        let split = split_tls("postgres://h/d?options=-c%20jit%3Doff&sslmode=verify-full&sslrootcert=/ca.pem").unwrap();
        let roots = Some("/ca.pem".to_owned());
        assert_eq!(split, ("postgres://h/d?options=-c%20jit%3Doff".to_owned(), Tls::Verified { roots }));
        assert_eq!(split_tls("postgres://h/d?sslmode=disable").unwrap(), ("postgres://h/d".to_owned(), Tls::Off));
        let system = split_tls("postgres://h/d?sslmode=require&sslrootcert=system").unwrap();
        assert_eq!(system, ("postgres://h/d".to_owned(), Tls::Verified { roots: None }));
    }

    #[test]
    fn modes_that_protect_nothing_are_refused() {
        for mode in ["prefer", "allow", "on"] {
            let refused = split_tls(&format!("postgres://h/d?sslmode={mode}")).unwrap_err().to_string();
            assert!(refused.contains("sslmode must be disable, require, verify-ca or verify-full"), "{refused}");
        }
    }
}
