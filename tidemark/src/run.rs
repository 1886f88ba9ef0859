//! `tidemark run`: every role in one process.

use std::{path::Path, sync::Arc};

use bootstrap::{Config, Context, migrations, process::Exit};
use event_store::Head;
use messaging::Bus;

use crate::{admin_account, commands, greeting::Greeting, prepared::Prepared};

const NAME: &str = "tidemark";

/// Runs until the process is asked to stop, and stops the private PostgreSQL after everything that uses it.
pub fn main(config: Option<&Path>) -> Exit {
    match Config::load(config).map_err(Into::into).and_then(Prepared::for_server) {
        Ok(prepared) => prepared.run(NAME, live),
        Err(error) => commands::fail(NAME, &error),
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
    let admin = admin_account::first(api.state(), context.config.environment).await?;
    Greeting::new(&context.config, api.address(), admin).print();
    api.serve().await
}
