//! The operator's commands, each a short-lived process.

pub mod erasures;
pub mod keys;
pub mod migrate;
pub mod projections;
pub mod seed;
pub mod sessions;
pub mod user;

use std::io::Write;

use bootstrap::{
    Context,
    config::{ConfigError, Role},
    process::Exit,
};

use crate::{ConfigSource, prepared::Prepared};

/// Runs a command with the configuration, and in the directory of an installation that was given no secrets or database,
/// with those that `tidemark run` has made there.
pub(crate) fn run<M, F>(name: &str, config: &ConfigSource, main: M) -> Exit
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    run_as(Role::AllInOne, name, config, main)
}

/// The same with a configuration that has what this role needs.
pub(crate) fn run_as<M, F>(role: Role, name: &str, config: &ConfigSource, main: M) -> Exit
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    match config.load(role).map_err(Into::into).and_then(Prepared::for_command) {
        Ok(prepared) => prepared.run(name, main),
        Err(error) => fail(name, &error),
    }
}

/// Says on one line why the process did not start.
pub(crate) fn fail(name: &str, error: &anyhow::Error) -> Exit {
    // Nothing is left to be done where even standard error is closed.
    drop(writeln!(std::io::stderr(), "{name}: {error:#}"));
    if error.is::<ConfigError>() { Exit::Configuration } else { Exit::Failure }
}
