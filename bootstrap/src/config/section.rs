//! Sections of the configuration that belong to extensions: each is read by the one who knows its settings.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;

use super::{Config, ConfigError, Dsn, Environment, Role, source::Source};

/// What was set in the sections of extensions, by the name of the section. Shows no values, which may be secrets.
#[derive(Clone, Default)]
pub struct Sections(BTreeMap<&'static str, Source>);

/// The settings of one section, taken out one by one with their types, and with all problems told together at the end.
pub struct Section {
    name: &'static str,
    source: Source,
    /// What the process does: nobody reads a secret that they have no use for.
    pub role: Role,
    pub environment: Environment,
}

impl Sections {
    pub(super) fn take(source: &mut Source, names: &[&'static str]) -> Self {
        Self(names.iter().map(|name| (*name, source.take_section(name))).collect())
    }
}

impl fmt::Debug for Sections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Config {
    /// The settings of an extension's section; none are set where the section was not announced when the configuration
    /// was loaded.
    pub fn section(&self, name: &'static str) -> Section {
        let source = self.sections.0.get(name).cloned().unwrap_or_default();
        Section { name, source, role: self.role, environment: self.environment }
    }
}

impl Section {
    pub fn text(&mut self, key: &str) -> Option<String> {
        self.source.text(&self.full(key))
    }

    /// `None` when it is not set, or is refused: it must be `expected`.
    pub fn optional<T: FromStr>(&mut self, key: &str, expected: &str) -> Option<T> {
        self.source.optional(&self.full(key), expected)
    }

    pub fn number<T>(&mut self, key: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        self.source.number(&self.full(key), default, range)
    }

    pub fn seconds(&mut self, key: &str, default: u64, range: RangeInclusive<u64>) -> Duration {
        Duration::from_secs(self.number(key, default, range))
    }

    /// A URL with one of these schemes, which may hold credentials.
    pub fn dsn(&mut self, key: &str, schemes: &[&str]) -> Option<Dsn> {
        self.source.dsn(&self.full(key), schemes)
    }

    /// A secret, or the content of the file that `<key>_file` names. Outside development a file that everybody on the
    /// machine can read is refused.
    pub fn secret(&mut self, key: &str) -> Option<SecretString> {
        let private = !self.environment.is_development();
        self.source.text_or_file(&self.full(key), private).map(|text| text.trim().into())
    }

    /// The path of a file that can be read.
    pub fn file(&mut self, key: &str) -> Option<PathBuf> {
        self.source.file(&self.full(key), false)
    }

    /// Takes a secret out without looking at it, nor at the file that it may be in: for roles that have no use for it.
    pub fn leave(&mut self, key: &str) {
        self.source.leave(&self.full(key));
    }

    /// Everything that is set in the table `key` of the section, whatever its names are.
    pub fn table(&mut self, key: &str) -> BTreeMap<String, String> {
        let prefix = format!("{}.", self.full(key));
        let keys: Vec<String> = self.source.keys().filter(|key| key.starts_with(&prefix)).map(str::to_owned).collect();
        let entry = |key: String| Some((key[prefix.len()..].to_owned(), self.source.text(&key)?));
        keys.into_iter().filter_map(entry).collect()
    }

    /// Refuses a setting for a reason that the operator is told. The text must not quote the value.
    pub fn refuse(&mut self, key: &str, message: impl Into<String>) {
        self.source.refuse(&self.full(key), message);
    }

    /// Ends the reading: refuses whatever was wrong, and every setting that nobody took.
    pub fn finish(mut self) -> Result<(), ConfigError> {
        self.source.refuse_the_rest();
        if self.source.problems.is_empty() { Ok(()) } else { Err(ConfigError::Refused(self.source.problems)) }
    }

    fn full(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }
}

#[cfg(test)]
mod tests;
