//! `tidemark migrate`.
#![expect(clippy::print_stdout, reason = "a command prints what it did")]

use std::path::Path;

use bootstrap::{Context, config::Role, migrations, process::Exit};

pub fn main(config: Option<&Path>) -> Exit {
    super::run_as(Role::Migration, "tidemark migrate", config, migrate)
}

async fn migrate(context: Context) -> anyhow::Result<()> {
    let log = migrations::migrate_log(context.config.database_url()?).await?;
    let keys = migrations::migrate_keys(context.config.keys_database_url()?).await?;
    for (database, applied) in [("log", log), ("keys", keys)] {
        match applied.len() {
            0 => println!("{database}: up to date"),
            _ => println!("{database}: applied {}", applied.join(", ")),
        }
    }
    Ok(())
}
