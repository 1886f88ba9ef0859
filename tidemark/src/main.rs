//! `tidemark`: the whole backend in one process, and the operator's commands.

use std::path::PathBuf;

use bootstrap::process::Exit;
use clap::{Parser, Subcommand};
use tidemark::{commands, run};

/// A self-hosted, event-sourced application backend.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file; else the one that TIDEMARK_CONFIG names, else ./tidemark.toml if there is one.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts everything in this process; without a database URL also a private PostgreSQL under ./.tidemark.
    Run,
    /// Shows who was erased, and erases them again after a restore.
    #[command(subcommand)]
    Erasures(commands::erasures::Command),
    /// Shows, replaces and withdraws the keys that sign access tokens; replaces the master key.
    #[command(subcommand)]
    Keys(commands::keys::Command),
    /// Brings the schema of the log's and the keys' database up to date.
    Migrate,
    /// Shows, rebuilds and repairs read models.
    #[command(subcommand)]
    Projections(commands::projections::Command),
    /// Fills an installation for development with people.
    Seed(commands::seed::Arguments),
    /// Ends the sessions of everybody.
    #[command(subcommand)]
    Sessions(commands::sessions::Command),
    /// Manages accounts.
    #[command(subcommand)]
    User(commands::user::Command),
}

fn main() -> Exit {
    let Arguments { config, command } = Arguments::parse();
    let config = config.as_deref();
    match command {
        Command::Run => run::main(config),
        Command::Erasures(command) => commands::erasures::main(config, command),
        Command::Keys(command) => commands::keys::main(config, command),
        Command::Migrate => commands::migrate::main(config),
        Command::Projections(command) => commands::projections::main(config, command),
        Command::Seed(arguments) => commands::seed::main(config, arguments),
        Command::Sessions(command) => commands::sessions::main(config, command),
        Command::User(command) => commands::user::main(config, command),
    }
}
