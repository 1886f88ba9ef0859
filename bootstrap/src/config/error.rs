//! What is wrong with a configuration: every problem at once, each naming its setting.

use std::{fmt, path::PathBuf};

use super::source::env_name;

/// One setting that is refused. The text never contains the setting's value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key in the file: `http.public_url`.
    pub key: String,
    pub message: String,
}

impl Problem {
    pub fn new(key: &str, message: impl Into<String>) -> Self {
        Self { key: key.to_owned(), message: message.into() }
    }

    pub(super) fn required(key: &str) -> Self {
        Self::new(key, "is required")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.key, env_name(&self.key), self.message)
    }
}

/// Why a process does not start with this configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration file {}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    #[error("configuration refused:{}", .0.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
    Refused(Vec<Problem>),
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}
