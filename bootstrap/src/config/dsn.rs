//! The address of a server, with credentials that never appear in a log.

use std::{fmt, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// A server's URL. `Debug` and `Display` leave out user, password and parameters.
#[derive(Clone)]
pub struct Dsn {
    secret: Arc<SecretString>,
    shown: String,
}

impl Dsn {
    /// Accepts an absolute URL of one of the given schemes.
    pub fn parse(text: &str, schemes: &[&str]) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| schemes.contains(&url.scheme()))?;
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}{}", url.scheme(), url.path());
        Some(Self { secret: Arc::new(text.to_owned().into()), shown })
    }

    pub(super) const POSTGRES: [&str; 2] = ["postgres", "postgresql"];

    /// A PostgreSQL URL.
    pub fn postgres(text: &str) -> Option<Self> {
        Self::parse(text, &Self::POSTGRES)
    }

    /// The whole URL, for the one place that connects.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// Server and database without credentials and parameters, to tell two databases apart.
    pub(super) fn target(&self) -> &str {
        self.shown.split_once("://").map_or(&self.shown, |(_, target)| target)
    }

    pub(super) fn password(&self) -> Option<String> {
        Url::parse(self.expose()).ok()?.password().map(str::to_owned)
    }
}

impl fmt::Display for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dsn({})", self.shown)
    }
}
