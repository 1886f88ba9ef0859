//! The configuration of a process: typed, read once at start-up from a TOML file and the environment, then checked.

mod accounts;
mod dsn;
mod error;
mod files;
mod load;
mod role;
mod secret_key;
mod secrets;
mod section;
mod security_txt;
mod source;
mod validate;
mod webhooks;

#[cfg(test)]
mod tests;

use std::{net::IpAddr, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use url::Url;

pub use accounts::{Accounts, SecondFactor};
pub use dsn::Dsn;
pub use error::{ConfigError, Problem};
pub use files::{Files, FilesPlace, S3Credentials, S3Place};
pub use role::Role;
pub use secret_key::SecretKey;
pub use section::{Section, Sections};
pub use security_txt::SecurityTxt;
pub use webhooks::Webhooks;

/// Everything that a process may be told from outside. docs/operations.md has the table of keys and defaults.
#[derive(Clone, Debug)]
pub struct Config {
    pub environment: Environment,
    /// What the process does, and so what it has to be given.
    pub role: Role,
    pub http: Http,
    pub admin: Admin,
    pub database: Database,
    /// Where the keys of persons are kept; see [`Config::keys_database_url`].
    pub keys_database_url: Option<Dsn>,
    /// RabbitMQ; without it the bus is in-process.
    pub amqp_url: Option<Dsn>,
    /// Starts the name of every exchange and queue.
    pub amqp_prefix: String,
    /// Redis; without it the cache and the counters are in-process.
    pub redis_url: Option<Dsn>,
    /// Starts every Redis key.
    pub redis_prefix: String,
    pub mail: Mail,
    pub secrets: Secrets,
    pub erasure: Erasure,
    pub files: Files,
    pub log: Log,
    pub limits: Limits,
    pub accounts: Accounts,
    pub security_txt: SecurityTxt,
    pub sessions: Sessions,
    pub jobs: Jobs,
    pub webhooks: Webhooks,
    /// How long a process may take to finish its work after it was asked to stop.
    pub shutdown_grace: Duration,
    /// What extensions are told; see [`Config::section`].
    pub sections: Sections,
}

/// What the process is used for; only `Development` accepts convenient and therefore unsafe settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Development,
    Production,
}

impl Environment {
    pub fn is_development(self) -> bool {
        self == Self::Development
    }
}

impl FromStr for Environment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err(()),
        }
    }
}

/// The public HTTP server.
#[derive(Clone, Debug)]
pub struct Http {
    pub bind: SocketAddr,
    /// The origin that links in mails and `Location` headers start with; never taken from a request.
    pub public_url: Url,
    /// Origins of browsers that may call with credentials, exactly as a browser sends them (`https://app.example.org`).
    pub allowed_origins: Vec<String>,
    /// Peers whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Largest request body in bytes; files stream apart from it.
    pub body_limit_bytes: usize,
    /// Without it the port speaks plain HTTP, for a proxy in front that does TLS.
    pub tls: Option<Tls>,
}

/// The PEM files of the public port's TLS. They are read again when they change.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The server's certificate first, then those that lead to the root.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// The server for metrics and health, never exposed to the public.
#[derive(Clone, Debug)]
pub struct Admin {
    pub bind: SocketAddr,
}

/// The log's database.
#[derive(Clone, Debug)]
pub struct Database {
    /// `None` lets the all-in-one binary start a private cluster; see [`Config::database_url`].
    pub url: Option<Dsn>,
    /// A hot standby that queries may be answered from.
    pub replica_url: Option<Dsn>,
    /// Connections in the pool of this process, beside the few that tasks keep for themselves.
    pub pool_size: usize,
    /// How long the start waits for the server, which may be starting at the same time. No setting.
    pub patience: Duration,
}

/// Where mails go and whom they come from.
#[derive(Clone, Debug)]
pub struct Mail {
    pub transport: MailTransport,
    /// The sender as a mailbox: `Tidemark <no-reply@example.org>`.
    pub from: String,
}

#[derive(Clone, Debug)]
pub enum MailTransport {
    Smtp(Dsn),
    /// Each mail becomes one `.eml` file here; for development.
    Directory(PathBuf),
}

/// The secrets of the installation, 32 random bytes each. Those that a role has no use for are not read; in their place
/// are values that nobody else has.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Wraps the keys of persons, and those that sign access tokens.
    pub master_key: SecretKey,
    /// Opens what another master key has wrapped, while one replaces the other.
    pub previous_master_key: Option<SecretKey>,
    /// Signs access tokens (Ed25519 seed), and derives the keys of cursors and refresh tokens.
    pub token_key: SecretKey,
    /// Mixed into passwords before they are hashed.
    pub password_pepper: SecretKey,
    /// Those that were mixed in before, newest first: for passwords that were not used since.
    pub previous_password_peppers: Vec<SecretKey>,
    /// The one that is to be mixed in next, and is already by other processes.
    pub next_password_pepper: Option<SecretKey>,
    /// Makes blind indexes of e-mail addresses.
    pub index_key: SecretKey,
    /// Another one whose blind indexes count too, while one replaces the other.
    pub previous_index_key: Option<SecretKey>,
}

/// The erasing of persons.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// The directory of the ledger: outside both databases, in backups of its own, the same for all processes that need it.
    pub ledger: PathBuf,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub format: LogFormat,
    /// In the syntax of `tracing_subscriber::EnvFilter`: `info,event_store=debug`.
    pub filter: String,
    /// Whether somebody has asked for this filter; the operator's commands are quieter than servers otherwise.
    pub is_chosen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

impl FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// Bounds on what callers may ask of a process.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The window over which requests are counted.
    pub window: Duration,
    /// Requests of one anonymous client address in a window.
    pub anonymous_requests: u32,
    /// Requests of one client address to routes that take credentials, in a window.
    pub credential_requests: u32,
    /// Requests of one signed-in caller in a window.
    pub user_requests: u32,
    /// Passwords hashed at the same time; each takes a core for about 230 ms.
    pub password_hashing: usize,
    /// Requests that may wait for password hashing; further ones are answered 503.
    pub password_queue: usize,
    /// WebSocket connections of this process.
    pub live_connections: usize,
    /// Answers to queries that this process keeps where there is no Redis; 0 keeps none.
    pub cache_bytes: usize,
    /// How long the database works on one list of records.
    pub list_time: Duration,
}

/// How long somebody stays signed in.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// A session that is not refreshed for so long is over.
    pub idle: Duration,
    /// A session is over after this time, whatever is done with it.
    pub absolute: Duration,
    /// The header in which a trusted proxy says where a request comes from, such as a country; shown to the user in the
    /// list of sessions.
    pub place_header: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Jobs {
    /// Jobs of one queue that run at the same time in this process.
    pub concurrency: usize,
    /// How long a worker that stopped responding keeps its jobs.
    pub lease: Duration,
}

impl Config {
    /// The URL of the log's database, or the error that names the missing setting.
    pub fn database_url(&self) -> Result<&str, ConfigError> {
        self.database.url.as_ref().map(Dsn::expose).ok_or_else(|| Problem::required("database.url").into())
    }

    /// The URL of the keys' database; in development the log's database serves for both.
    pub fn keys_database_url(&self) -> Result<&str, ConfigError> {
        match &self.keys_database_url {
            Some(url) => Ok(url.expose()),
            None if self.environment.is_development() => self.database_url(),
            None => Err(Problem::required("keys_database_url").into()),
        }
    }
}
