//! Reads the configuration: defaults, then the file, then the environment.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use url::Url;

use super::{
    Admin, Config, ConfigError, Database, Dsn, Environment, Erasure, Http, Jobs, Limits, Log, LogFormat, Mail,
    MailTransport, Role, Sections, Sessions, Tls, accounts, files, secrets, security_txt, source::Source, webhooks,
};

const DEFAULT_FILE: &str = "tidemark.toml";
const FILE_VARIABLE: &str = "TIDEMARK_CONFIG";
const ADDRESS: &str = "an address and a port, such as 127.0.0.1:8080";
const MOST: usize = 1_000_000;
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);

impl Config {
    /// Reads `path`, else the file that `TIDEMARK_CONFIG` names, else `./tidemark.toml` if there is one; then the
    /// environment, which wins. All problems come together in one error.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_for(Role::AllInOne, path)
    }

    /// The same for a process that does one thing: secrets that it has no use for may be missing, and are not read.
    pub fn load_for(role: Role, path: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(role, &[], path)
    }

    /// The same with sections that belong to extensions; see [`Config::section`].
    pub fn load_with(role: Role, sections: &[&'static str], path: Option<&Path>) -> Result<Self, ConfigError> {
        let named = path.map(Path::to_owned).or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
        let path = named.or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists()));
        let file = path.map_or_else(|| Ok(toml::Table::new()), |path| read_file(&path))?;
        // Values that are not Unicode cannot be ours; their names are skipped rather than a reason to panic.
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_sources_with(role, sections, &file, environment)
    }

    /// The same from given sources: a file's content and the variables of an environment.
    pub fn from_sources(
        file: &toml::Table,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::from_sources_for(Role::AllInOne, file, environment)
    }

    /// [`Self::from_sources`] for a process that does one thing.
    pub fn from_sources_for(
        role: Role,
        file: &toml::Table,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        Self::from_sources_with(role, &[], file, environment)
    }

    /// The same with sections that belong to extensions.
    pub fn from_sources_with(
        role: Role,
        sections: &[&'static str],
        file: &toml::Table,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut source = Source::new(file, environment);
        let config = read(&mut source, role, sections);
        source.refuse_the_rest();
        let mut problems = source.problems;
        for problem in config.problems() {
            if problems.iter().all(|known| known.key != problem.key) {
                problems.push(problem);
            }
        }
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Refused(problems)) }
    }

    /// The defaults of development with this database; for tests and tools.
    pub fn development(database_url: &str) -> Result<Self, ConfigError> {
        Self::from_sources(&toml::Table::new(), [("DATABASE_URL".to_owned(), database_url.to_owned())])
    }
}

fn read_file(path: &Path) -> Result<toml::Table, ConfigError> {
    let failed = |reason| ConfigError::File { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| failed(format!("cannot be read: {}", error.kind())))?;
    text.parse::<toml::Table>().map_err(|error| {
        // The parser's own text quotes the line, which may hold a secret.
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        failed(format!("line {line}: {}", error.message()))
    })
}

