//! The configuration with what an all-in-one process makes for itself filled in, and the private PostgreSQL behind it.

use std::{net::Ipv4Addr, time::Duration};

use anyhow::Context as _;
use bootstrap::{
    Config, Context,
    config::Dsn,
    process::{self, Exit},
};
use tokio::runtime::Runtime;

use crate::{local_postgres::LocalPostgres, secrets, workspace::Workspace};

const DATABASE: &str = "tidemark";
/// An operator looks on: a server that does not answer is more likely misspelt than about to start.
const COMMAND_PATIENCE: Duration = Duration::from_secs(5);
/// What a command says beside its answer, where nobody has asked for more.
const COMMAND_LOG: &str = "warn";

pub(crate) struct Prepared {
    config: Config,
    /// With a runtime of its own: the server outlives the one that the process's work runs on.
    postgres: Option<(LocalPostgres, Runtime)>,
}

impl Prepared {
    /// For `tidemark run`: what is missing is made.
    pub(crate) fn for_server(mut config: Config) -> anyhow::Result<Self> {
        let workspace = Workspace::here();
        if config.secrets.master_key.is_published() {
            workspace.create().context("cannot create ./.tidemark")?;
            config.secrets = secrets::load_or_generate(&workspace.secrets())?;
        }
        if config.database.url.is_some() {
            return Ok(Self { config, postgres: None });
        }
        workspace.create().context("cannot create ./.tidemark")?;
        let runtime = runtime()?;
        let postgres = runtime.block_on(async {
            let postgres = LocalPostgres::start(&workspace.postgres()).await?;
            postgres.ensure_database(DATABASE).await?;
            anyhow::Ok(postgres)
        })?;
        Ok(Self::with(config, postgres, runtime))
    }

    /// For an operator's command: in the directory of an installation that was given no secrets or database, those that
    /// `tidemark run` has made there.
    pub(crate) fn for_command(config: Config) -> anyhow::Result<Self> {
        let mut config = secrets::complete(config)?;
        // Any free port: the configured one is taken where a server runs on the same machine.
        config.admin.bind = (Ipv4Addr::LOCALHOST, 0).into();
        config.database.patience = COMMAND_PATIENCE;
        if !config.log.is_chosen {
            config.log.filter = std::env::var("RUST_LOG").unwrap_or_else(|_| COMMAND_LOG.to_owned());
        }
        if config.database.url.is_some() {
            return Ok(Self { config, postgres: None });
        }
        let runtime = runtime()?;
        match runtime.block_on(LocalPostgres::reach(&Workspace::here().postgres()))? {
            Some(postgres) => Ok(Self::with(config, postgres, runtime)),
            // Not every command needs one, and those that do say so.
            None => Ok(Self { config, postgres: None }),
        }
    }

    fn with(mut config: Config, postgres: LocalPostgres, runtime: Runtime) -> Self {
        config.database.url = Dsn::postgres(&postgres.url(DATABASE));
        Self { config, postgres: Some((postgres, runtime)) }
    }

    /// Runs `main` to its end, and stops the private PostgreSQL after everything that uses it.
    pub(crate) fn run<M, F>(self, name: &str, main: M) -> Exit
    where
        M: FnOnce(Context) -> F,
        F: Future<Output = anyhow::Result<()>>,
    {
        let exit = process::run(name, Ok(self.config), |context| {
            if let Some((postgres, _)) = &self.postgres {
                postgres.keep_running(&context.tasks);
            }
            main(context)
        });
        if let Some((postgres, runtime)) = self.postgres
            && let Err(error) = runtime.block_on(postgres.stop())
        {
            tracing::error!(%error, "the private PostgreSQL did not stop");
        }
        exit
    }
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
