//! The operator's commands, each a short-lived process.

pub mod keys;
pub mod migrate;
pub mod projections;
pub mod user;

use std::io::Write;

use bootstrap::{config::ConfigError, process::Exit};

/// Says on one line why the process did not start.
pub(crate) fn fail(name: &str, error: &anyhow::Error) -> Exit {
    // Nothing is left to be done where even standard error is closed.
    drop(writeln!(std::io::stderr(), "{name}: {error:#}"));
    if error.is::<ConfigError>() { Exit::Configuration } else { Exit::Failure }
}
