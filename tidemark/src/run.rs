//! `tidemark run`: every role in one process.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use bootstrap::{
    Config, Context,
    config::Dsn,
    migrations,
    process::{self, Exit},
};
use event_store::Head;
use messaging::Bus;
use tokio::runtime::Runtime;

use crate::{
    admin_account, commands, greeting::Greeting, local_postgres::LocalPostgres, secrets, workspace::Workspace,
};

const NAME: &str = "tidemark";
const DATABASE: &str = "tidemark";

/// Runs until the process is asked to stop, and stops the private PostgreSQL after everything that uses it.
pub fn main(config: Option<&Path>) -> Exit {
    let prepared = Config::load(config).map_err(Into::into).and_then(Prepared::new);
    match prepared {
        Ok(prepared) => {
            let exit = process::run(NAME, Ok(prepared.config.clone()), live);
            prepared.stop_postgres();
            exit
        }
        Err(error) => commands::fail(NAME, &error),
    }
}

/// The configuration with what an all-in-one process makes for itself filled in.
struct Prepared {
    config: Config,
    postgres: Option<(LocalPostgres, Runtime)>,
}

impl Prepared {
    fn new(mut config: Config) -> anyhow::Result<Self> {
        let workspace = Workspace::here();
        if config.secrets.master_key.is_published() {
            workspace.create().context("cannot create ./.tidemark")?;
            config.secrets = secrets::load_or_generate(&workspace.secrets())?;
        }
        if config.database.url.is_some() {
            return Ok(Self { config, postgres: None });
        }
        workspace.create().context("cannot create ./.tidemark")?;
        // A runtime of its own: the server outlives the one that the process's work runs on.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let postgres = runtime.block_on(async {
            let postgres = LocalPostgres::start(&workspace.postgres()).await?;
            postgres.ensure_database(DATABASE).await?;
            anyhow::Ok(postgres)
        })?;
        config.database.url = Dsn::postgres(&postgres.url(DATABASE));
        Ok(Self { config, postgres: Some((postgres, runtime)) })
    }

    fn stop_postgres(self) {
        if let Some((postgres, runtime)) = self.postgres
            && let Err(error) = runtime.block_on(postgres.stop())
        {
            tracing::error!(%error, "the private PostgreSQL did not stop");
        }
    }
}

async fn live(context: Context) -> anyhow::Result<()> {
    migrations::migrate_log(context.config.database_url()?).await?;
    migrations::migrate_keys(context.config.keys_database_url()?).await?;
    let head = Head::new();
    let bus: Arc<dyn Bus> = messaging::start(&context, &head)?;
    projections::start(&context, bus.clone(), head.clone()).await?;
    workers::start(&context, head.clone(), workers::Options::from_config(&context.config)?).await?;
    let api = api::Api::start(&context, bus, head, api::Options::default()).await?;
    let admin = admin_account::ensure(api.state()).await?;
    Greeting::new(&context.config, api.address(), admin).print();
    api.serve().await
}
