//! Where the mail server is, how to talk to it privately, and as whom.

use std::{fmt, fs, io, time::Duration};

use bootstrap::config::Dsn;
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    extension::ClientId,
};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// RFC 5321, RFC 6409 and RFC 8314.
const RELAY_PORT: u16 = 25;
const SUBMISSION_PORT: u16 = 587;
const TLS_SUBMISSION_PORT: u16 = 465;

/// A mail server as a URL names it:
///
/// - `smtps://` is TLS from the first byte, port 465;
/// - `smtp://…?tls=required` is STARTTLS or nothing, port 587;
/// - `smtp://…?tls=opportunistic` is STARTTLS where the server offers it, port 587;
/// - `smtp://` is plain text, port 25.
///
/// User and password come before the host, percent-encoded. `ca=/path/to.pem` trusts that authority beside the web's.
pub struct SmtpServer {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
}

enum Security {
    Plain,
    StartTls { parameters: TlsParameters, required: bool },
    Tls(TlsParameters),
}

/// Why a URL names no mail server that can be used. Never shows the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSmtpUrl {
    #[error("is not a URL with a host")]
    Malformed,
    #[error("has an unknown parameter or value: tls=required, tls=opportunistic and ca=<file> are known")]
    UnknownParameter,
    #[error("would send the password in plain text: use smtps:// or tls=required")]
    PlainPassword,
    #[error("names a certificate file that cannot be read: {0}")]
    Certificate(io::Error),
    #[error("names TLS settings that cannot be used: {0}")]
    Tls(#[source] Error),
}

impl SmtpServer {
    pub fn parse(dsn: &Dsn) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(dsn.expose()).map_err(|_| InvalidSmtpUrl::Malformed)?;
        let (host, local) = host(&url).ok_or(InvalidSmtpUrl::Malformed)?;
        let (mut tls, mut ca) = (None, None);
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.as_ref()) {
                ("tls", "required" | "opportunistic") if url.scheme() == "smtp" => tls = Some(value == "required"),
                ("ca", path) => ca = Some(certificate(path)?),
                _ => return Err(InvalidSmtpUrl::UnknownParameter),
            }
        }
        let parameters = || tls_parameters(&host, ca.clone()).map_err(InvalidSmtpUrl::Tls);
        let (security, port) = match (url.scheme(), tls) {
            ("smtps", _) => (Security::Tls(parameters()?), TLS_SUBMISSION_PORT),
            (_, Some(required)) => (Security::StartTls { parameters: parameters()?, required }, SUBMISSION_PORT),
            (_, None) => (Security::Plain, RELAY_PORT),
        };
        let credentials = credentials(&url);
        if credentials.is_some() && !security.is_certain() && !local {
            return Err(InvalidSmtpUrl::PlainPassword);
        }
        Ok(Self { port: url.port().unwrap_or(port), host, security, credentials, hello: ClientId::default() })
    }

    /// A session that is ready for a mail.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let address = (self.host.as_str(), self.port);
        let tls = match &self.security {
            Security::Tls(parameters) => Some(parameters.clone()),
            Security::StartTls { .. } | Security::Plain => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT_TIMEOUT), &self.hello, tls, None).await?;
        if let Security::StartTls { parameters, required } = &self.security
            && (*required || connection.can_starttls())
        {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }
}

impl Security {
    /// Whether what is sent is encrypted whatever somebody in between does.
    fn is_certain(&self) -> bool {
        match self {
            Self::Tls(_) => true,
            Self::StartTls { required, .. } => *required,
            Self::Plain => false,
        }
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpServer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// The host as it is connected to, and whether it is this machine.
fn host(url: &Url) -> Option<(String, bool)> {
    // Schemes that the URL standard does not know keep addresses as text.
    let host = url.host_str()?.trim_matches(['[', ']']);
    Some(match Host::parse(url.host_str()?).ok()? {
        Host::Ipv4(address) => (address.to_string(), address.is_loopback()),
        Host::Ipv6(address) => (address.to_string(), address.is_loopback()),
        Host::Domain(_) => (host.to_owned(), host == "localhost"),
    })
}

fn credentials(url: &Url) -> Option<Credentials> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some(Credentials::new(decode(url.username()), decode(url.password()?)))
}

fn certificate(path: &str) -> Result<Certificate, InvalidSmtpUrl> {
    let pem = fs::read(path).map_err(InvalidSmtpUrl::Certificate)?;
    Certificate::from_pem(&pem).map_err(InvalidSmtpUrl::Tls)
}

fn tls_parameters(host: &str, ca: Option<Certificate>) -> Result<TlsParameters, Error> {
    let builder = TlsParameters::builder(host.to_owned());
    match ca {
        Some(certificate) => builder.add_root_certificate(certificate),
        None => builder,
    }
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<SmtpServer, InvalidSmtpUrl> {
        SmtpServer::parse(&Dsn::parse(url, &["smtp", "smtps"]).unwrap())
    }

    #[test]
    fn the_scheme_and_the_parameter_decide_on_encryption_and_port() {
        for (url, host, port, certain) in [
            ("smtp://mail.example.org", "mail.example.org", 25, false),
            ("smtp://mail.example.org?tls=opportunistic", "mail.example.org", 587, false),
            ("smtp://u:p@mail.example.org?tls=required", "mail.example.org", 587, true),
            ("smtps://u:p@mail.example.org", "mail.example.org", 465, true),
            ("smtps://mail.example.org:2465", "mail.example.org", 2465, true),
            ("smtp://[::1]:1025", "::1", 1025, false),
        ] {
            let server = parse(url).unwrap();
            assert_eq!(
                (server.host.as_str(), server.port, server.security.is_certain()),
                (host, port, certain),
                "{url}"
            );
        }
    }

    #[test]
    fn a_password_never_travels_in_plain_text_except_on_this_machine() {
        for url in ["smtp://u:p@mail.example.org", "smtp://u:p@mail.example.org?tls=opportunistic"] {
            assert!(matches!(parse(url), Err(InvalidSmtpUrl::PlainPassword)), "{url}");
        }
        for url in ["smtp://u:p@127.0.0.1:1025", "smtp://u:p@localhost", "smtp://u:p@[::1]"] {
            assert!(parse(url).unwrap().credentials.is_some(), "{url}");
        }
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let url = Url::parse("smtps://user%40example.org:a%2Fb+c%25&d@mail.example.org").unwrap();
        assert_eq!(credentials(&url), Some(Credentials::new("user@example.org".to_owned(), "a/b+c%&d".to_owned())));
    }

    #[test]
    fn what_is_misspelt_is_refused_without_showing_the_password() {
        for url in ["smtp://h?tls=yes", "smtp://h?starttls=required", "smtps://h?tls=opportunistic"] {
            assert!(matches!(parse(url), Err(InvalidSmtpUrl::UnknownParameter)), "{url}");
        }
        let error = parse("smtps://u:secret-word@h?ca=/nowhere.pem").unwrap_err();
        assert!(matches!(error, InvalidSmtpUrl::Certificate(_)));
        let shown = format!("{error} {error:?} {:?}", parse("smtps://u:secret-word@h").unwrap());
        assert!(!shown.contains("secret-word"), "{shown}");
    }
}
