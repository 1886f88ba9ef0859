//! `tidemark migrate`.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use bootstrap::{Context, config::Role, migrations, process::Exit};

use crate::{App, ConfigSource};

pub fn main(config: &ConfigSource, app: &App) -> Exit {
    super::run_as(Role::Migration, "tidemark migrate", config, |context| migrate(context, app))
}

async fn migrate(context: Context, app: &App) -> anyhow::Result<()> {
    let log = migrations::migrate_log(context.config.database_url()?).await?;
    let keys = migrations::migrate_keys(context.config.keys_database_url()?).await?;
    let extensions = app.migrate_extensions(&context.config).await?;
    for (what, applied) in [("log", log), ("keys", keys)].into_iter().chain(extensions) {
        match applied.len() {
            0 => println!("{what}: up to date"),
            _ => println!("{what}: applied {}", applied.join(", ")),
        }
    }
    Ok(())
}
