//! `run`: every role in one process, or one of them.

use bootstrap::{
    Context, migrations,
    process::{self, Exit},
};

use crate::{
    App, admin_account,
    app::{ConfigSource, Only},
    commands,
    greeting::Greeting,
    prepared::Prepared,
};

/// Runs until the process is asked to stop, and stops the private PostgreSQL after everything that uses it.
pub(crate) fn all_in_one(app: &App, config: &ConfigSource) -> Exit {
    match config.load(Default::default()).map_err(Into::into).and_then(Prepared::for_server) {
        Ok(prepared) => prepared.run(app.name(), |context| live(app, context)),
        Err(error) => commands::fail(app.name(), &error),
    }
}

/// Runs one role, as `tidemark-api`, `tidemark-worker` and `tidemark-projector` do without extensions.
pub(crate) fn only(app: &App, role: Only, config: &ConfigSource) -> Exit {
    let name = format!("{}-{}", app.name(), role.as_str());
    process::run(&name, config.load(role.role()), |context| live_as(app, role, context))
}

async fn live(app: &App, context: Context) -> anyhow::Result<()> {
    migrations::migrate_log(context.config.database_url()?).await?;
    migrations::migrate_keys(context.config.keys_database_url()?).await?;
    app.migrate_extensions(&context.config).await?;
    let api = app.start(&context, api::Options::default()).await?;
    let admin = admin_account::first(api.state(), context.config.environment).await?;
    Greeting::new(&context.config, api.address(), admin).print();
    api.serve().await
}

async fn live_as(app: &App, role: Only, context: Context) -> anyhow::Result<()> {
    let (head, bus) = app.begin(&context).await?;
    match role {
        Only::Api => return app.start_api(&context, bus, head, api::Options::default()).await?.serve().await,
        Only::Worker => app.start_worker(&context, head).await?,
        Only::Projector => app.start_projector(&context, bus, head).await?,
    }
    context.shutdown.requested().await;
    Ok(())
}
