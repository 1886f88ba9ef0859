//! Looks at a database before work starts on it, and refuses one on which acknowledged events could be lost.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use diesel_migrations::EmbeddedMigrations;

use super::Connection;
use crate::migrations::{self, Schema};

/// PostgreSQL 15: the oldest version on which the whole suite runs.
const OLDEST_SERVER: i32 = 150_000;

/// Why a database is refused. Each text is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    #[error("cannot connect to the {schema} database: {error}")]
    Unreachable { schema: Schema, error: diesel::ConnectionError },
    #[error("the {schema} database cannot be examined: {error}")]
    Unreadable { schema: Schema, error: diesel::result::Error },
    #[error("the {schema} database is on PostgreSQL {found}, and 15 or newer is needed")]
    TooOld { schema: Schema, found: String },
    #[error("the {schema} database runs with {} = off, which loses acknowledged events in a crash: turn it on", .settings.join(" = off, "))]
    Unsafe { schema: Schema, settings: Vec<String> },
    #[error("the {schema} database is a read-only standby: connect to the primary server")]
    Standby { schema: Schema },
    #[error("the schema of the {schema} database lacks {missing} migration(s): run `tidemark migrate`")]
    SchemaBehind { schema: Schema, missing: usize },
    #[error(
        "the log database lacks {missing} migration(s) of {name}: run the command `migrate` of the program that has it"
    )]
    ExtensionBehind { name: &'static str, missing: usize },
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    setting: String,
}

/// Everything that [`settings`] and [`schema`] refuse.
pub async fn check(connection: &mut Connection, which: Schema) -> Result<(), PreflightError> {
    settings(connection, which).await?;
    schema(connection, which).await
}

/// Refuses an old server, a standby, and settings with which a commit is not durable.
pub async fn settings(connection: &mut Connection, schema: Schema) -> Result<(), PreflightError> {
    // `in_hot_standby` is a setting of the session, so one round trip answers everything.
    let query = "SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'server_version_num', \
                 'in_hot_standby', 'fsync', 'full_page_writes', 'synchronous_commit')";
    let settings: Vec<Setting> =
        sql_query(query).load(connection).await.map_err(|error| PreflightError::Unreadable { schema, error })?;
    judge(schema, &settings)
}

/// Refuses a database that lacks migrations of this binary. One that is ahead is fine: that is a rolling upgrade.
pub async fn schema(connection: &mut Connection, schema: Schema) -> Result<(), PreflightError> {
    let missing = migrations::missing(connection, schema)
        .await
        .map_err(|error| PreflightError::Unreadable { schema, error })?
        .len();
    if missing > 0 { Err(PreflightError::SchemaBehind { schema, missing }) } else { Ok(()) }
}

/// Refuses a database that lacks migrations of an extension.
pub async fn extension(
    connection: &mut Connection,
    name: &'static str,
    migrations: &EmbeddedMigrations,
) -> Result<(), PreflightError> {
    let missing = migrations::missing_of(connection, migrations)
        .await
        .map_err(|error| PreflightError::Unreadable { schema: Schema::Log, error })?
        .len();
    if missing > 0 { Err(PreflightError::ExtensionBehind { name, missing }) } else { Ok(()) }
}

fn judge(schema: Schema, settings: &[Setting]) -> Result<(), PreflightError> {
    let value = |name: &str| settings.iter().find(|row| row.name == name).map_or("", |row| row.setting.as_str());
    if value("server_version_num").parse().unwrap_or(0) < OLDEST_SERVER {
        return Err(PreflightError::TooOld { schema, found: value("server_version").to_owned() });
    }
    if value("in_hot_standby") == "on" {
        return Err(PreflightError::Standby { schema });
    }
    let durable = ["fsync", "full_page_writes", "synchronous_commit"];
    let off: Vec<_> = durable.iter().filter(|name| value(name) == "off").map(ToString::to_string).collect();
    if off.is_empty() { Ok(()) } else { Err(PreflightError::Unsafe { schema, settings: off }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(changes: &[(&str, &str)]) -> Result<(), String> {
        let safe = [
            ("server_version", "15.8"),
            ("server_version_num", "150008"),
            ("in_hot_standby", "off"),
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("synchronous_commit", "on"),
        ];
        let value = |name: &str, safe: &str| {
            changes.iter().find(|(changed, _)| *changed == name).map_or(safe, |(_, value)| value).to_owned()
        };
        let settings: Vec<_> =
            safe.iter().map(|(name, safe)| Setting { name: (*name).to_owned(), setting: value(name, safe) }).collect();
        judge(Schema::Log, &settings).map_err(|error| error.to_string())
    }

    #[test]
    fn a_durable_server_is_accepted() {
        assert_eq!(judged(&[]), Ok(()));
        assert_eq!(judged(&[("synchronous_commit", "remote_apply")]), Ok(()));
    }

    #[test]
    fn every_way_to_lose_events_is_refused_in_one_sentence() {
        let cases: [(&[(&str, &str)], &str); 4] = [
            (
                &[("fsync", "off"), ("full_page_writes", "off")],
                "the log database runs with fsync = off, full_page_writes = off, which loses acknowledged events in a crash: turn it on",
            ),
            (
                &[("synchronous_commit", "off")],
                "the log database runs with synchronous_commit = off, which loses acknowledged events in a crash: turn it on",
            ),
            (
                &[("server_version_num", "140011"), ("server_version", "14.11")],
                "the log database is on PostgreSQL 14.11, and 15 or newer is needed",
            ),
            (&[("in_hot_standby", "on")], "the log database is a read-only standby: connect to the primary server"),
        ];
        for (changes, expected) in cases {
            assert_eq!(judged(changes), Err(expected.to_owned()));
        }
    }
}
