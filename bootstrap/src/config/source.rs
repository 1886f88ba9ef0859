//! Raw settings from the file and the environment, taken out one by one with their types; what remains is unknown.

use std::{
    collections::BTreeMap,
    fs,
    ops::RangeInclusive,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{Dsn, Problem};

/// Variables that name settings without the `TIDEMARK_` prefix, as other programs and platforms set them.
const WELL_KNOWN: [(&str, &str); 7] = [
    ("DATABASE_URL", "database.url"),
    ("DATABASE_REPLICA_URL", "database.replica_url"),
    ("AMQP_URL", "amqp_url"),
    ("REDIS_URL", "redis_url"),
    ("SMTP_URL", "mail.smtp_url"),
    ("TLS_CERT", "http.tls_cert"),
    ("TLS_KEY", "http.tls_key"),
];
const PREFIX: &str = "TIDEMARK_";
/// Settings outside any section, whose variables have no `__` to be recognised by.
const TOP_LEVEL: [&str; 5] =
    ["environment", "keys_database_url", "amqp_prefix", "redis_prefix", "shutdown_grace_seconds"];

/// The variable that overrides a key: `http.public_url` is `TIDEMARK_HTTP__PUBLIC_URL`.
pub(super) fn env_name(key: &str) -> String {
    let well_known = WELL_KNOWN.iter().find(|(_, known)| *known == key);
    well_known
        .map_or_else(|| format!("{PREFIX}{}", key.replace('.', "__").to_uppercase()), |(name, _)| (*name).to_owned())
}

/// The key that a variable sets, or `None` for a variable that is not ours. Kubernetes gives every container variables
/// such as `TIDEMARK_API_SERVICE_HOST`, so without `__` only the exact names count.
fn key_of(variable: &str) -> Option<String> {
    if let Some((_, key)) = WELL_KNOWN.iter().find(|(name, _)| *name == variable) {
        return Some((*key).to_owned());
    }
    let rest = variable.strip_prefix(PREFIX)?.to_lowercase();
    (rest.contains("__") || TOP_LEVEL.contains(&rest.as_str())).then(|| rest.replace("__", "."))
}

/// The settings that nobody has asked for yet, and the problems found so far.
#[derive(Clone, Default)]
pub(super) struct Source {
    values: BTreeMap<String, Vec<String>>,
    pub(super) problems: Vec<Problem>,
}

impl Source {
    pub(super) fn new(file: &toml::Table, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut source = Self::default();
        source.flatten("", file);
        for (variable, value) in environment {
            // An empty variable is an unset one: compose files and shells cannot express the difference.
            if let Some(key) = key_of(&variable).filter(|_| !value.is_empty()) {
                source.values.insert(key, vec![value]);
            }
        }
        source
    }

    pub(super) fn refuse(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(key, message));
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let values = self.values.remove(key)?;
        if values.len() != 1 {
            self.refuse(key, "must be a single value");
            return None;
        }
        values.into_iter().next()
    }

    /// A list in the file, or one comma-separated value.
    pub(super) fn list<T: FromStr>(&mut self, key: &str, expected: &str) -> Vec<T> {
        let values = self.values.remove(key).unwrap_or_default();
        let items = values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|item| !item.is_empty());
        let parsed: Result<Vec<T>, _> = items.map(str::parse).collect();
        parsed.unwrap_or_else(|_| {
            self.refuse(key, format!("must be {expected}"));
            Vec::new()
        })
    }

    /// `None` when it is not set, or is refused.
    pub(super) fn optional<T: FromStr>(&mut self, key: &str, expected: &str) -> Option<T> {
        let text = self.text(key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.refuse(key, format!("must be {expected}"));
        }
        parsed
    }

    pub(super) fn number<T>(&mut self, key: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.optional(key, &expected).unwrap_or(default);
        if !range.contains(&number) {
            self.refuse(key, format!("must be {expected}"));
        }
        number
    }

    pub(super) fn dsn(&mut self, key: &str, schemes: &[&str]) -> Option<Dsn> {
        let text = self.text(key)?;
        let dsn = Dsn::parse(&text, schemes);
        if dsn.is_none() {
            self.refuse(key, format!("must be a URL that starts with {}://", schemes.join(":// or ")));
        }
        dsn
    }

    /// A value, or the content of the file that `<key>_file` names; for secrets kept out of the environment. `private`
    /// refuses a file that everybody on the machine can read.
    pub(super) fn text_or_file(&mut self, key: &str, private: bool) -> Option<String> {
        let file_key = format!("{key}_file");
        let (direct, file) = (self.text(key), self.text(&file_key));
        if direct.is_some() && file.is_some() {
            self.refuse(key, format!("must not be set together with {file_key}"));
        }
        let Some(path) = file.map(PathBuf::from) else { return direct };
        if !self.check_file(&file_key, &path, private) {
            return None;
        }
        match fs::read_to_string(path) {
            Ok(content) => Some(content),
            Err(error) => {
                self.refuse(&file_key, format!("cannot be read: {}", error.kind()));
                None
            }
        }
    }

    /// Takes a secret out without looking at it, nor at the file that it may be in.
    pub(super) fn leave(&mut self, key: &str) {
        self.values.remove(key);
        self.values.remove(&format!("{key}_file"));
    }

    /// The path of a file that can be read; `private` as above.
    pub(super) fn file(&mut self, key: &str, private: bool) -> Option<PathBuf> {
        let path = PathBuf::from(self.text(key)?);
        self.check_file(key, &path, private);
        Some(path)
    }

    fn check_file(&mut self, key: &str, path: &Path, private: bool) -> bool {
        match fs::File::open(path).and_then(|file| file.metadata()) {
            Ok(found) if private && found.permissions().mode() & 0o007 != 0 => {
                self.refuse(key, "can be read by every user of this machine: chmod 400");
                false
            }
            Ok(_) => true,
            Err(error) => {
                self.refuse(key, format!("cannot be read: {}", error.kind()));
                false
            }
        }
    }

    /// Takes out all settings of a section, under their full keys.
    pub(super) fn take_section(&mut self, name: &str) -> Self {
        let prefix = format!("{name}.");
        let values = self.values.extract_if(.., |key, _| key.starts_with(&prefix)).collect();
        Self { values, problems: vec![] }
    }

    /// The keys of the settings that nobody has asked for yet.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Refuses every setting that nobody asked for: most often a typing mistake.
    pub(super) fn refuse_the_rest(&mut self) {
        for key in std::mem::take(&mut self.values).into_keys() {
            self.refuse(&key, "is not a setting");
        }
    }

    fn flatten(&mut self, prefix: &str, table: &toml::Table) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => self.flatten(&key, inner),
                toml::Value::Array(items) => {
                    let items = items.iter().map(scalar).collect();
                    self.values.insert(key, items);
                }
                toml::Value::String(_)
                | toml::Value::Integer(_)
                | toml::Value::Float(_)
                | toml::Value::Boolean(_)
                | toml::Value::Datetime(_) => {
                    self.values.insert(key, vec![scalar(value)]);
                }
            }
        }
    }
}

fn scalar(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
