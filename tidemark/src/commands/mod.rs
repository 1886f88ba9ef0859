//! The operator's commands, each a short-lived process.

pub mod erasures;
pub mod keys;
pub mod migrate;
pub mod projections;
pub mod seed;
pub mod user;

use std::{io::Write, net::Ipv4Addr, path::Path};

use bootstrap::{
    Config, Context,
    config::ConfigError,
    process::{self, Exit},
};

use crate::secrets;

/// Runs a command with the configuration, and in the directory of an installation that was given no secrets, with those
/// that `tidemark run` has made there.
pub(crate) fn run<M, F>(name: &str, config: Option<&Path>, main: M) -> Exit
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    match Config::load(config).map_err(Into::into).and_then(secrets::complete) {
        Ok(mut config) => {
            // Any free port: the configured one is taken where a server runs on the same machine.
            config.admin.bind = (Ipv4Addr::LOCALHOST, 0).into();
            process::run(name, Ok(config), main)
        }
        Err(error) => fail(name, &error),
    }
}

/// Says on one line why the process did not start.
pub(crate) fn fail(name: &str, error: &anyhow::Error) -> Exit {
    // Nothing is left to be done where even standard error is closed.
    drop(writeln!(std::io::stderr(), "{name}: {error:#}"));
    if error.is::<ConfigError>() { Exit::Configuration } else { Exit::Failure }
}