fn read(source: &mut Source, role: Role, sections: &[&'static str]) -> Config {
    let chosen = source.optional("environment", "development or production");
    let environment = chosen.unwrap_or(Environment::Development);
    let config = Config {
        environment,
        role,
        http: http(source, environment),
        admin: Admin { bind: source.optional("admin.bind", ADDRESS).unwrap_or_else(|| loopback(9090)) },
        database: Database {
            url: source.dsn("database.url", &Dsn::POSTGRES),
            replica_url: source.dsn("database.replica_url", &Dsn::POSTGRES),
            pool_size: source.number("database.pool_size", 16, 1..=500),
            patience: DATABASE_PATIENCE,
        },
        keys_database_url: source.dsn("keys_database_url", &Dsn::POSTGRES),
        amqp_url: source.dsn("amqp_url", &["amqp", "amqps"]),
        amqp_prefix: prefix(source, "amqp_prefix"),
        redis_url: source.dsn("redis_url", &["redis", "rediss"]),
        redis_prefix: prefix(source, "redis_prefix"),
        mail: mail(source, environment, role),
        secrets: secrets::read(source, environment, role),
        erasure: erasure(source, environment, role),
        files: files::read(source, environment, role),
        log: log(source, environment),
        limits: limits(source),
        accounts: accounts::read(source),
        security_txt: security_txt::read(source),
        sessions: sessions(source),
        jobs: Jobs {
            concurrency: source.number("jobs.concurrency", 16, 1..=1_000),
            lease: seconds(source, "jobs.lease_seconds", 30, 5, 3_600),
        },
        webhooks: webhooks::read(source),
        shutdown_grace: seconds(source, "shutdown_grace_seconds", 25, 1, 600),
        sections: Sections::take(source, sections),
    };
    let holds_secrets = role.opens_personal_data();
    if chosen.is_none()
        && holds_secrets
        && !config.http.bind.ip().is_loopback()
        && config.secrets.master_key.is_published()
    {
        // An oversight must not put secrets on the network that everybody knows.
        source.refuse(
            "environment",
            "must be set where http.bind is not a loopback address: development falls back to published secrets",
        );
    }
    config
}

fn http(source: &mut Source, environment: Environment) -> Http {
    let bind = source.optional("http.bind", ADDRESS).unwrap_or_else(|| loopback(8080));
    let tls = tls(source, environment);
    let public_url = source.optional("http.public_url", "an absolute URL");
    Http {
        bind,
        public_url: public_url.unwrap_or_else(|| default_public_url(bind, tls.is_some())),
        allowed_origins: source.list("http.allowed_origins", "a list of origins"),
        trusted_proxies: source.list("http.trusted_proxies", "a list of IP addresses"),
        body_limit_bytes: source.number("http.body_limit_bytes", 1 << 20, 1 << 10..=64 << 20),
        tls,
    }
}

fn tls(source: &mut Source, environment: Environment) -> Option<Tls> {
    let (certificate, key) = ("http.tls_cert", "http.tls_key");
    match (source.file(certificate, false), source.file(key, !environment.is_development())) {
        (Some(certificate), Some(key)) => return Some(Tls { certificate, key }),
        (Some(_), None) => source.refuse(key, format!("is required together with {certificate}")),
        (None, Some(_)) => source.refuse(certificate, format!("is required together with {key}")),
        (None, None) => {}
    }
    None
}

fn mail(source: &mut Source, environment: Environment, role: Role) -> Mail {
    let smtp = source.dsn("mail.smtp_url", &["smtp", "smtps"]);
    let directory = source.text("mail.directory").map(PathBuf::from);
    if smtp.is_none() && directory.is_none() && !environment.is_development() && role.sends_mail() {
        source.refuse("mail.smtp_url", "is required outside development");
    }
    let directory = directory.unwrap_or_else(|| ".tidemark/mail".into());
    Mail {
        transport: smtp.map_or(MailTransport::Directory(directory), MailTransport::Smtp),
        from: source.text("mail.from").unwrap_or_else(|| "Tidemark <no-reply@localhost>".to_owned()),
    }
}

fn erasure(source: &mut Source, environment: Environment, role: Role) -> Erasure {
    let ledger = source.text("erasure.ledger").map(PathBuf::from);
    if ledger.is_none() && !environment.is_development() && role.opens_personal_data() {
        source.refuse("erasure.ledger", "is required outside development");
    }
    Erasure { ledger: ledger.unwrap_or_else(|| ".tidemark/erasures".into()) }
}

fn log(source: &mut Source, environment: Environment) -> Log {
    let default = if environment.is_development() { LogFormat::Pretty } else { LogFormat::Json };
    let chosen = source.text("log.filter");
    let is_chosen = chosen.is_some();
    let filter = chosen.unwrap_or_else(|| "info".to_owned());
    if tracing_subscriber::EnvFilter::builder().parse(&filter).is_err() {
        source.refuse("log.filter", "must be a filter such as info,event_store=debug");
    }
    Log { format: source.optional("log.format", "pretty or json").unwrap_or(default), filter, is_chosen }
}

fn limits(source: &mut Source) -> Limits {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Limits {
        window: seconds(source, "limits.window_seconds", 900, 1, 86_400),
        anonymous_requests: source.number("limits.anonymous_requests", 100, 1..=10_000_000),
        credential_requests: source.number("limits.credential_requests", 100, 1..=10_000_000),
        user_requests: source.number("limits.user_requests", 50_000, 1..=10_000_000),
        // One core stays free for everything else while a flood of sign-ins is being hashed.
        password_hashing: source.number("limits.password_hashing", cores.saturating_sub(1).max(1), 1..=256),
        password_queue: source.number("limits.password_queue", 64, 1..=10_000),
        live_connections: source.number("limits.live_connections", 10_000, 1..=MOST),
        cache_bytes: source.number("limits.cache_bytes", 16 << 20, 0..=1 << 40),
        list_time: seconds(source, "limits.list_seconds", 5, 1, 60),
    }
}

fn sessions(source: &mut Source) -> Sessions {
    let place_header = source.text("sessions.place_header");
    let is_name = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if place_header.as_ref().is_some_and(|name| name.len() > 64 || !is_name(name)) {
        source.refuse("sessions.place_header", "must be the name of a header, such as CF-IPCountry");
    }
    let day = 24 * 60 * 60;
    Sessions {
        idle: seconds(source, "sessions.idle_seconds", 7 * day, 60, 90 * day),
        absolute: seconds(source, "sessions.absolute_seconds", 30 * day, 60, 365 * day),
        place_header,
    }
}

/// Starts names in the broker and in Redis, so only what both take without quoting.
fn prefix(source: &mut Source, key: &str) -> String {
    let prefix = source.text(key).unwrap_or_else(|| "tidemark".to_owned());
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if prefix.is_empty() || prefix.len() > 64 || !prefix.bytes().all(allowed) {
        source.refuse(key, "must be 1 to 64 letters, digits, _ or -");
    }
    prefix
}

fn seconds(source: &mut Source, key: &str, default: u64, least: u64, most: u64) -> Duration {
    Duration::from_secs(source.number(key, default, least..=most))
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

#[expect(clippy::expect_used, reason = "start-up; a socket address is always a valid host and port")]
fn default_public_url(bind: SocketAddr, tls: bool) -> Url {
    let reachable = if bind.ip().is_unspecified() { loopback(bind.port()) } else { bind };
    let scheme = if tls { "https" } else { "http" };
    Url::parse(&format!("{scheme}://{reachable}")).expect("a socket address makes a URL")
}
