//! What the configuration accepts and refuses, and that it never shows a secret.

use std::os::unix::fs::PermissionsExt;

use super::{Config, ConfigError, Dsn, LogFormat, MailTransport, Role, SecretKey};

const LOG: &str = "postgres://tidemark:Vq7wZk29@db.example.org/tidemark";
const KEYS: &str = "postgres://tidemark:Vq7wZk29@db.example.org/tidemark_keys";

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_sources(&file.parse().expect("the test's file is TOML"), environment)
}

fn problems(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match load(file, environment) {
        Err(ConfigError::Refused(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

/// A complete, safe configuration for production, in which one variable is replaced.
fn production_with(name: &str, value: &str) -> Vec<(String, String)> {
    let secret = || SecretKey::generate().to_base64();
    let mut environment = vec![
        ("TIDEMARK_ENVIRONMENT".to_owned(), "production".to_owned()),
        ("DATABASE_URL".to_owned(), LOG.to_owned()),
        ("TIDEMARK_KEYS_DATABASE_URL".to_owned(), KEYS.to_owned()),
        ("TIDEMARK_HTTP__PUBLIC_URL".to_owned(), "https://api.example.org".to_owned()),
        ("SMTP_URL".to_owned(), "smtps://user:pass@mail.example.org".to_owned()),
        ("TIDEMARK_MAIL__FROM".to_owned(), "Tidemark <no-reply@example.org>".to_owned()),
        ("TIDEMARK_SECRETS__MASTER_KEY".to_owned(), secret()),
        ("TIDEMARK_SECRETS__TOKEN_KEY".to_owned(), secret()),
        ("TIDEMARK_SECRETS__PASSWORD_PEPPER".to_owned(), secret()),
        ("TIDEMARK_SECRETS__INDEX_KEY".to_owned(), secret()),
        ("TIDEMARK_ERASURE__LEDGER".to_owned(), "/var/lib/tidemark/erasures".to_owned()),
        ("TIDEMARK_FILES__URL".to_owned(), "/var/lib/tidemark/files".to_owned()),
    ];
    environment.retain(|(known, _)| known != name);
    environment.push((name.to_owned(), value.to_owned()));
    environment
}

fn production_problems(name: &str, value: &str) -> Vec<String> {
    match Config::from_sources(&toml::Table::new(), production_with(name, value)) {
        Err(ConfigError::Refused(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => panic!("{name}={value} was not refused: {other:?}"),
    }
}

#[test]
fn nothing_at_all_is_a_configuration_for_development() {
    let config = load("", &[]).unwrap();
    assert!(config.environment.is_development());
    assert_eq!(config.http.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(config.http.public_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.admin.bind.to_string(), "127.0.0.1:9090");
    assert!(config.secrets.master_key.is_published());
    assert_eq!(config.log.format, LogFormat::Pretty);
    assert!(matches!(config.mail.transport, MailTransport::Directory(_)));
    assert_eq!(config.database_url().unwrap_err().to_string(), missing_database());
}

fn missing_database() -> String {
    "configuration refused:\n  database.url (DATABASE_URL): is required".to_owned()
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "amqp_prefix = 'file'\n[http]\nbind = '127.0.0.1:1'\nallowed_origins = ['https://a.example', 'https://b.example']";
    let config = load(file, &[("TIDEMARK_HTTP__BIND", "127.0.0.1:2"), ("TIDEMARK_REDIS_PREFIX", "env")]).unwrap();
    assert_eq!(config.http.bind.port(), 2);
    assert_eq!(config.http.allowed_origins, ["https://a.example", "https://b.example"]);
    assert_eq!((config.amqp_prefix.as_str(), config.redis_prefix.as_str()), ("file", "env"));
}

#[test]
fn an_empty_variable_and_a_kubernetes_service_link_are_not_settings() {
    load("", &[("AMQP_URL", ""), ("TIDEMARK_API_SERVICE_HOST", "10.0.0.1"), ("TIDEMARK_TEST_REDIS_URL", "x")]).unwrap();
}

#[test]
fn every_bad_value_is_refused_with_the_name_of_its_setting() {
    let cases = [
        ("TIDEMARK_ENVIRONMENT", "staging", "environment (TIDEMARK_ENVIRONMENT): must be development or production"),
        (
            "TIDEMARK_HTTP__BIND",
            "8080",
            "http.bind (TIDEMARK_HTTP__BIND): must be an address and a port, such as 127.0.0.1:8080",
        ),
        ("TIDEMARK_HTTP__PUBLIC_URL", "api", "http.public_url (TIDEMARK_HTTP__PUBLIC_URL): must be an absolute URL"),
        (
            "TIDEMARK_HTTP__PUBLIC_URL",
            "ftp://a",
            "http.public_url (TIDEMARK_HTTP__PUBLIC_URL): must be an http:// or https:// URL with a host",
        ),
        (
            "TIDEMARK_HTTP__PUBLIC_URL",
            "http://a/?b",
            "http.public_url (TIDEMARK_HTTP__PUBLIC_URL): must have no user, query or fragment",
        ),
        (
            "TIDEMARK_HTTP__ALLOWED_ORIGINS",
            "*",
            "http.allowed_origins (TIDEMARK_HTTP__ALLOWED_ORIGINS): must hold origins such as https://app.example.org",
        ),
        (
            "TIDEMARK_HTTP__ALLOWED_ORIGINS",
            "https://a/",
            "http.allowed_origins (TIDEMARK_HTTP__ALLOWED_ORIGINS): must hold origins such as https://app.example.org",
        ),
        (
            "TIDEMARK_HTTP__BODY_LIMIT_BYTES",
            "0",
            "http.body_limit_bytes (TIDEMARK_HTTP__BODY_LIMIT_BYTES): must be a whole number from 1024 to 67108864",
        ),
        ("TIDEMARK_ADMIN__BIND", "127.0.0.1:8080", "admin.bind (TIDEMARK_ADMIN__BIND): must differ from http.bind"),
        (
            "DATABASE_URL",
            "mysql://a/b",
            "database.url (DATABASE_URL): must be a URL that starts with postgres:// or postgresql://",
        ),
        (
            "TIDEMARK_DATABASE__POOL_SIZE",
            "many",
            "database.pool_size (TIDEMARK_DATABASE__POOL_SIZE): must be a whole number from 1 to 500",
        ),
        ("TIDEMARK_DATABASE__POOL_SZE", "1", "database.pool_sze (TIDEMARK_DATABASE__POOL_SZE): is not a setting"),
        ("AMQP_URL", "http://a", "amqp_url (AMQP_URL): must be a URL that starts with amqp:// or amqps://"),
        ("TIDEMARK_AMQP_PREFIX", "a b", "amqp_prefix (TIDEMARK_AMQP_PREFIX): must be 1 to 64 letters, digits, _ or -"),
        (
            "TIDEMARK_LOG__FILTER",
            "a=b=c",
            "log.filter (TIDEMARK_LOG__FILTER): must be a filter such as info,event_store=debug",
        ),
        (
            "TIDEMARK_JOBS__LEASE_SECONDS",
            "-1",
            "jobs.lease_seconds (TIDEMARK_JOBS__LEASE_SECONDS): must be a whole number from 5 to 3600",
        ),
        (
            "TIDEMARK_SECRETS__TOKEN_KEY",
            "short",
            "secrets.token_key (TIDEMARK_SECRETS__TOKEN_KEY): must be the base64 of exactly 32 random bytes: openssl rand -base64 32",
        ),
        (
            "TIDEMARK_SECRETS__TOKEN_KEY_FILE",
            "/nowhere",
            "secrets.token_key_file (TIDEMARK_SECRETS__TOKEN_KEY_FILE): cannot be read: entity not found",
        ),
    ];
    for (name, value, expected) in cases {
        assert_eq!(problems("", &[(name, value)]), [expected]);
    }
}

#[test]
fn all_problems_are_named_at_once() {
    let file = "surprise = 1\n[http]\nbind = 'x'\n[jobs]\nconcurrency = 0";
    let found = problems(file, &[("REDIS_URL", "no")]);
    let keys: Vec<_> = found.iter().map(|problem| problem.split(' ').next().unwrap()).collect();
    assert_eq!(keys, ["http.bind", "redis_url", "jobs.concurrency", "surprise"]);
}

#[test]
fn a_complete_production_configuration_is_accepted() {
    let config = Config::from_sources(&toml::Table::new(), production_with("TIDEMARK_LOG__FILTER", "warn")).unwrap();
    assert_eq!(config.log.format, LogFormat::Json);
    assert_ne!(config.keys_database_url().unwrap(), config.database_url().unwrap());
}

#[test]
fn production_refuses_what_is_missing_weak_or_published() {
    let repeated = SecretKey::new([7; 32]).to_base64();
    let ascending = SecretKey::new(std::array::from_fn(|index| index as u8)).to_base64();
    let phrase = SecretKey::new(*b"correct horse battery staple 123").to_base64();
    let published = SecretKey::new(SecretKey::DEVELOPMENT_MASTER).to_base64();
    let cases = [
        ("TIDEMARK_SECRETS__MASTER_KEY", "", "is required outside development"),
        ("TIDEMARK_SECRETS__TOKEN_KEY", &repeated, "is not random: generate it with openssl rand -base64 32"),
        ("TIDEMARK_SECRETS__TOKEN_KEY", &ascending, "is not random: generate it with openssl rand -base64 32"),
        ("TIDEMARK_SECRETS__INDEX_KEY", &phrase, "is text, not random bytes: generate it with openssl rand -base64 32"),
        (
            "TIDEMARK_SECRETS__PASSWORD_PEPPER",
            &published,
            "is the published development value, which is refused outside development",
        ),
        ("TIDEMARK_KEYS_DATABASE_URL", "", "is required outside development"),
        ("TIDEMARK_KEYS_DATABASE_URL", LOG, "must name another database than database.url outside development"),
        (
            "DATABASE_URL",
            "postgres://postgres:postgres@db/x",
            "has a default password, which is refused outside development",
        ),
        (
            "DATABASE_REPLICA_URL",
            "postgres://postgres:postgres@standby/x",
            "has a default password, which is refused outside development",
        ),
        ("AMQP_URL", "amqp://guest:guest@rabbit/%2f", "has a default password, which is refused outside development"),
        (
            "SMTP_URL",
            "smtps://user:password@mail.example.org",
            "has a default password, which is refused outside development",
        ),
        ("TIDEMARK_HTTP__PUBLIC_URL", "http://api.example.org", "must start with https:// outside development"),
        ("SMTP_URL", "", "is required outside development"),
        ("TIDEMARK_MAIL__FROM", "", "must be an address that can be answered outside development"),
        ("TIDEMARK_ERASURE__LEDGER", "", "is required outside development"),
        ("TIDEMARK_FILES__URL", "", "is required outside development"),
        ("TIDEMARK_SECRETS__PREVIOUS_MASTER_KEY", &repeated, "is not random: generate it with openssl rand -base64 32"),
        ("TIDEMARK_SECRETS__PREVIOUS_MASTER_KEY", "x", "must be the base64 of exactly 32 random bytes"),
        ("TIDEMARK_SECRETS__PREVIOUS_INDEX_KEY", &repeated, "is not random: generate it with openssl rand -base64 32"),
        ("TIDEMARK_SECRETS__PREVIOUS_PASSWORD_PEPPERS", &published, "is the published development value"),
        ("TIDEMARK_SECRETS__NEXT_PASSWORD_PEPPER", &published, "is the published development value"),
        ("TIDEMARK_SECRETS__NEXT_PASSWORD_PEPPER", "x", "must be the base64 of exactly 32 random bytes"),
        ("TIDEMARK_SECRETS__PREVIOUS_PASSWORD_PEPPERS", "x,y", "must be the base64 of exactly 32 random bytes"),
    ];
    for (name, value, expected) in cases {
        let found = production_problems(name, value);
        assert!(found.iter().any(|problem| problem.contains(&format!("({name}): {expected}"))), "{name}: {found:?}");
    }
}

#[test]
fn production_refuses_an_object_store_with_a_default_secret() {
    let environment = |secret: &str| {
        let mut environment = production_with("TIDEMARK_FILES__URL", "s3://bucket/files");
        environment.push(("TIDEMARK_FILES__ACCESS_KEY_ID".to_owned(), "tidemark".to_owned()));
        environment.push(("TIDEMARK_FILES__SECRET_ACCESS_KEY".to_owned(), secret.to_owned()));
        environment
    };
    let refused = Config::from_sources(&toml::Table::new(), environment("minioadmin")).unwrap_err().to_string();
    assert!(refused.contains("TIDEMARK_FILES__SECRET_ACCESS_KEY): has a default password"), "{refused}");
    Config::from_sources(&toml::Table::new(), environment("Xq7wZk29secret")).unwrap();
}

#[test]
fn production_refuses_one_secret_used_twice() {
    let environment = production_with("TIDEMARK_LOG__FILTER", "info");
    let master = environment.iter().find(|(name, _)| name.ends_with("MASTER_KEY")).unwrap().1.clone();
    let mut environment = environment.clone();
    environment.iter_mut().find(|(name, _)| name.ends_with("TOKEN_KEY")).unwrap().1 = master;
    let refused = Config::from_sources(&toml::Table::new(), environment).unwrap_err().to_string();
    assert!(refused.contains("secrets.token_key (TIDEMARK_SECRETS__TOKEN_KEY): must differ from secrets.master_key"));
    let mut environment = production_with("TIDEMARK_LOG__FILTER", "info");
    let master = environment.iter().find(|(name, _)| name.ends_with("MASTER_KEY")).unwrap().1.clone();
    environment.push(("TIDEMARK_SECRETS__PREVIOUS_MASTER_KEY".to_owned(), master));
    let refused = Config::from_sources(&toml::Table::new(), environment).unwrap_err().to_string();
    assert!(refused.ends_with("(TIDEMARK_SECRETS__PREVIOUS_MASTER_KEY): must differ from secrets.master_key"));
}

#[test]
fn no_secret_appears_in_debug_or_in_an_error() {
    let environment = production_with("AMQP_URL", "amqp://user:Rabbit5ecret@rabbit.example.org/%2f");
    let config = Config::from_sources(&toml::Table::new(), environment.clone()).unwrap();
    let shown = format!("{config:?} {config:#?} {}", config.database.url.as_ref().unwrap());
    let secrets = environment.iter().filter(|(name, _)| name.contains("SECRETS")).map(|(_, value)| value.as_str());
    for secret in secrets.chain(["Vq7wZk29", "Rabbit5ecret", "user:pass"]) {
        assert!(!shown.contains(secret), "{shown}");
    }
    let refused = load("[secrets]\nmaster_key = 'hunter2'", &[("REDIS_URL", "hunter2")]).unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("hunter2"));
}

#[test]
fn a_secret_may_come_from_a_file() {
    let path = std::env::temp_dir().join(format!("tidemark-secret-{}", uuid::Uuid::now_v7()));
    let secret = SecretKey::generate();
    std::fs::write(&path, format!("{}\n", secret.to_base64())).unwrap();
    let name = "TIDEMARK_SECRETS__MASTER_KEY_FILE";
    let config = load("", &[(name, path.to_str().unwrap())]).unwrap();
    assert_eq!(config.secrets.master_key.expose(), secret.expose());
    let twice = problems("", &[(name, path.to_str().unwrap()), ("TIDEMARK_SECRETS__MASTER_KEY", &secret.to_base64())]);
    assert_eq!(
        twice,
        ["secrets.master_key (TIDEMARK_SECRETS__MASTER_KEY): must not be set together with secrets.master_key_file"]
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let open = production_problems(name, path.to_str().unwrap());
    let expected = format!("({name}): can be read by every user of this machine: chmod 400");
    assert!(open.iter().any(|problem| problem.contains(&expected)), "{open:?}");
    std::fs::remove_file(path).unwrap();
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn tls_is_certificate_and_key_or_neither() {
    let (certificate, key) = (fixture("server.pem"), fixture("server.key"));
    let config = load("", &[("TLS_CERT", &certificate), ("TLS_KEY", &key)]).unwrap();
    assert_eq!(config.http.public_url.as_str(), "https://127.0.0.1:8080/");
    assert_eq!(config.http.tls.unwrap().key.to_str(), Some(key.as_str()));
    assert_eq!(
        problems("", &[("TLS_CERT", &certificate)]),
        ["http.tls_key (TLS_KEY): is required together with http.tls_cert"]
    );
    assert_eq!(
        problems(&format!("[http]\ntls_key = '{key}'"), &[]),
        ["http.tls_cert (TLS_CERT): is required together with http.tls_key"]
    );
    assert_eq!(
        problems("", &[("TLS_CERT", "/nowhere"), ("TLS_KEY", &key)]),
        ["http.tls_cert (TLS_CERT): cannot be read: entity not found"]
    );
    let plain = [("TLS_CERT", &*certificate), ("TLS_KEY", &key), ("TIDEMARK_HTTP__PUBLIC_URL", "http://localhost")];
    assert_eq!(
        problems("", &plain),
        ["http.public_url (TIDEMARK_HTTP__PUBLIC_URL): must start with https:// where http.tls_cert is set"]
    );
}

#[test]
fn production_refuses_a_private_key_that_everybody_can_read() {
    let path = std::env::temp_dir().join(format!("tidemark-key-{}", uuid::Uuid::now_v7()));
    std::fs::copy(fixture("server.key"), &path).unwrap();
    let load = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut environment = production_with("TLS_KEY", path.to_str().unwrap());
        environment.push(("TLS_CERT".to_owned(), fixture("server.pem")));
        Config::from_sources(&toml::Table::new(), environment)
    };
    assert!(load(0o400).is_ok());
    let refused = load(0o444).unwrap_err().to_string();
    assert!(
        refused.ends_with("http.tls_key (TLS_KEY): can be read by every user of this machine: chmod 400"),
        "{refused}"
    );
    std::fs::remove_file(path).unwrap();
}

#[test]
fn published_secrets_reach_the_network_only_where_development_was_chosen() {
    let load = |variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_sources(&toml::Table::new(), variables)
    };
    let refused = load(&[("TIDEMARK_HTTP__BIND", "0.0.0.0:8080")]).unwrap_err().to_string();
    assert!(refused.contains("environment (TIDEMARK_ENVIRONMENT): must be set where"), "{refused}");
    assert!(load(&[("TIDEMARK_HTTP__BIND", "0.0.0.0:8080"), ("TIDEMARK_ENVIRONMENT", "development")]).is_ok());
    assert!(load(&[("TIDEMARK_HTTP__BIND", "127.0.0.1:8080")]).is_ok());
}

#[test]
fn a_broken_file_is_refused_by_line_without_quoting_it() {
    let path = std::env::temp_dir().join(format!("tidemark-{}.toml", uuid::Uuid::now_v7()));
    std::fs::write(&path, "environment = 'development'\nmaster_key = hunter2\n").unwrap();
    let error = Config::load(Some(&path)).unwrap_err().to_string();
    assert!(error.contains("line 2: ") && !error.contains("hunter2"), "{error}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_dsn_shows_server_and_database_only() {
    let dsn = Dsn::postgres("postgres://ada:pw@db:5433/log?password=pw2&sslmode=require").unwrap();
    assert_eq!(format!("{dsn} {dsn:?}"), "postgres://db:5433/log Dsn(postgres://db:5433/log)");
    assert!(Dsn::postgres("host=/run user=ada").is_none());
}

/// A configuration for production without these variables.
fn production_without(names: &[&str]) -> Vec<(String, String)> {
    let mut environment = production_with("TIDEMARK_LOG__FILTER", "info");
    environment.retain(|(name, _)| !names.contains(&name.as_str()));
    environment
}

const PASSWORD_SECRETS: [&str; 2] = ["TIDEMARK_SECRETS__PASSWORD_PEPPER", "TIDEMARK_SECRETS__INDEX_KEY"];
const DATA_SECRETS: [&str; 4] =
    ["TIDEMARK_SECRETS__MASTER_KEY", "TIDEMARK_SECRETS__TOKEN_KEY", "TIDEMARK_ERASURE__LEDGER", "TIDEMARK_FILES__URL"];
const MAIL: [&str; 2] = ["SMTP_URL", "TIDEMARK_MAIL__FROM"];

#[test]
fn a_role_is_asked_for_nothing_that_it_has_no_use_for() {
    let projector = [PASSWORD_SECRETS.as_slice(), &DATA_SECRETS, &MAIL, &["TIDEMARK_KEYS_DATABASE_URL"]].concat();
    let migration = [PASSWORD_SECRETS.as_slice(), &DATA_SECRETS, &MAIL].concat();
    for (role, unneeded) in [
        (Role::AllInOne, vec![]),
        (Role::Api, MAIL.to_vec()),
        (Role::Worker, PASSWORD_SECRETS.to_vec()),
        (Role::Projector, projector),
        (Role::Migration, migration),
    ] {
        let load = |without: &[&str]| {
            Config::from_sources_for(role, &toml::Table::new(), production_without(without)).map(|config| config.role)
        };
        assert_eq!(load(&unneeded).unwrap(), role);
        let all = [PASSWORD_SECRETS.as_slice(), &DATA_SECRETS, &MAIL[..1], &["TIDEMARK_KEYS_DATABASE_URL"]].concat();
        for needed in all.into_iter().filter(|name| !unneeded.contains(name)) {
            let refused = load(&[needed]).unwrap_err().to_string();
            assert!(refused.contains(&format!("({needed}): is required outside development")), "{role:?}: {refused}");
        }
    }
}

#[test]
fn what_a_role_has_no_use_for_is_not_read_where_it_is_given() {
    let mut environment = production_without(&["TIDEMARK_SECRETS__INDEX_KEY"]);
    // Not even opened.
    environment.push(("TIDEMARK_SECRETS__INDEX_KEY_FILE".to_owned(), "/nowhere".to_owned()));
    environment.push(("TIDEMARK_SECRETS__PREVIOUS_INDEX_KEY".to_owned(), "no key".to_owned()));
    let given = environment.iter().find(|(name, _)| name.ends_with("PEPPER")).unwrap().1.clone();
    let config = Config::from_sources_for(Role::Worker, &toml::Table::new(), environment.clone()).unwrap();
    assert_ne!(config.secrets.password_pepper.to_base64(), given);
    assert!(!config.secrets.password_pepper.is_published() && !config.secrets.index_key.is_published());
    assert!(Config::from_sources(&toml::Table::new(), environment).is_err());
}

#[test]
fn former_peppers_come_newest_first_separated_by_commas_or_lines() {
    let [one, other] = [SecretKey::generate(), SecretKey::generate()];
    let name = "TIDEMARK_SECRETS__PREVIOUS_PASSWORD_PEPPERS";
    for separator in [",", "\n", " , "] {
        let text = format!("{}{separator}{}\n", one.to_base64(), other.to_base64());
        let peppers = load("", &[(name, &text)]).unwrap().secrets.previous_password_peppers;
        let peppers: Vec<_> = peppers.iter().map(SecretKey::to_base64).collect();
        assert_eq!(peppers, [one.to_base64(), other.to_base64()]);
    }
    let too_many = [one.to_base64().as_str(); 9].join(",");
    assert_eq!(problems("", &[(name, &too_many)]).len(), 1);
    assert_eq!(
        problems("", &[("TIDEMARK_SECRETS__PREVIOUS_INDEX_KEY", &format!("{0},{0}", one.to_base64()))]).len(),
        1
    );
}
