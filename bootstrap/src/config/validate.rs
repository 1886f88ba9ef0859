//! Refuses a configuration that would run, but not safely.

use secrecy::ExposeSecret;

use super::{Config, ConfigError, Dsn, FilesPlace, MailTransport, Problem, SecretKey, Secrets, secret_key::Weakness};

/// Passwords that images and tutorials ship with.
const DEFAULT_PASSWORDS: [&str; 7] = ["", "guest", "postgres", "password", "tidemark", "changeme", "minioadmin"];

impl Config {
    /// Checks the values against each other and, outside development, their strength; names every problem at once.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::Refused(problems)) }
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.check_http(&mut problems);
        if !self.environment.is_development() {
            self.check_secrets(&mut problems);
            self.check_servers(&mut problems);
            if self.role.sends_mail() {
                self.check_mail(&mut problems);
            }
        }
        problems
    }

    fn check_http(&self, problems: &mut Vec<Problem>) {
        let url = &self.http.public_url;
        let mut refuse = |key: &str, message: &str| problems.push(Problem::new(key, message));
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            refuse("http.public_url", "must be an http:// or https:// URL with a host");
        } else if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            refuse("http.public_url", "must have no user, query or fragment");
        } else if url.scheme() != "https" && self.http.tls.is_some() {
            refuse("http.public_url", "must start with https:// where http.tls_cert is set");
        } else if url.scheme() != "https" && !self.environment.is_development() {
            refuse("http.public_url", "must start with https:// outside development");
        }
        for origin in &self.http.allowed_origins {
            match url::Url::parse(origin) {
                Ok(parsed) if parsed.origin().is_tuple() && parsed.origin().ascii_serialization() == *origin => {}
                Ok(_) | Err(_) => refuse("http.allowed_origins", "must hold origins such as https://app.example.org"),
            }
        }
        if self.http.bind == self.admin.bind && self.http.bind.port() != 0 {
            refuse("admin.bind", "must differ from http.bind");
        }
    }

    fn check_secrets(&self, problems: &mut Vec<Problem>) {
        let Secrets {
            master_key,
            previous_master_key,
            token_key,
            password_pepper,
            previous_password_peppers,
            next_password_pepper,
            index_key,
            previous_index_key,
        } = &self.secrets;
        // What a role has no use for is a random value of the process's own.
        let current = [
            ("secrets.master_key", master_key),
            ("secrets.token_key", token_key),
            ("secrets.password_pepper", password_pepper),
            ("secrets.index_key", index_key),
        ];
        let former = previous_master_key.iter().map(|key| ("secrets.previous_master_key", key));
        let former = former.chain(previous_index_key.iter().map(|key| ("secrets.previous_index_key", key)));
        let peppers = previous_password_peppers.iter().map(|key| ("secrets.previous_password_peppers", key));
        let peppers = peppers.chain(next_password_pepper.iter().map(|key| ("secrets.next_password_pepper", key)));
        let secrets: Vec<_> = current.into_iter().chain(former).chain(peppers).collect();
        for (place, (key, secret)) in secrets.iter().enumerate() {
            if let Some(weakness) = secret.weakness() {
                problems.push(Problem::new(key, weakness_message(weakness)));
            } else if let Some((other, _)) = secrets[..place].iter().find(|(_, earlier)| same(earlier, secret)) {
                problems.push(Problem::new(key, format!("must differ from {other}")));
            }
        }
    }

    fn check_servers(&self, problems: &mut Vec<Problem>) {
        let mail = match &self.mail.transport {
            MailTransport::Smtp(url) => Some(url),
            MailTransport::Directory(_) => None,
        };
        let servers = [
            ("database.url", self.database.url.as_ref()),
            ("database.replica_url", self.database.replica_url.as_ref()),
            ("keys_database_url", self.keys_database_url.as_ref()),
            ("amqp_url", self.amqp_url.as_ref()),
            ("redis_url", self.redis_url.as_ref()),
            ("mail.smtp_url", mail),
        ];
        let passwords = servers.into_iter().map(|(key, url)| (key, url.and_then(Dsn::password)));
        for (key, password) in passwords.chain([("files.secret_access_key", self.object_store_secret())]) {
            // No password at all is a choice (socket, certificate, closed network); a well-known one is an oversight.
            if password.is_some_and(|password| DEFAULT_PASSWORDS.contains(&password.as_str())) {
                problems.push(Problem::new(key, "has a default password, which is refused outside development"));
            }
        }
        match (&self.database.url, &self.keys_database_url) {
            (Some(_), None) if self.role.needs_keys_database() => {
                problems.push(Problem::new("keys_database_url", "is required outside development"));
            }
            (Some(log), Some(keys)) if log.target() == keys.target() => problems.push(Problem::new(
                "keys_database_url",
                "must name another database than database.url outside development",
            )),
            (Some(_), Some(_) | None) | (None, _) => {}
        }
    }

    fn object_store_secret(&self) -> Option<String> {
        match &self.files.place {
            FilesPlace::S3(place) => {
                place.credentials.as_ref().map(|credentials| credentials.secret_access_key.expose_secret().to_owned())
            }
            FilesPlace::Directory(_) => None,
        }
    }

    fn check_mail(&self, problems: &mut Vec<Problem>) {
        match &self.mail.transport {
            MailTransport::Smtp(_) => {}
            MailTransport::Directory(_) => {
                problems.push(Problem::new("mail.directory", "is refused outside development: set mail.smtp_url"));
            }
        }
        if self.mail.from.trim_end_matches('>').ends_with("@localhost") {
            problems.push(Problem::new("mail.from", "must be an address that can be answered outside development"));
        }
    }
}

fn weakness_message(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::Published => "is the published development value, which is refused outside development",
        Weakness::FewDistinctBytes => "is not random: generate it with openssl rand -base64 32",
        Weakness::Phrase => "is text, not random bytes: generate it with openssl rand -base64 32",
    }
}

fn same(one: &SecretKey, other: &SecretKey) -> bool {
    one.expose() == other.expose()
}
