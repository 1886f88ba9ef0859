//! The schema of the log's database and of the keys' database, embedded in every binary, and what extensions add to it.

use std::fmt;

use diesel::{
    QueryResult, QueryableByName,
    migration::{Migration, MigrationSource},
    pg::Pg,
    result::Error::DeserializationError,
    sql_query,
    sql_types::Text,
};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::db;

const LOG: EmbeddedMigrations = embed_migrations!("../migrations");
const KEYS: EmbeddedMigrations = embed_migrations!("../migrations_keys");

/// The two schemas; in development both may live in one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    Log,
    Keys,
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Log => "log",
            Self::Keys => "keys",
        })
    }
}

/// Why a migration could not be run.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error("cannot connect: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("migration failed: {0}")]
    Failed(String),
    #[error("migration {0} of an extension has a version that the product has, too: rename it")]
    Clash(String),
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

/// Brings what an extension has in the log's database up to date, after [`migrate_log`]; returns the versions that were
/// applied. They are kept in the same table as the product's.
pub async fn migrate_extension(url: &str, known: &'static EmbeddedMigrations) -> Result<Vec<String>, MigrationError> {
    let versions =
        |source: &EmbeddedMigrations| versions(source).map_err(|error| MigrationError::Failed(error.to_string()));
    let taken = [versions(&LOG)?, versions(&KEYS)?].concat();
    match versions(known)?.into_iter().find(|version| taken.contains(version)) {
        Some(version) => Err(MigrationError::Clash(version)),
        None => harness(url, |harness| harness.run_pending_migrations(Extension(known))).await,
    }
}

/// Reverts everything that an extension has in the log's database, newest first.
pub async fn revert_extension(url: &str, known: &'static EmbeddedMigrations) -> Result<Vec<String>, MigrationError> {
    harness(url, |harness| {
        let applied = harness.applied_migrations()?;
        let mut known = Extension(known).migrations()?;
        known.retain(|migration| applied.contains(&migration.name().version().as_owned()));
        known.sort_unstable_by(|one, other| other.name().version().cmp(&one.name().version()));
        known.iter().map(|migration| harness.revert_migration(migration)).collect()
    })
    .await
}

/// Reverts everything in the log's database, newest first. For the check that migrations go both ways.
pub async fn revert_log(url: &str) -> Result<Vec<String>, MigrationError> {
    harness(url, |harness| harness.revert_all_migrations(LOG)).await
}

/// Reverts everything in the keys' database, newest first.
pub async fn revert_keys(url: &str) -> Result<Vec<String>, MigrationError> {
    harness(url, |harness| harness.revert_all_migrations(KEYS)).await
}

/// The versions that this binary knows and the database does not have. Only reads, unlike diesel's own harness.
pub async fn missing(connection: &mut db::Connection, schema: Schema) -> QueryResult<Vec<String>> {
    let known = match schema {
        Schema::Log => &LOG,
        Schema::Keys => &KEYS,
    };
    missing_of(connection, known).await
}

/// The same for what an extension has in the log's database.
pub async fn missing_of(connection: &mut db::Connection, known: &EmbeddedMigrations) -> QueryResult<Vec<String>> {
    let table = sql_query("SELECT coalesce(to_regclass('__diesel_schema_migrations')::text, '') AS version")
        .get_result::<Version>(connection)
        .await?;
    let applied: Vec<Version> = match table.version.as_str() {
        "" => Vec::new(),
        _ => sql_query("SELECT version FROM __diesel_schema_migrations").load(connection).await?,
    };
    let mut missing = versions(known).map_err(DeserializationError)?;
    missing.retain(|version| applied.iter().all(|row| row.version != *version));
    Ok(missing)
}

fn versions(source: &EmbeddedMigrations) -> diesel::migration::Result<Vec<String>> {
    let known = MigrationSource::<Pg>::migrations(source)?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

struct Extension(&'static EmbeddedMigrations);

impl MigrationSource<Pg> for Extension {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        self.0.migrations()
    }
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
