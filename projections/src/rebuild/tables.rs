//! The tables of a build: made like the ones that serve, indexed late, moved between schemas.

use bootstrap::db::Connection;
use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{Bool, Nullable, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{
    Projection,
    builds::{Build, BuildState},
};

/// An index of a table that serves.
#[derive(QueryableByName)]
struct Index {
    /// `CREATE INDEX name ON public.table …`
    #[diesel(sql_type = Text)]
    definition: String,
    #[diesel(sql_type = Bool)]
    is_unique: bool,
    #[diesel(sql_type = Nullable<Text>)]
    constraint_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    constraint_definition: Option<String>,
}

impl Index {
    /// Upserts cannot do without it.
    fn is_needed_early(&self) -> bool {
        self.is_unique || self.constraint_name.is_some()
    }

    fn statement(&self, schema: &str, table: &str) -> String {
        match (&self.constraint_name, &self.constraint_definition) {
            (Some(name), Some(definition)) => {
                format!("ALTER TABLE {schema}.{table} ADD CONSTRAINT {name} {definition};")
            }
            _ => format!("{};", self.definition.replacen(" ON public.", &format!(" ON {schema}."), 1)),
        }
    }
}

/// Statistics of expressions that a table has.
#[derive(QueryableByName)]
struct Statistics {
    #[diesel(sql_type = Text)]
    name: String,
    /// What they are about, as `ON` has it.
    #[diesel(sql_type = Text)]
    on: String,
}

impl Statistics {
    fn statement(&self, schema: &str, table: &str) -> String {
        let Self { name, on } = self;
        format!("CREATE STATISTICS {schema}.{name} ON {on} FROM {schema}.{table}")
    }
}

/// Half of each page is left to updates, which then touch no index.
const WHILE_LOADING: &str = "fillfactor = 50, autovacuum_enabled = false";

/// Makes the schema of a new build and its tables: with no more indexes than loading needs, and out of the
/// write-ahead log, since a server that crashes ends the rebuild, and the next one starts anew.
pub(super) async fn create(conn: &mut Connection, projection: &dyn Projection, build: i32) -> QueryResult<()> {
    let Some(schema) = BuildState::Building.schema(projection.name(), build) else { return Ok(()) };
    conn.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    for table in projection.tables() {
        conn.batch_execute(&format!(
            "CREATE UNLOGGED TABLE {schema}.{table} (LIKE public.{table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS \
             INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE INCLUDING COMMENTS) WITH ({WHILE_LOADING})"
        ))
        .await?;
        for index in indexes(conn, table).await?.iter().filter(|index| index.is_needed_early()) {
            conn.batch_execute(&index.statement(&schema, table)).await?;
        }
    }
    Ok(())
}

/// Writes the tables anew, safe from a crash and without gaps, adds the other indexes, and lets the planner know what
/// the tables hold.
pub(super) async fn finish(conn: &mut Connection, projection: &dyn Projection, build: i32) -> QueryResult<()> {
    let Some(schema) = BuildState::Building.schema(projection.name(), build) else { return Ok(()) };
    for table in projection.tables() {
        let settings = settings(conn, table).await?;
        let actions =
            std::iter::once("RESET (fillfactor, autovacuum_enabled)").chain(settings.iter().map(String::as_str));
        let actions = actions.collect::<Vec<_>>().join(", ");
        conn.batch_execute(&format!(
            "ALTER TABLE {schema}.{table} {actions}; ALTER TABLE {schema}.{table} SET LOGGED;"
        ))
        .await?;
        for index in indexes(conn, table).await?.iter().filter(|index| !index.is_needed_early()) {
            conn.batch_execute(&index.statement(&schema, table)).await?;
        }
        for statistics in statistics(conn, "public", table).await? {
            conn.batch_execute(&statistics.statement(&schema, table)).await?;
        }
        conn.batch_execute(&format!("ANALYZE {schema}.{table}")).await?;
    }
    Ok(())
}

/// Puts the tables of `build` in the place of those of `serving`, which are kept. Waits for readers no longer than
/// the transaction's `lock_timeout`.
pub(super) async fn exchange(
    conn: &mut Connection,
    projection: &dyn Projection,
    (build, state): (&Build, BuildState),
    serving: &Build,
) -> QueryResult<()> {
    let name = projection.name();
    let (Some(from), Some(kept)) = (state.schema(name, build.build), BuildState::Retired.schema(name, serving.build))
    else {
        return Ok(());
    };
    let tables = projection.tables();
    let locked = tables.iter().map(|table| format!("public.{table}")).collect::<Vec<_>>().join(", ");
    conn.batch_execute(&format!("LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE; CREATE SCHEMA {kept}")).await?;
    let mut script = String::new();
    for table in tables {
        script +=
            &format!("ALTER TABLE public.{table} SET SCHEMA {kept}; ALTER TABLE {from}.{table} SET SCHEMA public;");
        // Indexes go with their table, statistics do not.
        for (from, to) in [("public", kept.as_str()), (from.as_str(), "public")] {
            for Statistics { name, .. } in statistics(conn, from, table).await? {
                script += &format!("ALTER STATISTICS {from}.{name} SET SCHEMA {to};");
            }
        }
    }
    script += &format!("DROP SCHEMA {from}");
    conn.batch_execute(&script).await
}

/// What was set for a table that serves and for its columns, as actions of ALTER TABLE: storage parameters, and how much of a
/// column is sampled.
async fn settings(conn: &mut Connection, table: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Text)]
        action: String,
    }
    let query = "SELECT 'SET (' || array_to_string(reloptions, ', ') || ')' AS action FROM pg_class \
                 WHERE oid = to_regclass('public.' || quote_ident($1)) AND reloptions IS NOT NULL \
                 UNION ALL SELECT format('ALTER COLUMN %I SET STATISTICS %s', attname, attstattarget) FROM pg_attribute \
                 WHERE attrelid = to_regclass('public.' || quote_ident($1)) AND attnum > 0 AND NOT attisdropped \
                 AND attstattarget >= 0";
    let settings: Vec<Setting> = sql_query(query).bind::<Text, _>(table).load(conn).await?;
    Ok(settings.into_iter().map(|setting| setting.action).collect())
}

async fn indexes(conn: &mut Connection, table: &str) -> QueryResult<Vec<Index>> {
    sql_query(
        "SELECT pg_get_indexdef(i.indexrelid) AS definition, i.indisunique AS is_unique, \
         quote_ident(c.conname) AS constraint_name, pg_get_constraintdef(c.oid) AS constraint_definition \
         FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x') \
         WHERE i.indrelid = to_regclass('public.' || quote_ident($1)) ORDER BY i.indexrelid",
    )
    .bind::<Text, _>(table)
    .load(conn)
    .await
}

/// Those with all kinds of statistics, as they are made where none is named.
async fn statistics(conn: &mut Connection, schema: &str, table: &str) -> QueryResult<Vec<Statistics>> {
    sql_query(
        "SELECT quote_ident(stxname) AS name, pg_get_statisticsobjdef_columns(oid) AS \"on\" FROM pg_statistic_ext \
         WHERE stxrelid = to_regclass(quote_ident($1) || '.' || quote_ident($2)) ORDER BY stxname",
    )
    .bind::<Text, _>(schema)
    .bind::<Text, _>(table)
    .load(conn)
    .await
}
