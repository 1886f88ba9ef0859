//! The schema of the log's database and of the keys' database, embedded in every binary.

use diesel_async::AsyncMigrationHarness;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db;

const LOG: EmbeddedMigrations = embed_migrations!("../migrations");
const KEYS: EmbeddedMigrations = embed_migrations!("../migrations_keys");

/// Why a migration could not be run.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error("cannot connect: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("migration failed: {0}")]
    Failed(String),
    #[error("the migration task was cancelled")]
    Cancelled,
}

/// Brings the log's database up to date; returns the versions that were applied.
pub async fn migrate_log(url: &str) -> Result<Vec<String>, MigrationError> {
    run_pending(url, LOG).await
}

/// Brings the keys' database up to date; returns the versions that were applied.
pub async fn migrate_keys(url: &str) -> Result<Vec<String>, MigrationError> {
    run_pending(url, KEYS).await
}

/// Reverts everything in the log's database, newest first. For the check that migrations go both ways.
pub async fn revert_log(url: &str) -> Result<Vec<String>, MigrationError> {
    harness(url, |harness| harness.revert_all_migrations(LOG)).await
}

async fn run_pending(url: &str, migrations: EmbeddedMigrations) -> Result<Vec<String>, MigrationError> {
    harness(url, |harness| harness.run_pending_migrations(migrations)).await
}

type Applied<'a> = Result<Vec<diesel::migration::MigrationVersion<'a>>, Box<dyn std::error::Error + Send + Sync>>;

async fn harness<F>(url: &str, run: F) -> Result<Vec<String>, MigrationError>
where
    F: FnOnce(&mut AsyncMigrationHarness<db::Connection>) -> Applied<'_> + Send + 'static,
{
    let mut harness = AsyncMigrationHarness::new(db::connect(url).await?);
    let (handle, task) = (tokio::runtime::Handle::current(), move || {
        let versions = run(&mut harness).map_err(|error| MigrationError::Failed(error.to_string()))?;
        Ok(versions.iter().map(ToString::to_string).collect())
    });
    // The harness blocks its thread and needs a runtime to drive the connection.
    tokio::task::spawn_blocking(move || {
        let _entered = handle.enter();
        task()
    })
    .await
    .map_err(|_| MigrationError::Cancelled)?
}
