//! The product as a program: with what extensions add to it, in one process or one role in each.

use std::{ffi::OsString, path::PathBuf, sync::Arc};

use api::Api;
use bootstrap::{
    Config, Context,
    config::{ConfigError, Role},
    db::{self, preflight},
    migrations::{self, MigrationError},
    process::Exit,
};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use event_store::Head;
use messaging::Bus;
use projections::Projection;

use crate::{Extension, commands, run};

/// The product by itself: `App::new("tidemark")`.
#[derive(Clone, Debug)]
pub struct App {
    name: &'static str,
    extensions: Vec<Extension>,
}

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
    Run {
        /// Only this role, on servers that the configuration names.
        #[arg(long)]
        role: Option<Only>,
    },
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

/// A role that a process can have to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    Api,
    Worker,
    Projector,
}

/// Where a process's configuration comes from.
#[derive(Clone, Debug)]
pub struct ConfigSource {
    pub path: Option<PathBuf>,
    /// Those of extensions.
    pub sections: Vec<&'static str>,
}

impl ConfigSource {
    pub fn load(&self, role: Role) -> Result<Config, ConfigError> {
        Config::load_with(role, &self.sections, self.path.as_deref())
    }
}

impl App {
    /// `name` is the program's, in its own help, in log lines and in PostgreSQL's list of connections.
    pub fn new(name: &'static str) -> Self {
        Self { name, extensions: vec![] }
    }

    /// Adds an extension.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Does what the command line says, to the end of the process.
    pub fn main(self) -> Exit {
        let arguments = self.parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
        let config = ConfigSource { path: arguments.config, sections: self.sections() };
        match arguments.command {
            Command::Run { role: None } => run::all_in_one(&self, &config),
            Command::Run { role: Some(role) } => run::only(&self, role, &config),
            Command::Erasures(command) => commands::erasures::main(&config, command),
            Command::Keys(command) => commands::keys::main(&config, command),
            Command::Migrate => commands::migrate::main(&config, &self),
            Command::Projections(command) => commands::projections::main(&config, command, self.projections()),
            Command::Seed(arguments) => commands::seed::main(&config, arguments),
            Command::Sessions(command) => commands::sessions::main(&config, command),
            Command::User(command) => commands::user::main(&config, command),
        }
    }

    fn parse(&self, arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
        let command = Arguments::command().name(self.name);
        Arguments::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The sections of the configuration that extensions have.
    pub fn sections(&self) -> Vec<&'static str> {
        self.extensions.iter().map(|extension| extension.name).collect()
    }

    /// Every projection, the product's first.
    pub fn projections(&self) -> Vec<Arc<dyn Projection>> {
        [projections::all(), self.further_projections()].concat()
    }

    /// Brings what extensions have in the log's database up to date, after the product's own migrations. Returns what was
    /// applied, by extension.
    pub async fn migrate_extensions(&self, config: &Config) -> anyhow::Result<Vec<(&'static str, Vec<String>)>> {
        let mut applied = vec![];
        for Extension { name, migrations, .. } in &self.extensions {
            let Some(known) = *migrations else { continue };
            let versions: Result<_, MigrationError> =
                migrations::migrate_extension(config.database_url()?, known).await;
            applied.push((*name, versions?));
        }
        Ok(applied)
    }

    /// Starts every role in this process; [`Api::serve`] then answers until the process stops.
    pub async fn start(&self, context: &Context, options: api::Options) -> anyhow::Result<Api> {
        let (head, bus) = self.begin(context).await?;
        self.start_projector(context, bus.clone(), head.clone()).await?;
        self.start_worker(context, head.clone()).await?;
        self.start_api(context, bus, head, options).await
    }

    /// What every role begins with: the bus, and a database that has everything that this program expects.
    pub(crate) async fn begin(&self, context: &Context) -> anyhow::Result<(Head, Arc<dyn Bus>)> {
        context.database().await?;
        let mut connection = db::connect(context.config.database_url()?).await?;
        for Extension { name, migrations, .. } in &self.extensions {
            if let Some(known) = *migrations {
                preflight::extension(&mut connection, name, known).await?;
            }
        }
        let head = Head::new();
        let bus = messaging::start(context, &head)?;
        Ok((head, bus))
    }

    pub(crate) async fn start_projector(&self, context: &Context, bus: Arc<dyn Bus>, head: Head) -> anyhow::Result<()> {
        projections::start_with(context, bus, head, self.further_projections()).await
    }

    pub(crate) async fn start_worker(&self, context: &Context, head: Head) -> anyhow::Result<()> {
        let extensions = self.extensions.iter().map(|extension| extension.workers.clone()).collect();
        let options = workers::Options { extensions, ..workers::Options::from_config(&context.config)? };
        workers::start(context, head, options).await
    }

    pub(crate) async fn start_api(
        &self,
        context: &Context,
        bus: Arc<dyn Bus>,
        head: Head,
        options: api::Options,
    ) -> anyhow::Result<Api> {
        let extensions = self.extensions.iter().map(|extension| extension.api.clone()).collect();
        Api::start(context, bus, head, api::Options { extensions, ..options }).await
    }

    fn further_projections(&self) -> Vec<Arc<dyn Projection>> {
        self.extensions.iter().flat_map(|extension| extension.projections.clone()).collect()
    }
}

impl Only {
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Api => Role::Api,
            Self::Worker => Role::Worker,
            Self::Projector => Role::Projector,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Projector => "projector",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, String> {
        let arguments = [&["shop"][..], arguments].concat();
        let app = App::new("shop").with(Extension::new("orders"));
        assert_eq!(app.sections(), ["orders"]);
        let parsed = app.parse(arguments.into_iter().map(OsString::from));
        parsed.map(|arguments| arguments.command).map_err(|error| error.to_string())
    }

    #[test]
    fn a_program_has_all_commands_under_its_own_name() {
        assert!(matches!(parsed(&["run"]), Ok(Command::Run { role: None })));
        assert!(matches!(parsed(&["run", "--role", "worker"]), Ok(Command::Run { role: Some(Only::Worker) })));
        assert!(matches!(parsed(&["migrate"]), Ok(Command::Migrate)));
        assert!(parsed(&["run", "--role", "cook"]).unwrap_err().contains("projector"), "it names those there are");
        assert!(parsed(&["--help"]).unwrap_err().contains("Usage: shop"));
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
